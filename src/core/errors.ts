// The one error of the stateless core. Its code is for programs, its message for people; neither ever holds a secret or a one-time code.

/**
 * The stable names of everything that {@link OtpError} reports. A message may be reworded in any release, a code may not.
 *
 * - `invalid-options`: the options are not a plain object.
 * - `unknown-option`: an option or an account field has a name that does not exist there.
 * - `invalid-option`: an option has the wrong type or is out of range.
 * - `invalid-counter`: the HOTP counter is not an integer from 0 to 2^53−1.
 * - `invalid-codes`: resynchronisation was not given an array of 2 to 5 codes.
 * - `invalid-secret`: the secret is neither base32 text nor a `Uint8Array` nor a key.
 * - `secret-too-short`: the secret is empty, or too short to verify with.
 * - `invalid-key`: the key is not an HMAC key with usage `sign`, or not for the algorithm that was asked for.
 * - `invalid-base32`: the text is not strict base32.
 * - `invalid-bytes`: what should be encoded is not a `Uint8Array`.
 * - `invalid-account`: an account cannot be written as an `otpauth://` or `otpauth-migration://` URI.
 * - `invalid-uri`: the text is not a usable `otpauth://` or `otpauth-migration://` URI.
 * - `invalid-text`: what a QR code should hold is not text, empty, or not well-formed Unicode.
 * - `text-too-long`: the text does not fit into a QR code.
 * - `invalid-batch`: the URIs of an export are not of one and the same export, or there is none.
 * - `no-webcrypto`: the runtime has no `crypto.subtle`.
 * - `no-random`: the runtime has no `crypto.getRandomValues`.
 */
export type OtpErrorCode =
  | "invalid-options"
  | "unknown-option"
  | "invalid-option"
  | "invalid-counter"
  | "invalid-codes"
  | "invalid-secret"
  | "secret-too-short"
  | "invalid-key"
  | "invalid-base32"
  | "invalid-bytes"
  | "invalid-account"
  | "invalid-uri"
  | "invalid-text"
  | "text-too-long"
  | "invalid-batch"
  | "no-webcrypto"
  | "no-random";

/** The same symbol in every copy of this package and in every realm. */
const BRAND: unique symbol = /* @__PURE__ */ Symbol.for("halfminute.OtpError");

/**
 * What a programmer, a stored value or the runtime got wrong. What a person typed never causes one.
 *
 * @example
 * ```ts
 * import { OtpError, decodeSecret } from "halfminute";
 *
 * try {
 *   decodeSecret("not a secret!");
 * } catch (error) {
 *   console.log(error instanceof OtpError && error.code); // invalid-secret
 * }
 * ```
 */
export class OtpError extends Error {
  /** Always `OtpError`. */
  override readonly name = "OtpError";
  /** The stable name of what went wrong. */
  declare readonly code: OtpErrorCode;

  constructor(code: OtpErrorCode, message: string) {
    super(message);
    this.code = code;
    // An own property: a polluted prototype must not make everything an OtpError.
    Object.defineProperty(this, BRAND, { __proto__: null } as PropertyDescriptor);
  }

  /**
   * Recognizes the errors of other copies of this package too: a program can hold one copy for `import` and one for `require`.
   * Subclasses recognize their own instances only, as any class does.
   *
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return (
        super[Symbol.hasInstance](value) ||
        (Object.hasOwn(this, Symbol.hasInstance) && Object.hasOwn(value as object, BRAND))
      );
    } catch {
      return false; // null, undefined, or a proxy that refuses to answer
    }
  }
}
