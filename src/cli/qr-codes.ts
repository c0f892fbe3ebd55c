// The texts of all QR codes in a picture. It is searched as it is, enlarged, on black where it is transparent, and mirrored; how long,
// is bounded, for a picture can be made that the decoder would work on for hours.
import type { FinderPoints, QRScannerOpts } from "qr/decode.js";
import type { Pixels } from "./picture.ts";

export interface QrCodes {
  /** From top to bottom, and from left to right in a row. */
  readonly texts: readonly string[];
  /** Whether there is something else that looks like a QR code. */
  readonly isMore: boolean;
}

/** What the decoder takes. A larger picture is made smaller. */
const MOST_SIDE = 4096;

/** For tries that a clear picture does not need, in milliseconds. */
const TIME_LIMIT = 5000;

/** For one try, in milliseconds: far more than the first look at the largest picture takes. */
const MOST_TIME = 20_000;

/** How dark each pixel is: 0 is black. */
interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export async function readQrCodes(pixels: Pixels): Promise<QrCodes> {
  const { _QRScanner } = await import("qr/decode.js");
  const start = Date.now();
  const found = new Map<string, Box>();
  const failed: Box[] = [];
  let isCutShort = false;
  const isMore = (): boolean => isCutShort || failed.some((box) => !isAmong(box, [...found.values()]));

  for (const { scale, isMirrored, isUsual, draw } of viewsOf(pixels)) {
    const elapsed = Date.now() - start;
    if (!isUsual && ((found.size > 0 && !isMore()) || elapsed > TIME_LIMIT)) break;
    const grey = draw();
    const scanner = new _QRScanner({
      ...{ format: "I420", maxSize: grey, timeLimit: Math.max(TIME_LIMIT - elapsed, 0) },
      pointsOnDetect: ({ boundingBox }, result) => {
        const box = inPicture(boundingBox, grey, scale, isMirrored);
        if (typeof result !== "string") failed.push(box);
        else if (!found.has(result)) found.set(result, box);
      },
    } satisfies QRScannerOpts);
    scanner.addImage(grey);
    isCutShort = !isFinished(scanner);
    if (isCutShort) break;
  }
  const inOrder = [...found].sort(([, one], [, other]) => (isInOneRow(one, other) ? one.x - other.x : one.y - other.y));
  return { texts: inOrder.map(([text]) => text), isMore: isMore() };
}

interface View {
  readonly scale: number;
  readonly isMirrored: boolean;
  /** Whether it is looked at in any case. */
  readonly isUsual: boolean;
  readonly draw: () => Grey;
}

/** Enlarged, for a module that is not much more than a pixel is not found otherwise; as far as that is worth it. */
function viewsOf(pixels: Pixels): readonly View[] {
  const most = Math.max(MOST_SIDE / Math.max(pixels.width, pixels.height), 1);
  const scales = [1, Math.min(2, most), Math.min(4, most)].filter(
    (scale, at, all) => scale > 1.25 * (all[at - 1] ?? 0),
  );
  const papers = isTransparent(pixels) ? [WHITE, BLACK] : [WHITE];
  return papers.flatMap((paper) => {
    let flat: Grey | undefined;
    const draw = (scale: number, isMirrored: boolean): Grey => {
      flat ??= flattened(pixels, paper);
      return enlarged(isMirrored ? mirrored(flat) : flat, scale);
    };
    return [false, true].flatMap((isMirrored) =>
      scales.map((scale) => ({
        ...{ scale, isMirrored, isUsual: paper === WHITE && !isMirrored && scale <= 2 },
        draw: () => draw(scale, isMirrored),
      })),
    );
  });
}

const [WHITE, BLACK] = [255, 0];

/**
 * Whether it came to an end in time. `decode` would not come back: of a picture full of finder patterns it compares each with each
 * other, and knows no limit for that. Its work in steps can be left alone.
 */
