// `halfminute code`: what an authenticator app would show.
import { timeStep } from "../time-step.ts";
import { generateHotp } from "../webcrypto/hotp.ts";
import { generateTotp } from "../webcrypto/totp.ts";
import { ACCOUNT_OPTIONS, ACCOUNT_OPTIONS_HELP, readAccountOptions } from "./account.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { readSecret, SOURCES_HELP } from "./secret-source.ts";

export const codeCommand: Command = {
  name: "code",
  summary: "print the code of a secret or an otpauth URI",
  help: `Usage: halfminute code [options] [SECRET|URI|-]

Prints the code of a base32 secret or of an otpauth URI.

${ACCOUNT_OPTIONS_HELP}
  --json               { "type": "totp", "code": TEXT, "counter": N,
                       "startsAt": TIME, "endsAt": TIME, "secondsRemaining": N }
                       or { "type": "hotp", "code": TEXT, "counter": N }

${SOURCES_HELP}`,
  syntax: { values: ACCOUNT_OPTIONS, flags: ["json"], words: 1 },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const toAccount = readAccountOptions(given);
  const account = toAccount(await readSecret(words[0], given, io));
  const { type, secret, shape } = account;
  if (type === "hotp") {
    const { counter } = account;
    const code = await generateHotp(secret, counter, shape);
    answer(io, given, code, { type, code, counter });
    return 0;
  }
  const code = await generateTotp(secret, { ...shape, ...account.time });
  answer(io, given, code, { type, code, ...timeStep(account.time) });
  return 0;
}
