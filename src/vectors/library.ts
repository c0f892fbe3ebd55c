// What a library may have to be checked. Any of it may be missing: what a library lacks is not checked.
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { Match } from "../core/verification.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";

/** A value, or a promise of one. */
export type Awaitable<Value> = Value | Promise<Value>;

/** How the code of a row is computed. */
export interface VectorCodeOptions {
  /** The HMAC's hash function. */
  readonly algorithm: Algorithm;
  /** Digits of the code: 6, 7 or 8. */
  readonly digits: Digits;
}

/** The moment of a row. */
export interface VectorTimeOptions {
  /** The moment. */
  readonly at: Date;
  /** Seconds in a time step. Default: 30. */
  readonly period?: number;
  /** Unix time of the first time step, in seconds. Default: 0. */
  readonly t0?: number;
}

/** The window of a verification, as `verifyTotp` has it. */
export interface VectorWindowOptions {
  /** How many time steps before the present one may match. */
  readonly lookBehind?: number;
  /** How many time steps after the present one may match. */
  readonly lookAhead?: number;
  /** The counter of the last accepted code; `null` if there is none. */
  readonly after?: number | null;
}

/**
 * A library under test. Its functions have the names and meanings of this package's own, so `halfminute` and `halfminute/sync` are
 * libraries as they are; for another one write those that it has. A result may be a promise. A library that exports `OtpError` is
 * held to the error codes of refused rows; of others it is asked only that they refuse, and secrets under 10 bytes are not verified.
 */
export interface VectorLibrary {
  /** The HMAC of a message: RFC 2104. */
  readonly hmac?: (key: Uint8Array, algorithm: Algorithm, message: Uint8Array) => Awaitable<Uint8Array>;
  /** The 31-bit number of a MAC: RFC 4226 §5.3. */
  readonly truncate?: (mac: Uint8Array) => Awaitable<number>;
  /** The code of a counter: RFC 4226 §5.3. */
  readonly generateHotp?: (secret: Uint8Array, counter: number, options: VectorCodeOptions) => Awaitable<string>;
  /** The match of a code at that counter, or `null`. */
  readonly verifyHotp?: (
    secret: Uint8Array,
    code: string,
    counter: number,
    options: VectorCodeOptions,
  ) => Awaitable<Match | null>;
  /** The time step of a moment: RFC 6238 §4.2. */
  readonly timeStep?: (options: VectorTimeOptions) => Pick<Match, "counter">;
  /** The code of a moment. With `decodeSecret` it takes secrets as text too. */
  readonly generateTotp?: (
    secret: Uint8Array,
    options: Partial<VectorCodeOptions> & VectorTimeOptions,
  ) => Awaitable<string>;
  /** The match of a code, or `null`: of several the highest counter, and none up to `after`. */
  readonly verifyTotp?: (
    secret: Uint8Array,
    code: string,
    options: VectorCodeOptions & VectorTimeOptions & VectorWindowOptions,
  ) => Awaitable<Match | null>;
  /** Base32 with or without padding: RFC 4648 §6. */
  readonly encodeBase32?: (bytes: Uint8Array, options: { readonly padding: boolean }) => string;
  /** Strict base32; what is not throws. */
  readonly decodeBase32?: (text: string) => Uint8Array;
  /** A secret as people type it; what is not one throws. */
  readonly decodeSecret?: (text: string) => Uint8Array;
  /** The URI of an account; what cannot be written throws. */
  readonly buildOtpauthUri?: (account: OtpauthAccount) => string;
  /** The account of a URI; what is not one throws. */
  readonly parseOtpauthUri?: (uri: string) => OtpauthAccount;
  /** The Steam Guard code of a moment. */
  readonly generateSteamCode?: (secret: Uint8Array, options: VectorTimeOptions) => Awaitable<string>;
  /** The match of a Steam Guard code, or `null`. */
  readonly verifySteamCode?: (
    secret: Uint8Array,
    code: string,
    options: VectorTimeOptions & VectorWindowOptions,
  ) => Awaitable<Match | null>;
  /** The class of its errors, if they have the codes of this package's. */
  readonly OtpError?: VectorErrorClass;
}

/** A class of errors with stable codes. */
export interface VectorErrorClass {
  /** Makes an error. The suite never does. */
  new (...parameters: never[]): CodedError;
}

/** An error with a stable code. */
export interface CodedError extends Error {
  /** As in `OtpErrorCode`. */
  readonly code: string;
}
