// The types that TypeScript callers of speakeasy know, corrected where they are wrong.
/** The encoding of a secret's text. `ascii` is one byte per character (Latin-1), as in Node. */
export type Encoding = "ascii" | "hex" | "base32" | "base64" | "utf8" | "latin1";

/** The HMAC's hash function, in either case. */
export type Algorithm = "sha1" | "sha256" | "sha512" | "SHA1" | "SHA256" | "SHA512";

/** Options of every call with a secret. */
export interface SharedOptions {
  /**
   * The encoding of `secret`, if it is text. Base32 may have either case, spaces, hyphens and
   * padding. Default: `"ascii"`.
   */
  readonly encoding?: Encoding | undefined;
  /** The HMAC's hash function. Default: `"sha1"`. */
  readonly algorithm?: Algorithm | undefined;
}

/** Options of `digest`. */
export interface DigestOptions extends SharedOptions {
  /** Text in `encoding`, or bytes; at least one byte. */
  readonly secret: string | Uint8Array;
  /** The moving factor: an integer from 0 to 2^53−1. Default: 0. */
  readonly counter?: number | undefined;
  /** The former name of `secret`. It wins if both are given. */
  readonly key?: string | Uint8Array | undefined;
}

/** Options of `hotp` and `counter`. */
export interface HotpOptions extends DigestOptions {
  /**
   * The number of digits: an integer from 1 to 10. RFC 4226 §5.3 requires at least 6. Default: 6.
   */
  readonly digits?: number | undefined;
  /** The former name of `digits`, which wins if both are given. */
  readonly length?: number | undefined;
  /**
   * A MAC that was computed elsewhere, at least 20 bytes. If given, secret, counter and algorithm
   * are ignored.
   */
  readonly digest?: Uint8Array | undefined;
}

/** Options of `totp` and `time`. */
export interface TotpOptions extends HotpOptions, TimeOptions {
  /** The counter, instead of a time: an integer from 0 to 2^53−1. */
  readonly counter?: number | undefined;
}

/** How a TOTP counter is computed from the time. */
export interface TimeOptions {
  /** The Unix time in seconds; fractions are allowed. Default: now. */
  readonly time?: number | undefined;
  /** The length of a time step in seconds: an integer, at least 1. Default: 30. */
  readonly step?: number | undefined;
  /** The Unix time of the first time step, in seconds. Default: 0. */
  readonly epoch?: number | undefined;
  /** The former name of `epoch`, which wins if both are given. */
  readonly initial_time?: number | undefined;
}

interface VerifyOptions {
  /**
   * The code as the person typed it: a string of exactly `digits` digits. Anything else does not
   * match.
   */
  readonly token: string;
  /** The number of digits: an integer from 1 to 10. Default: 6. */
  readonly digits?: number | undefined;
}

/** Options of `hotp.verify` and `hotp.verifyDelta`. */
export interface HotpVerifyOptions extends DigestOptions, VerifyOptions {
  /**
   * How many counters after the given one may also match: an integer from 0 to 5000. Default: 0.
   */
  readonly window?: number | undefined;
}

/** Options of `totp.verify` and `totp.verifyDelta`. */
export interface TotpVerifyOptions extends DigestOptions, TimeOptions, VerifyOptions {
  /** The counter, instead of a time: an integer from 0 to 2^53−1. */
  readonly counter?: number | undefined;
  /**
   * How many time steps before and after the current one may also match: an integer from 0 to 5000.
   * Default: 0.
   */
  readonly window?: number | undefined;
}

/** The result for a correct code. */
export interface Delta {
  /** The matching counter minus the expected one, which is the given counter or the time step. */
  readonly delta: number;
}

/** The type of `hotp`, a function with two more. None needs `this`. */
export interface Hotp {
  /**
   * Generates the HOTP code for a counter.
   *
   * @param options - Secret, counter, algorithm and digits.
   * @returns The code, a string of `digits` digits.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
   * `invalid-bytes` for the digest; `invalid-options`, `unknown-option`, `invalid-option`.
   * @example
   * ```ts
   * import speakeasy from "halfminute/speakeasy";
   *
   * console.log(speakeasy.hotp({ secret: "12345678901234567890", counter: 0 })); // 755224
   * ```
   * @see RFC 4226 §5.3
   */
  (options: HotpOptions): string;
  /**
   * Verifies an HOTP code. It only looks ahead.
   *
   * @param options - Secret, the code as `token`, counter, window, algorithm and digits.
   * @returns Whether the code matches a counter of the window.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
   * `invalid-options`, `unknown-option`, `invalid-option`. The value of `token` never throws.
   * @example
   * ```ts
   * import { hotp } from "halfminute/speakeasy";
   *
   * console.log(hotp.verify({ secret: "12345678901234567890", token: "287082", counter: 0, window: 2 })); // true
   * ```
   * @see RFC 4226 §7.2
   */
  readonly verify: (options: HotpVerifyOptions) => boolean;
  /**
   * Finds the counter of an HOTP code. If several counters of the window have this code, it is the
   * highest, so that the code does not pass again later.
   *
   * @param options - Secret, the code as `token`, counter, window, algorithm and digits.
   * @returns The distance from the given counter, or `undefined` for a wrong code. After a match,
   * store `counter + delta + 1`.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
   * `invalid-options`, `unknown-option`, `invalid-option`. The value of `token` never throws.
   * @example
   * ```ts
   * import { hotp } from "halfminute/speakeasy";
   *
   * console.log(hotp.verifyDelta({ secret: "12345678901234567890", token: "287082", counter: 0, window: 2 })); // { delta: 1 }
   * ```
   * @see RFC 4226 §7.2, §7.4
   */
  readonly verifyDelta: (options: HotpVerifyOptions) => Delta | undefined;
}

