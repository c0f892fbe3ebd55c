// The samples of docs/guide/testing.md for Vitest and Jest, each run by that program; a sample that
// tests nothing would fail here too. Those that need neither run in examples.test.ts.
import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, it } from "vitest";

import { isInstalled } from "../examples/listening.ts";
import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";
import { fencesIn, read } from "./fences.ts";

const PAGE = "docs/guide/testing.md";
const JEST = path.join(ROOT, "test/package/loaders/node_modules");
const VITEST = path.join(ROOT, "node_modules/vitest");

const run = promisify(execFile);
const sampleFor = (language: string): string => {
  const found = fencesIn(PAGE, read(PAGE)).filter((fence) => fence.language === language);
  expect(found).toHaveLength(1);
  return found[0]?.text ?? "";
};

let project: Project;
beforeAll(() => {
  project = unpackedProject();
  symlinkSync(VITEST, path.join(project.folder, "node_modules/vitest"));
});
afterAll(() => {
  project.remove();
});

/** Runs a sample in a folder of its own, and says how the program ended and what it printed. */
async function outcomeOf(kind: "vitest" | "jest", text: string, program: readonly string[]) {
  const folder = path.join(project.folder, `${kind}-${text.length}`);
  mkdirSync(folder);
  const isJest = kind === "jest";
  writeFileSync(path.join(folder, `login.test.${isJest ? "js" : "ts"}`), text);
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ private: true, type: isJest ? "commonjs" : "module" }),
  );
  const env = { ...process.env, NO_COLOR: "1", VITEST: undefined, VITEST_POOL_ID: undefined };
  const ending = await run(process.execPath, program, { cwd: folder, env }).then(
    ({ stdout, stderr }) => ({ passes: true, printed: stdout + stderr }),
    (error: unknown) => {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      return { passes: false, printed: stdout + stderr };
    },
  );
  return {
    passes: ending.passes,
    printed: ending.printed,
    ranOne: /Tests:? +1 (?:passed|failed)/.test(ending.printed),
  };
}

const PROGRAMS = {
  vitest: [path.join(VITEST, "vitest.mjs"), "run"],
  jest: [path.join(JEST, "jest/bin/jest.js")],
} as const;

const hasJest = isInstalled("test/package/loaders", "jest");
const kinds = [["vitest", "ts", true] as const, ["jest", "js", hasJest] as const].filter(([, , isThere]) => isThere);

it.each(kinds)("%s", async (kind, language) => {
  const text = sampleFor(`${language} test=${kind}`);
  const good = await outcomeOf(kind, text, PROGRAMS[kind]);
  expect(good, good.printed).toMatchObject({ passes: true, ranOne: true });
  // With a clock that stands still, the second login has the same code.
  const still = text.replace("Date.now() + 30_000", "Date.now()");
  expect(still).not.toBe(text);
  const bad = await outcomeOf(kind, still, PROGRAMS[kind]);
  expect(bad, bad.printed).toMatchObject({ passes: false, ranOne: true });
});
