// The package as it is published: what is in it, and that it loads and compiles elsewhere.
import { execFile, execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";

interface Manifest {
  readonly exports: Record<string, Target>;
  readonly bin: Record<string, string>;
  readonly version: string;
  readonly dependencies?: unknown;
}

/** A file, or conditions. */
type Target = string | { readonly [condition: string]: Target };

function filesOf(target: Target): string[] {
  return typeof target === "string" ? [target] : Object.values(target).flatMap(filesOf);
}

const run = promisify(execFile);
let project: Project;
let manifest: Manifest;

beforeAll(() => {
  project = unpackedProject();
  manifest = JSON.parse(readFileSync(path.join(project.packageFolder, "package.json"), "utf8")) as Manifest;
});

afterAll(() => {
  project.remove();
});

function node(...words: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, words, { cwd: project.folder });
}

describe("what is in it", () => {
  it("is every file that the exports and the bin name, and nothing that was left behind", () => {
    const targets = filesOf(manifest.exports);
    for (const target of [...targets, ...Object.values(manifest.bin)].filter((name) => !name.includes("*"))) {
      expect([target, existsSync(path.join(project.packageFolder, target))]).toEqual([target, true]);
    }
    const folders = readdirSync(project.packageFolder).toSorted();
    expect(folders).toEqual([
      ...["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"],
      ...["dist", "docs", "package.json", "schema", "src", "vectors"],
    ]);
  });

  it("has no conditions that would shut out require, and one dependency", () => {
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      const conditions = subpath === "./speakeasy" ? ["import", "require"] : ["types", "default"];
      if (typeof target !== "string") expect(Object.keys(target)).toEqual(conditions);
    }
    expect(manifest.dependencies).toEqual({ qr: "0.7.0" });
  });

  it("has the sources that its source maps name", () => {
    const dist = path.join(project.packageFolder, "dist");
    const maps = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.c?js\.map$/.test(name));
    expect(maps.length).toBeGreaterThan(1);
    for (const map of maps) {
      const { sources } = JSON.parse(readFileSync(path.join(dist, map), "utf8")) as { sources: string[] };
      for (const source of sources)
        expect(existsSync(path.resolve(path.dirname(path.join(dist, map)), source))).toBe(true);
    }
  });
});

