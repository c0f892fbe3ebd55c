// What stops a release: each fault has its line, every check is run, and the exit code says so. And
// what a release brings along: notes and a list of what is inside.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { sectionsOf } from "../../tools/release/changelog.ts";
import { ROOT } from "../helpers/packed.ts";

const ADDRESS = "https://github.com/acme/halfminute";
const CONTACT = ".github/ISSUE_TEMPLATE/config.yml";
const tsx = path.join(ROOT, "node_modules/tsx/dist/cli.mjs");
const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-release-"));
  for (const name of ["package.json", "package-lock.json", "CHANGELOG.md", "SECURITY.md", ".github"]) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  mkdirSync(path.join(folder, "src"));
  write("jsr.json", JSON.stringify({ name: "@acme/halfminute", version }));
  expect(tool("prepare", ADDRESS).status).toBe(0);
  git("init", "--quiet");
  commit();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
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

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "all");
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

  it.each<[fault: string, line: string, spoil: () => void]>([
    [
      "an uncommitted file",
      "?? src/new.ts",
      () => {
        write("src/new.ts", "");
      },
    ],
    [
      "another version in the lock",
      "package-lock.json: 9.9.9",
      () => {
        edit("package-lock.json", /"version": "[^"]*"/, '"version": "9.9.9"');
      },
    ],
    [
      "another version for JSR",
      "jsr.json: 9.9.9",
      () => {
        write("jsr.json", '{ "version": "9.9.9" }');
      },
    ],
    [
      "no file for JSR",
      "jsr.json: missing",
      () => {
        rmSync(path.join(folder, "jsr.json"));
      },
    ],
    [
      "no date",
      'the date is "unreleased"',
      () => {
        edit("CHANGELOG.md", /^(## \S+ - ).*$/m, "$1unreleased");
      },
    ],
    [
      "no section",
      "its first section is 0.0.1",
      () => {
        edit("CHANGELOG.md", /^## \S+/m, "## 0.0.1");
      },
    ],
    [
      "nothing said",
      "nothing is said",
      () => {
        write("CHANGELOG.md", `# Changelog\n\n## ${version} - 2026-12-01\n`);
      },
    ],
    [
      "a policy for another major version",
      "does not name",
      () => {
        edit("SECURITY.md", /\d+\.x/, "0.x");
      },
    ],
    [
      "no repository",
      "package.json has no repository",
      () => {
        edit("package.json", '"repository"', '"repo"');
      },
    ],
    [
      "no homepage",
      "package.json has no homepage",
      () => {
        edit("package.json", '"homepage"', '"home"');
      },
    ],
    [
      "no bugs",
      "package.json has no bugs",
      () => {
        edit("package.json", '"bugs"', '"bug"');
      },
    ],
    [
      "a link that leads nowhere",
      `${CONTACT} has`,
      () => {
        edit(CONTACT, "acme/halfminute", "OWNER/REPOSITORY");
      },
    ],
    [
      "an incomplete lock",
      "which has no entry",
      () => {
        edit("package-lock.json", '"node_modules/@esbuild/win32-x64":', '"node_modules/@esbuild/other":');
      },
    ],
  ])("fails with %s, after running all checks", (fault, line, spoil) => {
    spoil();
    if (!fault.startsWith("an uncommitted")) commit();
    const { status, lines } = check();
    expect(lines.filter((each) => each.startsWith("      ")).join("\n")).toContain(line);
    expect(lines.filter((each) => each.startsWith("FAIL"))).toHaveLength(1);
    expect(lines.filter((each) => /^(?:ok {2}|FAIL) /.test(each))).toHaveLength(6);
    expect(lines.at(-1)).toBe("Not ready: 1 failed.");
    expect(status).toBe(1);
  });

  it("fails with a tag for another version, and with a check that cannot run", () => {
    expect(check("--tag", "v0.0.1").lines).toContain(`      the tag: 0.0.1, but package.json: ${version}`);
    rmSync(path.join(folder, ".github"), { recursive: true });
    rmSync(path.join(folder, "SECURITY.md"));
    commit();
    const { status, lines } = check();
    expect(lines.at(-1)).toBe("Not ready: 2 failed.");
    expect(status).toBe(1);
  });
});

describe("release:prepare", () => {
  it("names the repository everywhere and dates the newest section, and may be run again", () => {
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
