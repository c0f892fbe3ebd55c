// Where the secret comes from: an argument, `-` or `--secret-file`, of which only one may be given;
// otherwise the environment, and otherwise standard input. In this order, because standard input is
// often there by accident: in a scheduled job it may never end, and in a loop it has the loop's own
// lines.
import { type Io, Interrupted, note } from "./io.ts";
import type { Given } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

/** The environment variable that may have the secret. */
export const VARIABLE = "HALFMINUTE_SECRET";

export const SOURCES: string = `An argument is visible to other users and kept in the shell's history. Without
one, ${VARIABLE} of the environment is read, or else standard input.`;

export const WARNING = "warning: as an argument the secret is visible to other users and kept in the shell's history";

const LIMIT = 64 * 1024;

const WHY_UNREAD: Readonly<Partial<Record<string, string>>> = {
  EACCES: "not allowed",
  EISDIR: "it is a folder",
  ENOENT: "no such file",
};

/** No secret has an extension. */
const LIKE_A_FILE = /^[^\s:]+\.[a-z]{2,5}$/i;

/** The text, and where it comes from. */
export interface Sourced {
  readonly text: string;
  readonly source: string;
}

/** The only line of the source. */
export async function readSecret(word: string | undefined, given: Given, io: Io): Promise<string> {
  return onlyLine(await readSource(word, given, io));
}

/** All of the source. */
export async function readSource(word: string | undefined, given: Given, io: Io): Promise<Sourced> {
  const file = given.get("secret-file");
  if (word !== undefined && file !== undefined) {
    throw new UsageError("two secrets are given: one as an argument, one with --secret-file");
  }
  const asked = word ?? file;
  if (asked === "-") return readStdin(io);
  if (file !== undefined) {
    return readText(() => io.readFile(file, LIMIT), LIMIT, "the secret file");
  }
  if (word !== undefined) {
    if (LIKE_A_FILE.test(word)) throw new UsageError("the argument is not a secret; to read a file, use --secret-file");
    note(io, WARNING);
    return { text: word, source: "the argument for the secret" };
  }
  return readUnasked(io);
}

async function readUnasked(io: Io): Promise<Sourced> {
  const value = readEnvironment(io);
  return value === undefined ? readStdin(io) : { text: value, source: VARIABLE };
}

export function readEnvironment(io: Io): string | undefined {
  const value = io.env[VARIABLE];
  if (value !== undefined && io.stdin === "redirected") {
    note(io, `the secret in ${VARIABLE} is used, and standard input is not read; give - to read it`);
  }
  return value;
}

async function readStdin(io: Io): Promise<Sourced> {
  if (io.stdin === "terminal") return { text: await askHidden(io, "Secret: ", LIMIT), source: "the typed text" };
  return readText(() => io.readStdin(LIMIT), LIMIT, "standard input");
}

/** The terminal does not show the typed text, so no one can read it later or over a shoulder. */
export async function askHidden(io: Io, question: string, limit: number): Promise<string> {
  const line = await io.readHidden(question, limit);
  io.writeError("\n"); // the typed line end was not shown either
  if (line === undefined) throw new Interrupted();
  if (line.length > limit) throw new UsageError(`the typed text is longer than ${limit} characters`);
  return line;
}

async function readText(read: () => Promise<Uint8Array>, limit: number, source: string): Promise<Sourced> {
  return { text: new TextDecoder().decode(await readBytes(read, limit, source)), source };
}

export async function readBytes(read: () => Promise<Uint8Array>, limit: number, source: string): Promise<Uint8Array> {
  const bytes = await read().catch((error: unknown) => {
    // The rest of the message would repeat the file's name, which may be a misplaced secret.
    const code = /^E[A-Z0-9]+$/.exec(String((error as NodeJS.ErrnoException).code))?.[0] ?? "unknown error";
    const why = WHY_UNREAD[code];
    throw new UsageError(`${source} cannot be read (${why === undefined ? code : `${code}: ${why}`})`);
  });
  if (bytes.length > limit) throw new UsageError(`${source} is longer than ${limit} bytes`);
  return bytes;
}

/** Blank lines are skipped. Two lines are two secrets, or the wrong file. */
function onlyLine({ text, source }: Sourced): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  if (lines.length > 1) throw new UsageError(`${source} has several lines; it must contain only the secret`);
  if (lines[0] === undefined) throw new UsageError(`${source} is empty; it must contain the secret`);
  return lines[0].trim();
}
