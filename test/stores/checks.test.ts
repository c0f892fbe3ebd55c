// What the stores share, and what a case of their suite says if it fails.
import { describe, expect, it } from "vitest";

import { memoryStore } from "../../src/stores/memory.ts";
import { isOne, quoteTable, toRecord } from "../../src/stores/shared.ts";
import { brief, briefly, rejects, shown, stored } from "../../src/stores/suite/checks.ts";
import { type TwoFactorRecord } from "../../src/two-factor/store.ts";

const TABLE = "table must be 1 to 63 ASCII letters, digits and _, no digit first";
const ANSWER = "unexpected answer from the database driver; is this the driver the store expects?";

describe("the name of a table", () => {
  it("is quoted, part by part", () => {
    expect(quoteTable("t", 1)).toBe('"t"');
    expect(quoteTable("s.t", 2, "`")).toBe("`s`.`t`");
  });

  it.each([
    ["s.t", 1, TABLE],
    ["1", 1, TABLE],
    [5, 1, TABLE],
    ["s.1", 2, `${TABLE}, after an optional schema and dot`],
    ["1.t", 2, `${TABLE}, after an optional schema and dot`],
    ["a.b.c", 2, `${TABLE}, after an optional schema and dot`],
  ] as const)("is refused: %s of at most %i parts", (table, mostParts, message) => {
    expect(() => quoteTable(table, mostParts)).toThrow(new RegExp(`^${message}$`));
  });
});

describe("the answer of a driver", () => {
  it("says whether one row was changed, as a number or a bigint", () => {
    expect([0, 1, 0n, 1n].map(isOne)).toEqual([false, true, false, true]);
    for (const changes of [2, 2n, -1, "1", true, undefined, null])
      expect(() => isOne(changes)).toThrow(new Error(ANSWER));
  });

  it("is a row of texts, or none", () => {
    expect([undefined, null].map(toRecord)).toEqual([undefined, undefined]);
    for (const row of [{}, [], { revision: "1" }, { revision: 1, body: "{}" }]) {
      expect(() => toRecord(row)).toThrow(new Error(ANSWER));
    }
  });
});

describe("a failed case of the suite says", () => {
  it.each([
    [5n, "5n"],
    [{}, "an object"],
    [null, "null"],
    ["a", '"a"'],
    ["a".repeat(58), `"${"a".repeat(58)}"`],
    ["a".repeat(59), `"${"a".repeat(59)}… (61 characters)`],
  ])("of %o: %s", (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it.each([
    [undefined, { revision: "1", body: "{}" }, 'the record x should be undefined, but is "a record"'],
    [undefined, null, "the record x should be undefined, but is null"],
    [undefined, "text", 'the record x should be undefined, but is "text"'],
    [{ revision: "1", body: "ab" }, undefined, 'the revision x should be "1", but is undefined'],
    [
      { revision: "1", body: "ab" },
      { revision: "1", body: "acd" },
      "the body x should be the 2 characters that were written, but is 3 characters, different from character 1",
    ],
    [
      { revision: "1", body: "ab" },
      { revision: "1", body: 5 },
      "the body x should be the 2 characters that were written, but is number, different from character 0",
    ],
  ])("that it read something else than %o: %o", async (record, read, message) => {
    const store = { ...memoryStore(), read: () => Promise.resolve(read as TwoFactorRecord) };
    await expect(stored(store, "alice", record, "x")).rejects.toThrow(new RegExp(`^${message}$`));
  });

  it("what came instead of a rejection", async () => {
    await expect(rejects(() => Promise.resolve(5), "read")).rejects.toThrow(
      /^read on a failing connection must reject, but gave 5$/,
    );
  });

  it("which call of a store rejected", async () => {
    const store = briefly({ ...memoryStore(), read: () => Promise.reject(new Error("gone")) }, new Set());
    await expect(store.read("alice")).rejects.toThrow(/^read rejected with gone$/);
  });

  it("an error on one line, without bodies, and of a long one both ends", () => {
    const bodies = new Set(["{}", "[1,2]"]);
    expect(brief(new Error('no  "{}"\n  and [1,2]'), bodies)).toBe('no "{}" and (the body)');
    expect(brief(Object.assign(new TypeError("x"), { code: "E_X" }))).toBe("TypeError E_X: x");
    expect(brief(Object.assign(new TypeError("x"), { code: 5 }))).toBe("TypeError: x");
    expect(brief(new Error("x".repeat(400)))).toBe("x".repeat(400));
    expect(brief(new Error(`a${"x".repeat(399)}b`))).toBe(`a${"x".repeat(199)} … ${"x".repeat(199)}b`);
    const endless = new Error("x");
    endless.cause = endless;
    expect(brief(endless)).toBe("x, because of x, because of x, because of x");
  });
});
