// What goes into a route handler and what comes out of it.
import type { Account, Session, Step } from "../../account/account.ts";
import { answerTo, cookiesOf, Refusal } from "../../account/answers.ts";
import { account } from "./account.ts";
import { findSession, limit, replaceSession } from "./sessions.ts";

interface Given {
  readonly session: Session | undefined;
  readonly body: unknown;
  /** Reads a cookie by its name. */
  readonly cookie: ReturnType<typeof cookiesOf>;
}

type Handler = (request: Request) => Promise<Response>;

const COOKIE = "__Host-session";
const ATTRIBUTES = "Secure; HttpOnly; SameSite=Strict";

/**
 * Answers what the handler throws, and lets nothing be cached. Next.js itself answers every error
 * with 500.
 */
export function handle(handler: Handler): Handler {
  return async (request) => {
    const response = await handler(request).catch((error: unknown) => {
      const { body, ...init } = answerTo(error);
      return Response.json(body, init);
    });
    response.headers.set("Cache-Control", "no-store");
    return response;
  };
}

/** A handler that ends in another session. */
export function step(take: (account: Account, given: Given) => Promise<Step<object>>): Handler {
  return handle(async (request) => {
    await limit(addressOf(request));
    const cookie = cookiesIn(request);
    const given = { session: await sessionOf(request), body: await jsonOf(request), cookie };
    const { body, session, browser } = await take(account(), given);
    const id = await replaceSession(cookie(COOKIE) ?? "", session);
    const headers = new Headers({ "Set-Cookie": `${COOKIE}=${id}; Path=/; ${ATTRIBUTES}` });
    if (browser) {
      const { name, value, expires } = browser;
      const own = `${name}=${value}; Path=/api/login; Expires=${expires.toUTCString()}; ${ATTRIBUTES}`;
      headers.append("Set-Cookie", own);
    }
    return Response.json(body, { headers });
  });
}

export function sessionOf(request: Request): Promise<Session | undefined> {
  return findSession(cookiesIn(request)(COOKIE) ?? "");
}

function cookiesIn({ headers }: Request): Given["cookie"] {
  return cookiesOf(headers.get("cookie") ?? "");
}

/**
 * Right only behind one proxy, which adds the last address. Without a proxy a visitor writes it:
 * see your platform's header.
 */
function addressOf({ headers }: Request): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
}

/** A form of another site cannot say that it is JSON. */
function jsonOf(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) throw new Refusal(415, "json-only");
  return request.json().catch(() => Promise.reject(new Refusal(400, "bad-request"))); // the parser's message quotes the body
}
