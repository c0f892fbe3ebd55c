// Everything the app keeps, as keys and values: enough for users, sessions and a history, and small
// enough for three databases. Two instances over one database behave as one, because neither keeps
// anything in its own memory.
import type { TwoFactorStore } from "halfminute/two-factor";

export interface Database {
  /** For people: which database it is, without its password. */
  readonly name: string;
  /** The records of the second factor: a store of halfminute on the same connection. */
  readonly twoFactorStore: TwoFactorStore;
  get(key: string): Promise<string | undefined>;
  /** Only if the key is not there. Of two callers at the same time, one gets `true`. */
  add(key: string, value: string): Promise<boolean>;
  put(key: string, value: string, lifetimeSeconds?: number): Promise<void>;
  /**
   * Only if the value is still the expected one. Of two callers at the same time, one gets `true`.
   * Without a lifetime the old one stays.
   */
  replace(key: string, expected: string, value: string, lifetimeSeconds?: number): Promise<boolean>;
  /** Gives the value that was there. */
  remove(key: string): Promise<string | undefined>;
  /**
   * Counts one more, in one step of the database. The count begins anew when so many seconds are
   * over.
   */
  count(key: string, seconds: number): Promise<Count>;
  /** Adds to the end of a list and keeps the newest. */
  append(key: string, value: string): Promise<void>;
  /** The newest first. */
  list(key: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Count {
  readonly count: number;
  /** Until it begins anew. */
  readonly secondsLeft: number;
}

/** How much of a list is kept. */
export const MOST_IN_LIST = 50;

/**
 * PostgreSQL or Redis if the environment names one, otherwise a file. A driver is loaded only if it
 * is needed.
 */
export async function openDatabase(file: string): Promise<Database> {
  const { DATABASE_URL, REDIS_URL } = process.env;
  if (DATABASE_URL && REDIS_URL) throw new Error("Set DATABASE_URL or REDIS_URL, not both.");
  if (DATABASE_URL) return (await import("./postgres.ts")).openPostgres(DATABASE_URL);
  if (REDIS_URL) return (await import("./redis.ts")).openRedis(REDIS_URL);
  return (await import("./sqlite.ts")).openSqlite(file);
}
