// examples/hono-workers inside workerd, the runtime of Cloudflare Workers.

import { encodeBase32 } from "halfminute";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";

import { hashPassword } from "../../examples/hono-workers/users.ts";
import { read } from "../docs/fences.ts";
import { hasWorkerd, startWorker, type Worker } from "../helpers/workerd.ts";
import { describeAttacks, tiredAddress } from "./attacks.ts";
import { answerOf, EMAILS, newAddress, PASSWORD, PATHS, requestOf, type Send, START } from "./browser.ts";
import { describeJunk } from "./junk.ts";
import { describeLogin } from "./login.ts";
import { describeRaces, RACERS } from "./races.ts";

const FOLDER = "examples/hono-workers";

const workers: Worker[] = [];
afterAll(() => Promise.all(workers.map((worker) => worker.dispose())));

async function workerOf(file: string, options: object): Promise<Worker> {
  const worker = await startWorker(file, { compatibilityDate: settings().compatibility_date, ...options });
  workers.push(worker);
  const db = await worker.getD1Database("DB");
  for (const sql of read(`${FOLDER}/schema.sql`)
    .replaceAll(/^--.*\n/gm, "")
    .trim()
    .split(";\n"))
    await db.prepare(sql.replace(/;$/, "")).run();
  return worker;
}

interface Settings {
  readonly main: string;
  readonly compatibility_date: string;
  readonly d1_databases: readonly { readonly binding: string }[];
}

function settings(): Settings {
  const parsed = ts.parseConfigFileTextToJson("wrangler.jsonc", read(`${FOLDER}/wrangler.jsonc`));
  if (parsed.error) throw new Error("wrangler.jsonc cannot be read");
  return parsed.config as Settings;
}

describe.runIf(hasWorkerd())("in workerd", () => {
  let worker: Worker;

  /**
   * As Cloudflare hands a request on: with the address that it came from, whatever else it says.
   */
  const send: Send = async (route, body, cookie, { from = newAddress(), ...more } = {}) => {
    const { headers, ...request } = requestOf(body, cookie, { from, ...more });
    const address = from.split(",").at(-1)?.trim() ?? "";
    const given = { ...request, headers: { ...headers, "CF-Connecting-IP": address } };
    return answerOf(await worker.dispatchFetch(`https://acme.test${PATHS[route]}`, given));
  };

  /** One worker for all suites, whichever of them runs. */
  let isOpen: Promise<void> | undefined;
  async function open(): Promise<void> {
    const { main, d1_databases } = settings();
    const sealing = encodeBase32(crypto.getRandomValues(new Uint8Array(32)));
    expect(main).toBe("worker.ts"); // what held.ts holds
    worker = await workerOf("test/examples/workers/held.ts", {
      d1Databases: Object.fromEntries(d1_databases.map(({ binding }) => [binding, "login"])),
      bindings: { SEALING_KEY: sealing },
    });
    const db = await worker.getD1Database("DB");
    const hash = await hashPassword(PASSWORD, "salt");
    const insert = "INSERT INTO users (id, email, salt, hash) VALUES (?, ?, ?, ?)";
    await db.prepare("CREATE TABLE holds (point TEXT NOT NULL, state TEXT NOT NULL)").bind().run();
    await Promise.all([...EMAILS, ...RACERS].map((email) => db.prepare(insert).bind(email, email, "salt", hash).run()));
  }

  const opened = async (): Promise<Send> => {
    await (isOpen ??= open());
    return send;
  };
  describeLogin(FOLDER, opened);
  describeJunk(FOLDER, opened);

  describeAttacks(FOLDER, async () => {
    await opened();
    const db = await worker.getD1Database("DB");
    const change = "UPDATE users SET password_version = password_version + 1, stamp = stamp + 1 WHERE email = ?";
    return {
      send,
      passwordChecks: async () =>
        Number(await (await worker.dispatchFetch("https://acme.test/password-checks")).text()),
      changePassword: async (email) => {
        expect((await db.prepare(change).bind(email).run()).meta.changes).toBe(1);
      },
    };
  });

  describeRaces(FOLDER, async () => {
    await opened();
    const db = await worker.getD1Database("DB");
    const set = (state: string) => db.prepare("UPDATE holds SET state = ?").bind(state).run();
    return {
      send,
      async hold(point) {
        await db.prepare("DELETE FROM holds").bind().run();
        await db.prepare("INSERT INTO holds VALUES (?, 'wanted')").bind(point).run();
        const isReached = db.prepare("SELECT 1 FROM holds WHERE state = 'reached'").bind();
        const reached = vi.waitUntil(() => isReached.first(), { timeout: START, interval: 20 }).then(() => undefined);
        const release = (fails = false) => set(fails ? "failed" : "released").then(() => undefined);
        return { reached, release };
      },
    };
  });

  it("an address is free again after its minute, and the others of that minute are forgotten", async () => {
    await opened();
    const db = await worker.getD1Database("DB");
    await send("code", { code: "" }, "");
    const next = await tiredAddress(send);
    await db.prepare("UPDATE attempts SET ends_at = ends_at - 60000").bind().run();
    expect(await next()).toBe(401);
    expect(await db.prepare("SELECT count(*) AS addresses, max(count) AS most FROM attempts").bind().first()).toEqual({
      addresses: 1,
      most: 1,
    });
  });

  it("a form of another site is refused", async () => {
    await opened();
    const response = await worker.dispatchFetch("https://acme.test/login", {
      method: "POST",
      headers: { "content-type": "text/plain", origin: "https://evil.test" },
      body: JSON.stringify({ email: EMAILS[0], password: PASSWORD }),
    });
    expect(response.status).toBe(403);
  });
});
