// The demo app over HTTP: signing in from a new browser with a code by mail, the mail that tells
// people of changes, and limits by address.
import type * as nodeCrypto from "node:crypto";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { ATTEMPTS_PER_MINUTE } from "../../examples/account/limits.ts";
import { LIMITED } from "../../examples/express-login/limits.ts";
import { expectOff, expectOn, nextCode, type Outbox, pass, peopleAt } from "./people.ts";
import { newAddress, secretOn, type Visitor } from "./visitor.ts";
import { openWorld, type World } from "./world.ts";

/** How often a password was checked. It is slow on purpose, so here it costs nearly nothing. */
const checks = vi.hoisted(() => ({ count: 0 }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof nodeCrypto>();
  const scrypt = (password: string, salt: Buffer, length: number, _cost: object, done: () => void): void => {
    checks.count++;
    crypto.scrypt(password, salt, length, { N: 2 }, done);
  };
  return { ...crypto, scrypt };
});

const DAY = 86_400;
const PASSWORD = "correct horse";
let outbox: Outbox;
let world: World;

beforeAll(async () => {
  world = await openWorld();
  ({ outbox } = world);
});
afterAll(() => world.close());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-22T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const { newName, visitor, enrolled } = peopleAt(() => world.url, { codeTo: (name) => outbox.codeTo(name) });

/** Somebody with a password alone, and a browser that they have not used. */
async function newcomer(): Promise<{ name: string; first: Visitor; browser: Visitor }> {
  const [name, first, browser] = [newName(), visitor(), visitor()];
  await first.signUp(name);
  return { name, first, browser };
}

describe("a new browser", () => {
  it("asks for the code that is mailed, and is known from then on, for 30 days", async () => {
    const { name, browser } = await newcomer();
    const page = await browser.enterPassword(name);
    expect([page.path, page.text.includes("Code from the mail")]).toEqual(["/new-browser", true]);
    const [mail] = outbox.to(name);
    expect(mail?.text).toMatch(/^\d{8} is your code .* from a new browser \(.*\)\.\nIt is good until 12:10 UTC\./);
    expect(mail?.text).not.toContain("http");
    expectOff(await browser.post("/new-browser", { code: outbox.codeTo(name) }));
    for (const [days, isKnown] of [
      [1, true],
      [28, true],
      [1, false],
    ] as const) {
      await browser.post("/sign-out");
      pass(days * DAY);
      expect((await browser.enterPassword(name)).path, String(days)).toBe(isKnown ? "/security" : "/new-browser");
    }
  });

  it("is not the one that the account was made in", async () => {
    const { name, first } = await newcomer();
    await first.post("/sign-out");
    expectOff(await first.enterPassword(name));
    expect(outbox.to(name)).toEqual([]);
    // The form for signing up, with the name and password of an account: that proves as much as
    // signing in.
    const stranger = visitor();
    expect((await stranger.signUp(name)).path).toBe("/new-browser");
    expect(stranger.others.size).toBe(0);
  });

  it("sends nothing before the password is right", async () => {
    const { name, browser } = await newcomer();
    await browser.enterPassword(name, "wrong horse");
    await browser.enterPassword(newName());
    expect(outbox.to(name)).toEqual([]);
  });

  it("opens nothing else before the code is right", async () => {
    const { name, browser } = await newcomer();
    await browser.enterPassword(name);
    for (const path of ["/", "/security", "/second-step", "/history", "/security/devices", "/security/browsers"]) {
      expect((await browser.get(path)).path, path).toBe("/new-browser");
    }
    for (const path of ["/security/turn-on", "/security/confirm", "/second-step", "/security/turn-off"]) {
      expect((await browser.post(path, { code: outbox.codeTo(name) })).path, path).toBe("/new-browser");
    }
    expectOff(await browser.post("/new-browser", { code: outbox.codeTo(name) }));
  });

  it("takes the code of this half of a login alone, once, five tries long, for ten minutes", async () => {
    const { name, browser } = await newcomer();
    const elsewhere = visitor();
    await browser.enterPassword(name);
    const old = outbox.codeTo(name);
    await elsewhere.enterPassword(name);
    const newest = outbox.codeTo(name);
    for (const code of [old, newest]) expect((await browser.post("/new-browser", { code })).status).toBe(401);
    expectOff(await elsewhere.post("/new-browser", { code: newest }));

    const another = visitor();
    await another.enterPassword(name);
    const code = outbox.codeTo(name);
    for (const wrong of ["", "00000000", "1", "x".repeat(30), "99999999", "00000001", "00000002", "00000003"]) {
      const page = await another.post("/new-browser", { code: wrong });
      expect([page.status, page.text.includes("wrong or too old")]).toEqual([401, true]);
    }
    expect((await another.post("/new-browser", { code })).status).toBe(401); // used up by five of eight digits

    pass(61);
    await another.post("/new-browser/send");
    expect(outbox.codeTo(name)).not.toBe(code);
    pass(599);
    expect((await another.post("/new-browser", { code: outbox.codeTo(name) })).path).toBe("/sign-in"); // half a login ends
  });

  it("sends the code again after a minute, and ten a day at most", async () => {
    const { name, browser } = await newcomer();
    await browser.enterPassword(name);
    const early = await browser.post("/new-browser/send");
    expect([early.status, early.headers.get("Retry-After")]).toEqual([429, "60"]);
    expect(outbox.to(name)).toHaveLength(1);
    pass(60);
    expect((await browser.post("/new-browser/send")).path).toBe("/new-browser");
    expect(new Set(outbox.to(name).map(({ text }) => text)).size).toBe(1); // the same code
    for (let logins = 1; logins < 10; logins++) expect((await visitor().enterPassword(name)).status).toBe(200);
    const late = await visitor().enterPassword(name);
    expect([late.status, late.text.includes("No further code can be sent yet")]).toEqual([429, true]);
    expect(outbox.to(name)).toHaveLength(11);
  });

  it("does not take the place of a second factor", async () => {
    const person = await enrolled();
    const browser = visitor();
    expect((await browser.enterPassword(person.name)).path).toBe("/second-step");
    expect(outbox.codeTo(person.name)).toContain("no mail");
    expect((await browser.post("/new-browser")).path).toBe("/second-step");
    expect((await browser.post("/new-browser/send")).path).toBe("/second-step");

    // It is turned on, without its flag, while the code is on its way.
    const { name, first, browser: halfway } = await newcomer();
    await halfway.enterPassword(name);
    const secret = secretOn(await first.post("/security/turn-on"));
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(world.data.database, "replace").mockRejectedValueOnce(new Error("gone"));
    await first.post("/security/confirm", { code: await nextCode(secret) });
    expect((await halfway.post("/new-browser", { code: outbox.codeTo(name) })).path).toBe("/second-step");
    expectOn(await halfway.post("/second-step", { code: await nextCode(secret) }));
  });

  it("is known to one person alone, by a cookie that scripts cannot read", async () => {
    const { name, browser } = await newcomer();
    await browser.enterPassword(name);
    const fields = { token: browser.token, code: outbox.codeTo(name) };
    const [set = ""] = (await browser.send("/new-browser", fields)).headers
      .getSetCookie()
      .filter((cookie) => cookie.startsWith("known-"));
    expect(set.split("; ")).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/sign-in"]));
    expect(set).not.toContain(name);
    const other = await newcomer();
    const [[, token] = []] = browser.others;
    const [cookie = ""] = other.first.others.keys();
    const mixed = visitor();
    mixed.others.set(cookie, token ?? { value: "", path: "" });
    expect((await mixed.enterPassword(other.name)).path).toBe("/new-browser");
  });
});

