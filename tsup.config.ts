import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { Plugin } from "esbuild";
import { defineConfig } from "tsup";

const STORES = Object.fromEntries(
  ["memory", "sqlite", "postgres", "redis", "conformance"].map((name) => [`stores/${name}`, `src/stores/${name}.ts`]),
);

const faces = {
  index: "src/index.ts",
  sync: "src/sync.ts",
  speakeasy: "src/speakeasy/index.ts",
  qr: "src/qr/index.ts",
  migration: "src/migration/index.ts",
  steam: "src/steam/index.ts",
  vectors: "src/vectors/index.ts",
  "two-factor/index": "src/two-factor/index.ts",
  ...STORES,
};

/** What the package is entered by; and the inner functions of both faces, for the playground. */
const entry = { ...faces, "cli/main": "src/cli/main.ts" };

export default defineConfig({
  entry,
  format: "esm",
  target: "es2022",
  platform: "node", // so that the command line's node: imports stay imports; nothing else has any
  splitting: true, // one OtpError, whichever subpath it is reached through
  esbuildPlugins: [coreInOneFile()],
  sourcemap: true,
  clean: true,
  tsconfig: "tsconfig.src.json",
  dts: { entry: faces, compilerOptions: { ignoreDeprecations: "6.0" } },
});

/**
 * Files that all entries reach become one chunk; the others are cut into as many as there are ways to reach them. So each entry is
 * made to reach the whole core: to import one of eight files takes Node two and a half times as long. A bundler still takes from it
 * only what a program uses.
 */
function coreInOneFile(): Plugin {
  const entries = Object.values(entry).map((file) => path.resolve(file));
  const files = ["src/core", "src/otpauth", "src/webcrypto", "src/portable"].flatMap((folder) =>
    readdirSync(folder).map((name) => path.resolve(folder, name)),
  );
  const core = files.filter((file) => file.endsWith(".ts") && !entries.includes(file));
  const imports = core.map((file) => `\nimport ${JSON.stringify(file)};`).join("");
  return {
    name: "core-in-one-file",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (!entries.includes(file)) return undefined;
        return { loader: "ts", resolveDir: path.dirname(file), contents: readFileSync(file, "utf8") + imports };
      });
      build.onResolve({ filter: /\.ts$/ }, ({ path: name, resolveDir, kind }) => {
        const file = path.resolve(resolveDir, name);
        const isCore = kind === "import-statement" && core.includes(file);
        return isCore ? { path: file, sideEffects: true } : undefined; // or imports for nothing else would be dropped
      });
    },
  };
}
