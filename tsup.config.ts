import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { Plugin } from "esbuild";
import { defineConfig, type Options } from "tsup";

import { faces } from "./tools/package/faces.ts";

const subpaths = Object.fromEntries(faces().map(({ name, source }) => [name, source]));
const programs = { "cli/main": "src/cli/main.ts" };

const common: Options = {
  target: "es2022",
  platform: "node", // so that the command line's node: imports stay imports; nothing else has any
  splitting: true, // one OtpError, whichever subpath it is reached through
  tsconfig: "src/tsconfig.json",
};

export default defineConfig([
  {
    ...common,
    format: "esm",
    entry: { ...subpaths, ...programs },
    clean: ["!dist/cjs/**"], // the other build is made at the same time
    esbuildPlugins: [coreInOneFile(Object.values({ ...subpaths, ...programs })), vectorsInside()],
  },
  {
    ...common,
    format: "cjs",
    entry: subpaths,
    outDir: "dist/cjs",
    clean: true,
    noExternal: ["qr"], // it is an ES module only
    esbuildPlugins: [coreInOneFile(Object.values(subpaths)), vectorsOutside()],
    plugins: [{ name: "speakeasy-is-a-plain-object", renderChunk: plainSpeakeasy }],
  },
]);

/**
 * Files that all entries reach become one chunk; the others are cut into as many as there are ways
 * to reach them. So each entry is made to reach the whole core: to import one of eight files takes
 * Node two and a half times as long. A bundler still takes from it only what a program uses.
 */
function coreInOneFile(sources: readonly string[]): Plugin {
  const entries = sources.map((file) => path.resolve(file));
  const files = ["src/core", "src/otpauth", "src/webcrypto", "src/portable"].flatMap((folder) =>
    readdirSync(folder).map((name) => path.resolve(folder, name)),
  );
  const core = files.filter((file) => file.endsWith(".ts") && !entries.includes(file));
  return {
    name: "core-in-one-file",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (!entries.includes(file)) return undefined;
        const resolveDir = path.dirname(file);
        // Relative, so that the chunks have the same names whatever folder they are built in.
        const imports = core.map((each) => `\nimport "./${path.relative(resolveDir, each).replaceAll("\\", "/")}";`);
        return { loader: "ts", resolveDir, contents: readFileSync(file, "utf8") + imports.join("") };
      });
      build.onResolve({ filter: /\.ts$/ }, ({ path: name, resolveDir, kind }) => {
        const file = path.resolve(resolveDir, name);
        const isCore = kind === "import-statement" && core.includes(file);
        return isCore ? { path: file, sideEffects: true } : undefined; // or imports for nothing else would be dropped
      });
    },
  };
}

const VECTORS = /\/vectors\/[^/]+\.json$/;

/** Columns for people, which no check reads. */
const REMARKS = ["why", "writer", "note", "name", "extracted", "confirmedBy", "source"];

/**
 * ES modules hold the published vectors, because programs differ in how they import JSON: without
 * their remarks, and as text, which is half as long as a literal.
 */
function vectorsInside(): Plugin {
  return {
    name: "vectors-inside",
    setup(build) {
      build.onLoad({ filter: VECTORS }, ({ path: file }) => {
        const text = JSON.stringify(
          JSON.parse(readFileSync(file, "utf8"), (name, value: unknown) =>
            REMARKS.includes(name) ? undefined : value,
          ),
        );
        return { loader: "js", contents: `export default /* @__PURE__ */ JSON.parse(${JSON.stringify(text)});` };
      });
    },
  };
}

/**
 * CommonJS requires them where they are published: `dist/cjs/vectors.cjs` is as far below the root
 * as their source.
 */
function vectorsOutside(): Plugin {
  return {
    name: "vectors-outside",
    setup(build) {
      build.onResolve({ filter: VECTORS }, ({ path: file }) => ({ path: file, external: true }));
    },
  };
}

/**
 * A plain object, as speakeasy has: tests replace its functions. `default` is for compiled `import
 * speakeasy from`.
 */
function plainSpeakeasy(code: string, { path: file }: { readonly path: string }): { code: string } | undefined {
  if (path.basename(file) !== "speakeasy.cjs") return undefined;
  const footer = `module.exports = { ...module.exports };
Object.defineProperty(module.exports, "__esModule", { value: true });
Object.defineProperty(module.exports, "default", { value: module.exports, enumerable: false });`;
  return { code: `${code}${footer}\n` };
}
