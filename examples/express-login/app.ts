// The routes: who may ask for what, and what happens then. What is shown is in pages.ts, what is checked in two-factor.ts.
import path from "node:path";

import express, { type Express, type Request, type Response } from "express";
import { type SealingKey, TwoFactorError } from "halfminute/two-factor";

import type { Database } from "./database/database.ts";
import type { Html } from "./html.ts";
import * as pages from "./pages.ts";
import { textOf, typed } from "./forms.ts";
import { openSessions, type Session } from "./sessions.ts";
import { explain, MAKE_NEW, openSecondFactor, type Problem, type Setup, type Typed } from "./two-factor.ts";
import { isName, isPassword, openUsers, type User } from "./users.ts";
import { frame, HEADERS, requireOwnForm, show, showFault } from "./web.ts";

const NOTICES = {
  on: MAKE_NEW,
  off: "Turned off. The entry in your authenticator app can be deleted.",
};

/** What is asked for before each change. */
const QUESTIONS = {
  "change-device": {
    title: "Use another phone or app",
    text: "The old one works until the new one is confirmed. Enter a code of the old one first, or a recovery code.",
    button: "Continue",
  },
  "new-recovery-codes": {
    title: "Make new recovery codes",
    text: "The old ones stop working. Enter a code first.",
    button: "Make new codes",
  },
  "turn-off": {
    title: "Turn off two-factor sign-in",
    text: "Your password alone will open your account. Enter a code first.",
    button: "Turn off",
  },
};

