// Where the secret comes from. What was asked for (an argument, `-`, `--secret-file`) is used, and only one may be asked for.
// Otherwise the environment, and otherwise standard input. In this order, because a standard input that nobody asked for is
// there by accident as often as not: a scheduled job has one that never ends, and a loop has one with its own lines.
import { type Io, Interrupted, note } from "./io.ts";
import type { Given } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

/** The variable of the environment that may have the secret. */
export const VARIABLE = "HALFMINUTE_SECRET";

export const SOURCES_HELP: string = `The secret comes from one of
  an argument          visible to other users and kept in the shell's history
  -                    standard input
  --secret-file FILE   a file, or - for standard input
and if none of these is given, from
  ${VARIABLE}    the environment, or else
  standard input       which a terminal asks for and does not show`;

const LIMIT = 64 * 1024;

export async function readSecret(word: string | undefined, given: Given, io: Io): Promise<string> {
  const file = given.get("secret-file");
  if (word !== undefined && file !== undefined) {
    throw new UsageError("two secrets are given: one as an argument, one with --secret-file");
  }
  const asked = word ?? file;
  if (asked === "-") return readStdin(io);
  if (file !== undefined) {
    return onlyLine(await readText(() => io.readFile(file, LIMIT), LIMIT, "the secret file"), "the secret file");
  }
  if (word !== undefined) {
    note(io, `warning: as an argument the secret is visible to other users and kept in the shell's history`);
    return onlyLine(word, "the argument for the secret");
  }
  return readUnasked(io);
}

async function readUnasked(io: Io): Promise<string> {
  const value = readEnvironment(io);
  return value === undefined ? readStdin(io) : onlyLine(value, VARIABLE);
}

export function readEnvironment(io: Io): string | undefined {
  const value = io.env[VARIABLE];
  if (value !== undefined && io.stdin === "redirected") {
    note(io, `the secret of ${VARIABLE} is used, and standard input is not read; give - to read it`);
  }
  return value;
}

async function readStdin(io: Io): Promise<string> {
  if (io.stdin === "terminal") return onlyLine(await askHidden(io, "Secret: ", LIMIT), "what was typed");
  return onlyLine(await readText(() => io.readStdin(LIMIT), LIMIT, "standard input"), "standard input");
}

/** What is typed is not shown: it is neither read over a shoulder nor kept in a terminal's memory. */
export async function askHidden(io: Io, question: string, limit: number): Promise<string> {
  const line = await io.readHidden(question, limit);
  io.writeError("\n"); // the one that was typed was not shown either
  if (line === undefined) throw new Interrupted();
  if (line.length > limit) throw new UsageError(`what was typed is longer than ${limit} characters`);
  return line;
}

async function readText(read: () => Promise<Uint8Array>, limit: number, source: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(read, limit, source));
}

export async function readBytes(read: () => Promise<Uint8Array>, limit: number, source: string): Promise<Uint8Array> {
  const bytes = await read().catch((error: unknown) => {
    // The rest of the message would repeat the file's name, which may be a secret that was put in the wrong place.
    const code = /^E[A-Z0-9]+$/.exec(String((error as NodeJS.ErrnoException).code))?.[0] ?? "unknown error";
    throw new UsageError(`${source} cannot be read (${code})`);
  });
  if (bytes.length > limit) throw new UsageError(`${source} is longer than ${limit} bytes`);
  return bytes;
}

/** Line ends at the end and blank lines do no harm. Two lines are two secrets, or the wrong file. */
function onlyLine(text: string, source: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  if (lines.length > 1) throw new UsageError(`${source} has several lines; it must have the secret alone`);
  if (lines[0] === undefined) throw new UsageError(`${source} is empty; there is no secret in it`);
  return lines[0].trim();
}
