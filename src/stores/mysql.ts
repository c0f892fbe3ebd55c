// Two-factor records in MySQL or MariaDB: one row for each user, one statement for each verb, each
// a transaction of its own.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireBoolean, requireMethods } from "../core/parameters.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { durability, requireDurable, rowsOf } from "./mysql-durability.ts";
import { DEFAULT_TABLE, isOne, quoteTable, unexpectedAnswer } from "./shared.ts";

/** The part of a pool that the store uses. A pool of `mysql2/promise` has it. */
export interface MysqlPool {
  /** Checks out a connection. */
  getConnection(): Promise<MysqlConnection>;
}

/** The part of a checked-out connection that the store uses. */
export interface MysqlConnection {
  /**
   * Executes one statement. Resolves to an array: rows or a header, then values that the store
   * ignores.
   */
  execute(sql: string, values?: string[]): Promise<unknown>;
  /** Returns the connection to the pool. */
  release(): void;
}

/** Options of {@link mysqlStore}. */
export interface MysqlStoreOptions {
  /**
   * The name of the table: 1 to 63 ASCII letters, digits and `_`, not starting with a digit; a
   * database and a dot may come before it. Default: `halfminute_two_factor`, in the connection's
   * database.
   */
  readonly table?: string;
  /**
   * Whether to accept a server whose settings let a power cut undo commits, and a table with an
   * engine other than InnoDB. Default: `false`.
   */
  readonly trustDurability?: boolean;
}

/** A store that can create its table. */
export interface MysqlStore extends TwoFactorStore {
  /**
   * Creates the table if it does not exist. Safe to call again, and by several processes at the
   * same time.
   */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<MysqlStoreOptions> = { table: DEFAULT_TABLE, trustDurability: false };

/**
 * Properties of a callback pool, a single connection (on which other code may have a transaction
 * open), and a cluster.
 */
const NOT_A_POOL = ["promise", "beginTransaction", "release", "of"];

/**
 * Creates a store in a MySQL 8 or MariaDB 10.3 database, or later. You create and end the pool.
 *
 * It takes a promise pool, not a connection: on a pool every statement is its own transaction,
 * which no other code can roll back. Reads and writes reject on a connection on which other code
 * left a transaction open, and with `autocommit = 0`. `migrate()` and the first write reject on a
 * server that does not flush its log at each commit. The pool must connect to the primary server: a
 * replica lags.
 *
 * @param pool - A pool of `mysql2/promise`.
 * @param options - The table's name, and whether to trust the durability settings.
 * @returns A store; call its `migrate()` to create the table.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a connection instead of a pool, or an invalid table name.
 * @example
 * ```ts
 * import { mysqlStore } from "halfminute/stores/mysql";
 * import { createPool } from "mysql2/promise";
 *
 * const pool = createPool(process.env.MYSQL_URL ?? "mysql://localhost/app");
 * const store = mysqlStore(pool);
 * await store.migrate();
 * console.log(await store.compareAndSet("bob", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.read("bob")); // { revision: '1', body: '{}' }
 * await pool.end();
 * ```
 */
export function mysqlStore(pool: MysqlPool, options?: MysqlStoreOptions): MysqlStore {
  const { table: given, trustDurability } = readOptions(options, DEFAULTS);
  const table = quoteTable(given, 2, "`");
  let isDurable = requireBoolean(trustDurability, "trustDurability");
  requirePool(pool);

  const onConnection = async <Result>(use: (connection: MysqlConnection) => Promise<Result>): Promise<Result> => {
    const connection = await pool.getConnection();
    try {
      return await use(connection);
    } finally {
      connection.release();
    }
  };
  const read = (userId: string): Promise<TwoFactorRecord | undefined> =>
    onConnection(async (connection) => {
      const id = hex(userId, "user id", 1024);
      await beginAlone(connection);
      return recordOf(rowsOf(await connection.execute(selection(table), [id]))[0], id);
    });

  return {
    migrate: () =>
      onConnection(async (connection) => {
        await beginAlone(connection); // making a table commits an open transaction
        const found = await durability(connection, given);
        if (found.length === 0) await connection.execute(creation(table));
        if (!isDurable) requireDurable(found.length > 0 ? found : await durability(connection, given));
      }),
    read,
    compareAndSet: async (userId, expected, next) => {
      if (expected === undefined && next === undefined) return (await read(userId)) === undefined;
      const [sql, ...values] = change(table, userId, expected, next);
      return onConnection(async (connection) => {
        await beginAlone(connection);
        if (!isDurable) {
          const found = await durability(connection, given);
          requireDurable(found);
          isDurable = found.length > 0; // without a table, the write fails and says so
          await beginAlone(connection);
        }
        try {
          return isOne(requireAlone(await connection.execute(sql, values)).affectedRows);
        } catch (error) {
          if (isLost(error, expected)) return false;
          throw error;
        }
      });
    },
  };
}

/**
 * Errors that mean a lost race, with nothing written: a deadlock (1213), a row newer than the
 * statement's snapshot (1020, MariaDB with `innodb_snapshot_isolation`), or a conflict with another
 * node at the commit (3101, Group Replication).
 */
const LOST: ReadonlySet<unknown> = new Set([1213, 1020, 3101]);

/**
 * For an insert, also an existing record (1062). A trigger or another key may cause the same number
 * for another reason.
 */
function isLost(error: unknown, expected: string | undefined): boolean {
  const { errno, message } = Object(error) as { errno?: unknown; message?: unknown };
  return LOST.has(errno) || (errno === 1062 && expected === undefined && String(message).includes("PRIMARY'"));
}

/**
 * Makes the next statement its own transaction that sees exactly what is committed, whatever the
 * connection's isolation level. Inside a transaction the server refuses this (1568); its answer
 * says whether statements commit by themselves.
 */
async function beginAlone(connection: MysqlConnection): Promise<void> {
  const begin = connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  requireAlone(
    await begin.catch((error: unknown) => {
      if ((error as { errno?: unknown } | null)?.errno === 1568) throw insideTransaction();
      throw error;
    }),
  );
}

function insideTransaction(): Error {
  return new Error("the MySQL store refuses to work inside a transaction: what it writes could be rolled back");
}

function creation(table: string): string {
  const columns =
    "`user_id` VARBINARY(1024) NOT NULL PRIMARY KEY, `revision` VARBINARY(256) NOT NULL, `body` MEDIUMBLOB NOT NULL";
  return `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;
}

/**
 * Text is sent and returned as hexadecimal digits. A parameter has the connection's character set,
 * and in UTF-16 the digits would differ.
 */
const TEXT = "UNHEX(CONVERT(? USING latin1))";

/** There is always a row, which names its user: any other answer is unexpected. */
function selection(table: string): string {
  return `SELECT HEX(asked.\`id\`) AS \`id\`, HEX(\`revision\`) AS \`revision\`, HEX(\`body\`) AS \`body\`
FROM (SELECT ${TEXT} AS \`id\`) AS asked LEFT JOIN ${table} ON \`user_id\` = asked.\`id\``;
}

/** A statement that changes one row or none, and its values. */
function change(
  table: string,
  userId: string,
  expected: string | undefined,
  next: TwoFactorRecord | undefined,
): [string, ...string[]] {
  const id = hex(userId, "user id", 1024);
  const content = next && [hex(next.revision, "revision", 256), hex(next.body, "body", 2 ** 24 - 1)];
  if (expected === undefined) {
    const sql = `INSERT INTO ${table} (\`user_id\`, \`revision\`, \`body\`) VALUES (${TEXT}, ${TEXT}, ${TEXT})`;
    return [sql, id, ...(content ?? [])];
  }
  const where = `WHERE \`user_id\` = ${TEXT} AND \`revision\` = ${TEXT}`;
  const key = [id, hex(expected, "revision", 256)];
  if (!content) return [`DELETE FROM ${table} ${where}`, ...key];
  return [`UPDATE ${table} SET \`revision\` = ${TEXT}, \`body\` = ${TEXT} ${where}`, ...content, ...key];
}

/** Without strict `sql_mode`, the server silently truncates longer text. */
function hex(text: string, name: string, mostBytes: number): string {
  const bytes = encodeUtf8(text);
  if (!bytes || bytes.length > mostBytes)
    throw new Error(`${name} must be well-formed text of at most ${mostBytes} bytes`);
  return Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1))
    .join("")
    .toUpperCase();
}

