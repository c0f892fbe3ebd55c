// Verification without the cryptography. Making a plan runs every guard and finds the counters that
// may match; the caller computes one 31-bit number for each; settle says which one matched. Both
// APIs of the package share this file.
import { powerOfTen, readCode } from "./code.ts";
import { OtpError } from "./errors.ts";
import {
  type Algorithm,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  type Digits,
  MAX_COUNTER,
  overwriteOptions,
  requireAlgorithm,
  requireCounter,
  requireDigits,
  requireInteger,
} from "./parameters.ts";
import { counterAt, type TimeChoice, type TimeOptions } from "./time-step.ts";

/** How codes are computed. */
export interface CodeOptions {
  /** The HMAC's hash function. Default: `"SHA-1"`, or the algorithm of an imported key. */
  readonly algorithm?: Algorithm | undefined;
  /** The number of digits in a code: 6, 7 or 8. Default: 6. */
  readonly digits?: Digits | undefined;
}

/** Options of `generateHotp`. */
export type GenerateHotpOptions = CodeOptions;

/** Options of `generateTotp`. */
export interface GenerateTotpOptions extends CodeOptions, TimeOptions {}

/** Options of `verifyHotp`. */
export interface VerifyHotpOptions extends CodeOptions {
  /**
   * How many counters after the given one may also match: an integer from 0 to 1000. Default: 0.
   */
  readonly lookAhead?: number | undefined;
}

/** Options of `resynchronizeHotp`. */
export interface ResynchronizeHotpOptions extends CodeOptions {
  /**
   * How far after the given counter the last code may lie: an integer from the number of codes
   * minus one to 10000. Default: 100.
   */
  readonly lookAhead?: number | undefined;
}

/** What the verifier remembers from the last TOTP code. */
export interface ReplayOptions {
  /**
   * The `match.counter` of the last accepted code: only later counters match. Omit it, or give
   * `null`, if none was accepted yet. An explicit `undefined` throws, so that a misspelled column
   * cannot allow replays. So does a counter more than 10000 time steps ahead: it is probably Unix
   * seconds, and no code would ever match.
   */
  readonly after?: number | null;
}

/** Options of `verifyTotp`. */
export interface VerifyTotpOptions extends CodeOptions, TimeOptions, ReplayOptions {
  /** How many time steps before the current one may match: an integer from 0 to 10. Default: 1. */
  readonly lookBehind?: number | undefined;
  /** How many time steps after the current one may match: an integer from 0 to 10. Default: 1. */
  readonly lookAhead?: number | undefined;
}

/** Options of `resynchronizeTotp`. */
export interface ResynchronizeTotpOptions extends CodeOptions, TimeOptions, ReplayOptions {
  /**
   * How many time steps before the current one the last code may lie: an integer, at least 0.
   * Default: 100.
   */
  readonly lookBehind?: number | undefined;
  /**
   * How many time steps after the current one the last code may lie: an integer, at least 0.
   * Default: 100. With `lookBehind`, at most 10000.
   */
  readonly lookAhead?: number | undefined;
}

/** The result for a correct code; a wrong code gives `null`. */
export interface Match {
  /** The matching counter; for several codes, the counter of the last one. Store it. */
  readonly counter: number;
  /**
   * The matching counter minus the expected one, which is the time step at `at` or the given
   * counter.
   */
  readonly delta: number;
}

/** Inputs for computing one code. */
export interface GenerationPlan {
  readonly algorithm: Algorithm | undefined;
  readonly digits: Digits;
  readonly counter: number;
}

/** What a verification computes and compares. Its `counter` is the expected one. */
export interface VerificationPlan extends GenerationPlan {
  /** The codes as numbers, in order. */
  readonly wanted: readonly number[];
  /** The lowest counter to compare. */
  readonly first: number;
  /** How many counters to compare; 0 or less if none. */
  readonly count: number;
}

/** The part of a plan that {@link settle} needs. Other codes have other numbers of digits. */
export interface SettledPlan extends Pick<VerificationPlan, "wanted" | "first" | "counter"> {
  readonly digits: number;
}

/**
 * The shortest secret in real use, in bytes. A verifier refuses shorter ones; an authenticator has
 * to take them.
 */
export const LEAST_SECRET_BYTES = 10;

const MOST_TOTP_STEPS = 10;
const MOST_HOTP_STEPS = 1000;
const MOST_RESYNCHRONIZATION_STEPS = 10_000;
const RESYNCHRONIZATION_STEPS = 100;

export function planGenerateHotp(counter: unknown, options: GenerateHotpOptions | undefined): GenerationPlan {
  const given = overwriteOptions<CodeChoice>(options, { algorithm: undefined, digits: DEFAULT_DIGITS });
  return planGeneration(given, requireCounter(counter));
}

export function planGenerateTotp(options: GenerateTotpOptions | undefined): GenerationPlan {
  const given = overwriteOptions<TotpChoice>(options, {
    algorithm: undefined,
    digits: DEFAULT_DIGITS,
    period: DEFAULT_PERIOD,
    t0: 0,
    at: undefined,
  });
  return planGeneration(given, counterAt(given));
}

export function planVerifyHotp(
  code: unknown,
  counter: unknown,
  options: VerifyHotpOptions | undefined,
): VerificationPlan {
  const given = readHotpVerification(options, 0);
  requireInteger(given.lookAhead, "lookAhead", 0, MOST_HOTP_STEPS);
  return planHotp(given, [code], counter);
}

