// Pictures of random URIs are read back by zbar and jsqr, which know nothing of what drew them.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import fc from "fast-check";
import decodeQR from "qr/decode.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { buildOtpauthUri } from "../../src/index.ts";
import { qrDataUrl, qrPng, qrSvg, qrTerminal } from "../../src/qr/index.ts";
import { isThere } from "../helpers/programs.ts";
import { modulesOf, pixelsOf, readByJsqr, readByZbar, terminalModules, terminalScreenshot } from "./readers.ts";

const CASES = process.env["CI"] ? 300 : 40; // each is read by several programs, which takes a while
const CHROMIUM = "/usr/bin/chromium";
const run = promisify(execFile);
const hasRsvg = isThere("rsvg-convert", "--version");
const hasZbar = isThere("zbarimg", "--version");
const hasChromium = isThere(CHROMIUM, "--version");

const name = fc
  .oneof(fc.string({ minLength: 1, maxLength: 60 }), fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }))
  .map((text) => text.replaceAll(":", "").trim() || "a");
const uri = fc
  .record({
    issuer: name,
    accountName: name,
    secret: fc.uint8Array({ minLength: 10, maxLength: 64 }),
    parameters: fc.record({ algorithm: fc.constantFrom("SHA-1", "SHA-256", "SHA-512"), digits: fc.constantFrom(6, 8) }),
  })
  .map((account) => buildOtpauthUri(account as Parameters<typeof buildOtpauthUri>[0]));

const USUAL = buildOtpauthUri({
  secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  issuer: "Example Company",
  accountName: "alice.lastname@example.com",
});

let folder: string;
let uris: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-qr-"));
  uris = fc.sample(uri, CASES);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** A lossless picture of an SVG, by librsvg. */
async function rasterised(name: string, svg: string): Promise<string> {
  const file = path.join(folder, `${name}.svg.png`);
  await run("rsvg-convert", ["-o", file, fileOf(`${name}.svg`, svg)]);
  return file;
}

describe(`${CASES} random URIs`, () => {
  it("as PNG are read by jsqr and by the decoder of qr", async () => {
    for (const text of uris) {
      const png = await qrPng(text, { scale: 3 });
      expect(readByJsqr(png)).toBe(text);
      const { data, width, height } = pixelsOf(png);
      expect(decodeQR({ data: new Uint8Array(data), width, height })).toBe(text);
    }
  });

  it.runIf(hasZbar)("as PNG are read by zbar", async () => {
    const files: string[] = [];
    for (const [index, text] of uris.entries()) files.push(fileOf(`${index}.png`, await qrPng(text)));
    expect(readByZbar(files)).toEqual(Object.fromEntries(uris.map((text, index) => [`${index}.png`, text])));
  });

  it.runIf(hasZbar && hasRsvg)("as SVG are read by zbar and jsqr", async () => {
    const files: string[] = [];
    for (let from = 0; from < CASES; from += 4) {
      const some = uris.slice(from, from + 4).map((text, index) => rasterised(`${from + index}`, qrSvg(text)));
      files.push(...(await Promise.all(some)));
    }
    expect(readByZbar(files)).toEqual(Object.fromEntries(uris.map((text, index) => [`${index}.svg.png`, text])));
    for (const [index, file] of files.entries()) expect(readByJsqr(readFileSync(file))).toBe(uris[index]);
  });

  it("have one matrix in all forms", async () => {
    for (const text of uris) {
      const modules = modulesOf(await qrPng(text, { scale: 1 }));
      expect(terminalModules(qrTerminal(text), true)).toEqual(modules);
      expect(terminalModules(qrTerminal(text), false)).toEqual(modules);
      expect(terminalModules(qrTerminal(text, { background: "light" }), false)).toEqual(modules);
      expect(terminalModules(qrTerminal(text, { background: "dark" }), true)).toEqual(modules);
      expect(svgModules(qrSvg(text))).toEqual(modules);
    }
  });
});

/**
 * A walk along the path; between two verticals it is at the upper edge of its row or at the lower
 * one.
 */
function svgModules(svg: string): string[] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const [, d = ""] = /<path d="([^"]*)"/.exec(svg) ?? [];
  return d
    .split("M")
    .slice(1)
    .map((row, y) => {
      const [, start, rest = ""] = /^0 (\d+)(.*)$/.exec(row) ?? [];
      expect(Number(start)).toBe(y + 1);
      const modules = rest.replace(/v-1h(\d+)v1|h(\d+)/g, (_, dark?: string, light?: string) =>
        dark === undefined ? "0".repeat(Number(light)) : "1".repeat(Number(dark)),
      );
      expect(modules).toMatch(new RegExp(`^[01]{${size}}$`));
      return modules;
    });
}

