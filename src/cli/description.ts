// The options that describe a new account; with its secret they make its URI. For `uri`, `qr` and `enroll`.
import type { OtpauthAccountInput } from "../otpauth/account.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { generateSecret } from "../core/secret.ts";
import type { Io } from "./io.ts";
import { type Given, readAlgorithm, readChoice, readDigits, readInteger, refuse } from "./flags.ts";
import { readSecret } from "./secret-source.ts";
import { UsageError } from "./usage-error.ts";

/** Those that take a value. `--new` takes none. */
export const DESCRIPTION_OPTIONS: readonly string[] = [
  "account",
  "issuer",
  "type",
  "algorithm",
  "digits",
  "period",
  "counter",
  "scheme",
];

export const DESCRIPTION_HELP = `  --account NAME       the person's account name, without a colon
  --issuer NAME        the name of the service, without a colon
  --new                make a new secret instead of reading one
  --type TYPE          totp (default), hotp or steam
  --algorithm NAME     SHA-1 (default), SHA-256 or SHA-512
  --digits N           6 (default), 7 or 8
  --period SECONDS     for totp: length of a time step, default 30
  --counter N          for hotp: the counter of the next code, default 0
  --scheme SCHEME      otpauth (default) or apple-otpauth`;

/** The options are read before a secret is asked for. */
export async function describedUri(
  word: string | undefined,
  given: Given,
  io: Io,
  isNew: boolean = given.has("new"),
): Promise<string> {
  const makeAccount = readDescription(given);
  const scheme = readChoice(given, "scheme", ["otpauth", "apple-otpauth"]);
  return buildOtpauthUri(makeAccount(isNew ? newSecret(word, given) : await readSecret(word, given, io)), { scheme });
}

/** Everything about the account but its secret. */
function readDescription(given: Given): (secret: string) => OtpauthAccountInput {
  const type = readChoice(given, "type", ["totp", "hotp", "steam"]);
  const accountName = given.get("account");
  if (accountName === undefined) throw new UsageError("--account is needed: the person's account name");
  const issuer = given.get("issuer");
  const shape = { algorithm: readAlgorithm(given), digits: readDigits(given) };
  const counter = readInteger(given, "counter");
  const period = readInteger(given, "period");
  if (type !== "hotp") refuse(given, ["counter"], "only an account of type hotp has a counter");
  if (type === "hotp") refuse(given, ["period"], "an account of type hotp has no period");
  switch (type) {
    case "totp":
      return (secret) => ({ type, secret, issuer, accountName, parameters: { ...shape, period } });
    case "hotp":
      return (secret) => ({ type, secret, issuer, accountName, parameters: shape, counter: counter ?? 0 });
    case "steam":
      refuse(given, ["algorithm", "digits", "period"], "the parameters of a Steam account are fixed");
      return (secret) => ({ type, secret, issuer, accountName });
  }
}

function newSecret(word: string | undefined, given: Given): string {
  if (word !== undefined || given.has("secret-file")) {
    throw new UsageError("--new makes a secret, so none can be given");
  }
  return generateSecret({ algorithm: readAlgorithm(given) });
}
