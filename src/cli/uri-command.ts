// `halfminute uri`: a secret becomes the URI that authenticator apps read from a QR code.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describedUri, DESCRIPTION_HELP, DESCRIPTION_OPTIONS } from "./description.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { SOURCES_HELP } from "./secret-source.ts";

export const uriCommand: Command = {
  name: "uri",
  summary: "print the otpauth URI of a secret, for a QR code",
  help: `Usage: halfminute uri --account NAME [options] [SECRET|-]

Prints an otpauth URI. It holds the secret: treat it like one.

${DESCRIPTION_HELP}
  --json               { "uri": TEXT, "account": { "type": TYPE, "secret": TEXT,
                       "issuer": TEXT (if any), "accountName": TEXT,
                       "parameters": { "algorithm": NAME, "digits": N,
                       "period": N (not hotp) }, "counter": N (hotp) } }

Only SHA-1, 6 digits and 30 seconds work in every app.

${SOURCES_HELP}`,
  syntax: {
    values: ["secret-file", ...DESCRIPTION_OPTIONS],
    flags: ["new", "json"],
    words: 1,
  },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const uri = await describedUri(words[0], given, io);
  answer(io, given, uri, { uri, account: parseOtpauthUri(uri) });
  return 0;
}
