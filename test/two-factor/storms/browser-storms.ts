// Storms of browser tokens: a browser has one line of them.
import { expect } from "vitest";

import { type RecognizedBrowser } from "../../../src/two-factor/browsers/recognizing.ts";
import { type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { type Passed } from "../../../src/two-factor/passing.ts";
import { type Browser } from "../../../src/two-factor/state/state.ts";
import { type Arena, attack, attackAlike, passedOf, type Storms, tally } from "./arena.ts";
import { activePerson, at, deviceOf, FIRST, type Person, stateOf } from "./person.ts";
import { BINDING, type Call, codeOf, flowOn, momentOf } from "./tasks.js";

/** For so long a token may have been overtaken. */
const OVERTAKING_MILLISECONDS = 60_000;
const REMEMBERED = { binding: BINDING };

export const browserStorms: Storms = {
  "of many presentations of one browser token, all get the same next one": async (arena) => {
    const { store, rounds, racers, processes } = arena;
    const person = await activePerson(store, "one browser");
    const { userId } = person;
    let [token] = await tokensOf(store, person, FIRST, 1);
    for (let round = 1; round <= rounds; round++) {
      const counter = FIRST + round;
      const present = presenting(userId, token);
      const recognized = await comeWithLogin(arena, momentOf(counter), person, counter, [present]);
      expect(recognized).toHaveLength((racers - 1) * processes);
      const next = new Set(recognized.map((each) => each.token));
      expect(next.size).toBe(1);
      expect(await browsersOf(store, userId)).toMatchObject([{ generation: round + 1 }]);
      // And so once more, as if the answer had been lost.
      const again = await attackAlike(arena, momentOf(counter), present, 1);
      expect(passedOf<RecognizedBrowser>(again).map((each) => each.token)).toEqual(again.map(() => [...next][0]));
      expect(await browsersOf(store, userId)).toMatchObject([{ generation: round + 1 }]);
      [token] = next;
    }
  },

  "of a stolen token and the present one, no branch is left": async (arena) => {
    const { store, rounds } = arena;
    const person = await activePerson(store, "stolen from", 10 * rounds + 10);
    const { userId } = person;
    for (let round = 0; round < rounds; round++) {
      // Two tokens before the present one it might have been overtaken, but not for so long.
      const [age, wait] = round % 2 === 0 ? [3, 0] : [2, OVERTAKING_MILLISECONDS + 1000];
      const counter = FIRST + 10 * round;
      const moment = momentOf(counter) + wait;
      const tokens = await tokensOf(store, person, counter, 5);
      const [present, stolen] = [tokens[4], tokens[4 - age]];
      const some = [presenting(userId, stolen), ...Array.from({ length: 3 }, () => presenting(userId, present))];
      const recognized = await comeWithLogin(arena, moment, person, counter + 1, some);
      const next = new Set(recognized.map(({ token }) => token));
      expect(next.size).toBeLessThanOrEqual(1);
      // Whoever came first: the browser is forgotten, and neither line goes on.
      expect(await browsersOf(store, userId)).toEqual([]);
      const all = [...tokens, ...next].map((token) => presenting(userId, token));
      const again = await attack(arena, moment, () => all);
      expect(tally(again)).toEqual({ "browser-unknown": again.length });
    }
  },

  "of two lines that begin with one copied token, one is left, and then none": async (arena) => {
    const { store, rounds } = arena;
    const person = await activePerson(store, "copied from", 10 * rounds + 10);
    const { userId } = person;
    for (let round = 0; round < rounds; round++) {
      const counter = FIRST + 10 * round;
      const [, , copied] = await tokensOf(store, person, counter, 3);
      const first = await attackAlike(arena, momentOf(counter), presenting(userId, copied));
      const [{ token } = { token: undefined }] = passedOf<RecognizedBrowser>(first);
      // One of the two goes on, while the other still comes with what was copied.
      const later = momentOf(counter) + OVERTAKING_MILLISECONDS + 1000;
      const both = [presenting(userId, token), presenting(userId, copied)];
      const recognized = await comeWithLogin(arena, later, person, counter + 2, both);
      expect(new Set(recognized.map((each) => each.token)).size).toBeLessThanOrEqual(2);
      expect(await browsersOf(store, userId)).toMatchObject([{ generation: 5 }]);
      const latest = later + OVERTAKING_MILLISECONDS + 1000;
      const third = await attackAlike(arena, latest, presenting(userId, copied), 1);
      expect(tally(third)).toEqual({ "browser-unknown": third.length });
      expect(await browsersOf(store, userId)).toEqual([]);
    }
  },

  "of all browsers that are forgotten while they come, none stays": async (arena) => {
    const { store, rounds, racers } = arena;
    const person = await activePerson(store, "forgets", 10 * rounds + 10);
    const { userId } = person;
    for (let round = 0; round < rounds; round++) {
      const counter = FIRST + 10 * round;
      const [, , token] = await tokensOf(store, person, counter, 3);
      const present = presenting(userId, token);
      const presents = Array.from({ length: racers - 1 }, () => present);
      const forget: Call = round % 2 === 0 ? ["forgetBrowsers", userId] : ["unlock", userId];
      // Once: a second one would forget what a lost commit of the first has left.
      const calls = (index: number): Call[] => (index === round % arena.processes ? [forget, ...presents] : presents);
      const outcomes = await attack(arena, momentOf(counter), calls, { raceRetries: 100 });
      expect(Object.keys(tally(outcomes)).filter((name) => name !== "passed" && name !== "browser-unknown")).toEqual(
        [],
      );
      expect(await browsersOf(store, userId)).toEqual([]);
      const again = await attackAlike(arena, momentOf(counter), present, 1);
      expect(tally(again)).toEqual({ "browser-unknown": again.length });
    }
  },
};

function presenting(userId: string, token: string | undefined): Call {
  return ["recognizeBrowser", userId, token, REMEMBERED];
}

/**
 * Some calls over and over, while the person logs in elsewhere, which must not be lost. What was
 * recognized.
 */
async function comeWithLogin(
  arena: Arena,
  moment: number,
  { userId, secret }: Person,
  counter: number,
  some: readonly Call[],
): Promise<RecognizedBrowser[]> {
  const { store, racers, processes } = arena;
  const login: Call = ["verify", userId, codeOf(secret, counter)];
  const presents = (index: number): Call[] =>
    Array.from({ length: racers - 1 }, (_, racer) => some[(racer + index) % some.length] ?? login);
  const calls = (index: number): Call[] =>
    index % 2 === counter % 2 ? [...presents(index), login] : [login, ...presents(index)];
  const outcomes = await attack(arena, moment, calls);
  const { passed = 0, "browser-unknown": unknown = 0, ...others } = tally(outcomes);
  expect(others).toEqual({ "code-rejected": processes - 1 });
  expect(passed + unknown).toBe(outcomes.length - processes + 1);
  const all = passedOf<Partial<RecognizedBrowser> & Partial<Passed>>(outcomes);
  expect(all.filter(({ method }) => method === "code")).toHaveLength(1);
  expect((await deviceOf(store, userId)).lastCounter).toBe(counter);
  return all.filter(({ token }) => token !== undefined) as RecognizedBrowser[];
}

/** So many tokens of a browser that is remembered from now on, one after the other. */
async function tokensOf(
  store: TwoFactorStore,
  { userId, secret }: Person,
  counter: number,
  many: number,
): Promise<(string | undefined)[]> {
  const flow = flowOn(store, () => momentOf(counter));
  const passed = await at(store, counter).verify(userId, codeOf(secret, counter), { remember: REMEMBERED });
  const tokens = [passed.browser?.token];
  while (tokens.length < many) tokens.push((await flow.recognizeBrowser(userId, tokens.at(-1), REMEMBERED)).token);
  return tokens;
}

async function browsersOf(store: TwoFactorStore, userId: string): Promise<readonly Browser[]> {
  return (await stateOf(store, userId)).browsers;
}
