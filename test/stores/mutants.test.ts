// The conformance suite notices what it is there for: every wrong store fails it, in just the cases
// that are about its fault.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";

import { storeConformance, type StoreConformanceOptions, storePromises } from "../../src/stores/conformance.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { CONTRACT } from "../../src/stores/suite/contract.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../../src/two-factor/store.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { mutants, rolledBack, sqlMutant, sqlMutants } from "./mutants.ts";

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-mutants-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Cases = Map<string, () => Promise<void>>;
type MakeStore = () => TwoFactorStore | Promise<TwoFactorStore>;

function closed(): TwoFactorStore {
  const db = new Database(":memory:");
  db.close();
  return sqliteStore(db);
}

function sameRecords(store: TwoFactorStore): TwoFactorStore {
  return { ...store };
}

function casesOf(make: MakeStore, hooks: Partial<StoreConformanceOptions> = {}): Cases {
  const cases: Cases = new Map();
  storeConformance(make, {
    test: (name, run) => cases.set(name, run),
    secondConnection: sameRecords,
    brokenStore: closed,
    ...hooks,
  });
  return cases;
}

async function failures(cases: Cases): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const [name, run] of cases) {
    await run().catch((error: unknown) => failed.set(name, (error as Error).message));
  }
  return failed;
}

/** Just the expected cases fail, and each with a reason. `*` stands for any more. */
async function expectFailures(cases: Cases, expected: readonly string[]): Promise<void> {
  const failed = await failures(cases);
  const parts = expected.filter((part) => part !== "*");
  for (const part of parts)
    expect([part, Array.from(failed.keys()).some((name) => name.includes(part))]).toEqual([part, true]);
  expect(failed.size).toBeGreaterThan(0);
  if (parts.length === expected.length) {
    expect(Array.from(failed.keys()).filter((name) => !parts.some((part) => name.includes(part)))).toEqual([]);
  }
  for (const message of failed.values()) expect(message).toMatch(/\w{3}/);
}

it("a right store passes the suite everywhere, also when it runs twice on one", async () => {
  const store = memoryStore();
  const cases = casesOf(() => store);
  expect(cases.size).toBe(16);
  expect(await failures(cases)).toEqual(new Map());
  expect(await failures(cases)).toEqual(new Map());
});

describe("the suite fails a wrong store", () => {
  it.each(mutants)("$name", async ({ make, second, broken, fails }) => {
    const hooks = { secondConnection: second ?? sameRecords, brokenStore: broken ?? closed };
    await expectFailures(casesOf(make, hooks), fails);
  });

  it.each(sqlMutants)("in SQLite: $name", async (mutant) => {
    await expectFailures(
      casesOf(() => sqlMutant(mutant)),
      mutant.fails,
    );
  });

  it("in SQLite: a write inside a transaction that is rolled back, where only a second connection sees it", async () => {
    let files = 0;
    const fileOf = new WeakMap<TwoFactorStore, string>();
    const make = async (): Promise<TwoFactorStore> => {
      const file = path.join(folder, `${files++}.db`);
      const store = await rolledBack(file);
      fileOf.set(store, file);
      return store;
    };
    const alone = casesOf(make);
    const name = Array.from(alone.keys()).find((each) => each.includes("a second connection")) ?? "";
    expect(await failures(alone)).toEqual(new Map());
    const secondConnection = (store: TwoFactorStore): TwoFactorStore =>
      sqliteStore(new Database(fileOf.get(store) ?? ""));
    const failed = await failures(new Map([[name, casesOf(make, { secondConnection }).get(name) ?? failNow]]));
    expect(failed.get(name)).toMatch(/through the second connection, after an insert should be/);
  });
});

/** One record for everybody. */
function through7(store: TwoFactorStore): MakeStore {
  return () => ({
    read: () => store.read("7"),
    compareAndSet: (_, expected, next) => store.compareAndSet("7", expected, next),
  });
}

/** What nobody has written. */
const ELSE: TwoFactorRecord = { revision: "else", body: "{}" };

async function elseIf(read: Promise<TwoFactorRecord | undefined>): Promise<TwoFactorRecord | undefined> {
  return (await read) && ELSE;
}

function failAtOnce(): never {
  throw new Error("closed");
}

async function failNow(): Promise<void> {
  await Promise.reject(new Error("no such case"));
}

