// Two-factor records in SQLite: one row for each user, one statement for each verb, each a transaction of its own.
import { readOptions, requireBoolean, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { DEFAULT_TABLE, isOne, quoteTable, sqliteChange, sqliteCreation, toRecord } from "./shared.ts";

/** What the store uses of a prepared statement. */
export interface SqliteStatement {
  /** The first row, or nothing. */
  get(...values: string[]): unknown;
  /** Executes it to the end, and says how many rows changed. */
  run(...values: string[]): SqliteChanges;
}

/** What the store uses of the answer to a change. */
export interface SqliteChanges {
  /** How many rows changed. */
  readonly changes: number | bigint;
}

/** What the store uses of a connection: better-sqlite3's, libsql's, `node:sqlite`'s and `bun:sqlite`'s have it. */
export interface SqliteConnection {
  /** Compiles one statement. */
  prepare(sql: string): SqliteStatement;
  /** `false` once it is closed, as better-sqlite3 and libsql say it. In `node:sqlite` it is a method. */
  readonly open?: unknown;
  /** Whether a transaction is open, as better-sqlite3, libsql and Bun say it. */
  readonly inTransaction?: boolean;
  /** The same, as `node:sqlite` says it. With neither, the store tries whether a transaction can begin. */
  readonly isTransaction?: boolean;
}

/** Settings of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** Table: 1 to 63 ASCII letters, digits and `_`, no digit first. By default `halfminute_two_factor`. */
  readonly table?: string;
  /**
   * `true`: accept a connection whose `PRAGMA journal_mode` and `PRAGMA synchronous` let a power cut undo or destroy what was
   * committed. By default `false`.
   */
  readonly trustSynchronous?: boolean;
}

/** A store with a method that makes its table. */
export interface SqliteStore extends TwoFactorStore {
  /** Makes the table if it is not there. It may be called again, and by several processes at once. */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<SqliteStoreOptions> = { table: DEFAULT_TABLE, trustSynchronous: false };

/**
 * Keeps two-factor records in an SQLite database. The connection is yours: you open it, you close it, and the store changes no setting of it.
 *
 * Inside a transaction every call rejects: what is written there could be rolled back, and a spent code would be good again. `migrate()`
 * and the first write read `PRAGMA journal_mode` and `PRAGMA synchronous`. They refuse the journal modes `OFF` and `MEMORY`,
 * `synchronous = OFF`, and `NORMAL` with a write-ahead log: a power cut could undo or destroy what was committed. With several processes, give the connection a busy timeout; a database that stays locked for longer rejects.
 *
 * @param db an open connection of better-sqlite3, libsql, `node:sqlite` or `bun:sqlite`
 * @param options `table` and `trustSynchronous`, see {@link SqliteStoreOptions}
 * @returns a store, with `migrate()` to make its table
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for a connection without `prepare` and a bad table name
 * @example
 * ```ts
 * import Database from "libsql";
 * import { sqliteStore } from "halfminute/stores/sqlite";
 *
 * const store = sqliteStore(new Database(":memory:", { timeout: 5000 }));
 * await store.migrate();
 * console.log(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.read("alice")); // { revision: '1', body: '{}' }
 * ```
 * @see The SQLite manual on `PRAGMA synchronous`: https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function sqliteStore(db: SqliteConnection, options?: SqliteStoreOptions): SqliteStore {
  const { table, trustSynchronous } = readOptions(options, DEFAULTS);
  const name = quoteTable(table, 1);
  requireMethods<SqliteConnection>(db, "db", ["prepare"], "a Database of better-sqlite3");
  let isDurable = requireBoolean(trustSynchronous, "trustSynchronous");
  // Prepared at the first use, when the table is there.
  const statements = new Map<string, SqliteStatement>();
  const prepared = (sql: string): SqliteStatement => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  /** Does it outside any transaction, or not at all. What it throws becomes a rejection. */
  const alone = <Result>(run: () => Result): Promise<Result> =>
    new Promise((resolve) => {
      requireNoTransaction(db, prepared);
      resolve(run());
    });

  return {
    migrate: () =>
      alone(() => {
        db.prepare(sqliteCreation(name)).run();
        if (!isDurable) requireDurable(db);
      }),
    read: (userId) =>
      alone(() => toRecord(prepared(`SELECT revision, body FROM ${name} WHERE user_id = ?`).get(userId))),
    compareAndSet: (userId, expected, next) =>
      alone(() => {
        if (!isDurable) requireDurable(db);
        isDurable = true;
        const [sql, ...values] = sqliteChange(name, userId, expected, next);
        if (sql === undefined) return prepared(`SELECT 1 FROM ${name} WHERE user_id = ?`).get(userId) == null;
        return isOne((prepared(sql).run(...values) as SqliteChanges | undefined)?.changes);
      }),
  };
}

function requireNoTransaction(db: SqliteConnection, prepared: (sql: string) => SqliteStatement): void {
  // libsql must not be asked anything after close(): its statements go on, and inTransaction ends the process.
  if (db.open === false) throw new Error("the SQLite connection is closed");
  const isInside = db.inTransaction ?? db.isTransaction;
  if (isInside === true) {
    throw new Error("the SQLite store refuses to work inside a transaction: what it writes could be rolled back");
  }
  if (isInside === false) return;
  // SQLite refuses to begin a second transaction. One that has done nothing takes no lock and ends at once.
  prepared("BEGIN").run();
  prepared("COMMIT").run();
}

/** The least `PRAGMA synchronous` with which a power cut leaves what was committed, by `PRAGMA journal_mode`. */
const LEAST_SYNCHRONOUS: ReadonlyMap<unknown, number> = new Map([
  ["delete", 1],
  ["truncate", 1],
  ["persist", 1],
  ["wal", 2],
]);

/** The row that a `PRAGMA` answers has a column of its name; one has a file. */
interface Setting {
  readonly file?: unknown;
  readonly journal_mode?: unknown;
  readonly synchronous?: unknown;
}

function requireDurable(db: SqliteConnection): void {
  const row = (sql: string): Setting => Object(db.prepare(sql).get()) as Setting;
  // Some builds lower the setting as soon as they see a write-ahead log, which is when they first read the file.
  row("SELECT 1 FROM sqlite_master LIMIT 1");
  // Without a file it is lost with its process, whatever is set.
  if (row("PRAGMA database_list").file === "") return;
  const least = LEAST_SYNCHRONOUS.get(row("PRAGMA journal_mode").journal_mode) ?? Infinity;
  if (Number(row("PRAGMA synchronous").synchronous) >= least) return;
  throw new Error(
    "a power cut could undo what this SQLite connection commits: set PRAGMA journal_mode = WAL and PRAGMA synchronous = FULL, or trustSynchronous: true",
  );
}

export type { TwoFactorRecord, TwoFactorStore };
