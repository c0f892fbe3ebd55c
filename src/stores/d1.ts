// Two-factor records in Cloudflare D1: one row for each user, one statement for each verb, each a transaction of its own.
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

/** What the store uses of a D1 binding: `D1Database` of Cloudflare's types has it. */
export interface D1Binding {
  /** Begins a session. `"first-primary"` sends its first statement to the primary. */
  withSession(constraint: "first-primary"): D1Session;
}

/** What the store uses of a session. */
export interface D1Session {
  /** Compiles one statement. */
  prepare(sql: string): D1Statement;
}

/** What the store uses of a prepared statement. */
export interface D1Statement {
  /** The same statement with values for its question marks. */
  bind(...values: string[]): D1Statement;
  /** The first row, or `null`. */
  first(): Promise<unknown>;
  /** Executes it, and says how many rows changed. */
  run(): Promise<D1Changes>;
}

/** What the store uses of the answer to a change. */
export interface D1Changes {
  /** Facts about the execution. */
  readonly meta: {
    /** How many rows changed. */
    readonly changes: number;
  };
}

/** Settings of {@link d1Store}. */
export interface D1StoreOptions {
  /** Table: 1 to 63 ASCII letters, digits and `_`, not starting with a digit. By default `halfminute_two_factor`. */
  readonly table?: string;
}

/** A store with a method that makes its table. */
export interface D1Store extends TwoFactorStore {
  /** Makes the table if it is not there. It may be called again, and by several Workers at once. */
  migrate(): Promise<void>;
}

const DEFAULTS: Required<D1StoreOptions> = { table: DEFAULT_TABLE };

/**
 * Keeps two-factor records in a Cloudflare D1 database. Making a store does no work, so a Worker makes one for each request.
 *
 * Each verb is one statement in a session of its own that begins at the primary (`withSession("first-primary")`), so that no read is
 * stale where read replication is on. D1 commits each statement by itself and answers when it is durable.
 *
 * @param db the binding itself, not a session made of it
 * @param options `table`, see {@link D1StoreOptions}
 * @returns a store, with `migrate()` to make its table
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for a session instead of a binding and a bad table name
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
 * @see Cloudflare on sessions of D1: https://developers.cloudflare.com/d1/best-practices/read-replication/
 */
export function d1Store(db: D1Binding, options?: D1StoreOptions): D1Store {
  const table = quoteTable(readOptions(options, DEFAULTS).table, 1);
  requireMethods<D1Binding>(db, "db", ["withSession"], "the D1 binding of a Worker");
  const prepare = (sql: string): D1Statement => db.withSession("first-primary").prepare(sql);
  const read = async (userId: string): Promise<TwoFactorRecord | undefined> => {
    const row = await prepare(`SELECT revision, body FROM ${table} WHERE user_id = ?`).bind(userId).first();
    if (row === undefined) throw unexpectedAnswer(); // D1 says `null` where there is none
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
