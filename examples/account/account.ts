// An account with a second factor: who may do what with which session. Needs no framework; copy it.
import { qrSvg } from "halfminute/qr";
import { createTwoFactor, TwoFactorError, type TwoFactorOptions } from "halfminute/two-factor";

import { Refusal, textsOf } from "./answers.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  /** The app's own flag. It alone says that a login needs a second factor. */
  readonly hasTwoFactor: boolean;
  /**
   * Changes with this flag, with each new device, and with the password. Sessions that carry
   * another one are over.
   */
  readonly stamp: number;
  /** Changes with the password: it ends what browsers are remembered for. */
  readonly passwordVersion: number;
}

/** What the app has already. */
export interface Users {
  find(id: string): Promise<User | undefined>;
  /**
   * Undefined if e-mail address or password is wrong. Hash slowly, and as slowly for an unknown
   * address.
   */
  checkPassword(email: string, password: string): Promise<User | undefined>;
  /**
   * Sets the flag and adds 1 to the stamp, if the stamp is still this one. Says whether it did.
   * In SQL: UPDATE users SET has_two_factor = …, stamp = stamp + 1 WHERE id = … AND stamp = …
   */
  setTwoFactor(id: string, stamp: number, on: boolean): Promise<boolean>;
}

/**
 * What was shown. Whether that is enough is decided with each request: the second factor may have
 * been turned on since.
 */
export interface Session {
  readonly userId: string;
  readonly stamp: number;
  /** Whether a code was shown too, now or earlier in this remembered browser. */
  readonly withCode: boolean;
  /** In milliseconds. */
  readonly endsAt: number;
  /** The device whose secret this session was shown. Only this session can confirm it. */
  readonly deviceId?: string;
}

/**
 * A cookie for the login alone: `Secure`, `HttpOnly`, `SameSite=Strict`, and the login as its
 * `Path`.
 */
export interface BrowserCookie {
  readonly name: string;
  readonly value: string;
  readonly expires: Date;
}

/**
 * What comes of a request: the answer, and a session that must get a new id. The session before is
 * over.
 */
export interface Step<Body> {
  readonly body: Body;
  readonly session: Session;
  readonly browser?: BrowserCookie;
}

/**
 * Takes a step from the session of the request, if there is one, with the body as it was parsed,
 * whatever that is.
 */
type Take<Body> = (session: Session | undefined, body: unknown) => Promise<Step<Body>>;

export interface Account {
  /** `cookie` reads a cookie of the request by its name. */
  readonly signIn: (body: unknown, cookie: (name: string) => string | undefined) => Promise<Step<{ next: string }>>;
  /** The second step: a code or a recovery code, and whether this browser is to be remembered. */
  readonly passCode: Take<{ next: string; recoveryCodesLeft: number }>;
  /**
   * The person, once all that is needed was shown. Every route of the app but the two of the login
   * begins with it.
   */
  readonly person: (session: Session | undefined) => Promise<User>;
  /** Shows a new secret. The code is of the device that it replaces, or a recovery code. */
  readonly enroll: Take<{ secret: string; qr: string; expiresAt: Date }>;
  /**
   * A code proves that the authenticator app has the secret. Shows the recovery codes, this once.
   */
  readonly confirm: Take<{ recoveryCodes: readonly string[] }>;
  /** With a code: the session alone must not be enough. */
  readonly turnOff: Take<{ hasTwoFactor: false }>;
}

export interface AccountOptions extends Pick<TwoFactorOptions, "store" | "sealingKeys" | "onEvent"> {
  readonly users: Users;
}

const MINUTE = 60_000;

