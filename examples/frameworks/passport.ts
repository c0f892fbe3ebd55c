// An account with a second factor for Express with Passport: a strategy for the password, and one
// for each later step. What Passport calls the user is the session of our account: the person, and
// what was shown.
import express from "express";
import { Passport, Strategy } from "passport";
import { Strategy as PasswordStrategy } from "passport-local";

import { openAccount, type Session, type Step } from "../account/account.ts";
import { cookiesOf } from "../account/answers.ts";
import { answerErrors, type AppOptions, beginApp, giveBrowser, reading, waitFor } from "./express-parts.ts";

type Take = (session: Session | undefined, body: unknown) => Promise<Step<object>>;

/** A step that goes on from a session: that of the first step knows whose code it is. */
class StepStrategy extends Strategy {
  private readonly take: Take; // not #take: Passport calls an object that inherits from this one

  constructor(take: Take) {
    super();
    this.take = take;
  }

  override authenticate({ user, body }: express.Request): void {
    const pass = (step: Step<object>) => {
      this.success(step.session, step);
    };
    // Not fail(): the error says the status, and how long to wait.
    this.take(user as Session | undefined, body).then(pass, (error: unknown) => {
      this.error(error);
    });
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

  const fields = { usernameField: "email", passReqToCallback: true } as const;
  const password = new PasswordStrategy(fields, ({ body, headers }, _email, _password, done) => {
    account.signIn(body, cookiesOf(headers.cookie)).then((step) => {
      done(null, step.session, step as never);
    }, done);
  });
  passport.use("/login", password);
  passport.use("/login/code", new StepStrategy(account.passCode));
  passport.use("/two-factor/enroll", new StepStrategy(account.enroll));
  passport.use("/two-factor/confirm", new StepStrategy(account.confirm));
  passport.use("/two-factor/off", new StepStrategy(account.turnOff));

  const app = beginApp(express, options).use(passport.session());
  const read = reading(express);
  const answer: express.RequestHandler = ({ authInfo }, response) => {
    const { body, browser } = authInfo as Step<object>;
    giveBrowser(response, browser);
    response.json(body);
  };
  for (const path of ["/login", "/login/code", "/two-factor/enroll", "/two-factor/confirm", "/two-factor/off"]) {
    // Passport gives the session a new id whenever a strategy succeeds, so that nobody can know it
    // from before.
    app.post(path, ...read, passport.authenticate(path, { failWithError: true }) as express.RequestHandler, answer);
  }
  const home = waitFor(async ({ user }, response) => {
    response.json({ welcome: (await account.person(user as Session | undefined)).email });
  });
  return app.get("/", home).use(answerErrors);
}
