// The demo app over HTTP, in this process and with a clock that the tests set: what a browser
// without scripts sees, and what somebody sends who does not use one.
import type * as nodeCrypto from "node:crypto";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import Libsql from "libsql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { createApp } from "../../examples/express-login/app.ts";
import { type Database } from "../../examples/express-login/database/database.ts";
import { openSqlite } from "../../examples/express-login/database/sqlite.ts";
import { generateTotp } from "../../src/index.ts";
import { ROOT } from "../helpers/packed.ts";
import { devicesOn, expectOff, expectOn, nextCode, Outbox, pass, peopleAt, wrongCode } from "./people.ts";
import { type Fields, type Page, recoveryCodesOn, secretOn, serve, type Visitor } from "./visitor.ts";

/** What scrypt was asked for. It is slow on purpose, so here it costs nearly nothing. */
const costs = vi.hoisted((): unknown[] => []);
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof nodeCrypto>();
  const scrypt = (password: string, salt: Buffer, length: number, cost: object, done: () => void): void => {
    costs.push(cost);
    crypto.scrypt(password, salt, length, { N: 2 }, done);
  };
  return { ...crypto, scrypt };
});

const START = new Date("2026-11-22T12:00:00Z").getTime();
const KEYS = [{ id: "test", key: randomBytes(32) }];

const outbox = new Outbox();
let folder: string;
let database: Database;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-demo-"));
  database = await openSqlite(path.join(folder, "demo.db"));
  ({ url, close } = await serve(createApp(database, KEYS, outbox.send)));
});

