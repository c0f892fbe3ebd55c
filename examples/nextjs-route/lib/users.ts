// The app's own people.
import { scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

import { pool } from "./database.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  /** The app's own flag. It alone says that a login needs a second factor. */
  readonly has_two_factor: boolean;
}

/** scrypt, as 64 hexadecimal digits. */
export async function hashPassword(password: string, salt: string): Promise<string> {
  const bytes = await promisify<string, string, number, Buffer>(scrypt)(password, salt, 32);
  return bytes.toString("hex");
}

/** Nobody if e-mail address or password is wrong; as slow for both. Limit attempts, too. */
export async function checkPassword(email: string, password: string): Promise<User | undefined> {
  const { rows } = await pool.query<User & { salt: string; hash: string }>("SELECT * FROM users WHERE email = $1", [
    email,
  ]);
  const [user] = rows;
  const hash = await hashPassword(password, user?.salt ?? "nobody");
  return timingSafeEqual(Buffer.from(hash), Buffer.from(user?.hash ?? "0".repeat(64))) ? user : undefined;
}

export async function findUser(id: string): Promise<User | undefined> {
  const { rows } = await pool.query<User>("SELECT id, email, has_two_factor FROM users WHERE id = $1", [id]);
  return rows[0];
}

/** From now on no login without a code; and whatever session began without one ends. */
export async function requireTwoFactor(id: string): Promise<void> {
  await pool.query("UPDATE users SET has_two_factor = true WHERE id = $1", [id]);
  await pool.query("DELETE FROM sessions WHERE user_id = $1", [id]);
}
