// `halfminute inspect`: shows the content of otpauth URIs, the secrets only if asked.
import { OtpError } from "../core/errors.ts";
import { parseLabeled } from "../otpauth/parse.ts";
import { decodeSecret } from "../core/secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io, note } from "./io.ts";
import { IS_URI, type Line, LINES, readEach, readLines, refuseExport, type Readings, split } from "./line-source.ts";
import type { Given } from "./flags.ts";
import { JSON_OPTION, type Option, SECRET_FILE } from "./option.ts";
import { readEnvironment, VARIABLE } from "./secret-source.ts";
import { inColumns, shown } from "./table.ts";
import { UsageError } from "./usage-error.ts";

const SHOW_SECRET: Option = { name: "show-secret", text: "print the secrets too" };

export const inspectCommand: Command = {
  name: "inspect",
  summary: "show the content of otpauth URIs, without secrets",
  synopsis: ["[options] [INPUT...]"],
  about: `Prints the content of otpauth URIs; of a secret, only the length. Standard error
names unreadable input; then the exit code is 1, or 2 if nothing could be read.

${LINES}
Without INPUT, ${VARIABLE} of the environment is read first.`,
  options: [SHOW_SECRET, { ...SECRET_FILE, text: "the same as giving FILE as INPUT" }, JSON_OPTION],
  words: Infinity,
  completes: "files",
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const { values, unread } = readEach(await readInputs(words, given, io), readLine);
  for (const [index, labeled] of values.entries()) {
    const { rows, data } = describe(labeled, given.has("show-secret"));
    answer(io, given, `${index === 0 ? "" : "\n"}${inColumns(rows)}`, data);
  }
  for (const text of unread) note(io, text); // after the answer, where a person looks
  if (values.length === 0) return 2;
  return unread.length > 0 ? 1 : 0;
}

function readInputs(words: readonly string[], given: Given, io: Io): Promise<Readings<Line>> {
  const file = given.get("secret-file");
  if (file !== undefined && words.length > 0) throw new UsageError("--secret-file and INPUT cannot be used together");
  const value = file === undefined && words.length === 0 ? readEnvironment(io) : undefined;
  if (value !== undefined) return Promise.resolve(split(value, VARIABLE));
  return readLines(file === undefined ? words : [file], "Secret: ", io);
}

type Labeled = ReturnType<typeof parseLabeled>;

function readLine({ text }: Line): Labeled {
  if (!IS_URI.test(text)) throw new OtpError("invalid-uri", "this is not an otpauth URI");
  refuseExport(text);
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
