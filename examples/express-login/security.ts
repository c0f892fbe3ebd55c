// The routes of the account: turning the second factor on and off, devices, browsers, recovery codes.
import type { Express, Request, Response } from "express";
import { type JoiningOptions, TwoFactorError } from "halfminute/two-factor";

import { textOf, typed } from "./forms.ts";
import { historyPage } from "./pages.ts";
import { MAKE_NEW, type Problem, problemOf } from "./problems.ts";
import type { Act, Handler, Routes } from "./routes.ts";
import * as pages from "./security-pages.ts";
import type { Session, Sessions } from "./sessions.ts";
import { isRecent, type SecondFactor } from "./two-factor.ts";
import type { User, Users } from "./users.ts";
import { frame, show } from "./web.ts";

const NOTICES = {
  on: MAKE_NEW,
  added: "The authenticator app was added.",
  off: "Turned off. The entry in your authenticator app can be deleted.",
};

/** Pages from which something is changed. A code must have been entered in the last minutes. */
const GUARDED = ["devices", "new-recovery-codes", "turn-off"] as const;
type Guarded = (typeof GUARDED)[number];

interface Parts extends Routes {
  readonly app: Express;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
}

export function addSecurityRoutes({ app, form, only, users, sessions, secondFactor }: Parts): void {
  app.get(
    "/security",
    only("signed-in", async ({ user }, request, response) => {
      const state = user.hasTwoFactor ? "on" : "off";
      const given = request.query["notice"];
      const isOf = given === state || (given === "added" && state === "on");
      const notice = isOf ? NOTICES[given] : undefined;
      const status = await secondFactor.status(user.id);
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
  form(
    "/security/forget-browser",
    only("signed-in", async ({ user }, request, response) => {
      await secondFactor.forgetBrowser(user.id, textOf(request, "browser"));
      response.redirect(303, "/security");
    }),
  );

  /** Shows why there is nothing to confirm, or asks again. */
  const problemAnd = (user: User, request: Request, response: Response) => async (error: unknown) => {
    const problem = problemOf(error);
    const now = (await users.find(user.id)) ?? user;
    // It is on after all, and this session had the password alone.
    if (now.hasTwoFactor && !user.hasTwoFactor) await sessions.renew(request, response, now, "password-only");
    const canConfirm = error instanceof TwoFactorError && error.status === 401;
    show(response, pages.confirmAgainPage(frame(request, response, now, problem), canConfirm), error);
  };

  /** The QR code is the answer to a form and has no address. Nothing keeps the secret in readable form. */
  async function begin({ user, resume }: Session, joining: JoiningOptions, request: Request, response: Response) {
    const setup = await secondFactor.begin(user, joining, resume);
    await sessions.update(request, setup.deviceId);
    show(response, pages.setupPage(frame(request, response, user), setup));
  }

  form(
    "/security/turn-on",
    only("signed-in", async (session, request, response) => {
      if (session.user.hasTwoFactor) response.redirect(303, "/security");
      else await begin(session, {}, request, response).catch(problemAnd(session.user, request, response));
    }),
  );
  form(
    "/security/confirm",
    only("signed-in", async ({ user, deviceId }, request, response) => {
      // Begun in another session, or not at all.
      if (deviceId === undefined) {
        response.redirect(303, "/security");
        return;
      }
      const confirmed = await secondFactor
        .confirm(user, textOf(request, "code"), deviceId)
        .catch(problemAnd(user, request, response));
      if (!confirmed) return;
      // All other sessions are over now: somebody may have them with the password alone. This one goes on.
      await sessions.renew(request, response, confirmed.user, "signed-in", new Date().toISOString());
      const { recoveryCodes } = confirmed;
      if (recoveryCodes.length === 0) response.redirect(303, "/security?notice=added");
      else show(response, pages.recoveryCodesPage(frame(request, response, confirmed.user), recoveryCodes));
    }),
    () => "/security?notice=on",
  );

  /** Where it is off there is nothing to change or to ask for. */
  const whereOn = (handle: Handler): Act =>
    only("signed-in", async (session, request, response) => {
      if (session.user.hasTwoFactor) await handle(session, request, response);
      else response.redirect(303, "/security");
    });

  // A code, and then on to where something can be changed. A browser that was recognized at sign-in is not enough.
  app.get(
    "/security/check",
    whereOn(({ user }, request, response) => {
      show(response, pages.checkPage(frame(request, response, user), nextOf(request)));
    }),
  );
  form(
    "/security/check",
    whereOn(async ({ user }, request, response) => {
      const passed = await secondFactor.signIn(user, typed(request)).catch((error: unknown) => {
        const problem = problemOf(error, typed(request));
        show(response, pages.checkPage(frame(request, response, user, problem), nextOf(request)), error);
      });
      if (!passed) return;
      await sessions.renew(request, response, passed.user, "signed-in", passed.at.toISOString());
      response.redirect(303, `/security/${nextOf(request)}`);
    }),
    (request) => `/security/${nextOf(request)}`,
  );

  /** Hands on only who entered a code lately. All others are asked for one, and nothing is changed. */
  const recent = (page: Guarded, handle: Handler): Act =>
    whereOn(async (session, request, response) => {
      if (isRecent(session.passedAt)) await handle(session, request, response);
      else response.redirect(303, `/security/check?next=${page}`);
    });

  async function showDevices(user: User, request: Request, response: Response, problem?: Problem, status?: unknown) {
    const { devices } = await secondFactor.status(user.id);
    show(response, pages.devicesPage(frame(request, response, user, problem), devices), status);
  }
  app.get(
    "/security/devices",
    recent("devices", ({ user }, request, response) => showDevices(user, request, response)),
  );
  const deviceForm = (name: string, act: Handler): void => {
    form(
      `/security/devices/${name}`,
      recent("devices", async (session, request, response) => {
        try {
          await act(session, request, response);
        } catch (error) {
          await showDevices(session.user, request, response, problemOf(error), error);
        }
      }),
      () => "/security/devices",
    );
  };
  /** The handler, for a name that can be one. */
  const named =
    (act: (name: string, ...values: Parameters<Handler>) => unknown): Handler =>
    async (session, request, response) => {
      const name = textOf(request, "name").trim();
      if (isDeviceName(name)) await act(name, session, request, response);
      else await showDevices(session.user, request, response, { text: "A name has 1 to 30 characters." }, 400);
    };
  deviceForm(
    "add",
    named((name, session, request, response) => begin(session, { name, add: true }, request, response)),
  );
  deviceForm("replace", (session, request, response) =>
    begin(session, { replace: textOf(request, "device") }, request, response),
  );
  deviceForm(
    "rename",
    named(async (name, { user }, request, response) => {
      await secondFactor.renameDevice(user.id, textOf(request, "device"), name);
      response.redirect(303, "/security/devices");
    }),
  );
  deviceForm("remove", async ({ user, passedAt }, request, response) => {
    const next = await secondFactor.removeDevice(user, textOf(request, "device"));
    await sessions.renew(request, response, next, "signed-in", passedAt);
    response.redirect(303, "/security/devices");
  });

  app.get(
    "/security/new-recovery-codes",
    recent("new-recovery-codes", ({ user }, request, response) => {
      show(response, pages.newRecoveryCodesPage(frame(request, response, user)));
    }),
  );
  form(
    "/security/new-recovery-codes",
    recent("new-recovery-codes", async ({ user }, request, response) => {
      const codes = await secondFactor.renewRecoveryCodes(user.id).catch((error: unknown) => {
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

function nextOf({ query }: Request): Guarded {
  return GUARDED.find((page) => page === query["next"]) ?? "devices";
}

function isDeviceName(name: string): boolean {
  return /^[^\p{C}]{1,30}$/u.test(name);
}
