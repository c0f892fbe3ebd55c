// All that the command line needs of the world, as one object: a test gives it another world.

/** 0: done, and a checked code is right. 1: a code was refused, or a vector failed. 2: wrong use, or it could not be done. */
export type ExitCode = 0 | 1 | 2;

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A terminal; what a shell put there with `|` or `<`; or anything else, such as the /dev/null of a scheduled job. */
  readonly stdin: "terminal" | "redirected" | "other";
  /** How wide the terminal is that standard output goes to, if it is one. */
  readonly columns: number | undefined;
  /** The runtime and its version. */
  readonly runtime: string;
  /** The folder of the published test vectors. */
  readonly vectorsFolder: string;
  readonly version: () => string;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Reads to the end, but never much more than `limit` bytes. */
  readonly readStdin: (limit: number) => Promise<Uint8Array>;
  readonly readFile: (file: string, limit: number) => Promise<Uint8Array>;
  /** A new file that only its owner may read and write; an existing one is overwritten if so asked, and an error otherwise. */
  readonly writeFile: (file: string, bytes: Uint8Array, isOverwriting: boolean) => Promise<void>;
  /** The names of what is in a folder. */
  readonly listFolder: (folder: string) => Promise<readonly string[]>;
}

/** The answer, and nothing else, on standard output: as text, or with `--json` the same as one line of data. */
export function answer(io: Io, given: ReadonlyMap<string, string>, text: string, data: object): void {
  io.writeOut(`${given.has("json") ? JSON.stringify(data) : text}\n`);
}
