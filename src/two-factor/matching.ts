// Which counters a code belongs to. The whole range is always computed and compared; what follows from it is decided elsewhere.
import type { TotpParameters } from "../otpauth/account.ts";
import { openKey, truncatedMacs } from "../portable/keys.ts";
import { counterAt } from "../core/time-step.ts";
import {
  LEAST_SECRET_BYTES,
  type Match,
  planResynchronizeTotp,
  planVerifyTotp,
  settle,
  type VerificationPlan,
} from "../core/verification.ts";
import { PLAIN_PARAMETERS as PLAIN } from "./device-parameters.ts";
import type { Limits } from "./policy.ts";

/** What a code is compared with. */
export interface Comparison {
  readonly secret: Uint8Array;
  readonly parameters: TotpParameters;
  readonly now: number;
  readonly limits: Limits;
}

/** How far a clock may be off to be told by how much. */
const SEARCHED_STEPS = 100;
const SEARCHED: Steps = { lookBehind: SEARCHED_STEPS, lookAhead: SEARCHED_STEPS };

export interface WindowMatches {
  /** The highest counter of the window that matches and may be accepted. */
  readonly fresh: Match | null;
  /** The highest that matches and may not. */
  readonly spent: Match | null;
}

export function matchWindow(
  code: string,
  isSpent: (counter: number) => boolean,
  comparison: Comparison,
): WindowMatches {
  const plan = planVerifyTotp(code, timed(comparison, comparison.limits));
  const numbers = numbersOf(plan, comparison);
  const matchAmong = (spent: boolean): Match | null => {
    const taken = numbers.map((number, index) => (isSpent(plan.first + index) === spent ? number : NEVER));
    return settle(plan, taken);
  };
  return { fresh: matchAmong(false), spent: matchAmong(true) };
}

/** Differs from every code, and from the mark of input that is not a code. */
const NEVER = -2;

/** Where a code lies, far outside the window too. This finds a wrong clock; it must never let anybody in. */
export function searchCode(code: string, comparison: Omit<Comparison, "limits">): Match | null {
  const plan = planVerifyTotp(code, timed(comparison, { lookBehind: 0, lookAhead: 0 }));
  const first = Math.max(plan.first - SEARCHED_STEPS, 0);
  const wide = { ...plan, first, count: plan.counter + SEARCHED_STEPS - first + 1 };
  return settle(wide, numbersOf(wide, comparison));
}

/** Whether a code is one of an app that ignores all parameters, and of which counter. */
export function matchPlainCode(code: string, comparison: Comparison): Match | null {
  return matchWindow(code, () => false, { ...comparison, parameters: PLAIN }).fresh;
}

/** Whether plain codes are the last digits of the device's own codes. */
export function isEndOfCode({ algorithm, period }: TotpParameters): boolean {
  return algorithm === PLAIN.algorithm && period === PLAIN.period;
}

export interface ConsecutiveMatches {
  /** Where all of them match: above the last accepted counter, and the last of them in the window. */
  readonly all: Match | null;
  /** The highest counter of two that match, each in its place of three that would pass. By chance there is none. */
  readonly two: number | null;
}

export function matchConsecutive(
  codes: readonly string[],
  lastCounter: number | null,
  comparison: Comparison,
): ConsecutiveMatches {
  const options = timed(comparison, comparison.limits);
  // A counter beyond the window rules out all of it, however far ahead it is: the clock may have been set back by days.
  const last = counterAt({ period: options.period, t0: 0, at: options.at }) + options.lookAhead;
  const after = lastCounter === null ? null : Math.min(lastCounter, last);
  const plan = planResynchronizeTotp(codes, { ...options, after });
  const numbers = numbersOf(plan, comparison);
  return { all: settle(plan, numbers), two: highestOfTwo(plan, numbers) };
}

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

function highestOfTwo(plan: VerificationPlan, numbers: readonly number[]): number | null {
  const counters = numbers.slice(2).flatMap((_, place) =>
    PAIRS.flatMap(([one, other]) => {
      const wanted = [plan.wanted[one] as number, plan.wanted[other] as number];
      const made = [numbers[place + one] as number, numbers[place + other] as number];
      return settle({ ...plan, wanted }, made) ? [plan.first + place + other] : [];
    }),
  );
  return counters.length === 0 ? null : Math.max(...counters);
}

/**
 * Where consecutive codes lie, far outside the window and below the last accepted counter too. Only what lies above it may be
 * answered: the rest is for logs.
 */
export function searchConsecutive(codes: readonly string[], comparison: Comparison): Match | null {
  const plan = planResynchronizeTotp(codes, timed(comparison, SEARCHED));
  return settle(plan, numbersOf(plan, comparison));
}

interface Steps {
  readonly lookBehind: number;
  readonly lookAhead: number;
}

function timed(
  { parameters: { algorithm, digits, period }, now }: Omit<Comparison, "limits">,
  { lookBehind, lookAhead }: Steps,
): TotpParameters & Steps & { readonly at: Date } {
  return { algorithm, digits, period, at: new Date(now), lookBehind, lookAhead };
}

function numbersOf(plan: VerificationPlan, { secret }: Pick<Comparison, "secret">): number[] {
  const key = openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  return truncatedMacs(key, plan.first, plan.count);
}
