// The app of docs/guide/add-second-factor.md under attack: the scripts for all examples, through
// its forms. Its own text runs, behind a proxy, with fast password hashes; for the races with a
// database that can be held.
import type * as NodeCrypto from "node:crypto";
import { randomBytes } from "node:crypto";
import { Server } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { writeFileSync } from "node:fs";

import { generateTotp } from "halfminute";
import type { TwoFactorStore } from "halfminute/two-factor";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { describeAttacks, type World } from "../examples/attacks.ts";
import { EMAILS, newAddress, PASSWORD, type Send, START } from "../examples/browser.ts";
import { isInstalled } from "../examples/listening.ts";
import { describeLogin } from "../examples/login.ts";
import { type Contestants, describeRaces, heldStore, holds, type Point, RACERS } from "../examples/races.ts";
import { post, sendForms } from "./tutorial-forms.ts";
import { APP, follow, freePort, SQLITE, type Tutorial } from "./tutorial.ts";
import { Visitor } from "./visitor.ts";

const ACCOUNT = "const app = express();";
const FILE = '"app.db"';
const require = createRequire(import.meta.url);
const crypto = require("node:crypto") as typeof NodeCrypto;
const { pbkdf2, pbkdf2Sync } = crypto;

const tutorials: Tutorial[] = [];
const listening = vi.spyOn(Server.prototype, "listen");
let passwordChecks = 0;

beforeAll(() => {
  vi.spyOn(console, "log").mockReturnValue(undefined); // the events
  vi.spyOn(console, "error").mockReturnValue(undefined); // a store that fails on purpose
  // What is tried here is not how slow it is.
  crypto.pbkdf2 = (password, salt, _iterations, length, digest, done) => {
    passwordChecks++;
    pbkdf2(password, salt, 1, length, digest, done);
  };
});
afterAll(() => {
  crypto.pbkdf2 = pbkdf2;
  for (const server of listening.mock.contexts as Server[]) server.close();
  for (const tutorial of tutorials) tutorial.remove();
});

interface Held {
  holdStore(store: TwoFactorStore): TwoFactorStore;
  pass(point: Point): Promise<void>;
}

const HELD = `
const real = require("./real.js");
const { holdStore, pass } = globalThis.tutorialHeld;
exports.store = { ...holdStore(real.store), migrate: () => real.store.migrate() };
exports.query = async (sql, ...values) => {
  if (sql.startsWith("UPDATE")) await pass("flag");
  return real.query(sql, ...values);
};`;

/** Starts the app in this process, with these people. */
async function begin(people: readonly string[], held?: Held): Promise<{ url: string; query: Query }> {
  expect(APP.split(ACCOUNT)).toHaveLength(2);
  expect(SQLITE.split(FILE)).toHaveLength(2);
  const tutorial = follow(held ? HELD : undefined, APP.replace(ACCOUNT, `${ACCOUNT}app.set("trust proxy", 1);`));
  tutorials.push(tutorial);
  const [app, database, real] = ["app.js", "database.js", "real.js"].map((name) => path.join(tutorial.folder, name));
  const text = SQLITE.replace(FILE, JSON.stringify(path.join(tutorial.folder, "app.db")));
  writeFileSync((held ? real : database) ?? "", text);
  const port = await freePort();
  vi.stubEnv("PORT", String(port));
  vi.stubEnv("SEALING_KEY", randomBytes(32).toString("base64"));
  vi.stubEnv("SESSION_SECRET", randomBytes(32).toString("base64"));
  vi.stubGlobal("tutorialHeld", held);
  const before = listening.mock.calls.length;
  require(app ?? "");
  await vi.waitFor(() => {
    expect(listening.mock.calls.length).toBe(before + 1);
  }, START);
  const url = `http://127.0.0.1:${port}`;
  for (const email of people) {
    const from = newAddress();
    await vi.waitFor(async () => {
      const { status } = await post(`${url}/signup`, { email, password: PASSWORD }, "", { from });
      expect(status).toBe(303);
    }, START);
  }
  return { url, query: (require((held ? real : database) ?? "") as { query: Query }).query };
}

type Query = (sql: string, ...values: string[]) => Promise<unknown>;

async function world(): Promise<World> {
  const { url, query } = await begin(EMAILS);
  return {
    send: sendForms(url),
    passwordChecks: () => passwordChecks,
    async changePassword(email) {
      const salt = randomBytes(16).toString("hex");
      const hash = `${salt}:${pbkdf2Sync(PASSWORD, salt, 1, 32, "sha256").toString("hex")}`;
      await query("UPDATE users SET password=?, version=version+1 WHERE email=? RETURNING *", hash, email);
    },
  };
}

