// What the app and support work on: the database, and the keys that seal secrets.
import { mkdirSync } from "node:fs";
import path from "node:path";

import type { SealingKey } from "halfminute/two-factor";

import { type Database, openDatabase } from "./database/database.ts";
import { sealingKeys } from "./keys.ts";

export interface Data {
  readonly database: Database;
  readonly keys: readonly SealingKey[];
}

export async function openData(): Promise<Data> {
  process.umask(0o077); // what is made here is for this user alone
  const folder = path.resolve(process.env["DATA_FOLDER"] ?? path.join(import.meta.dirname, "data"));
  mkdirSync(folder, { recursive: true });
  const keys = sealingKeys(path.join(folder, "sealing-key"));
  return { database: await openDatabase(path.join(folder, "demo.db")), keys };
}

/** One line for people instead of a stack. */
export function lineOf(error: unknown): string {
  const { message, code } = Object(error) as { message?: string; code?: string };
  return message || code || "unknown error";
}
