// What is true of a state, before anything is decided about it.
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "./policy.ts";
import { type Device, NO_STATE, type PendingDevice, type State } from "./state.ts";

/** The state of somebody who has an active device. */
export interface ActiveState extends State {
  readonly device: Device;
}

/** The state of somebody who has a pending device. */
export interface PendingState extends State {
  readonly pending: PendingDevice;
}

export function hasDevice(state: State): state is ActiveState {
  return state.device !== null;
}

/**
 * Whether a pending device can still be confirmed: not after its time, nor after too many wrong codes. One that has more time left than
 * there ever is was made while a clock was ahead, and would wait for as long as that.
 */
export function isWaiting(
  pending: PendingDevice | null,
  now: number,
  { pendingAttempts, pendingLifetime }: Limits,
): pending is PendingDevice {
  if (pending === null || isExpired(pending, now) || pending.failures >= pendingAttempts) return false;
  return pending.expiresAt - now <= pendingLifetime * 1000 + CLOCK_DIFFERENCE_MILLISECONDS;
}

export function isExpired({ expiresAt }: PendingDevice, now: number): boolean {
  return now >= expiresAt;
}

/**
 * Whether somebody else put in another device since the state was first read, active or pending, or took the active one away. What the
 * call itself shows must be what is stored at the end. A pending device that is merely gone is no loss: nothing is overwritten.
 */
export function isSuperseded(first: State | undefined, state: State | undefined): boolean {
  const { device, pending } = state ?? NO_STATE;
  const { device: firstDevice, pending: firstPending } = first ?? NO_STATE;
  return device?.id !== firstDevice?.id || (pending !== null && pending.id !== firstPending?.id);
}

export function isLocked({ failures }: Pick<Device, "failures">, { lockAfter }: Limits): boolean {
  return failures >= lockAfter;
}

export function isRestricted(
  { outstandingFailures }: Pick<Device, "outstandingFailures">,
  { restrictAfter }: Limits,
): boolean {
  return outstandingFailures >= restrictAfter;
}

/** Whether a counter is later than that of the last accepted code. */
export function isAbove(counter: number, { lastCounter }: Device): boolean {
  return lastCounter === null || counter > lastCounter;
}

export function recoveryCodesLeft({ recovery }: State): number {
  return recovery === null ? 0 : recovery.hashes.length;
}
