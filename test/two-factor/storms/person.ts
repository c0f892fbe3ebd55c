// Somebody in a storm: enrolled before it, and looked at after it.
import { decode } from "../../../src/core/base32.ts";
import { encodeBase32 } from "../../../src/index.ts";
import { type Policy, type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { readPolicy } from "../../../src/two-factor/policy.ts";
import { keyRing } from "../../../src/two-factor/sealing/key-ring.ts";
import { decodeVault, type Vault } from "../../../src/two-factor/sealing/vault.ts";
import { parse, serialize } from "../../../src/two-factor/state/format.ts";
import { type Device, NO_STATE, type Standing, type State } from "../../../src/two-factor/state/state.ts";
import { codeOf, flowOn, momentOf, SEALING_KEY } from "./tasks.js";

/**
 * The counter of the time step in which everybody enrolls. Kinds of codes that repeat begin anew
 * here.
 */
export const FIRST = 60_000_000;

/** The counter of the next code of a counter-based device that was just imported. */
export const HOTP_FIRST = 10;

export interface Person {
  readonly userId: string;
  readonly deviceId: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/**
 * Somebody with a pending device, and one with an active one, whose code of the step before the
 * first is spent.
 */
export async function pendingPerson(
  store: TwoFactorStore,
  userId: string,
  steps = 1000,
): Promise<Omit<Person, "recoveryCodes">> {
  const flow = at(store, FIRST - 1);
  for (;;) {
    const { deviceId, secret } = await flow.enroll(userId, { accountName: userId });
    if (!hasTwins(codesFrom(secret, FIRST - 2, steps), 2)) return { userId, deviceId, secret };
  }
}

function codesFrom(secret: string, first: number, steps: number): string[] {
  return Array.from({ length: steps }, (_, step) => codeOf(secret, first + step));
}

/**
 * Whether one of the codes is that of a step near it, too. One in half a million is, and the second
 * of the two is refused as used.
 */
function hasTwins(codes: readonly string[], near: number): boolean {
  return codes.some((code, step) => codes.slice(step + 1, step + 1 + near).includes(code));
}

export async function activePerson(store: TwoFactorStore, userId: string, steps?: number): Promise<Person> {
  const { deviceId, secret } = await pendingPerson(store, userId, steps);
  const code = codeOf(secret, FIRST - 1);
  const { recoveryCodes } = await at(store, FIRST - 1).confirm(userId, code, { deviceId });
  return { userId, deviceId, secret, recoveryCodes };
}

/** A secret of another device whose codes are none of those around the first time step. */
export function otherSecret({ secret }: Pick<Person, "secret">, first: number, steps: number): string {
  const taken = codesFrom(secret, FIRST - 5, 10);
  for (;;) {
    const other = encodeBase32(crypto.getRandomValues(new Uint8Array(20)));
    const codes = codesFrom(other, first, steps + 10);
    if (!hasTwins(codes, 6) && !codes.some((code) => taken.includes(code))) return other;
  }
}

export async function stateOf(store: TwoFactorStore, userId: string): Promise<State> {
  const record = await store.read(userId);
  return record ? parse(record.body, momentOf(FIRST), readPolicy(undefined)) : NO_STATE;
}

/** The first device of somebody who has one. */
export async function deviceOf(store: TwoFactorStore, userId: string): Promise<Device> {
  const [device] = (await stateOf(store, userId)).devices;
  if (!device) throw new Error(`${userId} has no active device`);
  return device;
}

/** What is sealed of somebody: it opens, and its devices are those of the record. */
async function vaultOf(userId: string, { vault, devices, pending }: State): Promise<Vault | undefined> {
  const context = new TextEncoder().encode(JSON.stringify(["halfminute/two-factor 2", "vault", userId]));
  const opened = vault && (await keyRing([SEALING_KEY]).open(vault.keyId, vault.text, context));
  const found = opened ? decodeVault(opened) : undefined;
  const isWhole =
    found?.devices.map(({ id }) => id).join() === devices.map(({ id }) => id).join() &&
    found.pending?.id === pending?.id;
  return isWhole ? found : undefined;
}

/**
 * Whether what is sealed of a device, active or pending, is this secret: it opens, and nothing was
 * mixed up.
 */
export async function holdsSecret(userId: string, state: State, deviceId: string, secret: string): Promise<boolean> {
  const vault = await vaultOf(userId, state);
  const device = [...(vault?.devices ?? []), vault?.pending].find((each) => each?.id === deviceId);
  return device ? Buffer.from(device.secret).equals(Buffer.from(decode(secret))) : false;
}

/** Writes other counts into somebody's state, as nothing but a storm of weeks could. */
export async function setCounts(store: TwoFactorStore, userId: string, counts: Partial<Standing>): Promise<void> {
  const record = await store.read(userId);
  const revision = `${userId} ${(revisions += 1)}`;
  const body = serialize({ ...(await stateOf(store, userId)), ...counts });
  if (!(await store.compareAndSet(userId, record?.revision, { revision, body })))
    throw new Error("somebody else wrote");
}

let revisions = 0;

/** One call of a server of its own, in the middle of a time step. */
export function at(store: TwoFactorStore, counter: number, policy?: Policy): ReturnType<typeof flowOn> {
  return flowOn(store, () => momentOf(counter), policy);
}
