// What a pure decision says: what to store, what to answer, and what to tell. Nothing of it counts until it was committed.
import type { TwoFactorErrorCode } from "./two-factor-error.ts";
import type { DecidedEvent, RefusalReason } from "./events.ts";
import type { Device, State } from "./state.ts";

/** Why the answer is no. */
interface Refusal {
  readonly code: TwoFactorErrorCode;
  readonly retryAfterSeconds?: number;
  readonly clockOffSeconds?: number;
}

// Discriminated by fields that every decision has as its own: a polluted Object.prototype cannot make a pass of a refusal.

/** The answer yes, with what it hands out. */
export interface Grant<Result> {
  readonly kind: "grant";
  /** What to store: a state, `null` for none any more, `undefined` for what is there already. */
  readonly next: State | null | undefined;
  readonly result: Result;
  readonly events: readonly DecidedEvent[];
}

/** The answer no. */
export interface Denial {
  readonly kind: "denial";
  readonly next: State | null | undefined;
  readonly refusal: Refusal;
  readonly events: readonly DecidedEvent[];
}

export type Decision<Result> = Grant<Result> | Denial;

export function grant<Result>(
  result: Result,
  next: State | null | undefined,
  events: readonly DecidedEvent[],
): Grant<Result> {
  return { kind: "grant", next, result, events };
}

/** A denial that changes nothing. */
export function deny(code: TwoFactorErrorCode, ...events: readonly DecidedEvent[]): Denial {
  return { kind: "denial", next: undefined, refusal: { code }, events };
}

/** An event of a device. */
export function refusedEvent(reason: RefusalReason, device: { readonly id: string } | null): DecidedEvent {
  return device === null ? { type: "refused", reason } : { type: "refused", reason, deviceId: device.id };
}

export function withDevice({ version, pending, recovery }: State, device: Device): State {
  return { version, device, pending, recovery };
}
