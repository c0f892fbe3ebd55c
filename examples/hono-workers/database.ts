// Sessions and attempts in the same D1 database: Workers are many, and what one has in memory no
// other one sees.
import type { D1Binding } from "halfminute/stores/d1";

import type { Session } from "../account/account.ts";
import { type Attempts, limitBy } from "../account/limits.ts";

/** What is used of a D1 database; `D1Database` of Cloudflare's types has it. */
export interface Database extends D1Binding {
  prepare(sql: string): Statement;
}

interface Statement {
  bind(...values: readonly (string | number | null)[]): Statement;
  first<Row>(): Promise<Row | null>;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
}

interface Row extends Omit<Session, "withCode" | "deviceId"> {
  readonly withCode: number;
  readonly deviceId: string | null;
}

export async function findSession(db: Database, id: string): Promise<Session | undefined> {
  const sql = `SELECT user_id AS userId, stamp, with_code AS withCode, ends_at AS endsAt, device_id AS deviceId
    FROM sessions WHERE id = ?`;
  const row = await db.prepare(sql).bind(id).first<Row>();
  return row ? { ...row, withCode: row.withCode === 1, deviceId: row.deviceId ?? "" } : undefined;
}

/**
 * Ends the session of this id. The new one has another id, so that nobody can know it from before.
 */
export async function replaceSession(db: Database, before: string, session: Session): Promise<string> {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  const { userId, stamp, withCode, endsAt, deviceId = null } = session;
  await db.prepare("DELETE FROM sessions WHERE id = ?").bind(before).run();
  const insert = db.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)");
  await insert.bind(id, userId, stamp, Number(withCode), endsAt, deviceId).run();
  return id;
}

/** Counts in one statement: requests that come at the same time are all counted. */
export function limitIn(db: Database): (ip: string) => Promise<void> {
  return limitBy(async (network, now) => {
    const sql = `INSERT INTO attempts VALUES (?1, 1, ?2 + 60000) ON CONFLICT (address) DO UPDATE SET
      count = CASE WHEN ends_at > ?2 THEN count + 1 ELSE 1 END,
      ends_at = CASE WHEN ends_at > ?2 THEN ends_at ELSE excluded.ends_at END
      RETURNING count, ends_at AS endsAt`;
    const attempts = await db.prepare(sql).bind(network, now).first<Attempts>();
    if (!attempts) throw new Error("not counted");
    const removal = "DELETE FROM attempts WHERE ends_at <= ?";
    if (attempts.count === 1) await db.prepare(removal).bind(now).run();
    return attempts;
  });
}
