// What the demo app keeps, in each of its databases, and two instances over one of them.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { Request, Response } from "express";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createApp } from "../../examples/express-login/app.ts";
import { type Database, openDatabase } from "../../examples/express-login/database/database.ts";
import { newToken } from "../../examples/express-login/forms.ts";
import { openSessions } from "../../examples/express-login/sessions.ts";
import { openUsers, type User } from "../../examples/express-login/users.ts";
import { generateTotp } from "../../src/index.ts";
import { hasPostgres, hasRedis, startPostgres, startRedis } from "../stores/servers.ts";
import { secretOn, serve, Visitor } from "./visitor.ts";

interface Place {
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => unknown;
}

/** How each kind is reached. */
const PLACES: Readonly<Record<string, { isThere: boolean; make: () => Promise<Place> }>> = {
  SQLite: { isThere: true, make: () => Promise.resolve({ environment: {}, stop: () => undefined }) },
  PostgreSQL: {
    isThere: hasPostgres(),
    make: async () => {
      const server = await startPostgres();
      return {
        environment: { DATABASE_URL: `postgresql://postgres@/postgres?host=${server.address}` },
        stop: () => server.stop(),
      };
    },
  },
  Redis: {
    isThere: hasRedis(),
    make: async () => {
      const port = await freePort();
      const server = await startRedis({ port, bind: "127.0.0.1" });
      return { environment: { REDIS_URL: `redis://127.0.0.1:${port}` }, stop: () => server.stop() };
    },
  },
};

/** The address of this client is a URL, which names no socket file. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

/** What sessions see of a browser: it has the id that it was sent last. */
class Browser {
  id: string;
  readonly #token = newToken("any");
  readonly response = {
    locals: {},
    cookie: (_name: string, id: string) => {
      this.id = id;
    },
  } as unknown as Response;

  constructor(id = randomBytes(32).toString("base64url")) {
    this.id = id;
  }

