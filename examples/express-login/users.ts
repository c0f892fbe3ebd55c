// Who there is: names, password hashes, and the app's own word on who needs a second factor.
import { randomBytes, randomUUID, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

import type { Database } from "./database/database.ts";

export interface User {
  /** Never given twice, so that nothing kept for one person reaches another. */
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  /** Counted up with every new password. Browsers are remembered for one of them. */
  readonly passwordVersion: number;
  /**
   * Whether a second factor is asked for, whatever became of its record. Where this is off, a
   * device that is there is asked for too.
   */
  readonly hasTwoFactor: boolean;
  /**
   * New whenever the second factor is turned on or off, or a device comes or goes. Sessions that
   * have another one are over.
   */
  readonly stamp: string;
}

export interface Users {
  find(id: string): Promise<User | undefined>;
  /** For support, who has the name from the person. */
  named(name: string): Promise<User | undefined>;
  /** Nothing if the name is taken. */
  signUp(name: string, password: string): Promise<User | undefined>;
  /** Nothing if name or password is wrong. */
  signIn(name: string, password: string): Promise<User | undefined>;
  setTwoFactor(user: User, hasTwoFactor: boolean): Promise<User>;
}

export class TooManyGuesses extends Error {
  readonly seconds: number;
  constructor(seconds: number) {
    super("too many wrong passwords");
    this.seconds = seconds;
  }
}

/**
 * Wrong passwords for one name in so many seconds, from any address. A stranger can make the owner
 * wait, but not guess on.
 */
const GUESSES = { most: 10, seconds: 600 };

/**
 * No colon: it separates issuer and account in an authenticator app, so no account name may have
 * one.
 */
export function isName(name: string): boolean {
  return /^[^\p{C}\p{Z}:]{1,64}$/u.test(name);
}

/** NIST SP 800-63B-4 §3.1.1.2: 8 characters beside a second factor, and no rules on which ones. */
export function isPassword(password: string): boolean {
  return password.length >= 8 && password.length <= 128;
}

export function openUsers(database: Database): Users {
  async function find(id: string): Promise<User | undefined> {
    const text = await database.get(`user:${id}`);
    return text === undefined ? undefined : (JSON.parse(text) as User);
  }

  async function named(name: string): Promise<User | undefined> {
    const id = await database.get(`name:${fold(name)}`);
    return id === undefined ? undefined : find(id);
  }

  return {
    find,
    named,
    async signUp(name, password) {
      const passwordHash = await hashPassword(password);
      const user = {
        id: randomUUID(),
        name,
        passwordHash,
        passwordVersion: 1,
        hasTwoFactor: false,
        stamp: randomUUID(),
      };
      await database.put(`user:${user.id}`, JSON.stringify(user));
      if (await database.add(`name:${fold(name)}`, user.id)) return user;
      await database.remove(`user:${user.id}`);
      return undefined;
    },
    async signIn(name, password) {
      const guesses = `guesses:${fold(name)}`;
      // Counted before it is looked at: many requests at once get no more guesses than many in a
      // row.
      const { count, secondsLeft } = await database.count(guesses, GUESSES.seconds);
      if (count > GUESSES.most) throw new TooManyGuesses(secondsLeft);
      const user = await named(name);
      // Also for names that nobody has, so that the time does not tell which ones there are.
      const isRight = await isPasswordOf(user?.passwordHash ?? NOBODY, password);
      if (!user || !isRight) return undefined;
      await database.remove(guesses);
      return user;
    },
    async setTwoFactor(user, hasTwoFactor) {
      const next = { ...user, hasTwoFactor, stamp: randomUUID() };
      // Turned on or off in another window meanwhile: what is known here is no longer true.
      const isWritten = await database.replace(`user:${user.id}`, JSON.stringify(user), JSON.stringify(next));
      if (!isWritten) throw new Error("the second factor was changed meanwhile");
      return next;
    },
  };
}

/** `Alice` and `alice` are one person. */
function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

const KEY_BYTES = 32;
/**
 * One of the settings that the OWASP Password Storage Cheat Sheet gives for scrypt: 32 MiB for each
 * password.
 */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };
const derive: (password: string, salt: Buffer, bytes: number, cost: object) => Promise<Buffer> = promisify(scrypt);

/**
 * The salt, and what scrypt makes of it. Change COST, and this needs a name for it: old hashes must
 * stay readable.
 */
async function hashPassword(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const hash = await derive(password.normalize("NFKC"), salt, KEY_BYTES, COST);
  return `${salt.toString("base64url")}.${hash.toString("base64url")}`;
}

const NOBODY = `${randomBytes(16).toString("base64url")}.${randomBytes(KEY_BYTES).toString("base64url")}`;

async function isPasswordOf(passwordHash: string, password: string): Promise<boolean> {
  const salt = Buffer.from(passwordHash.split(".")[0] ?? "", "base64url");
  return timingSafeEqual(Buffer.from(await hashPassword(password, salt)), Buffer.from(passwordHash));
}
