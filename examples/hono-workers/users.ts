// The app's own people and sessions, in the same D1 database.
import type { D1Binding } from "halfminute/stores/d1";

/** What is used of a D1 database; `D1Database` of Cloudflare's types has it. */
export interface Database extends D1Binding {
  prepare(sql: string): Statement;
}

interface Statement {
  bind(...values: readonly (string | number)[]): Statement;
  first<Row>(): Promise<Row | null>;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
}

export interface User {
  readonly id: string;
  readonly email: string;
  /** The app's own flag. It alone says that a login needs a second factor. */
  readonly has_two_factor: number;
  /** Changes when the second factor is turned on. Sessions that carry another one are over. */
  readonly stamp: number;
}

/** What was shown. Whether that is enough is decided with each request: the second factor may have been turned on since. */
export interface Session extends User {
  /** 1 if a code was shown, 0 if only the password. */
  readonly with_code: number;
  /** The device whose secret this session was shown. Only this session can confirm it. */
  readonly device_id: string | null;
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** PBKDF2 as slow as Workers allow, in hexadecimal digits. */
export async function hashPassword(password: string, salt: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations: 100_000 };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)));
}

/** Nobody if e-mail address or password is wrong; as slow for both. Limit attempts, too. */
export async function checkPassword(db: Database, email: string, password: string): Promise<User | undefined> {
  const select = db.prepare("SELECT * FROM users WHERE email = ?").bind(email);
  const user = await select.first<User & { readonly salt: string; readonly hash: string }>();
  const hash = await hashPassword(password, user?.salt ?? "nobody");
  return user?.hash === hash ? user : undefined;
}

/**
 * From now on every login needs a code, and all sessions of before are over: one statement does both. If somebody else
 * turned it on or off meanwhile, it changes nothing. Gives the user as it is now.
 */
export async function requireTwoFactor(db: Database, user: User): Promise<User> {
  const sql = "UPDATE users SET has_two_factor = 1, stamp = stamp + 1 WHERE id = ? AND stamp = ?";
  await db.prepare(sql).bind(user.id, user.stamp).run();
  return { ...user, has_two_factor: 1, stamp: user.stamp + 1 };
}

/**
 * A new name for every step, so that nobody can know it from before. `user` is as it was read before the password or
 * code was checked: if its stamp has changed since, the session is over.
 */
export async function beginSession(db: Database, user: User, withCode: boolean, minutes: number): Promise<string> {
  const id = hex(crypto.getRandomValues(new Uint8Array(24)));
  const insert = db.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, NULL)");
  await insert.bind(id, user.id, user.stamp, withCode ? 1 : 0, Date.now() + minutes * 60_000).run();
  return id;
}

export function findSession(db: Database, id: string): Promise<Session | null> {
  const select = db.prepare(`SELECT users.id, email, has_two_factor, users.stamp, with_code, device_id
    FROM sessions JOIN users ON users.id = sessions.user_id AND users.stamp = sessions.stamp
    WHERE sessions.id = ? AND ends_at > ?`);
  return select.bind(id, Date.now()).first<Session>();
}

export async function showedDevice(db: Database, sessionId: string, deviceId: string): Promise<void> {
  await db.prepare("UPDATE sessions SET device_id = ? WHERE id = ?").bind(deviceId, sessionId).run();
}
