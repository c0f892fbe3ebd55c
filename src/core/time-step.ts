// Time becomes a counter: T = floor((time − T0) / X), RFC 6238 §4.2. From here on there is no time.
import { OtpError } from "./errors.ts";
import { DEFAULT_PERIOD, MAX_COUNTER, MAX_PERIOD, overwriteOptions, requireInteger } from "./parameters.ts";

/** How a TOTP counter is computed from the time. */
export interface TimeOptions {
  /**
   * The length of a time step in seconds (X of RFC 6238): an integer from 1 to 86400. Default: 30.
   */
  readonly period?: number | undefined;
  /** Unix time of the first time step, in seconds (T0): an integer, at least 0. Default: 0. */
  readonly t0?: number | undefined;
  /** The time. A `Date`, because a number could be seconds or milliseconds. Default: now. */
  readonly at?: Date | undefined;
}

/** A time step. */
export interface TimeStep {
  /** The number of whole periods since t0 (T of RFC 6238). */
  readonly counter: number;
  /** The first moment of the step. */
  readonly startsAt: Date;
  /** The first moment after the step, or the latest possible `Date` (in the year 275760). */
  readonly endsAt: Date;
  /** Whole seconds until `endsAt`, rounded up: from 1 to the period. */
  readonly secondsRemaining: number;
}

/**
 * Computes the time step at a moment, and how long it lasts.
 *
 * @param options - Period in seconds, t0 in Unix seconds, and the time.
 * @returns The counter and its interval.
 * @throws {@link OtpError} `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { timeStep } from "halfminute";
 *
 * const step = timeStep({ at: new Date("2009-02-13T23:31:30Z") });
 * console.log(step.counter, step.secondsRemaining); // 41152263 30
 * ```
 * @see RFC 6238 §4.2
 */
export function timeStep(options?: TimeOptions): TimeStep {
  const given = overwriteOptions<TimeChoice>(options, { period: DEFAULT_PERIOD, t0: 0, at: undefined });
  const { period, t0, at = new Date() } = given;
  const counter = counterAt({ period, t0, at });
  const startsAt = (t0 + counter * period) * 1000;
  const endsAt = startsAt + period * 1000;
  const secondsRemaining = Math.ceil((endsAt - milliseconds(at)) / 1000);
  return { counter, startsAt: new Date(startsAt), endsAt: new Date(Math.min(endsAt, 8.64e15)), secondsRemaining };
}

/** The options with their defaults filled in. */
export interface TimeChoice {
  readonly period: number;
  readonly t0: number;
  readonly at: Date | undefined;
}

/** The counter alone, with all guards. */
export function counterAt({ period, t0, at }: TimeChoice): number {
  requireInteger(period, "period", 1, MAX_PERIOD);
  requireInteger(t0, "t0", 0, MAX_COUNTER);
  const now = at === undefined ? Date.now() : milliseconds(at);
  if (!(now >= t0 * 1000)) throw new OtpError("invalid-option", "at must be a valid Date, not before t0");
  // Dividing whole milliseconds is exact; dividing fractional seconds would not be.
  return Math.floor((now - t0 * 1000) / (period * 1000));
}

/** The time value of any realm's Date; NaN for anything else. */
function milliseconds(value: unknown): number {
  try {
    return Date.prototype.getTime.call(value);
  } catch {
    return NaN;
  }
}
