// Two-factor records in PostgreSQL: one row for each user, one statement for each verb, each a
// transaction of its own.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { DEFAULT_TABLE, unexpectedAnswer, quoteTable, toRecord } from "./shared.ts";

/**
 * The part of a pool that the store uses. Pools of pg and compatible drivers have it, and PGlite.
 */
export interface PostgresPool {
  /** Executes one statement on some connection, outside any transaction. */
  query(text: string, values?: string[]): Promise<PostgresResult>;
  /**
   * Checks out a connection, and gives it to the callback or resolves to it. Without this method,
   * the store cannot see that other code left a transaction open on one.
   */
  connect?(callback: (error: unknown, connection?: PostgresConnection) => void): unknown;
}

/** The part of a checked-out connection that the store uses. */
export interface PostgresConnection {
  /** Executes one statement. */
  query(text: string, values?: string[]): Promise<PostgresResult>;
  /** Returns the connection to the pool; `true` closes it. */
  release(close: boolean): void;
  /** Adds a listener. Without one, a broken connection would end the process. */
  on?(event: "error", listener: () => void): unknown;
  /** Removes the listener. */
  off?(event: "error", listener: () => void): unknown;
  /** `"I"` outside a transaction, in newer versions of `pg`. */
  getTransactionStatus?(): unknown;
}

/** The part of a statement's result that the store uses. */
export interface PostgresResult {
  /** The rows, as objects. */
  readonly rows: readonly unknown[];
}

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /**
   * The name of the table: 1 to 63 ASCII letters, digits and `_`, not starting with a digit; a
   * schema and a dot may come before it. Case-sensitive, like a quoted name. Default:
   * `halfminute_two_factor`, found on the search path.
   */
  readonly table?: string;
}

/** A store that can create its table. */
export interface PostgresStore extends TwoFactorStore {
  /**
   * Creates the table if it does not exist. Safe to call again, and by several processes at the
   * same time.
   */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<PostgresStoreOptions> = { table: DEFAULT_TABLE };

/** Properties of a single connection, on which other code may have a transaction open. */
const SINGLE = ["release", "rollback", "getTransactionStatus", "escapeIdentifier"];

/**
 * Creates a store in a PostgreSQL database, 13 or later. You create and end the pool.
 *
 * It takes a pool, not a client: on a pool every statement is its own transaction, which no other
 * code can roll back. A client is refused, and so are reads and writes on a connection of the pool
 * on which other code left a transaction open, as far as the driver or the server shows it: a pool
 * without `connect` shows less. The store's commits wait for the disk even if
 * `synchronous_commit` is off. The pool must connect to the primary server: a replica lags.
 *
 * @param pool - A pool of connections, such as `Pool` of `pg`.
 * @param options - The table's name.
 * @returns A store; call its `migrate()` to create the table.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a client instead of a pool, or an invalid table name.
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
        // Under a stricter isolation level than the default this is how a race is lost. Nothing was
        // written.
        if ((error as { code?: unknown } | null)?.code === "40001") return false;
        throw error;
      }
    },
  };
}

/** Lasts until the transaction ends. A statement of the store is a transaction of its own. */
const MARK = "set_config('halfminute.read', '1', true)";

/** Commits of this transaction wait for the disk. */
const FLUSHED = `set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), true)`;

/**
 * Precedes every statement. It is true inside a transaction of other code that has written, in
 * which the store has read, or that began with its own isolation level. A statement that is alone
 * in its transaction starts with none of these.
 */
const GUARD = `WITH guard AS MATERIALIZED (SELECT (pg_current_xact_id_if_assigned() IS NOT NULL
OR current_setting('halfminute.read', true) = '1'
OR current_setting('transaction_isolation') <> current_setting('default_transaction_isolation')) IS TRUE AS is_inside, `;

/**
 * `pool.query("BEGIN")` leaves a transaction open on a connection that the next call may get. If
 * the driver does not know its status, a mark precedes a write: inside a transaction of other code
 * it is still there when the write begins.
 */
async function onConnection(pool: PostgresPool, setting: string, sql: string, values: string[]): Promise<unknown> {
  const text = `${GUARD + setting})${sql}`;
  if (pool.connect === undefined) return rowAlone(await pool.query(text, values));
  const connection = await checkOut(pool as Required<PostgresPool>);
  let hasFailed = true;
  try {
    const status = connection.getTransactionStatus?.();
    hasFailed = status !== "T"; // its owner may still end the transaction
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

/** The query rejects too. */
const ignore = (): void => undefined;

/**
 * A new connection may break in the same moment in which it is ready. Then only a listener that is
 * added in the callback is early enough; after `await` the process would have ended. A pool without
 * callbacks resolves, one that does both gives the same connection twice, perhaps in a wrapper, and
 * an `async` function around a pool may resolve to nothing before the callback comes.
 */
function checkOut(pool: Required<PostgresPool>): Promise<PostgresConnection> {
  return new Promise((resolve, reject) => {
    let [isTaken, hasFailed] = [false, false];
    const fail = (error: unknown): void => {
      hasFailed = true;
      reject(error as Error); // eslint-disable-line @typescript-eslint/no-unnecessary-type-assertion
    };
    const take = (connection: PostgresConnection | undefined): void => {
      if (!connection?.release || isTaken) return;
      if (hasFailed) {
        connection.release(false);
        return;
      }
      isTaken = true;
      connection.on?.("error", ignore);
      resolve(connection);
    };
    const connecting = pool.connect((error, connection) => {
      if (connection) take(connection);
      else fail(error ?? unexpectedAnswer());
    });
    Promise.resolve(connecting as PostgresConnection | undefined).then(take, fail);
  });
}

/** The row that every statement returns. It says whether the statement was alone. */
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

/** A statement that changes one row or none, and its values. */
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

/**
 * One statement, so one transaction: a second caller waits for the lock and then finds the table.
 */
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
