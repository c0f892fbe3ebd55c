// Stores that are wrong, each in one way, and the cases of the suite that must find it out.
import path from "node:path";

import Database from "libsql";

import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../../src/two-factor/store.ts";

export interface Mutant {
  readonly name: string;
  /** A part of the name of each case that must fail, and no other may. */
  readonly fails: readonly string[];
  readonly make: () => TwoFactorStore | Promise<TwoFactorStore>;
  readonly second?: (store: TwoFactorStore) => TwoFactorStore;
  readonly broken?: () => TwoFactorStore;
}

type Read = TwoFactorRecord | undefined;
type Verbs = Partial<TwoFactorStore>;

/** A right store with something wrong about it. */
function mutated(change: (right: TwoFactorStore) => Verbs): () => TwoFactorStore {
  return () => {
    const right = memoryStore();
    return { ...right, ...change(right) };
  };
}

/** The record goes through a database or library that does not keep it as it is. */
function through(
  user: (id: string) => string,
  record: (read: TwoFactorRecord) => TwoFactorRecord,
): () => TwoFactorStore {
  return mutated((right) => ({
    read: (id) => right.read(user(id)),
    compareAndSet: (id, expected, next) => right.compareAndSet(user(id), expected, next && record(next)),
  }));
}

const asIs = <Value>(value: Value): Value => value;

/** Looks and writes at once, like a right store, but by a wrong rule. */
function ruled(
  mayWrite: (stored: string | undefined, expected: string | undefined, next: Read) => boolean,
): () => TwoFactorStore {
  return () => {
    const records = new Map<string, TwoFactorRecord>();
    const read = (id: string): Promise<Read> => Promise.resolve(copyOf(records.get(id)));
    const compareAndSet: TwoFactorStore["compareAndSet"] = (id, expected, next) => {
      if (!mayWrite(records.get(id)?.revision, expected, next)) return Promise.resolve(false);
      const kept = copyOf(next);
      if (kept) records.set(id, kept);
      else records.delete(id);
      return Promise.resolve(true);
    };
    return { read, compareAndSet };
  };
}

function copyOf(record: Read): Read {
  return record && { ...record };
}

const RACES = ["insert, exactly one wins", "that replace, exactly one wins", "replace or remove, exactly one wins"];
const LOST = "no update is lost";
const INSERT = "inserted where there is none";
const REPLACE = "is replaced only if";
const REMOVE = "is removed only if";
const AGAIN = "removal and re-creation";
const EXACTLY = "revisions are compared exactly";
const IDS = "user ids are distinct";
const NOTHING = "nothing is written";
const BODY = "a body of 8192 bytes";
const COPY = "what is read is a copy";
const BROKEN = "a failing connection";
const SECOND = "a second connection";

