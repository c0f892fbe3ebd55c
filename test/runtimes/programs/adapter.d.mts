import type { ConformanceExpectation, ConformanceParts } from "../../conformance/suite.js";

export function collect(
  suite: (parts: ConformanceParts) => void,
  faces: Readonly<Record<string, object>>,
): Promise<{ passed: number; failures: string[] }>;

export function expect(actual: unknown): ConformanceExpectation;
