// Two-factor records in PostgreSQL: one row for each user, one statement for each verb, each a transaction of its own.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { DEFAULT_TABLE, unexpectedAnswer, quoteTable, toRecord } from "./shared.ts";

/** What the store uses of a pool: pg's has it, those that are made like it, and PGlite. */
export interface PostgresPool {
  /** Executes one statement on some connection, outside any transaction. */
  query(text: string, values?: string[]): Promise<PostgresResult>;
  /** Checks out a connection. Without it, the store can't see that some other code left a transaction open on one. */
  connect?(): Promise<PostgresConnection>;
}

/** What the store uses of a connection that it has checked out. */
export interface PostgresConnection {
  /** Executes one statement. */
  query(text: string, values?: string[]): Promise<PostgresResult>;
  /** Gives it back to the pool; `true` means that it is to be closed. */
  release(close: boolean): void;
  /** Without a listener, a connection that breaks would end the process. */
  on?(event: "error", listener: () => void): unknown;
  /** Takes the listener away. */
  off?(event: "error", listener: () => void): unknown;
  /** `"I"` outside a transaction, as newer versions of `pg` say it. */
  getTransactionStatus?(): unknown;
}

/** What the store uses of the answer to a statement. */
export interface PostgresResult {
  /** The rows, as objects. */
  readonly rows: readonly unknown[];
}

/** Settings of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /**
   * Table: 1 to 63 ASCII letters, digits and `_`, no digit first; a schema and a dot may come before it. Case counts, as in a
   * quoted name. By default `halfminute_two_factor`, found on the search path.
   */
  readonly table?: string;
}