describe.runIf(isInstalled("examples/frameworks", "express-rate-limit"))("the tutorial's app", () => {
  describeLogin("login", async () => (await world()).send);
  describeAttacks("login", world);
  describeRaces("login", async (): Promise<Contestants> => {
    const { hold, pass } = holds();
    const { url } = await begin(RACERS, { holdStore: (store) => heldStore(store, pass), pass });
    return { send: sendForms(url), hold };
  });

  it("a login while it is turned off leaves no flag without a device", async () => {
    const [email = ""] = EMAILS;
    let hold = (): Promise<void> => Promise.resolve();
    const holdStore = (store: TwoFactorStore): TwoFactorStore => ({
      read: (userId) => store.read(userId),
      async compareAndSet(userId, expected, next) {
        if (next === undefined) await hold();
        return store.compareAndSet(userId, expected, next);
      },
    });
    const { url } = await begin([email], { holdStore, pass: () => Promise.resolve() });
    const [owner, other, later] = [new Visitor(url), new Visitor(url), new Visitor(url)];
    const signIn = async (visitor: Visitor): Promise<void> => {
      await visitor.open();
      await visitor.press("Sign in", { email, password: PASSWORD });
    };
    await signIn(owner);
    await owner.press("Turn on two-factor");
    const secret = /(?:[A-Z2-7]{4} ){8}/.exec(owner.text)?.[0].replaceAll(" ", "") ?? "";
    await owner.press("Confirm", { code: await generateTotp(secret) });
    const [one = "", two = ""] = owner.text.match(/(?:[A-Z2-7]{4}-?){6}/g) ?? [];
    await owner.open();
    hold = async () => {
      hold = () => Promise.resolve();
      await signIn(other); // after the flag was taken away, before the device is
      await other.press("Continue", { code: two });
    };
    await owner.press("Turn off", { code: one });
    expect(other.title).toBe(`Hello ${email}`);
    await signIn(later);
    expect(later.title).toBe(`Hello ${email}`);
    expect(later.text).toContain("Turn on two-factor");
  });

  describe("forms that are none", () => {
    const [JUNK = "", ...others] = EMAILS;
    let url = "";
    let send: Send;
    beforeAll(async () => {
      ({ url } = await begin([JUNK]));
      send = sendForms(url);
    }, START);

    const rights = new URLSearchParams({ email: JUNK, password: PASSWORD }).toString();
    const FORM = "application/x-www-form-urlencoded";
    const forms: readonly (readonly [text: string, type?: string])[] = [
      [""],
      [`${rights}&${rights}`],
      [rights.replaceAll("=", "[]=")],
      [`__proto__[email]=${JUNK}&__proto__[password]=${PASSWORD}`],
      [`constructor=1&hasOwnProperty=1&__proto__=1`],
      [`email=%00&password=%00&code=%00`],
      [`email=%ed%a0%80&password=%E0%A4%A&code=%`],
      [`email=${"a".repeat(90_000)}@b.c&password=123456789`],
      [`code=${"9".repeat(2_000_000)}`],
      ["a=1&".repeat(2000)],
      [rights, "text/plain"],
      [rights, `${FORM}; charset=<b>`],
      [`{"email":"${JUNK}","password":"${PASSWORD}"}`, "application/json"],
      [`{"email":"${JUNK}","password":"${PASSWORD}"}`, FORM],
    ];
    const paths = ["/login", "/login/code", "/signup", "/two-factor/enroll", "/two-factor/confirm", "/two-factor/off"];

    it.each(paths)("%s", async (route) => {
      for (const [text, type = FORM] of forms) {
        const answer = await post(`${url}${route}`, undefined, "", { text, type, from: newAddress() });
        const sent = `${route} ${text.slice(0, 60)}`;
        const isSignUp = route === "/signup" && answer.status === 303;
        expect(isSignUp, sent).toBe(false);
        expect(answer.status, sent).toBeGreaterThanOrEqual(400);
        expect(answer.status, sent).toBeLessThan(500);
        expect(answer.headers.getSetCookie(), sent).toEqual([]);
        expect(answer.headers.get("Cache-Control"), sent).toBe("no-store");
        for (const word of [PASSWORD, "123456", "99999", "<b>"]) expect(answer.text, sent).not.toContain(word);
      }
    });

    it.each([
      ["cross-site", 401],
      ["same-site", 401],
      ["none", 401],
      ["same-origin", 303],
    ])("of a page that is %s are answered with %i", async (site, status) => {
      const headers = { "content-type": FORM, "sec-fetch-site": site, "X-Forwarded-Proto": "https" };
      const answer = await fetch(`${url}/login`, { method: "POST", body: rights, headers, redirect: "manual" });
      expect(answer.status).toBe(status);
      expect(answer.headers.getSetCookie().length > 0).toBe(status === 303);
    });

    it.each(["a:b@c.d", "a@b:c", "<b>@c.d", "a b@c.d", "a@b\u202ec.d", "@", "a".repeat(65) + "@c.d", ""])(
      "an e-mail address like %s, which could not be an accountName or is none, is refused",
      async (email) => {
        const answer = await post(`${url}/signup`, { email, password: PASSWORD }, "", { from: newAddress() });
        expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
      },
    );

    it("an e-mail address that somebody has is not taken over", async () => {
      const body = { email: JUNK, password: "another password" };
      expect((await post(`${url}/signup`, body, "", { from: newAddress() })).status).toBe(401);
      expect((await send("login", body, "")).status).toBe(401);
      expect((await send("login", { email: JUNK, password: PASSWORD }, "")).status).toBe(200);
      expect((await send("login", { email: others[0], password: PASSWORD }, "")).status).toBe(401);
    });
  });
});
