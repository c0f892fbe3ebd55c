// `halfminute code`: prints the code that an authenticator app would show.
import { generateSteamCode } from "../steam/steam-code.ts";
import { type TimeOptions, timeStep } from "../core/time-step.ts";
import { generateHotp } from "../webcrypto/hotp.ts";
import { generateTotp } from "../webcrypto/totp.ts";
import { type Account, ACCOUNT_OPTIONS } from "./account-arguments.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { readIntegerTo, refuse } from "./flags.ts";
import { type NamedAccount, readNamedAccounts } from "./named-accounts.ts";
import { JSON_OPTION, type Option } from "./option.ts";
import { SOURCES } from "./secret-source.ts";
import { inColumns, shown } from "./table.ts";
import { UsageError } from "./usage-error.ts";
import { watch } from "./watch.ts";

const NEXT: Option = {
  name: "next",
  short: "w",
  aliases: ["window"],
  value: "N",
  text: "also the codes of the next N time steps or counters",
};
const WATCH: Option = { name: "watch", text: "show the present code until Ctrl-C" };

export const codeCommand: Command = {
  name: "code",
  summary: "print the code of a secret or an otpauth URI",
  synopsis: ["[options] [SECRET|URI|-]", "[options] URI URI..."],
  about: `Prints the code; for several URIs, given as arguments or as lines of the input,
one code with its name on each line. A URI sets all parameters except the time.
${SOURCES}`,
  options: [...ACCOUNT_OPTIONS, NEXT, WATCH, JSON_OPTION],
  words: Infinity,
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const isWatched = given.has("watch");
  if (isWatched) refuse(given, ["at", "counter", "next"], "--watch shows the present code");
  const next = readIntegerTo(given, "next", 1000) ?? 0;
  const accounts = await readNamedAccounts(words, given, io);
  const [first] = accounts;
  if (isWatched && first) return watchOne(first, accounts.length, given, io);
  const codes: Code[] = [];
  for (const { account, name, names } of accounts) {
    for (let step = 0; step <= next; step++) codes.push({ data: await dataOf(account, step), name, names });
  }
  if (given.has("json")) for (const { data, names } of codes) answer(io, given, "", { ...names, ...data });
  else answer(io, given, textOf(codes), {});
  return 0;
}

async function watchOne(
  { account }: NamedAccount,
  count: number,
  given: Arguments["given"],
  io: Io,
): Promise<ExitCode> {
  if (count > 1) throw new UsageError("--watch: only one account can be watched");
  if (account.type === "hotp") throw new UsageError("--watch: the URI is of type hotp, which has no time");
  const { type, time } = account;
  return watch({ type, time, codeAt: (at) => codeAt(account, { ...time, at }) }, given, io);
}

interface Code extends Omit<NamedAccount, "account"> {
  readonly data: Data;
}

interface Data {
  readonly code: string;
  readonly [name: string]: unknown;
}

/** A column of names if there are several accounts. */
function textOf(codes: readonly Code[]): string {
  return inColumns(codes.map(({ data, name }) => [data.code, ...(name === undefined ? [] : [shown(name)])]));
}

/** The code `step` steps or counters after the present one. */
async function dataOf(account: Account, step: number): Promise<Data> {
  if (account.type === "hotp") {
    const { type, secret, shape } = account;
    const counter = account.counter + step;
    return { type, code: await generateHotp(secret, counter, shape), counter };
  }
  const { type } = account;
  const time = later(account.time, step);
  const { secondsRemaining, ...moments } = timeStep(time);
  const remaining = step === 0 ? { secondsRemaining } : {};
  return { type, code: await codeAt(account, time), ...moments, ...remaining };
}

function later(time: TimeOptions, steps: number): TimeOptions {
  const { at = new Date(), period = 30 } = time;
  return { ...time, at: new Date(at.getTime() + steps * period * 1000) };
}

async function codeAt(account: Exclude<Account, { type: "hotp" }>, time: TimeOptions): Promise<string> {
  if (account.type === "steam") return generateSteamCode(account.secret, { at: time.at });
  return generateTotp(account.secret, { ...account.shape, ...time });
}
