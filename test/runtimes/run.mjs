// npm run test:runtimes: the conformance suite against the packed package, in every runtime.
// README.md says more.
/* global AbortController */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

import { runtimes } from "./runtimes.mjs";
import { stagePackage } from "./stage.mjs";

const SECONDS = 60; // for one runtime, which takes about two

const wanted = process.argv.slice(2); // parts of names; none means all
const chosen = runtimes.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const total = { passed: 0, failed: 0 };
if (chosen.length === 0) fail(`no runtime is called ${wanted.join(" or ")}`);

install();
const stage = stagePackage();
try {
  for (const runtime of chosen) await runIn(runtime);
} finally {
  stage.remove();
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0); // now, even if a runtime still hangs

/** Installs what package-lock.json names, unless it is there. */
function install() {
  const changedAt = (name) => statSync(path.join(import.meta.dirname, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changedAt("node_modules/.package-lock.json") >= changedAt("package-lock.json")) return;
  console.error("> npm ci (in test/runtimes)");
  const isWindows = process.platform === "win32"; // where npm is a script that only a shell can start
  const words = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", words, { cwd: import.meta.dirname, stdio: ["ignore", 2, 2], shell: isWindows });
}

async function runIn({ name, needs, faces, run }) {
  if (!existsSync(needs)) {
    const reason = `${name}: there is no ${needs}`;
    if (process.env.CI) return fail(`${reason}, and under CI nothing is skipped`);
    return console.log(`SKIPPED: ${reason}, so nothing ran in it`);
  }
  stage.setFaces(faces);
  try {
    const { version, passed, failures } = await inTime(run);
    console.log(`${name.split(" ")[0]} ${version}: ${passed} passed, ${failures.length} failed`);
    total.passed += passed;
    for (const failure of failures) fail(`${name}, ${failure}`);
    if (passed + failures.length === 0) fail(`${name}: no test ran`);
  } catch (error) {
    fail(`${name}: ${error.stack}`);
  }
}

/**
 * The result of run(stage, signal), unless it comes too late: then the signal tells a process that
 * it should end.
 */
function inTime(run) {
  const controller = new AbortController();
  const late = new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error(`no result after ${SECONDS} seconds`));
      controller.abort();
    }, SECONDS * 1000);
  });
  return Promise.race([late, run(stage, controller.signal)]);
}

function fail(reason) {
  total.failed++;
  console.log(`FAILED: ${reason}`);
}
