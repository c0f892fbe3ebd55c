// Storms of codes: each passes once, and each guess is counted once.
import { expect } from "vitest";

import { attack, attackAlike, ask, type Storms, tally } from "./arena.ts";
import { activePerson, at, deviceOf, FIRST, HOTP_FIRST, otherSecret, setCounts, stateOf } from "./person.ts";
import { type Attempts, type Call, codeOf, momentOf, wrongCodes } from "./tasks.js";

/**
 * RFC 4226 §7.3 by the default policy: the fourth failure in a row starts the delay, and is the
 * last looked at.
 */
const FREE_GUESSES = 3;
/**
 * How many chances a guess has with one time-based device, by the default policy. A success takes
 * as many off.
 */
const WINDOW = 3;
/** As often somebody submits again what was `busy`. */
const FEW_TRIES = 3;

export const codeStorms: Storms = {
  "of many submissions of one right code, one passes": async (arena) => {
    const { store, rounds } = arena;
    const { userId, secret } = await activePerson(store, "one code");
    for (let counter = FIRST; counter < FIRST + rounds; counter++) {
      const outcomes = await attackAlike(arena, momentOf(counter), ["verify", userId, codeOf(secret, counter)]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      expect((await deviceOf(store, userId)).lastCounter).toBe(counter);
      expect(await stateOf(store, userId)).toMatchObject({ failures: 0, outstanding: 0 });
    }
  },

  "of many submissions of one counter-based code, one passes": async (arena) => {
    const { store, rounds } = arena;
    const person = await activePerson(store, "one counter");
    const { userId } = person;
    const secret = otherSecret(person, HOTP_FIRST, rounds);
    const hotp = { secret, type: "hotp", counter: HOTP_FIRST, add: true } as const;
    const { deviceId } = await at(store, FIRST).importDevice(userId, hotp);
    for (let counter = HOTP_FIRST; counter < HOTP_FIRST + rounds; counter++) {
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["verify", userId, codeOf(secret, counter)]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      const { devices, failures, outstanding } = await stateOf(store, userId);
      expect(devices.find(({ id }) => id === deviceId)?.lastCounter).toBe(counter);
      expect({ failures, outstanding }).toEqual({ failures: 0, outstanding: 0 });
    }
  },

  "of many submissions of the codes of two devices, each passes once, and wrong ones count for both": async (arena) => {
    const { store, rounds, processes, racers } = arena;
    for (let round = 0; round < rounds; round++) {
      const person = await activePerson(store, `two devices ${round}`);
      const { userId } = person;
      const secret = otherSecret(person, FIRST - 5, 10);
      const { deviceId } = await at(store, FIRST).importDevice(userId, { secret, add: true });
      await setCounts(store, userId, { outstanding: 100 });
      const near = [person.secret, secret].map((each) => new Set(wrongCodes(each, FIRST, 20)));
      const wrong = Array.from(near[0] ?? []).filter((code) => near[1]?.has(code));
      const right = [
        ["verify", userId, codeOf(person.secret, FIRST)],
        ["verify", userId, codeOf(secret, FIRST), { deviceId }],
      ] as const;
      // So few wrong ones that no delay begins.
      const calls = (index: number): Call[] => {
        const alternating = Array.from(
          { length: racers - 1 },
          (_, racer): Call => right[(racer + index) % 2] ?? right[0],
        );
        const guess: Call[] = index < FREE_GUESSES ? [["verify", userId, wrong[index]]] : [];
        return round % 2 === 0 ? [...guess, ...alternating] : [...alternating, ...guess];
      };
      const guesses = Math.min(processes, FREE_GUESSES);
      const outcomes = await attack(arena, momentOf(FIRST), calls);
      expect(tally(outcomes)).toEqual({ passed: 2, "code-rejected": outcomes.length - 2 });
      const { devices, failures, outstanding } = await stateOf(store, userId);
      expect(devices.map(({ lastCounter }) => lastCounter)).toEqual([FIRST, FIRST]);
      expect(outstanding).toBe(100 + 2 * WINDOW * guesses - 2 * WINDOW);
      expect(failures).toBeLessThanOrEqual(guesses);
      const again = await attack(arena, momentOf(FIRST), () => [...right]);
      expect(tally(again)).toEqual({ "code-rejected": again.length });
    }
  },

  [`of many wrong codes at once, ${FREE_GUESSES + 1} are looked at, and counted`]: async (arena) => {
    const { store, rounds, processes, guesses } = arena;
    for (let round = 0; round < rounds; round += 2) {
      const { userId, secret } = await activePerson(store, `guessed at ${round}`);
      const wrong = wrongCodes(secret, FIRST, guesses);
      const share = Math.ceil(guesses / processes);
      const calls = (index: number): Call[] =>
        wrong.slice(index * share, (index + 1) * share).map((code) => ["verify", userId, code]);
      let [moment, failures] = [momentOf(FIRST), FREE_GUESSES + 1];
      for (const evaluated of [FREE_GUESSES + 1, 1, 1]) {
        const outcomes = await attack(arena, moment, calls);
        expect(tally(outcomes)).toEqual({ "code-rejected": evaluated, throttled: guesses - evaluated });
        const notBefore = moment + 1000 * 2 ** (failures - FREE_GUESSES - 1);
        const outstanding = WINDOW * failures;
        expect(await stateOf(store, userId)).toMatchObject({ failures, outstanding, notBefore });
        [moment, failures] = [notBefore, failures + 1];
      }
    }
  },

  "of guesses while somebody unlocks, no more are looked at than may be outstanding": async (arena) => {
    const { store, rounds, processes } = arena;
    const policy = { restrictAfter: 30, raceRetries: 100 };
    const most = policy.restrictAfter / WINDOW;
    for (let round = 0; round < rounds; round += 2) {
      const { userId, secret } = await activePerson(store, `unlocked ${round}`);
      const wrong = wrongCodes(secret, FIRST, 4 * processes);
      const calls = (index: number): Call[] => {
        const guesses = wrong.slice(4 * index, 4 * index + 4).map((code): Call => ["verify", userId, code]);
        return [...guesses, ["unlock", userId], ...guesses, ["unlock", userId]];
      };
      let evaluated = 0;
      for (const wave of [0, 1, 2, 3]) {
        const counts = tally(await attack(arena, momentOf(FIRST), calls, policy));
        const { passed, "code-rejected": rejected = 0, throttled = 0, restricted = 0, ...others } = counts;
        evaluated += rejected;
        expect([passed, others], `wave ${wave}`).toEqual([2 * processes, {}]);
        expect(rejected + throttled + restricted).toBe(8 * processes);
        expect((await stateOf(store, userId)).outstanding).toBe(WINDOW * evaluated);
        expect(evaluated).toBeLessThanOrEqual(most);
      }
      // A last unlocking has ended every delay, but no more is looked at.
      expect(evaluated).toBe(most);
    }
  },

  "the owner passes by three codes in a row in the middle of a flood": async (arena) => {
    const { store, rounds, processes, racers } = arena;
    const { userId, secret } = await activePerson(store, "flooded");
    const policy = { delayAfter: 10 }; // more of the flood writes, and gets in the way
    for (let round = 0; round < rounds; round++) {
      const counter = FIRST + 5 * round + 2;
      const isRestricted = round % 2 === 1;
      const counts = isRestricted ? { failures: 60, outstanding: 900 } : { failures: 0, outstanding: 50 * WINDOW };
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
      // The owner's success lets the flood begin once more, and takes as many chances off as a
      // failure adds.
      expect(evaluated).toBeLessThanOrEqual(isRestricted ? 1 : 20);
      expect((await stateOf(store, userId)).outstanding).toBe(counts.outstanding + WINDOW * (evaluated - 1));
      expect((await deviceOf(store, userId)).lastCounter).toBe(counter);
      expect(tally(await ask(arena, 0, owner))).toEqual({ "code-rejected": 1 });
    }
  },
};
