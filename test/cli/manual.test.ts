// The manual page: complete, and without a warning from the programs that show it.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import packageJson from "../../package.json" with { type: "json" };
import { COMMANDS } from "../../src/cli/commands.ts";
import { JSON_SHAPES, NOTES } from "../../tools/package/manual-notes.ts";
import { manualPage } from "../../tools/package/manual.ts";
import { isThere } from "../helpers/there.ts";

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-"));
const file = path.join(folder, "halfminute.1");
writeFileSync(file, manualPage(packageJson.version));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it("has a note and a shape of JSON only for commands that there are, and the shape of each", () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(Object.keys(NOTES).filter((name) => !names.includes(name))).toEqual([]);
  const withJson = COMMANDS.filter(({ options }) => options.some(({ name }) => name === "json"));
  expect(Object.keys(JSON_SHAPES).toSorted()).toEqual(withJson.map(({ name }) => name).toSorted());
});

const hasGroff = isThere("groff", () => execFileSync("groff", ["--version"]));

describe.runIf(hasGroff)("groff", () => {
  it("has no warning", () => {
    const { stderr, status } = spawnSync("groff", ["-ww", "-man", "-Tutf8", "-z", file], { encoding: "utf8" });
    expect([stderr, status]).toEqual(["", 0]);
  });

  it("shows every command and option, and plain hyphens and quotes", () => {
    const { stdout } = spawnSync("groff", ["-man", "-Tutf8", "-P-cbou", file], { encoding: "utf8" });
    for (const { name, options } of COMMANDS) {
      expect(stdout).toContain(`halfminute ${name} `);
      for (const option of options) {
        for (const word of [option.name, ...(option.aliases ?? [])]) expect(stdout).toContain(`--${word}`);
      }
    }
    expect(stdout).toContain("shell's history");
    expect(stdout).not.toMatch(/[–—−’‘]/);
  });
});

describe.runIf(isThere("man", () => execFileSync("man", ["--version"])))("man", () => {
  it("has no warning", () => {
    const options = { encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "80" } } as const;
    const { stdout, stderr, status } = spawnSync("man", ["--warnings", "-l", file], options);
    expect([stderr, status]).toEqual(["", 0]);
    expect(stdout).toContain(`halfminute ${packageJson.version}`);
  });
});
