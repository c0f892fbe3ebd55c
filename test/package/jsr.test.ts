// The package as JSR would publish it: from the sources, for Deno. Nothing here needs a network.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { faces } from "../../tools/package/faces.ts";
import { copyOfCheckout, ROOT } from "../helpers/packed.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface JsrManifest extends Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

const DENO = path.join(ROOT, "test/runtimes/node_modules/deno/deno");
const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;
const jsr = JSON.parse(readFileSync(path.join(ROOT, "jsr.json"), "utf8")) as JsrManifest;

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "halfminute-jsr-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs Deno with an empty cache and registries that do not answer, and returns all it says. */
async function deno(cwd: string, ...words: string[]): Promise<string> {
  const nowhere = "http://127.0.0.1:9/";
  const env = {
    ...process.env,
    DENO_DIR: path.join(folder, "cache"),
    DENO_NO_UPDATE_CHECK: "1",
    JSR_URL: nowhere,
    NPM_CONFIG_REGISTRY: nowhere,
  };
  const { stdout, stderr } = await run(DENO, words, { cwd, env });
  return stripVTControlCharacters(stderr + stdout);
}

describe("jsr.json", () => {
  it("says what package.json says: version, license, the source of each subpath, dependencies", () => {
    const { version, license, dependencies } = manifest;
    expect(jsr).toMatchObject({ version, license });
    const names = faces().map(({ name, source }) => [name === "index" ? "." : `./${name}`, `./${source}`]);
    expect(jsr.exports).toEqual(Object.fromEntries(names));
    const imports = Object.entries(dependencies).map(([name, range]) => [name, `npm:${name}@${range}`]);
    expect(jsr.imports).toEqual(Object.fromEntries(imports));
  });
});

const isTried = process.env["CI"] !== undefined || existsSync(DENO);
if (!isTried) console.warn("SKIPPED: publishing to JSR, because test/runtimes has no Deno: node tools/packages.mjs");

describe.runIf(isTried)("the package on JSR", () => {
  let said: string;
  let files: string[];

  beforeAll(async () => {
    // As the release has it: beside the sources there is what `npm ci --omit=dev` installs.
    const copy = copyOfCheckout();
    const checkout = path.join(folder, "checkout");
    cpSync(copy.folder, checkout, { recursive: true, filter: (file) => path.basename(file) !== "node_modules" });
    copy.remove();
    for (const name of Object.keys(manifest.dependencies)) {
      cpSync(path.join(ROOT, "node_modules", name), path.join(checkout, "node_modules", name), { recursive: true });
    }
    said = await deno(checkout, "publish", "--dry-run", "--allow-dirty"); // slow or wrong types: rejects
    const urls = Array.from(said.matchAll(/^ +(file:\S+)/gm), ([, url = ""]) => url);
    files = urls.map((url) => path.relative(checkout, fileURLToPath(url)).split(path.sep).join("/"));
  });

  it("can be published without a warning: no slow types", () => {
    expect(said).toContain("Success Dry run complete");
    expect(said).not.toMatch(/warning/i);
  });

  it("is the sources but the command line, with the data and three pages", () => {
    const source = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" });
    const sources = source.map((name) => `src/${name.split(path.sep).join("/")}`);
    const data = ["schema", "vectors"].flatMap((name) =>
      readdirSync(path.join(ROOT, name)).map((file) => `${name}/${file}`),
    );
    const wanted = [
      "LICENSE",
      "README.md",
      "jsr.json",
      ...sources.filter((file) => file.endsWith(".ts") && !file.startsWith("src/cli/")),
      ...data.filter((file) => /\.(sql|json)$/.test(file) && file !== "vectors/package.json"),
    ];
    expect(files.toSorted()).toEqual(wanted.toSorted());
  });

  it("works in a Deno program that has nothing but these files and the dependency, every subpath", async () => {
    const published = path.join(folder, "published");
    for (const file of files) cpSync(path.join(ROOT, file), path.join(published, file));
    cpSync(path.join(ROOT, "jsr.json"), path.join(published, "deno.json")); // under this name Deno links it
    const app = path.join(folder, "app");
    cpSync(path.join(ROOT, "node_modules/qr"), path.join(app, "node_modules/qr"), { recursive: true });
    writeFileSync(path.join(app, "package.json"), JSON.stringify({ dependencies: manifest.dependencies }));
    writeFileSync(path.join(app, "deno.json"), JSON.stringify({ links: ["../published"] }));
    const names = Object.keys(jsr.exports).map((subpath) => path.posix.join(`${jsr.name}@${jsr.version}`, subpath));
    const [index, sync, qr, vectors] = [".", "./sync", "./qr", "./vectors"].map((subpath) =>
      JSON.stringify(`jsr:${path.posix.join(`${jsr.name}@${jsr.version}`, subpath)}`),
    );
    const program = `
      ${names.map((name) => `import ${JSON.stringify(`jsr:${name}`)};`).join("\n")}
      import * as halfminute from ${index};
      import { generateTotp, OtpError } from ${sync};
      import { qrSvg } from ${qr};
      import { checkVectors, webCryptoFace } from ${vectors};
      const secret: string = halfminute.generateSecret();
      const at = new Date(59_000);
      const wrong = generateTotp(secret, { at: new Date(9_000_000) }) + "0";
      const match: halfminute.Match | null = await halfminute.verifyTotp(secret, generateTotp(secret, { at }), { at });
      const reports = await checkVectors(webCryptoFace());
      console.log(match, await halfminute.verifyTotp(secret, wrong, { at }));
      console.log(qrSvg("a").startsWith("<svg"), OtpError === halfminute.OtpError);
      console.log(reports.length > 10, reports.every(({ rows }) => rows.every((layers) => layers.length === 0)));`;
    mkdirSync(app, { recursive: true });
    writeFileSync(path.join(app, "main.ts"), program);
    const printed = await deno(app, "run", "--check", "--quiet", "main.ts"); // no permission is asked for
    expect(printed).toBe("{ counter: 1, delta: 0 } null\ntrue true\ntrue true\n");
  });
});