  get request(): Request {
    return { headers: { cookie: `session=${this.id}` }, body: { token: this.#token } } as unknown as Request;
  }
}

describe.each(Object.entries(PLACES))("%s", (_name, { isThere, make }) => {
  describe.runIf(isThere)("behind the app", () => {
    let folder: string;
    let place: Place;
    let one: Database;
    let other: Database;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "halfminute-demo-"));
      place = await make();
      for (const [name, value] of Object.entries(place.environment)) vi.stubEnv(name, value);
      const file = path.join(folder, "demo.db");
      [one, other] = await Promise.all([openDatabase(file), openDatabase(file)]); // both make what is missing
      vi.unstubAllEnvs();
    });
    afterAll(async () => {
      await one.close();
      await other.close();
      await place.stop();
      rmSync(folder, { recursive: true });
    });

    it("gets what was put, on any connection", async () => {
      expect(await one.get("a")).toBeUndefined();
      await one.put("a", "it's ? $1");
      expect(await other.get("a")).toBe("it's ? $1");
      await other.put("a", "2", 60);
      expect(await one.get("a")).toBe("2");
      await one.remove("a");
      expect(await other.get("a")).toBeUndefined();
    });

    it("adds what is not there, for one of many", async () => {
      const results = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? one : other).add("added", String(n))));
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await one.get("added")).toBe(String(results.indexOf(true) + 1));
    });

    it("replaces what has not changed, for one of many", async () => {
      await one.put("replaced", "0", 60);
      const results = await Promise.all(
        [1, 2, 3, 4].map((n) => (n % 2 ? one : other).replace("replaced", "0", String(n))),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await other.remove("replaced")).toBe(String(results.indexOf(true) + 1));
      expect(await one.remove("replaced")).toBeUndefined();
      expect(await one.replace("replaced", "0", "1")).toBe(false);
      expect(await one.get("replaced")).toBeUndefined();
    });

    it("keeps the lifetime of what is replaced, or gives it another one", async () => {
      const lifetimes = [
        { key: "kept", first: 5, isThere: false },
        { key: "longer", first: 5, second: 600, isThere: true },
        { key: "shorter", first: 600, second: 5, isThere: false },
        { key: "immortal", isThere: true },
      ];
      for (const { key, first, second } of lifetimes) {
        await one.put(key, "0", first);
        expect(await one.replace(key, "0", "1", second)).toBe(true);
      }
      await delay(5100);
      const values = await Promise.all(lifetimes.map(({ key }) => other.get(key)));
      expect(values).toEqual(lifetimes.map(({ isThere }) => (isThere ? "1" : undefined)));
    });

    it.each(["update", "renew"] as const)("keeps a session signed out that signs out during %s", async (step) => {
      const users = openUsers(one);
      const user = (await users.signUp(step, "correct horse")) as User;
      const [here, there] = [openSessions(one, users), openSessions(other, users)];
      /** Writes over a session that is gone by then. */
      const late: Database = {
        ...one,
        put: (key, ...values) => leave(key).then(() => one.put(key, ...values)),
        replace: (key, ...values) => leave(key).then(() => one.replace(key, ...values)),
      };
      let browser = new Browser();
      const leave = async (key: string): Promise<void> => {
        if (key.startsWith("session:")) await there.end(browser.request, new Browser().response);
      };
      for (let round = 0; round < 40; round++) {
        browser = new Browser();
        await here.start(browser.request, browser.response, user, "signed-in");
        expect(await there.find(browser.request)).toMatchObject({ kind: "signed-in" });
        const isLate = round < 5;
        const sessions = isLate ? openSessions(late, users) : here;
        const working = new Browser(browser.id);
        const { request, response } = working;
        const work =
          step === "update"
            ? sessions.update(request, `device ${round}`)
            : sessions.renew(request, response, user, "signed-in");
        await Promise.all([work, ...(isLate ? [] : [there.end(browser.request, new Browser().response)])]);
        expect(await here.find(browser.request)).toBeUndefined();
        expect(await here.find(working.request)).toBeUndefined(); // perhaps with a new id
      }
    });

    it("counts each of many at once", async () => {
      const counts = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).count("guesses", 60)),
      );
      expect(counts.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, n) => n + 1),
      );
      for (const { secondsLeft } of counts) expect(secondsLeft > 0 && secondsLeft <= 60).toBe(true);
      await one.remove("guesses");
      expect((await other.count("guesses", 60)).count).toBe(1);
    });

    it("keeps the newest fifty of a list", async () => {
      for (let n = 0; n < 52; n++) await one.append("list", String(n));
      await one.append("another", "x");
      expect(await other.list("list")).toEqual(Array.from({ length: 50 }, (_, n) => String(51 - n)));
    });

    it("makes two instances one: session, flag and used codes", async () => {
      const keys = [{ id: "test", key: randomBytes(32) }];
      const [first, second] = [await serve(createApp(one, keys)), await serve(createApp(other, keys))];
      try {
        const browser = new Visitor(first.url);
        await browser.signUp("alice");
        const secret = secretOn(await browser.post("/security/turn-on"));
        const elsewhere = new Visitor(second.url);
        Object.assign(elsewhere, { cookie: browser.cookie, token: browser.token });
        const code = await generateTotp(secret);
        expect((await elsewhere.post("/security/confirm", { code })).text).toContain("Your recovery codes");
        browser.cookie = elsewhere.cookie;
        expect((await browser.get("/security")).text).toContain("<strong>on</strong>");
        const halfway = new Visitor(first.url);
        expect((await halfway.signIn("alice")).path).toBe("/second-step");
        expect((await halfway.post("/second-step", { code })).status).toBe(401);
        // The history is written beside the answer.
        await vi.waitFor(async () => {
          expect((await browser.get("/history")).text).toContain("replayed");
        }, 100_000);
      } finally {
        await first.close();
        await second.close();
      }
    });
  });
});

it("what is set twice or cannot be reached is said at start", async () => {
  vi.stubEnv("REDIS_URL", "redis://127.0.0.1:1");
  await expect(openDatabase("unused.db")).rejects.toThrow(/ECONNREFUSED/);
  vi.stubEnv("DATABASE_URL", "postgresql://127.0.0.1:1/none");
  await expect(openDatabase("unused.db")).rejects.toThrow(/not both/);
  vi.stubEnv("REDIS_URL", undefined);
  await expect(openDatabase("unused.db")).rejects.toThrow(/ECONNREFUSED/);
  vi.unstubAllEnvs();
});
