// Pictures of QR codes as what `halfminute import` and `halfminute export` read.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateSync } from "node:zlib";

import fc from "fast-check";
import { encode } from "jpeg-js";
import { PNG } from "pngjs";
import { afterAll, describe, expect, it } from "vitest";

import { readQrCodes } from "../../src/cli/qr-codes.ts";
import { buildMigrationUris } from "../../src/migration/index.ts";
import { qrPng, qrSvg } from "../../src/qr/index.ts";
import { isThere } from "../helpers/there.ts";
import { pixelsOf } from "../qr/readers.ts";
import { expectWrongUse, halfminute, HOTP_URI, type Outcome, SECRET, STEAM_URI, TOTP_URI } from "./world.ts";

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const ALICE = { secret: SECRET, issuer: "Acme", accountName: "alice" };
const BOB = { secret: SECRET, accountName: "bob" };
const BOB_URI = `otpauth://totp/bob?secret=${SECRET}`;
const [EXPORT = ""] = buildMigrationUris([ALICE, BOB], { batchId: 1 });
const BOTH = { exitCode: 0, out: `${TOTP_URI}\n${BOB_URI}\n`, error: "" };
const EXPORT_PNG = await qrPng(EXPORT);
const EXPORT_PIXELS: Pixels = pixelsOf(EXPORT_PNG);

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function importPicture(picture: Uint8Array, ...words: readonly string[]): Promise<Outcome> {
  return halfminute(["import", "picture", ...words], { files: { picture } });
}

function jpegOf({ width, height, data }: Pixels, quality = 80): Uint8Array {
  return Uint8Array.from(encode({ width, height, data }, quality).data);
}

function pngOf({ width, height, data }: Pixels): Uint8Array {
  const png = new PNG({ width, height });
  png.data.set(data);
  return Uint8Array.from(PNG.sync.write(png));
}

/**
 * Each pixel of a new picture by a function of its place: the place in the old one, or beside it.
 */
function redrawn(
  pixels: Pixels,
  [width, height]: readonly [number, number],
  from: (x: number, y: number) => readonly [number, number],
  [dark, light, beside]: readonly [number, number, number] = [0, 255, 255],
): Pixels {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = from(pixel % width, Math.floor(pixel / width)).map(Math.floor) as [number, number];
    const isThere = x >= 0 && y >= 0 && x < pixels.width && y < pixels.height;
    const gray = isThere ? (pixels.data[(y * pixels.width + x) * 4] === 0 ? dark : light) : beside;
    data.fill(gray, pixel * 4, pixel * 4 + 3);
  }
  return { width, height, data };
}

/** Each pixel is the mean of what it covers. */
function shrunk({ width, height, data }: Pixels, size: number): Pixels {
  const step = width / size;
  const small = new Uint8Array(size * size * 4).fill(255);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const left = (pixel % size) * step;
    const top = Math.floor(pixel / size) * step;
    let [sum, area] = [0, 0];
    for (let y = Math.floor(top); y < Math.min(top + step, height); y++) {
      for (let x = Math.floor(left); x < Math.min(left + step, width); x++) {
        const part =
          (Math.min(x + 1, left + step) - Math.max(x, left)) * (Math.min(y + 1, top + step) - Math.max(y, top));
        sum += (data[(y * width + x) * 4] ?? 0) * part;
        area += part;
      }
    }
    small.fill(Math.round(sum / area), pixel * 4, pixel * 4 + 3);
  }
  return { width: size, height: size, data: small };
}

