/** Rows for `it.each`: each value behind a name for it, which is short enough for a log. */
export function named<T>(values: readonly T[]): [name: string, value: T][] {
  return values.map((value) => [JSON.stringify(value, written).slice(0, 60), value]);
}

/** JSON leaves these out. */
function written(_: string, part: unknown): unknown {
  return part === undefined || typeof part === "function" ? typeof part : part;
}
