// npm run bench: how fast and how small the package is, next to the platform and to other libraries. README.md says more.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { version as esbuild } from "esbuild";
import { bundleSizes } from "./bundle-size.mjs";
import { isPinned } from "./clock.mjs";
import { columns } from "./columns.mjs";
import { contestants } from "./contestants.mjs";
import { loadChecked } from "./correct.mjs";
import { importTimes } from "./import-time.mjs";
import { installThirdparty, versions } from "./install.mjs";
import { eachRound, race, summary } from "./measure.mjs";
import { runPinned } from "./pin.mjs";
import { codesAt } from "./reference.mjs";
import { report } from "./report.mjs";
import { judge, targets } from "./targets.mjs";

// A batch is long enough for the garbage collector to come by several times: in a short one it hits or misses.
const LONG = { leastRounds: 31, seconds: 13, batchMilliseconds: 25, warmUpMilliseconds: 250, importRounds: 31 };
const QUICK = { leastRounds: 11, seconds: 2, batchMilliseconds: 10, warmUpMilliseconds: 100, importRounds: 9 };

const { values: options } = parseArgs({ options: { quick: { type: "boolean" }, json: { type: "boolean" } } });
const exitCode = isPinned ? undefined : runPinned();
if (exitCode === undefined) await main(options.quick ? QUICK : LONG);
else process.exitCode = exitCode;

async function main(effort) {
  installThirdparty();
  const calls = new Map();
  for (const contestant of contestants) calls.set(contestant.name, await loadChecked(contestant));
  progress("every library gives the code of RFC 6238 and refuses a wrong one");

  const results = { ...circumstances(effort), columns: {} };
  for (const column of columns) results.columns[column.id] = await timeColumn(column, calls, effort);
  const packages = contestants.filter(({ source }) => source !== undefined);
  progress("import times");
  results.importMilliseconds = importTimes(packages, effort);
  progress("bundle sizes");
  results.bundle = await bundleSizes(packages);
  results.targets = targets.map((target) => judge(target, results));

  if (!options.quick) writeFileSync(path.join(import.meta.dirname, "results.json"), `${json(results)}\n`);
  console.log(options.json ? json(results) : report(results));
}

/** The times of a column as ratios: how fast each row is, if the reference counts as 1. */
async function timeColumn({ id, title, call, reference, input, isRight }, calls, effort) {
  progress(title.join(" "));
  const taking = contestants.filter(({ name }) => calls.get(name)[call] !== undefined);
  let codes;
  const times = await race(new Map(taking.map(({ name }) => [name, calls.get(name)[call]])), {
    ...effort,
    newInput() {
      codes = codesAt(Date.now());
      return input(codes);
    },
    check(name, result) {
      const contestant = taking.find((one) => one.name === name);
      if (!contestant.isBare) assert(isRight(contestant, result, codes), `${name} gave a wrong answer in ${id}`);
    },
  });
  const rows = taking.map(({ name }) => {
    const speed = summary(eachRound(times.get(name), times.get(reference), (one, base) => base / one));
    const microseconds = summary(times.get(name)).median;
    return [name, { speed, microseconds, operationsPerSecond: Math.round(1e6 / microseconds) }];
  });
  return { title, reference, rounds: times.get(reference).length, rows: Object.fromEntries(rows) };
}

function circumstances(effort) {
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: `${os.cpus()[0]?.model}, ${os.cpus().length} visible`,
    pinned: isPinned,
    effort,
    versions: { ...versions(), esbuild },
  };
}

/** Four decimals are more than any of it is exact to. */
function json(results) {
  const rounded = (_, value) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
  return JSON.stringify(results, rounded, 2);
}

function progress(what) {
  console.error(`… ${what}`);
}
