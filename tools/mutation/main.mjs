// npm run test:mutation: tries whether the tests notice if the sources change, writes what they
// did not notice to results.json, and docs/mutation.md from it. With --changed only for files
// that are not those of results.json; with parts of names only for the areas called so.
//
// Fails if too few mutants are noticed, or one is not that has no reason in reasons.mjs.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { areas } from "./areas.mjs";
import { faultsOf, pageOf } from "./page.mjs";
import { mutantsOf } from "./stryker.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const RESULTS = path.join(import.meta.dirname, "results.json");
const PAGE = path.join(ROOT, "docs/mutation.md");
/** Tried even if nothing changed: a run without a change still shows that all this works. */
const ALWAYS = "src/core/truncation.ts";

process.chdir(ROOT);
const words = process.argv.slice(2);
const onlyChanged = words.includes("--changed");
const names = words.filter((word) => word !== "--changed");

const before = JSON.parse(readFileSync(RESULTS, "utf8"));
const sources = readdirSync("src", { recursive: true })
  .map((name) => `src/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith(".ts"));
const hashOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
const isWanted = (file) => !onlyChanged || file === ALWAYS || before[file]?.hash !== hashOf(file);

const after = {};
for (const area of areas) {
  const files = sources.filter((file) => area.files.test(file)).sort();
  const isChosen = names.length === 0 || names.some((name) => area.name.includes(name));
  const wanted = isChosen ? files.filter(isWanted) : [];
  for (const file of files) if (before[file] !== undefined) after[file] = before[file];
  if (wanted.length === 0) continue;
  console.log(`== ${area.name}: ${wanted.length} of ${files.length} files`);
  const mutants = await mutantsOf({ files: wanted, tests: area.tests });
  for (const file of wanted) after[file] = summary(file, mutants);
  if (!process.env.CI) write(); // after each area: the whole takes long
}
if (!process.env.CI) write();
const faults = faultsOf(after);
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);

function summary(file, mutants) {
  const own = mutants.filter((mutant) => mutant.file === file);
  const count = (status) => own.filter((mutant) => mutant.status === status).length;
  const others = own.filter(({ status }) => status !== "Killed" && status !== "Timeout");
  return {
    hash: hashOf(file),
    killed: count("Killed"),
    hung: count("Timeout"),
    survivors: others.map(({ line, mutator, from, to, status }) => ({ line, mutator, from, to, status })),
  };
}

function write() {
  writeFileSync(RESULTS, `${JSON.stringify(after, undefined, 2)}\n`);
  writeFileSync(PAGE, pageOf(after));
}
