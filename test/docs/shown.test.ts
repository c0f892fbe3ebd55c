// What the pages show besides programs and commands: SQL and Python are run, and each text is what
// it says.
import { execFileSync } from "node:child_process";
import { runInNewContext } from "node:vm";

import { transform } from "esbuild";
import Database from "libsql";
import { createClient } from "redis";
import { afterEach, describe, expect, it, vi } from "vitest";

import { parseOtpauthUri } from "../../src/index.ts";
import { storeConformance } from "../../src/stores/conformance.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { nodeRedisStore } from "../../src/stores/redis.ts";
import { halfminute, type World } from "../cli/world.ts";
import { ROOT } from "../helpers/packed.ts";
import { isThere } from "../helpers/programs.ts";
import { hasRedis, startRedis } from "../stores/servers.ts";
import { allFences, type Fence, fencesIn, read } from "./fences.ts";

const PYTHON = "/usr/bin/python3";
const all = allFences();
const inLanguage = (wanted: string): readonly Fence[] => all.filter(({ language }) => language === wanted);

afterEach(() => {
  vi.useRealTimers();
});

describe("SQL", () => {
  const columns = inLanguage("sql").filter(({ text }) => text.startsWith("ALTER TABLE"));
  const updates = inLanguage("sql").filter(({ text }) => text.startsWith("UPDATE"));

  it("adds columns, or lets a code in once", () => {
    expect(columns.length).toBeGreaterThan(0);
    expect(updates.length).toBeGreaterThan(2);
    expect(columns.length + updates.length).toBe(inLanguage("sql").length);
  });

  it.each(updates)("$name", ({ text }) => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE users (id text, hotp_counter bigint NOT NULL DEFAULT 0, otp_failures int)");
    for (const column of columns) database.exec(column.text);
    database.exec("INSERT INTO users (id, otp_failures) VALUES ('alice', 3), ('bob', 3)");
    const update = database.prepare(text);
    const changed = (counter: number): number => update.run({ id: "alice", counter }).changes;
    expect([5, 5, 4, 6].map(changed)).toEqual([1, 0, 0, 1]);
    const counters = database.prepare("SELECT max(coalesce(otp_counter, 0), hotp_counter) AS c FROM users ORDER BY id");
    expect(counters.all().map((row) => (row as { c: number }).c)).toEqual([text.includes("hotp") ? 7 : 6, 0]);
    const failures = database.prepare("SELECT otp_failures AS f FROM users ORDER BY id").all() as { f: number }[];
    expect(failures.map(({ f }) => f)).toEqual([text.includes("otp_failures") ? 0 : 3, 3]);
  });
});

