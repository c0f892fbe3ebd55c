// Remembered browsers: the cookie that recognizes one, and what a person calls it.
import { createHash } from "node:crypto";

import type { Request, Response } from "express";
import type { RememberedBrowser } from "halfminute/two-factor";

import type { User } from "./users.ts";

/** Only signing in needs it, so that no other request carries it. */
const PATH = "/sign-in";

/** Each person has a cookie of their own: on a shared browser, that of another person is left alone. */
function cookieFor({ id }: User): string {
  return `browser-${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/** What the browser sent for this person. */
export function browserToken(request: Request, user: User): string | undefined {
  const pattern = new RegExp(`(?:^|; )${cookieFor(user)}=([^;]+)`);
  return pattern.exec(request.headers.cookie ?? "")?.[1];
}

export function giveBrowserToken(
  request: Request,
  response: Response,
  user: User,
  { token, expiresAt }: RememberedBrowser,
): void {
  const options = { httpOnly: true, sameSite: "lax", secure: request.secure, path: PATH, expires: expiresAt } as const;
  response.cookie(cookieFor(user), token, options);
}

const BROWSERS = ["Firefox", "Edg", "Chrome", "Safari"]; // the first one that is named: most name several
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];

/** For the list of a person's browsers: enough to recognize one's own. */
export function browserName({ headers }: Request): string {
  const agent = headers["user-agent"] ?? "";
  const found = (names: readonly string[]): string | undefined => names.find((name) => agent.includes(name));
  return `${found(BROWSERS)?.replace("Edg", "Edge") ?? "A browser"} on ${found(SYSTEMS) ?? "an unknown system"}`;
}
