// Reads one account of an export, as an account of this package or as the reason for refusing it.
import { encodeBase32 } from "../core/base32.ts";
import type { HotpAccount, TotpAccount } from "../otpauth/account.ts";
import { type Algorithm, DEFAULT_PERIOD, type Digits, MAX_COUNTER } from "../core/parameters.ts";
import { cleanName, readNames } from "../otpauth/label.ts";
import { decodeUtf8 } from "../core/utf8.ts";
import { readMessage } from "./wire.ts";

/** An account that Google Authenticator can store. */
export type MigrationAccount = TotpAccount | HotpAccount;

/**
 * Why an account of an export cannot be used.
 *
 * - `unsupported-algorithm`: MD5, or an unknown algorithm.
 * - `unsupported-digits`: neither 6 nor 8 digits.
 * - `unsupported-type`: neither TOTP nor HOTP.
 * - `no-secret`: the secret is empty.
 * - `invalid-counter`: the counter of an HOTP account is negative or above 2^53−1.
 */
export type RefusalReason =
  "unsupported-algorithm" | "unsupported-digits" | "unsupported-type" | "no-secret" | "invalid-counter";

/** The reason and the account's names. */
export interface Refusal {
  /** Why it cannot be used. */
  readonly reason: RefusalReason;
  /** The issuer. Absent if the export has none. */
  readonly issuer?: string;
  /** The account name. Empty if the export has none. */
  readonly accountName: string;
}

// Indexed by the numbers in the format. 0 means unspecified, which is the default.
export const ALGORITHMS: readonly (Algorithm | undefined)[] = ["SHA-1", "SHA-1", "SHA-256", "SHA-512"]; // 4 is MD5
export const DIGITS: readonly (Digits | undefined)[] = [6, 6, 8];
export const TYPES: readonly (MigrationAccount["type"] | undefined)[] = ["totp", "hotp", "totp"];

const NOT_SAID = { int32: 0 };

/** Not by `in`, because Object.prototype may be polluted. */
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
  const counter = numbers[7]?.unsigned ?? 0; // zero may be omitted
  if (counter > MAX_COUNTER) return refuse("invalid-counter");
  return { type, ...account, parameters: { algorithm, digits }, counter };
}

/** `undefined` for any other number, whatever Object.prototype has by that name. */
function meaningOf<Value>(meanings: readonly Value[], { int32 } = NOT_SAID): Value | undefined {
  return Object.hasOwn(meanings, int32) ? meanings[int32] : undefined;
}

/**
 * If the bytes are not UTF-8, ASCII is kept and U+FFFD replaces other bytes: a bad name must not
 * lose the secret.
 */
function textOf(all: readonly Uint8Array[] = []): string {
  const bytes = all.at(-1) ?? new Uint8Array();
  return cleanName(
    decodeUtf8(bytes) ?? String.fromCharCode(...Array.from(bytes, (byte) => (byte < 0x80 ? byte : 0xfffd))),
  );
}

/** The text before the colon is the issuer, or else part of the name (`10:30 club`). */
function namesOf(name: string, given: string): { readonly issuer?: string; readonly accountName: string } {
  const { prefix, ...names } = readNames(name, [given]);
  return prefix === undefined ? names : { ...names, accountName: name };
}
