// One account of an export: what Google Authenticator keeps of it, as an account of this package or as a reason why not.
import { encodeBase32 } from "../core/base32.ts";
import type { HotpAccount, TotpAccount } from "../otpauth/account.ts";
import { type Algorithm, DEFAULT_PERIOD, type Digits, MAX_COUNTER } from "../core/parameters.ts";
import { cleanName, readNames } from "../otpauth/label.ts";
import { decodeUtf8 } from "../core/utf8.ts";
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
 * - `invalid-counter`: the counter of an HOTP account is negative or above 2^53−1.
 */
export type RefusalReason =
  "unsupported-algorithm" | "unsupported-digits" | "unsupported-type" | "no-secret" | "invalid-counter";

/** Why, and what the account is called. */
export interface Refusal {
  /** Why it cannot be used. */
  readonly reason: RefusalReason;
  /** Who issued the account. Absent if the export does not say. */
  readonly issuer?: string;
  /** Whose account it is. Empty if the export does not say. */
  readonly accountName: string;
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
  const names = namesOf(textOf(bytes[2]), textOf(bytes[3]));
  const refuse = (reason: RefusalReason): Refusal => ({ reason, ...names });

  const type = meaningOf(TYPES, numbers[6]);
  const algorithm = meaningOf(ALGORITHMS, numbers[4]);
  const digits = meaningOf(DIGITS, numbers[5]);
  const secret = bytes[1]?.at(-1);
  if (!type) return refuse("unsupported-type");
  if (!algorithm) return refuse("unsupported-algorithm");
  if (!digits) return refuse("unsupported-digits");
  if (!secret?.length) return refuse("no-secret");

  const account = { secret: encodeBase32(secret), ...names };
  if (type === "totp") return { type, ...account, parameters: { algorithm, digits, period: DEFAULT_PERIOD } };
  const counter = numbers[7]?.unsigned ?? 0; // a zero is not always written
  if (counter > MAX_COUNTER) return refuse("invalid-counter");
  return { type, ...account, parameters: { algorithm, digits }, counter };
}

/** Nothing for any other number, whatever Object.prototype has by that name. */
function meaningOf<Value>(meanings: readonly Value[], { int32 } = NOT_SAID): Value | undefined {
  return Object.hasOwn(meanings, int32) ? meanings[int32] : undefined;
}

/** Of what is not UTF-8 the ASCII characters stay, and U+FFFD marks each other byte: a name must not cost the secret. */
function textOf(all: readonly Uint8Array[] = []): string {
  const bytes = all.at(-1) ?? new Uint8Array();
  return cleanName(
    decodeUtf8(bytes) ?? String.fromCharCode(...Array.from(bytes, (byte) => (byte < 0x80 ? byte : 0xfffd))),
  );
}

/** In front of the colon is the issuer, or what belongs to the name (`10:30 club`). */
function namesOf(name: string, given: string): { readonly issuer?: string; readonly accountName: string } {
  const { prefix, ...names } = readNames(name, [given]);
  return prefix === undefined ? names : { ...names, accountName: name };
}
