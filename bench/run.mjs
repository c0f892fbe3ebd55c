// npm run bench: how fast and how small the package is, next to the platform and to other
// libraries. README.md says more.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { version as esbuild } from "esbuild";
import { bundleSizes } from "./bundle-size.mjs";
import { isPinned } from "./clock.mjs";
import { columns, entriesOf } from "./columns.mjs";
import { contestants as inProcess } from "./contestants.mjs";
import { loadChecked } from "./correct.mjs";
import { importTimes } from "./import-time.mjs";
import { installThirdparty, versions } from "./install.mjs";
import { eachRound, race, summary } from "./measure.mjs";
import { nativeContestants } from "./native.mjs";
import { isOurs } from "./ours.mjs";
import { runPinned } from "./pin.mjs";
import { publish } from "./publish.mjs";
import { codesAt } from "./reference.mjs";
import { report } from "./report.mjs";
import { judge, targets } from "./targets.mjs";

// A batch is long enough for the garbage collector to come by several times: in a short one it hits
// or misses.
const LONG = { leastRounds: 21, seconds: 10, batchMilliseconds: 20, warmUpMilliseconds: 250, importRounds: 25 };
const QUICK = { leastRounds: 5, seconds: 1, batchMilliseconds: 8, warmUpMilliseconds: 60, importRounds: 5 };

const flag = { type: "boolean" };
const { values: options } = parseArgs({ options: { quick: flag, json: flag, native: flag } });
const exitCode = isPinned ? undefined : runPinned();
if (exitCode === undefined) await main(options.quick ? QUICK : LONG);
else process.exitCode = exitCode;

async function main(effort) {
  installThirdparty();
  const native = options.native ? nativeContestants() : { rows: [], remove() {} };
  try {
    const results = await measure([...inProcess, ...native.rows], effort);
    if (!options.quick) {
      writeFileSync(path.join(import.meta.dirname, "results.json"), `${json(results)}\n`);
      await publish();
    }
    console.log(options.json ? json(results) : report(results));
  } finally {
    native.remove();
  }
}

async function measure(contestants, effort) {
  const calls = new Map();
  for (const contestant of contestants) calls.set(contestant.name, await loadChecked(contestant));
  progress("every library gives the code of RFC 6238 and refuses a wrong one");

  const measured = { columns: {} };
  for (const column of columns) measured.columns[column.id] = await timeColumn(column, contestants, calls, effort);
  const packages = contestants.filter(({ source }) => source !== undefined);
  progress("import times");
  measured.importMilliseconds = importTimes(packages, effort);
  progress("bundle sizes");
  return {
    ...circumstances(contestants, effort),
    columns: Object.fromEntries(columns.map((column) => [column.id, asSpeeds(column, measured.columns[column.id])])),
    importMilliseconds: measured.importMilliseconds,
    bundle: await bundleSizes(packages),
    targets: targets.map((target) => judge(target, measured)),
  };
}

/** The times of a column, row by row, and which row is one HMAC at its fastest. */
async function timeColumn(column, contestants, calls, effort) {
  progress(column.title.join(" "));
  const entries = entriesOf(column, contestants, calls, isOurs);
  let codes;
  const times = await race(entries, {
    ...effort,
    seconds: effort.seconds * column.share,
    newInput({ input }) {
      codes = codesAt(Date.now());
      return input?.(codes);
    },
    check({ row, contestant, isRight }, result) {
      if (!contestant.isBare) assert(isRight(contestant, result, codes), `${row} gave a wrong answer in ${column.id}`);
    },
  });
  for (const { row, contestant } of entries) {
    if (column.steps && !contestant.isUnit)
      times.set(
        row,
        times.get(row).map((time) => time / column.steps),
      );
  }
  const [unit] = entries
    .filter(({ contestant }) => contestant.isUnit)
    .map(({ row }) => ({ row, median: summary(times.get(row)).median }))
    .toSorted((one, other) => one.median - other.median);
  return { times, unit: unit.row };
}

/** The times of a column as ratios: how fast each row is, if one HMAC counts as 1. */
function asSpeeds({ title }, { times, unit }) {
  const rows = [...times].map(([row, series]) => {
    const speed = summary(eachRound(series, times.get(unit), (one, base) => base / one));
    return [row, { speed, microseconds: summary(series).median }];
  });
  return { title, unit, rounds: times.get(unit).length, rows: Object.fromEntries(rows) };
}

function circumstances(contestants, effort) {
  const native = contestants.filter(({ isNative }) => isNative).map(({ name, version }) => [name, version]);
  return {
    date: new Date().toISOString(),
    node: process.version,
    openssl: process.versions.openssl,
    platform: `${process.platform} ${process.arch}`,
    processor: `${os.cpus()[0]?.model}, ${os.cpus().length} visible`,
    pinned: isPinned,
    effort,
    versions: { ...versions(), ...Object.fromEntries(native), esbuild },
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
