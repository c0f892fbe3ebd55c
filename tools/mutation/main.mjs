// npm run test:mutation: tries whether the tests notice if the sources change, writes what they
// did not notice to results.json, and docs/mutation.md from it. With --changed only for files
// that are not those of results.json, with --survivors only what nothing noticed the last time;
// with parts of names only for the areas called so, with paths only for what is below them.
//
// Fails if too few mutants are noticed, or one is not that has no reason in reasons.mjs.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { areas, LEFT_OUT } from "./areas.mjs";
import { faultsOf, pageOf } from "./page.mjs";
import { mutantsOf } from "./stryker.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const RESULTS = path.join(import.meta.dirname, "results.json");
const PAGE = path.join(ROOT, "docs/mutation.md");
/** Tried even if nothing changed: a run without a change still shows that all this works. */
const ALWAYS = "src/core/truncation.ts";

process.chdir(ROOT);
const { values, positionals: names } = parseArgs({
  options: { changed: { type: "boolean" }, survivors: { type: "boolean" } },
  allowPositionals: true,
});

const before = JSON.parse(readFileSync(RESULTS, "utf8"));
const sources = readdirSync("src", { recursive: true })
  .map((name) => `src/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith(".ts"))
  .sort();
const hashOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
const isChanged = (file) => before[file]?.hash !== hashOf(file);

/** What is tried of a file: nothing, all of it, or the lines of its survivors. */
function wantedOf(file) {
  if (values.survivors && !isChanged(file)) return before[file].survivors.map((each) => linesOf(file, each));
  return !values.changed || file === ALWAYS || isChanged(file) ? [file] : [];
}

function chosenOf(area, called = names) {
  const isNamed = (file) => called.some((name) => area.name.includes(name) || file.startsWith(name));
  return sources.filter((file) => area.files.test(file) && (called.length === 0 || isNamed(file)));
}

let after = inOrder(before);
for (const area of areas) {
  const wanted = new Map(chosenOf(area).map((file) => [file, wantedOf(file)]));
  const parts = [...new Set([...wanted.values()].flat())];
  if (parts.length === 0) continue;
  console.log(`== ${area.name}`);
  const mutants = await mutantsOf({ files: parts, tests: area.tests });
  for (const [file, tried] of wanted) {
    const own = mutants.filter((mutant) => mutant.file === file);
    if (tried.includes(file)) after = { ...after, [file]: summary(file, own) };
    else if (tried.length > 0) after = { ...after, [file]: retried(before[file], own) };
  }
  after = inOrder(after);
  if (!process.env.CI) write(); // after each area: the whole takes long
}
if (!process.env.CI) write();
const faults = faultsOf(
  areas.flatMap((area) => chosenOf(area)),
  after,
);
for (const file of sources)
  if (!LEFT_OUT.test(file) && !areas.some((area) => area.files.test(file))) faults.push(`no area has ${file}`);
for (const name of names)
  if (!areas.some((area) => chosenOf(area, [name]).length > 0)) faults.push(`no area has ${name}`);
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);

/** Of the files that there still are, in their order. */
function inOrder(results) {
  return Object.fromEntries(sources.flatMap((file) => (results[file] ? [[file, results[file]]] : [])));
}

function linesOf(file, { line, from }) {
  return `${file}:${line}-${line + from.split("\n").length - 1}`;
}

function summary(file, own) {
  const count = (status) => own.filter((mutant) => mutant.status === status).length;
  return {
    hash: hashOf(file),
    killed: count("Killed"),
    hung: count("Timeout"),
    survivors: own
      .filter(isSurvivor)
      .map(({ line, mutator, from, to, status }) => ({ line, mutator, from, to, status })),
  };
}

/** The summary with what is left of its survivors. */
function retried({ hash, killed, hung, survivors }, own) {
  const left = own.filter(isSurvivor);
  const isLeft = ({ line, from, to }) => left.some((one) => one.line === line && one.from === from && one.to === to);
  const still = survivors.filter(isLeft);
  return { hash, killed: killed + survivors.length - still.length, hung, survivors: still };
}

function isSurvivor({ status }) {
  return status !== "Killed" && status !== "Timeout";
}

function write() {
  writeFileSync(RESULTS, `${JSON.stringify(after, undefined, 2)}\n`);
  writeFileSync(PAGE, pageOf(after));
}