/**
 * Upper case, as the server returns digits; as bytes if the connection's character set is `binary`.
 */
function digitsOf(value: unknown): string {
  const digits: unknown = value instanceof Uint8Array ? String.fromCharCode(...value) : value;
  if (typeof digits !== "string") throw unexpectedAnswer();
  return digits;
}

function textOf(value: unknown): string {
  return decodeURIComponent(digitsOf(value).replace(/../g, "%$&"));
}

function recordOf(row: unknown, askedId: string): TwoFactorRecord | undefined {
  const { id, revision, body } = Object(row) as { id?: unknown; revision?: unknown; body?: unknown };
  if (digitsOf(id) !== askedId) throw unexpectedAnswer();
  return revision === null && body === null ? undefined : { revision: textOf(revision), body: textOf(body) };
}

interface Header {
  readonly affectedRows?: unknown;
  readonly serverStatus?: unknown;
}

/**
 * Each answer of the server says whether a transaction is open (bit 0), and whether statements
 * commit by themselves (bit 1).
 */
function requireAlone(answer: unknown): Header {
  const header = Object(Array.isArray(answer) ? answer[0] : undefined) as Header;
  const status = header.serverStatus;
  if (typeof status !== "number") throw unexpectedAnswer();
  if ((status & 1) !== 0) throw insideTransaction();
  if ((status & 2) === 0) {
    throw new Error("the MySQL store refuses to work with autocommit = 0: its transaction would be somebody else's");
  }
  return header;
}

function requirePool(pool: unknown): void {
  requireMethods<MysqlPool>(pool, "pool", ["getConnection"], "createPool() of mysql2/promise");
  const methods = pool as Readonly<Record<string, unknown>>;
  const isCallback = (pool as MysqlPool).getConnection.length > 0; // it takes a callback
  if (!isCallback && NOT_A_POOL.every((method) => typeof methods[method] !== "function")) return;
  throw new OtpError(
    "invalid-option",
    "pool must be a pool of mysql2/promise: not a callback pool (its promise() gives one), a cluster, or a connection, whose transaction can be rolled back",
  );
}

export type { TwoFactorRecord, TwoFactorStore };