describe("the conformance suite", () => {
  it("says what is wrong in words", async () => {
    const failed = await failures(
      casesOf(mutants.find(({ name }) => name === "ids without case")?.make ?? memoryStore),
    );
    expect(Array.from(failed.values())).toEqual([
      'the answer to an insert for "a" should be true, but is false (contract: 8)',
    ]);
  });

  it.each([
    ["a number for true and false", "1"],
    ["a bigint for true and false", "1n"],
  ])("says what it was given: %s", async (name, shown) => {
    const mutant = mutants.find((each) => each.name === name);
    const failed = Array.from((await failures(casesOf(mutant?.make ?? memoryStore))).values());
    expect(failed).toContain(`the answer of a racer must be true or false, but is ${shown} (contract: 4, 5)`);
  });

  it("says what it has asked for, whichever answer of a store is the wrong one", async () => {
    const changes: readonly ((answer: unknown) => unknown)[] = [
      (answer) => (typeof answer === "boolean" ? !answer : answer ? undefined : { revision: "x", body: "{}" }),
      (answer) => (typeof answer === "boolean" ? Number(answer) : answer && { ...answer, body: "other" }),
    ];
    const said: string[] = [];
    // No case asks more than 20 times, but for the races.
    for (const change of changes) {
      for (let wrong = 1; wrong <= 20; wrong++) {
        const make = (): TwoFactorStore => {
          const right = memoryStore();
          let calls = 0;
          const told = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
            const given = await answer;
            return ++calls === wrong ? (change(given) as Answer) : given;
          };
          return {
            read: (id) => told(right.read(id)),
            compareAndSet: (...values) => told(right.compareAndSet(...values)),
          };
        };
        const cases = [...casesOf(make, { userIds: ["7", "12"] })];
        const quick = cases.filter(([name]) => wrong < 3 || !name.includes("interleaved"));
        said.push(...(await failures(new Map(quick))).values());
      }
    }
    expect(said.length).toBeGreaterThan(200);
    for (const message of said) {
      expect(message).toMatch(
        /^the (?:answer (?:to|of)|record|revision|body|number (?:of|after)) \w.* (?:should|must) be |^a (?:record|revision) \w/,
      );
    }
  });

  it.each([...["read", "an insert", "a replacement", "a removal"].entries()])(
    "says that on a failing connection something did not reject: %i, %s",
    async (wrong, what) => {
      const failing = (right: () => Promise<never>): (() => TwoFactorStore) => {
        let calls = 0;
        const answer = (): Promise<never> => (calls++ === wrong ? right() : Promise.reject(new Error("closed")));
        return () => ({ read: answer, compareAndSet: answer });
      };
      const resolving = failing(() => Promise.resolve(undefined as never));
      const throwing = failing(() => failAtOnce());
      const messages = [];
      for (const brokenStore of [resolving, throwing]) {
        messages.push(...(await failures(casesOf(memoryStore, { brokenStore }))).values());
      }
      expect(messages).toEqual([
        `${what} on a failing connection must reject, but gave undefined (contract: 7)`,
        `${what} must return a promise that rejects, but threw (contract: 7)`,
      ]);
    },
  );

  it.each<[string, Partial<StoreConformanceOptions>, unknown?]>([
    ["makeStore must be a function", {}, 5],
    ["test must be a function", { test: 1 as never }],
    ["secondConnection must be a function", { secondConnection: 1 as never }],
    ["secondConnection or skip must be a function", { secondConnection: undefined as never }],
    ["brokenStore or skip must be a function", { brokenStore: undefined as never }],
    ["userIds must be 2 to 1000 different strings, not empty", { userIds: [] }],
  ])("refuses wrong arguments by name and rule: %s", (message, options, make = memoryStore) => {
    expect(() => casesOf(make as MakeStore, options)).toThrow(new RegExp(`^${message}$`));
  });

  it.each<[string, (right: TwoFactorStore) => Partial<TwoFactorStore>]>([
    [
      'the record of "a//b", in a store that should be empty',
      (right) => ({ read: async (id) => (await right.read(id)) ?? (id === "a//b" ? ELSE : undefined) }),
    ],
    [
      'the revision of "a//b" should be',
      (right) => ({ read: (id) => (id === "a//b" ? elseIf(right.read(id)) : right.read(id)) }),
    ],
    [
      'the record of "a//b", after its removal',
      (right) => ({
        compareAndSet: (id, expected, next) =>
          next === undefined && id === "a//b" ? Promise.resolve(true) : right.compareAndSet(id, expected, next),
      }),
    ],
  ])("says of an id that is confused: %s", async (message, change) => {
    const right = memoryStore();
    const failed = await failures(casesOf(() => ({ ...right, ...change(right) })));
    expect([...failed.keys()]).toEqual(["user ids are distinct"]);
    expect([...failed.values()].join()).toContain(message);
  });

  it("keeps to the contract itself, uses only the given users, and both connections in every race", async () => {
    const userIds = ["7", "12"];
    const seen = new Set<string>();
    const calls: [number, number] = [0, 0];
    const counted = (right: TwoFactorStore, which: 0 | 1): TwoFactorStore => ({
      read: (id) => (seen.add(id), right.read(id)),
      compareAndSet: async (id, expected, next) => {
        seen.add(id);
        for (const revision of [expected, next?.revision]) expect((revision ?? "").length).toBeLessThanOrEqual(64);
        expect(Buffer.byteLength(next?.body ?? "")).toBeLessThanOrEqual(8192);
        calls[which]++;
        return right.compareAndSet(id, expected, next);
      },
    });
    const brokenStore = (): TwoFactorStore => ({
      read: (id) => (seen.add(id), Promise.reject(new Error("closed"))),
      compareAndSet: (id) => (seen.add(id), Promise.reject(new Error("closed"))),
    });
    const stores = new WeakMap<object, TwoFactorStore>();
    const make = (): TwoFactorStore => {
      const right = memoryStore();
      const store = counted(right, 0);
      stores.set(store, counted(right, 1));
      return store;
    };
    const secondConnection = (store: TwoFactorStore): TwoFactorStore => stores.get(store) ?? store;
    for (const [name, run] of casesOf(make, { userIds, secondConnection, brokenStore })) {
      calls.fill(0);
      await run();
      if (/racers|interleaved/.test(name)) for (const many of calls) expect([name, many > 20]).toEqual([name, true]);
    }
    expect([...seen].toSorted()).toEqual(userIds.toSorted());
    const skipped: unknown[] = [];
    const skip = (_: string, run: () => Promise<void>): void => void skipped.push(run());
    casesOf(make, { secondConnection, brokenStore: undefined as never, skip });
    expect(await Promise.all(skipped)).toEqual([undefined]);
    expect(skipped.at(0)).toBeInstanceOf(Promise);
  });

  it("says which hook gave no store, and which name is none of a case", async () => {
    const failed = await failures(casesOf(memoryStore, { brokenStore: () => undefined as never }));
    expect([...failed.values()]).toEqual(["brokenStore must return a store (contract: 7)"]);
    expect(() => storePromises("none")).toThrow(/^caseName must be the name of a case$/);
  });

  it("says which promises of the contract each case stands for, and all are stood for", () => {
    const promises = Array.from(casesOf(memoryStore).keys(), storePromises);
    for (const each of promises) expect(each.length).toBeGreaterThan(0);
    expect(Array.from(new Set(promises.flat())).toSorted()).toEqual(
      CONTRACT.map((text, index) => `${index + 1}. ${text}`).toSorted(),
    );
    expect(thrownCode(() => storePromises("none"))).toBe("invalid-option");
  });

  it("never shows a body, nor all that a driver says", async () => {
    const statement = (next: TwoFactorRecord | undefined): Error => {
      const values = JSON.stringify(next);
      const message = `insert into "t" values (${next?.body ?? ""}, ${values}) ${"x ".repeat(5000)}- no such column`;
      return Object.assign(new Error(message, { cause: new Error("the end") }), { code: "42703", parameters: [next] });
    };
    const failing: TwoFactorStore = {
      read: () => Promise.resolve(undefined),
      compareAndSet: (_id, _expected, next) => (next ? Promise.reject(statement(next)) : Promise.resolve(true)),
    };
    const otherBodies = casesOf(mutants.find(({ name }) => name === "bodies as jsonb keeps them")?.make ?? memoryStore);
    // What one connection has written, another quotes.
    const quoting = (store: TwoFactorStore): TwoFactorStore => ({
      ...store,
      read: async (id) => {
        const found = await store.read(id);
        if (found) throw new Error(`cannot parse ${found.body}`);
        return found;
      },
    });
    const quoted = casesOf(memoryStore, { secondConnection: quoting });
    const said = [
      ...(await failures(casesOf(() => failing))),
      ...(await failures(otherBodies)),
      ...(await failures(quoted)),
    ];
    expect(said.length).toBeGreaterThan(10);
    for (const [name, message] of said) {
      expect(message.length, name).toBeLessThan(650);
      expect(message).not.toMatch(/"a":1e2|"first"|"racer"|\\u0001/);
    }
    expect(said[0]?.[1]).toMatch(
      /^compareAndSet rejected with 42703: insert into "t" values \(\(the body\), .* … .*- no such column, because of the end \(contract: \d\)$/,
    );
  });

  it("uses the user ids that it is given, and no others", async () => {
    const users = new Map<string, TwoFactorRecord | undefined>([["7", undefined], ["12", undefined]]); // prettier-ignore
    const known = memoryStore();
    const seen = new Set<string>();
    const store: TwoFactorStore = {
      read: (id) => (seen.add(id), known.read(id)),
      compareAndSet: (id, expected, next) => {
        seen.add(id);
        return users.has(id) ? known.compareAndSet(id, expected, next) : Promise.reject(new Error("no such user"));
      },
    };
    const cases = casesOf(() => store, { userIds: ["7", "12"] });
    expect(await failures(cases)).toEqual(new Map());
    expect(Array.from(seen)).toEqual(["7", "12"]);
    const merged = casesOf(through7(store), { userIds: ["7", "12"] });
    expect(Array.from((await failures(merged)).keys())).toEqual(["user ids are distinct"]);
  });

  it("leaves nothing behind in the store", async () => {
    const right = memoryStore();
    const left = new Set<string>();
    const watched: TwoFactorStore = {
      read: (id) => right.read(id),
      compareAndSet: async (id, expected, next) => {
        const done = await right.compareAndSet(id, expected, next);
        if (done && next) left.add(id);
        if (done && !next) left.delete(id);
        return done;
      },
    };
    expect(await failures(casesOf(() => watched))).toEqual(new Map());
    expect(Array.from(left)).toEqual([]);
  });

  it("ends on a store where nobody ever wins", async () => {
    const store: TwoFactorStore = { ...memoryStore(), compareAndSet: () => Promise.resolve(false) };
    expect((await failures(casesOf(() => store))).size).toBeGreaterThan(8);
    const right = memoryStore();
    const stuck: TwoFactorStore = {
      read: (id) => right.read(id),
      compareAndSet: (id, expected, next) =>
        expected === undefined ? right.compareAndSet(id, expected, next) : Promise.resolve(false),
    };
    const failed = await failures(casesOf(() => stuck));
    expect(Array.from(failed.values())).toContainEqual(expect.stringMatching(/no win after 6000 tries/));
  });

  it("leaves out nothing unseen: a missing hook throws, or is reported", () => {
    const skipped: string[] = [];
    const options = { test: () => undefined, secondConnection: sameRecords, brokenStore: closed };
    expect(thrownCode(() => { storeConformance(memoryStore, options); })).toBeUndefined(); // prettier-ignore
    for (const hook of ["secondConnection", "brokenStore"]) {
      const without = { ...options, [hook]: undefined };
      expect(thrownCode(() => { storeConformance(memoryStore, without); })).toBe("invalid-option"); // prettier-ignore
      storeConformance(memoryStore, { ...without, skip: (name) => skipped.push(name) });
    }
    expect(skipped).toEqual([
      expect.stringMatching(/second connection \(SKIPPED: no secondConnection\)$/),
      expect.stringMatching(/failing connection rejects \(SKIPPED: no brokenStore\)$/),
    ]);
  });

  it("does not take the store itself for its second connection", async () => {
    const failed = await failures(casesOf(memoryStore, { secondConnection: (store) => store }));
    expect(Array.from(failed.values())).toEqual(["secondConnection must return another store, not the given one"]);
  });

  it.each([
    [undefined, { test: it, skip: it.skip }, "invalid-option"],
    [memoryStore, undefined, "invalid-option"],
    [memoryStore, { skip: it.skip }, "invalid-option"],
    [memoryStore, { test: 1, skip: it.skip }, "invalid-option"],
    [memoryStore, { test: it, secondConnections: 1 }, "unknown-option"],
    [memoryStore, 5, "invalid-options"],
  ])("refuses wrong arguments: case %#", (make, options, code) => {
    const call = (): void => {
      storeConformance(make as MakeStore, options as never);
    };
    expect(thrownCode(call)).toBe(code);
  });

  it("refuses user ids that are not 2 to 1000 different strings", () => {
    const many = Array.from({ length: 1001 }, (_, index) => String(index));
    const codes = [[], ["1"], ["1", "1"], ["1", 2], ["1", ""], "12", many, many.slice(1)].map((userIds) =>
      thrownCode(() => casesOf(memoryStore, { userIds: userIds as string[] })),
    );
    expect(codes).toEqual([...Array.from({ length: 7 }, () => "invalid-option"), undefined]);
  });
});
