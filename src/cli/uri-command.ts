// `halfminute uri`: a secret becomes the URI that authenticator apps read from a QR code.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describedUri, DESCRIPTION, SECRET_OPTIONS } from "./description.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { JSON_OPTION } from "./option.ts";
import { SOURCES } from "./secret-source.ts";

export const uriCommand: Command = {
  name: "uri",
  summary: "print the otpauth URI of a secret",
  synopsis: ["--account NAME [options] [SECRET|-]"],
  about: `Prints an otpauth URI, which holds the secret. Only SHA-1, 6 digits and 30
seconds work in every app.

${SOURCES}`,
  options: [...DESCRIPTION, ...SECRET_OPTIONS, JSON_OPTION],
  words: 1,
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const uri = await describedUri(words[0], given, io);
  answer(io, given, uri, { uri, account: parseOtpauthUri(uri) });
  return 0;
}
