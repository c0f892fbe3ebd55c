// An account with a second factor for Koa.
import { bodyParser } from "@koa/bodyparser";
import Router from "@koa/router";
import Koa from "koa";
import rateLimit from "koa-ratelimit";
import { createSession, type CreateSessionOptions } from "koa-session";

import { type AccountOptions, openAccount, type Session, type Step } from "../account/account.ts";
import { answerTo } from "../account/answers.ts";
import { ATTEMPTS_PER_MINUTE, networkOf } from "../account/limits.ts";

export interface AppOptions extends AccountOptions {
  /** Where sessions are, under their random ids. Several processes need one that they share. */
  readonly sessionStore: NonNullable<CreateSessionOptions["store"]>;
}

interface Context extends Koa.Context {
  session: { account?: Session; regenerate(): Promise<void> };
}

const MINUTE = 60_000;

/** An app behind one proxy, which speaks https and says from which address a request comes. */
export function buildApp({ sessionStore: store, ...options }: AppOptions): Koa {
  const account = openAccount(options);
  const app = new Koa({ proxy: true, maxIpsCount: 1 }); // without maxIpsCount, each request could choose its address
  const router = new Router<Koa.DefaultState, Context>();

  // Koa answers errors by itself, but in plain text, and without the headers that were set before.
  app.use(async (context, next) => {
    context.set("Cache-Control", "no-store");
    await next().catch((error: unknown) => {
      const { status, headers, body } = answerTo(error);
      context.status = status;
      context.set(headers);
      context.body = body;
    });
  });
  // The id is random, so it needs no signature. `secure` keeps Koa from sending it without https.
  const cookie = { signed: false, secure: true, httpOnly: true, sameSite: "strict" } as const;
  app.use(createSession({ ...cookie, key: "__Host-session", maxAge: 60 * MINUTE, store }, app));

  const limit = rateLimit({
    driver: "memory",
    db: new Map(),
    duration: MINUTE,
    max: ATTEMPTS_PER_MINUTE,
    id: ({ ip }) => networkOf(ip),
    throw: true,
  });
  const json = bodyParser({ enableTypes: ["json"] });

  /**
   * A route that ends in another session. It has a new id, so that nobody can know it from before.
   */
  function step(path: string, take: (context: Context) => Promise<Step<object>>): void {
    router.post(path, limit, json, async (context) => {
      const { body, session, browser } = await take(context);
      context.session.account = session;
      await context.session.regenerate();
      if (browser) {
        context.cookies.set(browser.name, browser.value, { ...cookie, path: "/login", expires: browser.expires });
      }
      context.body = body;
    });
  }
  step("/login", ({ request, cookies }) => account.signIn(request.body, (name) => cookies.get(name)));
  step("/login/code", ({ request, session }) => account.passCode(session.account, request.body));
  step("/two-factor/enroll", ({ request, session }) => account.enroll(session.account, request.body));
  step("/two-factor/confirm", ({ request, session }) => account.confirm(session.account, request.body));
  step("/two-factor/off", ({ request, session }) => account.turnOff(session.account, request.body));

  router.get("/", async (context) => {
    context.body = { welcome: (await account.person(context.session.account)).email };
  });
  return app.use(router.routes() as Koa.Middleware);
}
