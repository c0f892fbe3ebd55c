// Writes accounts as the URIs of a Google Authenticator export, each short enough for a QR code
// that a phone can scan.
import { encodeBase64 } from "../core/base64.ts";
import { OtpError } from "../core/errors.ts";
import { ACCOUNT, type OtpauthAccountInput, type UncheckedAccount } from "../otpauth/account.ts";
import {
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  readOptions,
  requireAlgorithm,
  requireCounter,
  requireInteger,
} from "../core/parameters.ts";
import { randomBytes } from "../core/platform.ts";
import { secretBytes } from "../core/secret.ts";
import { ALGORITHMS, DIGITS, TYPES } from "./entry.ts";
import { isName } from "../otpauth/label.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { bytesField, MOST, numberField } from "./wire.ts";

/** Options of {@link buildMigrationUris}. */
export interface MigrationUrisOptions {
  /**
   * The maximum length of a URI in bytes: an integer from 100 to 2953, the capacity of a QR code.
   * Default: 1000, about as much as Google Authenticator writes (ten accounts): a QR code of
   * version 22 at level L, or 26 at level M, which phones can read from a screen.
   */
  readonly maxBytes?: number | undefined;
  /** The number that all parts share: an integer from 0 to 2^31−1. Default: random. */
  readonly batchId?: number | undefined;
}

const PREFIX = "otpauth-migration://offline?data=";

/**
 * Writes accounts as the URIs of a Google Authenticator export, one part for each QR code. They
 * contain the secrets: treat them as secrets. `parseMigrationUri` and `assembleMigration` read the
 * same accounts back, except for outer white space in names, and images, which the format cannot
 * hold.
 *
 * @param accounts - At most 1000 accounts that the format can carry: HOTP, or TOTP with 30 seconds;
 * 6 or 8 digits; a colon in an account name only if there is an issuer.
 * @param options - The maximum length of a URI, and the batch number.
 * @returns The URIs in order; an empty array if there are no accounts.
 * @throws {@link OtpError} naming the account's index and the field: `invalid-account` if the
 * format cannot carry it, or if it is too long for `maxBytes`, of which up to 32 bytes are kept for
 * the number of parts; `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-options`,
 * `unknown-option`, `invalid-option` for fields, parameters and options. `no-random` without both
 * `crypto.getRandomValues` and `batchId`.
 * @example
 * ```ts
 * import { buildMigrationUris, parseMigrationUri } from "halfminute/migration";
 *
 * const account = { secret: "JBSWY3DPEHPK3PXP", issuer: "Acme", accountName: "alice" };
 * const [uri = "", ...more] = buildMigrationUris([account]);
 * console.log(more.length); // 0
 * console.log(parseMigrationUri(uri).accounts[0]?.secret); // JBSWY3DPEHPK3PXP
 * ```
 * @see Google Authenticator, “Transfer accounts”; ISO/IEC 18004 for the capacity of QR codes
 */
export function buildMigrationUris(
  accounts: readonly OtpauthAccountInput[],
  options?: MigrationUrisOptions,
): readonly string[] {
  const given = readOptions<MigrationUrisChoice>(options, { maxBytes: 1000, batchId: undefined });
  const maxBytes = requireInteger(given.maxBytes, "maxBytes", 100, 2953);
  const { batchId = randomId() } = given;
  requireInteger(batchId, "batchId", 0, 2 ** 31 - 1);
  if (!Array.isArray(accounts) || accounts.length > MOST) {
    throw new OtpError("invalid-account", `accounts must be an array of at most ${MOST}`);
  }
  const parts: number[][] = [];
  const entries = Array.from(accounts as readonly unknown[], encodeAccount);
  const write = (part: readonly number[], index: number, size: number): string =>
    PREFIX + encodeURIComponent(encodeBase64(Uint8Array.from([...part, ...batchFields(size, index, batchId)])));
  // The number of parts is not known yet. If it takes one byte, up to two letters may become
  // percent-encoded; if it takes one or two bytes, all letters after it may change.
  const room = maxBytes - (entries.length < 128 ? 2 * 2 : 2 * 16);
  const fits = (part: readonly number[], index: number): boolean => write(part, index, entries.length).length <= room;
  for (const [index, entry] of entries.entries()) {
    const last = parts.length - 1;
    const longer = [...(parts.at(-1) ?? []), ...entry];
    if (last >= 0 && fits(longer, last)) parts[last] = longer;
    else if (fits(entry, last + 1)) parts.push(entry);
    else throw new OtpError("invalid-account", `accounts[${index}]: too long for a URI of maxBytes`);
  }
  return parts.map((part, index) => write(part, index, parts.length));
}

