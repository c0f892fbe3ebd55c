// DATABASE_URL: PostgreSQL, for several instances on several machines.
import { postgresStore } from "halfminute/stores/postgres";
import { Pool } from "pg";

import type { Database } from "./database.ts";
import { sqlDatabase, tables } from "./sql.ts";

export async function openPostgres(connectionString: string): Promise<Database> {
  const pool = new Pool({ connectionString, connectionTimeoutMillis: 5000 });
  // A connection that breaks while it is idle. Without a listener it would end the process.
  pool.on("error", () => {
    console.error("A connection to PostgreSQL was lost.");
  });
  // One query, and so one transaction. The lock, because two instances that start at once would
  // both make the tables.
  const make = tables("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
  await pool.query(`SELECT pg_advisory_xact_lock(hashtext('demo tables')); ${make}`);
  const twoFactorStore = postgresStore(pool);
  await twoFactorStore.migrate();
  return {
    name: "PostgreSQL, from DATABASE_URL",
    twoFactorStore,
    ...sqlDatabase(async (sql, values) => {
      let number = 0;
      const { rows } = await pool.query<Record<string, unknown>>(
        sql.replace(/\?/g, () => `$${++number}`),
        [...values],
      );
      return rows;
    }),
    close: () => pool.end(),
  };
}
