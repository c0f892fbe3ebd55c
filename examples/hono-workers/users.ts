// The app's own people and sessions, in the same D1 database.
import type { Database } from "./d1-store.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  /** The app's own flag. It alone says that a login needs a second factor. */
  readonly has_two_factor: number;
}

export interface Session {
  readonly user_id: string;
  /** Whether all that this person needs has been shown: the password and, with the flag, a code. */
  readonly passed: number;
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

/** A new name for every step, so that nobody can know it from before. */
export async function beginSession(db: Database, userId: string, passed: boolean): Promise<string> {
  const id = hex(crypto.getRandomValues(new Uint8Array(24)));
  const endsAt = Date.now() + (passed ? 60 : 5) * 60_000;
  const insert = db.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?)");
  await insert.bind(id, userId, passed ? 1 : 0, endsAt).run();
  return id;
}

export function findSession(db: Database, id: string): Promise<Session | null> {
  const select = db.prepare("SELECT user_id, passed FROM sessions WHERE id = ? AND ends_at > ?");
  return select.bind(id, Date.now()).first<Session>();
}
