import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"], // npm run test:browser
    typecheck: { enabled: true, include: ["test/types/**/*.test-d.ts"], tsconfig: "tsconfig.json" },
    maxWorkers: "100%", // one for each processor; by default one stays idle
    testTimeout: 60_000, // some tests start compilers and other programs; none measures time
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/cli/**"],
      thresholds: { lines: 98, branches: 98, functions: 98, statements: 98 },
      reporter: ["text", "html"],
    },
  },
});
