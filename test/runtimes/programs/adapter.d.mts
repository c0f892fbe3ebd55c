import type { ConformanceExpectation } from "../../conformance/suite.js";

interface Parts {
  /** A body that returns a number checked that many rows of vectors. */
  test(name: string, body: () => unknown): void;
  expect(actual: unknown): ConformanceExpectation;
}

export function collect(
  suites: Readonly<Record<string, (parts: Parts) => void>>,
): Promise<{ counts: Record<string, { cases: number; rows: number }>; failures: string[] }>;

export function expect(actual: unknown): ConformanceExpectation;
