// What follows from codes of an active device and from recovery codes: pure decisions over state and time.
import { type Decision, deny, type Denial, grant, refusedEvent, withDevice } from "./decision.ts";
import type { DecidedEvent, RefusalReason, TwoFactorMethod } from "./events.ts";
import { type Comparison, matchConsecutive, matchWindow, searchConsecutive } from "./matching.ts";
import type { Limits } from "./policy.ts";
import { type ActiveState, isAbove, isLocked, isRestricted, recoveryCodesLeft } from "./predicates.ts";
import type { Device } from "./state.ts";
import { afterFailure, afterSuccess, failureEvents, waitSeconds } from "./throttle.ts";
import { isTold, tell, toldAbove } from "./told.ts";
import type { Match } from "../core/verification.ts";

/** That the person may pass. */
export interface Passed {
  /** By what. */
  readonly method: TwoFactorMethod;
  /** How many recovery codes are left. */
  readonly recoveryCodesLeft: number;
}

export function notEnrolled(): Denial {
  return deny("not-enrolled", refusedEvent("not-enrolled", null));
}

/** Why a code is not even looked at; nothing if it is. */
export function denyCodeUnseen({ device }: ActiveState, code: string, now: number, limits: Limits): Denial | undefined {
  if (isLocked(device, limits)) return deny("locked", refusedEvent("locked", device));
  if (isRestricted(device, limits)) return deny("restricted", refusedEvent("restricted", device));
  const retryAfterSeconds = waitSeconds(device, now, limits);
  if (retryAfterSeconds > 0) {
    const event: DecidedEvent = { type: "throttled", retryAfterSeconds, deviceId: device.id };
    return { ...deny("throttled", event), refusal: { code: "throttled", retryAfterSeconds } };
  }
  // Its length is known only now. Malformed input costs nothing.
  return code.length === device.parameters.digits ? undefined : rejectCode("malformed", device);
}

/** Three codes are refused unseen only when no code counts any more. */
export function denyConsecutiveUnseen(
  { device }: ActiveState,
  codes: readonly string[],
  limits: Limits,
): Denial | undefined {
  if (isLocked(device, limits)) return deny("locked", refusedEvent("locked", device));
  return codes.every((code) => code.length === device.parameters.digits) ? undefined : rejectCode("malformed", device);
}

function rejectCode(reason: RefusalReason, device: Device | null): Denial {
  return deny("code-rejected", refusedEvent(reason, device));
}

export function decideCode(state: ActiveState, code: string, comparison: Comparison): Decision<Passed> {
  const { device } = state;
  const isSpent = (counter: number): boolean => !isAbove(counter, device) || isTold(device, counter);
  const { fresh, spent } = matchWindow(code, isSpent, comparison);
  // Even if it matches above, too: whoever saw it used could use it once more.
  if (spent) return rejectReplay(device, spent);
  return fresh ? pass(state, "code", fresh) : countFailure(state, comparison);
}

function rejectReplay(device: Device, { counter }: Match): Denial {
  const subject = { deviceId: device.id, counter };
  return deny(
    "code-rejected",
    { type: "refused", reason: "replayed", ...subject },
    { type: "replay-seen", ...subject },
  );
}

function pass(state: ActiveState, method: TwoFactorMethod, { counter }: Match): Decision<Passed> {
  const { device } = state;
  const told = toldAbove(counter, device);
  const next = withDevice(state, { ...device, ...afterSuccess(device), lastCounter: counter, told });
  const events: DecidedEvent[] = [{ type: "passed", method, deviceId: device.id, counter }];
  return grant({ method, recoveryCodesLeft: recoveryCodesLeft(state) }, next, events);
}

function countFailure(state: ActiveState, { now, limits }: Comparison): Denial {
  const { device } = state;
  const throttle = afterFailure(device, now, limits);
  const events = failureEvents(device, throttle, limits).map((event) => ({ ...event, deviceId: device.id }));
  return {
    ...deny("code-rejected", refusedEvent("wrong", device), ...events),
    next: withDevice(state, { ...device, ...throttle }),
  };
}

/**
 * Three codes in a row are too hard to guess to be counted; the third one to two that somebody has seen is not. So what is known of
 * it is of no use: two right codes that would be part of a pass are spent by the wrong one beside them, and that is a failure like
 * another. Far outside the window nothing is counted, but three right codes there are told, and so never accepted. And with spent ones
 * the answer is the same, and takes as long, whatever the others are.
 */
export function decideConsecutive(
  state: ActiveState,
  codes: readonly string[],
  comparison: Comparison,
): Decision<Passed> {
  const { device } = state;
  const { all, two } = matchConsecutive(codes, device.lastCounter, comparison);
  const found = searchConsecutive(codes, comparison);
  const isKnown = all !== null && countersOf(all, codes).some((counter) => isTold(device, counter));
  if (all && !isKnown) return pass(state, "consecutive-codes", all);
  // Beside a counter that was told, the others may be guesses: it counts and spends as with two right codes.
  const spent = all ? all.counter : two;
  if (spent !== null) return countFailure({ ...state, device: { ...device, lastCounter: spent } }, comparison);
  if (!found) return rejectCode("wrong", device);
  if (countersOf(found, codes).every((counter) => isAbove(counter, device))) return denyClock(state, codes, found);
  // Some are spent and some are not: one event, as for wrong ones.
  return isAbove(found.counter, device) ? rejectCode("replayed", device) : rejectReplay(device, found);
}

/** The counters of consecutive codes. */
function countersOf({ counter }: Match, codes: readonly string[]): readonly number[] {
  return codes.map((_, index) => counter - index);
}

function denyClock(state: ActiveState, codes: readonly string[], found: Match): Denial {
  const { device } = state;
  const told = tell(device, countersOf(found, codes));
  if (!told) return rejectCode("wrong", device);
  const seconds = found.delta * device.parameters.period;
  return {
    kind: "denial",
    next: told === device ? undefined : withDevice(state, told),
    refusal: { code: "clock-off", clockOffSeconds: seconds },
    events: [{ type: "clock-off", seconds, deviceId: device.id, counter: found.counter }],
  };
}

/** A recovery code says nothing about the device: its throttle stays as it is. */
export function decideRecoveryCode(state: ActiveState, hash: string | undefined): Decision<Passed> {
  const { device, recovery } = state;
  // Comparing hashes may stop early: without their key nobody can choose one.
  const left = recovery?.hashes.filter((each) => each !== hash) ?? [];
  if (!recovery || left.length === recovery.hashes.length) return rejectCode("recovery-code-wrong", device);
  const next = { ...state, recovery: { ...recovery, hashes: left } };
  const result: Passed = { method: "recovery-code", recoveryCodesLeft: left.length };
  return grant(result, next, [
    { type: "passed", method: "recovery-code", deviceId: device.id },
    { type: "recovery-code-used", recoveryCodesLeft: left.length, deviceId: device.id },
  ]);
}