/** Rows of pictures on white, each beside the other. */
function inRows(...rows: readonly (readonly Pixels[])[]): Pixels {
  const width = Math.max(...rows.map((row) => row.reduce((sum, one) => sum + one.width, 0)));
  const heights = rows.map((row) => Math.max(...row.map((one) => one.height)));
  const height = heights.reduce((sum, one) => sum + one, 0);
  const data = new Uint8Array(width * height * 4).fill(255);
  for (const [index, row] of rows.entries()) {
    const top = heights.slice(0, index).reduce((sum, one) => sum + one, 0);
    let left = 0;
    for (const one of row) {
      for (let y = 0; y < one.height; y++) {
        data.set(one.data.subarray(y * one.width * 4, (y + 1) * one.width * 4), ((top + y) * width + left) * 4);
      }
      left += one.width;
    }
  }
  return { width, height, data };
}

const { width: SIDE } = EXPORT_PIXELS;

describe("an export in a picture", () => {
  it("is read from a file and from standard input", async () => {
    expect(await importPicture(EXPORT_PNG)).toEqual({ ...BOTH, stdinReads: 0 });
    for (const words of [[], ["-"]]) {
      expect(await halfminute(["import", ...words], { stdin: EXPORT_PNG })).toEqual({ ...BOTH, stdinReads: 1 });
    }
    expect(await importPicture(jpegOf(EXPORT_PIXELS))).toMatchObject(BOTH);
  });

  it("may be in parts, and some of them text", async () => {
    const parts = buildMigrationUris([ALICE, BOB], { batchId: 1, maxBytes: 130 });
    expect(parts.length).toBe(2);
    const [one, two] = await Promise.all(parts.map((part) => qrPng(part)));
    const files = { one: one ?? "", two: two ?? "", text: parts[0] ?? "" };
    expect(await halfminute(["import", "two", "one"], { files })).toMatchObject(BOTH);
    expect(await halfminute(["import", "two", "text"], { files })).toMatchObject(BOTH);
    expect(await halfminute(["import", "two"], { files })).toMatchObject({ exitCode: 1 });
  });

  it.each<[string, Pixels]>([
    ["by 90°", redrawn(EXPORT_PIXELS, [SIDE, SIDE], (x, y) => [SIDE - 1 - y, x])],
    ["by 180°", redrawn(EXPORT_PIXELS, [SIDE, SIDE], (x, y) => [SIDE - 1 - x, SIDE - 1 - y])],
    ["by 270°", redrawn(EXPORT_PIXELS, [SIDE, SIDE], (x, y) => [y, SIDE - 1 - x])],
    [
      "by a little, on a gray table",
      redrawn(
        EXPORT_PIXELS,
        [2 * SIDE, 2 * SIDE],
        (x, y) => [0.99 * x - 0.14 * y - SIDE / 4, 0.14 * x + 0.99 * y - SIDE / 2],
        [40, 220, 128],
      ),
    ],
    [
      "not at all, in a photo of 20 megapixels",
      redrawn(EXPORT_PIXELS, [5000, 4000], (x, y) => [(x - 900) / 4, (y - 700) / 4], [40, 220, 128]),
    ],
  ])("may be turned %s", async (_, pixels) => {
    expect(await importPicture(jpegOf(pixels, 60))).toMatchObject(BOTH);
  });

  it("may be transparent where it is white", async () => {
    // All of it is black; only the alpha differs.
    const data = EXPORT_PIXELS.data.map((_, at) => (at % 4 === 3 ? 255 - (EXPORT_PIXELS.data[at - 1] ?? 0) : 0));
    expect(await importPicture(pngOf({ ...EXPORT_PIXELS, data }))).toMatchObject(BOTH);
  });

  it.runIf(isThere("rsvg-convert", () => execFileSync("rsvg-convert", ["--version"])))(
    "may be made by another program",
    async () => {
      const png = execFileSync("rsvg-convert", ["--zoom", "1.7"], { input: qrSvg(EXPORT) });
      expect(await importPicture(png)).toMatchObject(BOTH);
    },
  );
});

