// The pending device: whether it can be confirmed, by which session, and with which result.
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "../policy.ts";
import { type Denial, deny, refusedEvent } from "../shell/decision.ts";
import { type Device, deviceIds, deviceOf, type PendingDevice, type State } from "../state/state.ts";

/**
 * Whether a pending device can still be confirmed: it has not expired and had few enough wrong
 * codes. One with more time left than possible was made while a clock was ahead, and would stay
 * pending too long.
 */
export function isWaiting(
  pending: PendingDevice | null,
  now: number,
  { pendingAttempts, pendingLifetime }: Limits,
): pending is PendingDevice {
  if (pending === null || now >= pending.expiresAt || pending.failures >= pendingAttempts) return false;
  return pending.expiresAt - now <= pendingLifetime * 1000 + CLOCK_DIFFERENCE_MILLISECONDS;
}

/** Why the session with this device cannot confirm it; `undefined` if it can. */
export function denyPending(state: State, deviceId: string, now: number, limits: Limits): Denial | undefined {
  const { pending } = state;
  const isThere = isWaiting(pending, now, limits);
  if (isThere && pending.id === deviceId) return undefined;
  if (deviceOf(state, deviceId)) return deny("already-confirmed");
  return isThere ? deny("superseded") : deny("not-pending", refusedEvent("not-pending"));
}

/**
 * Whether another call has added a device, active or pending, or removed an active one since the
 * state was first read. What this call shows must be what is stored at the end. A pending device
 * that was only removed does not matter: nothing is overwritten.
 */
export function isSuperseded(first: State, state: State): boolean {
  const { pending } = state;
  return deviceIds(state) !== deviceIds(first) || (pending !== null && pending.id !== first.pending?.id);
}

/** How an enrollment is begun: the first device, an added one, or the id of the one to replace. */
export const FIRST = "first";
export const ADD = "add";

/** How the caller wants to enroll or import, checked against the existing devices. */
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

/** Why it cannot end as it was begun: devices were added or removed since. */
export function denyBeginning(devices: readonly Device[], begun: string, maxDevices: number): Denial | undefined {
  if (begun === FIRST) return devices.length === 0 ? undefined : deny("already-enrolled");
  if (begun === ADD) return devices.length < maxDevices ? undefined : deny("too-many-devices");
  return devices.some(({ id }) => id === begun) ? undefined : deny("device-unknown");
}
