// Storms of codes that the app sends.
import { expect } from "vitest";

import { type IssuedCode } from "../../../src/two-factor/issued/issued-codes.ts";
import { attack, attackAlike, passedOf, type Storms, tally } from "./arena.ts";
import { activePerson, at, FIRST, setCounts, stateOf } from "./person.ts";
import { type Call, flowOn, momentOf } from "./tasks.js";

const MOST_TRIES = 5;
const MOST_A_DAY = 10;
const RESEND_MILLISECONDS = 60_000;

export const issuedCodeStorms: Storms = {
  "of many submissions of one code that the app sent, one is right": async (arena) => {
    const { store, rounds } = arena;
    for (let round = 0; round < rounds; round++) {
      const [userId, about] = [`mailed ${round}`, { purpose: "mail", request: "login" }];
      const { code } = await at(store, FIRST).issueCode(userId, about);
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["verifyIssuedCode", userId, code, about]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      expect(passedOf(outcomes)).toEqual([{ purpose: "mail" }]);
      expect((await stateOf(store, userId)).issued).toMatchObject([{ count: 1, expiresAt: 0 }]);
    }
  },

  [`of many wrong codes for one that the app sent, ${MOST_TRIES} are looked at, and nothing else is counted`]: async (
    arena,
  ) => {
    const { store, rounds, processes, guesses } = arena;
    for (let round = 0; round < rounds; round += 2) {
      const { userId } = await activePerson(store, `mail is guessed ${round}`);
      const counts = { failures: 2, outstanding: 30, notBefore: 0 };
      await setCounts(store, userId, counts);
      const about = { purpose: "mail", request: "login" };
      const { code } = await at(store, FIRST).issueCode(userId, about);
      const share = Math.ceil(guesses / processes);
      const calls = (index: number): Call[] =>
        Array.from({ length: share }, (_, guess) => {
          const wrong = String((Number(code) + 1 + index * share + guess) % 1e8).padStart(8, "0");
          return ["verifyIssuedCode", userId, wrong, about];
        });
      const outcomes = await attack(arena, momentOf(FIRST), calls, undefined, true);
      expect(tally(outcomes)).toEqual({ "code-rejected": outcomes.length });
      const told = outcomes.flatMap((outcome) => outcome.told ?? []);
      expect(told.filter((event) => event === "issued-code-refused wrong")).toHaveLength(MOST_TRIES);
      expect(told.filter((event) => event === "issued-code-refused not-issued")).toHaveLength(
        outcomes.length - MOST_TRIES,
      );
      const state = await stateOf(store, userId);
      expect(state).toMatchObject({ ...counts, issued: [{ tries: MOST_TRIES }] });
      const late = await attackAlike(arena, momentOf(FIRST), ["verifyIssuedCode", userId, code, about], 1);
      expect(tally(late)).toEqual({ "code-rejected": late.length });
    }
  },

  "of many codes for one request, there is one, sent again no sooner than it may be": async (arena) => {
    const { store, rounds } = arena;
    for (let round = 0; round < rounds; round++) {
      const [userId, about] = [`asks for mail ${round}`, { purpose: "mail", request: "login" }];
      const codes: string[] = [];
      let moment = momentOf(FIRST);
      for (let times = 0; times < 3; times++) {
        const outcomes = await attackAlike(arena, moment, ["issueCode", userId, about]);
        expect(tally(outcomes)).toEqual({ passed: 1, throttled: outcomes.length - 1 });
        codes.push(...passedOf<IssuedCode>(outcomes).map(({ code }) => code));
        moment += RESEND_MILLISECONDS;
      }
      expect(new Set(codes).size).toBe(1);
      expect((await stateOf(store, userId)).issued).toMatchObject([{ count: 1 }]);
      const flow = flowOn(store, () => moment);
      expect(await flow.verifyIssuedCode(userId, codes[0] ?? "", about)).toEqual({ purpose: "mail" });
    }
  },

  [`of many codes for different requests, ${MOST_A_DAY} are made, and one is good`]: async (arena) => {
    const { store, rounds, racers } = arena;
    for (let round = 0; round < rounds; round++) {
      const userId = `asks for much mail ${round}`;
      const aboutOf = (index: number, racer: number): { purpose: string; request: string } => ({
        purpose: "mail",
        request: `${index} ${racer}`,
      });
      const calls = (index: number): Call[] =>
        Array.from({ length: racers }, (_, racer) => ["issueCode", userId, aboutOf(index, racer)]);
      const outcomes = await attack(arena, momentOf(FIRST), calls, { raceRetries: 100 });
      expect(tally(outcomes)).toEqual({ passed: MOST_A_DAY, throttled: outcomes.length - MOST_A_DAY });
      expect((await stateOf(store, userId)).issued).toMatchObject([{ count: MOST_A_DAY }]);
      const made = outcomes.flatMap(({ passed }, place) => {
        const code = (passed as IssuedCode | undefined)?.code;
        return code === undefined ? [] : [{ code, about: aboutOf(Math.floor(place / racers), place % racers) }];
      });
      const submitted = await attack(arena, momentOf(FIRST), (index) =>
        made.map(({ code, about }): Call => ["verifyIssuedCode", userId, code, about]).slice(index % 2),
      );
      expect(tally(submitted)["passed"]).toBe(1);
      expect((await stateOf(store, userId)).issued).toMatchObject([{ count: MOST_A_DAY, expiresAt: 0 }]);
    }
  },
};
