// npm run bench:two-factor: what a whole verification costs, next to its parts measured bare.
// README.md says more.
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { inTurn, summary } from "../measure.mjs";
import { places } from "./places.mjs";
import { MOST, publish, table } from "./publish.mjs";
import { BROWSER, CHAIN, FIVE, PARTS, WHOLE, workOn } from "./work.mjs";

const LONG = { warmUps: 10, leastRounds: 25, seconds: 10 };
const QUICK = { warmUps: 2, leastRounds: 5, seconds: 1 };

const { values: options } = parseArgs({ options: { quick: { type: "boolean" } } });
await main(options.quick ? QUICK : LONG);

async function main(effort) {
  const rows = [];
  for (const place of places) if (place.isThere()) rows.push(await measure(place, effort));
  const results = {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: `${os.cpus()[0]?.model}, ${os.cpus().length} visible`,
    effort,
    rows,
  };
  if (!options.quick) {
    writeFileSync(path.join(import.meta.dirname, "results.json"), `${json(results)}\n`);
    await publish(results);
  }
  console.log(table(results).replaceAll("`", ""));
}

/** Rounds in which everything is timed once, in an order that changes. */
async function measure({ name, people, concurrent, open }, { warmUps, leastRounds, seconds }) {
  console.error(`… ${name}`);
  const { store, close } = await open();
  try {
    const { work: byName, waits } = await workOn(store, people, concurrent);
    const work = Object.entries(byName);
    for (let round = 0; round < warmUps; round++) for (const [, timeBatch] of work) await timeBatch();
    const rounds = [];
    const waited = [];
    const end = performance.now() + seconds * 1000;
    for (let round = 0; round < leastRounds || performance.now() < end; round++) {
      const times = {};
      for (const [what, timeBatch] of inTurn(work, round)) times[what] = await timeBatch();
      rounds.push(times);
      waited.push(...(await waits()));
    }
    return { name, concurrent, ...figures(rounds), p99: percentile99(waited) };
  } finally {
    await close();
  }
}

function percentile99(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(0.99 * numbers.length)];
}

/**
 * The ratio is one of fastest tenths: the disk and other programs make every time longer, never
 * shorter, and the parts that are summed up are not timed at the same moment. The median of the
 * rounds' ratios is given beside it.
 */
function figures(rounds) {
  const times = Object.fromEntries(
    [WHOLE, FIVE, BROWSER, ...PARTS, CHAIN].map((what) => [what, summary(rounds.map((each) => each[what]))]),
  );
  const sumOf = (figureOf) => PARTS.reduce((sum, part) => sum + figureOf(part), 0);
  const ratio = times[WHOLE].p10 / sumOf((part) => times[part].p10);
  const ofRounds = summary(rounds.map((each) => each[WHOLE] / sumOf((part) => each[part])));
  const microseconds = Object.fromEntries(Object.entries(times).map(([what, { p10 }]) => [what, p10]));
  const perSecond = { median: 1e6 / times[WHOLE].median, best: 1e6 / times[WHOLE].p10 };
  return { rounds: rounds.length, ratio, met: ratio <= MOST, ofRounds, microseconds, perSecond };
}

/** Four decimals are more than any of it is exact to. */
function json(results) {
  const rounded = (_, value) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
  return JSON.stringify(results, rounded, 2);
}