interface MigrationUrisChoice {
  readonly maxBytes: number;
  readonly batchId: number | undefined;
}

function randomId(): number {
  return randomBytes(4).reduce((id, byte) => (id << 8) | byte, 0) & 0x7fffffff;
}

/** Version 1, the number of parts, the index of this one, and the batch id. */
function batchFields(size: number, index: number, id: number): number[] {
  return [...numberField(2, 1), ...numberField(3, size), ...numberField(4, index), ...numberField(5, id)];
}

/** Adds the account's index to the message of any error. */
function encodeAccount(account: unknown, index: number): number[] {
  try {
    return bytesField(1, accountFields(readOptions(account as object, ACCOUNT)));
  } catch (error) {
    if (error instanceof OtpError) throw new OtpError(error.code, `accounts[${index}]: ${error.message}`);
    throw error;
  }
}

const CODE = { algorithm: DEFAULT_ALGORITHM, digits: DEFAULT_DIGITS };

function accountFields({ type, secret, issuer, accountName, parameters, counter }: UncheckedAccount): number[] {
  if (type !== "totp" && type !== "hotp") throw cannotCarry("type must be totp or hotp");
  if (type === "totp" && counter !== undefined) throw new OtpError("invalid-counter", "counter is only for hotp");
  const isHotp = type === "hotp";
  const { algorithm, digits, period } = readOptions<ParametersChoice>(
    parameters,
    isHotp ? CODE : { ...CODE, period: DEFAULT_PERIOD },
  );
  if (!isHotp && period !== DEFAULT_PERIOD) throw cannotCarry(`period must be ${DEFAULT_PERIOD}`);
  if (DIGITS.lastIndexOf(digits) < 0) throw cannotCarry("digits must be 6 or 8");
  return [
    ...bytesField(1, secretBytes(secret, 1)),
    ...bytesField(2, nameBytes(issuer, accountName)),
    ...(issuer === undefined ? [] : bytesField(3, requireName(issuer, "issuer"))),
    ...numberField(4, ALGORITHMS.lastIndexOf(requireAlgorithm(algorithm))),
    ...numberField(5, DIGITS.lastIndexOf(digits)),
    ...numberField(6, TYPES.lastIndexOf(type)),
    ...(isHotp ? numberField(7, requireCounter(counter)) : []),
  ];
}

interface ParametersChoice {
  readonly algorithm: typeof DEFAULT_ALGORITHM;
  readonly digits: typeof DEFAULT_DIGITS;
  readonly period?: number;
}

/** The account name, prefixed with the issuer, as Google Authenticator stores it. */
function nameBytes(issuer: unknown, accountName: unknown): number[] {
  const name = requireName(accountName, "accountName");
  if (issuer !== undefined) return [...requireName(issuer, "issuer"), 0x3a, ...name];
  if (name.includes(0x3a)) throw cannotCarry("accountName must have no colon without an issuer");
  return name;
}

function requireName(name: unknown, field: string): number[] {
  if (!isName(name)) throw cannotCarry(`${field} must be non-blank text without control characters`);
  return [...(encodeUtf8(name) as Uint8Array)];
}

function cannotCarry(rule: string): OtpError {
  return new OtpError("invalid-account", rule);
}
