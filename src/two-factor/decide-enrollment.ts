// How devices come and go: pure decisions over state and time.
import { type Decision, deny, type Denial, grant, refusedEvent } from "./decision.ts";
import type { TwoFactorErrorCode } from "./two-factor-error.ts";
import type { DecidedEvent } from "./events.ts";
import { type Comparison, isEndOfCode, matchPlainCode, matchWindow, searchCode } from "./matching.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "./policy.ts";
import { type ActiveState, isWaiting, type PendingState } from "./predicates.ts";
import type { RecoverySet } from "./recovery-codes.ts";
import { type Device, type DeviceBase, NO_STATE, type PendingDevice, type Recovery, type State } from "./state.ts";
import { CALM } from "./throttle.ts";
import { isTold, tell, toldAbove } from "./told.ts";

export function denyEnrollment(state: State | undefined, replace: boolean): Denial | undefined {
  return state?.device && !replace ? deny("already-enrolled") : undefined;
}

export function decideEnrollment<Result>(
  state: State | undefined,
  pending: PendingDevice,
  result: Result,
): Decision<Result> {
  return grant(result, { ...(state ?? NO_STATE), pending }, [{ type: "enrolled", deviceId: pending.id }]);
}

/**
 * A confirmation with nothing to confirm: a repetition, if a device became active as short ago as an enrolment lives. With a pending
 * device beside it, expired or given up, it is none: what should have been confirmed is not what is active. The code is not looked
 * at, or this would be a way to try codes uncounted.
 */
export function denyConfirmation(state: State | undefined, now: number, limits: Limits): Denial {
  const { device, pending } = state ?? NO_STATE;
  const age = device && !pending && now - device.since;
  // A device from the future: a clock was ahead, and nobody knows how long ago it was.
  const isRepetition =
    typeof age === "number" && age >= -CLOCK_DIFFERENCE_MILLISECONDS && age < limits.pendingLifetime * 1000;
  return isRepetition ? deny("already-confirmed") : deny("not-pending", refusedEvent("not-pending", device));
}

/** What a code is worth that should confirm: the counter it belongs to, or a denial. */
export type Confirmation = { readonly kind: "match"; readonly counter: number } | Denial;

export function judgeConfirmation(state: PendingState, code: string, comparison: Comparison): Confirmation {
  const { pending } = state;
  const subject = { deviceId: pending.id };
  const { fresh, spent } = matchWindow(code, (counter) => isTold(pending, counter), comparison);
  if (spent)
    return countWrong(state, "code-rejected", { ...refusedEvent("replayed", pending), counter: spent.counter });
  if (fresh) return { kind: "match", counter: fresh.counter };
  const plain = matchPlainCode(code, comparison);
  if (plain) {
    const told = isEndOfCode(pending.parameters) ? tell(pending, [plain.counter]) : pending;
    if (!told) return countWrong(state, "code-rejected", refusedEvent("wrong", pending));
    return countWrong({ ...state, pending: told }, "parameters-ignored", { type: "parameters-ignored", ...subject });
  }
  if (code.length !== pending.parameters.digits) return deny("code-rejected", refusedEvent("malformed", pending));
  const found = searchCode(code, comparison);
  const told = found && tell(pending, [found.counter]);
  if (!told) return countWrong(state, "code-rejected", refusedEvent("wrong", pending));
  const seconds = found.delta * pending.parameters.period;
  const event: DecidedEvent = { type: "clock-off", seconds, counter: found.counter, ...subject };
  return countWrong({ ...state, pending: told }, "clock-off", event, seconds);
}

function countWrong(
  state: PendingState,
  code: TwoFactorErrorCode,
  event: DecidedEvent,
  clockOffSeconds?: number,
): Denial {
  // It stays when it is given up: a repetition must not look like that of an enrolment that went well.
  const pending = { ...state.pending, failures: state.pending.failures + 1 };
  const refusal = clockOffSeconds === undefined ? { code } : { code, clockOffSeconds };
  return { kind: "denial", next: { ...state, pending }, refusal, events: [event] };
}

export function decideConfirmation<Result>(
  confirmed: DeviceBase,
  counter: number,
  recovery: Recovery,
  now: number,
  result: Result,
): Decision<Result> {
  // The code that confirms is spent: it must not be the first login too.
  const device = newDevice(confirmed, counter, now);
  const events: DecidedEvent[] = [{ type: "confirmed", imported: false, deviceId: device.id, counter }];
  return grant(result, { ...NO_STATE, device, recovery }, events);
}

export function denyImport(state: State | undefined, now: number, limits: Limits): Denial | undefined {
  const { device, pending } = state ?? NO_STATE;
  return device || isWaiting(pending, now, limits) ? deny("already-enrolled") : undefined;
}

export function decideImport(base: DeviceBase, after: number | null, now: number): Decision<undefined> {
  const events: DecidedEvent[] = [{ type: "confirmed", imported: true, deviceId: base.id }];
  return grant(undefined, { ...NO_STATE, device: newDevice(base, after, now) }, events);
}

function newDevice(base: DeviceBase, lastCounter: number | null, now: number): Device {
  const { id, parameters, secret } = base;
  return { id, parameters, secret, told: toldAbove(lastCounter, base), since: now, lastCounter, ...CALM };
}

export function decideRenewal(
  { recovery, recoveryCodes }: RecoverySet,
  state: ActiveState,
): Decision<{
  readonly recoveryCodes: readonly string[];
}> {
  const events: DecidedEvent[] = [{ type: "recovery-codes-renewed", deviceId: state.device.id }];
  return grant({ recoveryCodes }, { ...state, recovery }, events);
}
