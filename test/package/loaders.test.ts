// Every way in which people load packages: each subpath by each loader, with that loader's
// defaults.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";

const LOADERS = path.join(ROOT, "test/package/loaders/node_modules");

/** What each subpath is called in the programs below. */
const FACES = {
  core: "halfminute",
  sync: "halfminute/sync",
  speakeasy: "halfminute/speakeasy",
  qr: "halfminute/qr",
  flow: "halfminute/two-factor",
  migration: "halfminute/migration",
  steam: "halfminute/steam",
  vectors: "halfminute/vectors",
  memory: "halfminute/stores/memory",
  sqlite: "halfminute/stores/sqlite",
  postgres: "halfminute/stores/postgres",
  mysql: "halfminute/stores/mysql",
  redis: "halfminute/stores/redis",
  d1: "halfminute/stores/d1",
  conformance: "halfminute/stores/conformance",
};

/** What they must do together, whatever loaded them. A promise of what is in `DONE`. */
const CHECK = `async function check() {
  const [secret, at] = ["BASE32SECRET3232", new Date(30_000)];
  const key = sync.importKey(secret);
  const failures = await Promise.all(
    [
      () => core.generateTotp("1"),
      async () => sync.generateTotp("1"),
      async () => migration.parseMigrationUri("1"),
      async () => steam.generateSteamCode("1"),
      async () => qr.qrSvg(""),
      async () => flow.createTwoFactor({}),
      async () => speakeasy.totp({ time: 59 }),
      async () => sqlite.sqliteStore(1),
      async () => postgres.postgresStore(1),
      async () => mysql.mysqlStore(1),
      async () => redis.ioredisStore(1),
      async () => d1.d1Store(1),
    ].map((call) => call().then(() => false, (error) => error instanceof core.OtpError)),
  );
  const sealingKeys = [{ id: "1", key: Uint8Array.from({ length: 32 }, (_, index) => index) }];
  const twoFactor = flow.createTwoFactor({ issuer: "Acme", store: memory.memoryStore(), sealingKeys });
  const enrolled = await twoFactor.enroll("alice", { accountName: "alice" });
  const { recoveryCodes } = await twoFactor.confirm("alice", sync.generateTotp(enrolled.secret), {
    deviceId: enrolled.deviceId,
  });
  const wrong = await twoFactor.verify("alice", "000000").catch((error) => error instanceof flow.TwoFactorError);
  const tests = [];
  conformance.storeConformance(memory.memoryStore, { test: (name, run) => tests.push(run), skip: () => {} });
  await tests[0]();
  return [
    await core.generateTotp(secret, { at }) === sync.generateTotp(key, { at }),
    steam.generateSteamCode(key, { at }), // a key of one face in another
    speakeasy.totp({ secret: "12345678901234567890", time: 59, digits: 8 }),
    failures.join(""), recoveryCodes.length, wrong, Object.keys(vectors).length > 0,
  ].join(" ");
}
`;
const DONE = `true YKKK4 94287082 ${"true".repeat(12)} 10 true true`;

const requires = Object.entries(FACES).map(([name, face]) => `const ${name} = require("${face}");\n`);
const imports = Object.entries(FACES).map(([name, face]) => `import * as ${name} from "${face}";\n`);
const PRINT = "check().then(console.log);\n";
const REQUIRED = requires.join("") + CHECK + PRINT;
const IMPORTED = imports.join("") + CHECK + PRINT;
const TEST = `test("works", async () => { expect(await check()).toBe("${DONE}"); });\n`;

const run = promisify(execFile);
let project: Project;

beforeAll(() => {
  project = unpackedProject();
});

afterAll(() => {
  project.remove();
});

