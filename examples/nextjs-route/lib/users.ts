// The app's own people.
import { scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

import { pool } from "./database.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  /** The app's own flag. It alone says that a login needs a second factor. */
  readonly has_two_factor: boolean;
  /** Changes when the second factor is turned on. Sessions that carry another one are over. */
  readonly stamp: number;
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

/**
 * From now on every login needs a code, and all sessions of before are over: one statement does both. If somebody else
 * turned it on or off meanwhile, it changes nothing. Gives the user as it is now.
 */
export async function requireTwoFactor(user: User): Promise<User> {
  const sql = "UPDATE users SET has_two_factor = true, stamp = stamp + 1 WHERE id = $1 AND stamp = $2";
  await pool.query(sql, [user.id, user.stamp]);
  return { ...user, has_two_factor: true, stamp: user.stamp + 1 };
}