describe("a QR code that is hard to find", () => {
  const [DENSE = ""] = buildMigrationUris(
    Array.from({ length: 9 }, (_, index) => ({ ...ALICE, accountName: `user${index}@acme.example` })),
    { batchId: 1 },
  );

  // At 1.9 pixels a module it is not found at its size, and at 1.25 pixels only at four times that.
  it.each([1, 1.25, 1.5, 1.9])("is found where its modules are %d pixels", async (module) => {
    const pixels = pixelsOf(await qrPng(DENSE, { scale: 10 }));
    const size = Math.round((pixels.width * module) / 10);
    const { exitCode, out, error } = await importPicture(pngOf(shrunk(pixels, size)));
    expect([exitCode, error, out.split("\n").length]).toEqual([0, "", 10]);
  });

  it("is found where it is a dense one beside a plain one", async () => {
    const dense = shrunk(pixelsOf(await qrPng(DENSE, { scale: 10 })), 187);
    const { exitCode, out, error } = await importPicture(pngOf(inRows([pixelsOf(await qrPng(BOB_URI)), dense])));
    expect([exitCode, error, out.split("\n").length]).toEqual([0, "", 11]);
  });

  it.each<[string, (isDark: boolean) => readonly number[], boolean]>([
    ["white on transparent", (isDark) => [255, 255, 255, isDark ? 255 : 0], false],
    ["white on transparent black", (isDark) => (isDark ? [255, 255, 255, 255] : [0, 0, 0, 0]), false],
    ["white on transparent, and mirrored", (isDark) => [255, 255, 255, isDark ? 255 : 0], true],
    ["light on dark", (isDark) => (isDark ? [230, 230, 240, 255] : [20, 20, 60, 255]), false],
    ["mirrored", (isDark) => (isDark ? [0, 0, 0, 255] : [255, 255, 255, 255]), true],
  ])("is found where it is %s", async (_, color, isMirrored) => {
    const { width, height } = EXPORT_PIXELS;
    const data = Uint8Array.from(
      Array.from({ length: width * height }, (_, at) => {
        const x = isMirrored ? width - 1 - (at % width) : at % width;
        return color(EXPORT_PIXELS.data[(at - (at % width) + x) * 4] === 0);
      }).flat(),
    );
    expect(await importPicture(pngOf({ width, height, data }))).toMatchObject(BOTH);
  });

  it("is found where it is mirrored, beside one that is not", async () => {
    const code = pixelsOf(await qrPng(HOTP_URI));
    const mirrored = redrawn(EXPORT_PIXELS, [SIDE, SIDE], (x, y) => [SIDE - 1 - x, y]);
    expect(await importPicture(pngOf(inRows([code, mirrored])))).toMatchObject({
      exitCode: 0,
      out: `${BOTH.out}${HOTP_URI}\n`,
    });
  });
});

