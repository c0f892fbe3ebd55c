// A QR code as text: each character shows two modules, one above the other, because a character is
// about twice as high as wide.
import { overwriteOptions } from "../core/parameters.ts";
import { choose } from "./choice.ts";
import { type ErrorCorrection, matrixOf } from "./matrix.ts";

/** Options of {@link qrTerminal}. */
export interface QrTerminalOptions {
  /** How much of the code may be unreadable. `L` makes the smallest code. Default: `M`. */
  readonly errorCorrection?: ErrorCorrection | undefined;
  /**
   * The width of the quiet zone in modules: an integer from 0 to 32. Scanners need 4. Default: 4.
   */
  readonly margin?: number | undefined;
  /**
   * The background to draw for. `any`: terminals with colors; escape sequences set black and white.
   * `light`, `dark`: a terminal, file or log with that background; plain characters, no escape
   * sequences. Default: `any`.
   */
  readonly background?: "any" | "light" | "dark" | undefined;
}

/** Light above light, light above dark, dark above light, dark above dark, in dark ink. */
const BLOCKS = " ▄▀█";

/**
 * For each background, what to XOR with the number of a pair to get its block: on a dark one, ink
 * is light.
 */
const BACKGROUNDS = [["any"], ["light", 0], ["dark", 3]] as const;

/**
 * Draws a QR code as lines of half blocks, for a terminal. With `errorCorrection` M, a URI of up to
 * 331 bytes fits into 80 columns.
 *
 * @param text - The text to encode, usually an `otpauth://` URI: 1 to 2331 bytes of UTF-8 with
 * `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, quiet zone, and the background.
 * @returns Lines of equal width, without a line end after the last.
 * @throws {@link OtpError} `invalid-text` if `text` is not a string, is empty or is not
 * well-formed; `text-too-long`; `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { qrTerminal } from "halfminute/qr";
 *
 * const lines = qrTerminal("otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP", { background: "dark" }).split("\n");
 * console.log(lines[2]); // ████ ▄▄▄▄▄ ██ ▀▀▄█▄▀ █ ▄ █▄▄▀█ ▄▄▄▄▄ ████
 * ```
 * @see ISO/IEC 18004; ECMA-48 §8.3.117 (the colors)
 */
export function qrTerminal(text: string, options?: QrTerminalOptions): string {
  const defaults = { errorCorrection: "M", margin: 4, background: "any" };
  const { errorCorrection, margin, background } = overwriteOptions<typeof defaults>(options, defaults);
  const [, flip] = choose(BACKGROUNDS, background, "background");
  const rows = matrixOf(text, errorCorrection, margin);
  return rows.flatMap((upper, y) => (y % 2 ? [] : line(upper, rows[y + 1] ?? "", flip))).join("\n");
}

/** Below the last row, half a line of quiet zone is added. */
function line(upper: string, lower: string, flip: number | undefined): string {
  // A digit for each pair of modules: twice the upper one plus the lower one.
  const pairs = upper.replace(/./g, (module, x: number) => `${Number(module) * 2 + Number(lower.charAt(x))}`);
  if (flip !== undefined) return pairs.replace(/./g, (pair) => BLOCKS.charAt(Number(pair) ^ flip));
  // Always the upper half block in ink, and the lower half as background: full blocks of many fonts
  // leave gaps between lines. Black and white are from the 256 colors: themes change only the first
  // 16.
  return `${pairs.replace(/(.)\1*/g, ({ length }, pair: number) => {
    return `\u001b[38;5;${pair > 1 ? 16 : 231};48;5;${pair % 2 ? 16 : 231}m${"▀".repeat(length)}`;
  })}\u001b[m`;
}
