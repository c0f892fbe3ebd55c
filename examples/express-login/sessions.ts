// Sessions: a random id in a cookie, its hash in the database. Every step of signing in gets a new
// id, and the old one is dead.
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import type { Request, Response } from "express";

import type { Database } from "./database/database.ts";
import { idAfter, isTokenOf, textOf } from "./forms.ts";
import type { User, Users } from "./users.ts";

/**
 * Half a login opens its next step and nothing else. `password-only`: the second factor is missing.
 * `new-browser`: there is none, and the code by mail is missing.
 */
type SessionKind = "password-only" | "new-browser" | "signed-in";

export interface Session {
  readonly kind: SessionKind;
  readonly user: User;
  /** Names the session without opening it. A code by mail is bound to it. */
  readonly reference: string;
  /**
   * When the person last passed a second factor, as ISO text; in a recognized browser that may be
   * days ago.
   */
  readonly passedAt: string | undefined;
  /** The device whose secret this session was shown. Only this session can confirm it. */
  readonly deviceId: string | undefined;
  /**
   * The same, if it was this very form that showed it: a page that is loaded again shows it again.
   */
  readonly resume: string | undefined;
}

const LIFETIME: Readonly<Record<SessionKind, number>> = {
  "password-only": 10 * 60,
  "new-browser": 10 * 60,
  "signed-in": 12 * 60 * 60,
};
/** Seconds in which a form that is sent again finds the session that came of it. */
const GRACE = 60;
/** Seconds that one form of a session may keep the next one waiting. */
const TURN = 30;
const COOKIE = "session";

interface Stored {
  readonly kind: SessionKind;
  readonly userId: string;
  readonly stamp: string;
  readonly passedAt?: string | undefined;
  readonly enrollment?: { readonly deviceId: string; readonly form: string };
  /** The hash of the token of the form that it came of. */
  readonly form: string;
  readonly endsAt: number;
}

/** What an id leads to that was given up for another one: nothing but the key of that. */
interface Moved {
  readonly to: string;
}

export interface Sessions {
  find(request: Request): Promise<Session | undefined>;
  /** Starts a session with a new id after the right password, and gives its reference. */
  start(request: Request, response: Response, user: User, kind: SessionKind, passedAt?: string): Promise<string>;
  /**
   * Goes on with a new id, after each proof and each change of the user's stamp. Does nothing if
   * the session ended meanwhile.
   */
  renew(request: Request, response: Response, user: User, kind: SessionKind, passedAt?: string): Promise<void>;
  /** Remembers the device whose secret is shown. Does nothing if the session ended meanwhile. */
  update(request: Request, deviceId: string): Promise<void>;
  end(request: Request, response: Response): Promise<void>;
  /**
   * Whether the form of the request is from a page of this session, or is the form that this
   * session came of.
   */
  isOwnForm(request: Request): Promise<boolean>;
  /**
   * Whether the form of the request was sent before and gave a session. The browser has its id
   * then, even if that answer was lost.
   */
  recover(request: Request, response: Response): Promise<boolean>;
  /**
   * Works on the forms of one session one after the other: one that is sent twice finds what came
   * of the first.
   */
  inTurn(request: Request, act: () => Promise<void>): Promise<void>;
}

