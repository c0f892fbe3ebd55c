// Whether a MySQL or MariaDB server keeps what it commits when the power fails: its settings, and
// the engine of the table.
import { unexpectedAnswer } from "./shared.ts";

export function rowsOf(answer: unknown): readonly unknown[] {
  const rows: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (!Array.isArray(rows)) throw unexpectedAnswer();
  return rows;
}

/** A row for the table, if it exists: whether its commits outlive a power cut. */
export async function durability(
  connection: { execute(sql: string): Promise<unknown> },
  table: string,
): Promise<readonly unknown[]> {
  const database = table.includes(".") ? `'${table.split(".")[0] ?? ""}'` : "DATABASE()";
  const where = `table_schema = ${database} AND table_name = '${table.split(".").at(-1) ?? ""}'`;
  // A server rolls back commits that are missing from its binary log, so that must be flushed too.
  // A view has no engine.
  const isDurable = `COALESCE(engine = 'InnoDB', 0) AND @@global.innodb_flush_log_at_trx_commit = 1
  AND (@@global.log_bin = 0 OR @@global.sync_binlog = 1)`;
  const sql = `SELECT ${isDurable} AS is_durable FROM information_schema.tables WHERE ${where}`;
  return rowsOf(await connection.execute(sql));
}

export function requireDurable(tables: readonly unknown[]): void {
  for (const table of tables) {
    const isDurable = Number((Object(table) as { is_durable?: unknown }).is_durable);
    if (isDurable === 1) continue;
    if (isDurable !== 0) throw unexpectedAnswer();
    throw new Error(
      "a power cut could undo what this MySQL server commits: use a table with ENGINE = InnoDB, set innodb_flush_log_at_trx_commit = 1, and with log_bin sync_binlog = 1, or trustDurability: true",
    );
  }
}
