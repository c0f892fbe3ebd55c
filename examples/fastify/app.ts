// An account with a second factor for Fastify 5.
import { randomBytes } from "node:crypto";

import fastify, { type FastifyInstance } from "fastify";

import { type AccountOptions, openAccount, type Session, type Step } from "../account/account.ts";
import { answerTo, cookiesOf } from "../account/answers.ts";
import { limitInMemory } from "../account/limits.ts";

type Cookies = ReturnType<typeof cookiesOf>;

const COOKIE = "__Host-session";
const ATTRIBUTES = "Secure; HttpOnly; SameSite=Strict";

/** An app behind one proxy, which speaks https and says from which address a request comes. */
export function buildApp(options: AccountOptions): FastifyInstance {
  const account = openAccount(options);
  const sessions = new Map<string, Session>(); // of one process; several need a store that they share
  const limit = limitInMemory(); // the same; @fastify/rate-limit has one in Redis
  const app = fastify({ trustProxy: (_address, hop) => hop === 0 });
  const sessionIn = (cookies: Cookies) => sessions.get(cookies(COOKIE) ?? "");

  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("Cache-Control", "no-store");
    done();
  });

  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = answerTo(error);
    return reply.code(status).headers(headers).send(body);
  });

  /**
   * A route that ends in another session. It has a new id, so that nobody can know it from before.
   */
  function step(path: string, take: (cookies: Cookies, body: unknown) => Promise<Step<object>>): void {
    const onRequest = async ({ ip }: { ip: string }) => {
      await limit(ip);
    };
    app.post(path, { onRequest }, async (request, reply) => {
      const cookies = cookiesOf(request.headers.cookie);
      const { body, session, browser } = await take(cookies, request.body);
      sessions.delete(cookies(COOKIE) ?? "");
      const id = randomBytes(24).toString("base64url");
      sessions.set(id, session);
      reply.header("Set-Cookie", `${COOKIE}=${id}; Path=/; ${ATTRIBUTES}`);
      if (browser) {
        const { name, value, expires } = browser;
        reply.header("Set-Cookie", `${name}=${value}; Path=/login; Expires=${expires.toUTCString()}; ${ATTRIBUTES}`);
      }
      return body;
    });
  }
  step("/login", (cookies, body) => account.signIn(body, cookies));
  step("/login/code", (cookies, body) => account.passCode(sessionIn(cookies), body));
  step("/two-factor/enroll", (cookies, body) => account.enroll(sessionIn(cookies), body));
  step("/two-factor/confirm", (cookies, body) => account.confirm(sessionIn(cookies), body));
  step("/two-factor/off", (cookies, body) => account.turnOff(sessionIn(cookies), body));

  app.get("/", async ({ headers }) => {
    const { email } = await account.person(sessionIn(cookiesOf(headers.cookie)));
    return { welcome: email };
  });
  return app;
}
