// Tests that need browsers: `npm run test:browser`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  // One file after another: each starts browsers and servers of its own.
  test: { include: ["test/browser/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
});
