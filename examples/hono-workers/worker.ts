// An account with a second factor for Hono on Cloudflare Workers, with all its data in D1.
import { decodeSecret } from "halfminute";
import { d1Store } from "halfminute/stores/d1";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";

import { type Account, openAccount, type Step } from "../account/account.ts";
import { answerTo, Refusal } from "../account/answers.ts";
import { type Database, findSession, limitIn, replaceSession } from "./database.ts";
import { usersIn } from "./users.ts";

interface Env {
  Bindings: {
    readonly DB: Database;
    /**
     * 32 random bytes in base32: `npx halfminute secret --bytes 32`, put there by `.dev.vars` or
     * `wrangler secret put`.
     */
    readonly SEALING_KEY: string;
  };
}

const COOKIE = "__Host-session";
const ATTRIBUTES = { secure: true, httpOnly: true, sameSite: "Strict" } as const;

const app = new Hono<Env>();
export default app;

app.use(async (c, next) => {
  await next();
  c.header("Cache-Control", "no-store"); // also where the next ones refuse
});
app.use(csrf(), bodyLimit({ maxSize: 100_000 }));

app.onError((error, c) => {
  const { status, headers, body } = answerTo(error);
  return c.json(body, status as 401, headers);
});

/** For each request, because only a request has the bindings. It costs nothing. */
function accountOf({ env }: Context<Env>): Account {
  const sealingKeys = [{ id: "2026-11", key: decodeSecret(env.SEALING_KEY) }];
  return openAccount({ users: usersIn(env.DB), store: d1Store(env.DB), sealingKeys });
}

const sessionIn = (c: Context<Env>) => findSession(c.env.DB, getCookie(c, COOKIE) ?? "");

type Take = (account: Account, body: unknown, c: Context<Env>) => Promise<Step<object>>;

/** A route that ends in another session. */
function step(path: string, take: Take): void {
  app.post(path, async (c) => {
    await limitIn(c.env.DB)(c.req.header("CF-Connecting-IP") ?? ""); // Cloudflare sets it, whatever the visitor sent
    const { body, session, browser } = await take(accountOf(c), await jsonOf(c), c);
    const id = await replaceSession(c.env.DB, getCookie(c, COOKIE) ?? "", session);
    setCookie(c, COOKIE, id, { path: "/", ...ATTRIBUTES });
    if (browser) setCookie(c, browser.name, browser.value, { path: "/login", expires: browser.expires, ...ATTRIBUTES });
    return c.json(body);
  });
}

type Method = "passCode" | "enroll" | "confirm" | "turnOff";
const inSession =
  (method: Method): Take =>
  async (account, body, c) =>
    account[method](await sessionIn(c), body);

step("/login", (account, body, c) => account.signIn(body, (name) => getCookie(c, name)));
step("/login/code", inSession("passCode"));
step("/two-factor/enroll", inSession("enroll"));
step("/two-factor/confirm", inSession("confirm"));
step("/two-factor/off", inSession("turnOff"));

app.get("/", async (c) => c.json({ welcome: (await accountOf(c).person(await sessionIn(c))).email }));

function jsonOf({ req }: Context<Env>): Promise<unknown> {
  if (!/^application\/json\b/i.test(req.header("content-type") ?? "")) throw new Refusal(415, "json-only");
  return req.json().catch(() => Promise.reject(new Refusal(400, "bad-request"))); // what the parser says may quote a password
}
