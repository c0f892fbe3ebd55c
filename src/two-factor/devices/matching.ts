// Finds the counters that a code belongs to. Always computes and compares the whole range;
// decisions are made elsewhere.
import { counterAt } from "../../core/time-step.ts";
import {
  LEAST_SECRET_BYTES,
  type Match,
  planResynchronizeHotp,
  planResynchronizeTotp,
  planVerifyHotp,
  planVerifyTotp,
  settle,
  type VerificationPlan,
} from "../../core/verification.ts";
import type { TotpParameters } from "../../otpauth/account.ts";
import { openKey, truncatedMacs } from "../../portable/keys.ts";
import type { Limits } from "../policy.ts";
import type { DeviceSecret } from "../sealing/vault.ts";
import type { Device } from "../state/state.ts";
import { PLAIN_PARAMETERS as PLAIN } from "./device-parameters.ts";

/** The inputs of a comparison. */
export interface Comparison extends Pick<DeviceSecret, "type" | "parameters" | "secret"> {
  /** The used counters: all up to this one, and the disclosed ones. */
  readonly spent: Pick<Device, "lastCounter" | "told">;
  readonly now: number;
  readonly limits: Limits;
}

/** How many time steps a clock may be off for a hint that says by how much. */
const SEARCHED_STEPS = 100;
const SEARCHED: Steps = { lookBehind: SEARCHED_STEPS, lookAhead: SEARCHED_STEPS };

/** How many counters ahead three codes of a counter-based device are searched. */
export const HOTP_STEPS = 1000;

export interface WindowMatches {
  /** The highest matching counter of the window that may be accepted. */
  readonly fresh: Match | null;
  /** The highest matching counter that may not. */
  readonly spent: Match | null;
}

export function matchWindow(code: string, comparison: Comparison): WindowMatches {
  const plan = comparison.type === "hotp" ? planHotpWindow(code, comparison) : planWindow(code, comparison);
  const numbers = numbersOf(plan, comparison);
  const matchAmong = (spent: boolean): Match | null => {
    const taken = numbers.map((number, index) => (isSpent(plan.first + index, comparison) === spent ? number : NEVER));
    return settle(plan, taken);
  };
  return { fresh: matchAmong(false), spent: matchAmong(true) };
}

function planWindow(code: string, comparison: Comparison): VerificationPlan {
  return planVerifyTotp(code, timed(comparison, comparison.limits));
}

/**
 * Looks only ahead (RFC 4226 §7.4). The last accepted counter is included as a used one: a form
 * sent twice is not a wrong code.
 */
function planHotpWindow(code: string, comparison: Comparison): VerificationPlan {
  const { lastCounter } = comparison.spent;
  const steps = comparison.limits.hotpLookAhead + (lastCounter === null ? 0 : 1);
  return planVerifyHotp(code, lastCounter ?? 0, { ...untimed(comparison), lookAhead: steps });
}

export function isSpent(counter: number, { spent }: Comparison): boolean {
  return !isAbove(counter, spent) || spent.told.includes(counter);
}

/** Whether a counter is after that of the last accepted code. */
export function isAbove(counter: number, { lastCounter }: Comparison["spent"]): boolean {
  return lastCounter === null || counter > lastCounter;
}

/** Differs from every code and from UNREADABLE. */
const NEVER = -2;

/**
 * Finds a code far outside the window too. This detects a wrong clock; it must never let anyone in.
 */
export function searchCode(code: string, comparison: Pick<Comparison, "parameters" | "secret" | "now">): Match | null {
  const plan = planVerifyTotp(code, timed(comparison, { lookBehind: 0, lookAhead: 0 }));
  const first = Math.max(plan.first - SEARCHED_STEPS, 0);
  const wide = { ...plan, first, count: plan.counter + SEARCHED_STEPS - first + 1 };
  return settle(wide, numbersOf(wide, comparison));
}

/** The match of a code from an app that ignores all parameters. */
export function matchPlainCode(code: string, comparison: Comparison): Match | null {
  const spent = { lastCounter: null, told: [] };
  return matchWindow(code, { ...comparison, parameters: PLAIN, spent }).fresh;
}

/** Whether a plain code is the end of the device's own code. */
export function isEndOfCode({ algorithm, period }: TotpParameters): boolean {
  return algorithm === PLAIN.algorithm && period === PLAIN.period;
}

