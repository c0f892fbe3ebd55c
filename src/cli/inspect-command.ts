// `halfminute inspect`: what otpauth URIs say, and nothing of their secrets unless that is asked for.
import { OtpError } from "../core/errors.ts";
import { parseLabeled } from "../otpauth/parse.ts";
import { decodeSecret } from "../core/secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io, note } from "./io.ts";
import { IS_URI, type Line, LINES_HELP, readEach, readLines, type Readings, split } from "./line-source.ts";
import type { Given } from "./flags.ts";
import { readEnvironment, VARIABLE } from "./secret-source.ts";
import { inColumns, shown } from "./table.ts";
import { UsageError } from "./usage-error.ts";

export const inspectCommand: Command = {
  name: "inspect",
  summary: "show what otpauth URIs say, without their secrets",
  help: `Usage: halfminute inspect [options] [INPUT...]

Shows what otpauth URIs say. Of a secret it tells the length. What cannot be
read is told on standard error with its place, costs nothing else, and makes
the exit code 1; or 2, with no answer, if nothing could be read.

  --show-secret        show the secrets too
  --secret-file FILE   the same as FILE as an input
  --json               a line for each URI:
                       { "type": TYPE, "issuer": TEXT or null,
                       "accountName": TEXT, "prefix": TEXT (in front of it,
                       if it is not the issuer), "image": URL (if any),
                       "secret": TEXT or null, "secretBytes": N,
                       "parameters": { "algorithm": NAME, "digits": N,
                       "period": N (not hotp) }, "counter": N (hotp) }

${LINES_HELP}
Without any input, ${VARIABLE} of the environment is read instead of
standard input, if it is set.`,
  syntax: { values: ["secret-file"], flags: ["show-secret", "json"], words: Infinity },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const { values, unread } = readEach(await readInputs(words, given, io), readLine);
  for (const [index, labeled] of values.entries()) {
    const { rows, data } = describe(labeled, given.has("show-secret"));
    answer(io, given, `${index === 0 ? "" : "\n"}${inColumns(rows)}`, data);
  }
  for (const text of unread) note(io, text); // behind the answer, where a person looks
  if (values.length === 0) return 2;
  return unread.length > 0 ? 1 : 0;
}

function readInputs(words: readonly string[], given: Given, io: Io): Promise<Readings<Line>> {
  const file = given.get("secret-file");
  if (file !== undefined && words.length > 0) throw new UsageError("give --secret-file or inputs, not both");
  const value = file === undefined && words.length === 0 ? readEnvironment(io) : undefined;
  if (value !== undefined) return Promise.resolve(split(value, VARIABLE));
  return readLines(file === undefined ? words : [file], "Secret: ", io);
}

type Labeled = ReturnType<typeof parseLabeled>;

function readLine({ text }: Line): Labeled {
  if (!IS_URI.test(text)) throw new OtpError("invalid-uri", "inspect takes an otpauth URI, and this is none");
  if (/^otpauth-migration:/i.test(text)) {
    throw new OtpError("invalid-uri", "this is an export; give it to halfminute import --table");
  }
  return parseLabeled(text);
}

function describe(
  { account, prefix }: Labeled,
  isSecretShown: boolean,
): { readonly rows: string[][]; readonly data: object } {
  const { type, issuer = null, accountName, image, parameters } = account;
  const secretBytes = decodeSecret(account.secret).length;
  const secret = isSecretShown ? account.secret : null;
  const counter = account.type === "hotp" ? { counter: account.counter } : {};
  const more = { ...(prefix !== undefined && { prefix }), ...(image !== undefined && { image }) };
  const rows = [
    ["type", type],
    ["issuer", issuer === null ? "none" : shown(issuer)],
    ["account", accountName === "" ? "none" : shown(accountName)],
    ...Object.entries(more).map(([name, value]) => [name, shown(value)]),
    ["secret", `${secretBytes} bytes, ${secret ?? "not shown"}`],
    ...Object.entries({ ...parameters, ...counter }).map(([name, value]) => [name, String(value)]),
  ];
  return { rows, data: { type, issuer, accountName, ...more, secret, secretBytes, parameters, ...counter } };
}
