import { describe, expect, it } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import { memoryStore } from "../../src/stores/memory.ts";

describe("conformance of memory", () => {
  const skipped: string[] = [];
  storeConformance(memoryStore, { test: it, skip: (name) => skipped.push(name) });

  it("does not cover what memory does not have: a connection", () => {
    expect(skipped).toEqual([
      "a failing connection rejects (SKIPPED: no brokenStore)",
      "a committed write is seen by a second connection (SKIPPED: no secondConnection)",
    ]);
  });
});

it("two memory stores have nothing in common", async () => {
  const [one, other] = [memoryStore(), memoryStore()];
  expect(await one.compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
  expect(await other.read("alice")).toBeUndefined();
});

it("a memory store answers true to a change from nothing to nothing where there is nothing", async () => {
  const store = memoryStore();
  expect(await store.compareAndSet("alice", undefined, undefined)).toBe(true);
  expect(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
  expect(await store.compareAndSet("alice", undefined, undefined)).toBe(false);
  expect(await store.read("alice")).toEqual({ revision: "1", body: "{}" });
});