export interface ConsecutiveMatches {
  /** Where all codes match and would pass: after the last accepted counter, and within reach. */
  readonly all: Match | null;
  /**
   * The highest two counters that match, each in its place in three that would pass. Practically
   * never by chance.
   */
  readonly two: readonly [lower: number, higher: number] | null;
  /**
   * Where all codes match, also far outside the window and before the last accepted counter. Only
   * matches after it may be disclosed.
   */
  readonly found: Match | null;
}

export function matchConsecutive(codes: readonly string[], comparison: Comparison): ConsecutiveMatches {
  return comparison.type === "hotp" ? matchAhead(codes, comparison) : matchAround(codes, comparison);
}

function matchAround(codes: readonly string[], comparison: Comparison): ConsecutiveMatches {
  const { lastCounter } = comparison.spent;
  const options = timed(comparison, comparison.limits);
  // A counter beyond the window excludes all of it, however far ahead it is: the clock may have
  // been set back by days.
  const last = counterAt({ period: options.period, t0: 0, at: options.at }) + options.lookAhead;
  const after = lastCounter === null ? null : Math.min(lastCounter, last);
  const plan = planResynchronizeTotp(codes, { ...options, after });
  const numbers = numbersOf(plan, comparison);
  const wide = planResynchronizeTotp(codes, timed(comparison, SEARCHED));
  return {
    all: settle(plan, numbers),
    two: highestOfTwo(plan, numbers),
    found: settle(wide, numbersOf(wide, comparison)),
  };
}

/**
 * Looks only ahead, starting with the last three accepted counters, which are a form sent twice.
 */
function matchAhead(codes: readonly string[], comparison: Comparison): ConsecutiveMatches {
  const { lastCounter } = comparison.spent;
  const next = lastCounter === null ? 0 : lastCounter + 1;
  const first = Math.max(next - codes.length, 0);
  const lookAhead = next - first + HOTP_STEPS - 1;
  const plan = planResynchronizeHotp(codes, first, { ...untimed(comparison), lookAhead });
  const numbers = numbersOf(plan, comparison);
  const ahead = { ...plan, first: next };
  const fresh = numbers.slice(next - first);
  const untold = fresh.map((number, index) => (isSpent(next + index, comparison) ? NEVER : number));
  return { all: settle(ahead, fresh), two: highestOfTwo(ahead, untold), found: settle(plan, numbers) };
}

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

function highestOfTwo(plan: VerificationPlan, numbers: readonly number[]): ConsecutiveMatches["two"] {
  const pairs = numbers.slice(2).flatMap((_, place) =>
    PAIRS.flatMap(([one, other]): (readonly [number, number])[] => {
      const wanted = [plan.wanted[one] as number, plan.wanted[other] as number];
      const made = [numbers[place + one] as number, numbers[place + other] as number];
      return settle({ ...plan, wanted }, made) ? [[plan.first + place + one, plan.first + place + other]] : [];
    }),
  );
  return pairs[pairs.length - 1] ?? null; // none before it is higher
}

/**
 * Whether two devices have the same codes: the same secret, or two that are the same key to HMAC.
 */
export function isSameSecret(one: DeviceSecret, other: DeviceSecret): boolean {
  const [first, second] = [one, other].map(({ secret }) =>
    truncatedMacs(openKey(secret, other.parameters.algorithm, LEAST_SECRET_BYTES), 0, 4).join(),
  );
  return first === second;
}

interface Steps {
  readonly lookBehind: number;
  readonly lookAhead: number;
}

function timed(
  comparison: Pick<Comparison, "parameters" | "now">,
  { lookBehind, lookAhead }: Steps,
): TotpParameters & Steps & { readonly at: Date } {
  const { algorithm, digits, period } = comparison.parameters;
  return { algorithm, digits, period, at: new Date(comparison.now), lookBehind, lookAhead };
}

function untimed({ parameters: { algorithm, digits } }: Comparison): Pick<TotpParameters, "algorithm" | "digits"> {
  return { algorithm, digits };
}

function numbersOf(plan: VerificationPlan, { secret }: Pick<Comparison, "secret">): number[] {
  const key = openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  return truncatedMacs(key, plan.first, plan.count);
}
