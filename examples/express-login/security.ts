// The routes of the account: where it stands, its history and browsers, new recovery codes, turning
// it off.
import type { Express } from "express";

import { browsersPage } from "./browsers-pages.ts";
import { textOf } from "./forms.ts";
import { historyPage } from "./pages.ts";
import { MAKE_NEW, problemOf } from "./problems.ts";
import type { Recent } from "./recent.ts";
import type { Routes } from "./routes.ts";
import * as pages from "./security-pages.ts";
import type { Sessions } from "./sessions.ts";
import type { SecondFactor } from "./two-factor.ts";
import { frame, show } from "./web.ts";

const NOTICES = {
  on: MAKE_NEW,
  added: "The authenticator app was added.",
  off: "Turned off. The entry in your authenticator app can be deleted.",
};

interface Parts extends Routes, Recent {
  readonly app: Express;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
}

export function addSecurityRoutes({ app, form, only, recent, sessions, secondFactor }: Parts): void {
  const { flow } = secondFactor;

  app.get(
    "/security",
    only("signed-in", async ({ user }, request, response) => {
      const state = user.hasTwoFactor ? "on" : "off";
      const given = request.query["notice"];
      const isOf = given === state || (given === "added" && state === "on");
      const notice = isOf ? NOTICES[given] : undefined;
      const status = await flow.status(user.id);
      show(response, pages.securityPage(frame(request, response, user), user.hasTwoFactor, status, notice));
    }),
  );
  app.get(
    "/history",
    only("signed-in", async ({ user }, request, response) => {
      show(response, historyPage(frame(request, response, user), await secondFactor.history(user)));
    }),
  );

  // Forgetting a browser asks for nothing: it only takes trust away.
  app.get(
    "/security/browsers",
    only("signed-in", async ({ user }, request, response) => {
      const { browsers } = await flow.status(user.id);
      show(response, browsersPage(frame(request, response, user), browsers));
    }),
  );
  form(
    "/security/browsers/forget",
    only("signed-in", async ({ user }, request, response) => {
      await flow.forgetBrowser(user.id, textOf(request, "browser"));
      response.redirect(303, "/security/browsers");
    }),
  );
  form(
    "/security/browsers/forget-all",
    only("signed-in", async ({ user }, _request, response) => {
      await flow.forgetBrowsers(user.id);
      response.redirect(303, "/security/browsers");
    }),
  );

  app.get(
    "/security/new-recovery-codes",
    recent("new-recovery-codes", ({ user }, request, response) => {
      show(response, pages.newRecoveryCodesPage(frame(request, response, user)));
    }),
  );
  form(
    "/security/new-recovery-codes",
    recent("new-recovery-codes", async ({ user }, request, response) => {
      const codes = await flow.renewRecoveryCodes(user.id).catch((error: unknown) => {
        show(response, pages.newRecoveryCodesPage(frame(request, response, user, problemOf(error))), error);
      });
      if (codes) show(response, pages.recoveryCodesPage(frame(request, response, user), codes.recoveryCodes));
    }),
  );

  app.get(
    "/security/turn-off",
    recent("turn-off", ({ user }, request, response) => {
      show(response, pages.turnOffPage(frame(request, response, user)));
    }),
  );
  form(
    "/security/turn-off",
    recent("turn-off", async ({ user }, request, response) => {
      await sessions.renew(request, response, await secondFactor.turnOff(user), "signed-in");
      response.redirect(303, "/security?notice=off");
    }),
    () => "/security?notice=off",
  );
}
