// Checks: any fault stops the tool before it writes.

export function check(isRight: boolean, complaint: string): asserts isRight {
  if (!isRight) throw new Error(complaint);
}

export function checkSame(what: string, first: unknown, second: unknown): void {
  const [a, b] = [JSON.stringify(first), JSON.stringify(second)];
  check(a === b, `${what}: ${a} is not ${b}`);
}

/** Something that must be there. */
export function found<Value>(value: Value | undefined, what: string): Value {
  check(value !== undefined, `missing: ${what}`);
  return value;
}