export const mutants: readonly Mutant[] = [
  {
    name: "read, then write",
    fails: [...RACES, LOST],
    make: () => {
      const records = new Map<string, TwoFactorRecord>();
      const read = async (id: string): Promise<Read> => {
        await Promise.resolve();
        const found = records.get(id);
        return found && { ...found };
      };
      return {
        read,
        compareAndSet: async (id, expected, next) => {
          if ((await read(id))?.revision !== expected) return false;
          if (next) records.set(id, { ...next });
          else records.delete(id);
          return true;
        },
      };
    },
  },
  {
    name: "the revision is ignored",
    fails: [REPLACE, REMOVE, AGAIN, EXACTLY, ...RACES.slice(1), LOST],
    make: ruled((stored, expected) => (stored === undefined) === (expected === undefined)),
  },
  {
    name: "an upsert instead of an insert",
    fails: [INSERT, NOTHING, AGAIN, RACES[0] ?? ""],
    make: ruled((stored, expected) => expected === undefined || stored === expected),
  },
  {
    name: "an upsert instead of a replacement",
    fails: [REPLACE, AGAIN],
    make: ruled((stored, expected, next) => stored === expected || (stored === undefined && next !== undefined)),
  },
  {
    name: "the last writer wins, and every writer is told so",
    fails: [INSERT, REPLACE, REMOVE, NOTHING, AGAIN, EXACTLY, ...RACES, LOST],
    make: ruled(() => true),
  },
  {
    name: "a removal does not look at the revision",
    fails: [REMOVE, NOTHING, AGAIN, EXACTLY, RACES[2] ?? ""],
    make: ruled((stored, expected, next) => stored === expected || (stored !== undefined && next === undefined)),
  },
  {
    name: "a removed record can be replaced",
    fails: [AGAIN, REMOVE],
    make: mutated((right) => {
      const removed = new Map<string, string>();
      return {
        compareAndSet: async (id, expected, next) => {
          const isUndone = expected !== undefined && removed.get(id) === expected && !(await right.read(id));
          const done = await right.compareAndSet(id, isUndone ? undefined : expected, next);
          if (done && !next && expected !== undefined) removed.set(id, expected);
          return done;
        },
      };
    }),
  },
  { name: "no record is null", fails: ["reads as undefined", "*"], make: mutated(nulls) },
  {
    name: "a number for true and false",
    fails: ["*"],
    make: mutated((right) => ({
      compareAndSet: async (...values) => Number(await right.compareAndSet(...values)) as never,
    })),
  },
  {
    name: "nothing in place of nothing rejects",
    fails: [NOTHING],
    make: mutated((right) => ({
      compareAndSet: (...values) =>
        values[1] === undefined && values[2] === undefined ? failNow() : right.compareAndSet(...values),
    })),
  },
  {
    name: "nothing in place of nothing is always true",
    fails: [NOTHING],
    make: mutated((right) => ({
      compareAndSet: (...values) =>
        values[1] === undefined && values[2] === undefined ? Promise.resolve(true) : right.compareAndSet(...values),
    })),
  },
  {
    name: "nothing in place of nothing removes",
    fails: [NOTHING],
    make: mutated((right) => ({
      compareAndSet: async (id, expected, next) => {
        const isBoth = expected === undefined && next === undefined;
        return right.compareAndSet(id, isBoth ? (await right.read(id))?.revision : expected, next);
      },
    })),
  },
  {
    name: "a bigint for true and false",
    fails: ["*"],
    make: mutated((right) => ({
      compareAndSet: async (...values) => BigInt(await right.compareAndSet(...values)) as never,
    })),
  },
  {
    name: "a record is read in two steps",
    fails: [LOST],
    make: mutated((right) => ({
      read: async (id) => {
        const first = await right.read(id);
        const second = first && (await right.read(id));
        return first && second && { revision: second.revision, body: first.body };
      },
    })),
  },
  {
    name: "whoever loses has written the body all the same",
    fails: ["*"],
    make: () => {
      const [right, bodies] = [memoryStore(), new Map<string, string>()];
      return {
        read: async (id) => {
          const found = await right.read(id);
          return found && { revision: found.revision, body: bodies.get(id) ?? "" };
        },
        compareAndSet: (id, expected, next) => {
          if (next) bodies.set(id, next.body);
          return right.compareAndSet(id, expected, next);
        },
      };
    },
  },
  { name: "ids without what is not seen", fails: [IDS], make: through((id) => id.replaceAll("\u200b", ""), asIs) },
  { name: "ids without line ends at the end", fails: [IDS], make: through((id) => id.replace(/[\n\t]+$/, ""), asIs) },
  { name: "ids as paths", fails: [IDS], make: through((id) => path.posix.normalize(id), asIs) },
  {
    name: "ids as numbers where they are whole ones",
    fails: [IDS],
    make: through((id) => (/^[1-9]\d*$/.test(id) ? String(Number(id)) : id), asIs),
  },
  {
    name: "ids as Japanese is sorted",
    fails: [IDS],
    make: through(
      (id) => id.replaceAll(/[\u3041-\u3096]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60)),
      asIs,
    ),
  },
  { name: "ids without case", fails: [IDS], make: through((id) => id.toLowerCase(), asIs) },
  { name: "ids without spaces around", fails: [IDS], make: through((id) => id.trim(), asIs) },
  { name: "ids as numbers where they look like one", fails: [IDS], make: through(asNumber, asIs) },
  { name: "ids in normal form", fails: [IDS], make: through((id) => id.normalize(), asIs) },
  { name: "ids cut off after 1023 characters", fails: [IDS], make: through((id) => id.slice(0, 1023), asIs) },
  { name: "ids as names of an object's properties", fails: [IDS], make: objectStore },
  {
    name: "bodies as jsonb keeps them",
    fails: [BODY],
    make: through(asIs, ({ revision, body }) => ({ revision, body: JSON.stringify(JSON.parse(body)) })),
  },
  {
    name: "bodies cut off after 8191 bytes",
    fails: [BODY],
    make: through(asIs, ({ revision, body }) => ({
      revision,
      body: Buffer.from(body).subarray(0, 8191).toString(),
    })),
  },
  {
    name: "revisions cut off after 63 characters",
    fails: [EXACTLY],
    make: through(asIs, ({ revision, body }) => ({ revision: revision.slice(0, 63), body })),
  },
  {
    name: "revisions without case",
    fails: [EXACTLY],
    make: ruled((stored, expected) => stored?.toLowerCase() === expected?.toLowerCase()),
  },
  {
    name: "revisions without spaces at their end",
    fails: [EXACTLY],
    make: ruled((stored, expected) => stored?.trimEnd() === expected?.trimEnd()),
  },
  {
    name: "revisions without spaces at their beginning",
    fails: [EXACTLY],
    make: ruled((stored, expected) => stored?.trimStart() === expected?.trimStart()),
  },
  {
    name: "revisions as patterns of LIKE",
    fails: [EXACTLY],
    make: ruled((stored, expected) => stored === expected || (stored !== undefined && expected === "%")),
  },
  { name: "what is read is the stored object itself", fails: [COPY], make: sharing(copyOf, asIs) },
  { name: "what is stored is the given object itself", fails: [COPY], make: sharing(asIs, copyOf) },
  {
    name: "an error is taken for absence",
    fails: [BROKEN],
    make: memoryStore,
    broken: () => ({ read: () => Promise.resolve(undefined), compareAndSet: () => Promise.resolve(false) }),
  },
  {
    name: "only a failing read rejects",
    fails: [BROKEN],
    make: memoryStore,
    broken: () => ({ read: () => Promise.reject(new Error("closed")), compareAndSet: () => Promise.resolve(false) }),
  },
  {
    name: "an error is thrown at once",
    fails: [BROKEN],
    make: memoryStore,
    broken: () => ({ read: failNow, compareAndSet: failNow }),
  },
  {
    name: "each connection has its own records",
    fails: [SECOND, RACES[0] ?? "", LOST],
    make: memoryStore,
    second: memoryStore,
  },
  {
    name: "a second connection reads from a cache",
    fails: [SECOND, LOST],
    make: memoryStore,
    second: (store) => {
      const cache = new Map<string, Promise<Read>>();
      const read = (id: string): Promise<Read> => {
        const cached = cache.get(id) ?? store.read(id);
        cache.set(id, cached);
        return cached;
      };
      return { read, compareAndSet: (...values) => store.compareAndSet(...values) };
    },
  },
];

