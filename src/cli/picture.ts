// The text of the QR code in a picture. The pixels come from packages that are there only if somebody wants pictures read. A
// picture says how large it is before anything of it is unpacked, so a small file that would fill the memory is not unpacked.
import { UsageError } from "./usage-error.ts";

/** The longest file: what a phone's camera makes is a quarter of it. */
export const PICTURE_LIMIT: number = 32 * 1024 * 1024;

export const PICTURES_HELP: string = `PNG and JPEG pictures of one QR code each are read too, if the packages pngjs
and jpeg-js are installed: npm install pngjs jpeg-js`;

const MOST_PIXELS = 40_000_000;

/** What the decoder takes. A larger picture is made smaller. */
const MOST_SIDE = 4096;

/** For tries that a clear picture does not need, in milliseconds. */
const TIME_LIMIT = 5000;

/** Progressive JPEGs have about ten. Each is work for all pixels, however short it is. */
const MOST_JPEG_SCANS = 100;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Red, green, blue and alpha of each pixel. */
interface Pixels extends Size {
  readonly data: Uint8Array;
}

interface Format {
  readonly name: string;
  readonly signature: readonly number[];
  /** From the header; nothing if there is none, or if it cannot be trusted to tell all. */
  readonly size: (file: DataView) => Size | undefined;
  readonly decode: (bytes: Uint8Array) => Promise<Pixels>;
}

const FORMATS: readonly Format[] = [
  { name: "PNG", signature: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], size: pngSize, decode: decodePng },
  { name: "JPEG", signature: [0xff, 0xd8, 0xff], size: jpegSize, decode: decodeJpeg },
];

export function isPicture(bytes: Uint8Array): boolean {
  return formatOf(bytes) !== undefined;
}

function formatOf(bytes: Uint8Array): Format | undefined {
  return FORMATS.find(({ signature }) => signature.every((byte, index) => bytes[index] === byte));
}

export async function readQrCode(bytes: Uint8Array, source: string): Promise<string> {
  const pixels = await pixelsOf(bytes, source);
  const { decodeQR } = await import("qr/decode.js");
  try {
    return decodeQR(onWhite(pixels), { timeLimit: TIME_LIMIT });
  } catch {
    // It throws for nothing else: the sizes are right.
    throw new UsageError(`${source} is a picture in which no QR code is found; cut it out, or make it sharper`);
  }
}

async function pixelsOf(bytes: Uint8Array, source: string): Promise<Pixels> {
  const { name = "", size, decode } = formatOf(bytes) ?? {};
  const { width = 0, height = 0 } = size?.(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ?? {};
  if (!decode || width === 0 || height === 0) throw broken(source, name);
  if (width * height > MOST_PIXELS) {
    throw new UsageError(`${source} is a picture of more than ${MOST_PIXELS / 1e6} megapixels; make it smaller`);
  }
  try {
    return await decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
      throw new UsageError(`${source} is a picture; to read these, npm install pngjs jpeg-js`);
    }
    throw broken(source, name);
  }
}

function broken(source: string, name: string): UsageError {
  return new UsageError(`${source} is a ${name} picture that is damaged or of a kind that is not read`);
}

/**
 * The image header of a PNG. An interlaced one is not read: its decoder would unpack all that is packed, be it a thousand times
 * the picture. A second header would be believed instead of the first.
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

/** The frame header of a JPEG, ITU-T T.81 §B.2.2: the segments before it are stepped over. */
function jpegSize(file: DataView): Size | undefined {
  if (scansOf(file) > MOST_JPEG_SCANS) return undefined;
  for (let at = 2; at + 9 <= file.byteLength; at += 2 + file.getUint16(at + 2)) {
    while (at + 10 <= file.byteLength && file.getUint16(at) === 0xffff) at++; // markers may have filling before them
    const marker = file.getUint16(at);
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { height: file.getUint16(at + 5), width: file.getUint16(at + 7) };
    }
    if (marker < 0xff01) return undefined;
  }
  return undefined;
}

/** Never fewer than there are: among the pixels no such bytes stand beside each other. */
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

/** Grey, on white paper where it is transparent, and small enough: each pixel is the mean of a square. */
function onWhite({ width, height, data }: Pixels): Pixels {
  const side = Math.ceil(Math.max(width, height) / MOST_SIDE);
  const small = { width: Math.ceil(width / side), height: Math.ceil(height / side) };
  const sums = new Uint32Array(small.width * small.height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = Math.floor(y / side) * small.width + Math.floor(x / side);
      sums[at] = (sums[at] ?? 0) + inkOf(data, (y * width + x) * 4);
    }
  }
  const grey = sums.map((sum) => (255 - Math.round(sum / side / side)) * 0x010101);
  return { ...small, data: new Uint8Array(grey.buffer) };
}

/** How dark a pixel is, 0 to 255. Of the three colours the eye sees green best. */
function inkOf(data: Uint8Array, at: number): number {
  const grey = ((data[at] ?? 0) * 2 + (data[at + 1] ?? 0) * 5 + (data[at + 2] ?? 0)) / 8;
  return ((255 - grey) * (data[at + 3] ?? 0)) / 255;
}
