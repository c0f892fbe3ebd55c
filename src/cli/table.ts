// Text for a terminal: columns, and names without control characters.
/**
 * Names come from elsewhere. A control character in one could move the cursor, recolor the rest or
 * reverse its direction.
 */
export function shown(name: string): string {
  return name.replace(/[\p{C}\u2028\u2029]/gu, "\ufffd");
}

/** Each column as wide as its widest cell. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
