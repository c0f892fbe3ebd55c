// Every program and command that the documentation shows is run against the packed package, and
// prints what it says.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";
import { hasWorkerd, MINIFLARE } from "../helpers/workerd.ts";
import {
  hasMariadb,
  hasPostgres,
  hasRedis,
  type Server,
  startMariadb,
  startPostgres,
  startRedis,
} from "../stores/servers.ts";
import { allFences, type Fence } from "./fences.ts";

const run = promisify(execFile);
const all = allFences();
let project: Project;
let binFolder: string;

/**
 * Drivers, frameworks and readers of pictures that programs import, and the servers that some of
 * these need.
 */
const DRIVERS = ["libsql", "pg", "mysql2", "redis", "ioredis", "express", "fastify", "hono", "pngjs", "jpeg-js"];
const hasServer = { postgres: hasPostgres(), mysql: hasMariadb(), redis: hasRedis(), d1: hasWorkerd() };
const servers: Server[] = [];
const addresses: Record<string, string> = {};

const SERVER_OF: Readonly<Record<string, keyof typeof hasServer>> = {
  pg: "postgres",
  "mysql2/promise": "mysql",
  redis: "redis",
  ioredis: "redis",
  "halfminute/stores/d1": "d1",
};

/** The server that a program needs: it imports its driver. */
function serverOf(text: string): keyof typeof hasServer | undefined {
  return SERVER_OF[/from "(pg|mysql2\/promise|redis|ioredis|halfminute\/stores\/d1)"/.exec(text)?.[1] ?? ""];
}

/** Lets a Worker answer one request, with a D1 database of the real runtime. */
const WORKER_RUN = `
import { Miniflare } from ${JSON.stringify(path.join(MINIFLARE, "dist/src/index.js"))};
const { default: worker } = await import(process.argv[2]);
const script = "export default { fetch: () => new Response() };";
const runtime = new Miniflare({ modules: true, script, cf: false, d1Databases: { DB: "one" } });
await worker.fetch(new Request("http://localhost/"), { DB: await runtime.getD1Database("DB") });
await runtime.dispose();`;

beforeAll(async () => {
  project = unpackedProject();
  for (const driver of DRIVERS) {
    symlinkSync(path.join(ROOT, "node_modules", driver), path.join(project.folder, "node_modules", driver));
  }
  if (hasServer.postgres) {
    const server = await startPostgres();
    servers.push(server);
    addresses["DATABASE_URL"] = `postgres://postgres@/postgres?host=${server.address}`;
  }
  if (hasServer.redis) {
    const server = await startRedis();
    servers.push(server);
    addresses["REDIS_URL"] = `unix://${server.address}`;
  }
  if (hasServer.mysql) {
    const server = await startMariadb();
    servers.push(server);
    addresses["MYSQL_URL"] = `mysql://root@localhost/test?socketPath=${server.address}`;
  }
  writeFileSync(path.join(project.folder, "worker-run.mjs"), WORKER_RUN);
  binFolder = path.join(project.folder, "bin");
  mkdirSync(binFolder);
  const main = path.join(project.packageFolder, "dist/cli/main.js");
  chmodSync(main, 0o755);
  symlinkSync(main, path.join(binFolder, "halfminute"));
  // Finds the command at once; the real one would look into the registry.
  writeFileSync(path.join(binFolder, "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  project.remove();
});

/** What each console.log of a program should print: the comment behind it. */
function expectedLines(program: string): (string | undefined)[] {
  return Array.from(program.matchAll(/^ *console\.log\(.*\);(?: \/\/ (.*))?$/gm), ([, comment]) => comment);
}

describe("programs", () => {
  const programs = all.filter(({ language }) => language === "ts" || language === "js");

  it("are found", () => {
    expect(programs.filter(({ name }) => name.startsWith("src/")).length).toBeGreaterThanOrEqual(15);
    expect(programs.filter(({ name }) => name.startsWith("README.md")).length).toBeGreaterThanOrEqual(1);
    expect(programs.filter(({ name }) => name.startsWith("docs/")).length).toBeGreaterThanOrEqual(5);
  });

  const runnable = programs.filter(({ text }) => hasServer[serverOf(text) ?? "redis"] || serverOf(text) === undefined);

  it.concurrent.each(runnable)("$name", async ({ name, text, language }: Fence) => {
    const { code } = await transform(text, { loader: language as "ts" | "js", format: "esm", target: "es2022" });
    const file = path.join(project.folder, `${name.replaceAll(/[/:.]/g, "-")}.mjs`);
    writeFileSync(file, code);
    const words = serverOf(text) === "d1" ? [path.join(project.folder, "worker-run.mjs"), file] : [file];
    const { stdout } = await run(process.execPath, words, {
      cwd: project.folder,
      env: { ...process.env, ...addresses },
    });
    const printed = stdout === "" ? [] : stdout.trimEnd().split("\n");
    const expected = expectedLines(text);
    expect(printed.length).toBe(expected.length);
    expect(printed.map((line, index) => (expected[index] === undefined ? undefined : line))).toEqual(expected);
  });
});

describe("commands", () => {
  const sessions = all.filter(({ language }) => language === "console");

  it("are found", () => {
    expect(sessions.length).toBeGreaterThan(0);
  });

  it.each(sessions)("$name", async ({ text }: Fence) => {
    for (const step of text.split(/^\$ /m).slice(1)) {
      const [command = "", ...expected] = step.trimEnd().split("\n");
      const env = { ...process.env, PATH: `${binFolder}:${process.env["PATH"] ?? ""}`, HALFMINUTE_SECRET: undefined };
      // A refused code or wrong use has an exit code of its own, which the next line may print.
      const { stdout } = await run("bash", ["-c", `{ ${command}; } 2>&1 || true`], { cwd: project.folder, env });
      expect(stdout.trimEnd().split("\n"), command).toEqual(expected.length > 0 ? expected : [""]);
    }
  });
});

it("every fence is looked at, here or in the tests of commands, shown texts, excerpts and the tutorial", () => {
  const languages = new Set(["ts", "js", "console", "sh", "sql", "python", "text"]);
  const isKnown = (language: string): boolean =>
    languages.has(language) || /^\w+ (?:file|save|heads|test)=\S+$/.test(language);
  expect(all.filter(({ language }) => !isKnown(language)).map(({ name }) => name)).toEqual([]);
});
