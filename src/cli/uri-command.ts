// `halfminute uri`: a secret becomes the URI that authenticator apps read from a QR code.
import type { OtpauthAccountInput } from "../otpauth/account.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import { generateSecret } from "../secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { type Given, readAlgorithm, readChoice, readDigits, readInteger, refuse } from "./options.ts";
import { readSecret, SOURCES_HELP } from "./secret-source.ts";
import { UsageError } from "./usage-error.ts";

export const uriCommand: Command = {
  name: "uri",
  summary: "print the otpauth URI of a secret, for a QR code",
  help: `Usage: halfminute uri --account NAME [options] [SECRET|-]

Prints an otpauth URI. It holds the secret: treat it like one.

  --account NAME       the person's account name, without a colon
  --issuer NAME        the name of the service, without a colon
  --new                make a new secret instead of reading one
  --type TYPE          totp (default), hotp or steam
  --algorithm NAME     SHA-1 (default), SHA-256 or SHA-512
  --digits N           6 (default), 7 or 8
  --period SECONDS     for totp: length of a time step, default 30
  --counter N          for hotp: the counter of the next code, default 0
  --scheme SCHEME      otpauth (default) or apple-otpauth
  --json               { "uri": TEXT, "account": { "type": TYPE, "secret": TEXT,
                       "issuer": TEXT (if any), "accountName": TEXT,
                       "parameters": { "algorithm": NAME, "digits": N,
                       "period": N (not hotp) }, "counter": N (hotp) } }

Only SHA-1, 6 digits and 30 seconds work in every app.

${SOURCES_HELP}`,
  syntax: {
    values: ["secret-file", "account", "issuer", "type", "algorithm", "digits", "period", "counter", "scheme"],
    flags: ["new", "json"],
    words: 1,
  },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const makeAccount = readDescription(given); // before a secret is asked for
  const scheme = readChoice(given, "scheme", ["otpauth", "apple-otpauth"]);
  const uri = buildOtpauthUri(makeAccount(await secretFor(words[0], given, io)), { scheme });
  answer(io, given, uri, { uri, account: parseOtpauthUri(uri) });
  return 0;
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

async function secretFor(word: string | undefined, given: Given, io: Io): Promise<string> {
  if (!given.has("new")) return readSecret(word, given, io);
  if (word !== undefined || given.has("secret-file")) {
    throw new UsageError("--new makes a secret, so none can be given");
  }
  return generateSecret({ algorithm: readAlgorithm(given) });
}
