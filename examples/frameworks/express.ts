// An account with a second factor for Express. Express 5 and Express 4 both run this file.
import { promisify } from "node:util";

import type express from "express";

import { openAccount, type Session as AccountSession, type Step } from "../account/account.ts";
import { cookiesOf } from "../account/answers.ts";
import { answerErrors, type AppOptions, beginApp, giveBrowser, reading, waitFor } from "./express-parts.ts";

declare module "express-session" {
  interface SessionData {
    account: AccountSession;
  }
}

export function buildApp(framework: typeof express, options: AppOptions): express.Express {
  const account = openAccount(options);
  const app = beginApp(framework, options);
  const read = reading(framework);

  /**
   * A route that ends in another session. It has a new id, so that nobody can know it from before.
   */
  function step(path: string, take: (request: express.Request) => Promise<Step<object>>): void {
    const handler = waitFor(async (request, response) => {
      const { body, session, browser } = await take(request);
      await promisify((done: (error: unknown) => void) => request.session.regenerate(done))();
      request.session.account = session;
      giveBrowser(response, browser);
      response.json(body);
    });
    app.post(path, ...read, handler);
  }

  step("/login", ({ body, headers }) => account.signIn(body, cookiesOf(headers.cookie)));
  step("/login/code", ({ body, session }) => account.passCode(session.account, body));
  step("/two-factor/enroll", ({ body, session }) => account.enroll(session.account, body));
  step("/two-factor/confirm", ({ body, session }) => account.confirm(session.account, body));
  step("/two-factor/off", ({ body, session }) => account.turnOff(session.account, body));

  app.get(
    "/",
    waitFor(async ({ session }, response) => {
      response.json({ welcome: (await account.person(session.account)).email });
    }),
  );
  return app.use(answerErrors);
}