/** A folder of its own in the project, so that it finds the package as an installed one. */
function folderWith(name: string, files: Readonly<Record<string, string>>): string {
  const folder = path.join(project.folder, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

async function node(folder: string, ...words: string[]): Promise<string> {
  return (await run(process.execPath, words, { cwd: folder })).stdout.trim();
}

it("tries every subpath", () => {
  const { exports } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { exports: object };
  const subpaths = Object.entries(exports).filter(([, target]) => typeof target !== "string");
  expect(Object.values(FACES).toSorted()).toEqual(
    subpaths.map(([subpath]) => path.posix.join("halfminute", subpath)).toSorted(),
  );
});

describe("Node", () => {
  it("imports all of it", async () => {
    expect(await node(folderWith("import", { "main.mjs": IMPORTED }), "main.mjs")).toBe(DONE);
  });

  it.each([["--no-warnings"], ["--no-experimental-require-module"]])("requires all of it, with %s", async (flag) => {
    const folder = folderWith(`require${flag}`, { "main.cjs": REQUIRED });
    expect(await node(folder, flag, "main.cjs")).toBe(DONE);
  });

  it.each(Object.values(FACES))("requires %s alone, where it is CommonJS", async (face) => {
    const words = ["--no-experimental-require-module", "-p", `Object.keys(require("${face}")).length > 0`];
    expect(await node(project.folder, ...words)).toBe("true");
  });

  // One program that imports it and requires it, as a program and its dependency may.
  const BOTH = `
    import { createRequire } from "node:module";
    import * as core from "halfminute";
    import * as sync from "halfminute/sync";
    import * as flow from "halfminute/two-factor";
    const require = createRequire(import.meta.url);
    const other = { ...require("halfminute/sync"), ...require("halfminute/two-factor"), ...require("halfminute/steam") };
    const thrown = (call) => { try { return call(); } catch (error) { return error; } };
    const [here, there] = [sync, other].map(({ generateTotp }) => thrown(() => generateTotp("1")));
    const shared = thrown(() => other.generateSteamCode(sync.importKey("BASE32SECRET3232"), { at: new Date(30_000) }));
    console.log(
      [other.OtpError === core.OtpError, here instanceof other.OtpError, there instanceof core.OtpError],
      [new flow.TwoFactorError("busy") instanceof other.TwoFactorError, new other.TwoFactorError("busy") instanceof flow.TwoFactorError],
      [there instanceof flow.TwoFactorError, thrown(() => require("halfminute/speakeasy").totp({})) instanceof core.OtpError],
      shared.code ?? shared);`;

  it("has one class and one kind of key for import and require", async () => {
    const folder = folderWith("both", { "main.mjs": BOTH });
    const printed = "[ true, true, true ] [ true, true ] [ false, true ] YKKK4";
    expect(await node(folder, "--no-warnings", "main.mjs")).toBe(printed);
  });

  it("recognizes errors across two copies where it cannot require ES modules, and refuses the other's keys", async () => {
    const folder = folderWith("two", { "main.mjs": BOTH });
    const printed = "[ false, true, true ] [ true, true ] [ false, true ] invalid-secret";
    expect(await node(folder, "--no-experimental-require-module", "main.mjs")).toBe(printed);
  });
});

describe("esbuild", () => {
  it.each([
    { name: "import", contents: IMPORTED, platform: "node" },
    { name: "require", contents: REQUIRED, platform: "node" },
    { name: "import", contents: IMPORTED, platform: "browser" },
    { name: "require", contents: REQUIRED, platform: "neutral" },
  ] as const)("$name for $platform", async ({ name, contents, platform }) => {
    const folder = folderWith(`esbuild-${name}-${platform}`, {});
    const outfile = path.join(folder, "bundle.cjs");
    const stdin = { contents, resolveDir: project.folder };
    await build({ stdin, bundle: true, platform, format: "cjs", outfile, logLevel: "error" });
    expect(await node(folder, "bundle.cjs")).toBe(DONE);
  });
});

describe("other people's loaders, each with its defaults", () => {
  const isTried = process.env["CI"] !== undefined;
  if (!isTried) console.warn("SKIPPED without CI: Jest, ts-jest, webpack, Metro");
  beforeAll(() => {
    if (isTried && !existsSync(LOADERS)) throw new Error("`npm ci` in test/package/loaders must have been run");
  });

  const tool = (name: string): string => path.join(LOADERS, name);

  it.runIf(isTried).each(["jest-29", "jest"])("%s", async (name) => {
    const folder = folderWith(name, { "all.test.js": requires.join("") + CHECK + TEST });
    await run(process.execPath, [tool(`${name}/bin/jest.js`)], { cwd: folder }); // or it says what failed
  });

  it.runIf(isTried)("ts-jest, as Nest sets it up", async () => {
    const test = `// @ts-nocheck\n${imports.join("")}${CHECK}${TEST}`;
    const folder = folderWith("nest", {
      "src/app.spec.ts": test,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          module: "commonjs",
          declaration: true,
          removeComments: true,
          emitDecoratorMetadata: true,
          experimentalDecorators: true,
          allowSyntheticDefaultImports: true,
          target: "ES2021",
          sourceMap: true,
          outDir: "./dist",
          baseUrl: "./",
          incremental: true,
          skipLibCheck: true,
        },
      }),
    });
    const jest = {
      moduleFileExtensions: ["js", "json", "ts"],
      rootDir: "src",
      testRegex: String.raw`.*\.spec\.ts$`,
      transform: { [String.raw`^.+\.(t|j)s$`]: "ts-jest" },
      collectCoverageFrom: ["**/*.(t|j)s"],
      coverageDirectory: "../coverage",
      testEnvironment: "node",
    };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, jest }));
    mkdirSync(path.join(folder, "node_modules"));
    for (const name of ["ts-jest", "typescript"]) symlinkSync(tool(name), path.join(folder, "node_modules", name));
    await run(process.execPath, [tool("jest/bin/jest.js")], { cwd: folder });
  });

  it.runIf(isTried).each(["import", "require"])("webpack 5, %s", async (name) => {
    const folder = folderWith(`webpack-${name}`, { "src/index.js": name === "import" ? IMPORTED : REQUIRED });
    const program = `
      require(${JSON.stringify(tool("webpack"))})({ mode: "production", context: __dirname }, (error, stats) => {
        if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
      });`;
    writeFileSync(path.join(folder, "build.cjs"), program);
    await node(folder, "build.cjs");
    expect(await node(folder, "dist/main.js")).toBe(DONE);
  });

  it.runIf(isTried)("Metro 0.80, which does not know exports", async () => {
    const folder = folderWith("metro", { "index.js": REQUIRED });
    const runtime = path.join(folder, "node_modules/metro-runtime"); // a React Native project has it
    mkdirSync(path.dirname(runtime));
    symlinkSync(tool("metro-runtime"), runtime);
    const program = `
      const metro = require(${JSON.stringify(tool("metro"))});
      (async () => {
        const config = await metro.loadConfig({}, { projectRoot: __dirname, watchFolders: ${JSON.stringify([project.folder, LOADERS])} });
        await metro.runBuild(config, { entry: "index.js", out: "bundle.js", dev: false, minify: false });
      })();`;
    writeFileSync(path.join(folder, "build.cjs"), program);
    await node(folder, "build.cjs");
    const text = readFileSync(path.join(folder, "bundle.js"), "utf8");
    const printed = await new Promise((resolve) => {
      const globals = { console: { log: resolve }, crypto, setTimeout, clearTimeout, TextEncoder, TextDecoder };
      runInContext(text, createContext(globals));
    });
    expect(printed).toBe(DONE);
  });
});
