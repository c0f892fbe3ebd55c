// `halfminute verify`: is a code right, and for which counter?
import { verifySteamCode } from "../steam/steam-code.ts";
import type { Match } from "../core/verification.ts";
import { verifyHotp } from "../webcrypto/hotp.ts";
import { verifyTotp } from "../webcrypto/totp.ts";
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
import { type Given, readInteger, refuse } from "./flags.ts";
import { readSecret, SOURCES_HELP } from "./secret-source.ts";
import { UsageError } from "./usage-error.ts";

export const verifyCommand: Command = {
  name: "verify",
  summary: "check a code",
  help: `Usage: halfminute verify [options] CODE [SECRET|URI|-]

Prints "ok", how far the code is from the expected counter and which counter it
has; or "refused", with exit code 1. Exit code 0 means an accepted code and
nothing else; this help has 2. Put -- before a CODE that somebody else typed.
Nothing is remembered: give the counter of the last accepted code with --after,
or a code is accepted again and again.

  --look-behind N      time steps before the present one, 0 to 10, default 1
  --look-ahead N       time steps after the present one, 0 to 10, default 1;
                       for HOTP counters after the given one, 0 to 1000,
                       default 0
  --after N            only counters after this one may match (TOTP)
${ACCOUNT_OPTIONS_HELP}
  --json               { "accepted": true, "type": TYPE, "counter": N,
                       "delta": N }
                       or { "accepted": false, "type": TYPE, "counter": null,
                       "delta": null }

${SOURCES_HELP}`,
  syntax: {
    values: [...ACCOUNT_OPTIONS, "look-behind", "look-ahead", "after"],
    flags: [...ACCOUNT_FLAGS, "json"],
    words: 2,
  },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const [code, word] = words;
  if (code === undefined) throw new UsageError("no code is given to check");
  const toAccount = readAccountOptions(given);
  const range = readRange(given);
  const account = toAccount(await readSecret(word, given, io));
  if (account.type === "hotp") {
    refuse(given, ["look-behind"], "HOTP looks ahead only");
    refuse(given, ["after"], "for HOTP give the next counter with --counter");
  }
  const match = await check(account, code, range);
  const { counter = null, delta = null } = match ?? {};
  const text = match ? `ok, delta ${match.delta}, counter ${match.counter}` : "refused";
  answer(io, given, text, { accepted: match !== null, type: account.type, counter, delta });
  return match ? 0 : 1;
}

interface Range {
  readonly lookBehind: number | undefined;
  readonly lookAhead: number | undefined;
  readonly after: number | null;
}

function readRange(given: Given): Range {
  return {
    lookBehind: readInteger(given, "look-behind"),
    lookAhead: readInteger(given, "look-ahead"),
    after: readInteger(given, "after") ?? null,
  };
}

async function check(account: Account, code: string, range: Range): Promise<Match | null> {
  switch (account.type) {
    case "hotp":
      return verifyHotp(account.secret, code, account.counter, { ...account.shape, lookAhead: range.lookAhead });
    case "totp":
      return verifyTotp(account.secret, code, { ...account.shape, ...account.time, ...range });
    case "steam":
      return verifySteamCode(account.secret, code, { ...account.time, ...range });
  }
}
