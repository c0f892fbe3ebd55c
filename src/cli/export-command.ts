// `halfminute export`: otpauth URIs become what Google Authenticator imports.
import { OtpError } from "../core/errors.ts";
import { buildMigrationUris } from "../migration/index.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { type Line, LINES_HELP, readEach, readLines, requireAll } from "./line-source.ts";
import { readInteger } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

export const exportCommand: Command = {
  name: "export",
  summary: "print otpauth URIs as an export for Google Authenticator",
  help: `Usage: halfminute export [options] [INPUT...]

Reads otpauth URIs and prints otpauth-migration: URIs, each for one QR code.
They hold the secrets: treat them like those. The format has only TOTP of 30
seconds and HOTP, with 6 or 8 digits; any other account is refused.

  --max-bytes N        the longest URI, 100 to 2953, default 1000
  --json               { "uris": [ TEXT ] }

${LINES_HELP}`,
  syntax: { values: ["max-bytes"], flags: ["json"], words: Infinity },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const maxBytes = readInteger(given, "max-bytes");
  buildMigrationUris([], { maxBytes, batchId: 0 }); // its range, before a secret is waited for
  const lines = requireAll(await readLines(words, "otpauth URI: ", io));
  const accounts = requireAll(readEach({ values: lines, unread: [] }, ({ text }) => parseOtpauthUri(text)));
  const uris = locate(lines, () => buildMigrationUris(accounts, { maxBytes }));
  answer(io, given, uris.join("\n"), { uris });
  return 0;
}

/** The index of an account is the place of its line. */
function locate<Value>(lines: readonly Line[], build: () => Value): Value {
  try {
    return build();
  } catch (error) {
    const [, index, rule] = (error instanceof OtpError && /^accounts\[(\d+)\]: (.*)$/.exec(error.message)) || [];
    const line = lines[Number(index)];
    throw line ? new UsageError(`${line.place}: ${String(rule)}`) : error;
  }
}
