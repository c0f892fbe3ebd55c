// The login of docs/guide/two-factor.md under attack. Its own text runs, without the browser at its end; the only change is a
// store that can be held. What it prints, examples.test.ts looks at.
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { PGlite } from "@electric-sql/pglite";
import { postgresStore } from "halfminute/stores/postgres";
import { afterAll, expect, it, vi } from "vitest";

import { answerOf, PASSWORD, PATHS } from "../examples/browser.ts";
import { type Contestants, describeRaces, heldStore, holds, RACERS } from "../examples/races.ts";
import { ROOT } from "../helpers/packed.ts";
import { fencesIn, read } from "./fences.ts";

const GUIDE = "docs/guide/two-factor.md";
const STORE = "store: memoryStore(),";
const BROWSER = "// A browser and a phone, to see it work.";

interface Sample {
  readonly app: { listen(port: number): Server };
  readonly users: Map<string, object>;
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

const sample = fencesIn(GUIDE, read(GUIDE)).find(({ text }) => text.includes('app.post("/login"'))?.text ?? "";

it("is found", () => {
  expect(sample.split(STORE)).toHaveLength(2);
  expect(sample.split(BROWSER)).toHaveLength(2);
});

async function start(): Promise<Contestants> {
  const { hold, pass } = holds();
  const database = new PGlite();
  await database.exec(read("schema/postgres.sql"));
  vi.stubGlobal("heldStore", heldStore(postgresStore(database), pass));

  const file = path.join(ROOT, "test-artifacts/guide-login.mjs");
  mkdirSync(path.dirname(file), { recursive: true });
  const [text = ""] = sample.split(BROWSER);
  writeFileSync(file, `${text.replace(STORE, "store: heldStore,")}\nexport { app, users };\n`);
  const { app, users } = (await import(pathToFileURL(file).href)) as Sample;
  const [pattern] = users.values();
  for (const name of RACERS) users.set(name, { ...pattern, name, password: PASSWORD });
  const server = app.listen(0);
  servers.push(server);

  return {
    hold,
    async send(route, body, cookie) {
      const { email: name, ...rest } = Object(body) as Record<string, unknown>;
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}${PATHS[route]}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { cookie, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify({ ...rest, name }) }),
      });
      return answerOf(response);
    },
  };
}

describeRaces(GUIDE, start, { canFailAtFlag: false });
