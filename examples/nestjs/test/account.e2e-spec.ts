import type { INestApplication } from "@nestjs/common";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { Test } from "@nestjs/testing";
import { ThrottlerModule } from "@nestjs/throttler";
import { generateTotp } from "halfminute";
import { memoryStore } from "halfminute/stores/memory";
import { TwoFactorError } from "halfminute/two-factor";
import request from "supertest";
import type { App } from "supertest/types";

import type { User } from "../../account/account";
import { ACCOUNT, AccountController } from "../src/account.controller";
import { createApp } from "../src/app";

describe("an account (e2e)", () => {
  let app: NestExpressApplication;
  let alice: User = { id: "1", email: "alice@example.com", hasTwoFactor: false, stamp: 0, passwordVersion: 1 };

  beforeAll(async () => {
    app = await createApp({
      store: memoryStore(),
      sealingKeys: [{ id: "2026-11", key: crypto.getRandomValues(new Uint8Array(32)) }],
      sessionSecret: "a test needs no secret",
      users: {
        find: (id) => Promise.resolve(id === alice.id ? alice : undefined),
        checkPassword: (email, password) =>
          Promise.resolve(email === alice.email && password === "correct horse" ? alice : undefined),
        setTwoFactor: (_id, stamp, on) => {
          if (alice.stamp !== stamp) return Promise.resolve(false);
          alice = { ...alice, hasTwoFactor: on, stamp: stamp + 1 };
          return Promise.resolve(true);
        },
      },
    });
  });
  afterAll(() => app.close());

  /**
   * A browser, behind the proxy. supertest's own agent sends no `Secure` cookie to a port without
   * https.
   */
  function browser() {
    let cookie = "";
    const through = (test: request.Test) =>
      test
        .set({ "X-Forwarded-Proto": "https", Cookie: cookie })
        .expect(({ headers }: { headers: Record<string, string[] | undefined> }) => {
          cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie;
        });
    return {
      get: (path: string) => through(request(app.getHttpServer()).get(path)),
      post: (path: string, body: object) => through(request(app.getHttpServer()).post(path).send(body)),
    };
  }
  const password = { email: alice.email, password: "correct horse" };

  it("asks for a code once an authenticator app is confirmed, and takes it once", async () => {
    const owner = browser();
    await owner.post("/login", password).expect(200, { next: "/" });
    const enrolled = await owner.post("/two-factor/enroll", {}).expect(200);
    const { secret, qr } = enrolled.body as { secret: string; qr: string };
    expect(qr).toMatch(/^<svg /);
    const code = await generateTotp(secret);
    const confirmed = await owner.post("/two-factor/confirm", { code }).expect(200);
    const { recoveryCodes } = confirmed.body as { recoveryCodes: string[] };

    const other = browser();
    await other.post("/login", password).expect(200, { next: "/login/code" });
    await other.get("/").expect(401, { error: "sign-in-first" });
    const spent = await other.post("/login/code", { code }).expect(401);
    expect(spent.body).toMatchObject({ error: "code-rejected" });
    await other.post("/login/code", { code: recoveryCodes[0] }).expect(200, { next: "/", recoveryCodesLeft: 9 });
    await other.get("/").expect(200, { welcome: alice.email });
  });

  it("answers a body that cannot be parsed without a word of it", async () => {
    const sent = request(app.getHttpServer()).post("/login/code").set("Content-Type", "application/json");
    await sent.send('{"code":x123456}').expect(400, { error: "bad-request" });
  });
});

describe("Nest by itself, without the filter (e2e)", () => {
  let error: TwoFactorError | undefined;
  let app: INestApplication<App>;

  beforeAll(async () => {
    const person = () => Promise.reject(error ?? new Error("none"));
    const module = await Test.createTestingModule({
      imports: [ThrottlerModule.forRoot([{ ttl: 1000, limit: 1 }])],
      controllers: [AccountController],
      providers: [{ provide: ACCOUNT, useValue: { person } }],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.use((asked: object, _response: unknown, next: () => void) => {
      Object.assign(asked, { session: {} });
      next();
    });
    await app.init();
  });
  afterAll(() => app.close());

  it.each([
    ["throttled", 429, "too many attempts; try again later"],
    ["store-unavailable", 503, "Service Unavailable"],
  ] as const)("answers %s without Retry-After and code", async (code, statusCode, message) => {
    error = new TwoFactorError(code, { retryAfterSeconds: 7 });
    const answer = await request(app.getHttpServer()).get("/");
    expect([answer.status, answer.body]).toEqual([statusCode, { statusCode, message }]);
    expect(answer.headers["retry-after"]).toBeUndefined();
  });

  it("quotes a body that cannot be parsed", async () => {
    const sent = request(app.getHttpServer()).post("/login/code").set("Content-Type", "application/json");
    const { status, text } = await sent.send('{"code":x123456}');
    expect(status).toBe(400);
    expect(text).toContain("123456");
  });
});
