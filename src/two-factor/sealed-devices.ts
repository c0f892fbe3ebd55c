// Between the state and what is sealed in it: devices are sealed when they are made, opened when a code is checked, and moved to the
// first key when a login writes anyway.
import type { TotpParameters } from "../otpauth/account.ts";
import { LEAST_SECRET_BYTES } from "../core/verification.ts";
import type { Passed } from "./decide-verify.ts";
import { isExpired } from "./predicates.ts";
import { type Decision, grant, withDevice } from "./decision.ts";
import { TwoFactorError } from "./two-factor-error.ts";
import type { Comparison } from "./matching.ts";
import { randomId } from "./recovery-codes.ts";
import { contextOf, type Purpose } from "./sealing.ts";
import type { World } from "./shell.ts";
import type { DeviceBase, Sealed, State } from "./state.ts";

/** Longer ones are of no use to HMAC, and would make the state grow. */
export const MOST_SECRET_BYTES = 128;

/** A new device whose secret is sealed when it is first asked for, and only once however often the race is run. */
export function sealOnce(
  { vault }: World,
  purpose: Purpose,
  userId: string,
  bytes: Uint8Array,
  parameters: TotpParameters,
): () => Promise<DeviceBase> {
  const id = randomId();
  let sealed: Sealed | undefined;
  return async () => {
    sealed ??= await vault.seal(bytes, contextOf(purpose, userId, { id, parameters }));
    return { id, parameters, secret: sealed };
  };
}

/** What codes of an active device are compared with. */
export function comparisonOf(world: World, userId: string, device: DeviceBase, now: number): Promise<Comparison> {
  return openDevice(world, "secret", userId, device, now);
}

/** The same of a pending one. */
export function pendingComparisonOf(
  world: World,
  userId: string,
  pending: DeviceBase,
  now: number,
): Promise<Comparison> {
  return openDevice(world, "pending-secret", userId, pending, now);
}

async function openDevice(
  world: World,
  purpose: Purpose,
  userId: string,
  device: DeviceBase,
  now: number,
): Promise<Comparison> {
  const secret = await world.vault.open(device.secret, contextOf(purpose, userId, device));
  if (secret.length < LEAST_SECRET_BYTES || secret.length > MOST_SECRET_BYTES)
    throw new TwoFactorError("state-corrupt");
  return { secret, parameters: device.parameters, now, limits: world.limits };
}

/** The pending device as an active one is sealed. Whoever can only write the database cannot do that, and so confirms nothing. */
export async function sealForUse<Pending extends DeviceBase>(
  { vault }: World,
  userId: string,
  pending: Pending,
  { secret }: Comparison,
): Promise<Pending> {
  return { ...pending, secret: await vault.seal(secret, contextOf("secret", userId, pending)) };
}

/** A login that writes anyway takes the secret to the first key. It does not depend on that: what cannot be sealed now stays as it is. */
export async function withFreshSeal(
  { vault }: World,
  userId: string,
  decision: Decision<Passed>,
  { secret }: Comparison,
): Promise<Decision<Passed>> {
  const device = decision.kind === "grant" ? decision.next?.device : undefined;
  if (decision.kind === "denial" || !decision.next || !device || !vault.isStale(device.secret)) return decision;
  const sealed = await vault.seal(secret, contextOf("secret", userId, device)).catch(() => undefined);
  if (!sealed) return decision;
  const next = withDevice(decision.next, { ...device, secret: sealed });
  return grant(decision.result, next, [...decision.events, { type: "resealed", deviceId: device.id }]);
}

/**
 * The state with everything under the first key; the very same state if it is so already. A pending device that expired is dropped
 * instead: its key may be gone, and nothing opens it any more. `null` if there is nothing else.
 */
export async function withFreshSeals(
  { vault }: World,
  userId: string,
  state: State,
  now: number,
): Promise<State | null> {
  const { device, recovery } = state;
  const pending = state.pending && isExpired(state.pending, now) ? null : state.pending;
  const move = async (sealed: Sealed, purpose: Purpose, owner: DeviceBase): Promise<Sealed> => {
    const context = contextOf(purpose, userId, owner);
    return vault.isStale(sealed) ? vault.seal(await vault.open(sealed, context), context) : sealed;
  };
  const isStale = [device?.secret, state.pending?.secret, recovery?.key].some(
    (sealed) => sealed && vault.isStale(sealed),
  );
  if (!isStale) return state;
  if (!device && !pending) return null;
  return {
    ...state,
    device: device && { ...device, secret: await move(device.secret, "secret", device) },
    pending: pending && { ...pending, secret: await move(pending.secret, "pending-secret", pending) },
    recovery: recovery && device && { ...recovery, key: await move(recovery.key, "recovery-codes", device) },
  };
}