function nulls(right: TwoFactorStore): Verbs {
  return { read: async (id) => (await right.read(id)) ?? (null as never) };
}

function asNumber(id: string): string {
  const number = Number(id);
  return Number.isNaN(number) || id === "" ? id : String(number);
}

function failNow(): never {
  throw new Error("closed");
}

/** `in` and plain property access find what every object inherits. */
function objectStore(): TwoFactorStore {
  const records: Record<string, TwoFactorRecord> = {};
  return {
    read: (id) => Promise.resolve(records[id] && { ...records[id] }),
    compareAndSet: (id, expected, next) => {
      if (records[id]?.revision !== expected) return Promise.resolve(false);
      if (next) records[id] = { ...next };
      else Reflect.deleteProperty(records, id);
      return Promise.resolve(true);
    },
  };
}

function sharing(into: (record: Read) => Read, outOf: (record: Read) => Read): () => TwoFactorStore {
  return () => {
    const records = new Map<string, Read>();
    return {
      read: (id) => Promise.resolve(outOf(records.get(id))),
      compareAndSet: (id, expected, next) => {
        if (records.get(id)?.revision !== expected) return Promise.resolve(false);
        records.set(id, into(next));
        return Promise.resolve(true);
      },
    };
  };
}

/** Wrong SQL on SQLite: one statement of the right store is another. */
export interface SqlMutant {
  readonly name: string;
  readonly fails: readonly string[];
  readonly table?: string;
  readonly rewrite: (sql: string) => string;
}

export const sqlMutants: readonly SqlMutant[] = [
  {
    name: "INSERT OR REPLACE",
    fails: [INSERT, AGAIN, RACES[0] ?? ""],
    rewrite: (sql) => sql.replace("INSERT", "INSERT OR REPLACE").replace("ON CONFLICT (user_id) DO NOTHING", ""),
  },
  {
    name: "ON CONFLICT DO UPDATE",
    fails: [INSERT, AGAIN, RACES[0] ?? ""],
    rewrite: (sql) => sql.replace("DO NOTHING", "DO UPDATE SET revision = excluded.revision, body = excluded.body"),
  },
  {
    name: "UPDATE without the revision",
    fails: [REPLACE, AGAIN, EXACTLY, ...RACES.slice(1), LOST],
    rewrite: (sql) => (sql.startsWith("UPDATE") ? sql.replace("AND revision = ?", "AND ? IS NOT NULL") : sql),
  },
  {
    name: "DELETE without the revision",
    fails: [REMOVE, AGAIN, EXACTLY, RACES[2] ?? ""],
    rewrite: (sql) => (sql.startsWith("DELETE") ? sql.replace("AND revision = ?", "AND ? IS NOT NULL") : sql),
  },
  {
    name: "COLLATE NOCASE",
    fails: [IDS],
    rewrite: (sql) => sql.replace("user_id TEXT", "user_id TEXT COLLATE NOCASE"),
  },
  {
    name: "a column of numbers",
    fails: [IDS],
    rewrite: (sql) => sql.replace("user_id TEXT", "user_id NUMERIC").replace("STRICT", ""),
  },
];

/** A right store whose statements are rewritten, on a database of its own. */
export async function sqlMutant({ rewrite }: SqlMutant): Promise<TwoFactorStore> {
  const db = new Database(":memory:");
  const store = sqliteStore({ inTransaction: false, prepare: (sql) => db.prepare(rewrite(sql)) });
  await store.migrate();
  return store;
}

/**
 * Writes inside a transaction that is open for ever, and so is rolled back when the process ends.
 * Only another connection sees that nothing was written; the store does not, because its connection
 * says that there is no transaction.
 */
export async function rolledBack(file: string): Promise<TwoFactorStore> {
  await sqliteStore(new Database(file)).migrate();
  const db = new Database(file);
  db.exec("BEGIN IMMEDIATE");
  return sqliteStore({ inTransaction: false, prepare: (sql) => db.prepare(sql) });
}
