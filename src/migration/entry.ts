// One account of an export: what Google Authenticator keeps of it, as an account of this package or as a reason why not.
import { encodeBase32 } from "../base32.ts";
import type { HotpAccount, TotpAccount } from "../otpauth/account.ts";
import { type Algorithm, DEFAULT_PERIOD, type Digits, MAX_COUNTER } from "../parameters.ts";
import { decodeText } from "./text.ts";
import { readMessage } from "./wire.ts";

/** An account that Google Authenticator can hold. */
export type MigrationAccount = TotpAccount | HotpAccount;

/**
 * Why an account of an export cannot be used.
 *
 * - `unsupported-algorithm`: MD5, or an algorithm without a name.
 * - `unsupported-digits`: neither 6 nor 8 digits.
 * - `unsupported-type`: neither TOTP nor HOTP.
 * - `no-secret`: the secret is empty.
 * - `no-name`: there is no account name, or a blank one.
 * - `invalid-name`: the account name or the issuer is no UTF-8.
 * - `invalid-counter`: the counter of an HOTP account is negative or above 2^53−1.
 */
export type RefusalReason =
  | "unsupported-algorithm"
  | "unsupported-digits"
  | "unsupported-type"
  | "no-secret"
  | "no-name"
  | "invalid-name"
  | "invalid-counter";

/** The names of an account, as far as they could be read. */
interface Names {
  /** Who issued the account. Absent if the export does not say. */
  readonly issuer?: string;
  /** Whose account it is. */
  readonly accountName?: string;
}

/** Why, and what the account is called. */
export interface Refusal extends Names {
  /** Why it cannot be used. */
  readonly reason: RefusalReason;
}

// By their numbers in the format. 0 stands for what is not said, which is the default.
export const ALGORITHMS: readonly (Algorithm | undefined)[] = ["SHA-1", "SHA-1", "SHA-256", "SHA-512"]; // 4 is MD5
export const DIGITS: readonly (Digits | undefined)[] = [6, 6, 8];
export const TYPES: readonly (MigrationAccount["type"] | undefined)[] = ["totp", "hotp", "totp"];

const NOT_SAID = { int32: 0 };

/** Not by `in`, which a polluted Object.prototype answers. */
export function isRefusal(read: MigrationAccount | Refusal): read is Refusal {
  return Object.hasOwn(read, "reason");
}

export function readEntry(entry: Uint8Array): MigrationAccount | Refusal {
  const { numbers, bytes } = readMessage(entry);
  const name = textOf(bytes[2]);
  const issuer = textOf(bytes[3]);
  if (name === undefined || issuer === undefined) return { reason: "invalid-name", ...(issuer && { issuer }) };
  const { accountName, ...named } = splitName(name, issuer);
  const refuse = (reason: RefusalReason): Refusal => ({ reason, ...named, ...(accountName && { accountName }) });

  const type = meaningOf(TYPES, numbers[6]);
  const algorithm = meaningOf(ALGORITHMS, numbers[4]);
  const digits = meaningOf(DIGITS, numbers[5]);
  const secret = bytes[1]?.at(-1);
  if (!type) return refuse("unsupported-type");
  if (!algorithm) return refuse("unsupported-algorithm");
  if (!digits) return refuse("unsupported-digits");
  if (!secret?.length) return refuse("no-secret");
  if (!accountName) return refuse("no-name");

  const account = { secret: encodeBase32(secret), ...named, accountName };
  if (type === "totp") return { type, ...account, parameters: { algorithm, digits, period: DEFAULT_PERIOD } };
  const counter = numbers[7]?.unsigned ?? 0; // a zero is not always written
  if (counter > MAX_COUNTER) return refuse("invalid-counter");
  return { type, ...account, parameters: { algorithm, digits }, counter };
}

/** Nothing for any other number, whatever Object.prototype has by that name. */
function meaningOf<Value>(meanings: readonly Value[], { int32 } = NOT_SAID): Value | undefined {
  return Object.hasOwn(meanings, int32) ? meanings[int32] : undefined;
}

function textOf(all: readonly Uint8Array[] = []): string | undefined {
  return decodeText(all.at(-1) ?? new Uint8Array());
}

/**
 * The name is often `Issuer:account`, with the issuer given as well, in whatever case. If another prefix is there, it belongs to
 * the name (`10:30 club`). Only if no issuer is given, the name is split at its first colon like the label of an otpauth URI.
 */
function splitName(name: string, given: string): { issuer?: string; accountName: string } {
  const isIssued = given.trim() !== "";
  const isInFront = name.slice(0, given.length + 1).toLowerCase() === `${given}:`.toLowerCase();
  const known = isIssued ? (isInFront ? given.length : -1) : name.indexOf(":");
  const prefix = name.slice(0, Math.max(known, 0));
  const issuer = isIssued ? given : prefix;
  const accountName = name.slice(known + 1).replace(/^ +/, "");
  return { ...(issuer.trim() && { issuer }), accountName: accountName.trim() && accountName };
}
