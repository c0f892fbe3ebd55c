// Cookies that recognize a browser at sign-in, and what a person calls the browser.
import { createHash } from "node:crypto";

import type { Request, Response } from "express";

import type { User } from "./users.ts";

/**
 * `browser`: the person passed a second factor in it and had it remembered. `known`: the person
 * signed in there without one.
 */
type Kind = "browser" | "known";

/** Only signing in needs it, so that no other request carries it. */
const PATH = "/sign-in";

/**
 * Each person has a cookie of their own: on a shared browser, that of another person is left alone.
 */
function cookieFor(kind: Kind, { id }: User): string {
  return `${kind}-${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/** What the browser sent for this person. */
export function browserToken(kind: Kind, request: Request, user: User): string | undefined {
  const pattern = new RegExp(`(?:^|; )${cookieFor(kind, user)}=([^;]+)`);
  return pattern.exec(request.headers.cookie ?? "")?.[1];
}

export function giveBrowserToken(
  kind: Kind,
  request: Request,
  response: Response,
  user: User,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: Date },
): void {
  const options = { httpOnly: true, sameSite: "lax", secure: request.secure, path: PATH, expires: expiresAt } as const;
  response.cookie(cookieFor(kind, user), token, options);
}

const BROWSERS = ["Firefox", "Edg", "Chrome", "Safari"]; // the first one that is named: most name several
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];

/** For the list of a person's browsers: enough to recognize one's own. */
export function browserName({ headers }: Request): string {
  const agent = headers["user-agent"] ?? "";
  const found = (names: readonly string[]): string | undefined => names.find((name) => agent.includes(name));
  return `${found(BROWSERS)?.replace("Edg", "Edge") ?? "A browser"} on ${found(SYSTEMS) ?? "an unknown system"}`;
}
