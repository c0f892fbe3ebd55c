// A program in TypeScript that imports every subpath, as its authors may compile it: with a decade
// of compilers, each way that they find a module, as an ES module and as CommonJS.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { faces } from "../../tools/package/faces.ts";
import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";

interface Way {
  readonly module: string;
  readonly moduleResolution: string;
  readonly type: "module" | "commonjs";
  /** The compilers that know it. */
  readonly from?: number;
  readonly before?: number;
  readonly ignoreDeprecations?: string;
}

const COMPILERS: readonly { readonly version: number; readonly folder: string }[] = [
  { version: 5.0, folder: "node_modules/typescript-5.0" },
  { version: 5.4, folder: "test/package/loaders/node_modules/typescript-5.4" },
  { version: 5.9, folder: "node_modules/typescript-5.9" },
  { version: 6.0, folder: "node_modules/typescript" },
  { version: 7.0, folder: "test/package/loaders/node_modules/typescript-7" }, // a native program
];

const WAYS: readonly Way[] = [
  { module: "commonjs", moduleResolution: "node10", type: "commonjs", before: 6 },
  { module: "commonjs", moduleResolution: "node10", type: "commonjs", from: 6, before: 7, ignoreDeprecations: "6.0" },
  { module: "node16", moduleResolution: "node16", type: "commonjs" },
  { module: "node16", moduleResolution: "node16", type: "module" },
  { module: "nodenext", moduleResolution: "nodenext", type: "commonjs" },
  { module: "nodenext", moduleResolution: "nodenext", type: "module" },
  { module: "esnext", moduleResolution: "bundler", type: "module" },
  { module: "preserve", moduleResolution: "bundler", type: "commonjs", from: 5.4 },
  { module: "commonjs", moduleResolution: "bundler", type: "commonjs", from: 6 },
];

const HOSTS = {
  none: { lib: ["es2022"], types: [] },
  dom: { lib: ["es2022", "dom"], types: [] },
  node: { lib: ["es2022"], types: ["node"] },
};

const PATIENCE = 600_000; // for what hangs: each case compiles a dozen programs
const CONSUMER = path.join(ROOT, "test/package/consumer");

const run = promisify(execFile);
let project: Project;

beforeAll(() => {
  project = unpackedProject();
  const modules = path.join(project.folder, "node_modules");
  for (const name of ["@types", "undici-types"])
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
});

afterAll(() => {
  project.remove();
});

/** A copy of the program for each way and host, in one folder, and a solution of all of them. */
function solution(version: number): { folder: string; names: { name: string; runs: boolean }[] } {
  const folder = path.join(project.folder, `typescript-${version}`);
  const known = WAYS.filter(({ from = 0, before = Infinity }) => from <= version && version < before);
  const names = known.flatMap(({ module, moduleResolution, type, ignoreDeprecations }) =>
    Object.entries(HOSTS).flatMap(([host, { lib, types }]) => {
      // The types of Node take long, and do not compile with 5.0 themselves.
      if (host === "node" && (type !== "module" || module !== "nodenext" || version < 5.4)) return [];
      const name = [module, moduleResolution, type, host].join("-");
      const compilerOptions = {
        module,
        moduleResolution,
        lib,
        types,
        target: "es2022",
        strict: true,
        esModuleInterop: true,
        exactOptionalPropertyTypes: type === "module",
        skipLibCheck: false,
        skipDefaultLibCheck: true, // the compiler's own, which are most of the time
        rootDir: ".",
        ignoreDeprecations,
      };
      cpSync(CONSUMER, path.join(folder, name), { recursive: true });
      write(path.join(folder, name, "package.json"), { private: true, type });
      write(path.join(folder, name, "tsconfig.json"), { compilerOptions, include: ["*.ts"] });
      return [{ name, runs: host === "none" && (type === "module" ? module !== "esnext" : module !== "preserve") }];
    }),
  );
  return { folder, names };
}

function write(file: string, json: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(json));
}

/** What a program says, whether it succeeds or not. */
async function said(folder: string, ...words: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(process.execPath, words, { cwd: folder });
    return stderr + stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout: string; stderr: string };
    return stderr + stdout || message;
  }
}

describe("the program", () => {
  it("imports every subpath", () => {
    const texts = ["index", "faces", "speakeasy"].map((name) =>
      readFileSync(path.join(CONSUMER, `${name}.ts`), "utf8"),
    );
    const imported = new Set(Array.from(texts.join("").matchAll(/from "([^"]+)"/g), ([, name]) => name));
    const names = faces().map(({ name }) => (name === "index" ? "halfminute" : `halfminute/${name}`));
    expect([...imported].toSorted()).toEqual(names.toSorted());
  });
});

describe("compiling it against the package", () => {
  // Elsewhere the oldest and the newest that need no packages of their own.
  const tried = COMPILERS.filter(({ version }) => process.env["CI"] || version === 5 || version === 6);
  if (!process.env["CI"]) console.warn("SKIPPED without CI: TypeScript 5.4, 5.9 and 7");

  it.each(tried)(
    "TypeScript $version, libraries checked too",
    async ({ version, folder: compiler }) => {
      const tsc = path.join(ROOT, compiler, "bin/tsc");
      expect(existsSync(tsc), `${compiler} is not installed`).toBe(true);
      const { folder, names } = solution(version);
      expect(await said(folder, tsc, "--build", ...names.map(({ name }) => name))).toBe("");
      const programs = names.filter(({ runs }) => runs).map(({ name }) => name);
      const program = `
      for (const name of ${JSON.stringify(programs)}) {
        const [{ enroll }, { together }] = await Promise.all(
          ["speakeasy", "faces"].map((file) => import("./" + name + "/" + file + ".js")),
        );
        console.log(enroll("alice"), together());
      }`;
      writeFileSync(path.join(folder, "run.mjs"), program);
      const printed = "true YKKK4 function 0 invalid-uri\n".repeat(programs.length);
      expect(await said(folder, "--no-warnings", "run.mjs")).toBe(printed);
    },
    PATIENCE,
  );
});
