// What every runtime's result hangs on: that the adapter notices a difference, and counts it.
import { describe, expect, it } from "vitest";

import { collect, expect as expectation } from "./programs/adapter.mjs";

const date = new Date(0);

type Pair = readonly [unknown, unknown];

const same: readonly Pair[] = [
  ...([1, "a", null, undefined, NaN, -0, 1n, date].map((value) => [value, value]) satisfies Pair[]),
  [[], []],
  [
    [1, { a: NaN, b: undefined }],
    [1, { b: undefined, a: NaN }],
  ],
  [Object.create(null), Object.create(null)],
];

const different: readonly Pair[] = [
  [1, "1"],
  [1, 1n],
  [0, -0],
  [null, undefined],
  [null, {}],
  ["", []],
  [Symbol("a"), Symbol("a")],
  [[], {}],
  [{}, Object.create(null)],
  [[undefined], Array(1)],
  [Array(1), []],
  [{}, { a: undefined }],
  [{ a: undefined }, { b: undefined }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: [0] }, { a: [-0] }],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
  [new Date(0), date],
  [new Uint8Array(1), new Uint8Array(1)],
  [new Map(), new Map()],
];

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    expect(String(error)).toMatch(/^Error: expected .*, got ./);
    return false;
  }
}

describe("toEqual of the adapter", () => {
  const equal = (one: unknown, other: unknown) =>
    accepts(() => {
      expectation(one).toEqual(other);
    });

  it.each(same)("takes %o for %o", (one, other) => {
    expect(equal(one, other)).toBe(true);
  });

  it.each(different)("tells %o from %o", (one, other) => {
    expect(equal(one, other)).toBe(false);
    expect(equal(other, one)).toBe(false);
  });
});

describe("toBe of the adapter", () => {
  const identical = (one: unknown, other: unknown) =>
    accepts(() => {
      expectation(one).toBe(other);
    });

  it("is identity", () => {
    expect(identical(NaN, NaN)).toBe(true);
    expect(identical(date, date)).toBe(true);
    for (const [one, other] of [...different, [[], []], [{}, {}]]) expect(identical(one, other)).toBe(false);
  });
});

it("the adapter counts what passes, what throws and what rejects, in every face", async () => {
  const bodies = [
    () => undefined,
    () => Promise.resolve(),
    () => {
      throw new Error("thrown");
    },
    () => Promise.reject(new Error("rejected")),
    () => {
      throw undefined as unknown as Error;
    },
    () => Promise.resolve(749),
    () => 20,
  ];
  const suite: Parameters<typeof collect>[0][string] = (parts) => {
    for (const [index, body] of bodies.entries()) parts.test(`test ${index}`, body);
  };
  const { counts, failures } = await collect({ first: suite, second: suite });
  const passed = { cases: 2, rows: 769 };
  expect(counts).toEqual({ first: passed, second: passed });
  expect(failures.map((failure) => failure.split("\n")[0])).toEqual([
    "first: test 2: Error: thrown",
    "first: test 3: Error: rejected",
    "first: test 4: undefined",
    "second: test 2: Error: thrown",
    "second: test 3: Error: rejected",
    "second: test 4: undefined",
  ]);
});

it("the adapter does not pass without any test", async () => {
  await expect(collect({ face: () => undefined })).rejects.toThrow("face: no test");
  await expect(collect({})).rejects.toThrow("no test");
});
