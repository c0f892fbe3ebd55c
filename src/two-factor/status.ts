// What can be told about somebody's second factor without opening anything.
import type { Limits } from "./policy.ts";
import type { TwoFactorState, TwoFactorStatus } from "./results.ts";
import { type Device, NO_STATE, type State } from "./state.ts";
import { isLocked, isRestricted, isWaiting, recoveryCodesLeft } from "./predicates.ts";
import { waitSeconds } from "./throttle.ts";

export function statusOf(state: State | undefined, now: number, limits: Limits): TwoFactorStatus {
  const { device, pending } = state ?? NO_STATE;
  const waiting = isWaiting(pending, now, limits) ? pending : null;
  return {
    state: device ? stateOf(device, limits) : waiting ? "pending" : "none",
    activeSince: device && new Date(device.since),
    lastCodeAt: device && startOf(device),
    recoveryCodesLeft: recoveryCodesLeft(state ?? NO_STATE),
    retryAfterSeconds: device ? waitSeconds(device, now, limits) : 0,
    pendingUntil: waiting && new Date(waiting.expiresAt),
  };
}

function stateOf(device: Device, limits: Limits): TwoFactorState {
  if (isLocked(device, limits)) return "locked";
  return isRestricted(device, limits) ? "restricted" : "active";
}

/** When the time step of the last accepted code began. Its counter is remembered anyway. */
function startOf({ lastCounter, parameters }: Device): Date | null {
  return lastCounter === null ? null : new Date(lastCounter * parameters.period * 1000);
}
