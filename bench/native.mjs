// Further rows by --native: programs in C and Go that are compiled into a temporary folder. Such a
// program is started for every batch, makes a fixed number of calls and says how much processor
// time these took, without its start.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const folder = path.join(import.meta.dirname, "native");
const COMPILING = 180_000;
const RUNNING = 60_000;

const cc = (source, library) => (output) => ({
  command: "cc",
  words: ["-O2", "-o", output, path.join(folder, source), `-l${library}`],
});

const PROGRAMS = [
  {
    name: "liboath (C)",
    compile: cc("liboath.c", "oath"),
    needs: "a C compiler and liboath-dev",
    calls: ["codeFromBase32", "codeWithKey", "verifyFromBase32", "resynchronize"],
  },
  {
    name: "OpenSSL (C)",
    compile: cc("openssl.c", "crypto"),
    needs: "a C compiler and libssl-dev, version 3",
    calls: ["codeWithKey", "resynchronize"],
  },
  {
    name: "pquerna/otp (Go)",
    compile: (output) => ({
      command: "go",
      words: ["build", "-o", output, path.join(folder, "pquerna.go")],
      env: { GO111MODULE: "off", GOFLAGS: "", GOPATH: process.env.GOPATH ?? "/usr/share/gocode" }, // where Debian puts it
    }),
    needs: "golang-go and golang-github-pquerna-otp-dev",
    calls: ["codeFromBase32", "verifyFromBase32", "resynchronize"],
  },
];

/**
 * The rows of what is installed. What is not is said aloud and skipped. `remove` removes the
 * programs.
 */
export function nativeContestants() {
  const output = mkdtempSync(path.join(os.tmpdir(), "halfminute-bench-"));
  const rows = PROGRAMS.map((program, index) => contestant(program, path.join(output, `program-${index}`)));
  return { rows: rows.filter((row) => row !== undefined), remove: () => rmSync(output, { recursive: true }) };
}

function contestant({ name, compile, needs, calls }, file) {
  const { command, words, env } = compile(file);
  const version = attempt(() => {
    execFileSync(command, words, { timeout: COMPILING, stdio: "pipe", env: { ...process.env, ...env } });
    return execFileSync(file, ["version"], { timeout: RUNNING, encoding: "utf8" }).trim();
  });
  if (version === undefined) {
    console.error(`SKIPPED: ${name} cannot be compiled, so nothing is compared with it (it needs ${needs})`);
    return undefined;
  }
  return {
    name,
    version,
    isNative: true,
    codeIn: (result) => result,
    isAccepted: (result) => result === "1",
    load: () => Object.fromEntries(calls.map((call) => [call, nativeCall(file, call)])),
  };
}

/**
 * A call that can be made once, at the time of Date, and that times a batch of its own by the clock
 * of the system.
 */
function nativeCall(file, name) {
  const run = (input, count, seconds) => {
    const code = [input ?? []].flat().slice(-1); // of two codes the last
    const words = [name, count, seconds, ...code].map(String);
    const [microseconds, result] = execFileSync(file, words, { timeout: RUNNING, encoding: "utf8" }).trim().split(" ");
    return { microseconds: Number(microseconds), result };
  };
  const call = (input) => run(input, 1, Math.floor(Date.now() / 1000)).result;
  call.timeBatch = (input, count) => run(input, count, 0);
  return call;
}

function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}
