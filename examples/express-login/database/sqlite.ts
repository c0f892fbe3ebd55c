// The default: a file, made at the first start. Several processes on one machine may share it.
import { sqliteStore } from "halfminute/stores/sqlite";
import Libsql from "libsql";

import type { Database } from "./database.ts";
import { sqlDatabase, tables } from "./sql.ts";

export async function openSqlite(file: string): Promise<Database> {
  const db = new Libsql(file, { timeout: 5000 });
  // FULL, because a power cut must not bring back a code that was used.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec(tables("INTEGER PRIMARY KEY AUTOINCREMENT"));
  const twoFactorStore = sqliteStore(db);
  await twoFactorStore.migrate();
  return {
    name: `SQLite, ${file}`,
    twoFactorStore,
    // Async, so that what the driver throws becomes a rejection.
    // eslint-disable-next-line @typescript-eslint/require-await
    ...sqlDatabase(async (sql, values) => db.prepare(sql).all(...values) as Record<string, unknown>[]),
    close: () => Promise.resolve(void db.close()),
  };
}