describe("mail", () => {
  it("tells people what happened, and not what failed once", async () => {
    const person = await enrolled();
    await person.browser.post("/security/new-recovery-codes");
    await person.browser.post("/security/turn-off");
    await vi.waitFor(() => {
      const lines = outbox.to(person.name).map(({ text }) => text.split(".")[0]);
      expect(lines).toEqual(["Authenticator app confirmed", "Recovery codes renewed", "Turned off"]);
    });
  });
});

describe("one address", () => {
  /** Sends until it is limited. */
  async function tire(path: string, address: string): Promise<Visitor> {
    const browser = visitor();
    await browser.get("/sign-in");
    browser.address = address;
    for (let tries = 0; tries < ATTEMPTS_PER_MINUTE; tries++) {
      expect((await browser.post(path, { name: newName(), password: "wrong" })).status).not.toBe(429);
    }
    const page = await browser.post(path);
    expect([page.status, page.text.includes("Too many attempts from your network.")]).toEqual([429, true]);
    expect(Number(page.headers.get("Retry-After"))).toBeGreaterThan(0);
    return browser;
  }

  it.each([...LIMITED, "/new-browser/send"])("is limited at %s, and no other one", async (path) => {
    const browser = await tire(path, newAddress());
    const { count } = checks;
    expect((await browser.post("/sign-in", { name: "anybody", password: PASSWORD })).status).toBe(429);
    expect(checks.count).toBe(count); // before a password is looked at
    expect((await browser.get("/sign-in")).status).toBe(200);
    browser.address = newAddress();
    expect((await browser.post("/sign-in", { name: newName(), password: PASSWORD })).status).toBe(401);
  });

  it("is whatever the last proxy saw, and a whole network of IPv6", async () => {
    const address = newAddress();
    const browser = await tire("/sign-in", address);
    browser.address = `203.0.113.7, ${address}`;
    expect((await browser.post("/sign-in")).status).toBe(429);
    const other = await tire("/sign-in", "2001:db8:7:1::1");
    other.address = "2001:db8:7:1::2";
    expect((await other.post("/sign-in")).status).toBe(429);
    other.address = "2001:db8:7:2::2";
    expect((await other.post("/sign-in")).status).toBe(401);
  });

  it("may go on after a minute", async () => {
    const browser = await tire("/sign-in", newAddress());
    pass(61);
    expect((await browser.post("/sign-in")).status).toBe(401);
  });
});
