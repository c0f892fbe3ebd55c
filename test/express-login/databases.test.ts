// What the demo app keeps, in each of its databases, and two instances over one of them.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createApp } from "../../examples/express-login/app.ts";
import { type Database, openDatabase } from "../../examples/express-login/database/database.ts";
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
        expect((await browser.get("/security")).text).toContain("<strong>on</strong>");
        const halfway = new Visitor(first.url);
        expect((await halfway.signIn("alice")).path).toBe("/second-step");
        expect((await halfway.post("/second-step", { code })).status).toBe(401);
        // The history is written beside the answer.
        await vi.waitFor(async () => {
          expect((await browser.get("/history")).text).toContain("replayed");
        }, 10_000);
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
