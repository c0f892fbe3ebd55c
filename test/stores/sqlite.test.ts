import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import Database from "libsql";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import * as library from "../../src/stores/sqlite.ts";
import { type SqliteConnection, type SqliteStore, sqliteStore } from "../../src/stores/sqlite.ts";
import { read } from "../docs/fences.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { type Connections, connect, storeOn } from "./connections.js";

// In memory where there is such a folder: a few thousand commits wait for a few thousand writes to
// the disk.
const folder = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "halfminute-sqlite-"));
const first = { revision: "1", body: "{}" };
const second = { revision: "2", body: "{}" };
let files = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function newFile(): string {
  return path.join(folder, `${files++}.db`);
}

// Node has an SQLite of its own from version 22.5 on; `npm run test:runtimes` runs the suite with
// those.
const drivers = process.getBuiltinModule("node:sqlite") ? (["libsql", "node:sqlite"] as const) : (["libsql"] as const);

describe.each(drivers)("%s", (driver) => {
  async function open(file: string): Promise<{ store: SqliteStore; db: Connections[typeof driver] }> {
    const { connection } = await connect(driver, file);
    return { store: storeOn(driver, connection, library), db: connection };
  }

  describe.each(["delete", "wal"])("conformance, journal mode %s", (mode) => {
    const fileOf = new WeakMap<object, string>();
    const openMode = async (file: string): Promise<SqliteStore> => {
      const { store, db } = await open(file);
      db.exec(`PRAGMA journal_mode = ${mode}; PRAGMA synchronous = ${mode === "wal" ? "FULL" : "NORMAL"}`);
      await store.migrate();
      fileOf.set(store, file);
      return store;
    };
    storeConformance(() => openMode(newFile()), {
      test: it,
      secondConnection: (store) => openMode(fileOf.get(store) ?? ""),
      brokenStore: async () => {
        const { connection, close } = await connect(driver, newFile());
        await close();
        return storeOn(driver, connection, library);
      },
    });
  });
});

describe("inside a transaction", () => {
  let db: Database.Database;
  let store: SqliteStore;

  beforeEach(async () => {
    db = new Database(":memory:");
    store = sqliteStore(db);
    await store.migrate();
    await store.compareAndSet("alice", undefined, first);
  });

  const begins = ["BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT here"];
  it.each(begins)("every call rejects: %s", async (begin) => {
    db.exec(begin);
    const refused = /inside a transaction/;
    await expect(store.read("alice")).rejects.toThrow(refused);
    await expect(store.compareAndSet("bob", undefined, first)).rejects.toThrow(refused);
    await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(refused);
    await expect(store.compareAndSet("alice", "1", undefined)).rejects.toThrow(refused);
    await expect(store.migrate()).rejects.toThrow(refused);
    db.exec("ROLLBACK");
    expect(await store.read("alice")).toEqual(first);
    expect(await store.compareAndSet("alice", "1", second)).toBe(true);
  });

  it.each(begins)(
    "every call rejects also on a connection that does not say whether it is in one: %s",
    async (begin) => {
      const silent: SqliteConnection = { prepare: (sql) => db.prepare(sql) };
      const silentStore = sqliteStore(silent);
      expect(await silentStore.compareAndSet("alice", "1", second)).toBe(true);
      expect(db.inTransaction).toBe(false);
      db.exec(begin);
      await expect(silentStore.compareAndSet("alice", "2", first)).rejects.toThrow(/transaction within a transaction/);
      await expect(silentStore.read("alice")).rejects.toThrow(/transaction within a transaction/);
      db.exec("ROLLBACK");
      expect(await silentStore.read("alice")).toEqual(second);
    },
  );

  it("every call of node:sqlite rejects too, which has another word for it", async () => {
    const nodeLike = { prepare: (sql: string) => db.prepare(sql), isTransaction: true };
    await expect(sqliteStore(nodeLike).read("alice")).rejects.toThrow(/inside a transaction/);
  });
});

