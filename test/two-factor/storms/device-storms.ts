// Storms of enrollments: what was shown is what is stored, and there are never too many devices.
import { expect } from "vitest";

import { encodeBase32 } from "../../../src/index.ts";
import { type Enrollment } from "../../../src/two-factor/devices/enrollment.ts";
import { attack, attackAlike, passedOf, type Storms, tally } from "./arena.ts";
import { activePerson, at, FIRST, holdsSecret, pendingPerson, stateOf } from "./person.ts";
import { type Call, codeOf, momentOf } from "./tasks.js";

/** Whoever comes too late for one of them. */
const EXPECTED_OF_ENROLLMENTS = ["passed", "superseded", "code-rejected", "already-confirmed"];
const MOST_DEVICES = 5;

export const deviceStorms: Storms = {
  "of many confirmations by one code, one shows recovery codes, and they are the ones that count": async (arena) => {
    const { store, rounds } = arena;
    for (let round = 0; round < rounds; round++) {
      const { userId, deviceId, secret } = await pendingPerson(store, `confirms ${round}`);
      const code = codeOf(secret, FIRST);
      const outcomes = await attackAlike(arena, momentOf(FIRST), ["confirm", userId, code, { deviceId }]);
      expect(tally(outcomes)).toEqual({ passed: 1, "already-confirmed": outcomes.length - 1 });
      const [{ recoveryCodes } = { recoveryCodes: [] }] = passedOf<{ recoveryCodes: string[] }>(outcomes);
      expect(recoveryCodes).toHaveLength(10);
      const again = await attackAlike(arena, momentOf(FIRST), ["verify", userId, code], 1);
      expect(tally(again)).toEqual({ "code-rejected": again.length });
      expect(await at(store, FIRST).verify(userId, recoveryCodes[9] ?? "")).toMatchObject({ recoveryCodesLeft: 9 });
      expect(await at(store, FIRST).verify(userId, codeOf(secret, FIRST + 1))).toMatchObject({ method: "code" });
    }
  },

  "enrollments against confirmations: what was shown is what is stored": async (arena) => {
    const { store, rounds } = arena;
    for (let round = 0; round < rounds; round++) {
      const { userId, deviceId, secret } = await pendingPerson(store, `enrolls ${round}`);
      const enroll: Call = ["enroll", userId, { accountName: userId, replace: true }];
      const confirm: Call = ["confirm", userId, codeOf(secret, FIRST), { deviceId }];
      // Confirmations of the first secret come first in one half of the processes, enrollments in
      // the other.
      const some: Call[] = [confirm, enroll, confirm, confirm];
      const calls = (index: number): Call[] => (index % 2 === round % 2 ? some : some.toReversed());
      const policy = { pendingAttempts: 100, raceRetries: 100 };
      const outcomes = await attack(arena, momentOf(FIRST), calls, policy);
      const enrolled = passedOf<Enrollment>(outcomes).filter((passed) => "uri" in passed);
      const confirmed = passedOf<{ recoveryCodes: string[] }>(outcomes).filter((passed) => "recoveryCodes" in passed);
      expect(Object.keys(tally(outcomes)).filter((name) => !EXPECTED_OF_ENROLLMENTS.includes(name))).toEqual([]);

      const state = await stateOf(store, userId);
      const { devices, pending, recovery } = state;
      expect(confirmed).toHaveLength(devices.length);
      expect(enrolled.length + confirmed.length).toBeGreaterThan(0);
      if (confirmed[0]) {
        expect(await holdsSecret(userId, state, deviceId, secret)).toBe(true);
        expect(recovery?.hashes).toHaveLength(10);
        const [code = ""] = confirmed[0].recoveryCodes;
        expect(await at(store, FIRST).verify(userId, code)).toMatchObject({ recoveryCodesLeft: 9 });
      }
      if (pending) {
        const held = enrolled.map((shown) => holdsSecret(userId, state, pending.id, shown.secret));
        expect((await Promise.all(held)).filter(Boolean)).toHaveLength(1);
        expect(enrolled.map((shown) => shown.deviceId)).toContain(pending.id);
      }
      expect(pending !== null || devices.length > 0).toBe(true);
    }
  },

  "of many devices that are added at once, as many are as there may be, each with its own secret": async (arena) => {
    const { store, rounds, racers } = arena;
    for (let round = 0; round < rounds; round++) {
      const { userId, deviceId, secret } = await activePerson(store, `adds ${round}`);
      const secrets = new Map<string, string>();
      const calls = (index: number): Call[] =>
        Array.from({ length: racers }, (_, racer) => {
          const imported = encodeBase32(crypto.getRandomValues(new Uint8Array(20)));
          secrets.set(`${index} ${racer}`, imported);
          return ["importDevice", userId, { secret: imported, name: `${index} ${racer}`, add: true }];
        });
      const outcomes = await attack(arena, momentOf(FIRST), calls);
      const added = MOST_DEVICES - 1;
      expect(tally(outcomes)).toEqual({ passed: added, "too-many-devices": outcomes.length - added });
      const state = await stateOf(store, userId);
      const shown = passedOf<{ deviceId: string }>(outcomes).map((passed) => passed.deviceId);
      expect(state.devices.map(({ id }) => id).toSorted()).toEqual([deviceId, ...shown].toSorted());
      expect(await holdsSecret(userId, state, deviceId, secret)).toBe(true);
      for (const { id, name } of state.devices.slice(1)) {
        expect(await holdsSecret(userId, state, id, secrets.get(name ?? "") ?? "")).toBe(true);
      }
    }
  },

  "of a confirmation and an import for the last place, one gets it": async (arena) => {
    const { store, rounds, racers } = arena;
    const policy = { maxDevices: 2 };
    for (let round = 0; round < rounds; round++) {
      const { userId, recoveryCodes } = await activePerson(store, `last place ${round}`);
      const begun = await attackAlike(arena, momentOf(FIRST), ["enroll", userId, { accountName: userId, add: true }]);
      expect(Object.keys(tally(begun)).filter((name) => name !== "passed" && name !== "superseded")).toEqual([]);
      const before = await stateOf(store, userId);
      const enrolled = passedOf<Enrollment>(begun).filter((shown) => shown.deviceId === before.pending?.id);
      expect(enrolled).toHaveLength(1);
      const [{ deviceId, secret } = { deviceId: "", secret: "" }] = enrolled;
      expect(await holdsSecret(userId, before, deviceId, secret)).toBe(true);

      const imported = encodeBase32(crypto.getRandomValues(new Uint8Array(20)));
      const confirm: Call = ["confirm", userId, codeOf(secret, FIRST), { deviceId }];
      const some = Array.from({ length: racers }, (_, racer): Call =>
        racer % 2 === 0 ? confirm : ["importDevice", userId, { secret: imported, add: true }],
      );
      const calls = (index: number): Call[] => (index % 2 === round % 2 ? some : some.toReversed());
      const outcomes = await attack(arena, momentOf(FIRST), calls, policy);
      const { passed, ...others } = tally(outcomes);
      expect(passed).toBe(1);
      const expected = ["already-confirmed", "too-many-devices"];
      expect(Object.keys(others).filter((name) => !expected.includes(name))).toEqual([]);
      const state = await stateOf(store, userId);
      expect(state.devices).toHaveLength(2);
      const [joined] = passedOf<{ deviceId: string; recoveryCodes?: string[] }>(outcomes);
      expect(state.devices[1]?.id).toBe(joined?.deviceId);
      const isConfirmed = joined?.deviceId === deviceId;
      expect(await holdsSecret(userId, state, joined?.deviceId ?? "", isConfirmed ? secret : imported)).toBe(true);
      // Beside others, nothing is shown: the recovery codes of the first device are as good as
      // before.
      expect(joined?.recoveryCodes).toEqual(isConfirmed ? [] : undefined);
      const code = recoveryCodes[round % recoveryCodes.length] ?? "";
      expect(await at(store, FIRST).verify(userId, code)).toMatchObject({ recoveryCodesLeft: 9 });
    }
  },
};
