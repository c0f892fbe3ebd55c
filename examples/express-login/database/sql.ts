// What SQLite and PostgreSQL have in common: the same statements, each of which is one step of the
// database.
import { type Database, MOST_IN_LIST } from "./database.ts";

/** Executes one statement with `?` for its values, and gives the rows. */
export type Query = (sql: string, values: readonly (string | number | null)[]) => Promise<readonly Row[]>;
type Row = Readonly<Record<string, unknown>>;

/** `serial` is how the database spells a number that it gives itself. */
export function tables(serial: string): string {
  return `
    CREATE TABLE IF NOT EXISTS demo_entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at BIGINT);
    CREATE INDEX IF NOT EXISTS demo_entries_expiry ON demo_entries (expires_at);
    CREATE TABLE IF NOT EXISTS demo_lists (id ${serial}, key TEXT NOT NULL, value TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS demo_lists_key ON demo_lists (key, id);`;
}

const COUNT = `
  INSERT INTO demo_entries (key, value, expires_at) VALUES (?, '1', ?)
  ON CONFLICT (key) DO UPDATE SET
    value = CASE WHEN demo_entries.expires_at > ? THEN CAST(CAST(demo_entries.value AS BIGINT) + 1 AS TEXT) ELSE '1' END,
    expires_at = CASE WHEN demo_entries.expires_at > ? THEN demo_entries.expires_at ELSE excluded.expires_at END
  RETURNING value, expires_at`;

const PUT = `
  INSERT INTO demo_entries (key, value, expires_at) VALUES (?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at RETURNING key`;

const REPLACE = `
  UPDATE demo_entries SET value = ?, expires_at = COALESCE(?, expires_at)
  WHERE key = ? AND value = ? AND (expires_at IS NULL OR expires_at > ?) RETURNING key`;

const CUT = `
  DELETE FROM demo_lists WHERE key = ? AND id NOT IN
    (SELECT id FROM demo_lists WHERE key = ? ORDER BY id DESC LIMIT ${MOST_IN_LIST}) RETURNING id`;

export function sqlDatabase(query: Query): Omit<Database, "name" | "twoFactorStore" | "close"> {
  return {
    async get(key) {
      const sql = "SELECT value FROM demo_entries WHERE key = ? AND (expires_at IS NULL OR expires_at > ?)";
      const [row] = await query(sql, [key, Date.now()]);
      return row?.["value"] as string | undefined;
    },
    async add(key, value) {
      const sql = "INSERT INTO demo_entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING RETURNING key";
      return (await query(sql, [key, value])).length === 1;
    },
    async put(key, value, lifetimeSeconds) {
      const now = Date.now();
      if (lifetimeSeconds) await query("DELETE FROM demo_entries WHERE expires_at < ? RETURNING key", [now]);
      await query(PUT, [key, value, lifetimeSeconds ? now + lifetimeSeconds * 1000 : null]);
    },
    async replace(key, expected, value, lifetimeSeconds) {
      const now = Date.now();
      const expiresAt = lifetimeSeconds ? now + lifetimeSeconds * 1000 : null;
      return (await query(REPLACE, [value, expiresAt, key, expected, now])).length === 1;
    },
    async remove(key) {
      const [row] = await query("DELETE FROM demo_entries WHERE key = ? RETURNING value", [key]);
      return row?.["value"] as string | undefined;
    },
    async count(key, seconds) {
      const now = Date.now();
      const [row] = await query(COUNT, [key, now + seconds * 1000, now, now]);
      return {
        count: Number(row?.["value"]),
        secondsLeft: Math.ceil((Number(row?.["expires_at"]) - now) / 1000),
      };
    },
    async append(key, value) {
      await query("INSERT INTO demo_lists (key, value) VALUES (?, ?) RETURNING id", [key, value]);
      await query(CUT, [key, key]);
    },
    async list(key) {
      const rows = await query("SELECT value FROM demo_lists WHERE key = ? ORDER BY id DESC", [key]);
      return rows.map((row) => row["value"] as string);
    },
  };
}