describe("durability in SQLite", () => {
  describe.each(drivers)("%s", (driver) => {
    const open = async (pragmas: string, file = newFile()): Promise<Connections[typeof driver]> => {
      const { connection } = await connect(driver, file);
      await storeOn(driver, connection, library).migrate();
      // Newer versions of Node start in SQLite's defensive mode, which ignores journal_mode = OFF.
      (connection as { enableDefensive?: (active: boolean) => void }).enableDefensive?.(false);
      connection.exec(pragmas);
      return connection;
    };

    const modes = ["DELETE", "TRUNCATE", "PERSIST", "WAL", "MEMORY", "OFF"];
    const levels = ["OFF", "NORMAL", "FULL", "EXTRA"];
    const settings = modes.flatMap((mode) => levels.map((level) => [mode, level] as const));
    const isSafe = (mode: string, level: string): boolean =>
      mode !== "MEMORY" && mode !== "OFF" && levels.indexOf(level) >= (mode === "WAL" ? 2 : 1);
    const safe = settings.filter(([mode, level]) => isSafe(mode, level));
    const risky = settings.filter(([mode, level]) => !isSafe(mode, level));

    it.each(risky)("journal_mode %s with synchronous %s is refused before anything is written", async (mode, level) => {
      const db = await open(`PRAGMA journal_mode = ${mode}; PRAGMA synchronous = ${level}`);
      const store = storeOn(driver, db, library);
      const refused = /PRAGMA journal_mode = WAL and PRAGMA synchronous = FULL, or trustSynchronous/;
      await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(refused);
      await expect(store.migrate()).rejects.toThrow(refused);
      expect(await store.read("alice")).toBeUndefined();
      const trusting = storeOn(driver, db, library, { trustSynchronous: true });
      await trusting.migrate();
      expect(await trusting.compareAndSet("alice", undefined, first)).toBe(true);
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      expect(await store.compareAndSet("alice", "1", second)).toBe(true); // it looks again after a refusal
    });

    it.each(safe)("journal_mode %s with synchronous %s is accepted", async (mode, level) => {
      const db = await open(`PRAGMA journal_mode = ${mode}; PRAGMA synchronous = ${level}`);
      const store = storeOn(driver, db, library);
      await store.migrate();
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
    });

    it("is not asked of a database without a file", async () => {
      for (const file of [":memory:", ""]) {
        const db = await open("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", file);
        expect(await storeOn(driver, db, library).compareAndSet("alice", undefined, first)).toBe(true);
      }
    });
  });

  it("is looked at when the file has been read: better-sqlite3 lowers the setting only then", async () => {
    // Like it, in a write-ahead log: 2 until something is read from a file that is not empty, then
    // 1.
    const lowering = (isEmpty: boolean): SqliteConnection => {
      let synchronous = 2;
      const answer = (isRead: boolean): object => {
        if (isRead && !isEmpty) synchronous = 1;
        return { synchronous, journal_mode: "wal" };
      };
      return {
        inTransaction: false,
        prepare: (sql) => ({
          get: () => answer(!sql.startsWith("PRAGMA")),
          run: () => {
            isEmpty &&= !sql.startsWith("CREATE");
            return { changes: 1 };
          },
        }),
      };
    };
    const refused = /PRAGMA synchronous = FULL/;
    await expect(sqliteStore(lowering(false)).compareAndSet("alice", undefined, first)).rejects.toThrow(refused);
    const fresh = sqliteStore(lowering(true));
    await expect(fresh.migrate()).rejects.toThrow(refused);
    await expect(fresh.compareAndSet("alice", undefined, first)).rejects.toThrow(refused);
  });

  it("a setting that cannot be read is refused", async () => {
    const db = { inTransaction: false, prepare: () => ({ get: () => undefined, run: () => ({ changes: 1 }) }) };
    await expect(sqliteStore(db).compareAndSet("alice", undefined, first)).rejects.toThrow(/synchronous/);
  });
});

describe("the SQLite table", () => {
  it("can be made twice, has the name that was given, and keeps its rows", async () => {
    const db = new Database(":memory:");
    for (const table of ["t", "Order", "_2fa", "x".repeat(63)]) {
      const store = sqliteStore(db, { table });
      await store.migrate();
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      await store.migrate();
      expect(await store.read("alice")).toEqual(first);
      const rows = db.prepare(`SELECT * FROM "${table}"`).all() as object[];
      expect(rows).toMatchObject([{ user_id: "alice", ...first }]);
    }
  });

  it("is not made behind the caller's back", async () => {
    const store = sqliteStore(new Database(":memory:"));
    await expect(store.read("alice")).rejects.toThrow(/no such table: halfminute_two_factor/);
    await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/no such table/);
    await store.migrate();
    expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
  });

  it("is the one of schema/sqlite.sql", async () => {
    const [migrated, fromFile] = [new Database(":memory:"), new Database(":memory:")];
    await sqliteStore(migrated).migrate();
    fromFile.exec(read("schema/sqlite.sql"));
    const shape = (db: Database.Database): unknown => {
      const [columns, indexes, list] = ["table_info", "index_list", "table_list"].map((name) =>
        db.prepare(`SELECT * FROM pragma_${name}('halfminute_two_factor')`).all(),
      );
      return { columns, indexes, list };
    };
    expect(shape(fromFile)).toEqual(shape(migrated));
    expect(await sqliteStore(fromFile).compareAndSet("alice", undefined, first)).toBe(true);
  });

  it("of one's own without a unique user_id is refused, rather than filled with duplicates", async () => {
    const db = new Database(":memory:");
    db.exec("CREATE TABLE halfminute_two_factor (user_id TEXT, revision TEXT, body TEXT)");
    await expect(sqliteStore(db).compareAndSet("alice", undefined, first)).rejects.toThrow(/UNIQUE/);
  });

  it.each(["", "1st", "a-b", "a b", 'a"b', "a.b", "ä", "x".repeat(64), "a;DROP TABLE b", 5, null, ["t"]])(
    "cannot be called %j",
    (table) => {
      const db = new Database(":memory:");
      expect(thrownCode(() => sqliteStore(db, { table: table as string }))).toBe("invalid-option");
    },
  );
});

