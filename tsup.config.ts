import { defineConfig } from "tsup";

const STORES = Object.fromEntries(
  ["memory", "sqlite", "postgres", "redis", "conformance"].map((name) => [`stores/${name}`, `src/stores/${name}.ts`]),
);

const faces = {
  index: "src/index.ts",
  sync: "src/sync.ts",
  speakeasy: "src/speakeasy.ts",
  qr: "src/qr/index.ts",
  migration: "src/migration/index.ts",
  steam: "src/steam.ts",
  "two-factor/index": "src/two-factor/index.ts",
  ...STORES,
};

export default defineConfig({
  entry: { ...faces, "cli/main": "src/cli/main.ts" },
  format: "esm",
  target: "es2022",
  platform: "node", // so that the command line's node: imports stay imports; nothing else has any
  splitting: true, // one OtpError, whichever subpath it is reached through
  sourcemap: true,
  clean: true,
  tsconfig: "tsconfig.src.json",
  dts: { entry: faces, compilerOptions: { ignoreDeprecations: "6.0" } },
});
