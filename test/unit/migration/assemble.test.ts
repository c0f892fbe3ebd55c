import { describe, expect, it, vi } from "vitest";

import { assembleMigration, buildMigrationUris, parseMigrationUri } from "../../../src/migration/index.ts";
import { exportUri, message, uriOf } from "../../helpers/exports.ts";
import { thrownCode } from "../../helpers/thrown.ts";

const accounts = ["alice", "bob", "carol"].map((accountName) => ({ secret: "JBSWY3DPEHPK3PXP", accountName }));
const [alice = "", bob = "", carol = ""] = buildMigrationUris(accounts, { maxBytes: 110, batchId: 7 });

function namesIn(...uris: readonly string[]): string[] {
  return assembleMigration(uris).accounts.map(({ accountName }) => accountName);
}

function part(index: number, size: number, id: number, name = "alice"): string {
  return exportUri(message([1, message([1, "x"], [2, name], [4, 4])], [3, size], [4, index], [5, id]));
}

describe("a migration batch", () => {
  it("is put together in the order of the export", () => {
    expect(namesIn(carol, alice, bob)).toEqual(["alice", "bob", "carol"]);
    expect(assembleMigration([bob, carol, alice])).toMatchObject({
      missing: [],
      refused: [],
      batch: { id: 7, size: 3 },
    });
  });

  it("may hold a part twice, however it is written", () => {
    expect(namesIn(bob, alice, bob, carol, bob, decodeURIComponent(bob))).toEqual(["alice", "bob", "carol"]);
  });

  it("lists what is missing", () => {
    expect(assembleMigration([carol])).toMatchObject({ missing: [0, 1], batch: { id: 7, size: 3 } });
    expect(namesIn(carol)).toEqual(["carol"]);
    expect(assembleMigration([part(999, 1000, 0)]).missing).toEqual([...Array(999).keys()]);
  });

  it("tells of what part an account was refused", () => {
    const { refused } = assembleMigration([part(2, 3, 1, "c"), part(0, 3, 1, "a")]);
    expect(refused).toEqual([
      { part: 0, index: 0, reason: "unsupported-algorithm", accountName: "a" },
      { part: 2, index: 0, reason: "unsupported-algorithm", accountName: "c" },
    ]);
  });
});

describe("a polluted Object.prototype", () => {
  // Numbers that an export has, and some beside them; names of what is read.
  const uris = [part(2, 4, 1), part(0, 4, 1), exportUri(message([1, message([1, "x"], [2, "b"], [4, -1], [5, 9])], [3, 4], [5, 1], [4, 1]))]; // prettier-ignore
  const all = (): string =>
    JSON.stringify([
      ...[alice, uriOf({ 6: 1 }), ...uris].map(parseMigrationUri),
      assembleMigration([carol, alice]),
      assembleMigration(uris),
      buildMigrationUris(accounts, { maxBytes: 110, batchId: 7 }),
    ]);
  const clean = all();

  it.each([
    "reason",
    "int32",
    "unsigned",
    "accounts",
    "-1",
    ...Array.from({ length: 10 }, (_, index) => String(index)),
  ])("changes nothing in an export by the member %s", (name) => {
    for (const value of [5, "SHA-512", { int32: 1, unsigned: 1 }, { batch: {}, accounts: ["x"], refused: [] }]) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: true });
      try {
        expect(all() === clean).toBe(true);
      } finally {
        Reflect.deleteProperty(Object.prototype, name);
      }
    }
  });

  it("puts no secret among what is refused", () => {
    Object.defineProperty(Object.prototype, "reason", { value: 1, configurable: true });
    try {
      expect(parseMigrationUri(alice).refused.length).toBe(0);
    } finally {
      Reflect.deleteProperty(Object.prototype, "reason");
    }
  });
});

describe("a migration batch is refused", () => {
  it.each([
    ["another id", [part(0, 2, 1), part(1, 2, 2)]],
    ["another size", [part(0, 2, 1), part(1, 3, 1)]],
    ["another content of a part", [part(0, 2, 1), part(0, 2, 1, "bob")]],
    ["two exports without a number", [part(0, 0, 0), part(0, 0, 0, "bob")]],
    ["no part at all", []],
    ["too many parts", Array<string>(1001).fill(alice)],
    ["text in place of an array", alice as unknown as string[]],
    ["undefined in place of an array", undefined as unknown as string[]],
  ])("for %s", (_, uris) => {
    expect(thrownCode(() => assembleMigration(uris))).toBe("invalid-batch");
  });

  it("by a message that says what it must be", () => {
    expect(() => assembleMigration([])).toThrow(/^uris must be an array of 1 to 1000$/);
    expect(() => assembleMigration([part(0, 2, 1), part(1, 2, 2)])).toThrow(/^uris must be of one export$/);
  });

  it("for what is not an export", () => {
    expect(thrownCode(() => assembleMigration([alice, "otpauth://totp/a?secret=MY"]))).toBe("invalid-uri");
    expect(thrownCode(() => assembleMigration([alice, , carol] as string[]))).toBe("invalid-uri"); // eslint-disable-line no-sparse-arrays -- the worst case
  });

  it("never if it is right, and a text that comes again is not read again", () => {
    const parse = vi.spyOn(globalThis, "decodeURIComponent"); // once for each name
    expect(assembleMigration(Array<string>(1000).fill(alice)).accounts.length).toBe(1);
    expect(parse.mock.calls.length).toBeLessThan(5);
    parse.mockRestore();
  });
});
