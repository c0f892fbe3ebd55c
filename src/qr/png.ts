// A QR code as PNG (ISO/IEC 15948, W3C PNG): one bit per pixel, a palette of two colors, no filter.
import { bigEndian, joined } from "./bytes.ts";
import { channels, type QrOptions, readDrawing } from "./options.ts";
import { zlib } from "./zlib.ts";

/** The chunk types, four ASCII letters each. */
const IHDR = 0x49484452;
const PLTE = 0x504c5445;
const IDAT = 0x49444154;
const IEND = 0x49454e44;

/**
 * Draws a QR code as PNG, for places that do not accept SVG. It contains the text: if that is a
 * secret, treat the picture as a secret.
 *
 * @param text - The text to encode, usually an `otpauth://` URI: 1 to 2331 bytes of UTF-8 with
 * `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, size and colors.
 * @returns The bytes of the file, compressed if the runtime has `CompressionStream`.
 * @throws {@link OtpError} (as a rejection) `invalid-text` if `text` is not a string, is empty or
 * is not well-formed; `text-too-long`; `invalid-options`, `unknown-option`, `invalid-option`, also
 * for colors with too little contrast.
 * @example
 * ```ts
 * import { qrPng } from "halfminute/qr";
 *
 * const png = await qrPng("otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP&issuer=Acme", { scale: 8 });
 * console.log(png instanceof Uint8Array, png.length < 4000); // true true
 * ```
 * @see PNG (Third Edition) §5, §11.2
 */
export async function qrPng(text: string, options?: QrOptions): Promise<Uint8Array> {
  const drawing = readDrawing(text, options, {});
  const pixels = bigEndian(drawing.rows.length * drawing.scale);
  return joined([
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    // One bit, with a palette; the only compression and filter methods there are; not interlaced.
    chunk(IHDR, [...pixels, ...pixels, 1, 3, 0, 0, 0]),
    chunk(PLTE, [...channels(drawing.light), ...channels(drawing.dark)]),
    chunk(IDAT, await zlib(joined(drawing.rows.flatMap((row) => scanlines(row, drawing.scale))))),
    chunk(IEND, []),
  ]);
}

/**
 * A row of modules as lines of pixels. Each line begins with filter type 0 and is padded to whole
 * bytes.
 */
function scanlines(row: string, scale: number): Uint8Array[] {
  const pixels = row.replace(/./g, (module) => module.repeat(scale));
  const line = `00000000${pixels}`.match(/.{1,8}/g) as string[];
  return Array<Uint8Array>(scale).fill(Uint8Array.from(line, (bits) => parseInt(bits.padEnd(8, "0"), 2)));
}

/** Length, type, data, and the CRC of type and data. */
function chunk(type: number, data: readonly number[] | Uint8Array): Uint8Array {
  const checked = joined([bigEndian(type), data]);
  return joined([bigEndian(data.length), checked, bigEndian(crc32(checked))]);
}

/** PNG Annex D, by its formula: a table would need work at import time. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
  }
  return ~crc;
}