describe("another QR code in a picture", () => {
  it("of an account is imported too, behind the export", async () => {
    const files = { export: EXPORT_PNG, hotp: await qrPng(HOTP_URI), steam: await qrPng(STEAM_URI) };
    const { exitCode, out } = await halfminute(["import", "steam", "export", "hotp"], { files });
    expect([exitCode, out]).toEqual([0, `${BOTH.out}${STEAM_URI}&encoder=steam\n${HOTP_URI}\n`]);
    const { out: json } = await halfminute(["import", "--json", "hotp"], { files });
    expect(JSON.parse(json)).toEqual({
      accounts: [
        {
          type: "hotp",
          secret: SECRET,
          issuer: "Acme",
          accountName: "alice",
          counter: 1,
          parameters: { algorithm: "SHA-1", digits: 6 },
        },
      ],
      exports: [],
      unread: [],
    });
    const { out: table } = await halfminute(["import", "--table", "steam", "hotp"], { files });
    expect(table.split("\n")).toEqual([
      "issuer  account  type   algorithm  digits  moves by   secret",
      "Steam   alice    steam  SHA-1      5       30 s       20 bytes",
      "Acme    alice    hotp   SHA-1      6       counter 1  20 bytes",
      "",
    ]);
  });

  it("is what export takes", async () => {
    const { out } = await halfminute(["export", "a"], { files: { a: await qrPng(TOTP_URI) } });
    expect((await halfminute(["import"], { stdin: out })).out).toBe(`${TOTP_URI}\n`);
  });

  it("of several all are read, from top to bottom and left to right", async () => {
    const uris = Array.from(
      { length: 6 },
      (_, index) => `otpauth://totp/Acme:user${index}?secret=${SECRET}&issuer=Acme`,
    );
    const codes = await Promise.all(
      uris.map(async (uri, index) => pixelsOf(await qrPng(uri, { scale: 2 + (index % 3) }))),
    );
    const { exitCode, out, error } = await importPicture(pngOf(inRows(codes.slice(0, 3), codes.slice(3))));
    expect([exitCode, error, out]).toEqual([0, "", `${uris.join("\n")}\n`]);
    expect(
      (await halfminute(["inspect", "--json", "picture"], { files: { picture: pngOf(inRows(codes)) } })).out.split("\n")
        .length,
    ).toBe(7);
  });

  it("of several one that is damaged costs none of the others, and is told", async () => {
    const [code, damaged] = [pixelsOf(await qrPng(TOTP_URI)), pixelsOf(await qrPng(HOTP_URI))];
    const { width } = damaged;
    for (let y = 60; y < width - 60; y++) damaged.data.fill(128, (y * width + 60) * 4, (y * width + width - 60) * 4);
    expect(await importPicture(pngOf(inRows([damaged, code])))).toMatchObject({
      exitCode: 1,
      out: `${TOTP_URI}\n`,
      error:
        "halfminute: input 1 has something like another QR code that cannot be read; cut it out, or make it sharper\n",
    });
  });

  it("of several one that is something else has its place", async () => {
    const codes = [pixelsOf(await qrPng(`https://example.com/${SECRET}`)), pixelsOf(await qrPng(TOTP_URI))];
    expect(await importPicture(pngOf(inRows(codes)))).toMatchObject({
      exitCode: 1,
      out: `${TOTP_URI}\n`,
      error: "halfminute: QR code 1 of input 1: URI must be otpauth-migration:, otpauth: or steam:\n",
    });
  });

  it("costs none of the others in a broken picture", async () => {
    const files = { broken: EXPORT_PNG.subarray(0, 200), empty: pngOf(redrawn(EXPORT_PIXELS, [9, 9], () => [-1, -1])) };
    const outcome = await halfminute(["import", "broken", "empty", "good"], { files: { ...files, good: EXPORT_PNG } });
    expect(outcome).toMatchObject({ exitCode: 1, out: BOTH.out });
    expect(outcome.error.split("\n").map((line) => line.slice(0, 40))).toEqual([
      ...["halfminute: input 1 is a PNG picture that", "halfminute: input 2 is a picture in which", ""].map((line) =>
        line.slice(0, 40),
      ),
    ]);
  });

  it("of something else is refused, and not told", async () => {
    const outcome = await importPicture(await qrPng(`https://example.com/${SECRET}`));
    expectWrongUse(outcome, /input 1: URI must be otpauth-migration:/);
  });
});

/** A PNG of these chunks; the checksums are right. */
function pngOfChunks(...chunks: readonly (readonly [type: string, content: Uint8Array])[]): Uint8Array {
  const written = chunks.map(([type, content]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    const body = Buffer.concat([Buffer.from(type), content]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...written]);
}

function crc32(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function header(width: number, height: number, interlaced = 0): readonly [string, Uint8Array] {
  const content = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, interlaced]);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  return ["IHDR", content];
}

const END = ["IEND", new Uint8Array()] as const;
const ZEROS = ["IDAT", deflateSync(Buffer.alloc(1 << 26))] as const;

/**
 * The packed rows of a black interlaced picture, each with its filter: the seven passes of Adam7.
 */
