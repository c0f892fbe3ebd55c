// How devices become active: judging the confirming code, and the changes that a new device makes.
import type { DecidedEvent } from "../events.ts";
import { type Denial, deny, denial, refusedEvent } from "../shell/decision.ts";
import { CALM } from "../state/standing.ts";
import type { Device, PendingDevice, State } from "../state/state.ts";
import type { TwoFactorErrorCode } from "../two-factor-error.ts";
import { type DeviceSecret, type Vault, withoutSecret, withoutTokens } from "../sealing/vault.ts";
import { type Comparison, isEndOfCode, matchPlainCode, matchWindow, searchCode } from "./matching.ts";
import { ADD, FIRST } from "./pending.ts";
import { tellOf } from "./told.ts";

/** The result of a confirming code: its counter, or a denial. */
export type Confirmation = { readonly kind: "match"; readonly counter: number } | Denial;

export interface PendingState extends State {
  readonly pending: PendingDevice;
}

export function judgeConfirmation(state: PendingState, code: string, comparison: Comparison): Confirmation {
  const { pending } = state;
  const { parameters } = comparison;
  const subject = { deviceId: pending.id };
  const { fresh, spent } = matchWindow(code, comparison);
  if (spent)
    return countWrong(state, "code-rejected", { ...refusedEvent("replayed", pending), counter: spent.counter });
  if (fresh) return { kind: "match", counter: fresh.counter };
  const plain = matchPlainCode(code, comparison);
  if (plain) {
    const told = isEndOfCode(parameters) ? tellOf(state, pending, [plain.counter]) : pending.told;
    if (!told) return countWrong(state, "code-rejected", refusedEvent("wrong", pending));
    return countWrong(withTold(state, told), "parameters-ignored", { type: "parameters-ignored", ...subject });
  }
  if (code.length !== parameters.digits) return deny("code-rejected", refusedEvent("malformed", pending));
  const found = searchCode(code, comparison);
  const told = found && tellOf(state, pending, [found.counter]);
  if (!told) return countWrong(state, "code-rejected", refusedEvent("wrong", pending));
  const seconds = found.delta * parameters.period;
  const event: DecidedEvent = { type: "clock-off", seconds, counter: found.counter, ...subject };
  return countWrong(withTold(state, told), "clock-off", event, seconds);
}

function withTold(state: PendingState, told: readonly number[]): PendingState {
  return { ...state, pending: { ...state.pending, told } };
}

function countWrong(
  state: PendingState,
  code: TwoFactorErrorCode,
  event: DecidedEvent,
  clockOffSeconds?: number,
): Denial {
  const pending = { ...state.pending, failures: state.pending.failures + 1 };
  return denial({ code, clockOffSeconds }, { ...state, pending }, [event]);
}

/** The state and its vault with one more active device. */
export interface Joined {
  readonly next: State;
  readonly vault: Vault;
}

/**
 * A first device, or a replacement of the only one, resets the counts of guessing. A device may be
 * replaced because it was stolen, so all browsers are forgotten.
 */
export function withJoined(before: State, opened: Vault, device: Device, secret: DeviceSecret, begun: string): Joined {
  const isReplacement = begun !== FIRST && begun !== ADD;
  const { next, vault } = isReplacement ? withoutDevice(before, opened, begun) : { next: before, vault: opened };
  return {
    next: { ...next, ...(next.devices.length === 0 && CALM), devices: [...next.devices, device] },
    vault: { ...vault, devices: [...vault.devices, secret] },
  };
}

/** The state and its vault with one device less. */
export function withoutDevice(state: State, vault: Vault, deviceId: string): Joined {
  return {
    next: { ...state, devices: state.devices.filter(({ id }) => id !== deviceId), browsers: [] },
    vault: withoutTokens(withoutSecret(vault, deviceId)),
  };
}

export function withoutPending(state: State, vault: Vault): Joined {
  return { next: { ...state, pending: null }, vault: withoutSecret(vault, state.pending?.id) };
}
