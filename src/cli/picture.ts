// The pixels of a picture file, read by optional packages. The header gives the size of the
// picture, so a small file that would fill the memory is refused before it is unpacked.
import { UsageError } from "./usage-error.ts";

/** The longest file, in bytes: four times what a phone's camera makes. */
export const PICTURE_LIMIT: number = 32 * 1024 * 1024;

/**
 * One line for both ways to run the program: installed, and with npx, which has its own packages.
 */
const INSTALL = "npm install pngjs jpeg-js, or with npx: npx -p halfminute -p pngjs -p jpeg-js halfminute COMMAND";

const MOST_PIXELS = 40_000_000;

/** The decoders work row by row: forty million rows of one pixel take minutes and gigabytes. */
const MOST_SIDE = 30_000;

/** Progressive JPEGs have about ten. Each costs work for all pixels, however short it is. */
const MOST_JPEG_SCANS = 100;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Red, green, blue and alpha of each pixel. */
export interface Pixels extends Size {
  readonly data: Uint8Array;
}

interface Format {
  readonly name: string;
  readonly signature: RegExp;
  /** From the header; `undefined` if there is none, or if it cannot be trusted. */
  readonly size: (file: DataView) => Size | undefined;
  readonly decode: (bytes: Uint8Array) => Promise<Pixels>;
}

/* eslint-disable no-control-regex -- the first bytes of files */
const FORMATS: readonly Format[] = [
  { name: "PNG", signature: /^\x89PNG\r\n\x1a\n/, size: pngSize, decode: decodePng },
  { name: "JPEG", signature: /^\xff\xd8\xff/, size: jpegSize, decode: decodeJpeg },
];

/** Other formats in which people have QR codes. */
const UNREAD_FORMATS: readonly (readonly [name: string, signature: RegExp])[] = [
  ["a WebP picture", /^RIFF[^]{4}WEBP/],
  ["a GIF picture", /^GIF8[79]a/],
  ["a BMP picture", /^BM[^]{4}\0{4}/],
  ["a TIFF picture", /^(?:II[*+]\0|MM\0[*+])/],
  ["an AVIF picture", /^[^]{4}ftyp(?:[^]{4}){0,9}avi[fs]/],
  ["a HEIC picture", /^[^]{4}ftyp(?:[^]{4}){0,9}(?:hei[cmsx]|hev[cmsx]|mif1|msf1)/],
  ["a JPEG XL picture", /^(?:\xff\x0a|\0{3}\x0cJXL )/],
  ["an SVG picture", /^(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->|<!DOCTYPE[^>]*>)*<svg\b/i],
  ["a PDF document", /^(?:\xef\xbb\xbf)?\s*%PDF-/],
];
/* eslint-enable no-control-regex */

/** `undefined` if the file is not a picture. */
export async function readPixels(bytes: Uint8Array, source: string): Promise<Pixels | undefined> {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString("latin1");
  const [unread] = UNREAD_FORMATS.find(([, signature]) => signature.test(head)) ?? [];
  if (unread !== undefined) throw new UsageError(`${source} is ${unread}; it must be a PNG or JPEG picture`);
  const format = FORMATS.find(({ signature }) => signature.test(head));
  return format && unpack(format, bytes, source);
}

async function unpack({ name, size, decode }: Format, bytes: Uint8Array, source: string): Promise<Pixels> {
  const { width, height } = size(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ?? NO_SIZE;
  if (width === 0 || height === 0) throw broken(source, name);
  if (width * height > MOST_PIXELS) {
    throw new UsageError(`${source} is a picture of more than ${MOST_PIXELS / 1e6} megapixels; make it smaller`);
  }
  if (Math.max(width, height) > MOST_SIDE) {
    throw new UsageError(`${source} is a picture with a side of more than ${MOST_SIDE} pixels; make it smaller`);
  }
  try {
    return await decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
      throw new UsageError(`${source} is a picture; to read pictures, run ${INSTALL}`);
    }
    throw broken(source, name);
  }
}

const NO_SIZE: Size = { width: 0, height: 0 };

function broken(source: string, name: string): UsageError {
  return new UsageError(`${source} is a ${name} picture that is damaged or of an unsupported kind`);
}

/**
 * The image header of a PNG. An interlaced one is refused: its decoder would unpack everything,
 * even a thousand times the picture. So is a second header, which the decoder would use instead of
 * the first.
 */
function pngSize(file: DataView): Size | undefined {
  const IHDR = 0x49484452;
  if (file.byteLength < 33 || file.getUint32(12) !== IHDR || file.getUint8(28) !== 0) return undefined;
  for (let at = 33; at + 8 <= file.byteLength; at += 12 + file.getUint32(at)) {
    if (file.getUint32(at + 4) === IHDR) return undefined;
  }
  return { width: file.getUint32(16), height: file.getUint32(20) };
}

async function decodePng(bytes: Uint8Array): Promise<Pixels> {
  const { PNG } = await import("pngjs");
  return PNG.sync.read(Buffer.from(bytes));
}

/** The frame header of a JPEG, ITU-T T.81 §B.2.2, after skipping the segments before it. */
function jpegSize(file: DataView): Size | undefined {
  if (scansOf(file) > MOST_JPEG_SCANS) return undefined;
  for (let at = 2; at + 9 <= file.byteLength; at += 2 + file.getUint16(at + 2)) {
    while (at + 10 <= file.byteLength && file.getUint16(at) === 0xffff) at++; // fill bytes may precede a marker
    const marker = file.getUint16(at);
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { height: file.getUint16(at + 5), width: file.getUint16(at + 7) };
    }
    if (marker < 0xff01) return undefined;
  }
  return undefined;
}

/** Never too few: pixel data does not contain these two bytes next to each other. */
function scansOf(file: DataView): number {
  let scans = 0;
  for (let at = 0; at + 2 <= file.byteLength; at++) if (file.getUint16(at) === 0xffda) scans++;
  return scans;
}

async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  const { decode } = await import("jpeg-js");
  const limits = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 1024 };
  return decode(bytes, { useTArray: true, formatAsRGBA: true, tolerantDecoding: false, ...limits });
}
