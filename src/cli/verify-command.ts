// `halfminute verify`: says whether a code is right, and for which counter.
import { verifySteamCode } from "../steam/steam-code.ts";
import type { Match } from "../core/verification.ts";
import { verifyHotp } from "../webcrypto/hotp.ts";
import { verifyTotp } from "../webcrypto/totp.ts";
import { type Account, ACCOUNT_OPTIONS, readAccountOptions } from "./account-arguments.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io, note } from "./io.ts";
import { type Given, readInteger, readIntegerTo, refuse } from "./flags.ts";
import { JSON_OPTION, type Option } from "./option.ts";
import { readSecret, SOURCES, WARNING } from "./secret-source.ts";
import { UsageError } from "./usage-error.ts";

const WINDOW: Option = {
  name: "window",
  short: "w",
  value: "N",
  text: "look N time steps behind and ahead (HOTP: ahead)",
};
const LOOK_BEHIND: Option = { name: "look-behind", value: "N", text: "time steps, 0 to 10, default 1" };
const LOOK_AHEAD: Option = {
  name: "look-ahead",
  value: "N",
  text: "the same; for HOTP counters, 0 to 1000, default 0",
};
const AFTER: Option = { name: "after", value: "N", text: "counter of the last accepted code (TOTP)" };

export const verifyCommand: Command = {
  name: "verify",
  summary: "check a code",
  synopsis: ["[options] CODE [SECRET|URI|-]"],
  about: `Prints ok or refused. Exit code 0 means an accepted code, and nothing else.
Put -- before a CODE that someone else typed; --after prevents its reuse.
${SOURCES}`,
  options: [...ACCOUNT_OPTIONS, WINDOW, LOOK_BEHIND, LOOK_AHEAD, AFTER, JSON_OPTION],
  words: 2,
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const [code, word] = words;
  if (code === undefined) throw new UsageError("CODE is missing; verify needs the code to check");
  if (/^\d{6,8}$/.test(word ?? "")) {
    note(io, WARNING);
    throw new UsageError("CODE comes first, then the secret");
  }
  const toAccount = readAccountOptions(given);
  const toRange = readRange(given);
  const account = toAccount(await readSecret(word, given, io));
  if (account.type === "hotp") {
    refuse(given, ["look-behind"], "HOTP looks only ahead");
    refuse(given, ["after"], "for HOTP, set the next counter with --counter");
  }
  const match = await check(account, code, toRange(account.type));
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

function readRange(given: Given): (type: Account["type"]) => Range {
  const [lookBehind, lookAhead] = [readInteger(given, "look-behind"), readInteger(given, "look-ahead")];
  const after = readInteger(given, "after") ?? null;
  if (!given.has("window")) return () => ({ lookBehind, lookAhead, after });
  refuse(given, ["look-behind", "look-ahead"], "--window sets it");
  readInteger(given, "window");
  return (type) => {
    const width = readIntegerTo(given, "window", type === "hotp" ? 1000 : 10);
    return { lookBehind: width, lookAhead: width, after };
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
