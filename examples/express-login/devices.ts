// The routes of authenticator apps: the first one turns the second factor on; others are added,
// renamed, replaced and removed.
import type { Express, Request, Response } from "express";
import { type JoiningOptions, TwoFactorError } from "halfminute/two-factor";

import * as pages from "./devices-pages.ts";
import { textOf } from "./forms.ts";
import { type Problem, problemOf } from "./problems.ts";
import type { Recent } from "./recent.ts";
import type { Handler, Routes } from "./routes.ts";
import { recoveryCodesPage } from "./security-pages.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { SecondFactor } from "./two-factor.ts";
import type { User, Users } from "./users.ts";
import { frame, show } from "./web.ts";

interface Parts extends Routes, Recent {
  readonly app: Express;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
}

export function addDeviceRoutes({ app, form, only, recent, users, sessions, secondFactor }: Parts): void {
  const { flow } = secondFactor;

  /**
   * Asks again, with the QR code that this session was shown; or says why there is nothing to
   * confirm.
   */
  const askAgain =
    ({ user, deviceId }: Session, request: Request, response: Response) =>
    async (error: unknown) => {
      const problem = problemOf(error);
      const now = (await users.find(user.id)) ?? user;
      // It is on after all, and this session had the password alone.
      if (now.hasTwoFactor && !user.hasTwoFactor) await sessions.renew(request, response, now, "password-only");
      const canConfirm = error instanceof TwoFactorError && error.status === 401;
      const setup = canConfirm && deviceId !== undefined ? await secondFactor.shown(user, deviceId) : undefined;
      const shown = frame(request, response, now, problem);
      show(response, setup ? pages.setupPage(shown, setup) : pages.setupOverPage(shown), error);
    };

  /**
   * The QR code is the answer to a form and has no address. Nothing keeps the secret in readable
   * form.
   */
  async function begin({ user, resume }: Session, joining: JoiningOptions, request: Request, response: Response) {
    const setup = await secondFactor.begin(user, joining, resume);
    await sessions.update(request, setup.deviceId);
    show(response, pages.setupPage(frame(request, response, user), setup));
  }

  form(
    "/security/turn-on",
    only("signed-in", async (session, request, response) => {
      if (session.user.hasTwoFactor) response.redirect(303, "/security");
      else await begin(session, {}, request, response).catch(askAgain(session, request, response));
    }),
  );
  form(
    "/security/confirm",
    only("signed-in", async (session, request, response) => {
      const { user, deviceId } = session;
      // Begun in another session, or not at all.
      if (deviceId === undefined) {
        response.redirect(303, "/security");
        return;
      }
      const confirming = secondFactor.confirm(user, textOf(request, "code"), deviceId);
      const confirmed = await confirming.catch(askAgain(session, request, response));
      if (!confirmed) return;
      // All other sessions are over now: somebody may have them with the password alone. This one
      // goes on.
      await sessions.renew(request, response, confirmed.user, "signed-in", new Date().toISOString());
      const { recoveryCodes } = confirmed;
      if (recoveryCodes.length === 0) response.redirect(303, "/security?notice=added");
      else show(response, recoveryCodesPage(frame(request, response, confirmed.user), recoveryCodes));
    }),
    () => "/security?notice=on",
  );

  async function showDevices(user: User, request: Request, response: Response, problem?: Problem, status?: unknown) {
    const { devices } = await flow.status(user.id);
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
  deviceForm("replace", async (session, request, response) => {
    const replace = textOf(request, "device");
    const { devices } = await flow.status(session.user.id);
    const name = devices.find(({ id }) => id === replace)?.name ?? undefined; // the new one keeps it
    await begin(session, { replace, name }, request, response);
  });
  deviceForm(
    "rename",
    named(async (name, { user }, request, response) => {
      await flow.renameDevice(user.id, textOf(request, "device"), name);
      response.redirect(303, "/security/devices");
    }),
  );
  deviceForm("remove", async ({ user, passedAt }, request, response) => {
    const next = await secondFactor.removeDevice(user, textOf(request, "device"));
    await sessions.renew(request, response, next, "signed-in", passedAt);
    response.redirect(303, "/security/devices");
  });
}

function isDeviceName(name: string): boolean {
  return /^[^\p{C}]{1,30}$/u.test(name);
}