/** The type of `totp`, a function with two more. None needs `this`. */
export interface Totp {
  /**
   * Generates the TOTP code for a moment.
   *
   * @param options - Secret, time, step and epoch in seconds, algorithm and digits.
   * @returns The code, a string of `digits` digits.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
   * `invalid-bytes` for the digest; `invalid-options`, `unknown-option`, `invalid-option`.
   * @example
   * ```ts
   * import speakeasy from "halfminute/speakeasy";
   *
   * console.log(speakeasy.totp({ secret: "12345678901234567890", time: 59, digits: 8 })); // 94287082
   * ```
   * @see RFC 6238 §4
   */
  (options: TotpOptions): string;
  /**
   * Verifies a TOTP code. It does not know whether the code was already used; `verifyTotp` of
   * `halfminute/sync` can.
   *
   * @param options - Secret, the code as `token`, time, step and epoch in seconds, window,
   * algorithm and digits.
   * @returns Whether the code matches a time step of the window.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
   * `invalid-options`, `unknown-option`, `invalid-option`. The value of `token` never throws.
   * @example
   * ```ts
   * import { totp } from "halfminute/speakeasy";
   *
   * const secret = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
   * console.log(totp.verify({ secret, encoding: "base32", token: "287082", time: 59 })); // true
   * ```
   * @see RFC 6238 §5.2
   */
  readonly verify: (options: TotpVerifyOptions) => boolean;
  /**
   * Finds the time step of a TOTP code. If several steps of the window have this code, it is the
   * latest.
   *
   * @param options - Secret, the code as `token`, time, step and epoch in seconds, window,
   * algorithm and digits.
   * @returns The distance from the current time step, or `undefined` for a wrong code.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
   * `invalid-options`, `unknown-option`, `invalid-option`. The value of `token` never throws.
   * @example
   * ```ts
   * import { totp } from "halfminute/speakeasy";
   *
   * console.log(totp.verifyDelta({ secret: "12345678901234567890", token: "287082", time: 89, window: 1 })); // { delta: -1 }
   * ```
   * @see RFC 6238 §5.2
   */
  readonly verifyDelta: (options: TotpVerifyOptions) => Delta | undefined;
}

/** Options of `generateSecret`. */
export interface GenerateSecretOptions {
  /**
   * The number of characters: an integer from 1 to 1024. RFC 4226 requires 128 bits: 22 characters,
   * 21 with symbols. Default: 32.
   */
  readonly length?: number | undefined;
  /** Whether to use symbols as well as letters and digits. Default: `true`. */
  readonly symbols?: boolean | undefined;
  /** The account's name in the URL. Default: `"SecretKey"`. */
  readonly name?: string | undefined;
  /** The service's name in the URL. Default: none. */
  readonly issuer?: string | undefined;
  /** Whether to return the URL. Default: `true`. */
  readonly otpauth_url?: boolean | undefined;
  /** Refused if `true`: it would send the secret to a third party. */
  readonly qr_codes?: false | undefined;
  /** Refused if `true`: it would send the secret to a third party. */
  readonly google_auth_qr?: false | undefined;
}

/** {@link GenerateSecretOptions} that ask for the URL. */
export interface GenerateSecretWithOtpAuthUrlOptions extends GenerateSecretOptions {
  /** Whether to return the URL. Default: `true`. */
  readonly otpauth_url?: true | undefined;
}

/** A random secret in three encodings. */
export interface GeneratedSecret {
  /** The secret: its characters are the bytes of the key. */
  ascii: string;
  /** The same in hex. */
  hex: string;
  /** The same in base32, without padding. */
  base32: string;
  /** The URL that authenticator apps read from a QR code. It contains the secret. */
  otpauth_url?: string;
}

/** A {@link GeneratedSecret} with its URL. */
export interface GeneratedSecretWithOtpAuthUrl extends GeneratedSecret {
  /** The URL that authenticator apps read from a QR code. It contains the secret. */
  otpauth_url: string;
}

/** Options of `otpauthURL`. */
export interface OtpauthURLOptions extends SharedOptions {
  /** Text in `encoding`, or bytes; at least one byte. */
  readonly secret: string | Uint8Array;
  /**
   * The account's name, or `Issuer:account`. Percent-encoded text, `:`, `@` and `/` stay as they
   * are.
   */
  readonly label: string;
  /** The service's name. Default: none. */
  readonly issuer?: string | undefined;
  /** Whether codes depend on the time or a counter. Default: `"totp"`. */
  readonly type?: "totp" | "hotp" | undefined;
  /** Required for `hotp`: an integer from 0 to 2^53−1. */
  readonly counter?: number | undefined;
  /** The number of digits: an integer from 1 to 10. Written only if given. */
  readonly digits?: number | undefined;
  /**
   * The length of a time step in seconds, which other calls name `step`: an integer from 1 to
   * 2^31−1. Written only if given.
   */
  readonly period?: number | undefined;
}
