// Requests and answers: headers, forms that are ours, and what is said when something fails.
import type { NextFunction, Request, Response } from "express";
import { TwoFactorError } from "halfminute/two-factor";

import type { Html } from "./html.ts";
import type { Frame } from "./layout.ts";
import { faultPage, signInPage } from "./pages.ts";
import { newToken } from "./forms.ts";
import { nextSessionId, type Sessions } from "./sessions.ts";
import type { Problem } from "./problems.ts";
import { TooManyGuesses, type User } from "./users.ts";

export const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "X-Content-Type-Options": "nosniff",
  // Not `no-referrer`: with that, browsers send forms with `Origin: null`, and it could not be
  // checked.
  "Referrer-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/** A form of this app, of this browser: by its Origin, where there is one, and by its token. */
export function requireOwnForm(sessions: Sessions) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      const { origin, host } = request.headers;
      const isForeign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
      if (isForeign || !(await sessions.isOwnForm(request))) throw new ForeignForm();
    }
    next();
  };
}

class ForeignForm extends Error {}

export function showFault(error: unknown, request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const fault = (title: string, text: string, status: number): void => {
    show(response, faultPage(frame(request, response), title, text), status);
  };
  if (error instanceof ForeignForm) {
    fault(
      "Form too old",
      "Your session changed since this form was shown. Go back, load the page again and send the form again.",
      403,
    );
    return;
  }
  if (error instanceof TooManyGuesses) {
    const problem = { text: "Too many wrong passwords for this name.", waitSeconds: error.seconds };
    response.set("Retry-After", String(error.seconds));
    show(response, signInPage(frame(request, response, undefined, problem)), 429);
    return;
  }
  const status = Number((error as { status?: unknown } | null)?.status) || 500;
  if (status === 429) {
    const { headers } = error as { readonly headers: Readonly<Record<string, string>> };
    const problem = { text: "Too many attempts from your network.", waitSeconds: Number(headers["Retry-After"]) };
    response.set(headers);
    show(response, faultPage(frame(request, response, undefined, problem), "Too many attempts"), status);
    return;
  }
  if (status < 500) {
    fault("That did not work", "The form could not be read.", status);
    return;
  }
  console.error(`${request.method} ${request.path} failed: ${summary(error)}`);
  fault(
    "That did not work",
    "Something is wrong on our side. Nothing was changed that you would have to undo. Try again later.",
    status,
  );
}

/** Names and codes only: messages of drivers may show the values of the statement that failed. */
function summary(error: unknown): string {
  const { name, code, cause } = Object(error) as { name?: unknown; code?: unknown; cause?: unknown };
  const own = [name, code].filter((word) => typeof word === "string").join(" ");
  return cause === undefined ? own : `${own}, because of ${summary(cause)}`;
}

/** The status as a number, or as the error that says it. */
export function show(response: Response, page: Html, status: unknown = 200): void {
  if (status instanceof TwoFactorError) response.status(status.status).set(status.headers);
  else if (typeof status === "number") response.status(status);
  response.type("html").send(page.text);
}

/** What every page needs. Who has no session id yet gets one, for the forms of the page. */
export function frame(request: Request, response: Response, user?: User, problem?: Problem): Frame {
  return { token: newToken(nextSessionId(request, response)), user, problem };
}
