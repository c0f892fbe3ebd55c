// A browser bundle of one function: each bundler leaves out everything else, so all are about the
// same size.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { faces } from "../../tools/package/faces.ts";
import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";

const BUNDLERS = ["esbuild", "rollup", "vite", "webpack", "rspack"];

/** Each with all that its bundle may expect of the browser. */
const ENTRIES = {
  core: { from: "halfminute", globals: { crypto } },
  sync: { from: "halfminute/sync", globals: {} },
};

/** Text that minifying leaves as it is, and the exports that bring it into a bundle. */
const MARKS: readonly { readonly mark: string; readonly of: string; readonly from: string }[] = [
  { mark: "bytes must be a Uint8Array", of: "encodeBase32", from: "halfminute" },
  { mark: "invalid-base32", of: "decodeBase32", from: "halfminute" },
  { mark: "no-random", of: "generateSecret", from: "halfminute" },
  { mark: "secondsRemaining", of: "timeStep", from: "halfminute" },
  { mark: "counter must be", of: "verifyHotp", from: "halfminute" },
  { mark: "invalid-codes", of: "resynchronizeTotp", from: "halfminute" },
  { mark: "otpauth", of: "parseOtpauthUri", from: "halfminute" },
  { mark: "otpauth", of: "buildOtpauthUri", from: "halfminute" },
  { mark: "http://www.w3.org/2000/svg", of: "*", from: "halfminute/qr" },
  { mark: "not-enrolled", of: "*", from: "halfminute/two-factor" },
  { mark: "google_auth_qr", of: "*", from: "halfminute/speakeasy" },
  { mark: "23456789BCDFGHJKMNPQRTVWXY", of: "*", from: "halfminute/steam" },
  { mark: "otpauth-migration", of: "*", from: "halfminute/migration" },
  { mark: "rfc6238-appendix-b", of: "*", from: "halfminute/vectors" },
  { mark: "compareAndSet", of: "*", from: "halfminute/stores/memory" },
  { mark: "compareAndSet", of: "*", from: "halfminute/stores/conformance" },
  { mark: "compareAndSet", of: "*", from: "halfminute/stores/redis" },
  ...["sqlite", "postgres", "mysql", "d1"].map((name) => ({
    mark: "user_id",
    of: "*",
    from: `halfminute/stores/${name}`,
  })),
  // Either API is a part that the other leaves out.
  { mark: "subtle", of: "verifyTotp", from: "halfminute" },
  { mark: "Int32Array", of: "verifyTotp", from: "halfminute/sync" },
];

const run = promisify(execFile);
let project: Project;

const isTried = process.env["CI"] !== undefined;
if (!isTried) console.warn(`SKIPPED without CI: bundles of ${BUNDLERS.join(", ")}`);

beforeAll(async () => {
  if (!isTried) return;
  project = unpackedProject();
  for (const [name, { from }] of Object.entries(ENTRIES)) {
    const program = `import { verifyTotp } from "${from}";\nglobalThis.verify = verifyTotp;\n`;
    writeFileSync(path.join(project.folder, `${name}.js`), program);
  }
  const program = path.join(ROOT, "test/package/loaders/bundle.mjs");
  for (const bundler of BUNDLERS) {
    await run(process.execPath, [program, bundler, project.folder, ...Object.keys(ENTRIES)]); // rejects on a warning
  }
});

afterAll(() => {
  if (isTried) project.remove();
});

function bundle(bundler: string, entry: string): string {
  return readFileSync(path.join(project.folder, `${bundler}/${entry}.js`), "utf8");
}

describe.runIf(isTried).each(Object.entries(ENTRIES))("verifyTotp of %s, for a browser", (entry, { from, globals }) => {
  it.each(BUNDLERS)("accepts a right code and refuses a wrong one, built by %s", async (bundler) => {
    const context = createContext({ ...globals });
    runInContext(bundle(bundler, entry), context);
    const verify = async (code: string): Promise<unknown> => {
      const call = `verify("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "${code}", { at: new Date(59_000) })`;
      return (await runInContext(call, context)) as unknown;
    };
    expect(await verify("287082")).toEqual({ counter: 1, delta: 0 });
    expect(await verify("287083")).toBeNull();
  });

  it("is at most 10 % larger than the smallest, built by any of them", () => {
    const sizes = BUNDLERS.map((bundler) => [bundler, gzipSync(bundle(bundler, entry)).length] as const);
    const limit = Math.min(...sizes.map(([, size]) => size)) * 1.1;
    expect(
      sizes.filter(([, size]) => size > limit).map(([bundler]) => bundler),
      JSON.stringify(sizes),
    ).toEqual([]);
  });

  it.each(BUNDLERS)("holds nothing of the other parts, built by %s", (bundler) => {
    const own = MARKS.filter((part) => part.of === "verifyTotp" && part.from === from);
    const held = MARKS.filter(({ mark }) => bundle(bundler, entry).includes(mark));
    expect(held).toEqual(own);
  });
});

describe.runIf(isTried)("the marks", () => {
  it.each(MARKS)("$mark is in a bundle of $of from $from", async ({ mark, of, from }) => {
    const contents = `import * as all from "${from}"; globalThis.part = ${of === "*" ? "all" : `all.${of}`};`;
    const stdin = { contents, resolveDir: project.folder };
    const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: "esm", write: false });
    expect(outputFiles[0]?.text).toContain(mark);
  });

  it("are of every subpath", () => {
    const subpaths = faces().map(({ name }) => (name === "index" ? "halfminute" : `halfminute/${name}`));
    expect(new Set(MARKS.map(({ from }) => from))).toEqual(new Set(subpaths));
  });
});
