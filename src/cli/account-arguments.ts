// The account whose code is made or checked: a secret and options, or an otpauth URI, which has
// everything.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { SteamSecret } from "../steam/steam-code.ts";
import type { TimeOptions } from "../core/time-step.ts";
import { refuseExport } from "./line-source.ts";
import { requireOneEncoding, toBase32 } from "./secret-encoding.ts";
import { type Given, readAlgorithm, readDigits, readInteger, readMoment, readPeriod, readT0, refuse } from "./flags.ts";
import {
  ALGORITHM,
  AT,
  BASE32,
  BASE64,
  COUNTER,
  DIGITS,
  HEX,
  type Option,
  PERIOD,
  SECRET_FILE,
  STEAM,
  T0,
} from "./option.ts";
import { UsageError } from "./usage-error.ts";

export type Account =
  | { readonly type: "totp"; readonly secret: string; readonly shape: Shape; readonly time: TimeOptions }
  | { readonly type: "hotp"; readonly secret: string; readonly shape: Shape; readonly counter: number }
  | { readonly type: "steam"; readonly secret: SteamSecret; readonly time: Pick<TimeOptions, "at"> };

interface Shape {
  readonly algorithm: Algorithm | undefined;
  readonly digits: Digits | undefined;
}

export const ACCOUNT_OPTIONS: readonly Option[] = [
  ALGORITHM,
  DIGITS,
  PERIOD,
  T0,
  AT,
  COUNTER,
  STEAM,
  SECRET_FILE,
  BASE32,
  HEX,
  BASE64,
];

const TIME_OPTIONS = ["period", "t0", "at"];
const FIXED_FOR_STEAM = ["algorithm", "digits", "period", "t0", "counter"];

/**
 * Reads the options, so that a wrong one is reported before a secret is read. Returns a function
 * that makes an account from the secret.
 */
export function readAccountOptions(given: Given): (text: string) => Account {
  const shape = { algorithm: readAlgorithm(given), digits: readDigits(given) };
  const counter = readInteger(given, "counter");
  const time = { period: readPeriod(given), t0: readT0(given), at: readMoment(given, "at") };
  const options = { given, shape, counter, time };
  requireOneEncoding(given);
  if (given.has("steam")) refuse(given, FIXED_FOR_STEAM, "a Steam account has fixed parameters");
  else refuse(given, ["base64"], "only a Steam secret can be base64; add --steam");
  return (text) => (text.includes(":") ? fromUri(text, options) : fromSecret(text, options)); // base32 has no colon
}

interface Options {
  readonly given: Given;
  readonly shape: Shape;
  readonly counter: number | undefined;
  readonly time: TimeOptions;
}

function fromSecret(text: string, { given, shape, counter, time }: Options): Account {
  if (given.has("steam")) {
    return {
      type: "steam",
      secret: given.has("base64") ? { base64: text } : toBase32(text, given),
      time: steamTime(time),
    };
  }
  const secret = toBase32(text, given);
  if (counter === undefined) return { type: "totp", secret, shape, time: atOneMoment(time) };
  refuse(given, TIME_OPTIONS, "--counter makes it HOTP, which has no time");
  return { type: "hotp", secret, shape, counter };
}

function fromUri(uri: string, { given, shape, counter, time }: Options): Account {
  refuseExport(uri.trim());
  const account = parseOtpauthUri(uri);
  const { secret } = account;
  refuse(given, ["base64", "hex"], "the secret of a URI is base32");
  if (account.type === "steam") {
    refuse(given, FIXED_FOR_STEAM, "the URI is of a Steam account, which has fixed parameters");
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

/**
 * One moment for everything that is computed and printed. The clock is read late, because reading
 * the secret may have taken time.
 */
function atOneMoment(time: TimeOptions): TimeOptions {
  return { ...time, at: time.at ?? new Date() };
}

function agree<Value>(option: Value | undefined, inUri: Value, name: string): void {
  if (option !== undefined && option !== inUri) throw new UsageError(`--${name} contradicts the URI`);
}
