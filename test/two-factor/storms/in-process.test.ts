// The storms in one process: over memory, and over stores with a fault, which must fail.
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { memoryStore } from "../../../src/stores/memory.ts";
import { type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { type Mutant } from "./mutants.js";
import { type Arena, arenaOf, crowdInProcess } from "./arena.ts";
import { storms } from "./storms.ts";

const all = Object.entries(storms);

/**
 * The way to the store takes longer at one time than at another, so all that can meet meets sooner
 * or later. It ends with the first failure.
 */
function unevenArenaOf(store: TwoFactorStore, mutant: Mutant): Arena {
  let calls = 0;
  const crowd = crowdInProcess(() => ({
    read: async (userId) => {
      await sleep((calls++ * 7) % 16);
      return store.read(userId);
    },
    compareAndSet: (...change) => store.compareAndSet(...change),
  }));
  return { ...arenaOf(store, mutant), crowd, rounds: 500 };
}

describe("in memory", () => {
  it.each(all)("%s", (_, storm) => storm(arenaOf(memoryStore())));
});

describe.each(["looks, then writes", "never compares"] as const)("a store that %s fails", (mutant) => {
  it.each(all)("%s", async (_, storm) => {
    await expect(storm(unevenArenaOf(memoryStore(), mutant))).rejects.toThrow(/expected .* to /);
  });
});
