// `halfminute export`: turns otpauth URIs into an export that Google Authenticator imports.
import { OtpError } from "../core/errors.ts";
import { buildMigrationUris } from "../migration/index.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { type Line, LINES, readEach, readLines, requireAll } from "./line-source.ts";
import { readInteger } from "./flags.ts";
import { JSON_OPTION, type Option } from "./option.ts";
import { UsageError } from "./usage-error.ts";

const MAX_BYTES: Option = { name: "max-bytes", value: "N", text: "longest URI, 100 to 2953, default 1000" };

export const exportCommand: Command = {
  name: "export",
  summary: "print URIs as an export for Google Authenticator",
  synopsis: ["[options] [INPUT...]"],
  about: `Prints otpauth-migration URIs, one for each QR code, from otpauth URIs. They
hold the secrets. The format has TOTP of 30 seconds and HOTP, with 6 or 8
digits; if there is any other account, nothing is printed.

${LINES}`,
  options: [MAX_BYTES, JSON_OPTION],
  words: Infinity,
  completes: "files",
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const maxBytes = readInteger(given, "max-bytes");
  buildMigrationUris([], { maxBytes, batchId: 0 }); // checks its range before a secret is read
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
