// The names and shapes that TypeScript callers of speakeasy know from its types, where these are right.
/** How the text of a secret stands for bytes. `ascii` is one byte a character (Latin-1), as Node has it. */
export type Encoding = "ascii" | "hex" | "base32" | "base64" | "utf8" | "latin1";

/** The HMAC's hash function, in either case. */
export type Algorithm = "sha1" | "sha256" | "sha512" | "SHA1" | "SHA256" | "SHA512";

/** What every call with a secret takes. */
export interface SharedOptions {
  /** How `secret` is written, if it is text. Base32 may have either case, spaces, hyphens and padding. Default: `"ascii"`. */
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
  /** The former name of `secret`. It comes first if both are given. */
  readonly key?: string | Uint8Array | undefined;
}

/** Options of `hotp` and `counter`. */
export interface HotpOptions extends DigestOptions {
  /** Digits of the code: an integer from 1 to 10. RFC 4226 §5.3 asks for 6 or more. Default: 6. */
  readonly digits?: number | undefined;
  /** The former name of `digits`, which comes first if both are given. */
  readonly length?: number | undefined;
  /** A MAC of 20 bytes or more that was made elsewhere. Secret, counter and algorithm are not looked at then. */
  readonly digest?: Uint8Array | undefined;
}

/** Options of `totp` and `time`. */
export interface TotpOptions extends HotpOptions, TimeOptions {
  /** The counter itself, in place of the time: an integer from 0 to 2^53−1. */
  readonly counter?: number | undefined;
}

/** Where in time the counter of TOTP comes from. */
export interface TimeOptions {
  /** Unix time in seconds, perhaps with a fraction. Default: now. */
  readonly time?: number | undefined;
  /** Seconds in a time step: an integer from 1 on. Default: 30. */
  readonly step?: number | undefined;
  /** Unix time of the first step, in seconds. Default: 0. */
  readonly epoch?: number | undefined;
  /** The former name of `epoch`, which comes first if both are given. */
  readonly initial_time?: number | undefined;
}

interface VerifyOptions {
  /** What the person typed: a string of just `digits` digits. Anything else does not match. */
  readonly token: string;
  /** Digits of a code: 1 to 10. Default: 6. */
  readonly digits?: number | undefined;
}

/** Options of `hotp.verify` and `hotp.verifyDelta`. */
export interface HotpVerifyOptions extends DigestOptions, VerifyOptions {
  /** How many counters after the given one may match too: an integer from 0 to 5000. Default: 0. */
  readonly window?: number | undefined;
}

/** Options of `totp.verify` and `totp.verifyDelta`. */
export interface TotpVerifyOptions extends DigestOptions, TimeOptions, VerifyOptions {
  /** The counter itself, in place of the time: an integer from 0 to 2^53−1. */
  readonly counter?: number | undefined;
  /** How many time steps before and after the present one may match too: an integer from 0 to 5000. Default: 0. */
  readonly window?: number | undefined;
}

/** Where a right code was found. */
export interface Delta {
  /** The counter that matched minus the expected one: the given counter, or the time step. */
  readonly delta: number;
}

/** `hotp`, a function that has two more. None of them needs `this`. */
export interface Hotp {
  /**
   * Makes the HOTP code of a counter.
   *
   * @param options - Secret, counter, algorithm and digits.
   * @returns The code, a string of `digits` digits.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-bytes` for the digest;
   * `invalid-options`, `unknown-option`, `invalid-option`.
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
   * Tells whether an HOTP code is right. It looks ahead only.
   *
   * @param options - Secret, the code as `token`, counter, window, algorithm and digits.
   * @returns Whether the code matches a counter of the window.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-options`, `unknown-option`,
   * `invalid-option`. What is in `token` never throws.
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
   * Finds the counter of an HOTP code. If several counters of the window share the code, it is the highest, so that the
   * code does not pass again at the next.
   *
   * @param options - Secret, the code as `token`, counter, window, algorithm and digits.
   * @returns The counter's distance from the given one, or `undefined` for a wrong code. After a match, store `counter + delta + 1`.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-options`, `unknown-option`,
   * `invalid-option`. What is in `token` never throws.
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

/** `totp`, a function that has two more. None of them needs `this`. */
export interface Totp {
  /**
   * Makes the TOTP code of a moment.
   *
   * @param options - Secret, time, step and epoch in seconds, algorithm and digits.
   * @returns The code, a string of `digits` digits.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-bytes` for the digest;
   * `invalid-options`, `unknown-option`, `invalid-option`.
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
   * Tells whether a TOTP code is right. It does not know whether the code was used: see `verifyTotp` of `halfminute/sync`.
   *
   * @param options - Secret, the code as `token`, time, step and epoch in seconds, window, algorithm and digits.
   * @returns Whether the code matches a time step of the window.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-options`, `unknown-option`,
   * `invalid-option`. What is in `token` never throws.
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
   * Finds the time step of a TOTP code. If several steps of the window share the code, it is the latest.
   *
   * @param options - Secret, the code as `token`, time, step and epoch in seconds, window, algorithm and digits.
   * @returns The step's distance from the present one, or `undefined` for a wrong code.
   * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`; `invalid-options`, `unknown-option`,
   * `invalid-option`. What is in `token` never throws.
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
  /** Characters of the secret: an integer from 1 to 1024. RFC 4226 asks for 128 bits: 22 characters, 21 with symbols. Default: 32. */
  readonly length?: number | undefined;
  /** Whether it has symbols besides letters and digits. Default: `true`. */
  readonly symbols?: boolean | undefined;
  /** The account's name in the URL. Default: `"SecretKey"`. */
  readonly name?: string | undefined;
  /** The service's name in the URL. Default: none. */
  readonly issuer?: string | undefined;
  /** Whether to write the URL. Default: `true`. */
  readonly otpauth_url?: boolean | undefined;
  /** Refused if `true`: the secret would go to a foreign server. */
  readonly qr_codes?: false | undefined;
  /** Refused if `true`: the secret would go to a foreign server. */
  readonly google_auth_qr?: false | undefined;
}

/** {@link GenerateSecretOptions} that ask for the URL. */
export interface GenerateSecretWithOtpAuthUrlOptions extends GenerateSecretOptions {
  /** Whether to write the URL. Default: `true`. */
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
  /** The URL that authenticator apps read from a QR code. It holds the secret. */
  otpauth_url?: string;
}

/** A {@link GeneratedSecret} with its URL. */
export interface GeneratedSecretWithOtpAuthUrl extends GeneratedSecret {
  /** The URL that authenticator apps read from a QR code. It holds the secret. */
  otpauth_url: string;
}

/** Options of `otpauthURL`. */
export interface OtpauthURLOptions extends SharedOptions {
  /** Text in `encoding`, or bytes; at least one byte. */
  readonly secret: string | Uint8Array;
  /** The account's name, or `Issuer:account`. What is percent-encoded stays so, and so do `:`, `@` and `/`. */
  readonly label: string;
  /** The service's name. Default: none. */
  readonly issuer?: string | undefined;
  /** Whether time or a counter moves the codes. Default: `"totp"`. */
  readonly type?: "totp" | "hotp" | undefined;
  /** For `hotp`, which requires it: an integer from 0 to 2^53−1. */
  readonly counter?: number | undefined;
  /** Digits of a code: 1 to 10. Written if given. */
  readonly digits?: number | undefined;
  /** Seconds in a time step, which the other calls name `step`. Written if given. */
  readonly period?: number | undefined;
}
