// The world of tests: one run is like another, and refusals are read.
import { afterEach, beforeEach, expect, vi } from "vitest";

import { TwoFactorError, type TwoFactorStore } from "../../src/two-factor/index.ts";
import { sameBytesEachTime, type World } from "./in-memory.ts";

export { codeOf, KEY, memoryStore, type MemoryStore, OTHER_KEY, START, World, type Writable } from "./in-memory.ts";

beforeEach(() => {
  vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation(sameBytesEachTime());
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The error that a call rejects with, which must be one of the flow. */
export async function refusal(call: Promise<unknown>): Promise<TwoFactorError> {
  const outcome: unknown = await call.then(
    (value: unknown) => ({ resolved: value }),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(TwoFactorError);
  return outcome as TwoFactorError;
}

export async function codeOfRefusal(call: Promise<unknown>): Promise<string> {
  return (await refusal(call)).code;
}

/** The world's store, where something else happens after the first reading. */
export function overtaken({ store }: World, act: () => Promise<unknown>): TwoFactorStore {
  let isFirst = true;
  return {
    async read(userId) {
      const record = await store.read(userId);
      if (isFirst) await act();
      isFirst = false;
      return record;
    },
    compareAndSet: (...change) => store.compareAndSet(...change),
  };
}
