// How guessing is slowed down and ended, for each device (RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2). Two counts: failures in a
// row, which delay and then lock, and outstanding failures, which a success only takes one off.
import type { DecidedEvent } from "./events.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "./policy.ts";
import type { Device } from "./state.ts";

/** What the throttle remembers of a device. */
export type Throttle = Pick<Device, "failures" | "outstandingFailures" | "notBefore">;

export const CALM: Throttle = { failures: 0, outstandingFailures: 0, notBefore: 0 };

/** Seconds without attempts after so many failures in a row. */
export function delaySeconds(failures: number, { delayAfter, maxDelay }: Limits): number {
  return failures < delayAfter ? 0 : Math.min(2 ** (failures - delayAfter), maxDelay);
}

/** Whole seconds until the next attempt is looked at; 0 if it is now. */
export function waitSeconds({ failures, notBefore }: Throttle, now: number, limits: Limits): number {
  const wait = notBefore - now;
  const delay = delaySeconds(failures, limits) * 1000;
  // Much further away than the delay it stands for: a clock was wrong when it was written, and nobody should wait for that.
  if (wait <= 0 || wait > delay + CLOCK_DIFFERENCE_MILLISECONDS) return 0;
  return Math.ceil(Math.min(wait, delay) / 1000);
}

export function afterFailure(throttle: Throttle, now: number, limits: Limits): Throttle {
  const failures = throttle.failures + 1;
  const delay = delaySeconds(failures, limits);
  return {
    failures,
    outstandingFailures: throttle.outstandingFailures + 1,
    notBefore: delay === 0 ? 0 : now + delay * 1000,
  };
}

export function afterSuccess({ outstandingFailures }: Throttle): Throttle {
  return { failures: 0, outstandingFailures: Math.max(outstandingFailures - 1, 0), notBefore: 0 };
}

/** What is worth telling when a failure is counted: limits that were reached, and the first third of the way to one. */
export function failureEvents(before: Throttle, after: Throttle, limits: Limits): DecidedEvent[] {
  return [
    ...limitEvents("locked", before.failures, after.failures, limits.lockAfter),
    ...limitEvents("restricted", before.outstandingFailures, after.outstandingFailures, limits.restrictAfter),
  ];
}

function limitEvents(type: "locked" | "restricted", before: number, after: number, limit: number): DecidedEvent[] {
  const third = Math.ceil(limit / 3);
  if (before < limit && after >= limit) return [{ type }];
  if (before < third && after >= third) return [{ type: "failures-mounting", failures: after, limit }];
  return [];
}
