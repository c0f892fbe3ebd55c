// The functions of a library that can be checked. Missing ones are not checked.
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { Match } from "../core/verification.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";

/** A value, or a promise of one. */
export type Awaitable<Value> = Value | Promise<Value>;

/** The parameters of a row's code. */
export interface VectorCodeOptions {
  /** The HMAC's hash function. */
  readonly algorithm: Algorithm;
  /** The number of digits: 6, 7 or 8. */
  readonly digits: Digits;
}

/** The time of a row. */
export interface VectorTimeOptions {
  /** The time. */
  readonly at: Date;
  /** The length of a time step in seconds. Default: 30. */
  readonly period?: number;
  /** The Unix time of the first time step, in seconds. Default: 0. */
  readonly t0?: number;
}

/** The window of a verification, as in `verifyTotp`. */
export interface VectorWindowOptions {
  /** How many time steps before the current one may match. */
  readonly lookBehind?: number;
  /** How many time steps after the current one may match. */
  readonly lookAhead?: number;
  /** The counter of the last accepted code; `null` if there is none. */
  readonly after?: number | null;
}

/**
 * A library under test. Its functions have the names and meanings of this package's, so
 * `halfminute` and `halfminute/sync` can be passed directly; for another library, write the
 * functions that it supports. Results may be promises. A library that exports `OtpError` must use
 * the error codes of refused rows; others only have to refuse, and are not asked to verify with
 * secrets under 10 bytes.
 */
export interface VectorLibrary {
  /** Computes the HMAC of a message: RFC 2104. */
  readonly hmac?: (key: Uint8Array, algorithm: Algorithm, message: Uint8Array) => Awaitable<Uint8Array>;
  /** Truncates a MAC to a 31-bit number: RFC 4226 §5.3. */
  readonly truncate?: (mac: Uint8Array) => Awaitable<number>;
  /** Generates the code for a counter: RFC 4226 §5.3. */
  readonly generateHotp?: (secret: Uint8Array, counter: number, options: VectorCodeOptions) => Awaitable<string>;
  /** Returns the match of a code at that counter, or `null`. */
  readonly verifyHotp?: (
    secret: Uint8Array,
    code: string,
    counter: number,
    options: VectorCodeOptions,
  ) => Awaitable<Match | null>;
  /** Computes the time step at a moment: RFC 6238 §4.2. */
  readonly timeStep?: (options: VectorTimeOptions) => Pick<Match, "counter">;
  /**
   * Generates the code for a moment. A library with `decodeSecret` must also accept secrets as
   * text.
   */
  readonly generateTotp?: (
    secret: Uint8Array,
    options: Partial<VectorCodeOptions> & VectorTimeOptions,
  ) => Awaitable<string>;
  /**
   * Returns the match of a code, or `null`: the highest of several counters, and only counters
   * above `after`.
   */
  readonly verifyTotp?: (
    secret: Uint8Array,
    code: string,
    options: VectorCodeOptions & VectorTimeOptions & VectorWindowOptions,
  ) => Awaitable<Match | null>;
  /** Encodes base32 with or without padding: RFC 4648 §6. */
  readonly encodeBase32?: (bytes: Uint8Array, options: { readonly padding: boolean }) => string;
  /** Decodes strict base32; throws for anything else. */
  readonly decodeBase32?: (text: string) => Uint8Array;
  /** Decodes a secret as people type it; throws for anything else. */
  readonly decodeSecret?: (text: string) => Uint8Array;
  /** Builds the URI of an account; throws if it cannot be written. */
  readonly buildOtpauthUri?: (account: OtpauthAccount) => string;
  /** Parses the URI of an account; throws for anything else. */
  readonly parseOtpauthUri?: (uri: string) => OtpauthAccount;
  /** Generates the Steam Guard code for a moment. */
  readonly generateSteamCode?: (secret: Uint8Array, options: VectorTimeOptions) => Awaitable<string>;
  /** Returns the match of a Steam Guard code, or `null`. */
  readonly verifySteamCode?: (
    secret: Uint8Array,
    code: string,
    options: VectorTimeOptions & VectorWindowOptions,
  ) => Awaitable<Match | null>;
  /** The class of its errors, if they use this package's error codes. */
  readonly OtpError?: VectorErrorClass;
}

/** A class of errors with stable codes. */
export interface VectorErrorClass {
  /** Constructs an error. The suite never calls it. */
  new (...parameters: never[]): CodedError;
}

/** An error with a stable code. */
export interface CodedError extends Error {
  /** One of `OtpErrorCode`. */
  readonly code: string;
}
