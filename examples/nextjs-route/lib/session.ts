// Sessions in the database, because the functions of a deployment share nothing else; and in the browser a name for one.
import { randomBytes } from "node:crypto";

import { pool } from "./database.ts";
import { Refusal } from "./http.ts";
import { needsTwoFactor } from "./two-factor.ts";
import type { User } from "./users.ts";

/** What was shown. Whether that is enough is decided with each request: the second factor may have been turned on since. */
interface Session extends User {
  /** Whether a code was shown, or only the password. */
  readonly with_code: boolean;
  /** The device whose secret this session was shown. Only this session can confirm it. */
  readonly device_id: string | null;
}

const COOKIE = "__Host-session";

function idIn(request: Request): string {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
}

/**
 * A new name for every step, so that nobody can know it from before. Gives the header that sets it.
 * `user` is as it was read before the password or code was checked: if its stamp has changed since, the session is over.
 */
export async function beginSession(
  request: Request,
  user: User,
  withCode: boolean,
  minutes = 60,
): Promise<Record<string, string>> {
  const id = randomBytes(24).toString("base64url");
  const endsAt = new Date(Date.now() + minutes * 60_000);
  await pool.query("DELETE FROM sessions WHERE id = $1", [idIn(request)]);
  await pool.query("INSERT INTO sessions VALUES ($1, $2, $3, $4, $5)", [id, user.id, user.stamp, withCode, endsAt]);
  return { "Set-Cookie": `${COOKIE}=${id}; Path=/; Secure; HttpOnly; SameSite=Strict` };
}

export async function showedDevice(request: Request, deviceId: string): Promise<void> {
  await pool.query("UPDATE sessions SET device_id = $1 WHERE id = $2", [deviceId, idIn(request)]);
}

/** The session, perhaps of somebody who has only shown the password. */
export async function sessionOf(request: Request): Promise<Session> {
  const sql = `SELECT users.id, email, has_two_factor, users.stamp, with_code, device_id
    FROM sessions JOIN users ON users.id = sessions.user_id AND users.stamp = sessions.stamp
    WHERE sessions.id = $1 AND ends_at > $2`;
  const { rows } = await pool.query<Session>(sql, [idIn(request), new Date()]);
  const [session] = rows;
  if (!session) throw new Refusal(401, "sign in first");
  return session;
}

/** The person, once all that is needed was shown. Every handler but those of the login begins with it. */
export async function personOf(request: Request): Promise<Session> {
  const session = await sessionOf(request);
  if (!session.with_code && (await needsTwoFactor(session))) throw new Refusal(401, "sign in first");
  return session;
}
