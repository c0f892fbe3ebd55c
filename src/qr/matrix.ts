// Turns text into the dark and light modules of a QR code (ISO/IEC 18004). The only file that uses
// the package `qr`, and only for the bare matrix.
import encodeQR, { type QrOpts } from "qr";
import { OtpError } from "../core/errors.ts";
import { requireInteger } from "../core/parameters.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { choose } from "./choice.ts";

/** How much of a QR code may be unreadable: about 7 % (L), 15 % (M), 25 % (Q) or 30 % (H). */
export type ErrorCorrection = "L" | "M" | "Q" | "H";

/**
 * For each level: its name in `qr`, and the capacity of the largest code in bytes (ISO/IEC 18004
 * Table 7, version 40).
 */
const LEVELS = [
  ["L", "low", 2953],
  ["M", "medium", 2331],
  ["Q", "quartile", 1663],
  ["H", "high", 1273],
] as const;

/** One string for each row of modules, `1` for dark and `0` for light, including the quiet zone. */
export function matrixOf(text: unknown, level: unknown, margin: unknown): string[] {
  // One module more than requested, removed again below: `qr` does not allow 0.
  const border = requireInteger(margin, "margin", 0, 32) + 1;
  const [, ecc, capacity] = choose(LEVELS, level, "errorCorrection");
  // The length is checked first, so that megabytes of text are neither matched nor encoded.
  const isLong = typeof text === "string" && text.length > capacity;
  // With the u flag, Cs matches only lone surrogates.
  if (typeof text !== "string" || (!isLong && !/^\P{Cs}+$/u.test(text))) {
    throw new OtpError("invalid-text", "text is empty or malformed");
  }
  const bytes = isLong ? undefined : encodeUtf8(text);
  if (!bytes || bytes.length > capacity) {
    throw new OtpError("text-too-long", `text must have at most ${capacity} bytes`);
  }
  // Always byte mode: one capacity, and one way to read it. No prototype, because a polluted one
  // would add options.
  const rows = encodeQR(text, "raw", {
    __proto__: null,
    ecc,
    encoding: "byte",
    border,
    textEncoder: () => bytes,
  } as QrOpts);
  return rows.slice(1, -1).map((row) => row.slice(1, -1).map(Number).join(""));
}
