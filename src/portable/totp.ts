// TOTP, RFC 6238: HOTP whose counter is the time step, synchronously.
import {
  type GenerateTotpOptions,
  type Match,
  planGenerateTotp,
  planResynchronizeTotp,
  planVerifyTotp,
  type ResynchronizeTotpOptions,
  type VerifyTotpOptions,
} from "../core/verification.ts";
import { generate, type SecretOrKey, verify } from "./keys.ts";

/**
 * Generates the TOTP code for a moment.
 *
 * @param secret - Base32 text, bytes or an imported key; at least one byte.
 * @param options - Algorithm, digits, period in seconds, t0 in Unix seconds, and the time.
 * @returns The code, a string of `digits` digits.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-key`;
 * `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { generateTotp } from "halfminute/sync";
 *
 * const at = new Date("2009-02-13T23:31:30Z");
 * console.log(generateTotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", { at })); // 005924
 * ```
 * @see RFC 6238 §4.2
 */
export function generateTotp(secret: SecretOrKey, options?: GenerateTotpOptions): string {
  return generate(secret, planGenerateTotp(options));
}

/**
 * Verifies a TOTP code. Without `after`, the same code is accepted as long as it is in the window.
 *
 * @param secret - Base32 text, bytes or an imported key; at least 10 bytes.
 * @param code - The code as the person typed it, a string; spaces, dashes and full-width digits are
 * allowed. Anything else, including a number, gives `null`.
 * @param options - Algorithm, digits, time, how many time steps around it may match, and the last
 * accepted counter.
 * @returns The match, or `null` for a wrong code. After a match, store `match.counter` and pass it
 * as `after` next time.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-key`;
 * `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { verifyTotp } from "halfminute/sync";
 *
 * const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
 * const at = new Date("2009-02-13T23:31:30Z");
 * const match = verifyTotp(secret, "005 924", { at, after: null });
 * console.log(match?.counter); // 41152263
 * console.log(verifyTotp(secret, "005 924", { at, after: 41152263 })); // null
 * ```
 * @see RFC 6238 §5.2, §6
 */
export function verifyTotp(secret: SecretOrKey, code: string, options?: VerifyTotpOptions): Match | null {
  return verify(secret, planVerifyTotp(code, options));
}

/**
 * Resynchronizes with a device whose clock is wrong, using two to five consecutive codes.
 *
 * @param secret - Base32 text, bytes or an imported key; at least 10 bytes.
 * @param codes - Two to five codes, in the order the device showed them.
 * @param options - Algorithm, digits, time, how many time steps around it the last code may lie,
 * and the last accepted counter, which all codes must follow.
 * @returns The match of the last code, or `null`. Its `delta` is how many time steps the device's
 * clock is ahead.
 * @throws {@link OtpError} `invalid-codes`; `invalid-secret`, `secret-too-short`;
 * `invalid-key`; `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { resynchronizeTotp } from "halfminute/sync";
 *
 * const at = new Date(20 * 30_000);
 * const match = resynchronizeTotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", ["162583", "399871"], { at });
 * console.log(match?.counter, match?.delta); // 8 -12
 * ```
 * @see RFC 6238 §6
 */
export function resynchronizeTotp(
  secret: SecretOrKey,
  codes: readonly string[],
  options?: ResynchronizeTotpOptions,
): Match | null {
  return verify(secret, planResynchronizeTotp(codes, options));
}
