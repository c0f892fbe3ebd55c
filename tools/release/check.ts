// npm run release:check: all that can be checked before a tag, one line each. `--quick` leaves out
// what takes long; `--tag v1.0.0` also compares the tag.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { type Check, fileChecks } from "./files.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, tag: { type: "string" } } });

/** A program that must end well; its last lines say what is wrong. */
function passes(name: string, program: string, ...words: readonly string[]): Check {
  return {
    name,
    faults: () => {
      const options = { encoding: "utf8", shell: process.platform === "win32" } as const;
      const { status, stdout, stderr, error } = spawnSync(program, words, options);
      if (status === 0) return [];
      const said = `${stdout}${stderr}${error?.message ?? ""}`.trim().split("\n").slice(-15);
      return [`\`${[program, ...words].join(" ")}\` failed`, ...said];
    },
  };
}

const system = (file: string, ...words: readonly string[]): readonly string[] => {
  return ["vitest", "run", "--project", "system", "--typecheck=false", file, ...words];
};

const clean: Check = {
  name: "nothing is uncommitted",
  faults: () =>
    execFileSync("git", ["status", "--porcelain"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== ""),
};

const program: Check = {
  name: "halfminute --version says this version",
  faults: () => {
    const printed = execFileSync(process.execPath, ["dist/cli/main.js", "--version"], { encoding: "utf8" });
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    return printed.trim().split(" ").at(-1) === version ? [] : [`it says ${printed.trim()}, not ${version}`];
  },
};

const slow: readonly Check[] = [
  program,
  passes("npm ci takes the lock", "npm", "ci", "--dry-run", "--ignore-scripts", "--no-audit", "--no-fund"),
  passes("the build is reproducible", "npx", ...system("test/package/reproducible.test.ts")),
  passes("what is packed, and its limits", "npx", ...system("test/package/package.test.ts", "-t", "what is in it")),
  passes("npm pack", "npm", "pack", "--dry-run"),
  passes("publint and attw", "npm", "run", "package"),
  passes("the reference is in sync", "npm", "run", "docs:check"),
  passes("sizes are within their limits", "npm", "run", "size"),
  passes("published figures are those measured", "npx", ...system("test/bench")),
  passes("npm sbom", "npm", "run", "--silent", "sbom"),
  passes("the test vectors pass", "npm", "run", "vectors"),
];

let failed = 0;
for (const { name, faults } of [clean, ...fileChecks(".", values.tag), ...(values.quick ? [] : slow)]) {
  const found = faultsOf(faults);
  console.log(`${found.length === 0 ? "ok  " : "FAIL"}  ${name}`);
  for (const fault of found) console.log(`      ${fault}`);
  if (found.length > 0) failed++;
}
console.log(failed === 0 ? "Ready for a tag." : `Not ready: ${failed} failed.`);
process.exitCode = failed === 0 ? 0 : 1;

/** A check that cannot run has failed, and the others still run. */
function faultsOf(check: Check["faults"]): string[] {
  try {
    return check();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