export function planResynchronizeHotp(
  codes: unknown,
  counter: unknown,
  options: ResynchronizeHotpOptions | undefined,
): VerificationPlan {
  const given = readHotpVerification(options, RESYNCHRONIZATION_STEPS);
  const sequence = requireCodes(codes);
  requireInteger(given.lookAhead, "lookAhead", sequence.length - 1, MOST_RESYNCHRONIZATION_STEPS);
  return planHotp(given, sequence, counter);
}

function readHotpVerification(options: object | undefined, lookAhead: number): HotpVerificationChoice {
  return overwriteOptions(options, { algorithm: undefined, digits: DEFAULT_DIGITS, lookAhead });
}

export function planVerifyTotp(code: unknown, options: VerifyTotpOptions | undefined): VerificationPlan {
  const given = readTotpVerification(options, 1);
  requireInteger(given.lookBehind, "lookBehind", 0, MOST_TOTP_STEPS);
  requireInteger(given.lookAhead, "lookAhead", 0, MOST_TOTP_STEPS);
  return planTotp(given, [code]);
}

export function planResynchronizeTotp(codes: unknown, options: ResynchronizeTotpOptions | undefined): VerificationPlan {
  const given = readTotpVerification(options, RESYNCHRONIZATION_STEPS);
  requireInteger(given.lookBehind, "lookBehind", 0, MOST_RESYNCHRONIZATION_STEPS);
  requireInteger(given.lookAhead, "lookAhead", 0, MOST_RESYNCHRONIZATION_STEPS - given.lookBehind);
  return planTotp(given, requireCodes(codes));
}

function readTotpVerification(options: object | undefined, steps: number): TotpVerificationChoice {
  return overwriteOptions(options, {
    algorithm: undefined,
    digits: DEFAULT_DIGITS,
    period: DEFAULT_PERIOD,
    t0: 0,
    at: undefined,
    lookBehind: steps,
    lookAhead: steps,
    after: null,
  });
}

// Options with their defaults filled in. The types are what they should be; the guards check them.

interface CodeChoice {
  /** A missing algorithm stays missing: a key has its own. */
  readonly algorithm: Algorithm | undefined;
  readonly digits: Digits;
}

interface TotpChoice extends CodeChoice, TimeChoice {}

interface HotpVerificationChoice extends CodeChoice {
  readonly lookAhead: number;
}

interface TotpVerificationChoice extends TotpChoice {
  readonly lookBehind: number;
  readonly lookAhead: number;
  readonly after: number | null;
}

// Plans name every field: a spread followed by more fields takes longer than the rest of a plan.

function planGeneration({ algorithm, digits }: CodeChoice, counter: number): GenerationPlan {
  if (algorithm !== undefined) requireAlgorithm(algorithm);
  return { algorithm, digits: requireDigits(digits), counter };
}

function planTotp(given: TotpVerificationChoice, codes: readonly unknown[]): VerificationPlan {
  const { lookBehind, lookAhead, after } = given;
  const counter = counterAt(given);
  const least = after === null ? 0 : requireAfter(after, counter) + 1;
  // The last code lies in the window, so the codes before it may lie before the window.
  const first = Math.max(counter - lookBehind - codes.length + 1, least);
  return plan(planGeneration(given, counter), codes, first, counter + lookAhead - first + 1);
}

/**
 * Unix seconds here would refuse every code forever. A nearer counter may come from a
 * resynchronization.
 */
function requireAfter(after: unknown, present: number): number {
  const counter = requireInteger(after, "after", 0, MAX_COUNTER);
  if (counter > present + MOST_RESYNCHRONIZATION_STEPS) {
    throw new OtpError("invalid-option", "after must be a counter, such as match.counter, not Unix seconds");
  }
  return counter;
}

function planHotp(given: HotpVerificationChoice, codes: readonly unknown[], counter: unknown): VerificationPlan {
  const first = requireCounter(counter);
  return plan(planGeneration(given, first), codes, first, Math.min(given.lookAhead, MAX_COUNTER - first) + 1);
}

function plan(
  { algorithm, digits, counter }: GenerationPlan,
  codes: readonly unknown[],
  first: number,
  count: number,
): VerificationPlan {
  return { algorithm, digits, counter, wanted: codes.map((code) => readCode(code, digits)), first, count };
}

/**
 * The program chooses how many codes there are; the person types what is in them. Counted on the
 * copy.
 */
function requireCodes(codes: unknown): readonly unknown[] {
  const sequence: readonly unknown[] = Array.isArray(codes) ? Object.values(codes) : [];
  // A hole or a named property would make codes look adjacent that are not.
  if (sequence.length < 2 || sequence.length > 5 || sequence.length !== (codes as readonly unknown[]).length) {
    throw new OtpError("invalid-codes", "codes must be an array of 2 to 5 codes");
  }
  return sequence;
}

/**
 * Finds the matching counter. Compares every candidate, in the same steps for right and wrong
 * codes; the highest match wins. Two counters of one window can share a code; remembering the lower
 * one would accept the same code again. `codes` is how many codes exist: `10 ** digits`, except for
 * Steam.
 */
export function settle(
  { wanted, digits, first, counter: expected }: SettledPlan,
  numbers: ArrayLike<number>,
  codes: number = powerOfTen(digits),
): Match | null {
  let found = -1;
  // Without a code (if a page broke Array.prototype), nothing matches.
  for (let index = 0; wanted.length && index + wanted.length <= numbers.length; index++) {
    let bits = 0;
    for (let place = 0; place < wanted.length; place++) {
      bits |= (wanted[place] as number) ^ ((numbers[index + place] as number) % codes);
    }
    const keep = (bits | -bits) >> 31; // 0 if all are equal, otherwise all ones
    found = (found & keep) | (index & ~keep);
  }
  if (found < 0) return null;
  const counter = first + found + wanted.length - 1;
  return { counter, delta: counter - expected };
}
