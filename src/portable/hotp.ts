// HOTP, RFC 4226: codes from a counter, synchronously. Reads no clock.
import {
  type GenerateHotpOptions,
  type Match,
  planGenerateHotp,
  planResynchronizeHotp,
  planVerifyHotp,
  type ResynchronizeHotpOptions,
  type VerifyHotpOptions,
} from "../core/verification.ts";
import { generate, type SecretOrKey, verify } from "./keys.ts";

/**
 * Generates the HOTP code for a counter.
 *
 * @param secret - Base32 text, bytes or an imported key; at least one byte.
 * @param counter - The moving factor: an integer from 0 to 2^53−1.
 * @param options - Algorithm and digits.
 * @returns The code, a string of `digits` digits.
 * @throws {@link OtpError} `invalid-counter`; `invalid-secret`, `secret-too-short`; `invalid-key`;
 * `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { generateHotp } from "halfminute/sync";
 *
 * console.log(generateHotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 0)); // 755224
 * ```
 * @see RFC 4226 §5.3
 */
export function generateHotp(secret: SecretOrKey, counter: number, options?: GenerateHotpOptions): string {
  return generate(secret, planGenerateHotp(counter, options));
}

/**
 * Verifies an HOTP code. It only looks ahead, so a used code never matches again if you store the
 * next counter.
 *
 * @param secret - Base32 text, bytes or an imported key; at least 10 bytes.
 * @param code - The code as the person typed it, a string; spaces, dashes and full-width digits are
 * allowed. Anything else, including a number, gives `null`.
 * @param counter - The next unused counter: an integer from 0 to 2^53−1.
 * @param options - Algorithm, digits, and how many more counters may match.
 * @returns The match, or `null` for a wrong code. After a match, store `match.counter + 1`.
 * @throws {@link OtpError} `invalid-counter`; `invalid-secret`, `secret-too-short`; `invalid-key`;
 * `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { verifyHotp } from "halfminute/sync";
 *
 * const match = verifyHotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "359 152", 0, { lookAhead: 5 });
 * console.log(match?.counter, match?.delta); // 2 2
 * ```
 * @see RFC 4226 §7.2, §7.4
 */
export function verifyHotp(
  secret: SecretOrKey,
  code: string,
  counter: number,
  options?: VerifyHotpOptions,
): Match | null {
  return verify(secret, planVerifyHotp(code, counter, options));
}

/**
 * Resynchronizes with a token whose counter is far ahead, using two to five consecutive codes.
 *
 * @param secret - Base32 text, bytes or an imported key; at least 10 bytes.
 * @param codes - Two to five codes, in the order the token showed them.
 * @param counter - The next unused counter: an integer from 0 to 2^53−1.
 * @param options - Algorithm, digits, and how far ahead the last code may lie.
 * @returns The match of the last code, or `null`. After a match, store `match.counter + 1`.
 * @throws {@link OtpError} `invalid-codes`; `invalid-counter`; `invalid-secret`,
 * `secret-too-short`; `invalid-key`; `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { resynchronizeHotp } from "halfminute/sync";
 *
 * const match = resynchronizeHotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", ["162583", "399871"], 0);
 * console.log(match?.counter); // 8
 * ```
 * @see RFC 4226 §7.4
 */
export function resynchronizeHotp(
  secret: SecretOrKey,
  codes: readonly string[],
  counter: number,
  options?: ResynchronizeHotpOptions,
): Match | null {
  return verify(secret, planResynchronizeHotp(codes, counter, options));
}
