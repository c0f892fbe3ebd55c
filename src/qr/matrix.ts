// Text becomes the dark and light modules of a QR code (ISO/IEC 18004). The only file that names the package `qr`, which
// computes them; it is asked for the bare matrix and for nothing else.
import encodeQR, { type QrOpts } from "qr";
import { OtpError } from "../core/errors.ts";
import { requireInteger } from "../core/parameters.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { choose } from "./choice.ts";

/** How much of a QR code may be unreadable: about 7 % (L), 15 % (M), 25 % (Q) or 30 % (H). */
export type ErrorCorrection = "L" | "M" | "Q" | "H";

/** For each level its name in `qr`, and the most bytes of the largest code (ISO/IEC 18004 Table 7, version 40). */
const LEVELS = [
  ["L", "low", 2953],
  ["M", "medium", 2331],
  ["Q", "quartile", 1663],
  ["H", "high", 1273],
] as const;

/** One string for each row of modules, `1` for a dark and `0` for a light one, with the quiet zone around. */
export function matrixOf(text: unknown, level: unknown, margin: unknown): string[] {
  // One module more than asked for, and cut off again: none at all is no choice there.
  const border = requireInteger(margin, "margin", 0, 32) + 1;
  const [, ecc, capacity] = choose(LEVELS, level, "errorCorrection");
  // With this flag Cs is half of a surrogate pair; whole ones are characters.
  if (typeof text !== "string" || !/^\P{Cs}+$/u.test(text)) {
    throw new OtpError("invalid-text", "text must be well-formed, not empty");
  }
  // The length first: a text of megabytes is not encoded to find that out.
  const bytes = text.length > capacity ? undefined : encodeUtf8(text);
  if (!bytes || bytes.length > capacity) {
    throw new OtpError("text-too-long", `text must have at most ${capacity} bytes`);
  }
  // Bytes, whatever the text is: one capacity, and one way to be read. No prototype, for a polluted one would choose too.
  const rows = encodeQR(text, "raw", {
    __proto__: null,
    ecc,
    encoding: "byte",
    border,
    textEncoder: () => bytes,
  } as QrOpts);
  return rows.slice(1, -1).map((row) => row.slice(1, -1).map(Number).join(""));
}