function isFinished(scanner: object): boolean {
  const steps = (scanner as Stepwise).walk(true, true);
  const deadline = Date.now() + MOST_TIME;
  while (!steps.next(0).done) if (Date.now() > deadline) return false;
  return true;
}

interface Stepwise {
  readonly walk: (inSteps: boolean, isForAll: boolean) => Generator<unknown, unknown, number>;
}

function inPicture(box: FinderPoints["boundingBox"], { width }: Grey, scale: number, isMirrored: boolean): Box {
  const x = isMirrored ? width - box.x - box.width : box.x;
  return { x: x / scale, y: box.y / scale, width: box.width / scale, height: box.height / scale };
}

/** Whether its middle is in one of them: then it is that code, or something in it. */
function isAmong(box: Box, others: readonly Box[]): boolean {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return others.some(
    (other) => x >= other.x && x <= other.x + other.width && y >= other.y && y <= other.y + other.height,
  );
}

function isInOneRow(one: Box, other: Box): boolean {
  return Math.abs(one.y + one.height / 2 - other.y - other.height / 2) < Math.min(one.height, other.height) / 2;
}

function isTransparent({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) < 255) return true;
  return false;
}

/** Grey, on paper where it is transparent, and small enough: each pixel is the mean of a square. */
function flattened({ width, height, data }: Pixels, paper: number): Grey {
  const side = Math.ceil(Math.max(width, height) / MOST_SIDE);
  const small = { width: Math.ceil(width / side), height: Math.ceil(height / side) };
  const ink = new Int32Array(small.width * small.height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / side) * small.width;
    for (let x = 0; x < width; x++) {
      const at = row + Math.floor(x / side);
      ink[at] = (ink[at] ?? 0) + inkOf(data, (y * width + x) * 4, paper);
    }
  }
  const result = new Uint8Array(ink.length);
  for (const [at, sum] of ink.entries()) result[at] = paper - Math.round(sum / side / side);
  return { ...small, data: result };
}

/** How much darker than the paper a pixel is. Of the three colours the eye sees green best. */
function inkOf(data: Uint8Array, at: number, paper: number): number {
  const grey = ((data[at] ?? 0) * 2 + (data[at + 1] ?? 0) * 5 + (data[at + 2] ?? 0)) / 8;
  return ((paper - grey) * (data[at + 3] ?? 0)) / 255;
}

function mirrored({ width, height, data }: Grey): Grey {
  const copy = new Uint8Array(data);
  for (let y = 0; y < height; y++) copy.subarray(y * width, (y + 1) * width).reverse();
  return { width, height, data: copy };
}

/** Between the middles of two pixels the grey changes evenly. */
function enlarged({ width, height, data }: Grey, scale: number): Grey {
  if (scale === 1) return { width, height, data };
  const large = { width: Math.floor(width * scale), height: Math.floor(height * scale) };
  const columns = Array.from({ length: large.width }, (_, x) => between(x, scale, width));
  const result = new Uint8Array(large.width * large.height);
  for (let y = 0; y < large.height; y++) {
    const [above, below, down] = between(y, scale, height);
    for (let x = 0; x < large.width; x++) {
      const [left, right, across] = columns[x] ?? [0, 0, 0];
      const upper = mixed(data[above * width + left], data[above * width + right], across);
      const lower = mixed(data[below * width + left], data[below * width + right], across);
      result[y * large.width + x] = Math.round(mixed(upper, lower, down));
    }
  }
  return { ...large, data: result };
}

/** The two old pixels that a new one lies between, and how far behind the first. */
function between(place: number, scale: number, length: number): readonly [number, number, number] {
  const at = Math.min(Math.max((place + 0.5) / scale - 0.5, 0), length - 1);
  return [Math.floor(at), Math.min(Math.floor(at) + 1, length - 1), at % 1];
}

function mixed(one = 0, other = 0, part: number): number {
  return one + (other - one) * part;
}
