// Random secrets in speakeasy's form: characters, whose codes are the key. All characters are
// equally likely.
import { encodeBase32 } from "../core/base32.ts";
import { OtpError } from "../core/errors.ts";
import { requireInteger } from "../core/parameters.ts";
import { randomBytes } from "../core/platform.ts";
import { readGiven } from "./given.ts";
import type {
  GeneratedSecret,
  GeneratedSecretWithOtpAuthUrl,
  GenerateSecretOptions,
  GenerateSecretWithOtpAuthUrlOptions,
} from "./types.ts";
import { buildURL, textOf } from "./url.ts";

const DEFAULT_LENGTH = 32;
const MOST_CHARACTERS = 1024;
const LETTERS_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SYMBOLS = "!@#$%^&*()<>?/[]{},.:;";

/**
 * Generates a random secret and the URL that an authenticator app reads from a QR code.
 *
 * @param options - Length in characters, whether to use symbols, and the names in the URL.
 * @returns The secret in three encodings, and its URL.
 * @throws {@link OtpError} `no-random` without `crypto.getRandomValues`; `invalid-account` for the
 * names; `invalid-options`, `unknown-option`, `invalid-option` for the options, including
 * `qr_codes` and `google_auth_qr`.
 * @example
 * ```ts
 * import speakeasy from "halfminute/speakeasy";
 *
 * const secret = speakeasy.generateSecret({ length: 20 });
 * console.log(secret.ascii.length, secret.base32.length); // 20 32
 * console.log(secret.otpauth_url === `otpauth://totp/SecretKey?secret=${secret.base32}`); // true
 * ```
 * @see RFC 4226 §4 R6
 */
export function generateSecret(options?: GenerateSecretWithOtpAuthUrlOptions | null): GeneratedSecretWithOtpAuthUrl;
/** The same without a URL. */
export function generateSecret(options?: GenerateSecretOptions | null): GeneratedSecret;
export function generateSecret(options?: GenerateSecretOptions | null): GeneratedSecret {
  const given = readGiven(options ?? {});
  refusePictures("qr_codes", given.qr_codes);
  refusePictures("google_auth_qr", given.google_auth_qr);
  const label = encodeURIComponentOf(textOf(given.name ?? "", "name") || "SecretKey");
  const ascii = randomText(given.length, given.symbols !== false);
  const bytes = Uint8Array.from(ascii, (character) => character.charCodeAt(0));
  const hex = Array.from(bytes, (byte) => byte.toString(16)).join(""); // each is at least 0x21
  const secret = { ascii, hex, base32: encodeBase32(bytes) };
  if (given.otpauth_url !== undefined && !given.otpauth_url) return secret;
  return { ...secret, otpauth_url: buildURL(bytes, label, { ...NO_PARAMETERS, issuer: given.issuer }) };
}

/** The URL of a generated secret has no parameters, as in speakeasy: apps use the defaults. */
const NO_PARAMETERS = {
  type: undefined,
  counter: undefined,
  algorithm: undefined,
  digits: undefined,
  period: undefined,
};

function refusePictures(name: string, value: unknown): void {
  if (!value) return;
  throw new OtpError("invalid-option", `${name} would send the secret to a third party; use halfminute/qr instead`);
}

/** A name is encoded completely, including colons; a label is not. */
function encodeURIComponentOf(name: string): string {
  try {
    return encodeURIComponent(name);
  } catch {
    throw new OtpError("invalid-account", "name must be well-formed Unicode");
  }
}

/**
 * Generates random text of letters, digits and optional symbols.
 *
 * @param length - The number of characters: an integer from 1 to 1024. Default: 32.
 * @param symbols - Whether to use `!@#$%^&*()<>?/[]{},.:;` too. Default: `false`.
 * @returns The text.
 * @throws {@link OtpError} `invalid-option` for the length; `no-random` without
 * `crypto.getRandomValues`.
 * @example
 * ```ts
 * import { generateSecretASCII } from "halfminute/speakeasy";
 *
 * console.log(/^[0-9A-Za-z]{32}$/.test(generateSecretASCII())); // true
 * ```
 * @see RFC 4226 §4 R6
 */
export function generateSecretASCII(length?: number | null, symbols?: boolean | null): string {
  return randomText(length, symbols);
}

function randomText(length: unknown, hasSymbols: unknown): string {
  const wanted = requireInteger(length ?? DEFAULT_LENGTH, "length", 1, MOST_CHARACTERS);
  const characters = hasSymbols ? LETTERS_AND_DIGITS + SYMBOLS : LETTERS_AND_DIGITS;
  // Bytes past the last whole round are skipped: they would make the first characters more likely.
  const limit = 256 - (256 % characters.length);
  let text = "";
  // At most one byte in 32 is skipped, so a working source never needs the last round.
  for (let round = 0; round < MOST_ROUNDS && text.length < wanted; round++) {
    const usable = randomBytes(wanted - text.length).filter((byte) => byte < limit);
    text += Array.from(usable, (byte) => characters.charAt(byte % characters.length)).join("");
  }
  if (text.length < wanted) throw new OtpError("no-random", "crypto.getRandomValues does not return random values");
  return text;
}

const MOST_ROUNDS = 100;
