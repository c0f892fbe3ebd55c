// Decisions about codes of active devices, from state and time only. All devices are always
// compared, whichever may pass.
import type { Match } from "../../core/verification.ts";
import type { RefusalReason, TwoFactorMethod } from "../events.ts";
import type { PassedBy } from "../passed.ts";
import { type Limits, windowCounters } from "../policy.ts";
import {
  type Decision,
  deny,
  type Denial,
  denial,
  denyUntil,
  grant,
  notEnrolled,
  refusedEvent,
} from "../shell/decision.ts";
import { afterFailure, afterSuccess, failureEvents, isLocked, isRestricted, waitSeconds } from "../state/standing.ts";
import { type Device, deviceOf, recoveryCodesLeft, type State, withDevice } from "../state/state.ts";
import { type Comparison, HOTP_STEPS, isAbove, isSpent, matchConsecutive, matchWindow } from "./matching.ts";
import { tellOf, toldAbove } from "./told.ts";

/** Everything about an attempt except its codes. */
export interface Attempt {
  readonly state: State;
  /** The only device whose codes may pass; `undefined` for any. */
  readonly chosen: string | undefined;
  /** The comparisons, by device. */
  readonly comparisons: readonly (readonly [Device, Comparison])[];
  readonly now: number;
  readonly limits: Limits;
}

/** Why the attempt is denied before any check; `undefined` if it is not. */
export function denyPerson(state: State, chosen: string | undefined): Denial | undefined {
  if (state.devices.length === 0) return notEnrolled();
  return chosen === undefined || deviceOf(state, chosen)
    ? undefined
    : deny("device-unknown", refusedEvent("device-unknown"));
}

/** Why a single code is denied unchecked; `undefined` if it is not. */
export function denyCodeUnseen(state: State, now: number, limits: Limits): Denial | undefined {
  if (isLocked(state, limits)) return deny("locked", refusedEvent("locked"));
  if (isRestricted(state, limits)) return deny("restricted", refusedEvent("restricted"));
  const retryAfterSeconds = waitSeconds(state, now, limits);
  return retryAfterSeconds > 0 ? denyUntil(retryAfterSeconds) : undefined;
}

/** Three codes are denied unchecked only for a locked person. */
export function denyConsecutiveUnseen(state: State, limits: Limits): Denial | undefined {
  return isLocked(state, limits) ? deny("locked", refusedEvent("locked")) : undefined;
}

function rejectCode(reason: RefusalReason, device?: Device): Denial {
  return deny("code-rejected", refusedEvent(reason, device));
}

/** The number of digits is known only now. Malformed input costs nothing. */
function denyLength({ comparisons }: Attempt, codes: readonly string[]): Denial | undefined {
  const fits = comparisons.some(([, { parameters }]) => codes.every(({ length }) => length === parameters.digits));
  return fits ? undefined : rejectCode("malformed");
}

export function decideCode(attempt: Attempt, code: string): Decision<PassedBy> {
  const matches = attempt.comparisons.map(([device, comparison]) => {
    const { fresh, spent } = matchWindow(code, comparison);
    return { device, fresh, spent };
  });
  const malformed = denyLength(attempt, [code]);
  if (malformed) return malformed;
  // On any device, even if the code is also right: otherwise someone who saw it used could use it
  // again.
  const replayed = matches.find(({ spent }) => spent);
  if (replayed?.spent) return rejectReplay(replayed.device, replayed.spent.counter);
  const right = matches.flatMap(({ device, fresh }) => (fresh ? [{ device, counter: fresh.counter }] : []));
  return mayPass(attempt, right) ? pass(attempt, "code", right) : countFailure(attempt, attempt.state);
}

interface Right {
  readonly device: Device;
  readonly counter: number;
}

function mayPass({ chosen }: Attempt, right: readonly Right[]): boolean {
  return right.some(({ device }) => chosen === undefined || device.id === chosen);
}

function rejectReplay(device: Device, counter: number): Denial {
  const subject = { deviceId: device.id, counter };
  return deny(
    "code-rejected",
    { type: "refused", reason: "replayed", ...subject },
    { type: "replay-seen", ...subject },
  );
}

/** A code that is right for two devices is used up on both. */
function pass({ state, chosen, now }: Attempt, method: TwoFactorMethod, right: readonly Right[]): Decision<PassedBy> {
  const spent = right.reduce((before, { device, counter }) => {
    const told = toldAbove(counter, device);
    return withDevice(before, { ...device, lastCounter: counter, lastUsedAt: now, told });
  }, state);
  const { device, counter } = (right.find(({ device: { id } }) => id === chosen) ?? right[0]) as Right;
  const result: PassedBy = {
    method,
    at: new Date(now),
    deviceId: device.id,
    recoveryCodesLeft: recoveryCodesLeft(state),
  };
  return grant(result, afterSuccess(spent), [{ type: "passed", method, deviceId: device.id, counter }]);
}

