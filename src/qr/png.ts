// A QR code as PNG (ISO/IEC 15948, W3C PNG): one bit a pixel, a palette of two colours, no filter.
import { bigEndian, joined } from "./bytes.ts";
import { channels, type QrOptions, readDrawing } from "./options.ts";
import { zlib } from "./zlib.ts";

/** The types of chunks, four letters of ASCII each. */
const IHDR = 0x49484452;
const PLTE = 0x504c5445;
const IDAT = 0x49444154;
const IEND = 0x49454e44;

/**
 * Draws a QR code as PNG, for where SVG does not go. It holds the text: treat it like a secret if that is one.
 *
 * @param text - What scanners read, mostly an `otpauth://` URI: up to 2331 bytes of UTF-8 with `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, size and colours.
 * @returns The bytes of the file. They are compressed if the runtime has a `CompressionStream`, and valid without.
 * @throws {@link OtpError} `invalid-text` for what is no text; `text-too-long`; `invalid-options`, `unknown-option`,
 * `invalid-option`, also for colours that scanners cannot tell apart. It rejects.
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
    // One bit, of a palette; the one compression and filter method there is, not interlaced.
    chunk(IHDR, [...pixels, ...pixels, 1, 3, 0, 0, 0]),
    chunk(PLTE, [...channels(drawing.light), ...channels(drawing.dark)]),
    chunk(IDAT, await zlib(joined(drawing.rows.flatMap((row) => scanlines(row, drawing.scale))))),
    chunk(IEND, []),
  ]);
}

/** A row of modules as lines of pixels. Each begins with its filter, none, and is padded to whole bytes. */
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

/** PNG Annex D, by its formula: a table would be work at import time. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
  }
  return ~crc;
}
