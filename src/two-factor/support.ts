// Operations for support and operators: unlock, disable, encrypt again.
import { countsOfToday } from "./issued/issued-codes.ts";
import { withoutTokens } from "./sealing/vault.ts";
import { type Decision, grant, grantNothing, notEnrolled } from "./shell/decision.ts";
import { transact, transactRecord, type World } from "./shell/transact.ts";
import { parse } from "./state/format.ts";
import { NO_STATE, type State } from "./state/state.ts";
import type { TwoFactorRecord } from "./store.ts";

/** The result of `reseal`. */
export interface Resealed {
  /**
   * Whether anything was written: the record was encrypted with another key, or was of version 1.
   */
  readonly resealed: boolean;
  /**
   * The number of encrypted texts of version 1 that cannot be decrypted, because their key is
   * missing. They are kept.
   */
  readonly unopened: number;
}

/** Outstanding chances stay: otherwise a guesser could get new ones through support. */
export function unlock(world: World, userId: string): Promise<undefined> {
  return transact(world, userId, async (person): Promise<Decision<undefined>> => {
    const { state } = person;
    if (state.devices.length === 0) return notEnrolled();
    const next: State = { ...state, failures: 0, notBefore: 0, browsers: [] };
    return grant(undefined, next, [{ type: "unlocked" }], withoutTokens(await person.openVault()));
  });
}

/** Also works for a corrupt state, which need not be read to be removed. */
export function disable(world: World, userId: string): Promise<undefined> {
  return transactRecord(world, userId, (record, now): Decision<undefined> => {
    if (!record) return grantNothing();
    const state = stateIn(world, record, now);
    const issued = countsOfToday(state, now);
    const isGone = !state.vault && issued.length > 0;
    if (isGone) return grantNothing();
    // Disabling and enabling must not allow more sent codes than the daily limit.
    return grant(undefined, issued.length > 0 ? { ...NO_STATE, issued } : null, [{ type: "disabled" }]);
  });
}

function stateIn({ limits }: World, { body }: TwoFactorRecord, now: number): State {
  try {
    return parse(body, now, limits);
  } catch {
    return NO_STATE;
  }
}

export function reseal(world: World, userId: string): Promise<Resealed> {
  return transact(world, userId, async (person): Promise<Decision<Resealed>> => {
    const { state } = person;
    if (!state.vault && !state.version1) return notEnrolled();
    const vault = await person.openVault();
    const unopened = vault.carried.length;
    if (state.vault && !person.isStale()) return grant({ resealed: false, unopened }, undefined, []);
    return grant({ resealed: true, unopened }, state, [{ type: "resealed" }], vault);
  });
}
