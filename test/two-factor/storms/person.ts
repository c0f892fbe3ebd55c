// Somebody in a storm: enrolled before it, and looked at after it.
import { decode } from "../../../src/core/base32.ts";
import { type Policy, type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { contextOf, keyRing } from "../../../src/two-factor/sealing.ts";
import { type Device, type PendingDevice, parse, type State } from "../../../src/two-factor/state.ts";
import { codeOf, flowOn, momentOf, SEALING_KEY } from "./tasks.js";

/** The counter of the time step in which everybody enrols. Kinds of codes that repeat begin anew here. */
export const FIRST = 60_000_000;

export interface Person {
  readonly userId: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Somebody with a pending device, and one with an active one, whose code of the step before the first is spent. */
export async function pendingPerson(
  store: TwoFactorStore,
  userId: string,
  steps = 1000,
): Promise<Omit<Person, "recoveryCodes">> {
  const flow = flowOn(store, () => momentOf(FIRST - 1));
  let secret: string;
  do ({ secret } = await flow.enroll(userId, { accountName: userId }));
  while (hasTwins(secret, steps));
  return { userId, secret };
}

/** Whether one of so many codes is that of a step near it, too. One in half a million is, and the second of the two is refused as used. */
function hasTwins(secret: string, steps: number): boolean {
  const codes = Array.from({ length: steps }, (_, step) => codeOf(secret, FIRST - 2 + step));
  return codes.some((code, step) => code === codes[step + 1] || code === codes[step + 2]);
}

export async function activePerson(store: TwoFactorStore, userId: string, steps?: number): Promise<Person> {
  const { secret } = await pendingPerson(store, userId, steps);
  const flow = flowOn(store, () => momentOf(FIRST - 1));
  const { recoveryCodes } = await flow.confirm(userId, codeOf(secret, FIRST - 1));
  return { userId, secret, recoveryCodes };
}

export async function stateOf(store: TwoFactorStore, userId: string): Promise<State> {
  return parse((await store.read(userId))?.body);
}

export async function deviceOf(store: TwoFactorStore, userId: string): Promise<Device> {
  const { device } = await stateOf(store, userId);
  if (!device) throw new Error(`${userId} has no active device`);
  return device;
}

/** Whether what is sealed in the stored device, active or pending, is this secret: it opens, and nothing was mixed up. */
export async function holdsSecret(userId: string, device: Device | PendingDevice, secret: string): Promise<boolean> {
  const purpose = "expiresAt" in device ? "pending-secret" : "secret";
  const { keyId, text } = device.secret;
  const opened = await keyRing([SEALING_KEY]).open(keyId, text, contextOf(purpose, userId, device));
  return opened !== undefined && Buffer.from(opened).equals(Buffer.from(decode(secret)));
}

/** Writes other counts into somebody's device, as nothing but a storm of weeks could. */
export async function setCounts(
  store: TwoFactorStore,
  userId: string,
  counts: Partial<Pick<Device, "failures" | "outstandingFailures" | "notBefore">>,
): Promise<void> {
  const record = await store.read(userId);
  const { version, device, ...rest } = parse(record?.body);
  const revision = `${userId} ${(revisions += 1)}`;
  const body = JSON.stringify({ version, device: { ...device, ...counts }, ...rest });
  if (!(await store.compareAndSet(userId, record?.revision, { revision, body })))
    throw new Error("somebody else wrote");
}

let revisions = 0;

/** One call of a server of its own, in the middle of a time step. */
export function at(store: TwoFactorStore, counter: number, policy?: Policy): ReturnType<typeof flowOn> {
  return flowOn(store, () => momentOf(counter), policy);
}
