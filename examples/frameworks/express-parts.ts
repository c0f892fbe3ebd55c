// What the Express and the Passport example have in common: sessions, limits, headers, and the
// answers to errors.
import type express from "express";
import { rateLimit } from "express-rate-limit";
import session from "express-session";

import type { AccountOptions, BrowserCookie } from "../account/account.ts";
import { answerTo } from "../account/answers.ts";
import { ATTEMPTS_PER_MINUTE, TOO_MANY } from "../account/limits.ts";

type Handler = (request: express.Request, response: express.Response) => Promise<unknown>;

export interface AppOptions extends AccountOptions {
  /** For the cookie's signature: at least 32 random bytes as text, from the environment. */
  readonly sessionSecret: string;
  /** Where sessions are. Default: in memory, and so of one process. */
  readonly sessionStore?: session.Store;
}

/**
 * Express 4 does not wait for a handler: without this, one wrong code ends the process. Express 5
 * waits by itself.
 */
export function waitFor(handler: Handler): express.RequestHandler {
  return (request, response, next) => void handler(request, response).catch(next);
}

/** An app behind one proxy, which speaks https and says from which address a request comes. */
export function beginApp(framework: typeof express, { sessionSecret, sessionStore }: AppOptions): express.Express {
  const app = framework().set("trust proxy", 1);
  app.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  const cookie = { secure: true, httpOnly: true, sameSite: "strict", path: "/" } as const;
  const store = sessionStore ?? new session.MemoryStore();
  app.use(
    session({ name: "__Host-session", secret: sessionSecret, store, cookie, resave: false, saveUninitialized: false }),
  );
  return app;
}

/** Before whatever takes a password or a code: the limit of an address, then the body. */
export function reading(framework: typeof express): express.RequestHandler[] {
  const limit = rateLimit({ windowMs: 60_000, limit: ATTEMPTS_PER_MINUTE, message: TOO_MANY });
  return [limit, framework.json()];
}

export function giveBrowser(response: express.Response, browser: BrowserCookie | undefined): void {
  if (!browser) return;
  const { name, value, expires } = browser;
  response.cookie(name, value, { path: "/login", secure: true, httpOnly: true, sameSite: "strict", expires });
}

export const answerErrors: express.ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, headers, body } = answerTo(error);
  response.status(status).set(headers).json(body);
};
