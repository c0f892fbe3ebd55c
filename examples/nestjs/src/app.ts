// The app as it listens. The tests make it in the same way.
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { NextFunction, Request, Response } from "express";
import session from "express-session";

import type { AccountOptions } from "../../account/account";
import { AccountModule } from "./account.module";

export interface AppOptions extends AccountOptions {
  /** For the cookie's signature: at least 32 random bytes as text, from the environment. */
  readonly sessionSecret: string;
  /** Where sessions are. Default: in memory, and so of one process. */
  readonly sessionStore?: session.Store;
}

/** An app behind one proxy, which speaks https and says from which address a request comes. */
export async function createApp(options: AppOptions): Promise<NestExpressApplication> {
  // Without its own body parsers: they take forms too, which any other site can send.
  const app = await NestFactory.create<NestExpressApplication>(AccountModule.register(options), {
    bodyParser: false,
    logger: ["warn", "error"],
  });
  app.set("trust proxy", 1);
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  const { sessionSecret: secret, sessionStore: store = new session.MemoryStore() } = options;
  const cookie = { secure: true, httpOnly: true, sameSite: "strict", path: "/" } as const;
  app.use(session({ name: "__Host-session", secret, store, cookie, resave: false, saveUninitialized: false }));
  app.useBodyParser("json");
  return app.init();
}