afterAll(async () => {
  await close();
  await database.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const { newName, visitor, enrolled, halfway } = peopleAt(() => url, outbox);

describe("the way of a person", () => {
  it("from sign-up to a second factor, in and out, and off", async () => {
    const [name, browser] = [newName(), visitor()];
    expectOff(await browser.signUp(name));
    const setup = await browser.post("/security/turn-on");
    const secret = secretOn(setup);
    expect(setup.text).toContain(`otpauth://totp/Halfminute%20demo:${name}?secret=${secret}`);
    expect(setup.text).toMatch(/<img[^>]*src="data:image\/svg/);
    const wrong = await browser.post("/security/confirm", { code: await wrongCode(secret) });
    expect([wrong.status, wrong.text.includes("wrong or was already used")]).toEqual([401, true]);
    expect(secretOn(wrong)).toBe(secret); // the QR code stays
    expect(wrong.text).toMatch(/<img[^>]*src="data:image\/svg/);
    expect(wrong.text).not.toContain("autofocus");
    const codes = recoveryCodesOn(await browser.post("/security/confirm", { code: await nextCode(secret) }));
    expect(codes).toHaveLength(10);
    expectOn(await browser.get("/security"));

    expect((await browser.post("/sign-out")).path).toBe("/sign-in");
    expect((await browser.get("/security")).path).toBe("/sign-in");
    const used = await generateTotp(secret);
    expect((await browser.signIn(name)).path).toBe("/second-step");
    expect((await browser.post("/second-step", { code: used })).status).toBe(401);
    const code = await nextCode(secret);
    expectOn(await browser.post("/second-step", { code: `${code.slice(0, 3)} ${code.slice(3)}` }));

    const history = (await browser.get("/history")).text;
    for (const line of [
      "Authenticator app confirmed",
      "Passed with a code",
      "Refused (replayed)",
      "Refused (wrong)",
      "Set-up begun",
    ]) {
      expect(history).toContain(line);
    }
    await browser.get("/security/turn-off");
    const off = await browser.post("/security/turn-off");
    expectOff(off);
    expect(off.text).toContain("can be deleted");
    expect(off.text.match(/is (?:<strong>)?off/g)).toHaveLength(1);
    await browser.post("/sign-out");
    expectOff(await browser.signIn(name));
  });

  it("wrong codes lead to a wait, and after it a right code passes", async () => {
    const person = await enrolled();
    const browser = await halfway(person);
    pass(60);
    const wrong = await wrongCode(person.secret);
    for (let tries = 0; tries < 4; tries++)
      expect((await browser.post("/second-step", { code: wrong })).status).toBe(401);
    const wait = await browser.post("/second-step", { code: await generateTotp(person.secret) });
    expect([wait.status, wait.headers.get("Retry-After")]).toEqual([429, "1"]);
    expect(wait.text).toContain('data-countdown="1"');
    expect(wait.text).toMatch(/>1<\/span>\s*<span data-unit>second<\/span>\./);
    pass(1);
    await browser.post("/second-step", { code: wrong });
    expect((await browser.post("/second-step", { code: wrong })).text).toMatch(/>2<\/span>\s*<span data-unit>seconds</);
    pass(2);
    expectOn(await browser.post("/second-step", { code: await generateTotp(person.secret) }));
  });

  it("three codes in a row pass during a wait; a phone with a wrong clock is told so", async () => {
    const person = await enrolled();
    const browser = await halfway(person);
    pass(300);
    const wrong = await wrongCode(person.secret);
    for (let tries = 0; tries < 5; tries++) await browser.post("/second-step", { code: wrong });
    const three = (from: number): Promise<string[]> =>
      Promise.all(
        [0, 30, 60].map((seconds) =>
          generateTotp(person.secret, { at: new Date(Date.now() + (from + seconds) * 1000) }),
        ),
      );
    const off = await browser.post("/second-step", { code: await three(600) });
    expect([off.status, off.text.includes("clock is off by about 6")]).toEqual([401, true]);
    expectOn(await browser.post("/second-step", { code: await three(-60) }));
  });

  it("each recovery code passes once, and the last says so", async () => {
    const person = await enrolled();
    for (const [index, code] of person.recoveryCodes.entries()) {
      const browser = await halfway(person);
      const page = await browser.post("/second-step", { code: code.toLowerCase() });
      expectOn(page);
      expect(page.text.includes("You have no recovery codes left")).toBe(index === 9);
      const again = await halfway(person);
      const refused = await again.post("/second-step", { code });
      expect([refused.status, refused.text.includes("That recovery code is wrong")]).toEqual([401, true]);
      expect(refused.text).not.toContain("that your app shows");
      expect(refused.text).toMatch(/<details open>\s*<summary>Use a recovery code/);
      expect(refused.text).toMatch(/id="recovery-code"[^>]*aria-describedby="problem [^>]*autofocus aria-invalid/);
    }
    expect((await person.browser.get("/history")).text).toContain("Recovery code used, 0 left");
    await person.browser.get("/security/new-recovery-codes");
    const renewed = await person.browser.post("/security/new-recovery-codes");
    expect(recoveryCodesOn(renewed)).toHaveLength(10);
    expect(renewed.text).toContain('download="recovery-codes.txt"');
  });

  it("the page of the recovery codes, loaded again, leads to new ones", async () => {
    const browser = visitor();
    await browser.signUp(newName());
    const secret = secretOn(await browser.post("/security/turn-on"));
    const fields = { token: browser.token, code: await nextCode(secret) };
    expect(recoveryCodesOn(await browser.post("/security/confirm", fields))).toHaveLength(10);
    pass(600);
    const again = await browser.post("/security/confirm", fields); // what a browser sends
    expect([again.path, again.text.includes("If you saw no recovery codes, make new ones")]).toEqual([
      "/security?notice=on",
      true,
    ]);
    expectOn(again);
  });
});

describe("a session", () => {
  it("has a new id after each step, and the old ones are dead", async () => {
    const person = await enrolled();
    const browser = visitor();
    await browser.get("/sign-in");
    const ids = [browser.cookie];
    await browser.post("/sign-in", { name: person.name, password: "correct horse" });
    ids.push(browser.cookie);
    expectOn(await browser.post("/second-step", { code: await nextCode(person.secret) }));
    ids.push(browser.cookie);
    await browser.post("/sign-out");
    ids.push(browser.cookie);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) {
      browser.cookie = id;
      expect((await browser.get("/security")).path).toBe("/sign-in");
    }
  });

  it("is in a cookie that scripts cannot read and other sites cannot use", async () => {
    const plain = (await visitor().send("/sign-in")).headers.getSetCookie();
    expect(plain).toEqual([expect.stringMatching(/^session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)]);
    const behindProxy = await visitor().send("/sign-in", undefined, { "X-Forwarded-Proto": "https" });
    expect(behindProxy.headers.getSetCookie()[0]).toContain("; Secure");
  });

  it("ends after 12 hours, and after 10 minutes without a second factor", async () => {
    const person = await enrolled();
    const browser = await halfway(person);
    pass(599);
    expect((await browser.get("/")).path).toBe("/second-step");
    pass(1);
    expect((await browser.get("/")).path).toBe("/sign-in");
    pass(12 * 3600 - 601 - 60);
    expect((await person.browser.get("/")).path).toBe("/security");
    pass(61);
    expect((await person.browser.get("/")).path).toBe("/sign-in");
  });

  it("that had the password alone ends when the second factor is turned on", async () => {
    const [name, owner, stranger] = [newName(), visitor(), visitor()];
    await owner.signUp(name);
    expectOff(await stranger.signIn(name));
    const secret = secretOn(await owner.post("/security/turn-on"));
    await owner.post("/security/confirm", { code: await nextCode(secret) });
    expect((await stranger.get("/security")).path).toBe("/sign-in");
    expectOn(await owner.get("/security"));
  });

  it("has a new id when the second factor is turned on and off, and ends when it did", async () => {
    const browser = visitor();
    await browser.signUp(newName());
    const ids = [browser.cookie];
    const secret = secretOn(await browser.post("/security/turn-on"));
    await browser.post("/security/confirm", { code: await nextCode(secret) });
    ids.push(browser.cookie);
    await browser.get("/security/turn-off");
    expectOff(await browser.post("/security/turn-off"));
    ids.push(browser.cookie);
    expect(new Set(ids).size).toBe(3);
    for (const old of ids.slice(0, 2)) {
      const stranger = Object.assign(visitor(), { cookie: old });
      expect((await stranger.get("/security")).path).toBe("/sign-in");
    }
    pass(12 * 3600 - 31);
    expectOff(await browser.get("/security"));
    pass(1);
    expect((await browser.get("/security")).path).toBe("/sign-in");
  });

  it("confirms only what it was shown", async () => {
    const [name, owner, stranger, late] = [newName(), visitor(), visitor(), visitor()];
    await owner.signUp(name);
    await stranger.signIn(name);
    await late.signIn(name);
    const old = secretOn(await stranger.post("/security/turn-on"));
    pass(1);
    const secret = secretOn(await owner.post("/security/turn-on"));
    pass(30);
    const code = await generateTotp(secret);
    // Neither who was shown nothing nor who was shown another secret, not even with the right code.
    // And nothing is counted.
    expectOff(await late.post("/security/confirm", { code }));
    for (let tries = 0; tries < 12; tries++) {
      const page = await stranger.post("/security/confirm", { code: tries === 0 ? code : await wrongCode(secret) });
      expect([page.status, page.text.includes("begun again elsewhere")]).toEqual([409, true]);
    }
    expect((await stranger.post("/security/confirm", { code: await generateTotp(old) })).status).toBe(409);
    expect(recoveryCodesOn(await owner.post("/security/confirm", { code }))).toHaveLength(10);
  });

  it("has nothing to confirm any more once it has confirmed", async () => {
    const person = await enrolled();
    const elsewhere = await halfway(person);
    await elsewhere.post("/second-step", { code: await nextCode(person.secret) });
    await elsewhere.get("/security/devices");
    const secret = secretOn(await elsewhere.post("/security/devices/add", { name: "tablet" }));
    pass(30);
    const code = await generateTotp(secret);
    await person.browser.get("/security");
    const page = await person.browser.post("/security/confirm", { code });
    expect([page.path, recoveryCodesOn(page)]).toEqual(["/security", []]);
    expect((await elsewhere.post("/security/confirm", { code })).path).toBe("/security?notice=added");
  });

  it("stays signed out if it signs out while a step is taken", async () => {
    const { browser, secret } = await enrolled();
    await browser.get("/security/turn-off");
    const fields = { token: browser.token, code: await nextCode(secret) };
    const [before, afterwards] = [Object.assign(visitor(), browser), Object.assign(visitor(), browser)];
    // Before the session has its new id, and after: between the two answers there is no third
    // moment.
    const replace = database.replace.bind(database);
    vi.spyOn(database, "replace").mockImplementation(async (key, ...values) => {
      if (key.startsWith("session:")) await before.send("/sign-out", { token: before.token });
      return replace(key, ...values);
    });
    const response = await browser.send("/security/turn-off", fields);
    expect(response.headers.getSetCookie()).toEqual([]);
    vi.restoreAllMocks();
    expect((await browser.get("/security")).path).toBe("/sign-in");

    const person = await enrolled();
    await person.browser.get("/security/turn-off");
    Object.assign(afterwards, { cookie: person.browser.cookie, token: person.browser.token });
    const code = await nextCode(person.secret);
    expectOff(await person.browser.post("/security/turn-off", { code }));
    await afterwards.send("/sign-out", { token: afterwards.token });
    expect((await person.browser.get("/security")).path).toBe("/sign-in");
  });
});

describe("the history", () => {
  it("counts what anybody can cause, so that it pushes out nothing that matters", async () => {
    const person = await enrolled();
    const browser = await halfway(person);
    pass(60);
    const wrong = await wrongCode(person.secret);
    for (let tries = 0; tries < 4; tries++) await browser.post("/second-step", { code: wrong });
    for (let tries = 0; tries < 55; tries++) {
      await browser.post("/second-step", { code: "malformed" });
      await browser.post("/second-step", { code: wrong }); // too early
      await browser.post("/second-step", { code: "A".repeat(24) });
    }
    await vi.waitFor(async () => {
      const { text } = await person.browser.get("/history");
      const rows = Array.from(text.matchAll(/<tr>([^]*?)<\/tr>/g), ([, row = ""]) =>
        Array.from(row.matchAll(/<td>([^]*?)<\/td>/g), ([, cell = ""]) => cell.replace(/<[^>]*>/g, "").trim()),
      );
      const countOf = (what: string): string | undefined => rows.find(([cell]) => cell === what)?.[1];
      expect(rows.map(([, what]) => what)).toContain("Authenticator app confirmed");
      expect(countOf("Refused (malformed)")).toBe("55");
      expect(countOf("Refused (too early after wrong codes)")).toBe("55");
      expect(countOf("Refused (recovery code wrong)")).toBe("55");
      expect(countOf("Refused (wrong)")).toBe("4");
      expect(countOf("Set-up begun")).toBe("1");
      expect(rows.length).toBeLessThan(10);
    }, 100_000);
  });
});

interface Route {
  readonly path: string;
  readonly methods: Readonly<Record<string, boolean>>;
}

function routes(): [method: string, path: string][] {
  const { stack } = createApp(database, KEYS).router as unknown as { stack: { route?: Route }[] };
  return stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method): [string, string] => [method, route?.path ?? ""]),
  );
}

describe("every route", () => {
  const all = [
    "get /new-browser",
    "post /new-browser",
    "post /new-browser/send",
    "get /",
    "get /sign-up",
    "post /sign-up",
    "get /sign-in",
    "post /sign-in",
    "post /sign-out",
    "get /second-step",
    "post /second-step",
    "get /security/check",
    "post /security/check",
    "get /security",
    "get /history",
    "get /security/browsers",
    "post /security/browsers/forget",
    "post /security/browsers/forget-all",
    ...["new-recovery-codes", "turn-off"].flatMap((name) => [`get /security/${name}`, `post /security/${name}`]),
    "post /security/turn-on",
    "post /security/confirm",
    "get /security/devices",
    ...["add", "replace", "rename", "remove"].map((name) => `post /security/devices/${name}`),
  ];
  const forSignedIn = all.filter((route) => /security|history/.test(route));

  it("is known to the tests", () => {
    expect(routes().map((route) => route.join(" "))).toEqual(all);
  });

  it.each(forSignedIn)("%s is closed to nobody in particular and to who is halfway", async (route) => {
    const [method = "", path = ""] = route.split(" ");
    const person = await enrolled();
    const [nobody, half] = [visitor(), await halfway(person)];
    await nobody.get("/sign-in");
    const code = await nextCode(person.secret);
    for (const [browser, home] of [
      [nobody, "/sign-in"],
      [half, "/second-step"],
    ] as const) {
      const fields = method === "post" ? { token: browser.token, code } : undefined;
      const response = await browser.send(path, fields);
      expect([response.status, response.headers.get("Location")]).toEqual([303, home]);
      expect(await response.text()).not.toContain("<html");
    }
    expectOn(await person.browser.get("/security"));
    expectOn(await half.post("/second-step", { code })); // nobody spent it
  });

  it.each(all.filter((route) => route.startsWith("post")))("%s takes only forms of its own session", async (route) => {
    const path = route.split(" ")[1] ?? "";
    const person = await enrolled();
    const { browser } = person;
    const stranger = visitor();
    await stranger.get("/sign-in");
    await browser.get("/security");
    const fields = { name: newName(), password: "correct horse", code: await nextCode(person.secret) };
    const send = async (token: object, headers = {}): Promise<number> =>
      (await browser.send(path, { ...fields, ...token }, headers)).status;
    expect(await send({})).toBe(403);
    expect(await send({ token: "" })).toBe(403);
    expect(await send({ token: stranger.token })).toBe(403);
    expect(await send({ token: [browser.token, browser.token] })).toBe(403);
    for (const origin of ["https://evil.example", "null", url.replace("http", "ftp").replace(/\d+$/, "1")]) {
      expect(await send({ token: browser.token }, { Origin: origin })).toBe(403);
    }
    expectOn(await browser.get("/security"));
    expect(await send({ token: browser.token }, { Origin: url })).not.toBe(403);
  });

  it("answers with headers that keep it apart from other sites and out of caches", async () => {
    const browser = visitor();
    for (const path of ["/sign-in", "/no-such-page", "/security"]) {
      const { headers } = await browser.send(path);
      expect(headers.get("Cache-Control")).toBe("no-store");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("X-Powered-By")).toBeNull();
      const policy = headers.get("Content-Security-Policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
    }
  });
});

/** A form, filled in, that was not sent yet. */
interface Filled {
  readonly browser: Visitor;
  readonly path: string;
  readonly fields: Fields;
  /** What the person should see in the end. */
  readonly expected: string;
}

/** The forms that give the browser a session. */
const FILLED: Readonly<Record<string, () => Promise<Filled>>> = {
  "signing up": async () => {
    const browser = visitor();
    await browser.get("/sign-up");
    const fields = { name: newName(), password: "correct horse" };
    return { browser, path: "/sign-up", fields, expected: "is <strong>off</strong>" };
  },
  "signing in": async () => {
    const [name, browser] = [newName(), visitor()];
    await visitor().signUp(name);
    await browser.signIn(name); // from now on it is no new browser
    await browser.post("/sign-out");
    await browser.get("/sign-in");
    const fields = { name, password: "correct horse" };
    return { browser, path: "/sign-in", fields, expected: "is <strong>off</strong>" };
  },
  "signing in from a new browser": async () => {
    const [name, browser] = [newName(), visitor()];
    await visitor().signUp(name);
    await browser.get("/sign-in");
    return { browser, path: "/sign-in", fields: { name, password: "correct horse" }, expected: "Code from the mail" };
  },
  "the code by mail": async () => {
    const [name, browser] = [newName(), visitor()];
    await visitor().signUp(name);
    await browser.enterPassword(name);
    const fields = { code: outbox.codeTo(name) };
    return { browser, path: "/new-browser", fields, expected: "is <strong>off</strong>" };
  },
  "the first step": async () => {
    const [{ name }, browser] = [await enrolled(), visitor()];
    await browser.get("/sign-in");
    return { browser, path: "/sign-in", fields: { name, password: "correct horse" }, expected: "Second step" };
  },
  "the second step": async () => {
    const person = await enrolled();
    const [browser, code] = [await halfway(person), await nextCode(person.secret)];
    return { browser, path: "/second-step", fields: { code }, expected: "is <strong>on</strong>" };
  },
  "turning on": async () => {
    const browser = visitor();
    await browser.signUp(newName());
    const secret = secretOn(await browser.post("/security/turn-on"));
    const fields = { code: await nextCode(secret) };
    return { browser, path: "/security/confirm", fields, expected: "If you saw no recovery codes, make new ones" };
  },
  "turning off": async () => {
    const { browser } = await enrolled();
    await browser.get("/security/turn-off");
    return { browser, path: "/security/turn-off", fields: {}, expected: "can be deleted" };
  },
};

describe.each(Object.entries(FILLED))("a form that is sent twice: %s", (_name, fill) => {
  /** The same browser: what it sent first is under way. */
  const same = ({ cookie, token, others }: Visitor): Visitor =>
    Object.assign(visitor(), { cookie, token, others: new Map(others) });

  it("and the first answer is lost", async () => {
    const { browser, path, fields, expected } = await fill();
    await same(browser).send(path, { token: browser.token, ...fields });
    const page = await browser.post(path, fields);
    expect([page.status, page.text.includes(expected)]).toEqual([200, true]);
    expect((await browser.get("/")).path).not.toBe("/sign-in");
  });

  it("and both answers that came first are lost", async () => {
    const { browser, path, fields, expected } = await fill();
    const token = browser.token;
    await same(browser).send(path, { token, ...fields });
    await same(browser).send(path, { token, ...fields });
    expect((await browser.post(path, { token, ...fields })).text).toContain(expected);
  });

  it("and the first answer came, but the page that follows did not", async () => {
    const { browser, path, fields, expected } = await fill();
    const { token } = browser;
    await browser.send(path, { token, ...fields });
    const page = await browser.post(path, { token, ...fields });
    expect([page.status, page.text.includes(expected)]).toEqual([200, true]);
  });

  it("and the second one comes before the first has a session, on a slow server", async () => {
    const { browser, path, fields, expected } = await fill();
    const put = database.put.bind(database);
    let second: Promise<Page> | undefined;
    vi.spyOn(database, "put").mockImplementation(async (key, ...values) => {
      // Until the second one has gone as far as it can.
      if (key.startsWith("session:") && !second) {
        second = browser.post(path, fields);
        await Promise.race([second, delay(1500)]);
      }
      return put(key, ...values);
    });
    await same(browser).send(path, { token: browser.token, ...fields });
    expect((await second)?.text).toContain(expected);
    expect((await browser.get("/")).path).not.toBe("/sign-in");
  });

  it("lets nobody in who has the old id, which may have been planted, without the page", async () => {
    const { browser, path, fields } = await fill();
    const stranger = same(browser);
    await stranger.get(path === "/second-step" ? path : "/sign-up"); // gets a token of the same id, but another one
    const { cookie, token } = stranger;
    expect(token).not.toBe(browser.token);
    await browser.post(path, fields);
    for (const known of [{}, { code: fields["code"] ?? "" }]) {
      Object.assign(stranger, { cookie, token });
      await stranger.post(path, known);
      expect((await stranger.get("/security")).path).toBe("/sign-in");
      Object.assign(stranger, { cookie });
      expect((await stranger.get("/security")).path).toBe("/sign-in");
    }
  });

  it("leads nowhere after a minute, nor after signing out", async () => {
    for (const isSignedOut of [true, false]) {
      const { browser, path, fields } = await fill();
      const late = same(browser);
      await browser.post(path, fields);
      if (isSignedOut) await browser.post("/sign-out");
      else pass(61);
      await late.post(path, path.startsWith("/sign-") ? {} : fields); // the password would open it anew
      expect((await late.get("/security")).path).toBe("/sign-in");
    }
  });
});

describe("a form that is sent twice", () => {
  it("turns on with the QR code shown last", async () => {
    const browser = visitor();
    await browser.signUp(newName());
    await browser.post("/security/turn-on");
    pass(1);
    const secret = secretOn(await browser.post("/security/turn-on"));
    expect(recoveryCodesOn(await browser.post("/security/confirm", { code: await nextCode(secret) }))).toHaveLength(10);
  });
});

describe("an answer that was lost", () => {
  it("between the device and the flag is made up for", async () => {
    const browser = visitor();
    await browser.signUp(newName());
    const secret = secretOn(await browser.post("/security/turn-on"));
    const replace = vi.spyOn(database, "replace").mockRejectedValueOnce(new Error("gone"));
    const errors = vi.spyOn(console, "error").mockReturnValue();
    expect((await browser.post("/security/confirm", { code: await nextCode(secret) })).status).toBe(500);
    expect(errors).toHaveBeenCalledOnce();
    replace.mockRestore();
    expectOff(await browser.get("/security"));
    const id = browser.cookie;
    const again = await browser.post("/security/turn-on");
    expect([again.status, again.text.includes("already on")]).toEqual([409, true]);
    // It may be somebody's who has the password alone.
    expect(browser.cookie).not.toBe(id);
    expect((await browser.get("/security/new-recovery-codes")).path).toBe("/second-step");
    expectOn(await browser.post("/second-step", { code: await nextCode(secret) }));
  });

  it("leaves no account that the password alone opens", async () => {
    const [name, browser] = [newName(), visitor()];
    await browser.signUp(name);
    const secret = secretOn(await browser.post("/security/turn-on"));
    vi.spyOn(console, "error").mockReturnValue();
    const replace = vi.spyOn(database, "replace").mockRejectedValueOnce(new Error("gone"));
    await browser.post("/security/confirm", { code: await nextCode(secret) });
    replace.mockRestore();
    const another = visitor();
    expect((await another.signIn(name)).path).toBe("/second-step");
    expect((await another.get("/security")).path).toBe("/second-step");
    await another.post("/second-step", { code: await nextCode(secret) });
    expectOn(await another.get("/security")); // the flag is made up for
  });

  it("in the middle of turning it off leaves an account that the device opens", async () => {
    const { name, browser, secret } = await enrolled();
    vi.spyOn(console, "error").mockReturnValue();
    // The code is spent; the removal fails.
    const { twoFactorStore } = database;
    const write = twoFactorStore.compareAndSet.bind(twoFactorStore);
    const remove = vi.spyOn(twoFactorStore, "compareAndSet").mockImplementation((id, expected, next) => {
      return next ? write(id, expected, next) : Promise.reject(new Error("gone"));
    });
    await browser.post("/security/turn-off");
    remove.mockRestore();
    const another = visitor();
    expect((await another.signIn(name)).path).toBe("/second-step");
    expect((await another.post("/second-step", { code: await nextCode(secret) })).path).toBe("/security");
    expectOn(await another.get("/security"));
    expectOff(await another.post("/security/turn-off"));
  });

  it("while another window turns it off leaves no flag without a device", async () => {
    const { name, browser, secret } = await enrolled();
    const other = visitor();
    await other.signIn(name);
    await other.post("/second-step", { code: await nextCode(secret) });
    const [device] = devicesOn(await browser.get("/security/devices"));
    const newer = secretOn(await browser.post("/security/devices/replace", { device: device?.id ?? "" }));
    vi.spyOn(console, "error").mockReturnValue();
    // The device is confirmed; before its flag is written, the other window turns it off.
    const { twoFactorStore } = database;
    const write = twoFactorStore.compareAndSet.bind(twoFactorStore);
    vi.spyOn(twoFactorStore, "compareAndSet").mockImplementationOnce(async (...words) => {
      const isWritten = await write(...words);
      await other.post("/security/turn-off");
      return isWritten;
    });
    await browser.post("/security/confirm", { code: await nextCode(newer) });
    vi.restoreAllMocks();
    expectOff(await visitor().signIn(name));
  });
});

describe("a password", () => {
  it.each([
    ["", "correct horse"],
    ["a b", "correct horse"],
    ["a:b", "correct horse"],
    ["a\u0007", "correct horse"],
    ["x".repeat(65), "correct horse"],
    ["fine", "1234567"],
    ["fine", "x".repeat(129)],
  ])("and a name of these forms are refused: %j %j", async (name, password) => {
    expect((await visitor().signUp(name, password)).status).toBe(400);
  });

  it("costs what it should to try, also for a name that nobody has", async () => {
    for (const act of [() => visitor().signUp(newName()), () => visitor().signIn(newName())]) {
      costs.length = 0;
      await act();
      expect(costs).toEqual([{ N: 32768, r: 8, p: 3, maxmem: 67108864 }]); // OWASP: N=2^15, r=8, p=3
    }
  });

  it("of somebody else does not take a name over", async () => {
    const name = newName();
    await visitor().signUp(name);
    const second = await visitor().signUp(name.toUpperCase(), "another password");
    expect([second.status, second.text.includes("taken")]).toEqual([400, true]);
    expectOff(await visitor().signIn(name));
  });

  it("can be guessed ten times in ten minutes, also for names that nobody has", async () => {
    const name = newName();
    await visitor().signUp(name);
    for (const guessed of [name, newName()]) {
      const browser = visitor();
      for (let tries = 0; tries < 10; tries++) expect((await browser.signIn(guessed, "wrong horse")).status).toBe(401);
      const wait = await browser.signIn(guessed);
      expect([wait.status, wait.headers.get("Retry-After")]).toEqual([429, "600"]);
    }
    pass(600);
    expectOff(await visitor().signIn(name));
  });

  it("and text from people is text in the page", async () => {
    const name = `<b>"'&${newName()}`;
    const page = await visitor().signUp(name);
    expect(page.text).toContain(`&#60;b&#62;&#34;&#39;&#38;`);
    expect(page.text).not.toContain("<b>");
  });
});

describe("what goes wrong on our side", () => {
  it("lets nobody in and logs no secret", async () => {
    const person = await enrolled();
    const browser = await halfway(person);
    const code = await nextCode(person.secret);
    const log = vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(database.twoFactorStore, "read").mockRejectedValue(new Error(`canary ${code}`));
    const page = await browser.post("/second-step", { code });
    expect([page.status, page.text.includes("Something is wrong on our side")]).toEqual([503, true]);
    const lines = log.mock.calls.flat().join("\n");
    expect(lines).toContain("POST /second-step failed: TwoFactorError store-unavailable, because of Error");
    expect(lines).not.toContain("canary");
    vi.restoreAllMocks();
    expect((await browser.get("/security")).path).toBe("/second-step");
  });

  it("a lost record is no way in", async () => {
    const person = await enrolled();
    const db = new Libsql(path.join(folder, "demo.db"), { timeout: 5000 });
    const removed = db.prepare("DELETE FROM halfminute_two_factor").run();
    db.close();
    expect(removed.changes).toBeGreaterThan(0);
    const browser = await halfway(person);
    const page = await browser.post("/second-step", { code: await nextCode(person.secret) });
    expect([page.status, page.text.includes("nobody is let in without it")]).toEqual([409, true]);
    expect((await browser.get("/security")).path).toBe("/second-step");
  });

  it("who steals the database has no password, session, secret or recovery code", async () => {
    const { browser, secret, recoveryCodes } = await enrolled();
    const db = new Libsql(path.join(folder, "demo.db"), { timeout: 5000 });
    const tables = ["demo_entries", "demo_lists", "halfminute_two_factor"];
    const dump = JSON.stringify(tables.map((table) => db.prepare(`SELECT * FROM ${table}`).all()));
    db.close();
    const session = browser.cookie.replace("session=", "");
    for (const stolen of ["correct horse", session, browser.token, secret, ...recoveryCodes]) {
      expect(dump).not.toContain(stolen);
    }
  });

  it("a form that is too large is refused", async () => {
    const browser = visitor();
    await browser.get("/sign-in");
    expect((await browser.post("/sign-in", { name: "x".repeat(5000), password: "" })).status).toBe(413);
  });
});

it("has all that it does with halfminute in one file that is short enough to read", () => {
  const folder = path.join(ROOT, "examples/express-login");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const text = (name: string): string => readFileSync(path.join(folder, name), "utf8");
  expect(files.filter((name) => text(name).includes("createTwoFactor("))).toEqual(["two-factor.ts"]);
  expect(text("two-factor.ts").split("\n").length).toBeLessThan(150);
});
