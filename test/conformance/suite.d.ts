export interface ConformanceExpectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
}

export interface ConformanceParts {
  test(name: string, run: () => void | Promise<void>): void;
  expect(actual: unknown): ConformanceExpectation;
  library: object;
}

export function conformance(parts: ConformanceParts): void;
