// Where several URIs come from: arguments, files and standard input, one on a line. Each knows its place, so that what is wrong
// with it can be told without repeating it. A picture of a QR code is a line that is not typed.
import { OtpError } from "../errors.ts";
import { type Io, note } from "./io.ts";
import { isPicture, PICTURE_LIMIT, PICTURES_HELP, readQrCode } from "./picture.ts";
import { askHidden, readBytes } from "./secret-source.ts";
import { explain, UsageError } from "./usage-error.ts";

export interface Line {
  readonly text: string;
  /** `line 3 of input 2`, or `input 2` if that is all of it */
  readonly place: string;
}

export const LINES_HELP: string = `Each input is a URI, a file with one on each line, or - for standard input,
which is read without any input too. A terminal asks for one URI and does not
show it. As an argument a URI is visible to other users and kept in the
shell's history.

${PICTURES_HELP}`;

/** A thousand URIs of the length that a QR code holds are not quite three times as long. */
const LIMIT = 1024 * 1024;

const IS_URI = /^(?:apple-)?otpauth(?:-migration)?:/i;

export async function readLines(words: readonly string[], question: string, io: Io): Promise<readonly Line[]> {
  if (words.filter((word) => word === "-").length > 1) throw new UsageError("standard input is asked for twice");
  if (words.some((word) => IS_URI.test(word))) {
    note(io, "warning: as an argument the secret is visible to other users and kept in the shell's history");
  }
  const inputs = words.length === 0 ? ["-"] : words;
  const lines: Line[] = [];
  for (const [index, word] of inputs.entries())
    lines.push(...(await linesOf(word, `input ${index + 1}`, question, io)));
  return lines;
}

async function linesOf(word: string, input: string, question: string, io: Io): Promise<readonly Line[]> {
  if (IS_URI.test(word)) return [{ text: word.trim(), place: input }];
  if (word !== "-")
    return linesIn(await readBytes(() => io.readFile(word, PICTURE_LIMIT), PICTURE_LIMIT, input), input);
  if (io.stdin === "terminal") return split(await askHidden(io, question, LIMIT), "what was typed");
  const source = "standard input";
  return linesIn(await readBytes(() => io.readStdin(PICTURE_LIMIT), PICTURE_LIMIT, source), source);
}

async function linesIn(bytes: Uint8Array, source: string): Promise<readonly Line[]> {
  if (isPicture(bytes)) return [{ text: await readQrCode(bytes, source), place: source }];
  if (bytes.length > LIMIT) throw new UsageError(`${source} is longer than ${LIMIT} bytes`);
  return split(new TextDecoder().decode(bytes), source);
}

function split(text: string, source: string): readonly Line[] {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({
    text: line.trim(),
    place: `line ${index + 1} of ${source}`,
  }));
  const filled = lines.filter((line) => line.text !== "");
  if (filled.length === 0) throw new UsageError(`${source} is empty; there is no URI in it`);
  return filled;
}

/** What is read from a line; what is wrong with it is told with its place. */
export function readAt<Value>({ place, text }: Line, read: (text: string) => Value): Value {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof OtpError) throw new UsageError(`${place}: ${explain(error)}`);
    throw error;
  }
}