export function createApp(database: Database, sealingKeys: readonly SealingKey[]): Express {
  const users = openUsers(database);
  const sessions = openSessions(database, users);
  const secondFactor = openSecondFactor(database, users, sealingKeys);

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", "loopback"); // a proxy on this machine may say that the browser speaks https
  app.use((_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  app.use(express.static(path.join(import.meta.dirname, "public"), { index: false, maxAge: "1h" }));
  app.use(express.urlencoded({ extended: false, limit: "4kb", parameterLimit: 10 }));
  app.use(requireOwnForm(sessions));

  /**
   * What a form does. One that was sent before, and gave a session then, leads to what came of it: so a button that is
   * pressed twice does no harm, and the answer to the first press may be lost.
   */
  type Act = (request: Request, response: Response) => Promise<void>;
  const form = (path: string, act: Act, afterwards = "/"): void => {
    app.post(path, (request, response) =>
      sessions.inTurn(request, async () => {
        if (await sessions.recover(request, response)) response.redirect(303, afterwards);
        else await act(request, response);
      }),
    );
  };

  /** Hands on only sessions of one kind. All others are sent to where they can become that. */
  type Handler = (session: Session, request: Request, response: Response) => unknown;
  const only =
    (kind: Session["kind"], handle: Handler): Act =>
    async (request, response) => {
      const session = await sessions.find(request);
      if (session?.kind === kind) await handle(session, request, response);
      else response.redirect(303, homeOf(session));
    };

  async function signIn(user: User, request: Request, response: Response): Promise<void> {
    await sessions.start(request, response, user, (await secondFactor.isNeeded(user)) ? "password-only" : "signed-in");
    response.redirect(303, "/");
  }

  app.get("/", async (request, response) => {
    response.redirect(303, homeOf(await sessions.find(request)));
  });

  app.get("/sign-up", (request, response) => {
    show(response, pages.signUpPage(frame(request, response)));
  });
  form("/sign-up", async (request, response) => {
    const [name, password] = [textOf(request, "name").trim(), textOf(request, "password")];
    const refuse = (text: string): void => {
      show(response, pages.signUpPage(frame(request, response, undefined, { text }), name), 400);
    };
    if (!isName(name)) {
      refuse("A name has 1 to 64 characters, without spaces and colons.");
      return;
    }
    if (!isPassword(password)) {
      refuse("A password has 8 to 128 characters.");
      return;
    }
    // A form that was sent twice at the same time signs in the second time.
    const user = (await users.signUp(name, password)) ?? (await users.signIn(name, password));
    if (!user) {
      refuse("This name is taken. Choose another one, or sign in.");
      return;
    }
    await signIn(user, request, response);
  });

  app.get("/sign-in", async (request, response) => {
    const session = await sessions.find(request);
    if (session) response.redirect(303, homeOf(session));
    else show(response, pages.signInPage(frame(request, response)));
  });
  form("/sign-in", async (request, response) => {
    const name = textOf(request, "name").trim();
    const user = await users.signIn(name, textOf(request, "password"));
    if (!user) {
      const problem = { text: "Name or password is wrong." };
      show(response, pages.signInPage(frame(request, response, undefined, problem), name), 401);
      return;
    }
    await signIn(user, request, response);
  });

  app.post("/sign-out", async (request, response) => {
    await sessions.end(request, response);
    response.redirect(303, "/sign-in");
  });

  const secondStep = only("password-only", (_session, request, response) => {
    show(response, pages.secondStepPage(frame(request, response)));
  });
  app.get("/second-step", secondStep);
  form(
    "/second-step",
    only("password-only", async ({ user }, request, response) => {
      let signedIn: User;
      try {
        signedIn = await secondFactor.signIn(user, typed(request));
      } catch (error) {
        const problem = problemOf(error, typed(request));
        show(response, pages.secondStepPage(frame(request, response, undefined, problem)), error);
        return;
      }
      await sessions.renew(request, response, signedIn, "signed-in");
      response.redirect(303, "/");
    }),
  );

  app.get(
    "/security",
    only("signed-in", async ({ user }, request, response) => {
      const state = user.hasTwoFactor ? "on" : "off";
      const notice = request.query["notice"] === state ? NOTICES[state] : undefined;
      const status = await secondFactor.status(user);
      show(response, pages.securityPage(frame(request, response, user), user.hasTwoFactor, status, notice));
    }),
  );
  app.get(
    "/history",
    only("signed-in", async ({ user }, request, response) => {
      show(response, pages.historyPage(frame(request, response, user), await secondFactor.history(user)));
    }),
  );

  // The QR code is the answer to the form and has no address of its own: it is shown once, nothing keeps the secret
  // in readable form, and loading the page anew makes another one.
  form(
    "/security/turn-on",
    only("signed-in", async ({ user }, request, response) => {
      if (user.hasTwoFactor) {
        response.redirect(303, "/security");
        return;
      }
      const setup = await secondFactor.begin(user, "").catch(problemAnd(user, request, response));
      if (setup) await showSetup(setup, user, request, response);
    }),
  );
  form(
    "/security/confirm",
    only("signed-in", async ({ user, enrollment }, request, response) => {
      // Begun in another session, or not at all.
      if (enrollment === undefined) {
        response.redirect(303, "/security");
        return;
      }
      const confirmed = await secondFactor
        .confirm(user, textOf(request, "code"), enrollment)
        .catch(problemAnd(user, request, response));
      if (!confirmed) return;
      // All other sessions are over now: somebody may have them with the password alone. This one goes on.
      await sessions.renew(request, response, confirmed.user, "signed-in");
      show(response, pages.recoveryCodesPage(frame(request, response, confirmed.user), confirmed.recoveryCodes));
    }),
    "/security?notice=on",
  );

  async function showSetup(setup: Setup, user: User, request: Request, response: Response): Promise<void> {
    await sessions.update(request, setup.enrollment);
    show(response, pages.setupPage(frame(request, response, user), setup));
  }

  /** Shows why there is nothing to confirm, or asks again. */
  const problemAnd = (user: User, request: Request, response: Response) => async (error: unknown) => {
    const problem = problemOf(error);
    const now = (await users.find(user.id)) ?? user;
    // It is on after all, and this session had the password alone.
    if (now.hasTwoFactor && !user.hasTwoFactor) await sessions.renew(request, response, now, "password-only");
    const canConfirm = error instanceof TwoFactorError && error.status === 401;
    show(response, pages.confirmAgainPage(frame(request, response, now, problem), canConfirm), error);
  };

  /** A page that asks for a second factor, and what is done with it. */
  const question = (name: keyof typeof QUESTIONS, act: Handler, afterwards?: string): void => {
    const { title, text, button } = QUESTIONS[name];
    const ask = (user: User, request: Request, response: Response, problem?: Problem): Html =>
      pages.askPage(title, text, `/security/${name}`, button, frame(request, response, user, problem));
    /** Where it is off there is nothing to ask. */
    const whereOn = (handle: Handler): Act =>
      only("signed-in", async (session, request, response) => {
        if (session.user.hasTwoFactor) await handle(session, request, response);
        else response.redirect(303, "/security");
      });
    app.get(
      `/security/${name}`,
      whereOn(({ user }, request, response) => {
        show(response, ask(user, request, response));
      }),
    );
    form(
      `/security/${name}`,
      whereOn(async (session, request, response) => {
        try {
          await act(session, request, response);
        } catch (error) {
          const problem = problemOf(error, typed(request));
          show(response, ask(session.user, request, response, problem), error);
        }
      }),
      afterwards,
    );
  };

  question("change-device", async ({ user }, request, response) => {
    await showSetup(await secondFactor.begin(user, typed(request)), user, request, response);
  });
  question("new-recovery-codes", async ({ user }, request, response) => {
    const { recoveryCodes } = await secondFactor.renewRecoveryCodes(user, typed(request));
    show(response, pages.recoveryCodesPage(frame(request, response, user), recoveryCodes));
  });
  question(
    "turn-off",
    async ({ user }, request, response) => {
      await sessions.renew(request, response, await secondFactor.turnOff(user, typed(request)), "signed-in");
      response.redirect(303, "/security?notice=off");
    },
    "/security?notice=off",
  );

  app.use((request, response) => {
    show(response, pages.faultPage(frame(request, response), "Not found", "There is no such page."), 404);
  });
  app.use(showFault);
  return app;
}

function homeOf(session: Session | undefined): string {
  if (!session) return "/sign-in";
  return session.kind === "signed-in" ? "/security" : "/second-step";
}

/** What can be said about it and what was typed; everything else goes on to the last handler. */
function problemOf(error: unknown, typed?: Typed): Problem {
  const problem = explain(error, typed);
  if (!problem) throw error;
  return problem;
}
