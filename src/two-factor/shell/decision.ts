// The result of a pure decision: what to store, what to answer, and which events to report. It
// takes effect only when committed.
import type { DecidedEvent, RefusalReason } from "../events.ts";
import type { Vault } from "../sealing/vault.ts";
import type { State } from "../state/state.ts";
import type { TwoFactorErrorCode } from "../two-factor-error.ts";

/** The reason for a denial. */
interface Refusal {
  readonly code: TwoFactorErrorCode;
  readonly retryAfterSeconds?: number;
  readonly clockOffSeconds?: number | undefined;
}

// The discriminants are own fields, so that a polluted Object.prototype cannot turn a refusal into
// a pass.

/** What to store. */
interface Change {
  /** The new state; `null` to remove it, `undefined` to leave it unchanged. */
  readonly next: State | null | undefined;
  /** The new vault, if it has changed. */
  readonly vault: Vault | undefined;
  readonly events: readonly DecidedEvent[];
}

/** A grant, with its result. */
export interface Grant<Result> extends Change {
  readonly kind: "grant";
  readonly result: Result;
}

/** A denial. */
export interface Denial extends Change {
  readonly kind: "denial";
  readonly refusal: Refusal;
}

export type Decision<Result> = Grant<Result> | Denial;

export function grant<Result>(
  result: Result,
  next: State | null | undefined,
  events: readonly DecidedEvent[],
  vault?: Vault,
): Grant<Result> {
  return { kind: "grant", next, vault, result, events };
}

/** A grant that changes nothing. */
export function grantNothing(): Grant<undefined> {
  return grant(undefined, undefined, []);
}

/** A denial that changes nothing. */
export function deny(code: TwoFactorErrorCode, ...events: readonly DecidedEvent[]): Denial {
  return denial({ code }, undefined, events);
}

/** The same, with the time to wait. */
export function denyUntil(retryAfterSeconds: number): Denial {
  return denial({ code: "throttled", retryAfterSeconds }, undefined, [{ type: "throttled", retryAfterSeconds }]);
}

export function denial(refusal: Refusal, next: State | undefined, events: readonly DecidedEvent[]): Denial {
  return { kind: "denial", next, vault: undefined, refusal, events };
}

/** A `refused` event, with the device if there is one. */
export function refusedEvent(reason: RefusalReason, device?: { readonly id: string }): DecidedEvent {
  return device ? { type: "refused", reason, deviceId: device.id } : { type: "refused", reason };
}

export function notEnrolled(): Denial {
  return deny("not-enrolled", refusedEvent("not-enrolled"));
}