describe("loading it", () => {
  it("works by import and by require, and both are one module", async () => {
    const program = `
      import { createRequire } from "node:module";
      import * as imported from "halfminute";
      const required = createRequire(import.meta.url)("halfminute");
      const error = await required.generateHotp("", 0).catch((error) => error);
      console.log(await required.generateHotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1), error instanceof imported.OtpError);`;
    writeFileSync(path.join(project.folder, "both.mjs"), program);
    expect((await node("--no-warnings", "both.mjs")).stdout).toBe("287082 true\n");
    const { stdout } = await node("--no-warnings", "-e", 'console.log(typeof require("halfminute").verifyTotp)');
    expect(stdout).toBe("function\n");
  });

  it("is one package through all subpaths: an error of one face is an OtpError of the other", async () => {
    const program = `
      import * as asynchronous from "halfminute";
      import * as synchronous from "halfminute/sync";
      const thrown = (() => { try { synchronous.generateHotp("", 0); } catch (error) { return error; } })();
      const rejected = await asynchronous.generateHotp("", 0).catch((error) => error);
      const { parseMigrationUri } = await import("halfminute/migration");
      const { generateSteamCode } = await import("halfminute/steam");
      const others = [() => parseMigrationUri(""), () => generateSteamCode("")].map((call) => {
        try { call(); } catch (error) { return error instanceof asynchronous.OtpError; }
      });
      const key = synchronous.importKey("BASE32SECRET3232");
      console.log(thrown instanceof asynchronous.OtpError, rejected instanceof synchronous.OtpError, ...others,
        generateSteamCode(key, { at: new Date(30_000) }));`;
    writeFileSync(path.join(project.folder, "faces.mjs"), program);
    expect((await node("faces.mjs")).stdout).toBe("true true true true YKKK4\n");
    const { stdout } = await node(
      "--no-warnings",
      "-e",
      'console.log(require("halfminute/sync").generateHotp("MY", 0))',
    );
    expect(stdout).toMatch(/^\d{6}\n$/);
  });

  it("has a synchronous face that runs with nothing but the language", async () => {
    const entry = {
      contents: 'import * as sync from "halfminute/sync"; globalThis.sync = sync;',
      resolveDir: project.folder,
    };
    const { outputFiles } = await build({
      stdin: entry,
      bundle: true,
      write: false,
      format: "iife",
      platform: "neutral",
    });
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    runInContext(outputFiles[0]?.text ?? "", context);
    const run = (program: string): unknown => runInContext(program, context);
    expect(run("typeof crypto + typeof TextEncoder + typeof URL + typeof Buffer + typeof process")).toBe(
      "undefined".repeat(5),
    );
    const secret = '"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"';
    expect(run(`sync.generateHotp(${secret}, 1)`)).toBe("287082");
    expect(run(`sync.verifyTotp(${secret}, "005 924", { at: new Date(1234567890000) }).delta`)).toBe(0);
    for (const algorithm of ["SHA-1", "SHA-256", "SHA-512"]) {
      expect(
        run(
          `sync.verifyHotp(${secret}, sync.generateHotp(${secret}, 5, { algorithm: "${algorithm}" }), 5, { algorithm: "${algorithm}" }).counter`,
        ),
      ).toBe(5);
    }
    expect(run(`sync.parseOtpauthUri("otpauth://totp/a%20b?secret=MY").accountName`)).toBe("a b");
    expect(run(`try { sync.generateSecret() } catch (error) { error.code }`)).toBe("no-random");
  });

  it("has a speakeasy face that runs with nothing but the language, by import and by require", async () => {
    const programs = [
      'import * as speakeasy from "halfminute/speakeasy"; globalThis.speakeasy = speakeasy;',
      'globalThis.speakeasy = require("halfminute/speakeasy");',
    ];
    for (const contents of programs) {
      const stdin = { contents, resolveDir: project.folder };
      const options = { bundle: true, write: false, format: "iife", platform: "neutral" } as const;
      const { outputFiles } = await build({ stdin, ...options });
      expect(outputFiles[0]?.text).not.toMatch(/import\(|node:|\bprocess\b/);
      const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
      runInContext(outputFiles[0]?.text ?? "", context);
      const run = (program: string): unknown => runInContext(program, context);
      const options32 =
        '{ secret: "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", encoding: "base32", time: 59, token: "287082" }';
      expect(run(`speakeasy.totp.verify(${options32})`)).toBe(true);
      expect(run(`speakeasy.totp.verifyDelta({ ...${options32}, time: 89, window: 1 }).delta`)).toBe(-1);
      for (const encoding of ["ascii", "hex", "base64", "utf8"]) {
        expect(run(`speakeasy.hotp({ secret: "3132", encoding: "${encoding}" })`)).toMatch(/^\d{6}$/);
      }
      expect(run(`Object.prototype.toString.call(speakeasy.digest({ secret: "a" }))`)).toBe("[object Uint8Array]");
      expect(run(`speakeasy.otpauthURL({ secret: "a", label: "b c" })`)).toBe("otpauth://totp/b%20c?secret=ME");
      expect(run(`try { speakeasy.generateSecret() } catch (error) { error.code }`)).toBe("no-random");
      run("crypto = { getRandomValues: (bytes) => bytes.fill(7) }");
      expect(run("speakeasy.generateSecret({ length: 3 }).ascii")).toBe("777");
    }
  });

  it("stands in for speakeasy wherever that is required, without a warning", async () => {
    copyFileSync(path.join(ROOT, "examples/speakeasy.cjs"), path.join(project.folder, "speakeasy.cjs"));
    const { stdout, stderr } = await node("speakeasy.cjs");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/\nright code {2}true\nwrong code {2}false\n$/);
    const program = `
      const speakeasy = require("halfminute/speakeasy");
      const { totp, generateSecret, OtpError } = require("halfminute/speakeasy");
      const { verify } = totp;
      const { base32 } = generateSecret();
      const token = totp({ secret: base32, encoding: "base32", time: 59 });
      console.log(verify({ secret: base32, encoding: "base32", time: 59, token }));
      console.log(speakeasy.default === speakeasy, speakeasy.__esModule, Object.keys(speakeasy).join(" "));
      try { totp({ time: 59 }); } catch (error) { console.log(error instanceof OtpError, error.name, error.code); }
      speakeasy.totp = () => "replaced"; // as tests do
      console.log(require("halfminute/speakeasy").totp(), speakeasy.digest({ secret: "a" }).constructor.name);`;
    writeFileSync(path.join(project.folder, "required.cjs"), program);
    const required = await node("required.cjs");
    expect(required.stderr).toBe("");
    const names = "OtpError _counter counter digest generateSecret generateSecretASCII generate_key generate_key_ascii";
    expect(required.stdout.split("\n")).toEqual([
      ...[
        "true",
        `true true ${names} hotp otpauthURL time totp`,
        "true OtpError invalid-secret",
        "replaced Buffer",
        "",
      ],
    ]);
  });

  it("stands in for speakeasy in modules, by default, by name and as a whole", async () => {
    const program = `
      import speakeasy, { totp, OtpError } from "halfminute/speakeasy";
      import * as whole from "halfminute/speakeasy";
      import { OtpError as OtpErrorOfCore } from "halfminute";
      console.log(speakeasy.totp === totp, whole.totp === totp, whole.default === speakeasy, OtpError === OtpErrorOfCore);
      console.log(speakeasy.totp({ secret: "12345678901234567890", time: 59, digits: 8 }));`;
    writeFileSync(path.join(project.folder, "imported.mjs"), program);
    const { stdout, stderr } = await node("imported.mjs");
    expect(stderr).toBe("");
    expect(stdout).toBe("true true true true\n94287082\n");
  });

  it.each(["migration", "steam"])("has a %s that runs with nothing but the language", async (subpath) => {
    const entry = {
      contents: `import * as wing from "halfminute/${subpath}"; globalThis.wing = wing;`,
      resolveDir: project.folder,
    };
    const options = { bundle: true, write: false, format: "iife", platform: "neutral" } as const;
    const { outputFiles } = await build({ stdin: entry, ...options });
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    runInContext(outputFiles[0]?.text ?? "", context);
    const run = (program: string): unknown => runInContext(program, context);
    if (subpath === "steam") {
      expect(run(`wing.generateSteamCode("BASE32SECRET3232", { at: new Date(30000) })`)).toBe("YKKK4");
      expect(run(`wing.verifySteamCode({ base64: "CCRN6kQUST3reg==" }, "ykkk4", { at: new Date(0) }).delta`)).toBe(1);
      return;
    }
    const account = `{ secret: "JBSWY3DPEHPK3PXP", issuer: "Ä:€", accountName: "😀" }`;
    run(`globalThis.uris = wing.buildMigrationUris([${account}], { batchId: 1 })`);
    expect(run(`JSON.stringify(wing.assembleMigration(uris).accounts)`)).toContain('"issuer":"Ä:€","accountName":"😀"');
    expect(run(`try { wing.buildMigrationUris([${account}]) } catch (error) { error.code }`)).toBe("no-random");
  });

  it("gives out its vectors and its manifest", async () => {
    const program = `
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      console.log(require("halfminute/vectors/rfc4226-appendix-d.json").rows.length, require("halfminute/package.json").version);`;
    writeFileSync(path.join(project.folder, "data.mjs"), program);
    expect((await node("data.mjs")).stdout).toBe(`10 ${manifest.version}\n`);
  });

  it("gives out the tables of its stores", async () => {
    const program = `
      import { readFileSync } from "node:fs";
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      const text = (name) => readFileSync(require.resolve("halfminute/schema/" + name + ".sql"), "utf8");
      console.log(["sqlite", "postgres"].map((name) => text(name).includes("CREATE TABLE IF NOT EXISTS halfminute_two_factor")));`;
    writeFileSync(path.join(project.folder, "schema.mjs"), program);
    expect((await node("schema.mjs")).stdout).toBe("[ true, true ]\n");
  });

  it("has stores that run with nothing but the language, and bring no driver", async () => {
    const stores = ["memory", "sqlite", "postgres", "redis", "conformance"];
    const contents = stores.map((name) => `export * as ${name} from "halfminute/stores/${name}";`).join("");
    const options = { bundle: true, write: false, format: "iife", globalName: "stores", platform: "neutral" } as const;
    const { outputFiles } = await build({ stdin: { contents, resolveDir: project.folder }, ...options });
    const bundle = outputFiles[0]?.text ?? "";
    expect(bundle).not.toMatch(/require\(|import\(|node:|\bprocess\b|\bBuffer\b/);
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    const program = `const tests = [];
      stores.conformance.storeConformance(stores.memory.memoryStore, { test: (name, run) => tests.push(run), skip: () => {} });
      tests.reduce((before, run) => before.then(run), Promise.resolve()).then(() => tests.length);`;
    expect(await runInContext(`${bundle};${program}`, context)).toBe(13);
  });

  it("has a command line that runs its vectors against itself", async () => {
    const bin = path.join(project.packageFolder, manifest.bin["halfminute"] ?? "");
    expect((await node(bin, "--version")).stdout).toBe(`${manifest.version}\n`);
    const { stdout } = await node(bin, "vectors", "--json");
    expect(stdout).toContain("rfc6238-appendix-b");
  });

  it("draws QR codes, and its errors there are those of the core", async () => {
    const program = `
      import { OtpError } from "halfminute";
      import { qrDataUrl, qrPng, qrSvg, qrTerminal } from "halfminute/qr";
      const thrown = (() => { try { qrSvg(""); } catch (error) { return error; } })();
      console.log(thrown instanceof OtpError, qrSvg("a").length > 500, qrDataUrl("a").slice(0, 5), qrTerminal("a").split("\\n").length);
      console.log((await qrPng("a")).length > 100);`;
    writeFileSync(path.join(project.folder, "qr.mjs"), program);
    expect((await node("qr.mjs")).stdout).toBe("true true data: 15\ntrue\n");
  });

  // Each file takes Node longer than what is in it.
  it.each(["index.js", "sync.js", "two-factor/index.js"])("is two files where it is imported from %s", async (name) => {
    const entryPoints = [path.join(project.packageFolder, "dist", name)];
    const { metafile } = await build({ entryPoints, bundle: true, format: "esm", write: false, metafile: true });
    const core = Object.keys(metafile.inputs).filter((file) => !file.endsWith(`/dist/${name}`));
    expect(core).toEqual([expect.stringMatching(/\/dist\/chunk-\w+\.js$/)]);
  });

  it("loads its dependency for QR codes and for nothing else", async () => {
    const inputsOf = async (contents: string): Promise<string> => {
      const options = { bundle: true, write: false, metafile: true, format: "esm", platform: "neutral" } as const;
      const { metafile } = await build({ stdin: { contents, resolveDir: project.folder }, ...options });
      return Object.keys(metafile.inputs).join(" ");
    };
    expect(await inputsOf('export * from "halfminute/qr";')).toContain("node_modules/qr/index.js");
    for (const face of ["halfminute", "halfminute/sync"]) {
      expect(await inputsOf(`export * from "${face}";`)).not.toContain("node_modules/qr/");
    }
    // The other commands work where it is missing.
    const link = path.join(project.folder, "node_modules/qr");
    renameSync(link, `${link}-away`);
    try {
      const bin = path.join(project.packageFolder, manifest.bin["halfminute"] ?? "");
      expect((await node(bin, "secret")).stdout).toMatch(/^[A-Z2-7]{32}\n$/);
      await expect(node(bin, "qr", "--new", "--account", "a")).rejects.toThrow("internal error");
    } finally {
      renameSync(`${link}-away`, link);
    }
  });

  it("is one package in the two-factor flow too", async () => {
    const program = `
      import { OtpError } from "halfminute";
      import * as flow from "halfminute/two-factor";
      try { flow.createTwoFactor({}); } catch (error) { console.log(error instanceof OtpError, flow.OtpError === OtpError); }
      console.log(new flow.TwoFactorError("busy") instanceof OtpError, Object.keys(flow).sort().join(" "));`;
    writeFileSync(path.join(project.folder, "flow.mjs"), program);
    const names = "OtpError TwoFactorError createTwoFactor guessProbability";
    expect((await node("flow.mjs")).stdout).toBe(`true true\nfalse ${names}\n`);
  });

  it("brings nothing of Node into a bundle", async () => {
    const entry = {
      contents: `export * from "halfminute"; export * as sync from "halfminute/sync"; export * as qr from "halfminute/qr";
        export * as migration from "halfminute/migration"; export * as steam from "halfminute/steam";
        export * as flow from "halfminute/two-factor";`,
      resolveDir: project.folder,
    };
    const options = { bundle: true, write: false, metafile: true, format: "esm", platform: "neutral" } as const;
    const { metafile, outputFiles } = await build({ stdin: entry, ...options });
    const bundle = outputFiles[0]?.text ?? "";
    expect(bundle).toContain("verifyTotp");
    expect(bundle).not.toMatch(/require\(|import\(|node:|\bprocess\b|\bBuffer\b/);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  });

  it("does nothing when it is imported: no global is read", async () => {
    const program = `
      Object.defineProperty(globalThis, "crypto", { get() { throw new Error("crypto was read at import time"); } });
      for (const path of ["", "/sync", "/speakeasy", "/migration", "/steam", "/two-factor"]) await import("halfminute" + path);
      (await import("node:module")).createRequire(import.meta.url)("halfminute/speakeasy");
      console.log("quiet");`;
    writeFileSync(path.join(project.folder, "quiet.mjs"), program);
    expect((await node("quiet.mjs")).stdout).toBe("quiet\n");
  });
});

describe("compiling against it", () => {
  const between = process.env["CI"] ? { "5.9": "typescript-5.9" } : {}; // elsewhere the oldest and the newest, which take less time
  const compilers: Readonly<Record<string, string>> = { "5.0": "typescript-5.0", ...between, "6.0": "typescript" };
  const hosts = {
    "no host types": { lib: "es2022", types: "" },
    "the DOM": { lib: "es2022,dom", types: "" },
    Node: { lib: "es2022", types: "node" },
  };
  const cases = Object.entries(compilers).flatMap(([version, compiler]) =>
    Object.entries(hosts)
      // The types of Node do not compile with 5.0 themselves.
      .filter(([, { types }]) => types === "" || version !== "5.0")
      .map(([host, options]) => ({ version, compiler, host, ...options })),
  );

  beforeAll(() => {
    cpSync(path.join(ROOT, "test/package/consumer"), path.join(project.folder, "consumer"), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules/@types"), path.join(project.folder, "node_modules/@types"));
    symlinkSync(path.join(ROOT, "node_modules/undici-types"), path.join(project.folder, "node_modules/undici-types"));
  });

  it.each(cases)("TypeScript $version with $host, libraries checked too", ({ compiler, lib, types }) => {
    const tsc = path.join(ROOT, "node_modules", compiler, "bin/tsc");
    const tsconfig = `tsconfig.${compiler}.${lib}.${types}.json`;
    const compilerOptions = {
      ...{ lib: lib.split(","), types: types === "" ? [] : [types], target: "es2022", strict: true, noEmit: true },
      ...{ module: "nodenext", moduleResolution: "nodenext", exactOptionalPropertyTypes: true, skipLibCheck: false },
    };
    writeFileSync(path.join(project.folder, tsconfig), JSON.stringify({ compilerOptions, include: ["consumer"] }));
    const compile = (): Buffer => execFileSync(process.execPath, [tsc, "-p", tsconfig], { cwd: project.folder });
    expect(outcome(compile)).toBe("");
  });
});

describe("compiling a CommonJS program against the speakeasy face", () => {
  // What programs that use speakeasy are written in: a decade of compilers and their ways to find a module.
  const ways = [
    { compiler: "typescript-5.0", module: "commonjs", moduleResolution: "node10" },
    { compiler: "typescript-5.0", module: "node16", moduleResolution: "node16" },
    { compiler: "typescript-5.9", module: "commonjs", moduleResolution: "node10" },
    { compiler: "typescript-5.9", module: "esnext", moduleResolution: "bundler" },
    { compiler: "typescript", module: "node16", moduleResolution: "node16" },
    { compiler: "typescript", module: "commonjs", moduleResolution: "bundler" },
  ];

  const tried = ways.filter(({ compiler }) => process.env["CI"] || compiler !== "typescript-5.9");

  it.each(tried)("$compiler, $module, $moduleResolution", async ({ compiler, module, moduleResolution }) => {
    const folder = path.join(project.folder, `commonjs-${compiler}-${module}-${moduleResolution}`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true }));
    copyFileSync(path.join(ROOT, "test/package/consumer/speakeasy.ts"), path.join(folder, "speakeasy.ts"));
    const compilerOptions = {
      ...{ lib: ["es2022"], types: [], target: "es2022", strict: true, skipLibCheck: false, esModuleInterop: true },
      ...{ module, moduleResolution },
    };
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["speakeasy.ts"] }));
    const tsc = path.join(ROOT, "node_modules", compiler, "bin/tsc");
    expect(outcome(() => execFileSync(process.execPath, [tsc, "-p", "."], { cwd: folder }))).toBe("");
    if (module === "esnext") return; // for bundlers alone
    const program = 'console.log(require("./speakeasy.js").enroll("alice"))';
    const { stdout, stderr } = await run(process.execPath, ["-e", program], { cwd: folder });
    expect([stdout, stderr]).toEqual(["true\n", ""]);
  });
});

/** What a compiler complains about. */
function outcome(compile: () => Buffer): string {
  try {
    return compile().toString();
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}
