// The only error of the stateless core. Programs read its code, people its message; neither ever
// holds a secret or a one-time code.

/**
 * The stable code of each {@link OtpError}. Messages may change in any release, codes do not.
 *
 * - `invalid-options`: the options are not a plain object.
 * - `unknown-option`: an option or account field has an unknown name.
 * - `invalid-option`: an option has the wrong type or is out of range.
 * - `invalid-counter`: the HOTP counter is not an integer from 0 to 2^53−1.
 * - `invalid-codes`: the codes to resynchronize with are not an array of 2 to 5 codes.
 * - `invalid-secret`: the secret is not base32 text, a `Uint8Array` or a key.
 * - `secret-too-short`: the secret is empty, or too short to verify with.
 * - `invalid-key`: the key is not an HMAC key with usage `sign`, or is for another algorithm.
 * - `invalid-base32`: the text is not strict base32.
 * - `invalid-bytes`: the value to encode is not a `Uint8Array`.
 * - `invalid-account`: an account cannot be written as an `otpauth://` or `otpauth-migration://`
 *   URI.
 * - `invalid-uri`: the text is not a usable `otpauth://` or `otpauth-migration://` URI.
 * - `invalid-text`: the text of a QR code is not a string, is empty, or is not well-formed Unicode.
 * - `text-too-long`: the text does not fit into a QR code.
 * - `invalid-batch`: the URIs belong to different exports, or none was given.
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

/** The same symbol in every copy of this package and every realm. */
const BRAND: unique symbol = /* @__PURE__ */ Symbol.for("halfminute.OtpError");

/**
 * A mistake in the program, stored data or runtime. User input never causes one.
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
  /** The stable code of what went wrong. */
  declare readonly code: OtpErrorCode;

  constructor(code: OtpErrorCode, message: string) {
    super(message);
    this.code = code;
    // An own property, so that a polluted prototype does not make everything an OtpError.
    Object.defineProperty(this, BRAND, { __proto__: null } as PropertyDescriptor);
  }

  /**
   * Also recognizes errors of other copies of this package: a program can load one with `import`
   * and one with `require`. Subclasses recognize only their own instances, as any class does.
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
