// npm run test:runtimes: the suites against the packed package, in every runtime. README.md says
// more.
/* global AbortController */
import { existsSync } from "node:fs";

import { runtimes } from "./runtimes.mjs";
import { stagePackage } from "./stage.mjs";
import { publish } from "./table.ts";

const SECONDS = 180; // for one runtime, which takes about two
const AT_ONCE = 2;

const wanted = process.argv.slice(2).map((word) => word.toLowerCase()); // parts of names; none means all
const isWanted = ({ name }) => wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part));
const chosen = runtimes.filter(isWanted);
const total = { passed: 0, failed: 0 };
const rows = new Map(); // of the table, by runtime
if (chosen.length === 0) fail(`no runtime is called ${wanted.join(" or ")}`);

const stage = await stagePackage();
try {
  const queue = chosen.values();
  const worker = async () => {
    for (const runtime of queue) await runIn(runtime);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  stage.remove();
}
if (total.failed === 0 && rows.size === runtimes.length) {
  await publish(runtimes.map((runtime) => rows.get(runtime))).catch((error) => fail(error.message));
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0); // now, even if a runtime still hangs

async function runIn(runtime) {
  const { name, needs, run } = runtime;
  const missing = needs.find((file) => !existsSync(file));
  if (missing !== undefined) {
    const reason = `${name}: there is no ${missing}`;
    if (process.env.CI) return fail(`${reason}, and under CI nothing is skipped`);
    return console.log(`SKIPPED: ${reason}, so nothing ran in it`);
  }
  try {
    const { version, counts, failures } = await inTime(run);
    const passed = Object.values(counts).reduce((sum, { cases, rows }) => sum + cases + rows, 0);
    console.log(`${name} (${version}): ${passed} passed, ${failures.length} failed`);
    total.passed += passed;
    for (const failure of failures) fail(`${name}, ${failure}`);
    if (passed + failures.length === 0) fail(`${name}: no test ran`);
    rows.set(runtime, { ...runtime, version, counts });
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
