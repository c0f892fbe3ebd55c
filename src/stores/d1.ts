// Two-factor records in Cloudflare D1: one row per user; each call is one statement in its own
// transaction.
import { readOptions, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import {
  DEFAULT_TABLE,
  isOne,
  quoteTable,
  sqliteChange,
  sqliteCreation,
  toRecord,
  unexpectedAnswer,
} from "./shared.ts";

/** The part of a D1 binding that the store uses. `D1Database` of Cloudflare's types has it. */
export interface D1Binding {
  /** Begins a session. `"first-primary"` sends its first statement to the primary. */
  withSession(constraint: "first-primary"): D1Session;
}

/** The part of a session that the store uses. */
export interface D1Session {
  /** Compiles one statement. */
  prepare(sql: string): D1Statement;
}

/** The part of a prepared statement that the store uses. */
export interface D1Statement {
  /** Returns the statement with values for its question marks. */
  bind(...values: string[]): D1Statement;
  /** Returns the first row, or `null`. */
  first(): Promise<unknown>;
  /** Executes the statement, and returns how many rows changed. */
  run(): Promise<D1Changes>;
}

/** The part of a change's result that the store uses. */
export interface D1Changes {
  /** Metadata of the execution. */
  readonly meta: {
    /** The number of changed rows. */
    readonly changes: number;
  };
}

/** Options of {@link d1Store}. */
export interface D1StoreOptions {
  /**
   * The name of the table: 1 to 63 ASCII letters, digits and `_`, not starting with a digit.
   * Default: `halfminute_two_factor`.
   */
  readonly table?: string;
}

/** A store that can create its table. */
export interface D1Store extends TwoFactorStore {
  /**
   * Creates the table if it does not exist. Safe to call again, and by several Workers at the same
   * time.
   */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<D1StoreOptions> = { table: DEFAULT_TABLE };

/**
 * Creates a store in a Cloudflare D1 database. Creating one does no work, so a Worker may create
 * one for each request.
 *
 * Each call is one statement in its own session that begins at the primary
 * (`withSession("first-primary")`), so no read is stale with read replication. D1 commits each
 * statement by itself and answers when it is durable.
 *
 * @param db - The binding itself, not a session made from it.
 * @param options - The table's name.
 * @returns A store; call its `migrate()` to create the table.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a session instead of a binding, or an invalid table name.
 * @example
 * ```ts
 * import { d1Store, type D1Binding } from "halfminute/stores/d1";
 *
 * export default {
 *   async fetch(request: Request, env: { DB: D1Binding }): Promise<Response> {
 *     const store = d1Store(env.DB);
 *     await store.migrate(); // or give schema/sqlite.sql to `wrangler d1 migrations`
 *     console.log(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })); // true
 *     return Response.json(await store.read("alice"));
 *   },
 * };
 * ```
 * @see Cloudflare on D1 sessions:
 * https://developers.cloudflare.com/d1/best-practices/read-replication/
 */
export function d1Store(db: D1Binding, options?: D1StoreOptions): D1Store {
  const table = quoteTable(readOptions(options, DEFAULTS).table, 1);
  requireMethods<D1Binding>(db, "db", ["withSession"], "the D1 binding of a Worker");
  const prepare = (sql: string): D1Statement => db.withSession("first-primary").prepare(sql);
  const read = async (userId: string): Promise<TwoFactorRecord | undefined> => {
    const row = await prepare(`SELECT revision, body FROM ${table} WHERE user_id = ?`).bind(userId).first();
    if (row === undefined) throw unexpectedAnswer(); // without a row, D1 returns `null`
    return toRecord(row);
  };

  return {
    migrate: async () => {
      await prepare(sqliteCreation(table)).run();
    },
    read,
    compareAndSet: async (userId, expected, next) => {
      const [sql, ...values] = sqliteChange(table, userId, expected, next);
      if (sql === undefined) return (await read(userId)) === undefined;
      const answer = (await prepare(sql)
        .bind(...values)
        .run()) as Partial<D1Changes> | undefined;
      return isOne(answer?.meta?.changes);
    },
  };
}

export type { TwoFactorRecord, TwoFactorStore };
