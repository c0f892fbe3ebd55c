// What a verifier decides, without any cryptography. A plan holds every guard and the counters that may match; the caller
// finds one 31-bit number for each of them; settle says which one it was. Both faces of the package share this file.
import { powerOfTen, readCode } from "./code.ts";
import { OtpError } from "./errors.ts";
import {
  type Algorithm,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  type Digits,
  MAX_COUNTER,
  readOptions,
  requireAlgorithm,
  requireCounter,
  requireDigits,
  requireInteger,
} from "./parameters.ts";
import { counterAt, type TimeChoice, type TimeOptions } from "./time-step.ts";

/** How codes are computed. */
export interface CodeOptions {
  /** The HMAC's hash function. Default: `"SHA-1"`, or the algorithm of the key when an imported key is given. */
  readonly algorithm?: Algorithm | undefined;
  /** Digits of a code: 6, 7 or 8. Default: 6. */
  readonly digits?: Digits | undefined;
}

/** Options of `generateHotp`. */
export type GenerateHotpOptions = CodeOptions;

/** Options of `generateTotp`. */
export interface GenerateTotpOptions extends CodeOptions, TimeOptions {}

/** Options of `verifyHotp`. */
export interface VerifyHotpOptions extends CodeOptions {
  /** How many counters after the given one may match too: an integer from 0 to 1000. Default: 0. */
  readonly lookAhead?: number | undefined;
}

/** Options of `resynchronizeHotp`. */
export interface ResynchronizeHotpOptions extends CodeOptions {
  /** How far after the given counter the last code may lie: from one less than there are codes to 10000. Default: 100. */
  readonly lookAhead?: number | undefined;
}

/** What the verifier remembers between two TOTP codes. */
export interface ReplayOptions {
  /**
   * The counter of the last accepted code, which was its `match.counter`: only later ones match. Leave it out, or give
   * `null`, if none was accepted yet. A present `undefined` throws: a misspelled column must not allow replays. So does
   * a counter more than 10000 time steps ahead: those are Unix seconds, and no code would ever match.
   */
  readonly after?: number | null;
}

/** Options of `verifyTotp`. */
export interface VerifyTotpOptions extends CodeOptions, TimeOptions, ReplayOptions {
  /** How many time steps before the present one may match: an integer from 0 to 10. Default: 1. */
  readonly lookBehind?: number | undefined;
  /** How many time steps after the present one may match: an integer from 0 to 10. Default: 1. */
  readonly lookAhead?: number | undefined;
}

/** Options of `resynchronizeTotp`. */
export interface ResynchronizeTotpOptions extends CodeOptions, TimeOptions, ReplayOptions {
  /** How many time steps before the present one the last code may lie: an integer from 0 on. Default: 100. */
  readonly lookBehind?: number | undefined;
  /** How many time steps after the present one the last code may lie: an integer from 0 on. Default: 100. Both together: at most 10000. */
  readonly lookAhead?: number | undefined;
}

/** That a code is right, and where. A wrong code has no match: it is `null`. */
export interface Match {
  /** The counter that matched; of several codes, that of the last one. Store it. */
  readonly counter: number;
  /** The matching counter minus the expected one: the time step at `at`, or the given counter. */
  readonly delta: number;
}

/** What is computed for one code. */
export interface GenerationPlan {
  readonly algorithm: Algorithm | undefined;
  readonly digits: Digits;
  readonly counter: number;
}

/** What is computed and compared for a verification. Its `counter` is the expected one. */
export interface VerificationPlan extends GenerationPlan {
  /** The codes as numbers, consecutive ones in order. */
  readonly wanted: readonly number[];
  /** The lowest counter that takes part. */
  readonly first: number;
  /** How many counters take part; 0 or less if none does. */
  readonly count: number;
}

/** What {@link settle} needs of a plan. Other programs have more digits. */
export interface SettledPlan extends Pick<VerificationPlan, "wanted" | "first" | "counter"> {
  readonly digits: number;
}

/** The shortest secret in real use. A verifier refuses less; an authenticator has no choice. */
export const LEAST_SECRET_BYTES = 10;

// What each function takes, with the defaults. Written out, because bundlers cannot drop an unused constant that spreads another.
const HOTP = { algorithm: undefined, digits: DEFAULT_DIGITS };
const TOTP = { algorithm: undefined, digits: DEFAULT_DIGITS, period: DEFAULT_PERIOD, t0: 0, at: undefined };
const HOTP_VERIFICATION = { algorithm: undefined, digits: DEFAULT_DIGITS, lookAhead: 0 };
const TOTP_VERIFICATION = {
  algorithm: undefined,
  digits: DEFAULT_DIGITS,
  period: DEFAULT_PERIOD,
  t0: 0,
  at: undefined,
  lookBehind: 1,
  lookAhead: 1,
  after: null,
};

