import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** Files whose tests take longest, so they come last: most mutants do not get that far. */
const LAST = /\/(version-1|text|faults|clocks|sealing|guessing|model|codes|vectors)\.test\.ts$/;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLast = ({ moduleId }: TestSpecification): number => Number(LAST.test(moduleId));
    return (await super.sort(files)).sort((one, other) => isLast(one) - isLast(other));
  }
}

/** For Stryker, which says which tests the mutants of an area must get past. */
export default defineConfig({
  test: {
    include: JSON.parse(process.env["MUTATION_TESTS"] ?? "[]") as string[],
    setupFiles: ["tools/mutation/same-cases.ts"],
    sequence: { sequencer: QuickFirst },
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
