// All that the command line needs of the world, as one object: a test gives it another world.

/**
 * 0: done, and a checked code is right. 1: a code was refused, a vector failed, or some of what was given could not be read. 2: wrong
 * use, or it could not be done. 130: stopped with Ctrl-C; 143: told to end by SIGTERM; both as shells say it.
 */
export type ExitCode = 0 | 1 | 2 | 130 | 143;

/** Waits, unless Ctrl-C, SIGTERM or the end of whoever reads the answer comes before, or came since the last time. */
export type Wait = (milliseconds: number) => Promise<"elapsed" | "interrupted" | "terminated" | "unread">;

/** A file in the making. Until it is kept, what was there before may still be there. */
export interface NewFile {
  /** Where it will be, the same however its name is written. */
  readonly place: string;
  /** Of a new file it is known that only its owner may read it. */
  readonly kind: "a new file" | "an open file" | "a pipe" | "a device";
  /** All that will be in it. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly keep: () => Promise<void>;
  /** It shall not be there, kept or not. Never fails. */
  readonly drop: () => Promise<void>;
}

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A terminal; what a shell put there with `|` or `<`; or anything else, such as the /dev/null of a scheduled job. */
  readonly stdin: "terminal" | "redirected" | "other";
  /** How wide the terminal is that standard output goes to, if it is one. */
  readonly columns: number | undefined;
  /** Whether the answer is shown to somebody rather than given to another program. */
  readonly isShown: boolean;
  /** How wide the terminal is that standard error goes to, if it is one. */
  readonly errorColumns: number | undefined;
  /** The runtime and its version. */
  readonly runtime: string;
  readonly version: () => string;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Reads to the end, but never much more than `limit` bytes. */
  readonly readStdin: (limit: number) => Promise<Uint8Array>;
  readonly readFile: (file: string, limit: number) => Promise<Uint8Array>;
  /** A new file that only its owner may read and write; one that is there is replaced if so asked, and an error otherwise. */
  readonly createFile: (file: string, isOverwriting: boolean) => Promise<NewFile>;
  /** Asks for a line on the terminal that is not shown, little more than `limit` characters; nothing after Ctrl-C. */
  readonly readHidden: (question: string, limit: number) => Promise<string | undefined>;
  /** Asks for a line on the terminal and shows it as it is typed; nothing after Ctrl-C, or if the terminal is gone. */
  readonly readShown: (question: string) => Promise<string | undefined>;
  /** From now on Ctrl-C and SIGTERM do not end the program; they end the waiting. */
  readonly startWaiting: () => Wait;
}

/** Ctrl-C, at a place where nothing remains to be done. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What is no answer: on standard error, in a line of its own. */
export function note(io: Io, text: string): void {
  io.writeError(`halfminute: ${text}\n`);
}

/**
 * The answer, and nothing else, on standard output: as text, or with `--json` the same as one line of data. Text that takes saying
 * something besides is given as a function, for then it is said only if the text is printed.
 */
export function answer(io: Io, given: ReadonlyMap<string, string>, text: string | (() => string), data: object): void {
  if (given.has("json")) io.writeOut(`${JSON.stringify(data).replace(UNSEEN, escapes)}\n`);
  else io.writeOut(`${typeof text === "string" ? text : text()}\n`);
}

/** What JSON lets stand as it is, and what terminals take for a command or turn the direction of the rest round by. */
const UNSEEN = /[\x7f-\x9f\u2028\u2029\p{Cf}]/gu;

/** One for each of the two halves of what lies beyond U+FFFF. */
function escapes(character: string): string {
  return character.split("").map(escape).join("");
}

function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
