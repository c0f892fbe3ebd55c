// The app's own people.
import type { User, Users } from "../account/account.ts";
import type { Database } from "./database.ts";

interface Row extends Omit<User, "hasTwoFactor"> {
  readonly hasTwoFactor: number;
  readonly salt: string;
  readonly hash: string;
}

const SELECT = `SELECT id, email, has_two_factor AS hasTwoFactor, stamp, password_version AS passwordVersion, salt, hash
  FROM users`;

export function usersIn(db: Database): Users {
  return {
    async find(id) {
      return userOf(await db.prepare(`${SELECT} WHERE id = ?`).bind(id).first<Row>());
    },
    async checkPassword(email, password) {
      const row = await db.prepare(`${SELECT} WHERE email = ?`).bind(email).first<Row>();
      const hash = await hashPassword(password, row?.salt ?? "nobody"); // as slow for nobody
      return row?.hash === hash ? userOf(row) : undefined;
    },
    async setTwoFactor(id, stamp, on) {
      const sql = "UPDATE users SET has_two_factor = ?, stamp = stamp + 1 WHERE id = ? AND stamp = ?";
      const { meta } = await db.prepare(sql).bind(Number(on), id, stamp).run();
      return meta.changes === 1;
    },
  };
}

function userOf(row: Row | null): User | undefined {
  if (!row) return undefined;
  const { id, email, hasTwoFactor, stamp, passwordVersion } = row;
  return { id, email, hasTwoFactor: hasTwoFactor === 1, stamp, passwordVersion };
}

/** PBKDF2 as slow as Workers allow, in hexadecimal digits. */
export async function hashPassword(password: string, salt: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations: 100_000 };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
