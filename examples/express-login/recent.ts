// A code before something is changed: who entered none in the last minutes is asked for one.
import type { Express, Request } from "express";
import { requireRecent, TwoFactorError } from "halfminute/two-factor";

import { typed } from "./forms.ts";
import { problemOf } from "./problems.ts";
import type { Act, Handler, Routes } from "./routes.ts";
import { checkPage } from "./security-pages.ts";
import type { Sessions } from "./sessions.ts";
import type { SecondFactor } from "./two-factor.ts";
import { frame, show } from "./web.ts";

/** How long after a code somebody may change something. */
const SECONDS = 5 * 60;

/** Pages from which something is changed. */
const GUARDED = ["devices", "new-recovery-codes", "turn-off"] as const;
type Guarded = (typeof GUARDED)[number];

export interface Recent {
  /**
   * Hands on only who entered a code lately. All others are asked for one, and nothing is changed.
   */
  readonly recent: (page: Guarded, handle: Handler) => Act;
}

interface Parts extends Routes {
  readonly app: Express;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
}

export function addCheckRoutes({ app, form, only, sessions, secondFactor }: Parts): Recent {
  /** Where it is off there is nothing to change or to ask for. */
  const whereOn = (handle: Handler): Act =>
    only("signed-in", async (session, request, response) => {
      if (session.user.hasTwoFactor) await handle(session, request, response);
      else response.redirect(303, "/security");
    });

  app.get(
    "/security/check",
    whereOn(({ user }, request, response) => {
      show(response, checkPage(frame(request, response, user), nextOf(request)));
    }),
  );
  form(
    "/security/check",
    whereOn(async ({ user }, request, response) => {
      const passed = await secondFactor.signIn(user, typed(request)).catch((error: unknown) => {
        const problem = problemOf(error, typed(request));
        show(response, checkPage(frame(request, response, user, problem), nextOf(request)), error);
      });
      if (!passed) return;
      await sessions.renew(request, response, passed.user, "signed-in", passed.at.toISOString());
      response.redirect(303, `/security/${nextOf(request)}`);
    }),
    (request) => `/security/${nextOf(request)}`,
  );

  return {
    // A browser that was recognized at sign-in is not enough.
    recent: (page, handle) =>
      whereOn(async (session, request, response) => {
        if (isRecent(session.passedAt)) await handle(session, request, response);
        else response.redirect(303, `/security/check?next=${page}`);
      }),
  };
}

function nextOf({ query }: Request): Guarded {
  return GUARDED.find((page) => page === query["next"]) ?? "devices";
}

/** Whether somebody may change something without another code. */
function isRecent(passedAt: string | undefined): boolean {
  try {
    requireRecent(passedAt, { within: SECONDS });
    return true;
  } catch (error) {
    if (error instanceof TwoFactorError) return false;
    throw error;
  }
}
