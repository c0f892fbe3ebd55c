// npm run bench:timing: whether the time of a call says more than its answer. README.md says more.
import os from "node:os";
import { parseArgs } from "node:util";
import { isPinned } from "../clock.mjs";
import { summary } from "../measure.mjs";
import { runPinned } from "../pin.mjs";
import { flowComparisons } from "./flow.mjs";
import { publishTiming, timingTable } from "./publish.mjs";
import { sample } from "./sample.mjs";
import { syncComparisons } from "./sync.mjs";
import { compare, THRESHOLD } from "./welch.mjs";

const MILLION = 1_000_000;
const QUICK = 20_000;
/** The flow takes a thousand times as long as a code. */
const SIX_HOURS = 6 * 3_600_000;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, "flow-samples": { type: "string", default: String(MILLION) } },
});
const exitCode = isPinned ? undefined : runPinned(SIX_HOURS);
process.exitCode = exitCode ?? (await main());

async function main() {
  const rows = [];
  for (const comparison of [...syncComparisons(), ...(await flowComparisons())]) rows.push(await measure(comparison));
  const results = {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: `${os.cpus()[0]?.model}, ${os.cpus().length} visible`,
    pinned: isPinned,
    rows,
  };
  if (!options.quick) await publishTiming(results);
  console.log(timingTable(results));
  // Without them the method proves nothing.
  return rows.some(({ expects, differs }) => expects !== undefined && expects !== differs) ? 1 : 0;
}

async function measure(comparison) {
  const { face, what, isSecret, expects, isAsync } = comparison;
  console.error(`… ${face}: ${what}`);
  const most = isAsync ? Number(options["flow-samples"]) : MILLION;
  const samples = options.quick ? QUICK : most;
  const { times, kinds } = await sample(comparison, samples);
  const test = compare(times, kinds);
  const { median } = summary([...times]);
  return { face, what, isSecret, expects, samples, median, ...test, differs: Math.abs(test.t) >= THRESHOLD };
}
