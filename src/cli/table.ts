// Text for a terminal: columns, and names that cannot do anything but be read.
import type { Io } from "./io.ts";

/** Names come from elsewhere. A control character in one could move the cursor, recolour the rest or turn its direction round. */
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

/** A QR code whose lines are broken is none. `columns` is how wide the terminal is, if it is one. */
export function warnIfTooWide(drawn: string, columns: number | undefined, advice: string, io: Io): void {
  // eslint-disable-next-line no-control-regex -- the colours take no columns
  const width = drawn.replace(/\u001b\[[\d;]*m/g, "").indexOf("\n");
  if (columns === undefined || width <= columns) return;
  io.writeError(`halfminute: warning: the code is ${width} columns wide and the terminal ${columns}; ${advice}\n`);
}