describe("Python", () => {
  it("is found", () => {
    expect(inLanguage("python").length).toBeGreaterThan(0);
  });

  it.runIf(isThere(PYTHON, "--version")).each(inLanguage("python"))("$name", ({ text }) => {
    const expected = Array.from(text.matchAll(/^print\(.*\) {2}# (.*)$/gm), ([, comment]) => comment);
    expect(expected.length).toBeGreaterThan(0);
    const printed = execFileSync(PYTHON, ["-c", text], { cwd: ROOT, encoding: "utf8" });
    expect(printed.trimEnd().split("\n")).toEqual(expected);
  });
});

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const AT = 1_234_567_890_000; // the code is 401544 then

/** How each text is looked at, by how it begins. One that begins in another way fails. */
const TEXTS: Readonly<Record<string, (text: string) => Promise<void> | void>> = {
  "otpauth://": (text) => {
    const account = { type: "totp", issuer: "Acme Co", accountName: "alice@example.com", secret: "JBSWY3DPEHPK3PXP" };
    expect(parseOtpauthUri(text.trim())).toMatchObject(account);
  },
  "$ npx halfminute enroll": async (text) => {
    vi.useFakeTimers({ now: AT + 210_000, toFake: ["Date"] });
    const typed = Array.from(text.matchAll(/^Code: (\d{6})$/gm), ([, code = ""]) => code);
    const [, words = ""] = /^\$ npx halfminute (.*) > \S+$/m.exec(text) ?? [];
    const { exitCode, error } = await enroll(words.split(" "), typed);
    expect(exitCode).toBe(0);
    const said = error.slice(error.indexOf("\nScan this"));
    const shown = text.slice(text.indexOf("\nScan this"));
    expect(said).toBe(shown.replaceAll(/(?<=^Code: )\d{6}\n/gm, "")); // what is typed, the terminal shows
  },
  "401544  [": async (text) => {
    vi.useFakeTimers({ now: AT + 10_000, toFake: ["Date"] });
    const { out } = await halfminute(["code", "--watch"], { stdin: SECRET, isShown: true, io: { columns: 80 } });
    expect(out).toContain(text.trimEnd());
  },
  "maxmemory-policy ": async (text) => {
    const lines = text.trimEnd().split("\n");
    const settings = Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
    expect(Object.keys(settings)).toEqual(["maxmemory-policy", "appendonly", "appendfsync"]);
    if (!hasRedis()) return;
    const server = await startRedis({ appendonly: "no", "maxmemory-policy": "allkeys-lru", ...settings });
    const client = await createClient({ socket: { path: server.address, tls: false } }).connect();
    await nodeRedisStore(client).check();
    expect(await client.configGet("append*")).toMatchObject({ appendonly: "yes", appendfsync: "always" });
    await client.close();
    await server.stop();
  },
  "import { after, test } from": async (text) => {
    const { code } = await transform(text.replace(/^import .*$/m, ""), { loader: "ts" });
    const tests: (() => Promise<void>)[] = [];
    const skipped: string[] = [];
    const test = Object.assign((_name: string, run: () => Promise<void>) => void tests.push(run), {
      skip: (name: string) => void skipped.push(name),
    });
    const store = memoryStore();
    const fail = (): Promise<never> => Promise.reject(new Error("closed"));
    const ended: string[] = [];
    const pool = (name: string): object => ({ name, end: () => ended.push(name) });
    const pools = { db: pool("db"), other: pool("other"), closed: pool("closed") };
    const ownStore = (of: object): object => (of === pools.closed ? { read: fail, compareAndSet: fail } : { ...store });
    let end: () => unknown = () => undefined;
    const after = (run: () => unknown): void => {
      end = run;
    };
    runInNewContext(code, { storeConformance, ownStore, test, after, ...pools });
    for (const run of tests) await run();
    expect([tests.length, skipped.length]).toEqual([16, 0]);
    await end();
    expect(ended).toEqual(["db", "other"]);
  },
};

/** On a terminal, with the secret that the page shows. */
function enroll(words: readonly string[], lines: readonly string[]): ReturnType<typeof halfminute> {
  const world: World = { stdinKind: "terminal", env: { HALFMINUTE_SECRET: SECRET }, lines, io: { errorColumns: 80 } };
  return halfminute(words, world);
}

describe("text", () => {
  const texts = inLanguage("text").filter(({ name }) => !name.startsWith("docs/mutation.md:")); // which a run writes

  it("is found", () => {
    expect(texts).toHaveLength(Object.keys(TEXTS).length);
  });

  it.each(texts)("$name", async ({ text }) => {
    const [, check] = Object.entries(TEXTS).find(([start]) => text.startsWith(start)) ?? [];
    expect(check).toBeDefined();
    await check?.(text);
  });
});

describe("fences", () => {
  it("are found, also indented, with other marks, with no end and with any language", () => {
    const page = "```ts\na\n```\n- b\n  ```sh\n  c\n    d\n  ```\n~~~~c++ x\n```\n~~~~\n```\ne\n```\n\n````md\nf";
    const found = fencesIn("p", page).map(({ name, language, text }) => [name, language, text]);
    expect(found).toEqual([
      ["p:1", "ts", "a\n"],
      ["p:5", "sh", "c\n  d\n"],
      ["p:9", "c++ x", "```\n"],
      ["p:12", "", "e\n"],
      ["p:16", "md", "f"],
    ]);
  });

  it("are all that begin on a page", () => {
    const marks = all.filter(({ text }) => /^ *(?:```|~~~)/m.test(text)).map(({ name }) => name);
    expect(marks).toEqual([]); // a fence within a fence is one that was not closed
    expect(read("docs/guide/cli.md").match(/^```/gm)?.length).toBe(
      2 * all.filter(({ file }) => file === "docs/guide/cli.md").length,
    );
  });
});
