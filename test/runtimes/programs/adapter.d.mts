import type { ConformanceExpectation, ConformanceParts } from "../../conformance/suite.js";

type Suite = (parts: Pick<ConformanceParts, "test" | "expect">) => void;

export function collect(
  suites: Readonly<Record<string, Suite>>,
): Promise<{ counts: Record<string, { cases: number; rows: number }>; failures: string[] }>;

export function expect(actual: unknown): ConformanceExpectation;