export function openAccount({ users, store, sealingKeys, onEvent }: AccountOptions): Account {
  const twoFactor = createTwoFactor({ issuer: "Acme", store, sealingKeys, onEvent });

  const hasDevice = async (id: string) => (await twoFactor.status(id)).devices.length > 0;

  /**
   * By the app's own flag; and if that was not set because the program ended just before, by the
   * record.
   */
  const needsTwoFactor = async ({ id, hasTwoFactor }: User) => hasTwoFactor || (await hasDevice(id));

  /**
   * The user as it is now. If somebody else turned it on or off meanwhile, the stamp stays as it
   * was, and is no good.
   */
  async function setTwoFactor(user: User, on: boolean): Promise<User> {
    const isSet = await users.setTwoFactor(user.id, user.stamp, on);
    return isSet ? { ...user, hasTwoFactor: on, stamp: user.stamp + 1 } : user;
  }

  /**
   * A flag without a device would lock the person out: a login may have set it while the factor was
   * turned off.
   */
  async function withoutLooseFlag(user: User): Promise<User> {
    return user.hasTwoFactor && !(await hasDevice(user.id)) ? setTwoFactor(user, false) : user;
  }

  /** The user of a session, who may have shown the password alone. */
  async function userOf(session: Session | undefined): Promise<User> {
    const user = session && session.endsAt > Date.now() ? await users.find(session.userId) : undefined;
    if (!user || session?.stamp !== user.stamp) throw new Refusal(401, "sign-in-first");
    return user;
  }

  async function person(session: Session | undefined): Promise<User> {
    const user = await userOf(session);
    if (!session?.withCode && (await needsTwoFactor(user))) throw new Refusal(401, "sign-in-first");
    return user;
  }

  return {
    person,
    async signIn(body, cookie) {
      const { email, password } = textsOf(body);
      const user = await users.checkPassword(email, password);
      if (!user) throw new Refusal(401, "wrong-password");
      if (!(await needsTwoFactor(user))) return { body: { next: "/" }, session: sessionFor(user, false) };
      const name = await cookieName(user);
      const recognizing = twoFactor.recognizeBrowser(user.id, cookie(name), { binding: bindingOf(user) });
      const browser = await recognizing.catch((error: unknown) => {
        if (error instanceof TwoFactorError && error.code === "browser-unknown") return undefined;
        throw error;
      });
      if (!browser) return { body: { next: "/login/code" }, session: sessionFor(user, false, 5) };
      const next = { name, value: browser.token, expires: browser.expiresAt }; // each token is good once
      return { body: { next: "/" }, session: sessionFor(user, true), browser: next };
    },

    async passCode(session, body) {
      const user = await userOf(session);
      const { code, remember } = textsOf(body);
      const remembering = remember && { binding: bindingOf(user) };
      const passed = await twoFactor.verify(user.id, code, { remember: remembering }); // rejects unless the person may pass
      // The flag is missing if the program ended between confirming the device and setting it.
      const now = user.hasTwoFactor ? user : await withoutLooseFlag(await setTwoFactor(user, true));
      const { browser, recoveryCodesLeft } = passed;
      const step = { body: { next: "/", recoveryCodesLeft }, session: sessionFor(now, true) };
      if (!browser) return step;
      return { ...step, browser: { name: await cookieName(user), value: browser.token, expires: browser.expiresAt } };
    },

    async enroll(session, body) {
      const user = await person(session);
      const replace = await needsTwoFactor(user);
      if (replace) await twoFactor.verify(user.id, textsOf(body).code); // the session alone must not be enough
      const enrolled = await twoFactor.enroll(user.id, { accountName: user.email, replace });
      const { deviceId, secret, uri, expiresAt } = enrolled;
      const shown = { secret, qr: qrSvg(uri), expiresAt };
      return { body: shown, session: { ...sessionFor(user, session?.withCode === true), deviceId } };
    },

    async confirm(session, body) {
      const user = await person(session);
      const confirming = twoFactor.confirm(user.id, textsOf(body).code, { deviceId: session?.deviceId ?? "" });
      const { recoveryCodes } = await confirming.catch(async (error: unknown) => {
        // It may be on all the same: the answer of the store was lost, or this was sent twice.
        if (!user.hasTwoFactor && (await needsTwoFactor(user))) await setTwoFactor(user, true);
        throw error;
      });
      return { body: { recoveryCodes }, session: sessionFor(await setTwoFactor(user, true), true) };
    },

    async turnOff(session, body) {
      const user = await person(session);
      await twoFactor.verify(user.id, textsOf(body).code);
      // The flag first: if the program ends in between, the device is still asked for.
      const now = await setTwoFactor(user, false);
      if (now.stamp === user.stamp) throw new Refusal(401, "sign-in-first"); // changed meanwhile
      await twoFactor.disable(user.id); // forgets the browsers too
      const after = await users.find(user.id);
      if (after) await withoutLooseFlag(after);
      return { body: { hasTwoFactor: false }, session: sessionFor(now, true) };
    },
  };
}

/**
 * The stamp is as it was read before password or code was checked: if it has changed since, the
 * session is over.
 */
function sessionFor({ id, stamp }: User, withCode: boolean, minutes = 60): Session {
  return { userId: id, stamp, withCode, endsAt: Date.now() + minutes * MINUTE };
}

/** With another password, no browser is remembered any more. */
function bindingOf({ passwordVersion }: User): string {
  return `password ${passwordVersion}`;
}

/** One for each person of a shared browser. A hash, because names of cookies end up in logs. */
async function cookieName({ id }: User): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id)));
  return `__Secure-browser-${Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
