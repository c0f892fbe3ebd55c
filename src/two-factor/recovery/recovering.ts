// Passing with a recovery code, and making new ones.
import { readOptions, requireInteger } from "../../core/parameters.ts";
import type { PassedBy } from "../passed.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS } from "../policy.ts";
import type { Person } from "../sealing/person.ts";
import { type Decision, deny, grant, notEnrolled, refusedEvent } from "../shell/decision.ts";
import { comparedWithFirst, transact, type World } from "../shell/transact.ts";
import { deviceIds, type Recovery } from "../state/state.ts";
import { hashesOf, hashOf, isAnotherSet, makeCode, withNewSet } from "./recovery-codes.ts";

/** The result of `renewRecoveryCodes`. */
export interface NewRecoveryCodes {
  /** Recovery codes; each passes once. Show them once, and never store them. */
  readonly recoveryCodes: readonly string[];
}

/** Options of `issueRecoveryCode`. */
export interface IssueRecoveryCodeOptions {
  /** How long the code is valid, in hours: an integer from 1 to 72. */
  readonly hours: number;
}

/** The result of `issueRecoveryCode`. */
export interface IssuedRecoveryCode {
  /** The code, which passes once. Never store it. */
  readonly recoveryCode: string;
  /** When it expires. */
  readonly expiresAt: Date;
}

const HOUR_MILLISECONDS = 3_600_000;
const MOST_HOURS = 72;

/**
 * Recovery codes are neither delayed nor counted, because 120 bits cannot be guessed. They say
 * nothing about the devices, so no count changes.
 */
export async function decideRecoveryCode(person: Person, code: string, now: number): Promise<Decision<PassedBy>> {
  const { state } = person;
  const vault = await person.openVault();
  const hashes = await hashesOf(vault, code);
  const issued = await hashOf(vault.key, code, state.recovery?.issued?.expiresAt);
  const left = withoutCode(state.recovery, hashes, issued, now);
  if (!left) {
    const carried = vault.carried.find(({ purpose }) => purpose === "recovery-codes");
    return carried ? person.refuseCarried(carried) : deny("code-rejected", refusedEvent("recovery-code-wrong"));
  }
  const recoveryCodesLeft = left.hashes.length;
  const result: PassedBy = { method: "recovery-code", at: new Date(now), deviceId: null, recoveryCodesLeft };
  return grant(result, { ...state, recovery: left }, [
    { type: "passed", method: "recovery-code" },
    { type: "recovery-code-used", recoveryCodesLeft },
  ]);
}

/**
 * The codes left after this one; `undefined` if it is not among them. The comparison of hashes may
 * stop early: an attacker without the key cannot choose a hash.
 */
function withoutCode(
  recovery: Recovery | null,
  hashes: readonly string[],
  issuedHash: string,
  now: number,
): Recovery | undefined {
  if (!recovery) return undefined;
  const left = recovery.hashes.filter((hash) => !hashes.includes(hash));
  if (left.length < recovery.hashes.length) return { ...recovery, hashes: left };
  const { issued } = recovery;
  return issued && issued.hash === issuedHash && isGood(issued.expiresAt, now)
    ? { ...recovery, issued: null }
    : undefined;
}

/** One with more time left than possible was made while a clock was ahead. */
export function isGood(expiresAt: number, now: number): boolean {
  return now < expiresAt && expiresAt - now <= MOST_HOURS * HOUR_MILLISECONDS + CLOCK_DIFFERENCE_MILLISECONDS;
}

export function renewRecoveryCodes(world: World, userId: string): Promise<NewRecoveryCodes> {
  const isOvertaken = comparedWithFirst(
    (first, state) => deviceIds(state) !== deviceIds(first) || isAnotherSet(first.recovery, state.recovery),
  );
  return transact(world, userId, async (person): Promise<Decision<NewRecoveryCodes>> => {
    const { state } = person;
    if (isOvertaken(state)) return deny("superseded");
    if (state.devices.length === 0) return notEnrolled();
    const set = await withNewSet(state, await person.openVault(), world.limits.recoveryCodes);
    const vault = set.isVaultNew ? set.vault : undefined;
    return grant({ recoveryCodes: set.recoveryCodes }, set.next, [{ type: "recovery-codes-renewed" }], vault);
  });
}

export async function issueRecoveryCode(
  world: World,
  userId: string,
  options: IssueRecoveryCodeOptions,
): Promise<IssuedRecoveryCode> {
  const { hours } = readOptions<{ readonly hours: unknown }>(options, { hours: undefined });
  const lifetime = requireInteger(hours, "hours", 1, MOST_HOURS) * HOUR_MILLISECONDS;
  return transact(world, userId, async (person, now): Promise<Decision<IssuedRecoveryCode>> => {
    const { state } = person;
    if (state.devices.length === 0) return notEnrolled();
    const expiresAt = now + lifetime;
    const { hash, code } = await makeCode(await person.openVault(), expiresAt);
    const recovery = { hashes: state.recovery?.hashes ?? [], issued: { hash, expiresAt } };
    const result = { recoveryCode: code, expiresAt: new Date(expiresAt) };
    return grant(result, { ...state, recovery }, [{ type: "recovery-code-issued" }]);
  });
}
