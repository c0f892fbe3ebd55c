// Prepares a checkout: installs the packages of package-lock.json and builds if stale. Does nothing
// if all is up to date. If several run at the same time, one works and the others wait. Plain
// JavaScript, because it runs before anything is installed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = path.resolve(import.meta.dirname, "..");
const isWindows = process.platform === "win32"; // where npm is a script that only a shell can start

/** When a file or anything in a folder last changed; 0 if it does not exist. */
function changedAt(name) {
  const file = path.join(root, name);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  return Math.max(stats.mtimeMs, ...readdirSync(file).map((entry) => changedAt(path.join(name, entry))));
}

function isInstalled() {
  return changedAt("node_modules/.package-lock.json") >= changedAt("package-lock.json");
}

function isBuilt() {
  const built = changedAt("dist/cjs/qr.LICENSE"); // the last that is made
  const configurations = ["package.json", "tsup.config.ts", "tools/package", "tsconfig.json"];
  return ["src", "package-lock.json", ...configurations].every((name) => changedAt(name) <= built);
}

const lock = path.join(root, ".cache/ready"); // a folder with one file, whose name is the process that holds the lock
const own = String(process.pid);
const offer = `${lock}-${own}`; // becomes the lock if there is none

/** The process that holds the lock. */
function holder() {
  try {
    return readdirSync(lock)[0];
  } catch {
    return undefined; // nobody
  }
}

function isGone(pid) {
  try {
    return !process.kill(Number(pid), 0);
  } catch (error) {
    return error.code !== "EPERM"; // it is another user's
  }
}

/**
 * Takes the lock if it is free or its process is gone. Exactly the lock that was seen is renamed,
 * so only one of two processes succeeds.
 */
function tryToTake(seen) {
  try {
    if (seen === undefined) renameSync(offer, lock);
    else if (isGone(seen)) renameSync(path.join(lock, seen), path.join(lock, own));
  } catch (error) {
    const wasTooLate = ["ENOTEMPTY", "EEXIST", "ENOENT"].includes(error.code);
    if (!wasTooLate && !isWindows) throw error; // Windows has other names for it
  }
}

async function takeLock() {
  mkdirSync(offer, { recursive: true });
  writeFileSync(path.join(offer, own), "");
  for (let hasSaid = false; ; await sleep(100)) {
    tryToTake(holder());
    const pid = holder();
    if (pid === own) return;
    if (pid === undefined || hasSaid) continue;
    console.error(`Waiting for process ${pid}, which makes this checkout ready (${path.relative(root, lock)}).`);
    hasSaid = true;
  }
}

function release() {
  rmSync(offer, { recursive: true, force: true });
  rmSync(path.join(lock, own), { force: true });
  try {
    rmdirSync(lock);
  } catch {
    // Missing or not empty: it belongs to another process.
  }
}

let child;
let stopped; // the exit code after a signal

function stop(signal) {
  stopped = 128 + constants.signals[signal];
  if (!child?.kill(signal)) process.exit(stopped); // else once the child has ended: it may still write
}

async function run(...words) {
  console.error(`> ${words.join(" ")}`);
  child = spawn(words[0], words.slice(1), { cwd: root, stdio: ["ignore", 2, 2], shell: isWindows });
  const [code] = await once(child, "close");
  if (stopped || code !== 0) process.exit(stopped ?? code ?? 1);
}

if (!isInstalled() || !isBuilt()) {
  process.on("exit", release);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  await takeLock();
  if (!isInstalled()) await run("npm", "ci");
  if (!isBuilt()) await run("npm", "run", "build");
}
