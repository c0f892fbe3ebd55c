// What reads QR codes back: programs and packages that share no code with what drew them.
import { execFileSync } from "node:child_process";
import path from "node:path";

import jsQR from "jsqr";
import { PNG } from "pngjs";

/** The pixels of a PNG. pngjs checks every CRC and refuses what is cut short. */
export function pixelsOf(png: Uint8Array): PNG {
  return PNG.sync.read(Buffer.from(png));
}

export function readByJsqr(png: Uint8Array): string | undefined {
  const { data, width, height } = pixelsOf(png);
  return jsQR.default(new Uint8ClampedArray(data), width, height, { inversionAttempts: "dontInvert" })?.data;
}

/** The text in each file, by its name. One process reads many. */
export function readByZbar(files: readonly string[]): Record<string, string> {
  const options = ["--nodbus", "-q", "--xml", "-Sdisable", "-Sqrcode.enable"];
  const output = zbarimg([...options, ...files]);
  const sources = output.matchAll(/<source href='([^']*)'>[\s\S]*?<!\[CDATA\[([\s\S]*?)\]\]>[\s\S]*?<\/source>/g);
  return Object.fromEntries(Array.from(sources, ([, file = "", text = ""]) => [path.basename(file), text]));
}

function zbarimg(words: readonly string[]): string {
  try {
    return execFileSync("zbarimg", words, {
      encoding: "utf8",
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    return (error as { stdout: string }).stdout; // its exit code says that it found nothing in some file
  }
}

/** The modules of a picture of one pixel a module: `1` is dark. */
export function modulesOf(png: Uint8Array): string[] {
  const { data, width, height } = pixelsOf(png);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[4 * (y * width + x)] === 0 ? "1" : "0")).join(""),
  );
}

/**
 * The modules of our SVG: `1` is where the path's area covers the middle of a module. Its rule is
 * the usual one of SVG (nonzero): a point is inside if the lines to the right of it do not cross
 * its row as often upwards as downwards.
 */
export function svgModules(svg: string): string[] {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const lines = verticalLines(/ d="([^"]*)"/.exec(svg)?.[1] ?? "");
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => {
      const crossings = lines.map(({ x, from, to }) =>
        x > column + 0.5 && Math.min(from, to) < row + 0.5 && Math.max(from, to) > row + 0.5 ? Math.sign(to - from) : 0,
      );
      return crossings.reduce<number>((sum, each) => sum + each, 0) === 0 ? "0" : "1";
    }).join(""),
  );
}

interface VerticalLine {
  readonly x: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Of a path of `M`, `h` and `v`. A part that is not closed is closed by a straight line, which is
 * horizontal in ours.
 */
function verticalLines(path: string): VerticalLine[] {
  const lines: VerticalLine[] = [];
  let [x, y, startY] = [0, 0, 0];
  for (const [, command, first, second] of path.matchAll(/([Mhv])(-?\d+)(?: (-?\d+))?/g)) {
    if (command === "h") x += Number(first);
    else if (command === "v") lines.push({ x, from: y, to: (y += Number(first)) });
    else {
      if (y !== startY) throw new Error("a part of the path ends at another height than it began");
      [x, y, startY] = [Number(first), Number(second), Number(second)];
    }
  }
  return lines;
}

/** Which halves of a character are ink. */
const HALVES: Readonly<Record<string, readonly [upper: boolean, lower: boolean]>> = {
  " ": [false, false],
  "▄": [false, true],
  "▀": [true, false],
  "█": [true, true],
};

interface Cell {
  /** True for dark. */
  readonly upper: boolean;
  readonly lower: boolean;
}

/**
 * What a terminal shows: the two colors that it begins with, and of the escape sequences those that
 * we write. Anything that it does not know is an error.
 */
function terminalCells(text: string, isBackgroundDark: boolean): Cell[][] {
  return text.split("\n").map((line) => {
    let [ink, paper] = [!isBackgroundDark, isBackgroundDark];
    const cells: Cell[] = [];
    for (const [piece, foreground, background] of line.matchAll(
      // eslint-disable-next-line no-control-regex -- escape sequences
      /\u001b\[38;5;(16|231);48;5;(16|231)m|\u001b\[m|[^]/gu,
    )) {
      if (foreground !== undefined) [ink, paper] = [foreground === "16", background === "16"];
      else if (piece === "\u001b[m") [ink, paper] = [!isBackgroundDark, isBackgroundDark];
      else {
        const halves = HALVES[piece];
        if (!halves) throw new Error(`a terminal would show ${JSON.stringify(piece)}`);
        cells.push({ upper: halves[0] ? ink : paper, lower: halves[1] ? ink : paper });
      }
    }
    return cells;
  });
}

/** The modules that a terminal shows; the last half line is left out. */
export function terminalModules(text: string, isBackgroundDark: boolean): string[] {
  const rows = terminalCells(text, isBackgroundDark).flatMap((cells) => [
    cells.map(({ upper }) => Number(upper)).join(""),
    cells.map(({ lower }) => Number(lower)).join(""),
  ]);
  return rows.slice(0, -1);
}

/**
 * A picture of the terminal: a character is 8 by 16 pixels, and around the text is the terminal's
 * own background.
 */
export function terminalScreenshot(text: string, isBackgroundDark: boolean): Buffer {
  const lines = terminalCells(text, isBackgroundDark);
  const columns = Math.max(...lines.map((cells) => cells.length));
  const picture = new PNG({ width: 8 * (columns + 4), height: 16 * (lines.length + 4) });
  picture.data.fill(isBackgroundDark ? 0 : 255);
  for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = 255;
  for (const [row, cells] of lines.entries()) {
    for (const [column, { upper, lower }] of cells.entries()) {
      fill(picture, 8 * (column + 2), 16 * (row + 2), upper);
      fill(picture, 8 * (column + 2), 16 * (row + 2) + 8, lower);
    }
  }
  return PNG.sync.write(picture);
}

function fill({ data, width }: PNG, left: number, top: number, isDark: boolean): void {
  for (let pixel = 0; pixel < 64; pixel++) {
    const at = 4 * ((top + (pixel >> 3)) * width + left + (pixel & 7));
    data.fill(isDark ? 0 : 255, at, at + 3);
  }
}
