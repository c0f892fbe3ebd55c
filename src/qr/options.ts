// What callers may choose about a picture, and the guards that keep it readable for scanners and harmless in a page.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireInteger } from "../core/parameters.ts";
import { type ErrorCorrection, matrixOf } from "./matrix.ts";

/** How a QR code is drawn. */
export interface QrOptions {
  /** How much of the code may be unreadable. A higher level is a larger code. Default: `M`. */
  readonly errorCorrection?: ErrorCorrection | undefined;
  /** Pixels of a module on each side, 1 to 32. Default: 4. */
  readonly scale?: number | undefined;
  /** Modules of quiet zone on each side, 0 to 32. Scanners need 4; less only where the page around is as light. Default: 4. */
  readonly margin?: number | undefined;
  /** Colour of the dark modules, `#rgb` or `#rrggbb`. Default: `#000000`. */
  readonly dark?: string | undefined;
  /** Colour of the light modules and the quiet zone, `#rgb` or `#rrggbb`, lighter than `dark` by at least half of black to white. Default: `#ffffff`. */
  readonly light?: string | undefined;
}

/** What all pictures are drawn from. */
export interface Drawing {
  /** As many as there are modules on each side, see {@link matrixOf}. */
  readonly rows: readonly string[];
  readonly scale: number;
  /** Both as `#rrggbb`, which is safe in any markup. */
  readonly dark: string;
  readonly light: string;
  readonly title?: unknown;
}

/** The least difference in brightness: half of all there is. Below that the first decoders fail, even without a camera. */
const CONTRAST = 127.5;

/** `more` are the options, with their defaults, that one kind of picture has for itself. */
export function readDrawing(text: unknown, options: QrOptions | undefined, more: { title?: string }): Drawing {
  const defaults = { errorCorrection: "M", scale: 4, margin: 4, dark: "#000", light: "#fff", ...more };
  const given = readOptions<typeof defaults>(options, defaults);
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
    throw new OtpError("invalid-option", `${name} must be hex like #1a2b3c`);
  }
  return value.length > 4 ? value : value.replace(/\w/g, "$&$&");
}

/** The three numbers of `#rrggbb`. */
export function channels(color: string): [red: number, green: number, blue: number] {
  const value = parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** 0 to 255, by about the weights of ITU-R BT.601, with which decoders make grey of colours. */
function brightness(color: string): number {
  const [red, green, blue] = channels(color);
  return (3 * red + 6 * green + blue) / 10;
}
