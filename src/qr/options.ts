// The options of a picture, and the guards that keep it scannable and safe in a page.
import { OtpError } from "../core/errors.ts";
import { overwriteOptions, requireInteger } from "../core/parameters.ts";
import { type ErrorCorrection, matrixOf } from "./matrix.ts";

/** Options of a QR code. */
export interface QrOptions {
  /** How much of the code may be unreadable. A higher level makes a larger code. Default: `M`. */
  readonly errorCorrection?: ErrorCorrection | undefined;
  /** The side of a module in pixels: an integer from 1 to 32. Default: 4. */
  readonly scale?: number | undefined;
  /**
   * The width of the quiet zone in modules: an integer from 0 to 32. Scanners need 4; use less only
   * where the surroundings are equally light. Default: 4.
   */
  readonly margin?: number | undefined;
  /** The color of the dark modules, `#rgb` or `#rrggbb`. Default: `#000000`. */
  readonly dark?: string | undefined;
  /**
   * The color of the light modules and the quiet zone, `#rgb` or `#rrggbb`; lighter than `dark` by
   * at least half the difference from black to white. Default: `#ffffff`.
   */
  readonly light?: string | undefined;
}

/** The input of every picture. */
export interface Drawing {
  /** One row per module, see {@link matrixOf}. */
  readonly rows: readonly string[];
  readonly scale: number;
  /** `dark` and `light` are `#rrggbb`, which is safe in any markup. */
  readonly dark: string;
  readonly light: string;
  readonly title?: unknown;
}

/**
 * The minimum difference in brightness: half the range. Below it some decoders fail, even without a
 * camera.
 */
const CONTRAST = 127.5;

/** `more` has the options of one kind of picture, with defaults. */
export function readDrawing(text: unknown, options: QrOptions | undefined, more: { title?: string }): Drawing {
  const defaults = { errorCorrection: "M", scale: 4, margin: 4, dark: "#000", light: "#fff", ...more };
  const given = overwriteOptions<typeof defaults>(options, defaults);
  requireInteger(given.scale, "scale", 1, 32);
  const dark = requireColor(given.dark, "dark");
  const light = requireColor(given.light, "light");
  if (brightness(light) - brightness(dark) < CONTRAST) {
    throw new OtpError("invalid-option", "dark must be much darker than light");
  }
  return { ...given, dark, light, rows: matrixOf(text, given.errorCorrection, given.margin) };
}

function requireColor(value: unknown, name: string): string {
  if (typeof value !== "string" || !/^#([\da-f]{3}){1,2}$/i.test(value)) {
    throw new OtpError("invalid-option", `${name} must be like #1a2b3c`);
  }
  return value.length > 4 ? value : value.replace(/\w/g, "$&$&");
}

/** The three channels of `#rrggbb`. */
export function channels(color: string): [red: number, green: number, blue: number] {
  const value = parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/**
 * 0 to 255, with roughly the weights of ITU-R BT.601, which decoders use to convert colors to gray.
 */
function brightness(color: string): number {
  const [red, green, blue] = channels(color);
  return (3 * red + 6 * green + blue) / 10;
}
