import { describe, expect, it } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import { memoryStore } from "../../src/stores/memory.ts";

describe("conformance", () => {
  const skipped: string[] = [];
  storeConformance(memoryStore, { test: it, skip: (name) => skipped.push(name) });

  it("asks for what memory has not: a connection", () => {
    expect(skipped).toEqual([
      "a failing connection rejects (SKIPPED: there is no brokenStore)",
      "a committed write is seen by a second connection (SKIPPED: there is no secondConnection)",
    ]);
  });
});

it("two stores have nothing in common", async () => {
  const [one, other] = [memoryStore(), memoryStore()];
  expect(await one.compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
  expect(await other.read("alice")).toBeUndefined();
});

it("nothing to nothing is true where there is nothing", async () => {
  const store = memoryStore();
  expect(await store.compareAndSet("alice", undefined, undefined)).toBe(true);
  expect(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
  expect(await store.compareAndSet("alice", undefined, undefined)).toBe(false);
  expect(await store.read("alice")).toEqual({ revision: "1", body: "{}" });
});
