// An account with a second factor for Express with Passport: one strategy for the password, one for the code. What
// Passport calls the user is the session of our account: the person, and what was shown.
import { promisify } from "node:util";

import express from "express";
import { Passport, Strategy } from "passport";
import { Strategy as PasswordStrategy } from "passport-local";

import { type Account, openAccount, type Session, type Step } from "../account/account.ts";
import { cookiesOf } from "../account/answers.ts";
import { answerErrors, type AppOptions, beginApp, giveBrowser, reading, waitFor } from "./express-parts.ts";

/** The second step. It knows the person of the first one from the session. */
class CodeStrategy extends Strategy {
  override readonly name = "code";
  private readonly account: Account; // not #account: Passport calls an object that inherits from this one

  constructor(account: Account) {
    super();
    this.account = account;
  }

  override authenticate(request: express.Request): void {
    this.account.passCode(sessionOf(request), request.body).then(
      (step) => {
        this.success(step.session, step);
      },
      (error: unknown) => {
        this.error(error); // not fail(): the error says the status, and how long to wait
      },
    );
  }
}

export function buildApp(options: AppOptions): express.Express {
  const account = openAccount(options);
  const passport = new Passport();
  passport.serializeUser((session, done) => {
    done(null, session);
  });
  passport.deserializeUser((session: Session, done) => {
    done(null, session); // whether it is enough is decided by each route
  });
  passport.use(new CodeStrategy(account));
  const fields = { usernameField: "email", passReqToCallback: true } as const;
  const password = new PasswordStrategy(fields, (request, _email, _password, done) => {
    account.signIn(request.body, cookiesOf(request.headers.cookie)).then((step) => {
      done(null, step.session, step as never);
    }, done);
  });
  passport.use("password", password);

  const app = beginApp(express, options).use(passport.session());
  const read = reading(express);

  // Passport gives the session a new id with each login, so that nobody can know it from before.
  for (const [path, strategy] of [
    ["/login", "password"],
    ["/login/code", "code"],
  ] as const) {
    const authenticate = passport.authenticate(strategy, { failWithError: true }) as express.RequestHandler;
    app.post(path, ...read, authenticate, (request, response) => {
      const { body, browser } = request.authInfo as Step<object>;
      giveBrowser(response, browser);
      response.json(body);
    });
  }
  for (const action of ["enroll", "confirm", "turnOff"] as const) {
    const handler = waitFor(async (request, response) => {
      const { body, session } = await account[action](sessionOf(request), request.body);
      await promisify((done: (error: unknown) => void) => {
        request.logIn(session, done);
      })();
      response.json(body);
    });
    app.post(`/two-factor/${action === "turnOff" ? "off" : action}`, ...read, handler);
  }
  app.get(
    "/",
    waitFor(async (request, response) => {
      response.json({ welcome: (await account.person(sessionOf(request))).email });
    }),
  );
  return app.use(answerErrors);
}

function sessionOf({ user }: express.Request): Session | undefined {
  return user as Session | undefined;
}
