// Everything outside the program, as one object: a test passes another one.

/**
 * 0: done, and a checked code is right. 1: a code was refused, a vector failed, or some of the
 * input could not be read. 2: wrong use, or failure. 130: stopped with Ctrl-C; 143: stopped by
 * SIGTERM, both as in shells.
 */
export type ExitCode = 0 | 1 | 2 | 130 | 143;

/**
 * Waits. Ctrl-C, SIGTERM or the end of the reader of standard output ends it early, even if that
 * happened since the last call.
 */
export type Wait = (milliseconds: number) => Promise<"elapsed" | "interrupted" | "terminated" | "unread">;

/** A file that is being written. Until `keep`, the previous file may still be there. */
export interface NewFile {
  /** Where it will be: the same for every spelling of its name. */
  readonly place: string;
  /** Only its owner may read a new file. */
  readonly kind: "a new file" | "an open file" | "a pipe" | "a device";
  /** Its whole content. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly keep: () => Promise<void>;
  /** Removes it, kept or not. Never fails. */
  readonly drop: () => Promise<void>;
}

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * A terminal; a pipe or file that a shell connected with `|` or `<`; or anything else, such as
   * the /dev/null of a scheduled job.
   */
  readonly stdin: "terminal" | "redirected" | "other";
  /**
   * The width of the terminal that standard output goes to; `undefined` if it is not a terminal.
   */
  readonly columns: number | undefined;
  /** Whether standard output is a terminal. */
  readonly isShown: boolean;
  /** The width of the terminal that standard error goes to; `undefined` if it is not a terminal. */
  readonly errorColumns: number | undefined;
  /** The runtime and its version. */
  readonly runtime: string;
  readonly version: () => string;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Reads to the end, but never much more than `limit` bytes. */
  readonly readStdin: (limit: number) => Promise<Uint8Array>;
  readonly readFile: (file: string, limit: number) => Promise<Uint8Array>;
  /**
   * Creates a file that only its owner may read and write. An existing one is replaced if
   * `isOverwriting`, and an error otherwise.
   */
  readonly createFile: (file: string, isOverwriting: boolean) => Promise<NewFile>;
  /**
   * Asks for a line on the terminal without showing it. It has little more than `limit` characters
   * at most; `undefined` after Ctrl-C.
   */
  readonly readHidden: (question: string, limit: number) => Promise<string | undefined>;
  /**
   * Asks for a line on the terminal and shows it as it is typed; `undefined` after Ctrl-C, or if
   * the terminal is gone.
   */
  readonly readShown: (question: string) => Promise<string | undefined>;
  /** From now on Ctrl-C and SIGTERM end the waiting instead of the program. */
  readonly startWaiting: () => Wait;
}

/** Ctrl-C when there is nothing left to do. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Writes a line to standard error, which gets everything except the answer. */
export function note(io: Io, text: string): void {
  io.writeError(`halfminute: ${text}\n`);
}

/**
 * Writes the answer to standard output: as text, or with `--json` as one line of data. The text is
 * a function if making it writes to standard error.
 */
export function answer(io: Io, given: ReadonlyMap<string, string>, text: string | (() => string), data: object): void {
  if (given.has("json")) io.writeOut(`${JSON.stringify(data).replace(UNSEEN, escapes)}\n`);
  else io.writeOut(`${typeof text === "string" ? text : text()}\n`);
}

/**
 * Characters that JSON leaves as they are, but that terminals obey or that reverse the direction of
 * text.
 */
const UNSEEN = /[\x7f-\x9f\u2028\u2029\p{Cf}]/gu;

/** Two for a character beyond U+FFFF. */
function escapes(character: string): string {
  return character.split("").map(escape).join("");
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
