// What the app needs around its modules. The tests use it too.
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { NextFunction, Request, Response } from "express";
import session from "express-session";

export interface Settings {
  /** For the cookie's signature: at least 32 random bytes as text, from the environment. */
  readonly sessionSecret: string;
  /** Where sessions are. Default: in memory, and so of one process. */
  readonly sessionStore?: session.Store;
}

/** An app behind one proxy, which speaks https and says from which address a request comes. */
export function configure(app: NestExpressApplication, { sessionSecret: secret, sessionStore }: Settings): void {
  const store = sessionStore ?? new session.MemoryStore();
  const cookie = { secure: true, httpOnly: true, sameSite: "strict", path: "/" } as const;
  app.set("trust proxy", 1);
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  app.use(session({ name: "__Host-session", secret, store, cookie, resave: false, saveUninitialized: false }));
}
