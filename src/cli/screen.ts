// What the terminal can show. Only terminals get escape sequences, and not all of them.
import type { Io } from "./io.ts";

/** A terminal that understands no escape sequences, such as the shell of an editor. */
export function isDumb({ env }: Io): boolean {
  return env["TERM"] === "dumb";
}

/**
 * Whether colors may be used, on what may be a terminal. `NO_COLOR` is the convention of
 * no-color.org.
 */
export function hasColors(io: Io, isTerminal: boolean): boolean {
  return isTerminal && !isDumb(io) && !io.env["NO_COLOR"];
}

/** How many columns a QR code takes. */
export function widthOf(drawn: string): number {
  // eslint-disable-next-line no-control-regex -- colors take no columns
  return drawn.replace(/\u001b\[[\d;]*m/g, "").indexOf("\n");
}
