// Steam Guard: TOTP with SHA-1 and 30 seconds, whose codes are five letters and digits. There is no
// standard; this is what Steam's own apps do. A code is the 31-bit number of RFC 4226 §5.3 in base
// 26, lowest digit first.
import { decodeBase64 } from "../core/base64.ts";
import { OtpError } from "../core/errors.ts";
import { overwriteOptions } from "../core/parameters.ts";
import { UNREADABLE } from "../core/code.ts";
import { openKey, type SecretOrKey, truncatedMac, verify } from "../portable/keys.ts";
import { compactTyped } from "../core/typed.ts";
import { type Match, planGenerateTotp, planVerifyTotp, type ReplayOptions } from "../core/verification.ts";

/**
 * The shared secret of a Steam account: base32 text as in URIs, bytes, a key of `halfminute/sync`,
 * or base64 text as in Steam's own files (`shared_secret`). Base64 is in a named property, so that
 * it is never read as base32.
 */
export type SteamSecret = SecretOrKey | Base64Secret;

/** A secret from Steam's own files. */
export interface Base64Secret {
  /** Standard base64 (RFC 4648 §4), padded or not. */
  readonly base64: string;
}

/** Options of {@link generateSteamCode}. */
export interface GenerateSteamCodeOptions {
  /** The time. Default: now. */
  readonly at?: Date | undefined;
}

/** Options of {@link verifySteamCode}. */
export interface VerifySteamCodeOptions extends GenerateSteamCodeOptions, ReplayOptions {
  /** How many time steps before the current one may match: an integer from 0 to 10. Default: 1. */
  readonly lookBehind?: number | undefined;
  /** How many time steps after the current one may match: an integer from 0 to 10. Default: 1. */
  readonly lookAhead?: number | undefined;
}

/** No vowels, and no characters that look alike. */
const ALPHABET = "23456789BCDFGHJKMNPQRTVWXY";
const CODE = /^[2-9BCDFGHJKMNPQRTVWXY]{5}$/i;
const CODES: number = ALPHABET.length ** 5;

/** Far longer than five characters with a separator between each two. */
const MOST_TYPED = 32;

/**
 * Generates the Steam Guard code for a moment.
 *
 * @param secret - Base32 text, bytes, an imported key, or `{ base64 }`; at least one byte.
 * @param options - The time.
 * @returns The code: five characters.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-key`; `invalid-options`,
 * `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { generateSteamCode } from "halfminute/steam";
 *
 * console.log(generateSteamCode("BASE32SECRET3232", { at: new Date(30_000) })); // YKKK4
 * console.log(generateSteamCode({ base64: "CCRN6kQUST3reg==" }, { at: new Date(30_000) })); // YKKK4
 * ```
 * @see RFC 6238 §4.2, RFC 4226 §5.3
 */
export function generateSteamCode(secret: SteamSecret, options?: GenerateSteamCodeOptions): string {
  const { counter } = planGenerateTotp(overwriteOptions<GenerateSteamCodeOptions>(options, { at: undefined }));
  const key = openKey(textOrBytes(secret), "SHA-1", 1);
  return formatCode(truncatedMac(key, counter));
}

/**
 * Verifies a Steam Guard code. Without `after`, the same code is accepted as long as it is in the
 * window.
 *
 * @param secret - Base32 text, bytes, an imported key, or `{ base64 }`; at least 10 bytes.
 * @param code - The code as the person typed it, a string in either case; spaces and dashes are
 * ignored. Anything else gives `null`.
 * @param options - The time, how many time steps around it may match, and the last accepted
 * counter.
 * @returns The match, or `null` for a wrong code. After a match, store `match.counter` and pass it
 * as `after` next time.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-key`; `invalid-options`,
 * `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { verifySteamCode } from "halfminute/steam";
 *
 * const at = new Date(30_000);
 * const match = verifySteamCode("BASE32SECRET3232", "ykkk4", { at, after: null });
 * console.log(match?.counter, match?.delta); // 1 0
 * console.log(verifySteamCode("BASE32SECRET3232", "ykkk4", { at, after: 1 })); // null
 * ```
 * @see RFC 6238 §5.2, §6
 */
export function verifySteamCode(secret: SteamSecret, code: string, options?: VerifySteamCodeOptions): Match | null {
  const defaults = { at: undefined, lookBehind: 1, lookAhead: 1, after: null };
  const given = overwriteOptions<VerifySteamCodeOptions>(options, defaults);
  const plan = planVerifyTotp("", { algorithm: "SHA-1", ...given });
  return verify(textOrBytes(secret), { ...plan, wanted: [readCode(code)] }, CODES);
}

function textOrBytes(secret: SteamSecret): SecretOrKey {
  if (!Object.hasOwn(Object(secret) as object, "base64")) return secret as SecretOrKey;
  const { base64 } = secret as { readonly base64: unknown };
  const bytes = typeof base64 === "string" && decodeBase64(base64.trim());
  if (!bytes) throw new OtpError("invalid-secret", "secret.base64 must be standard base64");
  return bytes;
}

function formatCode(number: number): string {
  let rest = number;
  let code = "";
  for (; code.length < 5; rest = Math.floor(rest / ALPHABET.length)) code += ALPHABET.charAt(rest % ALPHABET.length);
  return code;
}

/** The number of a typed code; UNREADABLE if it is not a code. */
function readCode(typed: unknown): number {
  const compact = compactTyped(typed, MOST_TYPED);
  if (!CODE.test(compact)) return UNREADABLE;
  const values = Array.from(compact.toUpperCase(), (character) => ALPHABET.indexOf(character));
  return values.reduceRight((number, value) => number * ALPHABET.length + value, 0);
}
