// `halfminute secret`: a new random secret.
import { decodeSecret, generateSecret } from "../core/secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { readAlgorithm, readInteger } from "./flags.ts";

export const secretCommand: Command = {
  name: "secret",
  summary: "print a new random secret",
  help: `Usage: halfminute secret [options]

Prints a new random secret in base32.

  --algorithm NAME     that it is for: SHA-1 (default), SHA-256 or SHA-512,
                       which makes 20, 32 or 64 bytes
  --bytes N            another length, 16 to 1024
  --json               { "secret": TEXT, "byteLength": N }`,
  syntax: { values: ["algorithm", "bytes"], flags: ["json"], words: 0 },
  run,
};

async function run({ given }: Arguments, io: Io): Promise<ExitCode> {
  const secret = generateSecret({ algorithm: readAlgorithm(given), byteLength: readInteger(given, "bytes") });
  answer(io, given, secret, { secret, byteLength: decodeSecret(secret).length });
  return Promise.resolve(0);
}
