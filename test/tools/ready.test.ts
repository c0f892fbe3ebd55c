// Making a checkout ready: several at once install once and build once, and nothing that was left
// behind stops the next one.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";

const INSTALLED = "node_modules/.package-lock.json";
const BUILT = "dist/cjs/qr.LICENSE";
const LOG = ["ci begins", "ci ends", "run build begins", "run build ends"];

/** Stands in for npm: says what it does, and takes as long as the test wants. */
const NPM = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const command = process.argv.slice(2).join(" ");
const say = (what) => appendFileSync("log", command + " " + what + "\\n");
process.on("SIGTERM", () => {
  say("is stopped");
  process.exit(1);
});
say("begins");
const timer = setInterval(() => {
  if (existsSync("hold")) return;
  clearInterval(timer);
  if (existsSync("fail")) process.exit(7);
  const made = command === "ci" ? "${INSTALLED}" : "${BUILT}";
  mkdirSync(dirname(made), { recursive: true });
  writeFileSync(made, "");
  say("ends");
}, 10);
`;

/** Makes a process stop for a while after it has looked whether another one is alive. */
const PAUSE = `
const { existsSync, writeFileSync } = require("node:fs");
const kill = process.kill.bind(process);
process.kill = (...words) => {
  try {
    return kill(...words);
  } finally {
    writeFileSync("looked", "");
    while (!existsSync("go")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
};
`;

let folder: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-ready-"));
  started = [];
  for (const name of ["tools", "bin", "src"]) mkdirSync(path.join(folder, name));
  copyFileSync(path.join(ROOT, "tools/ready.mjs"), path.join(folder, "tools/ready.mjs"));
  write("package-lock.json");
  write("src/index.ts");
  write("bin/npm", NPM);
  chmodSync(path.join(folder, "bin/npm"), 0o755);
});

afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text = ""): void {
  writeFileSync(path.join(folder, name), text);
}

function remove(name: string): void {
  rmSync(path.join(folder, name));
}

function log(): string[] {
  const file = path.join(folder, "log");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

/** What is left of locks. */
function locks(): string[] {
  const cache = path.join(folder, ".cache");
  return existsSync(cache) ? readdirSync(cache) : [];
}

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly exitCode: Promise<number | null>;
}

interface StartOptions {
  /** For Node, before the program. */
  readonly words?: readonly string[];
  /** Where programs are looked for. */
  readonly programs?: string;
}

function start({
  words = [],
  programs = `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
}: StartOptions = {}): Run {
  const options = { cwd: folder, env: { ...process.env, PATH: programs } };
  const child = spawn(process.execPath, [...words, "tools/ready.mjs"], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  started.push(child);
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
  return { child, said: () => text, exitCode: once(child, "close").then(([code]) => code as number | null) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10); // the limit is that of the test
}

/** A lock whose process has ended. */
function leaveLock(): void {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  mkdirSync(path.join(folder, ".cache/ready"), { recursive: true });
  write(`.cache/ready/${pid}`);
}

it("ready installs and builds what is not there, and then does nothing", async () => {
  const first = start();
  expect(await first.exitCode).toBe(0);
  expect(first.said()).toBe("> npm ci\n> npm run build\n");
  expect(log()).toEqual(LOG);
  expect(locks()).toEqual([]);

  rmSync(path.join(folder, ".cache"), { recursive: true });
  const second = start();
  expect(await second.exitCode).toBe(0);
  expect(second.said()).toBe("");
  expect(log()).toEqual(LOG);
  expect(existsSync(path.join(folder, ".cache"))).toBe(false); // no lock was taken
});

it("ready waits for another one, says so once, and then looks again", async () => {
  write("hold");
  const first = start();
  await until(() => log().length === 1);
  const second = start();
  await until(() => second.said().includes("\n"));
  const notice = `Waiting for process ${first.child.pid}, which makes this checkout ready (.cache/ready).\n`;
  await sleep(500); // it looks several times
  expect(second.said()).toBe(notice);
  remove("hold");
  expect(await Promise.all([first.exitCode, second.exitCode])).toEqual([0, 0]);
  expect(second.said()).toBe(notice);
  expect(log()).toEqual(LOG);
  expect(locks()).toEqual([]);
});

it("ready does itself what another one failed to do", async () => {
  write("hold");
  const first = start();
  await until(() => log().length === 1);
  const second = start();
  await until(() => second.said() !== "");
  write("fail");
  remove("hold");
  expect(await first.exitCode).toBe(7);
  expect(await second.exitCode).toBe(7); // it tried too
  expect(log()).toEqual(["ci begins", "ci begins"]);
  expect(locks()).toEqual([]);
});

it.each(["a free lock", "the lock of a process that is gone"])(
  "of many that are ready at once one takes %s",
  async (which) => {
    for (let round = 0; round < 3; round++) {
      for (const name of ["log", "node_modules", "dist"]) {
        rmSync(path.join(folder, name), { recursive: true, force: true });
      }
      if (which !== "a free lock") leaveLock();
      const codes = await Promise.all(Array.from({ length: 6 }, () => start().exitCode));
      expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
      expect(log()).toEqual(LOG);
      expect(locks()).toEqual([]);
    }
  },
);

it("ready does not take what another one has taken over, though it has seen the lock of a process that is gone", async () => {
  leaveLock();
  write("hold");
  write("pause.cjs", PAUSE);
  const slow = start({ words: ["--require", "./pause.cjs"] });
  await until(() => existsSync(path.join(folder, "looked")));
  const fast = start();
  await until(() => log().length === 1);
  write("go");
  await until(() => slow.said() !== "");
  expect(slow.said()).toMatch(`Waiting for process ${fast.child.pid},`);
  remove("hold");
  expect(await Promise.all([slow.exitCode, fast.exitCode])).toEqual([0, 0]);
  expect(log()).toEqual(LOG);
  expect(locks()).toEqual([]);
});

it("ready ends with npm's exit code, and leaves no lock", async () => {
  write("fail");
  const { exitCode } = start();
  expect(await exitCode).toBe(7);
  expect(log()).toEqual(["ci begins"]);
  expect(locks()).toEqual([]);
});

it("ready fails without npm, and leaves no lock", async () => {
  const { exitCode } = start({ programs: path.join(folder, "src") });
  expect(await exitCode).toBe(1);
  expect(locks()).toEqual([]);
});

it("ready stops npm on a signal, and leaves no lock once it has stopped", async () => {
  write("hold");
  const { child, exitCode } = start();
  await until(() => log().length === 1);
  child.kill("SIGTERM");
  expect(await exitCode).toBe(143);
  expect(log()).toEqual(["ci begins", "ci is stopped"]);
  expect(locks()).toEqual([]);
});

it("ready waits no longer on Ctrl-C, and leaves the lock to the other one", async () => {
  write("hold");
  const first = start();
  await until(() => log().length === 1);
  const second = start();
  await until(() => second.said() !== "");
  second.child.kill("SIGINT");
  expect(await second.exitCode).toBe(130);
  expect(readdirSync(path.join(folder, ".cache/ready"))).toEqual([String(first.child.pid)]);
  remove("hold");
  expect(await first.exitCode).toBe(0);
  expect(locks()).toEqual([]);
});

it("the lock of ready is ignored by git", () => {
  expect(readFileSync(path.join(ROOT, ".gitignore"), "utf8")).toMatch(/^\.cache\/$/m);
});