const MOST_TOTP_STEPS = 10;
const MOST_HOTP_STEPS = 1000;
const MOST_RESYNCHRONIZATION_STEPS = 10_000;
const RESYNCHRONIZATION_STEPS = 100;

export function planGenerateHotp(counter: unknown, options: GenerateHotpOptions | undefined): GenerationPlan {
  return planGeneration(readOptions<CodeChoice>(options, HOTP), requireCounter(counter));
}

export function planGenerateTotp(options: GenerateTotpOptions | undefined): GenerationPlan {
  const given = readOptions<TotpChoice>(options, TOTP);
  return planGeneration(given, counterAt(given));
}

export function planVerifyHotp(
  code: unknown,
  counter: unknown,
  options: VerifyHotpOptions | undefined,
): VerificationPlan {
  const given = readOptions<HotpVerificationChoice>(options, HOTP_VERIFICATION);
  requireInteger(given.lookAhead, "lookAhead", 0, MOST_HOTP_STEPS);
  return planHotp(given, [code], counter);
}

export function planResynchronizeHotp(
  codes: unknown,
  counter: unknown,
  options: ResynchronizeHotpOptions | undefined,
): VerificationPlan {
  const defaults = { ...HOTP_VERIFICATION, lookAhead: RESYNCHRONIZATION_STEPS };
  const given = readOptions<HotpVerificationChoice>(options, defaults);
  const sequence = requireCodes(codes);
  requireInteger(given.lookAhead, "lookAhead", sequence.length - 1, MOST_RESYNCHRONIZATION_STEPS);
  return planHotp(given, sequence, counter);
}

export function planVerifyTotp(code: unknown, options: VerifyTotpOptions | undefined): VerificationPlan {
  const given = readOptions<TotpVerificationChoice>(options, TOTP_VERIFICATION);
  requireInteger(given.lookBehind, "lookBehind", 0, MOST_TOTP_STEPS);
  requireInteger(given.lookAhead, "lookAhead", 0, MOST_TOTP_STEPS);
  return planTotp(given, [code]);
}

export function planResynchronizeTotp(codes: unknown, options: ResynchronizeTotpOptions | undefined): VerificationPlan {
  const steps = { lookBehind: RESYNCHRONIZATION_STEPS, lookAhead: RESYNCHRONIZATION_STEPS };
  const given = readOptions<TotpVerificationChoice>(options, { ...TOTP_VERIFICATION, ...steps });
  requireInteger(given.lookBehind, "lookBehind", 0, MOST_RESYNCHRONIZATION_STEPS);
  requireInteger(given.lookAhead, "lookAhead", 0, MOST_RESYNCHRONIZATION_STEPS - given.lookBehind);
  return planTotp(given, requireCodes(codes));
}

// Options with their defaults filled in. Typed as they should be; the guards find out whether they are.

interface CodeChoice {
  /** An absent algorithm stays absent: a key brings its own. */
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

// Plans name every field: an object spread with further fields behind it takes longer than all the rest of a plan.

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

/** Unix seconds for the counter would refuse every code forever. A nearer one may come from a resynchronization. */
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

/** How many codes there are is the program's choice; what is in them is the person's. Counted as they are copied. */
function requireCodes(codes: unknown): readonly unknown[] {
  const sequence: readonly unknown[] = Array.isArray(codes) ? Object.values(codes) : [];
  // A hole or a named property would make codes neighbours that are none.
  if (sequence.length < 2 || sequence.length > 5 || sequence.length !== (codes as readonly unknown[]).length) {
    throw new OtpError("invalid-codes", "codes must be an array of 2 to 5");
  }
  return sequence;
}

/**
 * Which counter matched: every candidate is compared, in the same steps for right and wrong codes, and the highest wins. Two counters
 * of one window can share a code; remembering the lower one would let the same code in again. `codes` is how many codes there are:
 * `10 ** digits` but for Steam.
 */
export function settle(
  { wanted, digits, first, counter: expected }: SettledPlan,
  numbers: ArrayLike<number>,
  codes: number = powerOfTen(digits),
): Match | null {
  let found = -1;
  // Without a code, as where a page has broken Array.prototype, nothing is found.
  for (let index = 0; wanted.length && index + wanted.length <= numbers.length; index++) {
    let bits = 0;
    for (let place = 0; place < wanted.length; place++) {
      bits |= (wanted[place] as number) ^ ((numbers[index + place] as number) % codes);
    }
    const keep = (bits | -bits) >> 31; // 0 if all are equal, otherwise all bits
    found = (found & keep) | (index & ~keep);
  }
  if (found < 0) return null;
  const counter = first + found + wanted.length - 1;
  return { counter, delta: counter - expected };
}
