// Runs each target with random inputs, in one process:
//
//     npm run test:fuzz -- [--runs N] [--seed N] [--target NAME]... [--path PATH]
//
// A target fails if a property does not hold, if a call takes too long, or if memory keeps growing.
// A failure prints the words that repeat it.
import { parseArgs } from "node:util";

import fc from "fast-check";

import type { Target } from "./target.ts";
import { Watch } from "./watch.ts";
import { base32 } from "./targets/base32.ts";
import { codes } from "./targets/codes.ts";
import { commandLine } from "./targets/command-line.ts";
import { exports } from "./targets/exports.ts";
import { pictures } from "./targets/pictures.ts";
import { records } from "./targets/records.ts";
import { secrets } from "./targets/secrets.ts";
import { tokens } from "./targets/tokens.ts";
import { uris } from "./targets/uris.ts";
import { vectors } from "./targets/vectors.ts";

const TARGETS: readonly Target[] = [
  base32,
  secrets,
  codes,
  uris,
  exports,
  records,
  tokens,
  commandLine,
  vectors,
  pictures,
];

/** The runs of a target are in parts of equal size, each with a seed of its own. */
const PARTS = 5;
/** After these parts memory is measured. */
const MEASURED = [1, 3, 5];
/** How much memory may grow from one measurement to the next, if it also grew before. */
const MOST_GROWTH = 2_000_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    target: { type: "string", multiple: true, default: TARGETS.map(({ name }) => name) },
    path: { type: "string" },
  },
});
const [runs, seed] = [wholeNumber(values.runs), wholeNumber(values.seed)];
const asked = values.target.map((name) => TARGETS.find((target) => target.name === name) ?? fail(`no target ${name}`));
const collect = globalThis.gc ?? fail("node --expose-gc is needed: npm run test:fuzz");

function wholeNumber(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : fail("--runs and --seed must be whole numbers");
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

class Failure extends Error {}

/** Some inputs refuse to be shown. */
function shown(input: unknown): string {
  try {
    return fc.stringify(input);
  } catch {
    return "cannot be shown";
  }
}

/** What lives in memory, in bytes. */
async function memory(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function runPart({ name, properties }: Target, part: number, watch: Watch): Promise<void> {
  for (const [index, check] of properties.entries()) {
    const own = values.path === undefined ? seed + part * 1000 + index : seed;
    const path = values.path?.split("/");
    if (path && path[0] !== String(index)) continue;
    const numRuns = Math.ceil(runs / PARTS / properties.length);
    const details = await check({ seed: own, numRuns, ...(path?.[1] && { path: path[1] }) }, watch);
    if (!details.failed) continue;
    const { counterexamplePath, counterexample, errorInstance } = details;
    const place = `${index}/${counterexamplePath ?? ""}`;
    throw new Failure(
      `repeat: npm run test:fuzz -- --runs ${runs} --target ${name} --seed ${own} --path ${place}\n` +
        `input: ${shown(counterexample)}\n${String((errorInstance as Error | null)?.stack ?? errorInstance)}`,
    );
  }
}

/** Runs a target; the line that is printed of it. */
async function runTarget(target: Target): Promise<string> {
  const watch = new Watch(target.mostMilliseconds ?? 50);
  const start = process.cpuUsage();
  const more = values.path === undefined ? await target.exhaust?.(watch, { isLong: runs >= 100_000, seed }) : undefined;
  const sizes: number[] = [];
  for (let part = 1; part <= (values.path === undefined ? PARTS : 1); part++) {
    await runPart(target, part, watch);
    if (MEASURED.includes(part)) sizes.push(await memory());
  }
  const [first = 0, middle = 0, last = 0] = sizes;
  const growth = [middle - first, last - middle].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(", ");
  if (Math.min(middle - first, last - middle) > MOST_GROWTH) throw new Failure(`memory grows: ${growth}`);
  const { user, system } = process.cpuUsage(start);
  const seconds = ((user + system) / 1e6).toFixed(1);
  const cases = more === undefined ? `${runs} runs` : `${runs} runs and ${more} cases`;
  return `${cases}, ${seconds} s of CPU, slowest call ${watch.slowest.toFixed(1)} ms, memory ${growth}`;
}

console.log(`seed ${seed}`);
for (const target of asked) {
  try {
    console.log(`${target.name}: ${await runTarget(target)}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(
      `${target.name}: FAILED (seed ${seed})\n${error instanceof Failure ? error.message : String((error as Error).stack)}`,
    );
  }
}
