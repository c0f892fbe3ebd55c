// Checking codes of active devices.
import type { PassedBy } from "../passed.ts";
import type { Limits } from "../policy.ts";
import type { Person } from "../sealing/person.ts";
import type { DeviceSecret } from "../sealing/vault.ts";
import type { Decision } from "../shell/decision.ts";
import { type Device, deviceOf } from "../state/state.ts";
import type { Comparison } from "./matching.ts";
import { type Attempt, decideCode, decideConsecutive, denyCodeUnseen, denyConsecutiveUnseen } from "./passing-codes.ts";

/** An attempt without its codes. */
export type Beginning = Omit<Attempt, "comparisons" | "state">;

export async function checkCode(person: Person, code: string, beginning: Beginning): Promise<Decision<PassedBy>> {
  const denial = denyCodeUnseen(person.state, beginning.now, beginning.limits);
  return denial ?? decideCode(await compared(person, beginning), code);
}

export async function checkConsecutive(
  person: Person,
  codes: readonly string[],
  beginning: Beginning,
): Promise<Decision<PassedBy>> {
  const denial = denyConsecutiveUnseen(person.state, beginning.limits);
  return denial ?? decideConsecutive(await compared(person, beginning), codes);
}

async function compared(person: Person, { chosen, now, limits }: Beginning): Promise<Attempt> {
  const { state } = person;
  const { devices, carried } = await person.openVault();
  const closed = carried.find(
    (each) =>
      each.purpose === "secret" && (state.devices.length === 1 || each.id === chosen || person.shouldOpen(each)),
  );
  // With other devices, a code of a device whose key is missing counts as wrong: a distinct answer
  // would make guesses free.
  if (closed) await person.refuseCarried(closed);
  const comparisons = devices.map((secret): readonly [Device, Comparison] => {
    const device = deviceOf(state, secret.id) as Device;
    return [device, comparisonOf(secret, device, now, limits)];
  });
  return { state, chosen, comparisons, now, limits };
}

export function comparisonOf(
  { type, parameters, secret }: DeviceSecret,
  { lastCounter, told }: Comparison["spent"],
  now: number,
  limits: Limits,
): Comparison {
  return { type, parameters, secret, spent: { lastCounter, told }, now, limits };
}
