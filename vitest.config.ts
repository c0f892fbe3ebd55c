import { defineConfig } from "vitest/config";

/**
 * Tests that start programs, servers, compilers or the built package. `npm test` leaves them out,
 * `npm run test:all` does not.
 */
const SYSTEM = [
  "test/bench/**",
  "test/cli/{completion,leaks,manual,new-file,npx,oathtool,pictures,program,terminal}.test.ts",
  "test/conformance/**",
  "test/docs/**",
  "test/endurance/**",
  "test/examples/**",
  "test/express-login/**",
  "test/oracles/**",
  "test/package/**",
  "test/playground/**",
  "test/qr/scans.test.ts",
  "test/stores/{d1,mysql,pglite,postgres,redis}.test.ts",
  "test/tools/**",
  "test/workflows/**",
  "test/two-factor/storms/{d1,mysql,pglite,postgres,redis*,sqlite}.test.ts",
];
/** Tests of the first kind that try more with `MORE`: random cases, orders of events. */
const LONGER = [
  "test/properties/*.test.ts",
  "test/two-factor/{faults,model}.test.ts",
  "test/two-factor/guessing.test.ts",
  "test/unit/portable/*.test.ts",
];
const BROWSER = ["test/browser/**"];
const ANY = "test/**/*.test.ts";

/**
 * Nothing measures time. A limit is there for what hangs, and far from what a busy machine needs.
 */
const PATIENT = { testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    maxWorkers: "100%", // one for each processor; by default one stays idle
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [ANY],
          exclude: ["**/node_modules/**", ...SYSTEM, ...BROWSER],
          // Files of one worker share their modules, which saves a third of the time: nothing here
          // mocks a module.
          isolate: false,
          restoreMocks: true,
          unstubGlobals: true,
          ...PATIENT,
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: [...SYSTEM.map((files) => (files.endsWith(".ts") ? files : `${files}/*.test.ts`)), ...LONGER],
          env: { MORE: "10" },
          typecheck: { enabled: true, include: ["test/types/**/*.test-d.ts"], tsconfig: "test/types/tsconfig.json" },
          ...PATIENT,
        },
      },
      {
        extends: true,
        // One file after another: each starts browsers and servers of its own.
        test: {
          name: "browser",
          include: BROWSER.map((files) => `${files}/*.test.ts`),
          fileParallelism: false,
          ...PATIENT,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/cli/**"],
      thresholds: { lines: 98, branches: 98, functions: 98, statements: 98 },
      reporter: ["text", "html"],
    },
  },
});
