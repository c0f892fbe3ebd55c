// The one subpath that exists for CommonJS programs, built for them too: some of what loads them (Jest, TypeScript's
// `module: node16`) does not take an ES module from `require`.
import { defineConfig } from "tsup";

export default defineConfig({
  entry: { speakeasy: "src/speakeasy/index.ts" },
  format: "cjs",
  target: "es2022",
  platform: "neutral",
  sourcemap: true,
  clean: false,
  tsconfig: "tsconfig.src.json",
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
  // A plain object, as speakeasy has: tests replace its functions. `default` is for compiled `import speakeasy from`.
  footer: {
    js: `module.exports = { ...module.exports };
Object.defineProperty(module.exports, "__esModule", { value: true });
Object.defineProperty(module.exports, "default", { value: module.exports, enumerable: false });`,
  },
});
