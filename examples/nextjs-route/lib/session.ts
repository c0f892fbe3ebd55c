// Sessions in the database, because the functions of a deployment share nothing else; and in the browser a name for one.
import { randomBytes } from "node:crypto";

import { pool } from "./database.ts";
import { Refusal } from "./http.ts";
import { findUser, type User } from "./users.ts";

export interface Session {
  readonly user_id: string;
  /** Whether all that this person needs has been shown: the password and, with the flag, a code. */
  readonly passed: boolean;
}

const COOKIE = "__Host-session";

function idIn(request: Request): string {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
}

/** A new name for every step, so that nobody can know it from before. Gives the header that sets it. */
export async function beginSession(request: Request, userId: string, passed: boolean): Promise<Record<string, string>> {
  const id = randomBytes(24).toString("base64url");
  const endsAt = new Date(Date.now() + (passed ? 60 : 5) * 60_000);
  await pool.query("DELETE FROM sessions WHERE id = $1", [idIn(request)]);
  await pool.query("INSERT INTO sessions VALUES ($1, $2, $3, $4)", [id, userId, passed, endsAt]);
  return { "Set-Cookie": `${COOKIE}=${id}; Path=/; Secure; HttpOnly; SameSite=Strict` };
}

/** The session, perhaps of somebody who has only shown the password. */
export async function sessionOf(request: Request): Promise<Session> {
  const sql = "SELECT user_id, passed FROM sessions WHERE id = $1 AND ends_at > $2";
  const { rows } = await pool.query<Session>(sql, [idIn(request), new Date()]);
  const [session] = rows;
  if (!session) throw new Refusal(401, "sign in first");
  return session;
}

/** The person, once all that is needed was shown. Every handler but those of the login begins with it. */
export async function personOf(request: Request): Promise<User> {
  const { user_id, passed } = await sessionOf(request);
  const user = passed ? await findUser(user_id) : undefined;
  if (!user) throw new Refusal(401, "sign in first");
  return user;
}
