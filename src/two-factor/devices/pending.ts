// The device that waits to be confirmed: whether it can be, whose call may do it, and what may
// become of it.
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "../policy.ts";
import { type Denial, deny, refusedEvent } from "../shell/decision.ts";
import { type Device, deviceIds, deviceOf, type PendingDevice, type State } from "../state/state.ts";

/**
 * Whether a pending device can still be confirmed: not after its time, nor after too many wrong
 * codes. One that has more time left than there ever is was made while a clock was ahead, and would
 * wait for as long as that.
 */
export function isWaiting(
  pending: PendingDevice | null,
  now: number,
  { pendingAttempts, pendingLifetime }: Limits,
): pending is PendingDevice {
  if (pending === null || now >= pending.expiresAt || pending.failures >= pendingAttempts) return false;
  return pending.expiresAt - now <= pendingLifetime * 1000 + CLOCK_DIFFERENCE_MILLISECONDS;
}

/** Why there is nothing to confirm for the session that saw this device; nothing if it waits. */
export function denyPending(state: State, deviceId: string, now: number, limits: Limits): Denial | undefined {
  const { pending } = state;
  const isThere = isWaiting(pending, now, limits);
  if (isThere && pending.id === deviceId) return undefined;
  if (deviceOf(state, deviceId)) return deny("already-confirmed");
  return isThere ? deny("superseded") : deny("not-pending", refusedEvent("not-pending"));
}

/**
 * Whether somebody else put in another device since the state was first read, active or pending, or
 * took an active one away. What the call itself shows must be what is stored at the end. A pending
 * device that is merely gone is no loss: nothing is overwritten.
 */
export function isSuperseded(first: State, state: State): boolean {
  const { pending } = state;
  return deviceIds(state) !== deviceIds(first) || (pending !== null && pending.id !== first.pending?.id);
}

/** How an enrollment is begun: the first device, one more, or the id of the one that goes. */
export const FIRST = "first";
export const ADD = "add";

/** How the caller wants to enroll or import, checked against the devices that are there. */
export function beginning(
  { devices }: State,
  { add, replace }: { readonly add: boolean; readonly replace: string | boolean },
  { maxDevices }: Limits,
): string | Denial {
  if (typeof replace === "string") return devices.some(({ id }) => id === replace) ? replace : deny("device-unknown");
  if (devices.length === 0) return FIRST;
  const [only] = devices.length === 1 ? devices : [];
  if (replace) return only ? only.id : deny("device-unknown");
  if (!add) return deny("already-enrolled");
  return denyBeginning(devices, ADD, maxDevices) ?? ADD;
}

/** Why it cannot end as it was begun: devices have come or gone since. */
export function denyBeginning(devices: readonly Device[], begun: string, maxDevices: number): Denial | undefined {
  if (begun === FIRST) return devices.length === 0 ? undefined : deny("already-enrolled");
  if (begun === ADD) return devices.length < maxDevices ? undefined : deny("too-many-devices");
  return devices.some(({ id }) => id === begun) ? undefined : deny("device-unknown");
}
