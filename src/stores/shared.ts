// What the stores on databases have in common: names that go into SQL text, and distrust of what a driver gives back.
import { OtpError } from "../core/errors.ts";
import { type TwoFactorRecord } from "../two-factor/store.ts";

/** PostgreSQL cuts longer names off. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

export const DEFAULT_TABLE = "halfminute_two_factor";

/** The name as an SQL identifier. It is quoted, so upper case stays and a keyword is a name; nothing in it needs an escape. */
export function quoteTable(table: unknown, mostParts: 1 | 2): string {
  const parts = typeof table === "string" ? table.split(".") : [];
  if (parts.length < 1 || parts.length > mostParts || !parts.every((part) => NAME.test(part))) {
    const schema = mostParts === 2 ? ", with at most one schema and a dot before it" : "";
    throw new OtpError("invalid-option", `table must be 1 to 63 ASCII letters, digits and _, no digit first${schema}`);
  }
  return parts.map((part) => `"${part}"`).join(".");
}

/** A row as a record. Anything else than text is an answer that was not understood: no reason to take a user for unknown. */
export function toRecord(row: unknown): TwoFactorRecord | undefined {
  if (row === undefined || row === null) return undefined;
  const { revision, body } = row as { revision?: unknown; body?: unknown };
  if (typeof revision !== "string" || typeof body !== "string") throw unexpectedAnswer();
  return { revision, body };
}

export function unexpectedAnswer(): Error {
  return new Error("unexpected answer from the database driver; is this the driver the store expects?");
}
