// The routes: who may ask for what, and what happens then. What is shown is in pages.ts, what is checked in two-factor.ts.
import path from "node:path";

import express, { type Express, type Request, type Response } from "express";
import { type SealingKey, TwoFactorError } from "halfminute/two-factor";

import type { Database } from "./database/database.ts";
import type { Html } from "./html.ts";
import * as pages from "./pages.ts";
import { openSessions, type Session } from "./sessions.ts";
import { explain, openSecondFactor, type Problem, type Typed } from "./two-factor.ts";
import { isName, isPassword, openUsers } from "./users.ts";
import { frame, HEADERS, requireOwnForm, show, showFault, textOf, typed } from "./web.ts";

const OFF = "Turned off. The entry in your authenticator app can be deleted.";

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
  app.use(requireOwnForm);

  /** Hands on only sessions of one kind. All others are sent to where they can become that. */
  type Handler = (session: Session, request: Request, response: Response) => unknown;
  const only =
    (kind: Session["kind"], handle: Handler) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = await sessions.find(request);
      if (session?.kind === kind) await handle(session, request, response);
      else response.redirect(303, homeOf(session));
    };

  app.get("/", async (request, response) => {
    response.redirect(303, homeOf(await sessions.find(request)));
  });

  app.get("/sign-up", (request, response) => {
    show(response, pages.signUpPage(frame(request, response)));
  });
  app.post("/sign-up", async (request, response) => {
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
    // A form that was sent twice signs in the second time.
    const user = (await users.signUp(name, password)) ?? (await users.signIn(name, password));
    if (!user) {
      refuse("This name is taken. Choose another one, or sign in.");
      return;
    }
    await sessions.start(request, response, user, await secondFactor.isNeeded(user));
    response.redirect(303, "/");
  });

  app.get("/sign-in", async (request, response) => {
    const session = await sessions.find(request);
    if (session) response.redirect(303, homeOf(session));
    else show(response, pages.signInPage(frame(request, response)));
  });
  app.post("/sign-in", async (request, response) => {
    const name = textOf(request, "name").trim();
    const user = await users.signIn(name, textOf(request, "password"));
    if (!user) {
      const problem = { text: "Name or password is wrong." };
      show(response, pages.signInPage(frame(request, response, undefined, problem), name), 401);
      return;
    }
    await sessions.start(request, response, user, await secondFactor.isNeeded(user));
    response.redirect(303, "/");
  });

  app.post("/sign-out", async (request, response) => {
    await sessions.end(request, response);
    response.redirect(303, "/sign-in");
  });

  const secondStep = only("password-only", (_session, request, response) => {
    show(response, pages.secondStepPage(frame(request, response)));
  });
  app.get("/second-step", secondStep);
  app.post(
    "/second-step",
    only("password-only", async ({ user }, request, response) => {
      let signedIn: Session["user"];
      try {
        signedIn = await secondFactor.signIn(user, typed(request));
      } catch (error) {
        // The form was sent twice, and the first one passed.
        if (!(await sessions.find(request))) {
          response.redirect(303, "/");
          return;
        }
        show(
          response,
          pages.secondStepPage(frame(request, response, undefined, problemOf(error, typed(request)))),
          error,
        );
        return;
      }
      await sessions.complete(request, response, signedIn);
      response.redirect(303, "/");
    }),
  );

  app.get(
    "/security",
    only("signed-in", async ({ user }, request, response) => {
      const notice = request.query["notice"] === "off" ? OFF : undefined;
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
  app.post(
    "/security/turn-on",
    only("signed-in", async ({ user }, request, response) => {
      if (user.hasTwoFactor) {
        response.redirect(303, "/security");
        return;
      }
      const setup = await secondFactor.begin(user, "").catch(problemAnd(user, request, response));
      if (!setup) return;
      await sessions.update(request, user, true);
      show(response, pages.setupPage(frame(request, response, user), setup));
    }),
  );
  app.post(
    "/security/confirm",
    only("signed-in", async (session, request, response) => {
      const { user, isEnrolling } = session;
      if (!isEnrolling) {
        response.redirect(303, "/security");
        return;
      } // begun in another session, or not at all
      const confirmed = await secondFactor
        .confirm(user, textOf(request, "code"))
        .catch(problemAnd(user, request, response));
      if (!confirmed) return;
      // Sessions that somebody else had with the password alone are over now. This one goes on.
      await sessions.update(request, confirmed.user, true);
      show(response, pages.recoveryCodesPage(frame(request, response, confirmed.user), confirmed.recoveryCodes));
    }),
  );

  /** Shows why there is nothing to confirm, or asks again. */
  const problemAnd = (user: Session["user"], request: Request, response: Response) => async (error: unknown) => {
    const problem = problemOf(error);
    const now = (await users.find(user.id)) ?? user;
    if (now.stamp !== user.stamp) await sessions.update(request, now, true);
    const canConfirm = error instanceof TwoFactorError && error.status === 401;
    show(response, pages.confirmAgainPage(frame(request, response, now, problem), canConfirm), error);
  };

  /** A page that asks for a second factor, and what is done with it. */
  const question = (name: keyof typeof QUESTIONS, act: Handler): void => {
    const { title, text, button } = QUESTIONS[name];
    const ask = (user: Session["user"], request: Request, response: Response, problem?: Problem): Html =>
      pages.askPage(title, text, `/security/${name}`, button, frame(request, response, user, problem));
    app.get(
      `/security/${name}`,
      only("signed-in", ({ user }, request, response) => {
        if (user.hasTwoFactor) show(response, ask(user, request, response));
        else response.redirect(303, "/security");
      }),
    );
    app.post(
      `/security/${name}`,
      only("signed-in", async (session, request, response) => {
        const { user } = session;
        if (!user.hasTwoFactor) {
          response.redirect(303, "/security");
          return;
        }
        try {
          await act(session, request, response);
        } catch (error) {
          const problem = problemOf(error, typed(request));
          // Sent twice: the first one turned it off.
          if ((await users.find(user.id))?.hasTwoFactor === false) {
            response.redirect(303, "/security?notice=off");
            return;
          }
          show(response, ask(user, request, response, problem), error);
        }
      }),
    );
  };

  question("change-device", async ({ user }, request, response) => {
    const setup = await secondFactor.begin(user, typed(request));
    await sessions.update(request, user, true);
    show(response, pages.setupPage(frame(request, response, user), setup));
  });
  question("new-recovery-codes", async ({ user }, request, response) => {
    const { recoveryCodes } = await secondFactor.renewRecoveryCodes(user, typed(request));
    show(response, pages.recoveryCodesPage(frame(request, response, user), recoveryCodes));
  });
  question("turn-off", async ({ user }, request, response) => {
    await sessions.update(request, await secondFactor.turnOff(user, typed(request)), false);
    response.redirect(303, "/security?notice=off");
  });

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
