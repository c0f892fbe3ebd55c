import { defineConfig } from "vitest/config";

/** For Stryker, which says which tests the mutants of an area must get past. */
export default defineConfig({
  test: {
    include: JSON.parse(process.env["MUTATION_TESTS"] ?? "[]") as string[],
    setupFiles: ["tools/mutation/same-cases.ts"],
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
