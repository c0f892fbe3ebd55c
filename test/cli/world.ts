// A world for the command line in memory. Every run of it is also a check that standard error has
// neither secret nor code.
import { expect } from "vitest";

import type { ExitCode, Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/run.ts";

/** The secret of RFC 4226 Appendix D and RFC 6238 Appendix B, in base32. */
export const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
export const TOTP_URI = `otpauth://totp/Acme:alice?secret=${SECRET}&issuer=Acme`;
export const HOTP_URI = `otpauth://hotp/Acme:alice?secret=${SECRET}&issuer=Acme&counter=1`;
export const STEAM_URI = `otpauth://steam/Steam:alice?secret=${SECRET}&issuer=Steam`;

/** Unix time of RFC 6238 Appendix B, and what belongs to it. */
export const AT = "@1234567890";
export const CODE = "005924";
export const COUNTER = 41152263;

/** What must never be in a message: parts of the secret, and every code that the tests use. */
export const CANARIES: readonly string[] = [
  "GEZDGNBV",
  "GY3TQOJQ",
  "gezdgnbv",
  "gezd",
  "MFRGGZDFMZTWQ2LK",
  "3132333435",
  "005924",
  "005 924",
  "89005924",
  "9005924",
  "755224",
  "287082",
  "359152",
  "520489",
];

export interface World {
  readonly stdin?: string | Uint8Array | Error;
  readonly stdinKind?: Io["stdin"];
  /** Whether the answer goes to a terminal. */
  readonly isShown?: boolean;
  /** What is typed when the terminal asks for a line; null is Ctrl-C. */
  readonly typed?: string | null;
  /**
   * What is typed when it asks for lines that are shown, one after the other; then comes Ctrl-C.
   */
  readonly lines?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Takes the files that are written. */
  readonly written?: Map<string, Uint8Array>;
  readonly io?: Partial<Io>;
  /** For a fault of the program. Nothing else shows where in the program it comes from. */
  readonly mayHaveStack?: boolean;
}

export interface Outcome {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly error: string;
  readonly stdinReads: number;
}

/**
 * Runs `halfminute` with these words. Without a world there is no input: standard input is like
 * /dev/null.
 */
export async function halfminute(words: readonly string[], world: World = {}): Promise<Outcome> {
  let out = "";
  let error = "";
  let stdinReads = 0;
  const { stdin = "", files = {} } = world;
  const lines = (world.lines ?? []).values();
  const io: Io = {
    env: world.env ?? {},
    stdin: world.stdinKind ?? (world.stdin === undefined ? "other" : "redirected"),
    columns: undefined,
    isShown: world.isShown ?? false,
    errorColumns: undefined,
    runtime: "node 0.0.0",
    version: () => "1.2.3",
    writeOut: (text) => void (out += text),
    writeError: (text) => void (error += text),
    readStdin: () => {
      stdinReads++;
      return stdin instanceof Error ? Promise.reject(stdin) : Promise.resolve(bytes(stdin));
    },
    readHidden: (question) => {
      error += question;
      return Promise.resolve(world.typed === null ? undefined : (world.typed ?? ""));
    },
    readShown: (question) => {
      error += question;
      return Promise.resolve(lines.next().value);
    },
    startWaiting: () => () => Promise.resolve("interrupted"),
    readFile: (file) => {
      const content = files[file];
      return content === undefined ? Promise.reject(fileError("ENOENT", file)) : Promise.resolve(bytes(content));
    },
    createFile: (file, isOverwriting) => {
      if (!isOverwriting && file in files) return Promise.reject(fileError("EEXIST", file));
      return Promise.resolve({
        place: file,
        kind: "a new file" as const,
        write: (content) => Promise.resolve(void world.written?.set(file, content)),
        keep: () => Promise.resolve(),
        drop: () => Promise.resolve(void world.written?.delete(file)),
      });
    },
    ...world.io,
  };
  const exitCode = await run(words, io);
  for (const canary of CANARIES) expect(error).not.toContain(canary);
  if (!world.mayHaveStack) expect(error).not.toMatch(/Error|^ +at /m);
  return { exitCode, out, error, stdinReads };
}

/** As Node words them: with the name of the file. */
export function fileError(code: string, file: string): Error {
  return Object.assign(new Error(`${code}: no such file or directory, open '${file}'`), { code, path: file });
}

/** Wrong use: exit code 2, nothing on standard output, and one line that says what is wrong. */
export function expectWrongUse(outcome: Outcome, message: RegExp | string): void {
  expect(outcome.out).toBe("");
  expect(outcome.exitCode).toBe(2);
  const [first = "", ...rest] = outcome.error.split("\n").filter((line) => !line.includes("warning:"));
  expect(first).toMatch(/^halfminute: /);
  expect(first).toMatch(message);
  expect(rest).toEqual([""]);
}

function bytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
