// `halfminute secret`: a new random secret.
import { decodeSecret, generateSecret } from "../core/secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { readAlgorithm, readInteger } from "./flags.ts";
import { ALGORITHM, JSON_OPTION, type Option } from "./option.ts";

const BYTES: Option = { name: "bytes", value: "N", text: "another length, 16 to 1024" };

export const secretCommand: Command = {
  name: "secret",
  summary: "print a new random secret",
  synopsis: ["[options]"],
  about: "Prints a new random secret in base32.",
  options: [{ ...ALGORITHM, text: "SHA-1 (default, 20 bytes), SHA-256 (32) or SHA-512 (64)" }, BYTES, JSON_OPTION],
  words: 0,
  run,
};

async function run({ given }: Arguments, io: Io): Promise<ExitCode> {
  const secret = generateSecret({ algorithm: readAlgorithm(given), byteLength: readInteger(given, "bytes") });
  answer(io, given, secret, { secret, byteLength: decodeSecret(secret).length });
  return Promise.resolve(0);
}
