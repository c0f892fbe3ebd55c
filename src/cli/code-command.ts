// `halfminute code`: what an authenticator app would show.
import { generateSteamCode } from "../steam/steam-code.ts";
import { type TimeOptions, timeStep } from "../core/time-step.ts";
import { generateHotp } from "../webcrypto/hotp.ts";
import { generateTotp } from "../webcrypto/totp.ts";
import {
  type Account,
  ACCOUNT_FLAGS,
  ACCOUNT_OPTIONS,
  ACCOUNT_OPTIONS_HELP,
  readAccountOptions,
} from "./account-arguments.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { refuse } from "./flags.ts";
import { readSecret, SOURCES_HELP } from "./secret-source.ts";
import { UsageError } from "./usage-error.ts";
import { watch } from "./watch.ts";

export const codeCommand: Command = {
  name: "code",
  summary: "print the code of a secret or an otpauth URI",
  help: `Usage: halfminute code [options] [SECRET|URI|-]

Prints the code of a base32 secret or of an otpauth URI.

${ACCOUNT_OPTIONS_HELP}

  --watch              on and on until Ctrl-C: on a terminal the code with the
                       time that is left, otherwise a line for each new code,
                       the first that nobody reads being the last
  --json               { "type": "totp", "code": TEXT, "counter": N,
                       "startsAt": TIME, "endsAt": TIME, "secondsRemaining": N }
                       ("type": "steam" for Steam Guard)
                       or { "type": "hotp", "code": TEXT, "counter": N }

${SOURCES_HELP}`,
  syntax: { values: ACCOUNT_OPTIONS, flags: [...ACCOUNT_FLAGS, "watch", "json"], words: 1 },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const isWatched = given.has("watch");
  if (isWatched) refuse(given, ["at", "counter"], "--watch shows the code of now");
  const toAccount = readAccountOptions(given);
  const account = toAccount(await readSecret(words[0], given, io));
  if (account.type === "hotp") {
    if (isWatched) throw new UsageError("--watch: the URI is of type hotp, which has no time");
    const { type, secret, shape, counter } = account;
    const code = await generateHotp(secret, counter, shape);
    answer(io, given, code, { type, code, counter });
    return 0;
  }
  const { type, time } = account;
  if (isWatched) return watch({ type, time, codeAt: (at) => codeOf(account, { ...time, at }) }, given, io);
  const code = await codeOf(account, time);
  answer(io, given, code, { type, code, ...timeStep(time) });
  return 0;
}

async function codeOf(account: Exclude<Account, { type: "hotp" }>, time: TimeOptions): Promise<string> {
  if (account.type === "steam") return generateSteamCode(account.secret, { at: time.at });
  return generateTotp(account.secret, { ...account.shape, ...time });
}