export function openSessions(database: Database, users: Users): Sessions {
  async function recordOf(request: Request): Promise<Stored | Moved | undefined> {
    return parse(await database.get(keyOf(request)));
  }

  async function stored(request: Request): Promise<Stored | undefined> {
    const record = await recordOf(request);
    return record && "userId" in record ? record : undefined;
  }

  /** Writes it under the id that follows from the form; nobody has that id yet. */
  async function write(
    request: Request,
    { id: userId, stamp }: User,
    kind: SessionKind,
    passedAt: string | undefined,
    endsAt: number,
  ) {
    const token = textOf(request, "token");
    const id = idAfter(sessionId(request) ?? "", token);
    const session: Stored = { kind, userId, stamp, passedAt, form: hash(token), endsAt };
    const secondsLeft = Math.max(1, Math.ceil((endsAt - Date.now()) / 1000));
    await database.put(keyFor(id), JSON.stringify(session), secondsLeft);
    return { id, moved: JSON.stringify({ to: keyFor(id) } satisfies Moved) };
  }

  async function remove(key: string): Promise<void> {
    const record = parse(await database.remove(key));
    if (record && "to" in record) await remove(record.to); // signed out while a step was taken
  }

  return {
    async find(request) {
      const session = await stored(request);
      const user = session && (await users.find(session.userId));
      if (!user || session.stamp !== user.stamp) return undefined;
      const { kind, passedAt, enrollment } = session;
      const isSameForm = enrollment?.form === hash(textOf(request, "token"));
      const deviceId = enrollment?.deviceId;
      const reference = hash(sessionId(request) ?? "");
      return { kind, user, reference, passedAt, deviceId, resume: isSameForm ? deviceId : undefined };
    },
    async start(request, response, user, kind, passedAt) {
      const { id, moved } = await write(request, user, kind, passedAt, endOf(kind));
      await database.put(keyOf(request), moved, GRACE);
      giveId(request, response, id);
      return hash(id);
    },
    async renew(request, response, user, kind, passedAt) {
      const session = await stored(request);
      if (!session) return;
      const endsAt = kind === session.kind ? session.endsAt : endOf(kind);
      const { id, moved } = await write(request, user, kind, passedAt, endsAt);
      if (await database.replace(keyOf(request), JSON.stringify(session), moved, GRACE)) giveId(request, response, id);
      else await database.remove(keyFor(id)); // signed out meanwhile: it stays so
    },
    async update(request, deviceId) {
      const session = await stored(request);
      if (!session) return;
      const next: Stored = { ...session, enrollment: { deviceId, form: hash(textOf(request, "token")) } };
      await database.replace(keyOf(request), JSON.stringify(session), JSON.stringify(next));
    },
    async end(request, response) {
      await remove(keyOf(request));
      giveId(request, response);
    },
    async isOwnForm(request) {
      const [id, token] = [sessionId(request), textOf(request, "token")];
      if (id === undefined) return false;
      if (isTokenOf(token, id)) return true;
      return (await stored(request))?.form === hash(token);
    },
    async recover(request, response) {
      const token = textOf(request, "token");
      const record = await recordOf(request);
      if (!record) return false;
      if ("userId" in record) return record.form === hash(token); // the answer came
      const id = idAfter(sessionId(request) ?? "", token);
      if (record.to !== keyFor(id) || (await database.get(record.to)) === undefined) return false;
      giveId(request, response, id);
      return true;
    },
    async inTurn(request, act) {
      if (!(await stored(request))) {
        await act();
        return;
      }
      const turn = `turn:${keyOf(request)}`;
      for (let waits = 0; (await database.count(turn, TURN)).count > 1; waits++) {
        if (waits > TURN * 10) throw new Error("another form of this session takes too long");
        await delay(100);
      }
      try {
        await act();
      } finally {
        await database.remove(turn);
      }
    },
  };
}

/**
 * The id that the browser sent, if it has the form of one. Before anybody has signed in it stands
 * for nobody, and only forms are bound to it.
 */
export function sessionId(request: Request): string | undefined {
  return /(?:^|; )session=([\w-]{43})(?:;|$)/.exec(request.headers.cookie ?? "")?.[1];
}

/** Sends an id to the browser; without one, a random id that stands for nobody yet. */
function giveId(request: Request, response: Response, id = randomBytes(32).toString("base64url")): string {
  // Lax: other sites cannot send forms with it. Secure wherever the browser speaks https.
  response.cookie(COOKIE, id, { httpOnly: true, sameSite: "lax", secure: request.secure, path: "/" });
  response.locals["sessionId"] = id;
  return id;
}

/** The id that the browser has after this answer. */
export function nextSessionId(request: Request, response: Response): string {
  const given = response.locals["sessionId"] as string | undefined;
  return given ?? sessionId(request) ?? giveId(request, response);
}

function endOf(kind: SessionKind): number {
  return Date.now() + LIFETIME[kind] * 1000;
}

function keyOf(request: Request): string {
  return keyFor(sessionId(request) ?? "");
}

/** Who reads the database, or a copy of it, has nobody's session. */
function keyFor(id: string): string {
  return `session:${hash(id)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

function parse(text: string | undefined): Stored | Moved | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Stored | Moved);
}
