// Storms of recovery codes: each passes once.
import { expect } from "vitest";

import { type Passed } from "../../../src/two-factor/passing.ts";
import { attack, attackAlike, passedOf, type Storms, tally } from "./arena.ts";
import { activePerson, at, FIRST, stateOf } from "./person.ts";
import { type Call, momentOf } from "./tasks.js";

export const recoveryStorms: Storms = {
  "of many submissions of one recovery code, one passes": async (arena) => {
    const { store, rounds } = arena;
    const { userId } = await activePerson(store, "one recovery code");
    for (let round = 0; round < rounds; round++) {
      const [code = ""] = (await at(store, FIRST).renewRecoveryCodes(userId)).recoveryCodes;
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["verify", userId, code]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      expect(passedOf(outcomes)).toMatchObject([{ method: "recovery-code", deviceId: null, recoveryCodesLeft: 9 }]);
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

  "of many submissions of a recovery code from support, one passes": async (arena) => {
    const { store, rounds } = arena;
    const { userId } = await activePerson(store, "from support");
    for (let round = 0; round < rounds; round++) {
      const { recoveryCode: code } = await at(store, FIRST).issueRecoveryCode(userId, { hours: 1 });
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["verify", userId, code]);
      expect(tally(outcomes)).toEqual({ passed: 1, "code-rejected": outcomes.length - 1 });
      expect(passedOf(outcomes)).toMatchObject([{ method: "recovery-code", recoveryCodesLeft: 10 }]);
      const { recovery } = await stateOf(store, userId);
      expect([recovery?.hashes.length, recovery?.issued]).toEqual([10, null]);
    }
  },

  "of many recovery codes that support makes at once, the last one passes": async (arena) => {
    const { store, rounds } = arena;
    const { userId } = await activePerson(store, "from all of support");
    const policy = { raceRetries: 100 };
    for (let round = 0; round < rounds; round++) {
      const issue: Call = ["issueRecoveryCode", userId, { hours: 1 }];
      const outcomes = await attack(arena, momentOf(FIRST), () => [issue, issue], policy);
      expect(tally(outcomes)).toEqual({ passed: outcomes.length });
      const codes = passedOf<{ recoveryCode: string }>(outcomes).map(({ recoveryCode }) => recoveryCode);
      const submitted = await attack(arena, momentOf(FIRST), () => codes.map((code): Call => ["verify", userId, code]));
      expect(tally(submitted)).toEqual({ passed: 1, "code-rejected": submitted.length - 1 });
    }
  },
};
