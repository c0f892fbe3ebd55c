// The demo app over HTTP: several devices, remembered browsers, and the code that is asked for
// before every change.
import type * as nodeCrypto from "node:crypto";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { createApp } from "../../examples/express-login/app.ts";
import type { Database } from "../../examples/express-login/database/database.ts";
import { openSqlite } from "../../examples/express-login/database/sqlite.ts";
import { devicesOn, expectOff, expectOn, nextCode, Outbox, pass, peopleAt, type Person, wrongCode } from "./people.ts";
import { type Page, recoveryCodesOn, secretOn, serve, type Visitor } from "./visitor.ts";

/** scrypt is slow on purpose, so here it costs nearly nothing. */
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof nodeCrypto>();
  const scrypt = (password: string, salt: Buffer, length: number, _cost: object, done: () => void): void => {
    crypto.scrypt(password, salt, length, { N: 2 }, done);
  };
  return { ...crypto, scrypt };
});

const DAY = 86_400;
const FIREFOX = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };

const outbox = new Outbox();
let folder: string;
let database: Database;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-demo-"));
  database = await openSqlite(path.join(folder, "demo.db"));
  ({ url, close } = await serve(createApp(database, [{ id: "test", key: randomBytes(32) }], outbox.send)));
});
afterAll(async () => {
  await close();
  await database.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-22T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const { visitor, newName, enrolled, halfway } = peopleAt(() => url, outbox);

/** The user's row, which no page of this app changes in this way. */
async function changeUser(name: string, change: object): Promise<void> {
  const key = `user:${await database.get(`name:${name}`)}`;
  await database.put(key, JSON.stringify({ ...(JSON.parse((await database.get(key)) ?? "") as object), ...change }));
}

async function add({ browser }: Person, name: string): Promise<string> {
  await browser.get("/security/devices");
  const secret = secretOn(await browser.post("/security/devices/add", { name }));
  const page = await browser.post("/security/confirm", { code: await nextCode(secret) });
  expect([page.path, page.text.includes("was added")]).toEqual(["/security?notice=added", true]);
  return secret;
}

async function deviceNamed({ browser }: Person, name: string): Promise<string> {
  const found = devicesOn(await browser.get("/security/devices")).find((device) => device.name === name);
  return found?.id ?? `no device ${name}`;
}

describe("several devices", () => {
  it("are added by name, pass each by itself, and leave the recovery codes alone", async () => {
    const person = await enrolled();
    const secret = await add(person, `<i>"tablet"`);
    const page = await person.browser.get("/security/devices");
    expect(devicesOn(page).map(({ name }) => name)).toEqual(["Authenticator app", "&#60;i&#62;&#34;tablet&#34;"]);
    expect(page.text).not.toContain("<i>");
    for (const one of [person.secret, secret]) {
      const browser = await halfway(person);
      expectOn(await browser.post("/second-step", { code: await nextCode(one) }));
    }
    const browser = await halfway(person);
    expectOn(await browser.post("/second-step", { code: person.recoveryCodes[0] ?? "" }));
    expect((await browser.get("/security")).text).toContain("Recovery codes left: <strong>9</strong>");
  });

  it("are locked together, and the lock ends when a recovery code passes", async () => {
    const person = await enrolled();
    const secret = await add(person, "tablet");
    const userId = (await database.get(`name:${person.name}`)) ?? "";
    const record = await database.twoFactorStore.read(userId);
    const body = record?.body.replace('"failures":0,', '"failures":100,') ?? "";
    expect(await database.twoFactorStore.compareAndSet(userId, record?.revision, { revision: "locked", body })).toBe(
      true,
    );
    const browser = await halfway(person);
    expect((await browser.post("/second-step", { code: await nextCode(secret) })).status).toBe(429);
    expectOn(await browser.post("/second-step", { code: person.recoveryCodes[0] ?? "" }));
    const later = await halfway(person);
    expectOn(await later.post("/second-step", { code: await nextCode(secret) }));
  });

  it("are renamed and removed, and a removed one passes no more", async () => {
    const person = await enrolled();
    const { browser } = person;
    const secret = await add(person, "tablet");
    const other = await halfway(person);
    expectOn(await other.post("/second-step", { code: await nextCode(secret) }));
    const device = await deviceNamed(person, "tablet");
    for (const name of ["", " ", "x".repeat(31), "a\u0007", "\u202e"]) {
      expect((await browser.post("/security/devices/rename", { device, name })).status).toBe(400);
    }
    await browser.post("/security/devices/rename", { device, name: " old tablet " });
    expect(await deviceNamed(person, "old tablet")).toBe(device);

    const page = await browser.post("/security/devices/remove", { device });
    expect(devicesOn(page)).toHaveLength(1);
    expect(page.text).not.toContain("Remove");
    expect((await other.get("/security")).path).toBe("/sign-in"); // perhaps of who has the removed one
    const late = await halfway(person);
    expect((await late.post("/second-step", { code: await nextCode(secret) })).status).toBe(401);
    const [last] = devicesOn(page);
    const refused = await browser.post("/security/devices/remove", { device: last?.id ?? "" });
    expect([refused.status, refused.text.includes("your only authenticator app")]).toEqual([409, true]);
    const gone = await browser.post("/security/devices/rename", { device, name: "ghost" });
    expect([gone.status, gone.text.includes("no longer exists")]).toEqual([409, true]);
  });

  it("are five at most", async () => {
    const person = await enrolled();
    for (const name of ["2", "3", "4", "5"]) await add(person, name);
    const page = await person.browser.post("/security/devices/add", { name: "6" });
    expect([page.status, page.text.includes("Remove one first")]).toEqual([409, true]);
  });

  it("are replaced one at a time: the old one works until the new one is confirmed", async () => {
    const person = await enrolled();
    const { browser, secret, recoveryCodes } = person;
    const device = await deviceNamed(person, "Authenticator app");
    const next = secretOn(await browser.post("/security/devices/replace", { device }));
    expect(next).not.toBe(secret);
    expectOn(await (await halfway(person)).post("/second-step", { code: await nextCode(secret) }));
    expect(recoveryCodesOn(await browser.post("/security/confirm", { code: await nextCode(next) }))).toHaveLength(10);
    const late = await halfway(person);
    for (const old of [await nextCode(secret), recoveryCodes[0] ?? ""]) {
      expect((await late.post("/second-step", { code: old })).status).toBe(401);
    }
    expectOn(await late.post("/second-step", { code: await nextCode(next) }));
  });

  it("of one person are no business of another", async () => {
    const [person, other] = [await enrolled(), await enrolled()];
    await add(person, "tablet");
    const device = await deviceNamed(person, "tablet");
    for (const act of ["rename", "replace"]) {
      const page = await other.browser.post(`/security/devices/${act}`, { device, name: "mine" });
      expect([page.status, page.text.includes("no longer exists")]).toEqual([409, true]);
    }
    await other.browser.post("/security/devices/remove", { device });
    expect(await deviceNamed(person, "tablet")).toBe(device);
  });

  it("show the same QR code again when the page is loaded again, and another one for another form", async () => {
    const { browser } = await enrolled();
    await browser.get("/security/devices");
    const { token } = browser;
    const [first, again] = [
      await browser.post("/security/devices/add", { token, name: "tablet" }),
      await browser.post("/security/devices/add", { token, name: "tablet" }),
    ];
    expect(secretOn(again)).toBe(secretOn(first));
    await browser.get("/security/devices");
    const other = secretOn(await browser.post("/security/devices/add", { name: "tablet" }));
    expect(other).not.toBe(secretOn(first));
    const page = await browser.post("/security/confirm", { code: await nextCode(other) });
    expect(page.path).toBe("/security?notice=added");
  });

  it("cannot be set up with the password alone, even where the flag was not written", async () => {
    const [name, browser, stranger] = [newName(), visitor(), visitor()];
    await browser.signUp(name);
    await stranger.signIn(name);
    const secret = secretOn(await browser.post("/security/turn-on"));
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(database, "replace").mockRejectedValueOnce(new Error("gone"));
    await browser.post("/security/confirm", { code: await nextCode(secret) });
    vi.restoreAllMocks();
    for (const act of ["add", "replace"]) {
      const page = await stranger.post(`/security/devices/${act}`, { name: "mine" });
      expect([page.path, page.text.includes('id="secret"')]).toEqual(["/security", false]);
    }
    expect((await stranger.post("/security/turn-on")).status).toBe(409);
    const late = await halfway({ name });
    expectOn(await late.post("/second-step", { code: await nextCode(secret) }));
    expect((await stranger.get("/security")).path).toBe("/second-step"); // the flag is made up for
  });
});

describe.each(["devices", "new-recovery-codes", "turn-off"])("before a change at %s", (name) => {
  const forms = name === "devices" ? ["add", "replace", "rename", "remove"].map((act) => `devices/${act}`) : [name];

  it("a code is asked for that is not older than five minutes, and without one nothing changes", async () => {
    const person = await enrolled();
    const { browser, secret } = person;
    await add(person, "tablet");
    const before = devicesOn(await browser.get("/security/devices"));
    pass(270);
    expect((await browser.get(`/security/${name}`)).path).toBe(`/security/${name}`);
    pass(31);
    const check = `/security/check?next=${name}`;
    expect((await browser.get(`/security/${name}`)).path).toBe(check);
    for (const path of forms) {
      const page = await browser.post(`/security/${path}`, { name: "new", device: before[1]?.id ?? "", code: "1" });
      expect([page.path, page.text.includes("Enter a code")]).toEqual([check, true]);
    }
    const wrong = await wrongCode(secret);
    for (const code of [wrong, "", [wrong, wrong, wrong], [wrong, wrong], "A".repeat(24)]) {
      const page = await browser.post(check, { code });
      expect([page.status, page.text.includes("wrong or was already used")]).toEqual([401, true]);
      expect((await browser.get(`/security/${name}`)).path).toBe(check);
    }
    expect((await browser.get("/security")).text).toContain("Recovery codes left: <strong>10</strong>");
    await halfway(person); // it is on
    const passed = await browser.post(check, { code: await nextCode(secret) });
    expect([passed.status, passed.path]).toEqual([200, `/security/${name}`]);
    expect(devicesOn(await browser.get("/security/devices"))).toEqual(before);
  });

  it("a recovery code will do", async () => {
    const { browser, recoveryCodes } = await enrolled();
    pass(301);
    await browser.get(`/security/${name}`);
    const page = await browser.post(`/security/check?next=${name}`, { code: recoveryCodes[0] ?? "" });
    expect(page.path).toBe(`/security/${name}`);
  });
});

it("after a code the app leads to its own pages only", async () => {
  const { browser, secret } = await enrolled();
  for (const next of ["//evil.example", "https://evil.example", "../sign-out", "devices&next=x"]) {
    await browser.get("/security");
    const page = await browser.post(`/security/check?next=${encodeURIComponent(next)}`, {
      code: await nextCode(secret),
    });
    expect(page.path).toBe("/security/devices");
  }
});

describe("a remembered browser", () => {
  /** A person whose browser is remembered, signed out. */
  async function remembered(): Promise<Person & { readonly laptop: Visitor }> {
    const person = await enrolled();
    const laptop = await halfway(person);
    const code = await nextCode(person.secret);
    await laptop.send("/second-step", { token: laptop.token, code, remember: "yes" }, FIREFOX);
    await laptop.get("/security");
    await laptop.post("/sign-out");
    return { ...person, laptop };
  }
  const signIn = ({ name, laptop }: { name: string; laptop: Visitor }): Promise<Page> => laptop.signIn(name);
  const tokensOf = (browser: Visitor) => Array.from(browser.others.values(), ({ value }) => value);
  /** Another browser, with a copy of the cookies. */
  function copyOf({ others }: Visitor): Visitor {
    const copy = visitor();
    for (const [name, cookie] of others) copy.others.set(name, cookie);
    return copy;
  }

  it("needs the password alone, for 30 days, with another token each time", async () => {
    const person = await remembered();
    const tokens = new Set(tokensOf(person.laptop));
    for (const days of [1, 28]) {
      pass(days * DAY);
      expectOn(await signIn(person));
      for (const token of tokensOf(person.laptop)) tokens.add(token);
      await person.laptop.post("/sign-out");
    }
    expect(tokens.size).toBe(3);
    pass(DAY);
    expect((await signIn(person)).path).toBe("/second-step");
  });

  it("needs the password", async () => {
    const { name, laptop } = await remembered();
    expect((await laptop.signIn(name, "wrong horse")).status).toBe(401);
    expect((await laptop.get("/security")).path).toBe("/sign-in");
  });

  it("is only one whose box was ticked, and never by a recovery code", async () => {
    const person = await enrolled();
    for (const fields of [
      { code: await nextCode(person.secret) },
      { code: person.recoveryCodes[0] ?? "", remember: "yes" },
    ]) {
      const browser = await halfway(person);
      expectOn(await browser.post("/second-step", fields));
      expect(browser.others.size).toBe(0);
    }
    const browser = await halfway(person);
    const again = await browser.post("/second-step", { code: await wrongCode(person.secret), remember: "yes" });
    expect(again.text).toMatch(/name="remember"\s+value="yes"\s+checked/);
  });

  it("has a cookie that scripts cannot read, only for signing in, as long as it is remembered", async () => {
    const person = await enrolled();
    for (const [headers, isSecure] of [
      [{}, false],
      [{ "X-Forwarded-Proto": "https" }, true],
    ] as const) {
      const browser = await halfway(person);
      const fields = { token: browser.token, code: await nextCode(person.secret), remember: "yes" };
      const response = await browser.send("/second-step", fields, headers);
      const [set = ""] = response.headers.getSetCookie().filter((cookie) => cookie.startsWith("browser-"));
      const attributes = set.split("; ").slice(1);
      expect(attributes).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/sign-in"]));
      expect(attributes.includes("Secure")).toBe(isSecure);
      const expires = attributes.find((text) => text.startsWith("Expires="))?.slice(8) ?? "";
      expect(new Date(expires).getTime() - Date.now()).toBe(30 * DAY * 1000);
      expect(set).not.toContain(person.name);
    }
  });

  it("is no recent code: a change asks for one", async () => {
    const person = await remembered();
    pass(301);
    expectOn(await signIn(person));
    const { laptop, secret } = person;
    for (const name of ["devices", "new-recovery-codes", "turn-off"]) {
      expect((await laptop.get(`/security/${name}`)).path).toBe(`/security/check?next=${name}`);
    }
    expect((await laptop.post("/security/turn-off")).path).toBe("/security/check?next=turn-off");
    expect((await laptop.post("/security/check?next=turn-off", { code: await nextCode(secret) })).status).toBe(200);
    expectOff(await laptop.post("/security/turn-off"));
  });

  it("of another person is left alone, and does not help", async () => {
    const [person, other] = [await remembered(), await enrolled()];
    const { laptop } = person;
    await halfway(other, laptop);
    expect(laptop.others.size).toBe(1);
    await laptop.post("/second-step", { code: await nextCode(other.secret), remember: "yes" });
    await laptop.post("/sign-out");
    expect(laptop.others.size).toBe(2);
    expectOn(await signIn(person));
    await laptop.post("/sign-out");
    expectOn(await laptop.signIn(other.name));
    await laptop.post("/sign-out");
    // The token of one in the cookie of the other, from somebody who knows both passwords.
    const [[one, own], [two, foreign]] = [...laptop.others] as [[string, never], [string, never]];
    laptop.others.set(one, foreign);
    laptop.others.set(two, own);
    expect((await signIn(person)).path).toBe("/second-step");
    laptop.cookie = "";
    expect((await laptop.signIn(other.name)).path).toBe("/second-step");
  });

  it("is forgotten when a token comes that it has replaced: somebody copied it", async () => {
    const person = await remembered();
    const thief = copyOf(person.laptop);
    for (let times = 0; times < 2; times++) {
      pass(DAY);
      expectOn(await signIn(person));
      await person.laptop.post("/sign-out");
    }
    pass(61); // until then it may have been overtaken by a later request
    expect((await thief.signIn(person.name)).path).toBe("/second-step");
    expect((await signIn(person)).path).toBe("/second-step");
    pass(60);
    await person.laptop.post("/second-step", { code: await nextCode(person.secret) });
    await vi.waitFor(async () => {
      expect((await person.laptop.get("/history")).text).toContain("A copy of a remembered browser was refused");
    });
  });

  it("is on the list of the account, and is forgotten from there", async () => {
    const person = await remembered();
    const page = await person.browser.get("/security/browsers");
    expect(page.text).toContain("Firefox on Linux");
    const browser = /name="browser" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const stranger = await enrolled();
    await stranger.browser.post("/security/browsers/forget", { browser });
    expectOn(await signIn(person));
    await person.laptop.post("/sign-out");
    expect((await person.browser.post("/security/browsers/forget", { browser })).text).not.toContain(
      "Firefox on Linux",
    );
    expect((await signIn(person)).path).toBe("/second-step");
  });

  it.each(["turning it off and on again", "another device in its place", "removing one"])(
    "is forgotten after %s",
    async (what) => {
      const person = await remembered();
      const { browser } = person;
      const copy = copyOf(person.laptop);
      if (what === "turning it off and on again") {
        await browser.get("/security/turn-off");
        expectOff(await browser.post("/security/turn-off"));
        expectOff(await copy.signIn(person.name)); // nothing is asked for, and nothing recognized
        const secret = secretOn(await browser.post("/security/turn-on"));
        await browser.post("/security/confirm", { code: await nextCode(secret) });
      } else if (what === "removing one") {
        await add(person, "tablet");
        expectOn(await copyOf(person.laptop).signIn(person.name)); // adding one forgets nothing
        await browser.post("/security/devices/remove", { device: await deviceNamed(person, "tablet") });
      } else {
        const device = await deviceNamed(person, "Authenticator app");
        const secret = secretOn(await browser.post("/security/devices/replace", { device }));
        await browser.post("/security/confirm", { code: await nextCode(secret) });
      }
      expect((await signIn(person)).path).toBe("/second-step");
    },
  );

  it("is forgotten with another password", async () => {
    const person = await remembered();
    await changeUser(person.name, { passwordVersion: 2 });
    expect((await signIn(person)).path).toBe("/second-step");
  });

  it.each(["", "x", "A".repeat(99), "%00", "..."])("is not recognized by %j", async (value) => {
    const person = await remembered();
    for (const [name, cookie] of person.laptop.others) person.laptop.others.set(name, { ...cookie, value });
    expect((await signIn(person)).path).toBe("/second-step");
  });
});

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

describe("a code that passes while the factor is turned off elsewhere", () => {
  it.each(["before the device is gone", "at the end"])(
    "leaves no flag without a device that is set %s",
    async (when) => {
      const person = await enrolled();
      const late = visitor();
      const { twoFactorStore } = database;
      const write = twoFactorStore.compareAndSet.bind(twoFactorStore);
      const replace = database.replace.bind(database);
      const [isTurnedOff, isReached] = [signal(), signal()];
      let signingIn: Promise<Page> | undefined;
      vi.spyOn(twoFactorStore, "compareAndSet").mockImplementation(async (id, expected, next) => {
        if (next || signingIn) return write(id, expected, next);
        // The flag is off and the device still there: somebody signs in with a code at this moment.
        await halfway(person, late);
        const code = await nextCode(person.secret);
        vi.spyOn(database, "replace").mockImplementation(async (key, ...words) => {
          if (key.startsWith("user:") && when === "at the end") {
            isReached.give();
            await isTurnedOff.given;
          }
          return replace(key, ...words);
        });
        signingIn = late.post("/second-step", { code });
        await Promise.race([signingIn, isReached.given]);
        return write(id, (await twoFactorStore.read(id))?.revision, next);
      });
      await person.browser.get("/security/turn-off");
      await person.browser.post("/security/turn-off");
      isTurnedOff.give();
      await signingIn;
      vi.restoreAllMocks();
      expectOff(await visitor().signIn(person.name));
    },
  );
});