it.runIf(hasZbar)("every QR code in the terminal is read", () => {
  const files = uris
    .slice(0, 15)
    .flatMap((text, index) => [
      fileOf(`any-${index}-dark.png`, terminalScreenshot(qrTerminal(text), true)),
      fileOf(`any-${index}-light.png`, terminalScreenshot(qrTerminal(text), false)),
      fileOf(`dark-${index}.png`, terminalScreenshot(qrTerminal(text, { background: "dark" }), true)),
      fileOf(`light-${index}.png`, terminalScreenshot(qrTerminal(text, { background: "light" }), false)),
    ]);
  const read = readByZbar(files);
  expect(Object.keys(read).length).toBe(files.length);
  for (const [file, text] of Object.entries(read)) expect(text).toBe(uris[Number(/\d+/.exec(file)?.[0])]);
});

it("Unicode as it is, not percent-encoded, is read from a QR code as UTF-8", async () => {
  const sample = fc.sample(fc.string({ unit: "grapheme", minLength: 8, maxLength: 80 }), 100);
  for (const text of sample) {
    const { data, width, height } = pixelsOf(await qrPng(text));
    expect(decodeQR({ data: new Uint8Array(data), width, height })).toBe(text);
  }
  expect(readByJsqr(await qrPng("Ünïcode 日本語 😀"))).toBe("Ünïcode 日本語 😀");
});

it.runIf(hasZbar && hasRsvg)("QR codes of any size, level and allowed colors are read", async () => {
  const options = [
    { errorCorrection: "L", scale: 2 },
    { errorCorrection: "Q", scale: 7 },
    { errorCorrection: "H", scale: 32, margin: 10 },
    { dark: "#1a73e8" },
    { dark: "#000", light: "#808080" }, // the least contrast
    { dark: "#7f7f7f", light: "#fff" },
    { dark: "#060", light: "#fe0" },
  ] as const;
  const files: string[] = [];
  for (const [index, option] of options.entries()) {
    files.push(fileOf(`option-${index}.png`, await qrPng(USUAL, option)));
    files.push(await rasterised(`option-${index}`, qrSvg(USUAL, option)));
  }
  expect(Object.values(readByZbar(files))).toEqual(files.map(() => USUAL));
  for (const file of files) expect(readByJsqr(readFileSync(file)), file).toBe(USUAL);
});

describe("a usual URI", () => {
  it("is a data URL under 8 KB and fits into 80 columns", () => {
    expect(qrDataUrl(USUAL).length).toBeLessThan(8192);
    const [line = ""] = qrTerminal(USUAL, { background: "light" }).split("\n");
    expect(line.length).toBe(57);
    expect(terminalModules(qrTerminal("x".repeat(331)), false).length).toBe(77);
    expect(terminalModules(qrTerminal("x".repeat(332)), false).length).toBe(81);
  });
});

describe.runIf(hasChromium && hasZbar)("Chromium", () => {
  const title = `Qr's "code" (<i>&amp;</i>) für dich 日本 #1 100%`;
  const pages = {
    inline: qrSvg(USUAL, { title, scale: 6 }),
    image: `<img alt="QR code" src="${qrDataUrl(USUAL, { title, scale: 6 })}">`,
    single: `<img alt='QR code' src='${qrDataUrl(USUAL, { title, scale: 6 })}'>`,
    css: `<svg width="9"></svg><main></main>`,
  };
  it.each(Object.keys(pages) as (keyof typeof pages)[])("shows the QR code %s under a strict policy", (kind) => {
    const icons = "svg { stroke: red; stroke-width: 3; fill: none } main { width: 400px; height: 400px;";
    const style = `${icons} background: url(${qrDataUrl(USUAL, { title, scale: 6 })}) }`;
    const policy = "default-src 'none'; img-src data:; style-src 'sha256-HASH'".replace("HASH", sha256(style));
    const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><style>${style}</style>`;
    const page = fileOf(`${kind}.html`, `<!doctype html>${head}${pages[kind]}`);
    const picture = path.join(folder, `${kind}.page.png`);
    const options = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ];
    execFileSync(CHROMIUM, [...options, "--window-size=600,600", `--screenshot=${picture}`, `file://${page}`], {
      stdio: "ignore",
      timeout: 150_000,
    });
    expect(readByZbar([picture])).toEqual({ [`${kind}.page.png`]: USUAL });
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
