// Two kinds of routes that nearly all others are: forms, and pages for sessions of one kind.
import type { Express, Request, Response } from "express";

import type { Session, Sessions } from "./sessions.ts";

export type Act = (request: Request, response: Response) => Promise<void>;
export type Handler = (session: Session, request: Request, response: Response) => unknown;

export interface Routes {
  /**
   * What a form does. One that was sent before, and gave a session then, leads to what came of it:
   * so a button that is pressed twice does no harm, and the answer to the first press may be lost.
   */
  readonly form: (path: string, act: Act, afterwards?: (request: Request) => string) => void;
  /** Hands on only sessions of one kind. All others are sent to where they can become that. */
  readonly only: (kind: Session["kind"], handle: Handler) => Act;
}

export function routesOf(app: Express, sessions: Sessions): Routes {
  return {
    form(path, act, afterwards = () => "/") {
      app.post(path, (request, response) =>
        sessions.inTurn(request, async () => {
          if (await sessions.recover(request, response)) response.redirect(303, afterwards(request));
          else await act(request, response);
        }),
      );
    },
    only: (kind, handle) => async (request, response) => {
      const session = await sessions.find(request);
      if (session?.kind === kind) await handle(session, request, response);
      else response.redirect(303, homeOf(session));
    },
  };
}

const HOMES: Readonly<Record<Session["kind"], string>> = {
  "password-only": "/second-step",
  "new-browser": "/new-browser",
  "signed-in": "/security",
};

export function homeOf(session: Session | undefined): string {
  return session ? HOMES[session.kind] : "/sign-in";
}
