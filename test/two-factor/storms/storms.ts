// What must hold when several servers get requests about one person at the same moment. Each storm is a function that throws if
// it does not, so that a store with a fault can be shown to fail it.
import { expect } from "vitest";

import { type Enrollment, type Policy, type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { type Passed } from "../../../src/two-factor/decide-verify.ts";
import { type Crowd } from "../../stores/workers/crowd.ts";
import { type Mutant } from "./mutants.js";
import { activePerson, at, deviceOf, FIRST, holdsSecret, pendingPerson, setCounts, stateOf } from "./person.ts";
import { type Attempts, type Call, codeOf, momentOf, type Outcome, twoFactorTasks, wrongCodes } from "./tasks.js";

/** Where a storm blows. */
export interface Arena {
  readonly crowd: Pick<Crowd, "one">;
  readonly processes: number;
  /** Submissions by each process at once. */
  readonly racers: number;
  readonly rounds: number;
  /** Wrong codes at once, of all processes together. */
  readonly guesses: number;
  /** Sees what the processes do, from this one. */
  readonly store: TwoFactorStore;
  readonly mutant?: Mutant;
}

/** RFC 4226 §7.3 as the default policy has it: the fourth failure in a row starts the delay, and is the last that is looked at. */
const FREE_guesses = 3;
/** As often somebody submits again what was `busy`. */
const FEW_TRIES = 3;

export const storms: Readonly<Record<string, (arena: Arena) => Promise<void>>> = {
  "of many submissions of one right code, one passes": async (arena) => {
    const { store, rounds } = arena;
    const { userId, secret } = await activePerson(store, "one code");
    for (let counter = FIRST; counter < FIRST + rounds; counter++) {
      const outcomes = await attackAlike(arena, momentOf(counter), ["verify", userId, codeOf(secret, counter)]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      expect(await deviceOf(store, userId)).toMatchObject({
        lastCounter: counter,
        failures: 0,
        outstandingFailures: 0,
      });
    }
  },

  "of many submissions of one recovery code, one passes": async (arena) => {
    const { store, rounds } = arena;
    const { userId } = await activePerson(store, "one recovery code");
    for (let round = 0; round < rounds; round++) {
      const [code = ""] = (await at(store, FIRST).renewRecoveryCodes(userId)).recoveryCodes;
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["verify", userId, code]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      expect(passedOf(outcomes)).toEqual([{ method: "recovery-code", recoveryCodesLeft: 9 }]);
      expect((await stateOf(store, userId)).recovery?.hashes).toHaveLength(9);
    }
  },

  "of many submissions of two recovery codes, two pass, and both are gone": async (arena) => {
    const { store, rounds } = arena;
    const { userId } = await activePerson(store, "two recovery codes");
    for (let round = 0; round < rounds; round++) {
      const { recoveryCodes } = await at(store, FIRST).renewRecoveryCodes(userId);
      const both = recoveryCodes.slice(0, 2);
      const calls = Array.from({ length: arena.racers }, (_, index): Call => ["verify", userId, both[index % 2]]);
      const outcomes = await attack(arena, momentOf(FIRST), (index) => (index % 2 === 0 ? calls : calls.toReversed()));
      expect(tally(outcomes)).toEqual({ passed: 2, "code-rejected": outcomes.length - 2 });
      expect(
        passedOf<Passed>(outcomes)
          .map((passed) => passed.recoveryCodesLeft)
          .toSorted(),
      ).toEqual([8, 9]);
      const again = await attackAlike(arena, momentOf(FIRST), ["verify", userId, both[round % 2]], 1);
      expect(tally(again)).toEqual({ "code-rejected": again.length });
      // The others are as good as before.
      expect(await at(store, FIRST).verify(userId, recoveryCodes[2] ?? "")).toMatchObject({ recoveryCodesLeft: 7 });
    }
  },

  [`of many wrong codes at once, ${FREE_guesses + 1} are looked at, and counted`]: async (arena) => {
    const { store, rounds, processes, guesses } = arena;
    for (let round = 0; round < rounds; round += 2) {
      const { userId, secret } = await activePerson(store, `guessed at ${round}`);
      const wrong = wrongCodes(secret, FIRST, guesses);
      const share = Math.ceil(guesses / processes);
      const calls = (index: number): Call[] =>
        wrong.slice(index * share, (index + 1) * share).map((code) => ["verify", userId, code]);
      let [moment, failures] = [momentOf(FIRST), FREE_guesses + 1];
      for (const evaluated of [FREE_guesses + 1, 1, 1]) {
        const outcomes = await attack(arena, moment, calls);
        expect(tally(outcomes)).toEqual({ "code-rejected": evaluated, throttled: guesses - evaluated });
        const notBefore = moment + 1000 * 2 ** (failures - FREE_guesses - 1);
        expect(await deviceOf(store, userId)).toMatchObject({ failures, outstandingFailures: failures, notBefore });
        [moment, failures] = [notBefore, failures + 1];
      }
    }
  },

  "of many confirmations by one code, one shows recovery codes, and they are the ones that count": async (arena) => {
    const { store, rounds } = arena;
    for (let round = 0; round < rounds; round++) {
      const { userId, secret } = await pendingPerson(store, `confirms ${round}`);
      const code = codeOf(secret, FIRST);
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["confirm", userId, code]);
      expect(tally(outcomes)).toEqual({ passed: 1, "already-confirmed": outcomes.length - 1 });
      const [{ recoveryCodes } = { recoveryCodes: [] }] = passedOf<{ recoveryCodes: string[] }>(outcomes);
      expect(recoveryCodes).toHaveLength(10);
      const again = await attackAlike(arena, momentOf(FIRST), ["verify", userId, code], 1);
      expect(tally(again)).toEqual({ "code-rejected": again.length });
      expect(await at(store, FIRST).verify(userId, recoveryCodes[9] ?? "")).toMatchObject({ recoveryCodesLeft: 9 });
      expect(await at(store, FIRST).verify(userId, codeOf(secret, FIRST + 1))).toMatchObject({ method: "code" });
    }
  },

  "enrolments against confirmations: what was shown is what is stored": async (arena) => {
    const { store, rounds } = arena;
    for (let round = 0; round < rounds; round++) {
      const { userId, secret } = await pendingPerson(store, `enrols ${round}`);
      const enroll: Call = ["enroll", userId, { accountName: userId, replace: true }];
      const confirm: Call = ["confirm", userId, codeOf(secret, FIRST)];
      // Confirmations of the first secret come first in one half of the processes, enrolments in the other.
      const some: Call[] = [confirm, enroll, confirm, confirm];
      const calls = (index: number): Call[] => (index % 2 === round % 2 ? some : some.toReversed());
      const policy = { pendingAttempts: 100, raceRetries: 100 };
      const outcomes = await attack(arena, momentOf(FIRST), calls, policy);
      const enrolled = passedOf<Enrollment>(outcomes).filter((passed) => "uri" in passed);
      const confirmed = passedOf<{ recoveryCodes: string[] }>(outcomes).filter((passed) => "recoveryCodes" in passed);
      expect(Object.keys(tally(outcomes)).filter((name) => !EXPECTED_OF_ENROLMENTS.includes(name))).toEqual([]);

      const { device, pending, recovery } = await stateOf(store, userId);
      expect(confirmed).toHaveLength(device === null ? 0 : 1);
      expect(enrolled.length + confirmed.length).toBeGreaterThan(0);
      if (device) {
        expect(await holdsSecret(userId, device, secret)).toBe(true);
        expect(recovery?.hashes).toHaveLength(10);
        const [code = ""] = confirmed[0]?.recoveryCodes ?? [];
        expect(await at(store, FIRST).verify(userId, code)).toMatchObject({ recoveryCodesLeft: 9 });
      }
      if (pending) {
        const held = enrolled.map((shown) => holdsSecret(userId, pending, shown.secret));
        expect((await Promise.all(held)).filter(Boolean)).toHaveLength(1);
      }
      expect(pending !== null || device !== null).toBe(true);
    }
  },

  "the owner passes by three codes in a row in the middle of a flood": async (arena) => {
    const { store, rounds, processes, racers } = arena;
    const { userId, secret } = await activePerson(store, "flooded");
    const policy = { delayAfter: 10 }; // more of the flood writes, and gets in the way
    for (let round = 0; round < rounds; round++) {
      const counter = FIRST + 5 * round + 2;
      const isRestricted = round % 2 === 1;
      const counts = isRestricted
        ? { failures: 60, outstandingFailures: 300 }
        : { failures: 0, outstandingFailures: 50 };
      await setCounts(store, userId, { ...counts, notBefore: 0 });
      const wrong = wrongCodes(secret, counter, processes * racers);
      const calls = (index: number): Call[] =>
        wrong.slice(index * racers, (index + 1) * racers).map((code) => ["verify", userId, code]);
      const three = [counter - 2, counter - 1, counter].map((each) => codeOf(secret, each));
      const owner: Attempts = { at: momentOf(counter), calls: [["verifyConsecutive", userId, three]], policy };

      const flood = attack(arena, momentOf(counter), calls, policy);
      const tries: string[] = [];
      while (!tries.includes("passed") && tries.length < FEW_TRIES) {
        tries.push(...Object.keys(tally(await ask(arena, round % processes, owner))));
      }
      expect(tries.filter((name) => name !== "busy")).toEqual(["passed"]);

      // Up to twenty of the flood write, so another one of them can lose more races than it may.
      const { "code-rejected": evaluated = 0, ...unseen } = tally(await flood);
      const expected = [isRestricted ? "restricted" : "throttled", "busy"];
      expect(Object.keys(unseen).filter((name) => !expected.includes(name))).toEqual([]);
      // The owner's success lets the flood begin once more, and takes one off what is outstanding.
      expect(evaluated).toBeLessThanOrEqual(isRestricted ? 1 : 20);
      const device = await deviceOf(store, userId);
      expect(device.outstandingFailures).toBe(counts.outstandingFailures + evaluated - 1);
      expect(device.lastCounter).toBe(counter);
      expect(tally(await ask(arena, 0, owner))).toEqual({ "code-rejected": 1 });
    }
  },
};

/** Whoever comes too late for one of them. */
const EXPECTED_OF_ENROLMENTS = ["passed", "superseded", "code-rejected", "already-confirmed"];

/** Calls of all processes at one moment. */
async function attack(
  arena: Arena,
  moment: number,
  callsOf: (index: number) => readonly Call[],
  policy?: Policy,
): Promise<Outcome[]> {
  const each = Array.from({ length: arena.processes }, (_, index) =>
    ask(arena, index, { at: moment, calls: callsOf(index), policy }),
  );
  return (await Promise.all(each)).flat();
}

/** The same call over and over. */
function attackAlike(arena: Arena, moment: number, call: Call, racers: number = arena.racers): Promise<Outcome[]> {
  return attack(arena, moment, () => Array.from({ length: racers }, () => call));
}

function ask({ crowd, mutant }: Arena, index: number, attempts: Attempts): Promise<Outcome[]> {
  return crowd.one(index, "attempt", { ...attempts, mutant });
}

/** How many passed, and how many were refused by each code. What the store said is told with what it rejected. */
function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { refused, cause } of outcomes) {
    const name = [refused ?? "passed", ...(cause === undefined ? [] : [cause])].join(": ");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function passedOf<Value>(outcomes: readonly Outcome[]): Value[] {
  return outcomes.filter(({ refused }) => refused === undefined).map(({ passed }) => passed as Value);
}

/** Servers in this process, for a database that only one process can use. What they are told and say goes through JSON all the same. */
export function crowdInProcess(storeOf: (index: number) => TwoFactorStore): Pick<Crowd, "one"> {
  return {
    one: async <Value>(index: number, _task: string, input?: object) => {
      const told = JSON.parse(JSON.stringify(input)) as Attempts;
      const said = await twoFactorTasks.attempt({ store: storeOf(index) }, told);
      return JSON.parse(JSON.stringify(said)) as Value;
    },
  };
}

/** A small arena in this process. */
export function arenaOf(store: TwoFactorStore, mutant: Mutant = "none"): Arena {
  return { store, crowd: crowdInProcess(() => store), processes: 4, racers: 10, rounds: 2, guesses: 100, mutant };
}
