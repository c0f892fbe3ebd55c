// examples/fastify, through Fastify's own inject, and its server as a process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

import { PGlite } from "@electric-sql/pglite";
import type { InjectOptions } from "fastify";
import { memoryStore } from "halfminute/stores/memory";
import { postgresStore } from "halfminute/stores/postgres";
import type { TwoFactorStore } from "halfminute/two-factor";
import { expect, it, vi } from "vitest";

import { buildApp } from "../../examples/fastify/app.ts";
import { read } from "../docs/fences.ts";
import { ROOT } from "../helpers/packed.ts";
import { describeAttacks, type World } from "./attacks.ts";
import { EMAILS, parsed, PASSWORD, PATHS, requestOf, type Send } from "./browser.ts";
import { describeJunk } from "./junk.ts";
import { describeLogin } from "./login.ts";
import { people } from "./people.ts";
import { describeRaces, heldStore, holds } from "./races.ts";

function start(store: TwoFactorStore = memoryStore(), beforeFlag?: () => Promise<void>): World {
  const { users, ...counts } = people(beforeFlag);
  const app = buildApp({ store, users, sealingKeys: [{ id: "1", key: crypto.getRandomValues(new Uint8Array(32)) }] });
  const send: Send = async (route, body, cookie, more) => {
    const { method, headers: given, body: payload } = requestOf(body, cookie, more);
    const request = { method, url: PATHS[route], headers: given, ...(payload !== undefined && { payload }) };
    const answer = await app.inject(request as InjectOptions);
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const one of [value].flat()) headers.append(name, String(one));
    }
    return { status: answer.statusCode, headers, text: answer.payload, body: parsed(answer.payload) };
  };
  return { ...counts, send };
}

describeLogin("examples/fastify", () => start().send);
describeAttacks("examples/fastify", () => start());
describeJunk("examples/fastify", () => start().send);

describeRaces("examples/fastify", async () => {
  const { hold, pass } = holds();
  const database = new PGlite();
  await database.exec(read("schema/postgres.sql"));
  return { send: start(heldStore(postgresStore(database), pass), () => pass("flag")).send, hold };
});

it("a store that is down lets nobody in, and says nothing of it", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const down = () => Promise.reject(new Error("canary"));
  const { send } = start({ read: down, compareAndSet: down });
  const answer = await send("login", { email: EMAILS[0], password: PASSWORD }, "");
  expect(answer.status).toBe(503);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(answer.body).toEqual({ error: "try-again-later" });
  const said = { code: "store-unavailable", cause: new Error("canary") };
  expect(log.mock.calls).toEqual([[expect.objectContaining(said)]]);
});

it("server.ts listens", async () => {
  const file = path.join(ROOT, "examples/fastify/server.ts");
  const env = { ...process.env, PORT: "0", PASSWORD };
  const server = spawn(process.execPath, ["--import", "tsx", file], { cwd: ROOT, env });
  try {
    const [line] = (await once(createInterface(server.stdout), "line", { signal: AbortSignal.timeout(150_000) })) as [
      string,
    ];
    const address = /^listening on (\S+)$/.exec(line)?.[1] ?? "";
    const login = async (password: string): Promise<number> => {
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ email: "alice@example.com", password });
      return (await fetch(`${address}/login`, { method: "POST", headers, body })).status;
    };
    expect([await login(PASSWORD), await login("wrong")]).toEqual([200, 401]);
  } finally {
    server.kill();
  }
});
