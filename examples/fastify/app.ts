// A login with a second factor for Fastify 5: the password first, then a code, then a session that may do everything.
import { randomBytes } from "node:crypto";

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { qrSvg } from "halfminute/qr";
import { createTwoFactor, TwoFactorError, type TwoFactorOptions } from "halfminute/two-factor";

export interface User {
  readonly id: string;
  readonly email: string;
  /** The app's own flag. It alone says that a login needs a second factor. */
  readonly hasTwoFactor: boolean;
  /** Changes when the second factor is turned on. Sessions that carry another one are over. */
  readonly stamp: number;
}

/** What the app has already. */
export interface Users {
  find(id: string): Promise<User | undefined>;
  /** Nobody if e-mail address or password is wrong. It should hash slowly and limit attempts. */
  checkPassword(email: string, password: string): Promise<User | undefined>;
  /** Sets the flag and adds 1 to the stamp, unless that is another one by now. In SQL: UPDATE … WHERE id = … AND stamp = … */
  setTwoFactor(id: string, stamp: number): Promise<void>;
}

export interface AppOptions extends Pick<TwoFactorOptions, "store" | "sealingKeys" | "onEvent"> {
  readonly users: Users;
}

/** What was shown. Whether that is enough is decided with each request: the second factor may have been turned on since. */
interface Session {
  readonly userId: string;
  readonly stamp: number;
  /** Whether a code was shown, or only the password. */
  readonly withCode: boolean;
  readonly endsAt: number;
  /** The device whose secret this session was shown. Only this session can confirm it. */
  deviceId?: string;
}

const MINUTE = 60_000;
const COOKIE = "__Host-session";

export function buildApp({ users, ...options }: AppOptions): FastifyInstance {
  const twoFactor = createTwoFactor({ issuer: "Acme", ...options });
  const sessions = new Map<string, Session>(); // of one process; several need a store that they share
  const app = fastify();

  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("Cache-Control", "no-store");
    done();
  });

  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof TwoFactorError)) throw error; // Fastify answers it
    const { status, headers, code, expose, message } = error;
    if (!expose) console.error(error); // a fault of ours. Its cause may quote values: keep this log private
    return reply
      .code(status)
      .headers(headers)
      .send(expose ? { error: code, message } : { error: "try-again-later" });
  });

  app.post<{ Body: { email: string; password: string } }>(
    "/login",
    bodyOf("email", "password"),
    async ({ body, headers }, reply) => {
      const user = await users.checkPassword(body.email, body.password);
      if (!user) throw refusal("wrong e-mail address or password");
      const isHalf = await needsTwoFactor(user);
      begin(user, false, headers.cookie, reply, isHalf ? 5 : 60);
      return { next: isHalf ? "/login/code" : "/" };
    },
  );

  app.post<{ Body: { code: string } }>("/login/code", bodyOf("code"), async (request, reply) => {
    const { user } = await sessionOf(request);
    const { recoveryCodesLeft } = await twoFactor.verify(user.id, request.body.code); // rejects unless the person may pass
    // The flag is missing if the program ended between confirming the device and setting it.
    begin(user.hasTwoFactor ? user : await requireTwoFactor(user), true, request.headers.cookie, reply);
    return { next: "/", recoveryCodesLeft };
  });

  app.get("/", async (request) => ({ welcome: (await personOf(request)).user.email }));

  /** `code` is of the device that the new one replaces, or a recovery code. */
  app.post<{ Body: { code?: string } }>("/two-factor/enroll", bodyOf(), async (request) => {
    const { user, session } = await personOf(request);
    const replace = await needsTwoFactor(user);
    if (replace) await twoFactor.verify(user.id, request.body.code ?? "");
    const enrollment = await twoFactor.enroll(user.id, { accountName: user.email, replace });
    session.deviceId = enrollment.deviceId;
    return { secret: enrollment.secret, qr: qrSvg(enrollment.uri), expiresAt: enrollment.expiresAt };
  });

  app.post<{ Body: { code: string } }>("/two-factor/confirm", bodyOf("code"), async (request, reply) => {
    const { user, session } = await personOf(request);
    const options = { deviceId: session.deviceId ?? "" };
    const confirming = twoFactor.confirm(user.id, request.body.code, options);
    const { recoveryCodes } = await confirming.catch(async (error: unknown) => {
      // It may be on all the same: the answer of the store was lost, or this was sent twice.
      if (!user.hasTwoFactor && (await needsTwoFactor(user))) await requireTwoFactor(user);
      throw error;
    });
    begin(await requireTwoFactor(user), true, request.headers.cookie, reply);
    return { recoveryCodes };
  });

  /** By the app's own flag; and if that was not set because the program ended just before, by the record. */
  async function needsTwoFactor({ id, hasTwoFactor }: User): Promise<boolean> {
    return hasTwoFactor || (await twoFactor.status(id)).devices.length > 0;
  }

  /** From now on every login needs a code, and all sessions of before are over. */
  async function requireTwoFactor({ id, stamp }: User): Promise<Pick<User, "id" | "stamp">> {
    await users.setTwoFactor(id, stamp);
    return { id, stamp: stamp + 1 };
  }

  /**
   * A new name for every step, so that nobody can know it from before. The stamp is as it was read before the password
   * or code was checked: if it has changed since, the session is over.
   */
  function begin(
    { id: userId, stamp }: Pick<User, "id" | "stamp">,
    withCode: boolean,
    oldCookie: string | undefined,
    reply: FastifyReply,
    minutes = 60,
  ): void {
    sessions.delete(keyIn(oldCookie));
    const key = randomBytes(24).toString("base64url");
    sessions.set(key, { userId, stamp, withCode, endsAt: Date.now() + minutes * MINUTE });
    reply.header("Set-Cookie", `${COOKIE}=${key}; Path=/; Secure; HttpOnly; SameSite=Strict`);
  }

  /** The session, perhaps of somebody who has only shown the password. */
  async function sessionOf({ headers }: FastifyRequest): Promise<{ user: User; session: Session }> {
    const session = sessions.get(keyIn(headers.cookie));
    const user = session && session.endsAt > Date.now() ? await users.find(session.userId) : undefined;
    if (!session || session.stamp !== user?.stamp) throw refusal("sign in first");
    return { user, session };
  }

  /** The person, once all that is needed was shown. Every route but the login begins with it. */
  async function personOf(request: FastifyRequest): Promise<{ user: User; session: Session }> {
    const { user, session } = await sessionOf(request);
    if (!session.withCode && (await needsTwoFactor(user))) throw refusal("sign in first");
    return { user, session };
  }

  return app;
}

function keyIn(cookie = ""): string {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookie)?.[1] ?? "";
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 401 });
}

/** A JSON object with these texts, and perhaps others. */
function bodyOf(...required: readonly string[]): { schema: { body: object } } {
  const text = { type: "string", maxLength: 200 };
  return { schema: { body: { type: "object", required, properties: { email: text, password: text, code: text } } } };
}