it("in SQLite one read and one write are one statement each, and each statement is prepared once", async () => {
  const db = new Database(":memory:");
  const log: string[] = [];
  const counting: SqliteConnection = {
    inTransaction: false,
    prepare: (sql) => {
      const statement = db.prepare(sql);
      const word = sql.split(" ")[0] ?? "";
      log.push(`prepare ${word}`);
      return {
        get: (...values) => (log.push(`get ${word}`), statement.get(...values)),
        run: (...values) => (log.push(`run ${word}`), statement.run(...values)),
      };
    },
  };
  const store = sqliteStore(counting);
  await store.migrate();
  const verify = async (expected: string | undefined, revision: string): Promise<void> => {
    await store.read("alice");
    expect(await store.compareAndSet("alice", expected, { revision, body: "{}" })).toBe(true);
  };
  await verify(undefined, "1");
  await verify("1", "2");
  log.length = 0;
  await verify("2", "3");
  expect(log).toEqual(["get SELECT", "run UPDATE"]);
});

describe("answers that are not SQLite's", () => {
  const cases: Record<string, { get?: unknown; run?: unknown }> = {
    "promises, of an asynchronous driver": { get: Promise.resolve(undefined), run: Promise.resolve({ changes: 1 }) },
    "rows as arrays": { get: ["1", "{}"], run: undefined },
    "numbers for text": { get: { revision: 1, body: "{}" }, run: { changes: "many" } },
    "no body": { get: { revision: "1" }, run: { changes: 2 } },
  };
  it.each(Object.entries(cases))("are refused: %s", async (_, { get, run }) => {
    const db = { inTransaction: false, prepare: () => ({ get: () => get, run: () => run }) };
    const store = sqliteStore(db as unknown as SqliteConnection, { trustSynchronous: true });
    await expect(store.read("alice")).rejects.toThrow(/unexpected answer/);
    await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/unexpected answer/);
  });

  it("do not include a bigint and null: some drivers count and miss with them", async () => {
    const statement = { get: () => null, run: () => ({ changes: 1n }) };
    const store = sqliteStore({ inTransaction: false, prepare: () => statement }, { trustSynchronous: true });
    expect(await store.read("alice")).toBeUndefined();
    expect(await store.compareAndSet("alice", "1", second)).toBe(true);
  });
});

it("in SQLite a change from nothing to nothing is true where there is nothing", async () => {
  const store = sqliteStore(new Database(":memory:"));
  await store.migrate();
  expect(await store.compareAndSet("alice", undefined, undefined)).toBe(true);
  await store.compareAndSet("alice", undefined, first);
  expect(await store.compareAndSet("alice", undefined, undefined)).toBe(false);
});

it.each([
  [undefined, undefined, "invalid-option"],
  [{}, undefined, "invalid-option"],
  [new Database(":memory:"), { tables: "t" }, "unknown-option"],
  [new Database(":memory:"), { trustSynchronous: 1 }, "invalid-option"],
  [new Database(":memory:"), "t", "invalid-options"],
])("wrong arguments of the SQLite store throw: case %#", (db, options, code) => {
  expect(thrownCode(() => sqliteStore(db as SqliteConnection, options as object))).toBe(code);
});

it("the SQLite store names what is wrong, and the rule", async () => {
  const db = new Database(":memory:");
  const table = "table must be 1 to 63 ASCII letters, digits and _, no digit first";
  expect(() => sqliteStore(db, { table: "1" })).toThrow(new RegExp(`^${table}$`));
  expect(() => sqliteStore({} as SqliteConnection)).toThrow(
    /^db must have the method prepare, like a Database of better-sqlite3$/,
  );
  expect(() => sqliteStore(db, { trustSynchronous: 1 as never })).toThrow(/^trustSynchronous must be true or false$/);
  db.close();
  await expect(sqliteStore(db).read("alice")).rejects.toThrow(/^the SQLite connection is closed$/);
});

it("a locked SQLite database rejects when the busy timeout is over", async () => {
  const file = newFile();
  const [holder, db] = [new Database(file), new Database(file, { timeout: 10 })];
  const store = sqliteStore(db);
  await store.migrate();
  holder.exec("BEGIN IMMEDIATE");
  await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/locked/);
  holder.exec("ROLLBACK");
  expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
});
