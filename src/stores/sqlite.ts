// Two-factor records in SQLite: one row per user; each call is one statement in its own
// transaction.
import { readOptions, requireBoolean, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { DEFAULT_TABLE, isOne, quoteTable, sqliteChange, sqliteCreation, toRecord } from "./shared.ts";

/** The part of a prepared statement that the store uses. */
export interface SqliteStatement {
  /** Returns the first row, or `undefined` or `null`. */
  get(...values: string[]): unknown;
  /** Executes the statement, and returns how many rows changed. */
  run(...values: string[]): SqliteChanges;
}

/** The part of a change's result that the store uses. */
export interface SqliteChanges {
  /** The number of changed rows. */
  readonly changes: number | bigint;
}

/**
 * The part of a connection that the store uses. Connections of better-sqlite3, libsql,
 * `node:sqlite` and `bun:sqlite` have it.
 */
export interface SqliteConnection {
  /** Compiles one statement. */
  prepare(sql: string): SqliteStatement;
  /** `false` when closed, in better-sqlite3 and libsql. In `node:sqlite` it is a method. */
  readonly open?: unknown;
  /** Whether a transaction is open, in better-sqlite3, libsql and Bun. */
  readonly inTransaction?: boolean;
  /** The same in `node:sqlite`. With neither, the store tests whether a transaction can begin. */
  readonly isTransaction?: boolean;
}

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * The name of the table: 1 to 63 ASCII letters, digits and `_`, not starting with a digit.
   * Default: `halfminute_two_factor`.
   */
  readonly table?: string;
  /**
   * Whether to accept a connection whose `PRAGMA journal_mode` and `PRAGMA synchronous` let a power
   * cut undo or destroy commits. Default: `false`.
   */
  readonly trustSynchronous?: boolean;
}

/** A store that can create its table. */
export interface SqliteStore extends TwoFactorStore {
  /**
   * Creates the table if it does not exist. Safe to call again, and by several processes at the
   * same time.
   */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<SqliteStoreOptions> = { table: DEFAULT_TABLE, trustSynchronous: false };

/**
 * Creates a store in an SQLite database. You open and close the connection; the store changes none
 * of its settings.
 *
 * Inside a transaction every call rejects: a rollback would make a used code valid again.
 * `migrate()` and the first write read `PRAGMA journal_mode` and `PRAGMA synchronous`. They refuse
 * the journal modes `OFF` and `MEMORY`, `synchronous = OFF`, and `NORMAL` with a write-ahead log,
 * because a power cut could undo or destroy commits. With several processes, give the connection a
 * busy timeout; calls reject if the database stays locked longer.
 *
 * @param db - An open connection of better-sqlite3, libsql, `node:sqlite` or `bun:sqlite`.
 * @param options - The table's name, and whether to trust the durability settings.
 * @returns A store; call its `migrate()` to create the table.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a connection without `prepare`, or an invalid table name.
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
 * @see The SQLite manual on `PRAGMA synchronous`:
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function sqliteStore(db: SqliteConnection, options?: SqliteStoreOptions): SqliteStore {
  const { table, trustSynchronous } = readOptions(options, DEFAULTS);
  const name = quoteTable(table, 1);
  requireMethods<SqliteConnection>(db, "db", ["prepare"], "a Database of better-sqlite3");
  let isDurable = requireBoolean(trustSynchronous, "trustSynchronous");
  // Prepared at the first use, when the table exists.
  const statements = new Map<string, SqliteStatement>();
  const prepared = (sql: string): SqliteStatement => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  /** Runs only outside a transaction. Exceptions become rejections. */
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
  // After close(), libsql's statements still run and reading inTransaction crashes the process, so
  // check this first.
  if (db.open === false) throw new Error("the SQLite connection is closed");
  const isInside = db.inTransaction ?? db.isTransaction;
  if (isInside === true) {
    throw new Error("the SQLite store must not be used inside a transaction: it could be rolled back");
  }
  if (isInside === false) return;
  // SQLite refuses to begin a second transaction. An empty one takes no lock.
  prepared("BEGIN").run();
  prepared("COMMIT").run();
}

/**
 * For each `PRAGMA journal_mode`, the minimum `PRAGMA synchronous` with which commits survive a
 * power cut.
 */
const LEAST_SYNCHRONOUS: ReadonlyMap<unknown, number> = new Map([
  ["delete", 1],
  ["truncate", 1],
  ["persist", 1],
  ["wal", 2],
]);

/** The row that a `PRAGMA` returns: a column with its name, or `file`. */
interface Setting {
  readonly file?: unknown;
  readonly journal_mode?: unknown;
  readonly synchronous?: unknown;
}

function requireDurable(db: SqliteConnection): void {
  const row = (sql: string): Setting => Object(db.prepare(sql).get()) as Setting;
  // Some builds lower the setting when they first read a file with a write-ahead log.
  row("SELECT 1 FROM sqlite_master LIMIT 1");
  // Without a file, the data is lost with the process whatever the settings.
  if (row("PRAGMA database_list").file === "") return;
  const least = LEAST_SYNCHRONOUS.get(row("PRAGMA journal_mode").journal_mode) ?? Infinity;
  if (Number(row("PRAGMA synchronous").synchronous) >= least) return;
  throw new Error(
    "a power cut could undo commits of this SQLite connection: set PRAGMA journal_mode = WAL and PRAGMA synchronous = FULL, or trustSynchronous: true",
  );
}

export type { TwoFactorRecord, TwoFactorStore };
