// Sessions and attempts in the database, because the functions of a deployment share nothing else.
import { randomBytes } from "node:crypto";

import type { Session } from "../../account/account.ts";
import { limitBy } from "../../account/limits.ts";
import { pool } from "./database.ts";

interface Row extends Omit<Session, "endsAt" | "deviceId"> {
  readonly endsAt: Date;
  readonly deviceId: string | null;
}

export async function findSession(id: string): Promise<Session | undefined> {
  const sql = `SELECT user_id AS "userId", stamp, with_code AS "withCode", ends_at AS "endsAt", device_id AS "deviceId"
    FROM sessions WHERE id = $1`;
  const { rows } = await pool.query<Row>(sql, [id]);
  const [row] = rows;
  return row && { ...row, endsAt: row.endsAt.getTime(), deviceId: row.deviceId ?? "" };
}

/**
 * Ends the session of this id. The new one has another id, so that nobody can know it from before.
 */
export async function replaceSession(before: string, session: Session): Promise<string> {
  const id = randomBytes(24).toString("base64url");
  const { userId, stamp, withCode, endsAt, deviceId = null } = session;
  const values = [id, userId, stamp, withCode, new Date(endsAt), deviceId];
  await pool.query("DELETE FROM sessions WHERE id = $1", [before]);
  await pool.query("INSERT INTO sessions VALUES ($1, $2, $3, $4, $5, $6)", values);
  return id;
}

/** Counts in one statement: requests that come at the same time are all counted. */
export const limit = limitBy(async (network, now) => {
  const sql = `INSERT INTO attempts VALUES ($1, 1, $3) ON CONFLICT (address) DO UPDATE SET
    count = CASE WHEN attempts.ends_at > $2 THEN attempts.count + 1 ELSE 1 END,
    ends_at = CASE WHEN attempts.ends_at > $2 THEN attempts.ends_at ELSE excluded.ends_at END
    RETURNING count, ends_at AS "endsAt"`;
  const times = [new Date(now), new Date(now + 60_000)];
  const { rows } = await pool.query<{ count: number; endsAt: Date }>(sql, [network, ...times]);
  const [row] = rows;
  if (!row) throw new Error("not counted");
  if (row.count === 1) await pool.query("DELETE FROM attempts WHERE ends_at <= $1", [times[0]]);
  return { count: row.count, endsAt: row.endsAt.getTime() };
});
