// What stops a release: each fault has its line, every check is run, and the exit code says so. And
// what a release brings along: notes and a list of what is inside.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { sectionsOf } from "../../tools/release/changelog.ts";
import { fileChecks } from "../../tools/release/files.ts";
import { ROOT } from "../helpers/packed.ts";

const ADDRESS = "https://github.com/acme/halfminute";
const CONTACT = ".github/ISSUE_TEMPLATE/config.yml";
const tsx = path.join(ROOT, "node_modules/tsx/dist/cli.mjs");
const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };

let parent: string;
let prepared: string; // a repository in which all is as it must be
let folder: string;

beforeAll(() => {
  parent = mkdtempSync(path.join(tmpdir(), "halfminute-release-"));
  folder = prepared = path.join(parent, "prepared");
  mkdirSync(path.join(folder, "src"), { recursive: true });
  for (const name of ["package.json", "package-lock.json", "CHANGELOG.md", "README.md", "SECURITY.md", ".github"]) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  write("src/index.ts", "");
  write("jsr.json", JSON.stringify({ name: "@acme/halfminute", version }));
  expect(tool("prepare", ADDRESS).status).toBe(0);
  expect(read("CHANGELOG.md")).toBe(readFileSync(path.join(ROOT, "CHANGELOG.md"), "utf8"));
  expect(read("README.md")).toContain(`In [the source repository](${ADDRESS}), \`docs/README.md\` lists`);
  expect(tool("prepare").status).toBe(0);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "all");
});

beforeEach(() => {
  folder = path.join(parent, String(readdirSync(parent).length));
  cpSync(prepared, folder, { recursive: true });
});

afterAll(() => {
  rmSync(parent, { recursive: true });
});

const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");
const write = (name: string, text: string): void => {
  writeFileSync(path.join(folder, name), text);
};

function edit(name: string, from: string | RegExp, to: string): void {
  const text = read(name).replace(from, to);
  expect(text).not.toBe(read(name));
  write(name, text);
}

function git(...words: readonly string[]): void {
  const author = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"];
  expect(spawnSync("git", [...author, ...words], { cwd: folder }).status).toBe(0);
}

interface Said {
  readonly status: number | null;
  readonly lines: readonly string[];
}

function tool(name: string, ...words: readonly string[]): Said {
  const program = path.join(ROOT, "tools/release", `${name}.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, program, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, lines: `${stdout}${stderr}`.trimEnd().split("\n") };
}

const check = (...words: readonly string[]): Said => tool("check", "--quick", ...words);

describe("release:check", () => {
  it("passes once the repository is named and the changelog is dated, with a line for each check", () => {
    const { status, lines } = check("--tag", `v${version}`);
    expect(lines.at(-1)).toBe("Ready for a tag.");
    expect(lines.slice(0, -1).every((line) => line.startsWith("ok    "))).toBe(true);
    expect(lines).toHaveLength(7);
    expect(status).toBe(0);
  });

  it.each<[line: string, file: string, from: RegExp, to: string]>([
    ["package-lock.json: 9.9.9", "package-lock.json", /"version": "[^"]*"/, '"version": "9.9.9"'],
    ["jsr.json: 9.9.9", "jsr.json", /"version":"[^"]*"/, '"version":"9.9.9"'],
    ["jsr.json: none", "jsr.json", /"version"/, '"v"'],
    ['the date is "unreleased"', "CHANGELOG.md", /^(## \S+ - ).*$/m, "$1unreleased"],
    ["its first section is 0.0.1", "CHANGELOG.md", /^## \S+/m, "## 0.0.1"],
    ["nothing is said about it", "CHANGELOG.md", /^(## .*\n)[^]*/m, "$1"],
    ["it does not name 1.x", "SECURITY.md", /1\.x/, "0.x"],
    ["package.json has no repository", "package.json", /"repository"/, '"repo"'],
    ["package.json has no homepage", "package.json", /"homepage"/, '"home"'],
    ["package.json has no bugs", "package.json", /"bugs"/, '"bug"'],
    [`${CONTACT} has`, CONTACT, /acme\/halfminute/, "OWNER/REPOSITORY"],
    ["needs @esbuild/win32-x64, which has no entry", "package-lock.json", /(@esbuild\/win32-x64)": \{/g, '$1-old": {'],
  ])("finds: %s", (line, file, from, to) => {
    edit(file, from, to);
    const failed = fileChecks(folder).flatMap(({ faults }) => (faults().length === 0 ? [] : [faults().join("\n")]));
    expect(failed).toEqual([expect.stringContaining(line)]);
  });

  it("says what is wrong, runs all checks even if one of them cannot be run, and fails", () => {
    write("src/new.ts", "");
    rmSync(path.join(folder, "SECURITY.md"));
    const { status, lines } = check("--tag", "v0.0.1");
    expect(lines).toContain("      ?? src/new.ts");
    expect(lines).toContain(`      the tag: 0.0.1, but package.json: ${version}`);
    expect(lines.filter((line) => line.startsWith("FAIL"))).toHaveLength(3);
    expect(lines.filter((line) => line.startsWith("ok"))).toHaveLength(3);
    expect(lines.at(-1)).toBe("Not ready: 3 failed.");
    expect(status).toBe(1);
  });
});

describe("release:prepare", () => {
  it("names the repository everywhere, dates the newest section only without an address, and may be run again", () => {
    expect(JSON.parse(read("package.json"))).toMatchObject({
      repository: { type: "git", url: `git+${ADDRESS}.git` },
      homepage: `${ADDRESS}#readme`,
      bugs: { url: `${ADDRESS}/issues` },
    });
    expect(read(CONTACT)).toContain(`url: ${ADDRESS}/security/advisories/new`);
    expect(sectionsOf(read("CHANGELOG.md"))[0]?.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    const before = read("package.json");
    expect(tool("prepare", `${ADDRESS}.git`).status).toBe(0);
    expect(tool("prepare").status).toBe(0);
    expect(read("package.json")).toBe(before);
  });

  it.each(["acme/halfminute", "https://example.com/acme/halfminute", "https://github.com/acme"])(
    "refuses %s",
    (word) => {
      const { status, lines } = tool("prepare", word);
      expect(lines.join("\n")).toContain("not an address such as");
      expect(status).toBe(1);
    },
  );
});

it("release:notes prints the newest section of the changelog without its heading", () => {
  write(
    "CHANGELOG.md",
    `# Changelog\n\n## ${version} - 2026-12-01\n\n- One\n\n### Two\n\n- Three\n\n## 0.0.1 - 2020-01-01\n\n- Old\n`,
  );
  expect(tool("notes").lines.join("\n")).toBe("- One\n\n### Two\n\n- Three");
});

it("sbom names the package and its one dependency, and nothing that is only for development", () => {
  const { status, lines } = tool("sbom");
  const { bomFormat, metadata, components } = JSON.parse(lines.join("\n")) as {
    bomFormat: string;
    metadata: { component: { name: string; version: string; purl: string } };
    components: { name: string; version: string }[];
  };
  expect(status).toBe(0);
  expect(bomFormat).toBe("CycloneDX");
  expect(metadata.component).toMatchObject({ name: "halfminute", version, purl: `pkg:npm/halfminute@${version}` });
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Readonly<Record<string, string>> };
  expect(Object.fromEntries(components.map((each) => [each.name, each.version]))).toEqual(dependencies);
});
