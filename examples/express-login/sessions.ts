// Sessions: a random id in a cookie, its hash in the database. Every step of signing in gets a new id, and the old one is dead.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

import type { Request, Response } from "express";

import type { Database } from "./database/database.ts";
import type { User, Users } from "./users.ts";

/** `password-only`: the password was right and the second factor is missing. It opens the second step and nothing else. */
type SessionKind = "password-only" | "signed-in";

export interface Session {
  readonly kind: SessionKind;
  readonly user: User;
  /** Whether a secret was shown in this session that waits for its first code. Only this session may confirm it. */
  readonly isEnrolling: boolean;
}

const LIFETIME: Readonly<Record<SessionKind, number>> = { "password-only": 10 * 60, "signed-in": 12 * 60 * 60 };
const COOKIE = "session";

interface Stored {
  readonly kind: SessionKind;
  readonly userId: string;
  readonly stamp: string;
  readonly isEnrolling: boolean;
  readonly endsAt: number;
}

export interface Sessions {
  find(request: Request): Promise<Session | undefined>;
  /** Ends the session of the request, if there is one, and starts another with a new id. */
  start(request: Request, response: Response, user: User, needsSecondStep: boolean): Promise<void>;
  /** Goes from `password-only` to `signed-in`. */
  complete(request: Request, response: Response, user: User): Promise<void>;
  /** Stays signed in when the user's stamp changes, or when an enrolment begins or ends. The time it ends stays too. */
  update(request: Request, user: User, isEnrolling: boolean): Promise<void>;
  end(request: Request, response: Response): Promise<void>;
}

export function openSessions(database: Database, users: Users): Sessions {
  async function stored(request: Request): Promise<Stored | undefined> {
    const id = sessionId(request);
    const text = id === undefined ? undefined : await database.get(keyOf(id));
    return text === undefined ? undefined : (JSON.parse(text) as Stored);
  }

  async function end(request: Request): Promise<void> {
    const id = sessionId(request);
    if (id !== undefined) await database.remove(keyOf(id));
  }

  async function begin(request: Request, response: Response, user: User, kind: SessionKind): Promise<void> {
    await end(request);
    const id = newSessionId(request, response);
    const endsAt = Date.now() + LIFETIME[kind] * 1000;
    const session: Stored = { kind, userId: user.id, stamp: user.stamp, isEnrolling: false, endsAt };
    await database.put(keyOf(id), JSON.stringify(session), LIFETIME[kind]);
  }

  return {
    async find(request) {
      const session = await stored(request);
      const user = session && (await users.find(session.userId));
      if (!user || session.stamp !== user.stamp) return undefined;
      return { kind: session.kind, isEnrolling: session.isEnrolling, user };
    },
    start: (request, response, user, needsSecondStep) =>
      begin(request, response, user, needsSecondStep ? "password-only" : "signed-in"),
    complete: (request, response, user) => begin(request, response, user, "signed-in"),
    async update(request, user, isEnrolling) {
      const session = await stored(request);
      if (!session) return; // signed out meanwhile: it stays so
      const secondsLeft = Math.max(1, Math.ceil((session.endsAt - Date.now()) / 1000));
      const next: Stored = { ...session, stamp: user.stamp, isEnrolling };
      await database.put(keyOf(sessionId(request) ?? ""), JSON.stringify(next), secondsLeft);
    },
    async end(request, response) {
      await end(request);
      newSessionId(request, response);
    },
  };
}

/** The id that the browser sent, if it has the form of one. Before anybody has signed in it stands for nobody, and only forms are bound to it. */
export function sessionId(request: Request): string | undefined {
  return /(?:^|; )session=([\w-]{43})(?:;|$)/.exec(request.headers.cookie ?? "")?.[1];
}

export function newSessionId(request: Request, response: Response): string {
  const id = randomBytes(32).toString("base64url");
  // Lax: other sites cannot send forms with it. Secure wherever the browser speaks https.
  response.cookie(COOKIE, id, { httpOnly: true, sameSite: "lax", secure: request.secure, path: "/" });
  return id;
}

/** Who reads the database, or a copy of it, has nobody's session. */
function keyOf(id: string): string {
  return `session:${createHash("sha256").update(id).digest("base64url")}`;
}

/** What every form carries. It is made from the id, which other sites do not know, so it needs no place of its own. */
export function csrfToken(id: string): string {
  return createHmac("sha256", id).update("form").digest("base64url");
}

export function isCsrfToken(token: unknown, id: string): boolean {
  const right = Buffer.from(csrfToken(id));
  const given = Buffer.from(typeof token === "string" ? token : "");
  return given.length === right.length && timingSafeEqual(given, right);
}
