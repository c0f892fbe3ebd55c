// Where several URIs come from: arguments, files and standard input, one on a line. Each knows its
// place, so that a message about it need not repeat it. A QR code in a picture counts as a line. A
// line that cannot be read does not affect the others.
import { OtpError } from "../core/errors.ts";
import { type Io, note } from "./io.ts";
import { PICTURE_LIMIT, type Pixels, readPixels } from "./picture.ts";
import { readQrCodes } from "./qr-codes.ts";
import { askHidden, readBytes, WARNING } from "./secret-source.ts";
import { shown } from "./table.ts";
import { explain, UsageError } from "./usage-error.ts";

export interface Line {
  readonly text: string;
  /** `line 3 of input 2 (uris.txt)`, or `input 2` if that is all of it. */
  readonly place: string;
}

/** The values that could be read; for everything else, its place and the broken rule. */
export interface Readings<Value> {
  readonly values: readonly Value[];
  readonly unread: readonly string[];
}

export const LINES: string = `An INPUT is a URI, a file with one on each line, a PNG or JPEG picture of QR
codes, or - for standard input (default). Lines that begin with # are skipped.
As an argument a URI is visible to other users and kept in the shell's history.`;

/** A thousand URIs as long as a QR code can hold would be almost three times as long. */
const LIMIT = 1024 * 1024;

export const IS_URI: RegExp = /^(?:(?:apple-)?otpauth(?:-migration)?:|steam:\/\/)/i;

/** Where the URI of one account is wanted. */
export function refuseExport(uri: string): void {
  if (!/^otpauth-migration:/i.test(uri)) return;
  throw new OtpError("invalid-uri", "this is an export; use halfminute import --table");
}

export async function readLines(words: readonly string[], question: string, io: Io): Promise<Readings<Line>> {
  if (words.filter((word) => word === "-").length > 1)
    throw new UsageError("- is given twice; standard input is read once");
  const inputs = words.length === 0 ? ["-"] : words.map((word) => word.trim());
  if (inputs.some((input) => IS_URI.test(input))) {
    note(io, WARNING);
  }
  const read: Readings<Line>[] = [];
  for (const [index, input] of inputs.entries()) {
    const word = IS_URI.test(input) ? input : (words[index] ?? "-");
    read.push(await linesOf(word, `input ${index + 1}`, question, io).catch(unreadInput));
  }
  return { values: read.flatMap(({ values }) => values), unread: read.flatMap(({ unread }) => unread) };
}

function unreadInput(error: unknown): Readings<never> {
  if (error instanceof UsageError) return { values: [], unread: [error.message] };
  throw error;
}

async function linesOf(word: string, input: string, question: string, io: Io): Promise<Readings<Line>> {
  if (IS_URI.test(word)) return { values: [{ text: word, place: input }], unread: [] };
  if (word !== "-") {
    // The name of a file that was read may be shown; any other word may be a misplaced secret.
    return linesIn(
      await readBytes(() => io.readFile(word, PICTURE_LIMIT), PICTURE_LIMIT, input),
      input,
      `${input} (${shown(word)})`,
    );
  }
  if (io.stdin === "terminal") return split(await askHidden(io, question, LIMIT), "the typed text");
  const source = "standard input";
  return linesIn(await readBytes(() => io.readStdin(PICTURE_LIMIT), PICTURE_LIMIT, source), source);
}

async function linesIn(bytes: Uint8Array, source: string, name: string = source): Promise<Readings<Line>> {
  const pixels = await readPixels(bytes, source);
  if (pixels) return codesIn(pixels, source);
  if (bytes.length > LIMIT) throw new UsageError(`${source} is longer than ${LIMIT} bytes`);
  return split(new TextDecoder(encodingOf(bytes)).decode(bytes), name);
}

async function codesIn(pixels: Pixels, source: string): Promise<Readings<Line>> {
  const { texts, isMore } = await readQrCodes(pixels);
  const advice = "cut it out, or make it sharper";
  if (texts.length === 0) throw new UsageError(`${source} is a picture in which no QR code was found; ${advice}`);
  const values = texts.map((text, index) => ({
    text: text.trim(),
    place: texts.length === 1 ? source : `QR code ${index + 1} of ${source}`,
  }));
  return {
    values,
    unread: isMore ? [`${source} has something like another QR code that cannot be read; ${advice}`] : [],
  };
}

/** By its byte order mark. PowerShell writes UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

export function split(text: string, source: string): Readings<Line> {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({
    text: line.trim(),
    place: `line ${index + 1} of ${source}`,
  }));
  const values = lines.filter((line) => line.text !== "" && !line.text.startsWith("#"));
  if (values.length === 0) throw new UsageError(`${source} has no URI`);
  return { values, unread: [] };
}

/** The readings of all lines. A line that cannot be read does not affect the others. */
export function readEach<Value>({ values, unread }: Readings<Line>, read: (line: Line) => Value): Readings<Value> {
  const readings = values.map((line) => readOne(line, read));
  return {
    values: readings.flatMap(({ values }) => values),
    unread: [...unread, ...readings.flatMap(({ unread }) => unread)],
  };
}

function readOne<Value>(line: Line, read: (line: Line) => Value): Readings<Value> {
  try {
    return { values: [read(line)], unread: [] };
  } catch (error) {
    if (error instanceof OtpError) return { values: [], unread: [`${line.place}: ${explain(error)}`] };
    throw error;
  }
}

/** All values; throws if anything could not be read. */
export function requireAll<Value>({ values, unread }: Readings<Value>): readonly Value[] {
  if (unread[0] !== undefined) throw new UsageError(unread[0]);
  return values;
}
