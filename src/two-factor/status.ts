// What can be shown about somebody's second factor without opening anything.
import { isCurrent } from "./browsers/recognizing.ts";
import { isWaiting } from "./devices/pending.ts";
import type { Limits } from "./policy.ts";
import { isGood } from "./recovery/recovering.ts";
import { readState, timeOf, type World } from "./shell/transact.ts";
import { isLocked, isRestricted, waitSeconds } from "./state/standing.ts";
import { type DeviceType, recoveryCodesLeft, type State } from "./state/state.ts";

/**
 * Where somebody's second factor stands.
 *
 * - `none`: no device is there. This never means that no second factor is needed: keep that in a
 *   flag of your own.
 * - `pending`: a device waits to be confirmed, and none is active.
 * - `active`: codes pass.
 * - `restricted`: three consecutive codes pass, and recovery codes.
 * - `locked`: recovery codes pass, until `unlock`, or until a new device takes the place of the
 *   only one.
 */
export type TwoFactorState = "none" | "pending" | "active" | "restricted" | "locked";

/** An active device. */
export interface TwoFactorDevice {
  /** Names it. */
  readonly id: string;
  /** What the person calls it. */
  readonly name: string | null;
  /** Whether its codes depend on the time or on a counter. */
  readonly type: DeviceType;
  /** When it became active. */
  readonly since: Date;
  /** When a code of it last passed. */
  readonly lastUsedAt: Date | null;
}

/** A remembered browser. */
export interface TwoFactorBrowser {
  /** Names it. */
  readonly id: string;
  /** What the person sees in the list. */
  readonly name: string | null;
  /** When the person passed in it. */
  readonly verifiedAt: Date;
  /** When it was given its present token. */
  readonly lastUsedAt: Date;
  /** Until when it is remembered. */
  readonly expiresAt: Date;
}

/** A device that waits to be confirmed. */
export interface TwoFactorPending {
  /** Until when it can be. */
  readonly expiresAt: Date;
}

/** What `status` gives. */
export interface TwoFactorStatus {
  /** Where it stands. */
  readonly state: TwoFactorState;
  /** The active devices, in the order in which they came. */
  readonly devices: readonly TwoFactorDevice[];
  /**
   * The device that waits to be confirmed; also beside active ones. Its id belongs to the session
   * that enrolled it.
   */
  readonly pending: TwoFactorPending | null;
  /** How many recovery codes are left. */
  readonly recoveryCodesLeft: number;
  /** Until when the recovery code that support made is good; `null` without one. */
  readonly issuedRecoveryCodeUntil: Date | null;
  /** The remembered browsers. */
  readonly browsers: readonly TwoFactorBrowser[];
  /** Whole seconds until the next code is looked at; 0 if it is now. */
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
