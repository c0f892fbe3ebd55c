// The `Io` of a real process: its streams, environment and files.
import { createReadStream, fstatSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { isatty } from "node:tty";
import { readHiddenLine } from "./hidden-line.ts";
import type { Io, Wait } from "./io.ts";
import { createFile } from "./new-file.ts";

/** Two folders up is the package, from `dist/cli/` as well as from `src/cli/`. */
const PACKAGE = new URL("../../", import.meta.url);

export function processIo(): Io {
  const unread = new AbortController();
  const writeError = writer(process.stderr, new AbortController());
  return {
    env: process.env,
    stdin: stdinKind(),
    columns: process.stdout.isTTY ? process.stdout.columns || Infinity : undefined, // 0 if the terminal does not know
    isShown: isatty(1),
    errorColumns: isatty(2) ? process.stderr.columns || Infinity : undefined,
    runtime: runtime(),
    version,
    writeOut: writer(process.stdout, unread),
    writeError,
    readStdin: (limit) => readSome(process.stdin, limit),
    readHidden: (question, limit) => {
      // Asks only after the echo is off, so that text typed immediately is not shown.
      const line = readHiddenLine(process.stdin, limit);
      writeError(question);
      return line;
    },
    readShown,
    startWaiting: () => startWaiting(unread.signal),
    readFile: (file, limit) => readSome(createReadStream(file), limit),
    createFile,
  };
}

/**
 * The line editor of the runtime. It shows the typed text on standard error, so that standard
 * output gets only the answer.
 */
function readShown(question: string): Promise<string | undefined> {
  const editor = createInterface({ input: process.stdin, output: process.stderr, historySize: 0 });
  return new Promise((resolve) => {
    editor.once("close", () => {
      resolve(undefined);
    });
    editor.question(question, (line) => {
      resolve(line);
      editor.close(); // with Ctrl-C it closes itself
    });
  });
}

/**
 * A Unix shell makes a pipe for `|` and opens a file for `<`. Other parents give sockets, and
 * scheduled jobs /dev/null.
 */
function stdinKind(): Io["stdin"] {
  if (isatty(0)) return "terminal";
  try {
    const stats = fstatSync(0);
    return stats.isFIFO() || stats.isFile() ? "redirected" : "other";
  } catch {
    return "other";
  }
}

function runtime(): string {
  const { versions } = process;
  const name = ["bun", "deno"].find((other) => versions[other] !== undefined) ?? "node";
  return `${name} ${versions[name] ?? ""}`;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8")) as { version: string };
  return version;
}

/**
 * A reader that is gone (`| head`) is not an error, and the exit code stays the command's: a
 * refused code must not look accepted because the answer was not read. Any other failure must not
 * look like success.
 */
function writer(stream: NodeJS.WriteStream, unread: AbortController): (text: string) => void {
  const fail = (error: unknown): void => {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    if (code === "EPIPE") {
      unread.abort();
      return;
    }
    process.exitCode = 2;
    if (stream !== process.stderr) process.stderr.write(`halfminute: the answer cannot be written (${code})\n`);
  };
  stream.on("error", fail);
  return (text) => {
    try {
      stream.write(text);
    } catch (error) {
      fail(error); // some streams throw, others emit an event
    }
  };
}

function startWaiting(unread: AbortSignal): Wait {
  let signal: "interrupted" | "terminated" | undefined;
  let wake = (): void => undefined;
  const stop = (by: typeof signal) => (): void => {
    signal = by;
    wake();
  };
  process.on("SIGINT", stop("interrupted")).on("SIGTERM", stop("terminated"));
  unread.addEventListener("abort", () => {
    wake();
  });
  return (milliseconds) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds, "elapsed");
      wake = () => {
        clearTimeout(timer);
        resolve(signal ?? "unread");
      };
      if (signal || unread.aborted) wake();
    });
}

/**
 * Works for files, pipes and terminals alike. Stops after the piece that exceeds the limit, and
 * closes the stream.
 */
async function readSome(stream: AsyncIterable<unknown>, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(piece as Uint8Array);
    length += (piece as Uint8Array).length;
    if (length > limit) break;
  }
  return Buffer.concat(pieces);
}
