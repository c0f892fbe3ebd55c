// The world of tests: one run is like another, and refusals are read.
import { afterEach, beforeEach, expect, vi } from "vitest";

import { TwoFactorError } from "../../src/two-factor/index.ts";
import { sameBytesEachTime } from "./in-memory.ts";

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
