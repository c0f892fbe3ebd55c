// Signing in from a new browser without a second factor: a code by mail. It never takes the place
// of a second factor.
import { createHash } from "node:crypto";

import type { Express, Request, Response } from "express";
import { TwoFactorError } from "halfminute/two-factor";

import { browserName, browserToken, giveBrowserToken } from "./browsers.ts";
import type { Database } from "./database/database.ts";
import { idAfter, textOf } from "./forms.ts";
import { codeMail, type SendMail } from "./mail.ts";
import { newBrowserPage } from "./pages.ts";
import { mailProblemOf } from "./problems.ts";
import type { Routes } from "./routes.ts";
import { sessionId, type Sessions } from "./sessions.ts";
import { bindingOf, type SecondFactor } from "./two-factor.ts";
import type { User } from "./users.ts";
import { frame, show } from "./web.ts";

interface Parts extends Routes {
  readonly app: Express;
  readonly database: Database;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
  readonly sendMail: SendMail;
}

export interface NewBrowsers {
  isKnown(request: Request, user: User): Promise<boolean>;
  /** For 30 days, or until there is another password. */
  know(request: Request, response: Response, user: User): Promise<void>;
  /** After the right password: sends a code, and leads to the page that asks for it. */
  ask(request: Request, response: Response, user: User): Promise<void>;
}

const PURPOSE = "sign-in";
const SECONDS = 30 * 86_400;

export function addNewBrowserRoutes({
  app,
  form,
  only,
  database,
  sessions,
  secondFactor,
  sendMail,
}: Parts): NewBrowsers {
  const { flow } = secondFactor;

  async function know(request: Request, response: Response, user: User): Promise<void> {
    const token = tokenAfter(request);
    await database.put(keyFor(token), valueFor(user), SECONDS);
    giveBrowserToken("known", request, response, user, { token, expiresAt: new Date(Date.now() + SECONDS * 1000) });
  }

  /** The code is good for this half of a login alone: nobody can have it typed into another one. */
  async function send(user: User, reference: string, request: Request): Promise<void> {
    const { code, expiresAt } = await flow.issueCode(user.id, { purpose: PURPOSE, request: reference });
    sendMail(codeMail(user.name, code, browserName(request), expiresAt));
  }

  const refuse = (request: Request, response: Response) => (error: unknown) => {
    show(response, newBrowserPage(frame(request, response, undefined, mailProblemOf(error))), error);
  };

  app.get(
    "/new-browser",
    only("new-browser", (_session, request, response) => {
      show(response, newBrowserPage(frame(request, response)));
    }),
  );
  form(
    "/new-browser",
    only("new-browser", async ({ user, reference }, request, response) => {
      const about = { purpose: PURPOSE, request: reference };
      const passed = await flow
        .verifyIssuedCode(user.id, textOf(request, "code"), about)
        .catch(refuse(request, response));
      if (!passed) return;
      await know(request, response, user);
      // A device may have become active since the password was checked.
      const isNeeded = await secondFactor.isNeeded(user);
      await sessions.renew(request, response, user, isNeeded ? "password-only" : "signed-in");
      response.redirect(303, "/");
    }),
  );
  form(
    "/new-browser/send",
    only("new-browser", async ({ user, reference }, request, response) => {
      await send(user, reference, request).then(
        () => {
          response.redirect(303, "/new-browser");
        },
        refuse(request, response),
      );
    }),
  );

  return {
    async isKnown(request, user) {
      const tokens = [browserToken("known", request, user) ?? "", tokenAfter(request)];
      const values = await Promise.all(tokens.map((token) => database.get(keyFor(token))));
      return values.includes(valueFor(user));
    },
    know,
    async ask(request, response, user) {
      const reference = await sessions.start(request, response, user, "new-browser");
      const refused = refuse(request, response);
      await send(user, reference, request).then(
        () => {
          response.redirect(303, "/new-browser");
        },
        (error: unknown) => {
          if (isSentAlready(error)) response.redirect(303, "/new-browser");
          else refused(error);
        },
      );
    },
  };
}

/** The form was sent twice. Otherwise it is the limit of the day, which is over later. */
function isSentAlready(error: unknown): boolean {
  return error instanceof TwoFactorError && error.code === "throttled" && (error.retryAfterSeconds ?? 0) <= 60;
}

/** A form that is sent twice makes one and the same token, so either answer may get lost. */
function tokenAfter(request: Request): string {
  return idAfter(sessionId(request) ?? "", textOf(request, "token"), "browser");
}

function keyFor(token: string): string {
  return `known:${createHash("sha256").update(token).digest("base64url")}`;
}

function valueFor(user: User): string {
  return `${user.id} ${bindingOf(user)}`;
}
