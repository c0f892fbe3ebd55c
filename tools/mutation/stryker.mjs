// One run of Stryker: every mutant of some files, tried by some tests.
import { readFileSync } from "node:fs";
import path from "node:path";

import { Stryker } from "@stryker-mutator/core";

const ROOT = path.resolve(import.meta.dirname, "../..");
const RUNNER = path.join(import.meta.dirname, "node_modules/@stryker-mutator/vitest-runner/dist/src/index.js");

/**
 * What became of each mutant: { file, line, column, mutator, from, to, status }. Mutants of what
 * runs once, at import time, are left out.
 */
export async function mutantsOf({ files, tests }) {
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  process.env.MORE = "0.1"; // a tenth of the random cases: a survivor has to get past them all
  const stryker = new Stryker({
    testRunner: "vitest",
    plugins: [RUNNER],
    vitest: { configFile: "tools/mutation/vitest.config.ts", related: false },
    mutate: files,
    coverageAnalysis: "perTest",
    ignoreStatic: true,
    ignorePatterns: ["/bench", "/site", "/coverage", "/examples", "/test-artifacts", "/dist"],
    tempDirName: ".cache/stryker",
    reporters: ["progress-append-only"],
    concurrency: 2,
    // A mutant that hangs is noticed by its loops; the clock is for what waits, on a busy machine.
    timeoutMS: 15_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 30,
  });
  const results = await stryker.runMutationTest();
  return results.filter(({ status }) => status !== "Ignored").map(shortOf);
}

function shortOf({ fileName, location: { start, end }, mutatorName, replacement, status }) {
  const file = path.relative(ROOT, fileName).replaceAll("\\", "/");
  return {
    file,
    line: start.line,
    column: start.column,
    mutator: mutatorName,
    from: textBetween(file, start, end),
    to: replacement,
    status,
  };
}

/** Lines count from 1 and columns from 1, as people count them. */
function textBetween(file, start, end) {
  const lines = readFileSync(path.join(ROOT, file), "utf8")
    .split("\n")
    .slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join("\n");
}
