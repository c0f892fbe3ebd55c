// Tells whether three finder patterns belong to a QR code that could not be decoded, or only look a
// little like them, as letters and leaves may.
import type { Gray } from "./gray.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

interface FinderPattern extends Point {
  readonly moduleSize: number;
}

/** The patterns at the top left, top right and bottom left, by their centers. */
interface FinderPatterns {
  readonly tl: FinderPattern;
  readonly tr: FinderPattern;
  readonly bl: FinderPattern;
}

/**
 * Whether they are at the corners of a square, of one size, and drawn module by module as in
 * ISO/IEC 18004 §6.3.3.
 */
export function isCodeLike({ tl, tr, bl }: FinderPatterns, gray: Gray): boolean {
  const [right, down] = [minus(tr, tl), minus(bl, tl)];
  const [width, height] = [Math.hypot(right.x, right.y), Math.hypot(down.x, down.y)];
  const cosine = (right.x * down.x + right.y * down.y) / (width * height);
  const sizes = [tl, tr, bl].map(({ moduleSize }) => moduleSize);
  const isEven = Math.max(...sizes) < 1.5 * Math.min(...sizes);
  if (!isEven || Math.max(width, height) > 1.25 * Math.min(width, height) || Math.abs(cosine) > 0.2) return false;

  const module = sizes.reduce((sum, size) => sum + size, 0) / 3;
  const [across, along] = [times(right, module / width), times(down, module / height)];
  return [tl, tr, bl].every((middle) => isFinderPattern(middle, across, along, gray));
}

/** A dark square in a light ring in a dark ring, or the other way round. */
function isFinderPattern(middle: Point, across: Point, along: Point, gray: Gray): boolean {
  const modules = PLACES.map(({ x, y, isDark }) => ({
    shade: shadeAt(plus(middle, plus(times(across, x), times(along, y))), gray),
    isDark,
  }));
  const shades = modules.map(({ shade }) => shade);
  const threshold = (Math.max(...shades) + Math.min(...shades)) / 2;
  const right = modules.filter(({ shade, isDark }) => shade < threshold === isDark).length;
  return Math.max(right, PLACES.length - right) > 0.85 * PLACES.length;
}

/** The 49 modules, by their distance from the center. */
const PLACES = Array.from({ length: 49 }, (_, index) => {
  const [x, y] = [(index % 7) - 3, Math.floor(index / 7) - 3];
  const ring = Math.max(Math.abs(x), Math.abs(y));
  return { x, y, isDark: ring !== 2 };
});

function shadeAt({ x, y }: Point, { width, height, data }: Gray): number {
  const isInside = x >= 0 && y >= 0 && x < width && y < height;
  return (isInside ? data[Math.floor(y) * width + Math.floor(x)] : undefined) ?? 255;
}

function plus(one: Point, other: Point): Point {
  return { x: one.x + other.x, y: one.y + other.y };
}

function minus(one: Point, other: Point): Point {
  return { x: one.x - other.x, y: one.y - other.y };
}

function times({ x, y }: Point, factor: number): Point {
  return { x: x * factor, y: y * factor };
}
