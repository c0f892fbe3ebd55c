// Generating and verifying codes with speakeasy's options: one object in, the digits or the
// distance out.
import { powerOfTen, UNREADABLE } from "../core/code.ts";
import { OtpError } from "../core/errors.ts";
import { isBytes, MAX_COUNTER } from "../core/parameters.ts";
import { wholeMac } from "../portable/hmac.ts";
import { openKey, truncatedMacs } from "../portable/keys.ts";
import { truncate } from "../core/truncation.ts";
import { settle } from "../core/verification.ts";
import {
  algorithmOf,
  counterOf,
  digitsOf,
  type Given,
  integerOf,
  readGiven,
  refuseIgnored,
  timeCounter,
} from "./given.ts";
import { secretOf } from "./encodings.ts";
import type { Delta, DigestOptions, Hotp, TimeOptions, Totp } from "./types.ts";

type HostBytes = typeof globalThis extends { Buffer: { alloc(size: number): infer Bytes extends Uint8Array } }
  ? Bytes
  : Uint8Array;

/** A `Buffer` where the runtime has one, as in Node; otherwise a `Uint8Array`. */
export type DigestBytes = HostBytes;

interface Host {
  readonly Buffer?: { from(bytes: ArrayBufferLike): DigestBytes };
}

/**
 * Computes the whole MAC of a counter, before it is truncated to a code.
 *
 * @param options - Secret, counter and algorithm.
 * @returns The MAC: 20, 32 or 64 bytes, depending on the algorithm.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-counter`;
 * `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { digest } from "halfminute/speakeasy";
 *
 * console.log(digest({ secret: "12345678901234567890", counter: 0 }).toString("hex")); // cc93cf18508d94934c64b65d8ba7667fb7cde4b0
 * ```
 * @see RFC 4226 §5.3
 */
export function digest(options: DigestOptions): DigestBytes {
  const { buffer } = macOf(readGiven(options));
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- needed where Node's types are known
  return (globalThis as Host).Buffer?.from(buffer) ?? (new Uint8Array(buffer) as DigestBytes);
}

function macOf(given: Given): DataView {
  const algorithm = algorithmOf(given.algorithm);
  const counter = counterOf(given.counter);
  return wholeMac(secretOf(given), algorithm, counter);
}

function make(given: Given): string {
  const digits = digitsOf(given.digits ?? given.length);
  const Snum = truncate(given.digest === undefined ? macOf(given) : givenMac(given.digest));
  // Up to ten digits; the core has at most eight.
  return String(Snum % powerOfTen(digits)).padStart(digits, "0");
}

/** The shortest HMAC, with SHA-1; truncation could read past the end of a shorter one. */
const LEAST_MAC_BYTES = 20;

function givenMac(mac: unknown): DataView {
  if (!isBytes(mac) || mac.length < LEAST_MAC_BYTES) {
    throw new OtpError("invalid-bytes", "digest must be a Uint8Array of 20 or more bytes");
  }
  return new DataView(mac.buffer, mac.byteOffset, mac.byteLength);
}

/** More than a day each way with steps of 30 s; one call computes at most 10001 codes. */
const MOST_WINDOW_STEPS = 5000;

/** Compares the token with every counter of the window. */
function find(given: Given, expected: number, isTwoSided: boolean): Delta | undefined {
  const digits = digitsOf(given.digits);
  refuseIgnored("length", given.length, "digits", digits);
  if (given.digest !== undefined) {
    throw new OtpError("unknown-option", "digest has no effect here, use hotp or totp with it and compare");
  }
  const window = windowOf(given.window);
  const key = openKey(secretOf(given), algorithmOf(given.algorithm), 1);
  const token = readToken(given.token, digits);

  const first = isTwoSided ? Math.max(expected - window, 0) : expected;
  const count = Math.min(window, MAX_COUNTER - expected) + expected - first + 1;
  const numbers = truncatedMacs(key, first, count);
  const match = settle({ wanted: [token], digits, first, counter: expected }, numbers);
  return match ? { delta: match.delta } : undefined;
}

/**
 * Text is refused, although other numbers may be text: in speakeasy, `"1"` counts to 11 in TOTP.
 */
function windowOf(value: unknown): number {
  return integerOf(typeof value === "string" ? NaN : (value ?? 0), "window", 0, MOST_WINDOW_STEPS);
}

/** Digits only. A number is accepted, as in speakeasy, but has lost any leading zeros. */
function readToken(typed: unknown, digits: number): number {
  const text = typeof typed === "number" ? String(typed) : typed;
  if (typeof text !== "string" || text.length !== digits || !/^[0-9]+$/.test(text)) return UNREADABLE;
  // Ten digits may exceed 31 bits, which the comparison would drop.
  return Number(text) < 2 ** 31 ? Number(text) : UNREADABLE;
}

function expectedByTime(given: Given): number {
  return given.counter === undefined ? timeCounter(given) : counterOf(given.counter);
}

function findHotp(options: unknown): Delta | undefined {
  const given = readGiven(options);
  return find(given, counterOf(given.counter), false);
}

function findTotp(options: unknown): Delta | undefined {
  const given = readGiven(options);
  return find(given, expectedByTime(given), true);
}

/** Generates and verifies HOTP codes. */
export const hotp: Hotp = /* @__PURE__ */ Object.assign((options: object) => make(readGiven(options)), {
  verify: (options: object) => findHotp(options) !== undefined,
  verifyDelta: (options: object) => findHotp(options),
});

/** Generates and verifies TOTP codes. */
export const totp: Totp = /* @__PURE__ */ Object.assign(
  (options: object) => {
    const given = readGiven(options);
    return make({ ...given, counter: expectedByTime(given) });
  },
  {
    verify: (options: object) => findTotp(options) !== undefined,
    verifyDelta: (options: object) => findTotp(options),
  },
);

/**
 * Computes the counter for a moment.
 *
 * @param options - Time, step and epoch in seconds. `counter` is ignored.
 * @returns The number of whole steps since the epoch.
 * @throws {@link OtpError} `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { _counter } from "halfminute/speakeasy";
 *
 * console.log(_counter({ time: 1234567890 })); // 41152263
 * ```
 * @see RFC 6238 §4.2
 */
export function _counter(options: TimeOptions): number {
  return timeCounter(readGiven(options));
}
