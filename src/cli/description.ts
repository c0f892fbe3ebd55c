// The options that describe a new account. With a secret they make its URI, for `uri`, `qr` and
// `enroll`.
import type { OtpauthAccountInput } from "../otpauth/account.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { generateSecret } from "../core/secret.ts";
import type { Io } from "./io.ts";
import { requireOneEncoding, toBase32 } from "./secret-encoding.ts";
import { type Given, readAlgorithm, readChoice, readDigits, readInteger, readPeriod, refuse } from "./flags.ts";
import {
  ACCOUNT,
  ALGORITHM,
  DIGITS,
  FIRST_COUNTER,
  HEX,
  ISSUER,
  NEW,
  type Option,
  PERIOD,
  SCHEME,
  SECRET_FILE,
  TYPE,
} from "./option.ts";
import { readSecret } from "./secret-source.ts";
import { UsageError } from "./usage-error.ts";

/** The options that make a command describe an account. */
export const DESCRIPTION: readonly Option[] = [
  ACCOUNT,
  ISSUER,
  NEW,
  TYPE,
  ALGORITHM,
  DIGITS,
  PERIOD,
  FIRST_COUNTER,
  SCHEME,
];

/** Where its secret comes from. */
export const SECRET_OPTIONS: readonly Option[] = [SECRET_FILE, HEX];

/** Reads the options before it asks for a secret. */
export async function describedUri(
  word: string | undefined,
  given: Given,
  io: Io,
  isNew: boolean = given.has("new"),
): Promise<string> {
  const makeAccount = readDescription(given);
  const scheme = readChoice(given, SCHEME);
  const secret = isNew ? newSecret(word, given) : toBase32(await readSecret(word, given, io), given);
  return buildOtpauthUri(makeAccount(secret), { scheme });
}

/** Everything about the account except its secret. */
function readDescription(given: Given): (secret: string) => OtpauthAccountInput {
  const type = readChoice(given, TYPE);
  const accountName = given.get("account");
  if (accountName === undefined) throw new UsageError("--account is needed: the name of the account");
  const issuer = given.get("issuer");
  const shape = { algorithm: readAlgorithm(given), digits: readDigits(given) };
  const counter = readInteger(given, "counter");
  const period = readPeriod(given);
  requireOneEncoding(given);
  if (type !== "hotp") refuse(given, ["counter"], "only --type hotp has a counter");
  if (type === "hotp") refuse(given, ["period"], "--type hotp has no period");
  switch (type) {
    case "totp":
      return (secret) => ({ type, secret, issuer, accountName, parameters: { ...shape, period } });
    case "hotp":
      return (secret) => ({ type, secret, issuer, accountName, parameters: shape, counter: counter ?? 0 });
    case "steam":
      refuse(given, ["algorithm", "digits", "period"], "--type steam has fixed parameters");
      return (secret) => ({ type, secret, issuer, accountName });
  }
}

function newSecret(word: string | undefined, given: Given): string {
  if (word !== undefined || given.has("secret-file") || given.has("hex")) {
    throw new UsageError("--new makes a secret, so none can be given");
  }
  return generateSecret({ algorithm: readAlgorithm(given) });
}