/** A failure has one chance for each counter in the windows of all devices. */
function countFailure({ state, comparisons, now, limits }: Attempt, spent: State): Denial {
  const chances = comparisons.reduce((sum, [{ type }]) => sum + windowCounters(type, limits), 0);
  const next = afterFailure(spent, chances, now, limits);
  return denial({ code: "code-rejected" }, next, [refusedEvent("wrong"), ...failureEvents(state, next, limits)]);
}

/**
 * Three consecutive codes are too hard to guess to be counted; the third is not, if someone has
 * seen the other two. So seeing two must not help: two right codes that would be part of a pass are
 * used up by the wrong one with them, and that counts as a failure. Far outside the window nothing
 * is counted, but three right codes there are disclosed, and so never accepted. If some are used,
 * the answer and its time are the same, whatever the others are.
 */
export function decideConsecutive(attempt: Attempt, codes: readonly string[]): Decision<PassedBy> {
  const matches = attempt.comparisons.map(([device, comparison]) => {
    const found = matchConsecutive(codes, comparison);
    // If one counter was disclosed, the other codes may be guesses.
    const isKnown =
      found.all !== null && countersOf(found.all.counter, codes).some((each) => isSpent(each, comparison));
    const closed = isClosed(attempt.state, device) ? { all: null, two: null } : undefined;
    return { device, isKnown, ...found, ...closed };
  });
  const malformed = denyLength(attempt, codes);
  if (malformed) return malformed;
  const right = matches.flatMap(({ device, all, isKnown }) =>
    all && !isKnown ? [{ device, counter: all.counter }] : [],
  );
  if (mayPass(attempt, right)) return pass(attempt, "consecutive-codes", right);
  const counted = matches.filter(({ all, two }) => all !== null || two !== null);
  if (counted.length > 0) return countFailure(attempt, counted.reduce(withSpent, attempt.state));
  const found = matches.find((each) => each.found !== null);
  return found?.found ? denyFound(attempt, found.device, codes, found.found) : rejectCode("wrong");
}

/**
 * Without room to store a used pair, three codes of a counter-based device no longer pass. Single
 * ones do. The pair asked for is beyond those that can match: none of it is stored yet.
 */
function isClosed(state: State, device: Device): boolean {
  const beyond = (device.lastCounter ?? -1) + 1 + HOTP_STEPS;
  return device.type === "hotp" && tellOf(state, device, [beyond, beyond + 1]) === undefined;
}

interface Counted {
  readonly device: Device;
  readonly all: Match | null;
  readonly isKnown: boolean;
  readonly two: readonly [number, number] | null;
}

/**
 * For a counter-based device only the two are used up: with all below them it would lose the codes
 * that it shows next.
 */
function withSpent(state: State, { device, all, isKnown, two }: Counted): State {
  const isMerelyNotChosen = all !== null && !isKnown;
  if (isMerelyNotChosen) return state;
  if (device.type === "totp")
    return withDevice(state, { ...device, lastCounter: all ? all.counter : (two?.[1] ?? null) });
  const told = two && tellOf(state, device, two);
  if (!told) return state;
  const next = withDevice(state, { ...device, told });
  // The last room is taken. The codes below have been shown, so the token does not need them.
  if (!isClosed(next, { ...device, told })) return next;
  return withDevice(state, { ...device, lastCounter: two[1], told: toldAbove(two[1], { told }) });
}

/** The counters of consecutive codes. */
function countersOf(counter: number, codes: readonly string[]): readonly number[] {
  return codes.map((_, index) => counter - index);
}

/** Three right codes outside the window, or with used ones among them. */
function denyFound(attempt: Attempt, device: Device, codes: readonly string[], { counter, delta }: Match): Denial {
  const counters = countersOf(counter, codes);
  // Some are used and some are not: one event, as for wrong codes.
  if (!isAbove(counter, device)) return rejectReplay(device, counter);
  if (!counters.every((each) => isAbove(each, device))) return rejectCode("replayed", device);
  // A counter-based device has no clock: it gets here only if it is closed.
  const told = device.type === "totp" ? tellOf(attempt.state, device, counters) : undefined;
  if (!told) return rejectCode("wrong");
  const period = attempt.comparisons.find(([{ id }]) => id === device.id)?.[1].parameters.period ?? 0;
  const seconds = delta * period;
  const isNew = told.length > device.told.length;
  return denial(
    { code: "clock-off", clockOffSeconds: seconds },
    isNew ? withDevice(attempt.state, { ...device, told }) : undefined,
    [{ type: "clock-off", seconds, deviceId: device.id, counter }],
  );
}
