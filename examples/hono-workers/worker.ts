// A login with a second factor for Hono on Cloudflare Workers: the password first, then a code, then a session that may do everything.
import { decodeSecret } from "halfminute";
import { qrSvg } from "halfminute/qr";
import { d1Store } from "halfminute/stores/d1";
import { createTwoFactor, type TwoFactor, TwoFactorError } from "halfminute/two-factor";
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";

import {
  beginSession,
  checkPassword,
  type Database,
  findSession,
  requireTwoFactor,
  type Session,
  showedDevice,
  type User,
} from "./users.ts";

interface Env {
  Bindings: {
    readonly DB: Database;
    /** 32 random bytes in base32: `npx halfminute secret --bytes 32`, put there by `.dev.vars` or `wrangler secret put`. */
    readonly SEALING_KEY: string;
  };
}

const app = new Hono<Env>();
export default app;

app.use(async (c, next) => {
  await next();
  c.header("Cache-Control", "no-store"); // also where the next one refuses
});
app.use(csrf());

app.onError((error, c) => {
  if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
  if (!(error instanceof TwoFactorError)) throw error;
  const { status, headers, code, expose, message } = error;
  if (!expose) console.error(error); // a fault of ours. Its cause may quote values: keep this log private
  return c.json(expose ? { error: code, message } : { error: "try-again-later" }, status as 401, headers);
});

app.post("/login", async (c) => {
  const { email, password } = await textsOf(c);
  const user = await checkPassword(c.env.DB, email, password);
  if (!user) throw new HTTPException(401, { message: "wrong e-mail address or password" });
  const isHalf = await needsTwoFactor(c, user);
  await begin(c, user, false, isHalf ? 5 : 60);
  return c.json({ next: isHalf ? "/login/code" : "/" });
});

app.post("/login/code", async (c) => {
  const user = await sessionOf(c);
  const { code } = await textsOf(c);
  const { recoveryCodesLeft } = await twoFactorOf(c).verify(user.id, code); // rejects unless the person may pass
  // The flag is missing if the Worker ended between confirming the device and setting it.
  await begin(c, user.has_two_factor === 1 ? user : await requireTwoFactor(c.env.DB, user), true);
  return c.json({ next: "/", recoveryCodesLeft });
});

app.get("/", async (c) => c.json({ welcome: (await personOf(c)).email }));

/** `code` is of the device that the new one replaces, or a recovery code. */
app.post("/two-factor/enroll", async (c) => {
  const user = await personOf(c);
  const replace = await needsTwoFactor(c, user);
  const { code } = await textsOf(c);
  if (replace) await twoFactorOf(c).verify(user.id, code);
  const options = { accountName: user.email, replace };
  const { deviceId, secret, uri, expiresAt } = await twoFactorOf(c).enroll(user.id, options);
  await showedDevice(c.env.DB, sessionId(c), deviceId);
  return c.json({ secret, qr: qrSvg(uri), expiresAt });
});

app.post("/two-factor/confirm", async (c) => {
  const user = await personOf(c);
  const { code } = await textsOf(c);
  const { recoveryCodes } = await twoFactorOf(c)
    .confirm(user.id, code, { deviceId: user.device_id ?? "" })
    .catch(async (error: unknown) => {
      // It may be on all the same: the answer of the store was lost, or this was sent twice.
      if (user.has_two_factor === 0 && (await needsTwoFactor(c, user))) await requireTwoFactor(c.env.DB, user);
      throw error;
    });
  await begin(c, await requireTwoFactor(c.env.DB, user), true);
  return c.json({ recoveryCodes });
});

/** For each request, because only a request has the bindings. It costs nothing. */
function twoFactorOf({ env }: Context<Env>): TwoFactor {
  const sealingKeys = [{ id: "2026-11", key: decodeSecret(env.SEALING_KEY) }];
  return createTwoFactor({ issuer: "Acme", store: d1Store(env.DB), sealingKeys });
}

/** By the app's own flag; and if that was not set because the Worker ended just before, by the record. */
async function needsTwoFactor(c: Context<Env>, { id, has_two_factor }: User): Promise<boolean> {
  return has_two_factor === 1 || (await twoFactorOf(c).status(id)).devices.length > 0;
}

async function begin(c: Context<Env>, user: User, withCode: boolean, minutes = 60): Promise<void> {
  await c.env.DB.prepare("DELETE FROM sessions WHERE id = ?").bind(sessionId(c)).run();
  const id = await beginSession(c.env.DB, user, withCode, minutes);
  setCookie(c, "session", id, { prefix: "host", httpOnly: true, sameSite: "Strict" });
}

function sessionId(c: Context<Env>): string {
  return getCookie(c, "session", "host") ?? "";
}

async function sessionOf(c: Context<Env>): Promise<Session> {
  const session = await findSession(c.env.DB, sessionId(c));
  if (!session) throw new HTTPException(401, { message: "sign in first" });
  return session;
}

/** The person, once all that is needed was shown. Every route but the login begins with it. */
async function personOf(c: Context<Env>): Promise<Session> {
  const session = await sessionOf(c);
  if (session.with_code === 0 && (await needsTwoFactor(c, session))) {
    throw new HTTPException(401, { message: "sign in first" });
  }
  return session;
}

/** The texts of a JSON body; whatever is none is empty, which is never right. */
async function textsOf(c: Context<Env>): Promise<Record<"email" | "password" | "code", string>> {
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw new HTTPException(415, { message: "JSON only" });
  const body = Object(await c.req.json().catch(() => null)) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === "string" ? body[name] : "");
  return { email: text("email"), password: text("password"), code: text("code") };
}
