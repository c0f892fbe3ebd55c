// The account whose code is made or checked: a bare secret with options, or an otpauth URI that says everything itself.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { SteamSecret } from "../steam/steam-code.ts";
import type { TimeOptions } from "../core/time-step.ts";
import { type Given, readAlgorithm, readDigits, readInteger, readMoment, refuse } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

export type Account =
  | { readonly type: "totp"; readonly secret: string; readonly shape: Shape; readonly time: TimeOptions }
  | { readonly type: "hotp"; readonly secret: string; readonly shape: Shape; readonly counter: number }
  | { readonly type: "steam"; readonly secret: SteamSecret; readonly time: Pick<TimeOptions, "at"> };

interface Shape {
  readonly algorithm: Algorithm | undefined;
  readonly digits: Digits | undefined;
}

export const ACCOUNT_OPTIONS: readonly string[] = [
  "secret-file",
  "algorithm",
  "digits",
  "period",
  "t0",
  "at",
  "counter",
];

export const ACCOUNT_FLAGS: readonly string[] = ["steam", "base64"];

export const ACCOUNT_OPTIONS_HELP = `  --algorithm NAME     SHA-1 (default), SHA-256 or SHA-512
  --digits N           6 (default), 7 or 8
  --period SECONDS     length of a time step, default 30
  --t0 SECONDS         Unix time of the first time step, default 0
  --at MOMENT          instead of now: @ and Unix seconds, 2026-01-31T12:00:00Z,
                       or 2026-01-31 for its first moment in UTC
  --counter N          HOTP with this counter instead of TOTP
  --steam              Steam Guard: five letters and digits instead of TOTP
  --base64             with --steam: the secret is base64, as in Steam's files
With a URI these come from the URI, and an option that says otherwise is
refused. Only --counter takes the place of the counter of an hotp URI.`;

const TIME_OPTIONS = ["period", "t0", "at"];
const FIXED_FOR_STEAM = ["algorithm", "digits", "period", "t0", "counter"];

/** The options at once, so that a wrong one is told before a secret is waited for; the account when there is a secret. */
export function readAccountOptions(given: Given): (text: string) => Account {
  const shape = { algorithm: readAlgorithm(given), digits: readDigits(given) };
  const counter = readInteger(given, "counter");
  const time = { period: readInteger(given, "period"), t0: readInteger(given, "t0"), at: readMoment(given, "at") };
  const options = { given, shape, counter, time };
  if (given.has("steam")) refuse(given, FIXED_FOR_STEAM, "of a Steam account that is fixed");
  else refuse(given, ["base64"], "only a secret of Steam is base64; give --steam too");
  return (text) => (text.includes(":") ? fromUri(text, options) : fromSecret(text, options)); // base32 has no colon
}

interface Options {
  readonly given: Given;
  readonly shape: Shape;
  readonly counter: number | undefined;
  readonly time: TimeOptions;
}

function fromSecret(secret: string, { given, shape, counter, time }: Options): Account {
  if (given.has("steam")) {
    return { type: "steam", secret: given.has("base64") ? { base64: secret } : secret, time: steamTime(time) };
  }
  if (counter === undefined) return { type: "totp", secret, shape, time: atOneMoment(time) };
  refuse(given, TIME_OPTIONS, "--counter makes HOTP, which has no time");
  return { type: "hotp", secret, shape, counter };
}

function fromUri(uri: string, { given, shape, counter, time }: Options): Account {
  const account = parseOtpauthUri(uri);
  const { secret } = account;
  refuse(given, ["base64"], "the secret of a URI is base32");
  if (account.type === "steam") {
    refuse(given, FIXED_FOR_STEAM, "the URI is of a Steam account, of which that is fixed");
    return { type: "steam", secret, time: steamTime(time) };
  }
  refuse(given, ["steam"], `the URI is of type ${account.type}`);
  const { algorithm, digits } = account.parameters;
  agree(shape.algorithm, algorithm, "algorithm");
  agree(shape.digits, digits, "digits");
  if (account.type === "hotp") {
    refuse(given, TIME_OPTIONS, "the URI is of type hotp, which has no time");
    return { type: "hotp", secret, shape: { algorithm, digits }, counter: counter ?? account.counter };
  }
  refuse(given, ["counter"], "the URI is of type totp, whose counter is the time");
  const { period } = account.parameters;
  agree(time.period, period, "period");
  return { type: "totp", secret, shape: { algorithm, digits }, time: atOneMoment({ ...time, period }) };
}

function steamTime({ at }: TimeOptions): Pick<TimeOptions, "at"> {
  return { at: at ?? new Date() };
}

/** One moment for all that is computed and told. It is read late: the secret may have been waited for. */
function atOneMoment(time: TimeOptions): TimeOptions {
  return { ...time, at: time.at ?? new Date() };
}

function agree<Value>(option: Value | undefined, inUri: Value, name: string): void {
  if (option !== undefined && option !== inUri) throw new UsageError(`--${name} contradicts the URI`);
}
