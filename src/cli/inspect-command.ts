// `halfminute inspect`: what an otpauth URI says, and nothing of its secret unless it is asked for.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import { decodeSecret } from "../secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { readSecret, SOURCES_HELP } from "./secret-source.ts";
import { inColumns, shown } from "./table.ts";
import { UsageError } from "./usage-error.ts";

export const inspectCommand: Command = {
  name: "inspect",
  summary: "show what an otpauth URI says, without its secret",
  help: `Usage: halfminute inspect [options] [URI|-]

Shows what an otpauth URI says. Of the secret it tells the length.

  --show-secret        show the secret too
  --json               { "type": TYPE, "issuer": TEXT or null,
                       "accountName": TEXT, "secret": TEXT or null,
                       "secretBytes": N, "parameters": { "algorithm": NAME,
                       "digits": N, "period": N (not hotp) },
                       "counter": N (hotp) }

${SOURCES_HELP}`,
  syntax: { values: ["secret-file"], flags: ["show-secret", "json"], words: 1 },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const text = await readSecret(words[0], given, io);
  if (!text.includes(":")) throw new UsageError("inspect takes an otpauth URI, and this is none");
  if (/^otpauth-migration:/i.test(text))
    throw new UsageError("this is an export; give it to halfminute import --table");
  const account = parseOtpauthUri(text);
  const { type, issuer = null, accountName, parameters } = account;
  const secretBytes = decodeSecret(account.secret).length;
  const secret = given.has("show-secret") ? account.secret : null;
  const counter = account.type === "hotp" ? { counter: account.counter } : {};
  const rows = [
    ["type", type],
    ["issuer", issuer === null ? "none" : shown(issuer)],
    ["account", shown(accountName)],
    ["secret", `${secretBytes} bytes, ${secret ?? "not shown"}`],
    ...Object.entries({ ...parameters, ...counter }).map(([name, value]) => [name, String(value)]),
  ];
  answer(io, given, inColumns(rows), { type, issuer, accountName, secret, secretBytes, parameters, ...counter });
  return Promise.resolve(0);
}
