// A QR code as text: two modules above one another are one character, for a character is about twice as high as wide.
import { readOptions } from "../core/parameters.ts";
import { choose } from "./choice.ts";
import { type ErrorCorrection, matrixOf } from "./matrix.ts";

/** How {@link qrTerminal} draws. */
export interface QrTerminalOptions {
  /** How much of the code may be unreadable. `L` makes it smaller. Default: `M`. */
  readonly errorCorrection?: ErrorCorrection | undefined;
  /** Modules of quiet zone on each side, 0 to 32. Scanners need 4. Default: 4. */
  readonly margin?: number | undefined;
  /**
   * What the text is for. `any`: terminals with colours; the text sets black and white itself. `light`, `dark`: a terminal
   * (or a file, a log) whose background is known; plain characters, no escape sequences. Default: `any`.
   */
  readonly background?: "any" | "light" | "dark" | undefined;
}

/** Light over light, light over dark, dark over light and dark over dark, for dark ink. */
const BLOCKS = " ▄▀█";

/** For each background what turns the number of a pair of modules into that of its block: on a dark one ink is light. */
const BACKGROUNDS = [["any"], ["light", 0], ["dark", 3]] as const;

const DEFAULTS = { errorCorrection: "M", margin: 4, background: "any" };

/**
 * Draws a QR code as lines of half blocks, for a terminal. A URI of up to 331 bytes fits into 80 columns with `errorCorrection` M.
 *
 * @param text - What scanners read, mostly an `otpauth://` URI: up to 2331 bytes of UTF-8 with `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, quiet zone, and what the terminal's background is.
 * @returns Lines of one length, without a line end after the last.
 * @throws {@link OtpError} `invalid-text` for what is no text; `text-too-long`; `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { qrTerminal } from "halfminute/qr";
 *
 * const lines = qrTerminal("otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP", { background: "dark" }).split("\n");
 * console.log(lines[2]); // ████ ▄▄▄▄▄ ██ ▀▀▄█▄▀ █ ▄ █▄▄▀█ ▄▄▄▄▄ ████
 * ```
 * @see ISO/IEC 18004; ECMA-48 §8.3.117 (the colours)
 */
export function qrTerminal(text: string, options?: QrTerminalOptions): string {
  const { errorCorrection, margin, background } = readOptions<typeof DEFAULTS>(options, DEFAULTS);
  const [, flip] = choose(BACKGROUNDS, background, "background");
  const rows = matrixOf(text, errorCorrection, margin);
  return rows.flatMap((upper, y) => (y % 2 ? [] : line(upper, rows[y + 1] ?? "", flip))).join("\n");
}

/** Below the last row is half a line more of quiet zone. */
function line(upper: string, lower: string, flip: number | undefined): string {
  // For each pair of modules a digit: twice the upper one and the lower one.
  const pairs = upper.replace(/./g, (module, x: number) => `${Number(module) * 2 + Number(lower.charAt(x))}`);
  if (flip !== undefined) return pairs.replace(/./g, (pair) => BLOCKS.charAt(Number(pair) ^ flip));
  // Always the upper half, as ink, and the lower one by the background: full blocks of many fonts leave a gap between lines.
  // Black and white are those of the 256 colours: themes change the first 16, and these never.
  return `${pairs.replace(/(.)\1*/g, ({ length }, pair: number) => {
    return `\u001b[38;5;${pair > 1 ? 16 : 231};48;5;${pair % 2 ? 16 : 231}m${"▀".repeat(length)}`;
  })}\u001b[m`;
}
