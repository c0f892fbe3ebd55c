// The app: what comes before every route, and the routes of signing up, in and out.
import path from "node:path";

import express, { type Express, type Request, type Response } from "express";
import type { SealingKey } from "halfminute/two-factor";

import { browserName, browserToken, giveBrowserToken } from "./browsers.ts";
import type { Database } from "./database/database.ts";
import { addDeviceRoutes } from "./devices.ts";
import { textOf, typed } from "./forms.ts";
import { limitByAddress, LIMITED } from "./limits.ts";
import { printMail, type SendMail } from "./mail.ts";
import { addNewBrowserRoutes } from "./new-browser.ts";
import * as pages from "./pages.ts";
import { problemOf } from "./problems.ts";
import { addCheckRoutes } from "./recent.ts";
import { homeOf, routesOf } from "./routes.ts";
import { addSecurityRoutes } from "./security.ts";
import { openSessions } from "./sessions.ts";
import { openSecondFactor } from "./two-factor.ts";
import { isName, isPassword, openUsers, type User } from "./users.ts";
import { frame, HEADERS, requireOwnForm, show, showFault } from "./web.ts";

export function createApp(
  database: Database,
  sealingKeys: readonly SealingKey[],
  sendMail: SendMail = printMail,
): Express {
  const users = openUsers(database);
  const sessions = openSessions(database, users);
  const secondFactor = openSecondFactor(database, users, sealingKeys, sendMail);

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", "loopback"); // a proxy on this machine may say that the browser speaks https
  app.use((_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  app.use(express.static(path.join(import.meta.dirname, "public"), { index: false, maxAge: "1h", redirect: false }));
  app.use(express.urlencoded({ extended: false, limit: "4kb", parameterLimit: 10 }));
  app.use(requireOwnForm(sessions));
  app.use([...LIMITED], limitByAddress(database));
  const { form, only } = routesOf(app, sessions);
  const newBrowsers = addNewBrowserRoutes({ app, form, only, database, sessions, secondFactor, sendMail });

  async function signIn(user: User, request: Request, response: Response): Promise<void> {
    const isNeeded = await secondFactor.isNeeded(user);
    if (!isNeeded && !(await newBrowsers.isKnown(request, user))) {
      await newBrowsers.ask(request, response, user);
      return;
    }
    const token = browserToken("browser", request, user);
    const browser = user.hasTwoFactor ? await secondFactor.recognize(user, token) : undefined;
    if (browser) giveBrowserToken("browser", request, response, user, browser);
    const kind = isNeeded && !browser ? "password-only" : "signed-in";
    await sessions.start(request, response, user, kind, browser?.verifiedAt.toISOString());
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
      refuse("Choose a name of 1 to 64 characters, without spaces and colons.");
      return;
    }
    if (!isPassword(password)) {
      refuse("Choose a password of 8 to 128 characters.");
      return;
    }
    const made = await users.signUp(name, password);
    if (made) await newBrowsers.know(request, response, made);
    // A form that was sent twice at the same time signs in the second time.
    const user = made ?? (await users.signIn(name, password));
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
    // No account has another name, so it is not looked for: some databases refuse such text.
    const user = isName(name) ? await users.signIn(name, textOf(request, "password")) : undefined;
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
      const isToRemember = textOf(request, "remember") !== "";
      const passing = secondFactor.signIn(user, typed(request), isToRemember ? browserName(request) : undefined);
      const passed = await passing.catch((error: unknown) => {
        const problem = problemOf(error, typed(request));
        show(response, pages.secondStepPage(frame(request, response, undefined, problem), isToRemember), error);
      });
      if (!passed) return;
      if (passed.browser) giveBrowserToken("browser", request, response, user, passed.browser);
      await sessions.renew(request, response, passed.user, "signed-in", passed.at.toISOString());
      response.redirect(303, "/");
    }),
  );

  const { recent } = addCheckRoutes({ app, form, only, sessions, secondFactor });
  addSecurityRoutes({ app, form, only, recent, sessions, secondFactor });
  addDeviceRoutes({ app, form, only, recent, users, sessions, secondFactor });

  app.use((request, response) => {
    show(response, pages.faultPage(frame(request, response), "Not found", "There is no such page."), 404);
  });
  app.use(showFault);
  return app;
}
