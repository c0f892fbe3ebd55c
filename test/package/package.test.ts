// The package as it is published: what is in it, and that it loads elsewhere.
import { execFile, execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { faces } from "../../tools/package/faces.ts";
import { copyOfCheckout, type Project, ROOT, unpackedProject } from "../helpers/packed.ts";

interface Manifest {
  readonly exports: Record<string, Target>;
  readonly bin: Record<string, string>;
  readonly version: string;
  readonly main: string;
  readonly man: string;
  readonly module: string;
  readonly types: string;
  readonly typesVersions: unknown;
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

/** All files of a folder, with `/` and sorted. */
function listing(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return names.map((name) => name.split(path.sep).join("/")).toSorted();
}

describe("what is in it", () => {
  const names = faces().map(({ name }) => name);

  it("is what each subpath needs in both forms, the data, and a few pages", () => {
    const files = listing(project.packageFolder);
    const known = new Set([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "package.json",
      "dist/cli/main.js",
      "dist/cjs/qr.LICENSE",
      "dist/halfminute.1",
      "docs/security.md",
      "docs/guide/add-second-factor.md",
      ...names.flatMap((name) => [`dist/${name}.js`, `dist/cjs/${name}.cjs`, `dist/types/${name}.d.mts`]),
      ...names.filter((name) => name !== "index").map((name) => `${name}/package.json`),
      ...["schema", "vectors"].flatMap((name) => listing(path.join(ROOT, name)).map((file) => `${name}/${file}`)),
    ]);
    for (const file of known) if (/^vectors\/(schema|README)/.test(file)) known.delete(file); // in the repository
    expect([...known].filter((file) => !files.includes(file))).toEqual([]);
    const others = [/^dist\/(cjs\/)?chunk-[A-Z0-9]{8}\.c?js$/, /^dist\/types\/[a-z0-9/-]+\.d\.cts$/];
    expect(files.filter((file) => !known.has(file) && !others.some((shape) => shape.test(file)))).toEqual([]);
    const declared = new Set(names.map((name) => `dist/types/${name}.d.cts`));
    expect(files.filter((file) => declared.has(file))).toHaveLength(names.length);
  });

  it("is what the table in docs/publishing.md says", () => {
    const page = readFileSync(path.join(ROOT, "docs/publishing.md"), "utf8");
    const [, table = ""] = /^## What is in the tarball\n([^]*)/m.exec(page) ?? [];
    const cells = Array.from(table.matchAll(/^\| (`.*?) +\|/gm), ([, cell = ""]) => cell);
    const patterns = cells.flatMap((cell) => Array.from(cell.matchAll(/`(.*?)`/g), ([, pattern = ""]) => pattern));
    const files = listing(project.packageFolder);
    const rows = new Map(
      patterns.map((pattern) => [pattern, files.filter((file) => path.posix.matchesGlob(file, pattern))]),
    );
    expect(files.filter((file) => ![...rows.values()].flat().includes(file))).toEqual([]);
    expect([...rows].filter(([, found]) => found.length === 0)).toEqual([]);
  });

  it("is small", () => {
    const files = listing(project.packageFolder);
    const sizes = files.map((file) => statSync(path.join(project.packageFolder, file)).size);
    const unpacked = sizes.reduce((sum, size) => sum + size, 0);
    const figures = { files: files.length, unpacked, packed: statSync(project.tarball).size };
    expect(figures.files, JSON.stringify(figures)).toBeLessThanOrEqual(170);
    expect(figures.unpacked, JSON.stringify(figures)).toBeLessThanOrEqual(1_100_000);
    expect(figures.packed, JSON.stringify(figures)).toBeLessThanOrEqual(280_000);
  });

  it("is every file that the exports and the bin name", () => {
    const targets = [
      ...filesOf(manifest.exports),
      ...Object.values(manifest.bin),
      manifest.man,
      manifest.main,
      manifest.types,
    ];
    for (const target of targets.filter((name) => !name.includes("*"))) {
      expect([target, existsSync(path.join(project.packageFolder, target))]).toEqual([target, true]);
    }
  });

  it("has the same conditions for every subpath, and one dependency", () => {
    for (const name of names) {
      const [module, types] = [`./dist/${name}.js`, `./dist/types/${name}.d`];
      // The object that is required for speakeasy can be changed, which an ES module cannot.
      const whereOneServesBoth = name === "speakeasy" ? {} : { "module-sync": module, module };
      const conditions = {
        ...whereOneServesBoth,
        import: { types: `${types}.mts`, default: module },
        require: { types: `${types}.cts`, default: `./dist/cjs/${name}.cjs` },
      };
      const target = manifest.exports[name === "index" ? "." : `./${name}`];
      expect(JSON.stringify(target)).toBe(JSON.stringify(conditions)); // the order counts
    }
    expect(manifest.dependencies).toEqual({ qr: "0.7.0" });
  });

  it("is described in the reference, all subpaths of it", () => {
    const { entryPoints } = JSON.parse(readFileSync(path.join(ROOT, "typedoc.json"), "utf8")) as {
      readonly entryPoints: readonly string[];
    };
    expect([...entryPoints].sort()).toEqual(
      faces()
        .map(({ source }) => source)
        .sort(),
    );
  });

  it("says to old resolvers what it says to new ones: by main and types, by typesVersions, and by a folder", () => {
    const { main, module, types, typesVersions } = manifest;
    const required = { types: "./dist/types/index.d.cts", default: "./dist/cjs/index.cjs" };
    expect({ main, module, types }).toEqual({
      main: required.default,
      module: "./dist/index.js",
      types: required.types,
    });
    const subpaths = names.filter((name) => name !== "index");
    expect(typesVersions).toEqual({
      "*": Object.fromEntries(subpaths.map((name) => [name, [`./dist/types/${name}.d.cts`]])),
    });
    for (const name of subpaths) {
      const folder = path.join(project.packageFolder, name);
      const stub = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Record<string, string>;
      expect(Object.keys(stub)).toEqual(["main", "module", "types", "sideEffects"]);
      const files = { main: `dist/cjs/${name}.cjs`, module: `dist/${name}.js`, types: `dist/types/${name}.d.cts` };
      for (const [field, file] of Object.entries(files)) {
        expect(path.relative(project.packageFolder, path.resolve(folder, stub[field] ?? ""))).toBe(
          path.normalize(file),
        );
      }
    }
  });

  it("has declarations that can be read: names and comments of the sources, and no file without a way to it", () => {
    const types = path.join(project.packageFolder, "dist/types");
    const files = listing(types);
    const reached = new Set(files.filter((file) => file.endsWith(".mts")).concat(names.map((name) => `${name}.d.cts`)));
    for (const file of reached) {
      const text = readFileSync(path.join(types, file), "utf8");
      expect(text.replace(/\/\*\*[^]*?\*\//g, "")).not.toMatch(/\.ts"|\$\d|\bas [a-z][,} ]/);
      for (const [, specifier = ""] of text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)) {
        reached.add(path.posix.join(path.posix.dirname(file), specifier.replace(/\.cjs$/, ".d.cts")));
      }
    }
    expect([...reached].toSorted()).toEqual(files);
    const totp = readFileSync(path.join(types, "webcrypto/totp.d.cts"), "utf8");
    expect(totp).toMatch(/@param secret - .*[^]*@throws [^]*@example[^]*\*\/\nexport declare function generateTotp\(/);
  });

  it("has no source maps, and the license of what it bundles", () => {
    const dist = path.join(project.packageFolder, "dist");
    for (const file of listing(dist))
      expect(readFileSync(path.join(dist, file), "utf8")).not.toContain("sourceMappingURL");
    expect(readFileSync(path.join(dist, "cjs/qr.LICENSE"), "utf8")).toContain("Permission is hereby granted");
    expect(readFileSync(path.join(dist, "cjs/qr.cjs"), "utf8")).not.toMatch(/require\(['"]qr/);
  });

  it("holds its data once beside the files: in one chunk of the ES modules", () => {
    const dist = path.join(project.packageFolder, "dist");
    const holders = listing(dist).filter((file) =>
      readFileSync(path.join(dist, file), "utf8").includes("75a48a19d4cbe100644e8ac1397eea747a2d33ab"),
    );
    expect(holders).toEqual([expect.stringMatching(/^chunk-\w+\.js$/)]);
    const required = readFileSync(path.join(dist, "cjs/vectors.cjs"), "utf8").match(/require\("[^"]+\.json"\)/g);
    const files = listing(path.join(ROOT, "vectors")).filter((file) => /^[^/]+\.json$/.test(file));
    expect(required?.toSorted()).toEqual(files.map((file) => `require("../../vectors/${file}")`).toSorted());
  });
});

describe("making it", () => {
  it("is the same bytes wherever it is built and packed, and leaves nothing behind", () => {
    if (!process.env["CI"]) {
      console.warn("SKIPPED without CI: building in another folder");
      return;
    }
    const copy = copyOfCheckout();
    try {
      const before = readdirSync(copy.folder);
      const hadStub = existsSync(path.join(copy.folder, "vectors/package.json"));
      rmSync(path.join(copy.folder, "dist"), { recursive: true });
      execFileSync("npm", ["run", "--silent", "build"], { cwd: copy.folder, stdio: ["ignore", "ignore", "pipe"] });
      const [here, there] = [path.join(ROOT, "dist"), path.join(copy.folder, "dist")];
      expect(listing(there)).toEqual(listing(here));
      for (const file of listing(here)) {
        expect([file, readFileSync(path.join(there, file)).equals(readFileSync(path.join(here, file)))]).toEqual([
          file,
          true,
        ]);
      }
      expect(readFileSync(copy.pack()).equals(readFileSync(project.tarball))).toBe(true);
      expect(readdirSync(copy.folder).filter((name) => name !== ".cache")).toEqual(before);
      expect([hadStub, existsSync(path.join(copy.folder, "vectors/package.json"))]).toEqual([false, false]);
    } finally {
      copy.remove();
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
      "true",
      `true true ${names} hotp otpauthURL time totp`,
      "true OtpError invalid-secret",
      "replaced Buffer",
      "",
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
      console.log(["sqlite", "postgres", "mysql"].map((name) => text(name).includes("CREATE TABLE IF NOT EXISTS halfminute_two_factor")));`;
    writeFileSync(path.join(project.folder, "schema.mjs"), program);
    expect((await node("schema.mjs")).stdout).toBe("[ true, true, true ]\n");
  });

  it("has stores that run with nothing but the language, and bring no driver", async () => {
    const stores = ["memory", "sqlite", "postgres", "mysql", "redis", "d1", "conformance"];
    const contents = stores.map((name) => `export * as ${name} from "halfminute/stores/${name}";`).join("");
    const options = { bundle: true, write: false, format: "iife", globalName: "stores", platform: "neutral" } as const;
    const { outputFiles } = await build({ stdin: { contents, resolveDir: project.folder }, ...options });
    const bundle = outputFiles[0]?.text ?? "";
    expect(bundle).not.toMatch(/require\(|import\(|node:|\bprocess\b|\bBuffer\b/);
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    const program = `const tests = [];
      stores.conformance.storeConformance(stores.memory.memoryStore, { test: (name, run) => tests.push(run), skip: () => {} });
      tests.reduce((before, run) => before.then(run), Promise.resolve()).then(() => tests.length);`;
    expect(await runInContext(`${bundle};${program}`, context)).toBe(14);
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
  it.each(["index.js", "sync.js", "two-factor.js"])("is few files where it is imported from %s", async (name) => {
    const entryPoints = [path.join(project.packageFolder, "dist", name)];
    const { metafile } = await build({ entryPoints, bundle: true, format: "esm", write: false, metafile: true });
    const core = Object.keys(metafile.inputs).filter((file) => !file.endsWith(`/dist/${name}`));
    const chunk: unknown = expect.stringMatching(/\/dist\/chunk-\w+\.js$/);
    expect(core).toEqual(name === "two-factor.js" ? [chunk, chunk] : [chunk]); // the command line shares some of the flow
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
    const names = "OtpError TwoFactorError createTwoFactor guessProbability requireRecent";
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
