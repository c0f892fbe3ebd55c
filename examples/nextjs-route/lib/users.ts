// The app's own people.
import { scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

import type { User, Users } from "../../account/account.ts";
import { pool } from "./database.ts";

const SELECT = `SELECT id, email, has_two_factor AS "hasTwoFactor", stamp, password_version AS "passwordVersion"`;

export const users: Users = {
  async find(id) {
    const { rows } = await pool.query<User>(`${SELECT} FROM users WHERE id = $1`, [id]);
    return rows[0];
  },
  async checkPassword(email, password) {
    const sql = `${SELECT}, salt, hash FROM users WHERE email = $1`;
    const { rows } = await pool.query<User & { salt: string; hash: string }>(sql, [email]);
    const { salt = "nobody", hash: right = "0".repeat(64), ...user } = rows[0] ?? {};
    const hash = await hashPassword(password, salt); // as slow for nobody
    return timingSafeEqual(Buffer.from(hash), Buffer.from(right)) && "id" in user ? user : undefined;
  },
  async setTwoFactor(id, stamp, on) {
    const sql = "UPDATE users SET has_two_factor = $3, stamp = stamp + 1 WHERE id = $1 AND stamp = $2 RETURNING id";
    const { rows } = await pool.query(sql, [id, stamp, on]);
    return rows.length === 1;
  },
};

/** scrypt, as 64 hexadecimal digits. */
export async function hashPassword(password: string, salt: string): Promise<string> {
  const bytes = await promisify<string, string, number, Buffer>(scrypt)(password, salt, 32);
  return bytes.toString("hex");
}
