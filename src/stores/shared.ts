// Shared by the database stores: table names in SQL, and checks of the driver's answers.
import { OtpError } from "../core/errors.ts";
import { type TwoFactorRecord } from "../two-factor/store.ts";

/** PostgreSQL truncates longer names. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

export const DEFAULT_TABLE = "halfminute_two_factor";

/**
 * The name as a quoted SQL identifier: case is kept and keywords are allowed. Nothing in it needs
 * escaping.
 */
export function quoteTable(table: unknown, mostParts: 1 | 2, quote = '"'): string {
  const parts = typeof table === "string" ? table.split(".") : [];
  if (parts.length < 1 || parts.length > mostParts || !parts.every((part) => NAME.test(part))) {
    const schema = mostParts === 2 ? ", after an optional schema and dot" : "";
    throw new OtpError("invalid-option", `table must be 1 to 63 ASCII letters, digits and _, no digit first${schema}`);
  }
  return parts.map((part) => quote + part + quote).join(".");
}

/**
 * A row as a record. Anything except text is an unexpected answer, which must not look like a
 * missing user.
 */
export function toRecord(row: unknown): TwoFactorRecord | undefined {
  if (row === undefined || row === null) return undefined;
  const { revision, body } = row as { revision?: unknown; body?: unknown };
  if (typeof revision !== "string" || typeof body !== "string") throw unexpectedAnswer();
  return { revision, body };
}

/** The statement that creates the table, for SQLite. `table` is quoted. */
export function sqliteCreation(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (user_id TEXT NOT NULL PRIMARY KEY, revision TEXT NOT NULL, body TEXT NOT NULL) STRICT`;
}

/**
 * A statement that changes one row or none, and its values, for SQLite; empty if there is nothing
 * to write.
 */
export function sqliteChange(
  table: string,
  userId: string,
  expected: string | undefined,
  next: TwoFactorRecord | undefined,
): readonly [sql?: string, ...values: string[]] {
  if (expected === undefined) {
    if (next === undefined) return [];
    const sql = `INSERT INTO ${table} (user_id, revision, body) VALUES (?, ?, ?) ON CONFLICT (user_id) DO NOTHING`;
    return [sql, userId, next.revision, next.body];
  }
  if (next === undefined) return [`DELETE FROM ${table} WHERE user_id = ? AND revision = ?`, userId, expected];
  const sql = `UPDATE ${table} SET revision = ?, body = ? WHERE user_id = ? AND revision = ?`;
  return [sql, next.revision, next.body, userId, expected];
}

/** Whether a statement changed its row, from the number of changed rows. */
export function isOne(changes: unknown): boolean {
  if (changes !== 0 && changes !== 1 && changes !== 0n && changes !== 1n) throw unexpectedAnswer();
  return Number(changes) === 1;
}

export function unexpectedAnswer(): Error {
  return new Error("unexpected answer from the database driver; is this the driver the store expects?");
}
