// Limits on guessing, per person over all devices (RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2). Two
// counts: consecutive failures, which delay and then lock, and outstanding chances, from which a
// success subtracts only three.
import type { DecidedEvent } from "../events.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "../policy.ts";
import type { Standing, State } from "./state.ts";

export const CALM: Standing = { failures: 0, outstanding: 0, notBefore: 0 };

/**
 * The default window of a time-based device. So logins give a guesser no extra chances, whatever
 * the windows.
 */
export const CHANCES_OFF = 3;

export function isLocked({ failures }: Standing, { lockAfter }: Limits): boolean {
  return failures >= lockAfter;
}

export function isRestricted({ outstanding }: Standing, { restrictAfter }: Limits): boolean {
  return outstanding >= restrictAfter;
}

/** The delay in seconds after that many consecutive failures. */
export function delaySeconds(failures: number, { delayAfter, maxDelay }: Limits): number {
  return failures < delayAfter ? 0 : Math.min(2 ** (failures - delayAfter), maxDelay);
}

/** Whole seconds until the next attempt is checked; 0 if it is now. */
export function waitSeconds({ failures, notBefore }: Standing, now: number, limits: Limits): number {
  const wait = notBefore - now;
  const delay = delaySeconds(failures, limits) * 1000;
  // A time much longer than the delay was written with a wrong clock, and no one should have to
  // wait that long.
  if (wait <= 0 || wait > delay + CLOCK_DIFFERENCE_MILLISECONDS) return 0;
  return Math.ceil(Math.min(wait, delay) / 1000);
}

/** `chances` is the number of counters that the code was compared with. */
export function afterFailure(state: State, chances: number, now: number, limits: Limits): State {
  const failures = state.failures + 1;
  const delay = delaySeconds(failures, limits);
  const notBefore = delay === 0 ? 0 : now + delay * 1000;
  return { ...state, failures, outstanding: state.outstanding + chances, notBefore };
}

export function afterSuccess(state: State): State {
  return { ...state, failures: 0, outstanding: Math.max(state.outstanding - CHANCES_OFF, 0), notBefore: 0 };
}

/** The events of a counted failure: a limit that was reached, or a third of one. */
export function failureEvents(before: Standing, after: Standing, limits: Limits): DecidedEvent[] {
  return [
    ...limitEvents("locked", before.failures, after.failures, limits.lockAfter),
    ...limitEvents("restricted", before.outstanding, after.outstanding, limits.restrictAfter),
  ];
}

function limitEvents(type: "locked" | "restricted", before: number, after: number, limit: number): DecidedEvent[] {
  const third = Math.ceil(limit / 3);
  if (before < limit && after >= limit) return [{ type }];
  if (before < third && after >= third) return [{ type: "failures-mounting", failures: after, limit }];
  return [];
}
