// What a process does in a storm of the two-factor flow: (world, input) → a value for JSON. It runs
// the built package.
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
export function flowOn(store, clock, policy, onEvent) {
  return createTwoFactor({
    issuer: "Acme",
    store,
    sealingKeys: [SEALING_KEY],
    clock: () => new Date(clock()),
    policy: { ...PATIENCE, ...policy },
    onEvent,
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

/** Codes of a counter's neighborhood, except its own. */
export function wrongCodes(secret, counter, many) {
  const near = new Set(Array.from({ length: 9 }, (_, index) => codeOf(secret, counter + index - 4)));
  const candidates = Array.from({ length: many + near.size }, (_, index) => String(100_000 + 37 * index));
  return candidates.filter((code) => !near.has(code)).slice(0, many);
}

/** The middle of a time step. */
export function momentOf(counter) {
  return (counter + 0.5) * MILLISECONDS_A_STEP;
}

/** The middle of a UTC day, so that the codes of a day are never too many. */
export function dayOf(day) {
  return (day + 0.5) * 86_400_000;
}

/** What a code is for that is sent on a day. */
export function aboutDay(day) {
  return { purpose: "mail", request: `login ${day}` };
}

/** When a browser comes: too late for anything to have overtaken anything. */
export function visitOf(visit) {
  return momentOf(60_000_000 + 3 * visit);
}

export const BINDING = "password 1";

/** Numbers from 0 to 1 that are the same for the same seed (a linear congruential generator). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let mayRest = false;

export const twoFactorTasks = {
  /**
   * Calls ([method, user id, …]) all at once: what became of each. If they are heard, with what
   * each has told.
   */
  attempt: ({ store }, { at, calls, policy, isHeard = false, mutant = "none" }) => {
    const broken = mutants[mutant](store);
    const flow = flowOn(broken, () => at, policy);
    const heard = async ([method, ...words]) => {
      const told = [];
      const listening = flowOn(
        broken,
        () => at,
        policy,
        ({ type, reason }) => told.push(`${type} ${reason ?? ""}`),
      );
      return { ...(await outcomeOf(listening[method](...words))), told };
    };
    const plain = ([method, ...words]) => outcomeOf(flow[method](...words));
    return Promise.all(calls.map(isHeard ? heard : plain));
  },

  /**
   * One code after the other, each in a time step of its own, until the process is killed or the
   * store fails. `kinds` says which of them are right, over and over. Each outcome is reported as
   * soon as it is known.
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

  /**
   * Submits each code twice, each in a time step of its own, until it may rest. It goes on when the
   * store fails. With both outcomes it reports what it wrote in the place of what, in that order,
   * and whether the store said that it had.
   */
  endure: async ({ store, report }, { userId, secret, first, mutant = "none" }) => {
    let [counter, writes, found] = [first, [], undefined];
    const broken = mutants[mutant](store);
    const recorded = {
      read: async (id) => (found = await broken.read(id)),
      compareAndSet: async (id, expected, next) => {
        const write = { found, next, isCommitted: false };
        writes.push(write);
        return (write.isCommitted = await broken.compareAndSet(id, expected, next));
      },
    };
    const flow = flowOn(recorded, () => momentOf(counter), { storeTimeout: 1000 });
    for (; !mayRest; counter++) {
      const code = codeOf(secret, counter);
      const outcomes = [await outcomeOf(flow.verify(userId, code)), await outcomeOf(flow.verify(userId, code))];
      report({ counter, outcomes, writes });
      writes = [];
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  },

  /** Lets all who endure in this process come to an end, after what they are about. */
  rest: async () => {
    mayRest = true;
  },

  /**
   * Makes a code for the app to send, submits it, and submits it again: one day after the other,
   * until the process is killed or the store fails. A code is reported before it is submitted, and
   * then each outcome as soon as it is known.
   */
  send: async ({ store, report }, { userId, first, mutant = "none" }) => {
    let day = first;
    const flow = flowOn(mutants[mutant](store), () => dayOf(day));
    for (; ; day++) {
      const about = aboutDay(day);
      const issued = await outcomeOf(flow.issueCode(userId, about));
      const code = issued.passed?.code;
      report({ day, code, ...(code === undefined && issued) });
      if (code === undefined) return;
      for (const time of [1, 2]) {
        const outcome = await outcomeOf(flow.verifyIssuedCode(userId, code, about));
        report({ day, code, time, ...outcome });
        if (outcome.refused === "store-unavailable") return;
      }
    }
  },

  /**
   * A remembered browser comes back over and over, each time with the token that it was given, and
   * reports it.
   */
  comeBack: async ({ store, report }, { userId, token: first, visit: firstVisit, mutant = "none" }) => {
    let [visit, token] = [firstVisit, first];
    const flow = flowOn(mutants[mutant](store), () => visitOf(visit));
    for (; ; visit++) {
      const { passed, ...outcome } = await outcomeOf(flow.recognizeBrowser(userId, token, { binding: BINDING }));
      report({ visit, token: passed?.token, ...outcome });
      if (!passed) return;
      token = passed.token;
    }
  },
};
