// The texts of all QR codes in a picture. It is searched as it is, enlarged, on black where it is
// transparent, and mirrored. The time is limited, because a crafted picture could keep the decoder
// busy for hours.
import type { _QRScanner, FinderPoints, QRScannerOpts } from "qr/decode.js";
import { isCodeLike } from "./code-like.ts";
import { enlarged, flattened, type Gray, isTransparent, mirrored, MOST_SIDE } from "./gray.ts";
import type { Pixels } from "./picture.ts";

export interface QrCodes {
  /** From top to bottom, and from left to right in a row. */
  readonly texts: readonly string[];
  /** Whether there is something else that looks like a QR code. */
  readonly isMore: boolean;
}

/** The time for tries that a clear picture does not need, in milliseconds. */
const TIME_LIMIT = 15_000;

/** Far more than the first look at the largest picture takes. */
const MOST_TIME = 20_000;

/**
 * How many groups of three finder patterns are tried: enough for ten codes, one of them damaged.
 */
const EFFORT = 50;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `mostTime` limits one look, in milliseconds. */
export async function readQrCodes(pixels: Pixels, mostTime: number = MOST_TIME): Promise<QrCodes> {
  const { _QRScanner: Scanner } = await import("qr/decode.js");
  const start = Date.now();
  let found: ReadonlyMap<string, Box> = new Map();
  const left: Box[] = [];
  let isCutShort = false;
  const isMore = (): boolean => isCutShort || left.some((box) => !isAmong(box, [...found.values()]));
  for (const view of viewsOf(pixels)) {
    const remaining = TIME_LIMIT - Date.now() + start;
    if (!view.isUsual && ((found.size > 0 && !isMore()) || remaining < 0)) break;
    const look = lookAt(view, Scanner, { effort: EFFORT, timeLimit: Math.max(remaining, 0), mostTime });
    found = new Map([...look.found, ...found]);
    left.push(...look.left);
    isCutShort = look.isCutShort;
    if (isCutShort) break;
  }
  const inOrder = [...found].sort(([, one], [, other]) => (isInOneRow(one, other) ? one.x - other.x : one.y - other.y));
  return { texts: inOrder.map(([text]) => text), isMore: isMore() };
}

interface Look {
  readonly found: readonly Code[];
  readonly left: readonly Box[];
  readonly isCutShort: boolean;
}

interface Limits {
  readonly effort: number;
  readonly timeLimit: number;
  readonly mostTime: number;
}

type Code = readonly [text: string, box: Box];

function lookAt({ draw, toPicture }: View, Scanner: typeof _QRScanner, limits: Limits): Look {
  const gray = draw();
  const { codes, rest, isCutShort } = scan(Scanner, gray, limits);
  const found = codes.map(([text, box]): Code => [text, toPicture(box, gray)]);
  if (!rest || isCutShort) return { found, left: [], isCutShort };
  // Of the remaining finder patterns, the three that are most like a code's come first.
  const best = scan(Scanner, blanked(gray, codes), { ...limits, effort: 1 }).rest;
  return { found, left: best && isCodeLike(best, gray) ? [toPicture(best.boundingBox, gray)] : [], isCutShort };
}

interface Scan {
  readonly codes: readonly Code[];
  /** The first three finder patterns that were tried without success, if there are any. */
  readonly rest: FinderPoints | undefined;
  readonly isCutShort: boolean;
}

function scan(Scanner: typeof _QRScanner, gray: Gray, { effort, timeLimit, mostTime }: Limits): Scan {
  const codes: Code[] = [];
  const failed: FinderPoints[] = [];
  const pointsOnDetect: QRScannerOpts["pointsOnDetect"] = (points, result) => {
    if (typeof result === "string") codes.push([result, points.boundingBox]);
    else failed.push(points);
  };
  const scanner = new Scanner({ format: "I420", maxSize: gray, effort, timeLimit, pointsOnDetect });
  scanner.addImage(gray);
  const isCutShort = !isFinished(scanner, mostTime);
  return { codes, rest: failed[0], isCutShort };
}

interface View {
  /** Whether it is always searched. */
  readonly isUsual: boolean;
  readonly draw: () => Gray;
  /** Converts a box of this view into one of the picture. */
  readonly toPicture: (box: Box, gray: Gray) => Box;
}

/**
 * Some views are enlarged, because modules not much larger than a pixel are not found otherwise;
 * only as far as that is worth it.
 */
function viewsOf(pixels: Pixels): readonly View[] {
  const most = Math.max(MOST_SIDE / Math.max(pixels.width, pixels.height), 1);
  const scales = [1, Math.min(2, most), Math.min(4, most)].filter(
    (scale, at, all) => scale > 1.25 * (all[at - 1] ?? 0),
  );
  const papers = isTransparent(pixels) ? [WHITE, BLACK] : [WHITE];
  return papers.flatMap((paper) => {
    let flat: Gray | undefined;
    const draw = (scale: number, isMirrored: boolean): Gray => {
      flat ??= flattened(pixels, paper);
      return enlarged(isMirrored ? mirrored(flat) : flat, scale);
    };
    return [false, true].flatMap((isMirrored) =>
      scales.map((scale) => ({
        isUsual: paper === WHITE && !isMirrored && (scale <= 2 || scale * scale * pixels.width * pixels.height < 4e6),
        draw: () => draw(scale, isMirrored),
        toPicture: (box: Box, gray: Gray) => inPicture(box, gray, scale, isMirrored),
      })),
    );
  });
}

const [WHITE, BLACK] = [255, 0];

/**
 * Whether the search ended in time. `decode` would not return: in a picture full of finder patterns
 * it compares each with every other, without a limit. A search in steps can be abandoned.
 */
function isFinished(scanner: object, mostTime: number): boolean {
  const steps = (scanner as Stepwise).walk(true, true);
  const deadline = Date.now() + mostTime;
  while (!steps.next(0).done) if (Date.now() > deadline) return false;
  return true;
}

interface Stepwise {
  readonly walk: (inSteps: boolean, isForAll: boolean) => Generator<unknown, unknown, number>;
}

function inPicture(box: Box, { width }: Gray, scale: number, isMirrored: boolean): Box {
  const x = isMirrored ? width - box.x - box.width : box.x;
  return { x: x / scale, y: box.y / scale, width: box.width / scale, height: box.height / scale };
}

function blanked({ width, height, data }: Gray, codes: readonly Code[]): Gray {
  const copy = new Uint8Array(data);
  for (const [, box] of codes) {
    const left = Math.max(Math.floor(box.x), 0);
    for (let y = Math.max(Math.floor(box.y), 0); y < Math.min(box.y + box.height, height); y++) {
      copy.fill(WHITE, y * width + left, y * width + Math.max(Math.min(Math.ceil(box.x + box.width), width), left));
    }
  }
  return { width, height, data: copy };
}

/** Whether its center is in one of them: then it is that code, or something in it. */
function isAmong(box: Box, others: readonly Box[]): boolean {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return others.some(
    (other) => x >= other.x && x <= other.x + other.width && y >= other.y && y <= other.y + other.height,
  );
}

function isInOneRow(one: Box, other: Box): boolean {
  return Math.abs(one.y + one.height / 2 - other.y - other.height / 2) < Math.min(one.height, other.height) / 2;
}
