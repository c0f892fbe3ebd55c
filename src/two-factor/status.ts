// The status of a person's second factor, without decrypting anything.
import { isCurrent } from "./browsers/recognizing.ts";
import { isWaiting } from "./devices/pending.ts";
import type { Limits } from "./policy.ts";
import { isGood } from "./recovery/recovering.ts";
import { readState, timeOf, type World } from "./shell/transact.ts";
import { isLocked, isRestricted, waitSeconds } from "./state/standing.ts";
import { type DeviceType, recoveryCodesLeft, type State } from "./state/state.ts";

/**
 * The state of a person's second factor.
 *
 * - `none`: there is no device. This never means that no second factor is required: keep that in
 *   your own flag.
 * - `pending`: a device is pending, and none is active.
 * - `active`: codes pass.
 * - `restricted`: only three consecutive codes and recovery codes pass.
 * - `locked`: only recovery codes pass, until `unlock`, or until a new device replaces the only
 *   one.
 */
export type TwoFactorState = "none" | "pending" | "active" | "restricted" | "locked";

/** An active device. */
export interface TwoFactorDevice {
  /** The id of the device. */
  readonly id: string;
  /** The name that the person chose; `null` if none. */
  readonly name: string | null;
  /** Whether its codes depend on the time or on a counter. */
  readonly type: DeviceType;
  /** When it became active. */
  readonly since: Date;
  /** When one of its codes last passed; `null` if never. */
  readonly lastUsedAt: Date | null;
}

/** A remembered browser. */
export interface TwoFactorBrowser {
  /** The id of the browser. */
  readonly id: string;
  /** The name to show in a list; `null` if none. */
  readonly name: string | null;
  /** When the person passed in this browser. */
  readonly verifiedAt: Date;
  /** When its current token was made. */
  readonly lastUsedAt: Date;
  /** When it is forgotten. */
  readonly expiresAt: Date;
}

/** A pending device. */
export interface TwoFactorPending {
  /** Until when it can be confirmed. */
  readonly expiresAt: Date;
}

/** The result of `status`. */
export interface TwoFactorStatus {
  /** The state of the second factor. */
  readonly state: TwoFactorState;
  /** The active devices, in the order they became active. */
  readonly devices: readonly TwoFactorDevice[];
  /**
   * The pending device; there may also be active ones. Its id belongs to the session that enrolled
   * it.
   */
  readonly pending: TwoFactorPending | null;
  /** The number of remaining recovery codes. */
  readonly recoveryCodesLeft: number;
  /** When the recovery code made for support expires; `null` without one. */
  readonly issuedRecoveryCodeUntil: Date | null;
  /** The remembered browsers. */
  readonly browsers: readonly TwoFactorBrowser[];
  /** Whole seconds until the next code is checked; 0 if it is now. */
  readonly retryAfterSeconds: number;
}

export async function status(world: World, userId: string): Promise<TwoFactorStatus> {
  return statusOf(await readState(world, userId), timeOf(world), world.limits);
}

function statusOf(state: State, now: number, limits: Limits): TwoFactorStatus {
  const { pending, recovery } = state;
  const waiting = isWaiting(pending, now, limits) ? pending : null;
  const issued = recovery?.issued && isGood(recovery.issued.expiresAt, now) ? recovery.issued : null;
  return {
    state: standingOf(state, waiting !== null, limits),
    devices: state.devices.map(({ id, name, type, since, lastUsedAt }) => ({
      id,
      name,
      type,
      since: new Date(since),
      lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
    })),
    pending: waiting && { expiresAt: new Date(waiting.expiresAt) },
    recoveryCodesLeft: recoveryCodesLeft(state),
    issuedRecoveryCodeUntil: issued && new Date(issued.expiresAt),
    browsers: state.browsers
      .filter((each) => isCurrent(each, now))
      .map(({ id, name, verifiedAt, steppedAt, expiresAt }) => ({
        id,
        name,
        verifiedAt: new Date(verifiedAt),
        lastUsedAt: new Date(steppedAt),
        expiresAt: new Date(expiresAt),
      })),
    retryAfterSeconds: state.devices.length > 0 ? waitSeconds(state, now, limits) : 0,
  };
}

function standingOf(state: State, isPending: boolean, limits: Limits): TwoFactorState {
  if (state.devices.length === 0) return isPending ? "pending" : "none";
  if (isLocked(state, limits)) return "locked";
  return isRestricted(state, limits) ? "restricted" : "active";
}