function interlacedRows(side: number): Uint8Array {
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4], // prettier-ignore
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2], // prettier-ignore
  ] as const;
  const lengths = passes.map(
    ([left, top, right, down]) => (Math.ceil((side - left) / right) + 1) * Math.ceil((side - top) / down),
  );
  return deflateSync(Buffer.alloc(lengths.reduce((sum, length) => sum + length)));
}

/** A small white JPEG, its one scan so many times. */
function scanned(times: number): Uint8Array {
  const jpeg = Buffer.from(jpegOf({ width: 40, height: 40, data: new Uint8Array(6400).fill(255) }));
  const at = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  const scans = Array.from({ length: times }, () => jpeg.subarray(at, -2));
  return Buffer.concat([jpeg.subarray(0, at), ...scans, jpeg.subarray(-2)]);
}

/** The frame header of a JPEG says another size. */
function resized(jpeg: Uint8Array, width: number, height: number): Uint8Array {
  const copy = Buffer.from(jpeg);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(height, frame + 5);
  copy.writeUInt16BE(width, frame + 7);
  return copy;
}

describe("a hostile picture", () => {
  const JPEG = jpegOf(EXPORT_PIXELS);
  const BLACK = ["IDAT", deflateSync(Buffer.alloc(101 * 100))] as const;

  it.each<[string, Uint8Array, RegExp]>([
    ["of 10^8 pixels", pngOfChunks(header(10_000, 10_000), ZEROS, END), /more than 40 megapixels; make it smaller$/],
    ["of 2^62 pixels", pngOfChunks(header(2 ** 31, 2 ** 31), ZEROS, END), /more than 40 megapixels/],
    ["of 1 by 40,000,000", pngOfChunks(header(1, 40_000_000), ZEROS, END), /a side of more than 30000 pixels; make it/],
    ["of 40,000,000 by 1", pngOfChunks(header(40_000_000, 1), ZEROS, END), /a side of more than 30000 pixels/],
    ["a JPEG of 600 by 65,000", resized(jpegOf(EXPORT_PIXELS), 600, 65_000), /a side of more than 30000 pixels/],
    ["of no pixels", pngOfChunks(header(0, 10), ZEROS, END), /a PNG picture that is damaged/],
    [
      "that unpacks to a hundred times itself",
      pngOfChunks(header(100, 100, 1), ZEROS, END),
      /a PNG picture that is damaged/,
    ],
    [
      "with a second header",
      pngOfChunks(header(100, 100), header(9, 9, 1), ZEROS, END),
      /a PNG picture that is damaged/,
    ],
    [
      "interlaced, however little it is",
      pngOfChunks(header(100, 100, 1), ["IDAT", interlacedRows(100)], END),
      /a PNG picture that is damaged or of an unsupported kind$/,
    ],
    ["all black", pngOfChunks(header(100, 100), BLACK, END), /no QR code was found/],
    [
      "all black with two headers",
      pngOfChunks(header(100, 100), header(100, 100), BLACK, END),
      /a PNG picture that is/,
    ],
    ["with nothing in it", pngOfChunks(header(100, 100), END), /a PNG picture that is damaged/],
    ["without a header", pngOfChunks(ZEROS, END), /a PNG picture that is damaged/],
    ["of one pixel", pngOf({ width: 1, height: 1, data: new Uint8Array(4) }), /no QR code was found/],
    ["of a line", pngOf({ width: 9000, height: 1, data: new Uint8Array(36_000) }), /no QR code was found/],
    ["of nothing", pngOf({ width: 300, height: 300, data: new Uint8Array(360_000) }), /no QR code was found/],
    ["cut short", EXPORT_PNG.subarray(0, 200), /a PNG picture that is damaged/],
    ["a JPEG of 4 * 10^9 pixels", resized(JPEG, 65_535, 65_535), /more than 40 megapixels/],
    ["a JPEG of no pixels", resized(JPEG, 0, 10), /a JPEG picture that is damaged/],
    ["a JPEG of more than there is", resized(JPEG, 2000, 2000), /a JPEG picture that is damaged/],
    ["a JPEG cut short", JPEG.subarray(0, 700), /a JPEG picture that is damaged/],
    ["a JPEG cut short among its pixels", JPEG.subarray(0, JPEG.length * 0.6), /a JPEG picture that is damaged/],
    ["a JPEG of 100 scans", scanned(100), /no QR code was found/],
    ["a JPEG of 101 scans", scanned(101), /a JPEG picture that is damaged/],
    ["a JPEG of three bytes", Uint8Array.from([0xff, 0xd8, 0xff]), /a JPEG picture that is damaged/],
    ["a JPEG of filling", new Uint8Array(1000).fill(0xff).fill(0xd8, 1, 2), /a JPEG picture that is damaged/],
    ["of 33 MiB", Buffer.concat([EXPORT_PNG, Buffer.alloc(33 << 20)]), /input 1 is longer than 33554432 bytes/],
  ])("is refused: %s", async (_, picture, message) => {
    expectWrongUse(await importPicture(picture), message);
  });

  it("never causes an internal error, whatever is damaged in it", async () => {
    const pictures = [EXPORT_PNG, jpegOf(EXPORT_PIXELS, 30)];
    const damage = fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pictures), damage, fc.option(fc.nat(3000)), async (picture, bytes, end) => {
        const copy = Uint8Array.from(picture.subarray(0, end ?? undefined));
        for (const [at, byte] of bytes) copy[at] = byte;
        const outcome = await importPicture(copy);
        expect(outcome.error).not.toContain("internal error");
        expect([0, 1, 2]).toContain(outcome.exitCode);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a file of another kind", () => {
  const ftyp = (...brands: readonly string[]): Buffer =>
    Buffer.from(`\0\0\0 ftyp${brands[0] ?? ""}\0\0\0\0${brands.join("")}`, "latin1");

  it.each<[string, string | Uint8Array]>([
    ["a WebP picture", "RIFF\x24\0\0\0WEBPVP8 "],
    ["a GIF picture", "GIF89a\x01\0\x01\0"],
    ["a BMP picture", Buffer.from([0x42, 0x4d, 0x46, 0xff, 0, 0, 0, 0, 0, 0, 0x36, 0])],
    ["a TIFF picture", "II*\0\x08\0\0\0"],
    ["a TIFF picture", "MM\0*\0\0\0\x08"],
    ["an AVIF picture", ftyp("avif", "mif1", "miaf")],
    ["an AVIF picture", ftyp("mif1", "avif", "miaf")],
    ["a HEIC picture", ftyp("heic", "mif1")],
    ["a HEIC picture", ftyp("mif1", "heic")],
    ["a JPEG XL picture", Buffer.from([0xff, 0x0a, 0, 0])],
    ["an SVG picture", `${qrSvg(TOTP_URI)}\n`],
    ["an SVG picture", `\ufeff<?xml version="1.0"?>\n<!-- a comment -->\n<svg xmlns="x">`],
    ["an SVG picture", `${"<!-- a - comment -- -->\n<!---->".repeat(20)}<svg>`],
    ["a PDF document", "%PDF-1.7\n%\u00e2\u00e3"],
  ])("is called by its name: %s (%#)", async (name, file) => {
    const files = { picture: file, good: EXPORT_PNG };
    const alone = await halfminute(["import", "picture"], { files });
    expectWrongUse(alone, `halfminute: input 1 is ${name}; it must be a PNG or JPEG picture`);
    expect(await halfminute(["import", "picture", "good"], { files })).toMatchObject({ exitCode: 1, out: BOTH.out });
    expect((await halfminute(["inspect", "picture"], { files })).error).toBe(alone.error);
    expectWrongUse(await halfminute(["export", "picture"], { files }), name);
  });

  it("is not seen in text that begins like one", async () => {
    for (const text of ["BMW", "II*", "RIFF", "GIF", "<html>", "<!-- a -->".repeat(100)]) {
      const outcome = await halfminute(["import"], { stdin: `${text}\n${TOTP_URI}` });
      expect(outcome).toMatchObject({ exitCode: 1, out: `${TOTP_URI}\n` });
      expect(outcome.error).toMatch(/line 1 of standard input: URI must be/);
    }
  });
});

it("a picture that the decoder would work on for minutes is left alone", async () => {
  // Finder patterns of one pixel a module, and nothing else. Of a limit that were not kept the
  // timeout of the test would tell.
  const data = new Uint8Array(3000 * 3000 * 4).fill(255);
  for (let pixel = 0; pixel < 3000 * 3000; pixel++) {
    const [x, y] = [(pixel % 3000) % 8, Math.floor(pixel / 3000) % 8];
    const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
    if (ring <= 1 || ring === 3) data.fill(0, pixel * 4, pixel * 4 + 3);
  }
  expect(await readQrCodes({ width: 3000, height: 3000, data }, 1)).toEqual({ texts: [], isMore: true });
});

describe("the program with pictures", () => {
  const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const shell = (script: string, main = MAIN): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)("sh", ["-c", script.replaceAll("$H", `'${process.execPath}' '${main}'`)], {
      cwd: folder,
      timeout: 150_000,
      env: { ...process.env, HALFMINUTE_SECRET: undefined },
    });

  it.runIf(isThere("oathtool", () => execFileSync("oathtool", ["--version"])))(
    "turns a Google Authenticator export into working codes",
    async () => {
      const secrets = ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"];
      const uris = secrets.map((secret, index) => `otpauth://totp/Acme:user${index}?secret=${secret}&issuer=Acme`);
      writeFileSync(path.join(folder, "uris.txt"), uris.join("\n"));
      await shell("$H export uris.txt | $H qr --png export.png");
      const { data, width, height } = PNG.sync.read(readFileSync(path.join(folder, "export.png")));
      writeFileSync(path.join(folder, "export.jpg"), jpegOf({ data, width, height }));
      for (const picture of ["export.png", "- < export.png", "export.jpg"]) {
        for (const [index, secret] of secrets.entries()) {
          const { stdout, stderr } = await shell(
            `$H import ${picture} | sed -n ${index + 1}p | $H code --at 2026-01-31T12:00:00Z`,
          );
          const oracle = execFileSync("oathtool", ["--totp", "-b", "-N", "2026-01-31 12:00:00 UTC", secret]);
          expect([stdout, stderr]).toEqual([oracle.toString(), ""]);
        }
      }
    },
  );

  it("says what to install where the packages for pictures are missing", async () => {
    const copy = path.join(folder, "without");
    mkdirSync(path.join(copy, "node_modules"), { recursive: true });
    for (const name of ["dist", "package.json"]) {
      cpSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), path.join(copy, name), { recursive: true });
    }
    symlinkSync(
      fileURLToPath(new URL("../../node_modules/qr", import.meta.url)),
      path.join(copy, "node_modules/qr"),
      "junction",
    );
    writeFileSync(path.join(folder, "a.png"), EXPORT_PNG);
    writeFileSync(path.join(folder, "a.jpg"), jpegOf(EXPORT_PIXELS));
    const main = path.join(copy, "dist/cli/main.js");
    for (const picture of ["a.png", "a.jpg"]) {
      const { stdout } = await shell(`$H import ${picture} 2>&1; echo "exit code $?"`, main);
      expect(stdout).toMatch(
        /^halfminute: input 1 is a picture; to read pictures, run npm install pngjs jpeg-js, or with npx: .*\nexit code 2\n$/,
      );
    }
    expect((await shell(`printf %s '${EXPORT}' | $H import`, main)).stdout).toBe(BOTH.out);
  });
});
