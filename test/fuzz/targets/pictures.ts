// Pictures: a damaged PNG or JPEG is read, or refused in one clean line, and never keeps the
// program busy.
import assert from "node:assert/strict";

import fc from "fast-check";
import { encode } from "jpeg-js";
import { PNG } from "pngjs";

import { readPixels } from "../../../src/cli/picture.ts";
import { UsageError } from "../../../src/cli/usage-error.ts";
import { qrPng } from "../../../src/qr/index.ts";
import { halfminute, SECRET } from "../../cli/world.ts";
import { pixelsOf } from "../../qr/readers.ts";
import { damage, damaged } from "../inputs.ts";
import { property, type Target } from "../target.ts";

/** Small, because searching takes a time that grows with the picture. */
const URI = `steam://${SECRET.slice(0, 16)}`;
const QR = await qrPng(URI, { scale: 1, errorCorrection: "L" });
const PIXELS = pixelsOf(await qrPng(URI, { scale: 2, errorCorrection: "L" }));
const ORIGINALS: readonly Uint8Array[] = [
  QR,
  Uint8Array.from(PNG.sync.write(PIXELS, { colorType: 0 })),
  Uint8Array.from(PNG.sync.write(PIXELS, { colorType: 6 })),
  Uint8Array.from(encode(PIXELS, 80).data),
  Uint8Array.from(encode(PIXELS, 20).data),
];

const sides = fc.constantFrom(0, 1, 2, 7, 58, 59, 60, 100, 255, 256, 400, 30_001, 65_535, 2 ** 31, 2 ** 32 - 1);

/** Other dimensions in the header, right checksums for the rest. */
function resized(picture: Uint8Array, width: number, height: number): Uint8Array {
  const copy = Uint8Array.from(picture);
  const view = new DataView(copy.buffer);
  if (copy[0] === 0x89) {
    view.setUint32(16, width);
    view.setUint32(20, height);
    view.setUint32(29, crc(copy.subarray(12, 29)));
    return copy;
  }
  const at = Buffer.from(copy).indexOf(Uint8Array.of(0xff, 0xc0));
  view.setUint16(at + 5, height);
  view.setUint16(at + 7, width);
  return copy;
}

/** CRC-32 of a chunk of PNG, without which its decoder looks no further. */
function crc(bytes: Uint8Array): number {
  let rest = -1;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}

/** All checksums of a PNG made right again, as far as its lengths are. */
function checksummed(picture: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(picture);
  const view = new DataView(copy.buffer);
  for (let at = 8; at + 12 <= copy.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > copy.length) break;
    view.setUint32(end, crc(copy.subarray(at + 4, end)));
    at = end + 4;
  }
  return copy;
}

function messageOf(error: unknown): string {
  assert.ok(error instanceof UsageError, String(error));
  return error.message;
}

const original = fc.constantFrom(...ORIGINALS);
const picture = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(original, damage).map(([bytes, changes]) => damaged(bytes, changes)) },
  { weight: 4, arbitrary: fc.tuple(original, damage).map(([bytes, changes]) => checksummed(damaged(bytes, changes))) },
  {
    weight: 2,
    arbitrary: fc.tuple(original, sides, sides).map(([bytes, width, height]) => resized(bytes, width, height)),
  },
  { weight: 2, arbitrary: fc.tuple(original, fc.nat()).map(([bytes, end]) => bytes.subarray(0, end % bytes.length)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(original, fc.uint8Array())
      .map(([bytes, more]) => Uint8Array.of(...bytes.subarray(0, 40), ...more)),
  },
);

/** The reader of files alone, which is quick. */
const read = property(picture, async (bytes, watch) => {
  const pixels = await watch.time(() => readPixels(bytes, "input 1").catch(messageOf));
  if (pixels === undefined) return; // not a picture
  if (typeof pixels === "string") assert.match(pixels, /^input 1 is a[^\n]* picture[^\n]*$/);
  else assert.equal(pixels.data.length, pixels.width * pixels.height * 4);
});

/** The whole program, which also searches for QR codes: most of the time goes there. */
const search = property(
  fc.tuple(picture, fc.constantFrom("import", "inspect", "export")),
  async ([bytes, command], watch) => {
    const attempt = (): ReturnType<typeof halfminute> =>
      halfminute([command, "picture"], { files: { picture: bytes } });
    const { exitCode, out, error } = await watch.time(attempt);
    assert.ok(!error.includes("internal error"), error);
    assert.equal(exitCode === 0 || exitCode === 1, out !== "");
    if (exitCode !== 0) assert.match(error, /^(halfminute: .*\n)+$/);
  },
);

export const pictures: Target = {
  name: "pictures",
  mostMilliseconds: 1000,
  properties: [read, read, read, read, search],
};
