// What a pure decision says: what to store, what to answer, and which events there are. None of it
// counts until it was committed.
import type { DecidedEvent, RefusalReason } from "../events.ts";
import type { Vault } from "../sealing/vault.ts";
import type { State } from "../state/state.ts";
import type { TwoFactorErrorCode } from "../two-factor-error.ts";

/** Why the answer is no. */
interface Refusal {
  readonly code: TwoFactorErrorCode;
  readonly retryAfterSeconds?: number;
  readonly clockOffSeconds?: number | undefined;
}

// Discriminated by fields that every decision has as its own: a polluted Object.prototype cannot
// make a pass of a refusal.

/** What to store. */
interface Change {
  /** A state, `null` for none any more, `undefined` for what is there already. */
  readonly next: State | null | undefined;
  /** What is sealed in the next state, if that has changed. */
  readonly vault: Vault | undefined;
  readonly events: readonly DecidedEvent[];
}

/** The answer yes, with what it hands out. */
export interface Grant<Result> extends Change {
  readonly kind: "grant";
  readonly result: Result;
}

/** The answer no. */
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

/** There is nothing to do. */
export function grantNothing(): Grant<undefined> {
  return grant(undefined, undefined, []);
}

/** A denial that changes nothing. */
export function deny(code: TwoFactorErrorCode, ...events: readonly DecidedEvent[]): Denial {
  return denial({ code }, undefined, events);
}

/** The same, with when to come back. */
export function denyUntil(retryAfterSeconds: number): Denial {
  return denial({ code: "throttled", retryAfterSeconds }, undefined, [{ type: "throttled", retryAfterSeconds }]);
}

export function denial(refusal: Refusal, next: State | undefined, events: readonly DecidedEvent[]): Denial {
  return { kind: "denial", next, vault: undefined, refusal, events };
}

/** An event of a device. */
export function refusedEvent(reason: RefusalReason, device?: { readonly id: string }): DecidedEvent {
  return device ? { type: "refused", reason, deviceId: device.id } : { type: "refused", reason };
}

export function notEnrolled(): Denial {
  return deny("not-enrolled", refusedEvent("not-enrolled"));
}
