// What a process does in a storm of the two-factor flow: (world, input) → a value for JSON. It runs the built package.
//
//   at       the moment that its clock shows, in Unix milliseconds
//   mutant   a fault of the store, see mutants.js
import { generateHotp } from "halfminute/sync";
import { createTwoFactor, TwoFactorError } from "halfminute/two-factor";

import { mutants } from "./mutants.js";

export const SEALING_KEY = { id: "storm", key: Uint8Array.from({ length: 32 }, (_, index) => index + 1) };
const MILLISECONDS_A_STEP = 30_000;

/** Nothing is decided by how busy the machine is. */
const PATIENCE = { storeTimeout: 60_000, sealerTimeout: 60_000 };

/** One server. `clock` gives Unix milliseconds. */
export function flowOn(store, clock, policy) {
  return createTwoFactor({
    issuer: "Acme",
    store,
    sealingKeys: [SEALING_KEY],
    clock: () => new Date(clock()),
    policy: { ...PATIENCE, ...policy },
  });
}

/** What became of a call: its value, or the code of its refusal. What is no refusal is a fault. */
export async function outcomeOf(call) {
  try {
    return { passed: (await call) ?? null };
  } catch (error) {
    if (!(error instanceof TwoFactorError)) throw error;
    return { refused: error.code, ...(error.cause && { cause: String(error.cause) }) };
  }
}

/** What an authenticator app shows, by counter. */
export function codeOf(secret, counter) {
  return generateHotp(secret, counter);
}

/** Codes of a counter's neighbourhood that are none of it. */
export function wrongCodes(secret, counter, many) {
  const near = new Set(Array.from({ length: 9 }, (_, index) => codeOf(secret, counter + index - 4)));
  const candidates = Array.from({ length: many + near.size }, (_, index) => String(100_000 + 37 * index));
  return candidates.filter((code) => !near.has(code)).slice(0, many);
}

/** The middle of a time step. */
export function momentOf(counter) {
  return (counter + 0.5) * MILLISECONDS_A_STEP;
}

export const twoFactorTasks = {
  /** Calls ([method, user id, …]) all at once: what became of each. */
  attempt: ({ store }, { at, calls, policy, mutant = "none" }) => {
    const flow = flowOn(mutants[mutant](store), () => at, policy);
    return Promise.all(calls.map(([method, ...words]) => outcomeOf(flow[method](...words))));
  },

  /**
   * One code after the other, each in a time step of its own, until the process is killed or the store fails. `kinds` says which of them
   * are right, over and over. Each outcome is reported as soon as it is known.
   */
  submit: async ({ store, report }, { userId, secret, first, kinds, mutant = "none" }) => {
    let counter = first;
    const flow = flowOn(mutants[mutant](store), () => momentOf(counter));
    for (; ; counter++) {
      const kind = kinds[counter % kinds.length];
      const code = kind === "right" ? codeOf(secret, counter) : wrongCodes(secret, counter, 1)[0];
      const outcome = await outcomeOf(flow.verify(userId, code));
      report({ counter, ...outcome });
      if (outcome.refused === "store-unavailable") return;
    }
  },
};
