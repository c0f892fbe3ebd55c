// A picture in shades of gray, in the forms in which it is searched for QR codes.
import type { Pixels } from "./picture.ts";

/** How light each pixel is: 0 is black. */
export interface Gray {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The longest side that the decoder takes. A larger picture is made smaller. */
export const MOST_SIDE = 4096;

export function isTransparent({ data }: Pixels): boolean {
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) < 255) return true;
  return false;
}

/** Gray, on paper where it is transparent, and small enough: each pixel is the mean of a square. */
export function flattened({ width, height, data }: Pixels, paper: number): Gray {
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

/** How much darker than the paper a pixel is. The eye sees green best of the three colors. */
function inkOf(data: Uint8Array, at: number, paper: number): number {
  const gray = ((data[at] ?? 0) * 2 + (data[at + 1] ?? 0) * 5 + (data[at + 2] ?? 0)) / 8;
  return ((paper - gray) * (data[at + 3] ?? 0)) / 255;
}

export function mirrored({ width, height, data }: Gray): Gray {
  const copy = new Uint8Array(data);
  for (let y = 0; y < height; y++) copy.subarray(y * width, (y + 1) * width).reverse();
  return { width, height, data: copy };
}

/** Between the middles of two pixels the gray changes evenly. */
export function enlarged({ width, height, data }: Gray, scale: number): Gray {
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

/** The two old pixels that a new one lies between, and its distance from the first. */
function between(place: number, scale: number, length: number): readonly [number, number, number] {
  const at = Math.min(Math.max((place + 0.5) / scale - 0.5, 0), length - 1);
  return [Math.floor(at), Math.min(Math.floor(at) + 1, length - 1), at % 1];
}

function mixed(one = 0, other = 0, part: number): number {
  return one + (other - one) * part;
}