/** A store with a method that makes its table. */
export interface PostgresStore extends TwoFactorStore {
  /** Makes the table if it is not there. It may be called again, and by several processes at once. */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<PostgresStoreOptions> = { table: DEFAULT_TABLE };

/** Signs of a single connection, on which another part of the program may have a transaction open. */
const SINGLE = ["release", "rollback", "getTransactionStatus", "escapeIdentifier"];

/**
 * Keeps two-factor records in a PostgreSQL database, 13 or later. The pool is yours: you make it, you end it.
 *
 * It takes a pool, not a client: on a pool every statement is a transaction of its own, which nobody can roll back. A client
 * is refused, and so are reads and writes on a connection of the pool on which other code left a transaction open. A commit of the
 * store waits for the disk even where `synchronous_commit` is off. The pool must lead to the primary server: a replica lags.
 *
 * @param pool a pool of connections, from `pg` for example
 * @param options `table`, see {@link PostgresStoreOptions}
 * @returns a store, with `migrate()` to make its table
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for a client instead of a pool and a bad table name
 * @example
 * ```ts
 * import { postgresStore } from "halfminute/stores/postgres";
 * import { Pool } from "pg";
 *
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL });
 * const store = postgresStore(pool);
 * await store.migrate();
 * console.log(await store.compareAndSet("bob", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.read("bob")); // { revision: '1', body: '{}' }
 * await pool.end();
 * ```
 */
export function postgresStore(pool: PostgresPool, options?: PostgresStoreOptions): PostgresStore {
  const table = quoteTable(readOptions(options, DEFAULTS).table, 2);
  requirePool(pool);

  return {
    migrate: async () => {
      await pool.query(migration(table));
    },
    read: async (userId) => {
      const sql = ` SELECT is_inside, revision, body FROM guard LEFT JOIN ${table} ON user_id = $1`;
      return recordOf(await onConnection(pool, MARK, sql, [userId]));
    },
    compareAndSet: async (userId, expected, next) => {
      const [sql, ...values] = change(table, userId, expected, next);
      try {
        const text = `, changed AS (${sql}) SELECT is_inside, EXISTS (SELECT FROM changed) AS is_won FROM guard`;
        return isWon(await onConnection(pool, FLUSHED, text, values));
      } catch (error) {
        // Under a stricter isolation level than the default this is how a race is lost. Nothing was written.
        if ((error as { code?: unknown } | null)?.code === "40001") return false;
        throw error;
      }
    },
  };
}

/** Lasts until the transaction ends, which for a statement of the store is its own end. */
const MARK = "set_config('halfminute.read', '1', true)";

/** Commits of this transaction wait for the disk. */
const FLUSHED = `set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), true)`;

/**
 * Goes before every statement, and is true inside a transaction of other code that has written, that the store has read in, or that
 * was begun with an isolation level of its own. A statement alone in its transaction begins with none of these.
 */
const GUARD = `WITH guard AS MATERIALIZED (SELECT (pg_current_xact_id_if_assigned() IS NOT NULL
  OR current_setting('halfminute.read', true) = '1'
  OR current_setting('transaction_isolation') <> current_setting('default_transaction_isolation')) IS TRUE AS is_inside, `;

/**
 * `pool.query("BEGIN")` leaves a transaction open on a connection that the next call may get. Where the driver does not know its
 * status, a mark goes before a write: in a transaction of other code it is still there when the write begins.
 */
async function onConnection(pool: PostgresPool, setting: string, sql: string, values: string[]): Promise<unknown> {
  const text = `${GUARD + setting})${sql}`;
  if (pool.connect === undefined) return rowAlone(await pool.query(text, values));
  const connection = await pool.connect();
  const ignore = (): void => undefined; // the query rejects too
  connection.on?.("error", ignore);
  let hasFailed = true;
  try {
    const status = connection.getTransactionStatus?.();
    hasFailed = status !== "T"; // whoever began the transaction may still end it
    if (!hasFailed) throw insideTransaction();
    if (status !== "I" && setting !== MARK) await connection.query(`SELECT ${MARK}`);
    const result = await connection.query(text, values);
    hasFailed = false;
    return rowAlone(result);
  } finally {
    connection.off?.("error", ignore);
    connection.release(hasFailed);
  }
}

/** There is always a row, which says whether the statement was alone: another answer, or none, was not understood. */
function rowAlone(result: unknown): unknown {
  const row = (Object(result) as Partial<PostgresResult>).rows?.[0];
  const { is_inside: isInside } = Object(row) as { is_inside?: unknown };
  if (typeof isInside !== "boolean") throw unexpectedAnswer();
  if (isInside) throw insideTransaction();
  return row;
}

function insideTransaction(): Error {
  return new Error("the PostgreSQL store refuses to work inside a transaction: what it writes could be rolled back");
}

/** One statement that changes one row or none, and its values. */
function change(
  table: string,
  userId: string,
  expected: string | undefined,
  next: TwoFactorRecord | undefined,
): [string, ...string[]] {
  const outside = "NOT (SELECT is_inside FROM guard)";
  if (expected === undefined) {
    if (next === undefined) return [`SELECT WHERE NOT EXISTS (SELECT FROM ${table} WHERE user_id = $1)`, userId];
    const sql = `INSERT INTO ${table} (user_id, revision, body) SELECT $1, $2, $3 WHERE ${outside} ON CONFLICT (user_id) DO NOTHING`;
    return [`${sql} RETURNING 1`, userId, next.revision, next.body];
  }
  const where = `WHERE user_id = $1 AND revision = $2 AND ${outside} RETURNING 1`;
  if (next === undefined) return [`DELETE FROM ${table} ${where}`, userId, expected];
  return [`UPDATE ${table} SET revision = $3, body = $4 ${where}`, userId, expected, next.revision, next.body];
}

/** One statement, and so one transaction: whoever comes second waits for the lock and finds the table. */
function migration(table: string): string {
  return `DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('halfminute migrate'));
  IF to_regclass('${table}') IS NULL THEN
    CREATE TABLE ${table} (user_id text COLLATE "C" PRIMARY KEY, revision text NOT NULL, body text NOT NULL);
  END IF;
END $$`;
}

function recordOf(row: unknown): TwoFactorRecord | undefined {
  const { revision, body } = row as { revision?: unknown; body?: unknown };
  return revision === null && body === null ? undefined : toRecord(row);
}

function isWon(row: unknown): boolean {
  const { is_won: won } = row as { is_won?: unknown };
  if (typeof won !== "boolean") throw unexpectedAnswer();
  return won;
}

function requirePool(pool: unknown): void {
  requireMethods<PostgresPool>(pool, "pool", ["query"], "new Pool() of pg");
  const methods = pool as Readonly<Record<string, unknown>>;
  if (SINGLE.every((method) => typeof methods[method] !== "function")) return;
  throw new OtpError(
    "invalid-option",
    "pool must be a pool: a client may be inside a transaction, which can be rolled back",
  );
}

export type { TwoFactorRecord, TwoFactorStore };
