// `halfminute enroll`: a person sets up an app with a QR code and proves with one code that it
// works. The dialog uses standard error; standard output gets the account once its code was right.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { TotpAccount } from "../otpauth/account.ts";
import { requireLength, decodeSecret } from "../core/secret.ts";
import { LEAST_SECRET_BYTES } from "../core/verification.ts";
import { verifyTotp } from "../webcrypto/totp.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describedUri, SECRET_OPTIONS } from "./description.ts";
import { answer, type ExitCode, Interrupted, type Io, note } from "./io.ts";
import { readChoice } from "./flags.ts";
import { ACCOUNT, ALGORITHM, BACKGROUND, DIGITS, ISSUER, JSON_OPTION, NEW, PERIOD, SCHEME } from "./option.ts";
import { VARIABLE } from "./secret-source.ts";
import { hasColors, widthOf } from "./screen.ts";
import { UsageError } from "./usage-error.ts";
import { whyWrong } from "./why-wrong.ts";

export const enrollCommand: Command = {
  name: "enroll",
  summary: "set up an app: show a QR code, check the first code",
  synopsis: ["--account NAME [options] [SECRET|-]"],
  about: `Shows the QR code of a new secret, asks for the code that the app shows, and
prints the otpauth URI once a code is right. After five wrong codes the exit
code is 1. A wrong code is explained as far as possible. Needs a terminal; the
QR code and the questions go to standard error, so that > FILE keeps the URI.

The secret is new unless SECRET, - or --secret-file gives one, or, without
--new, ${VARIABLE} of the environment.`,
  options: [
    ACCOUNT,
    ISSUER,
    ALGORITHM,
    DIGITS,
    PERIOD,
    SCHEME,
    BACKGROUND,
    { ...NEW, text: "make a new secret; ignore the environment" },
    ...SECRET_OPTIONS,
    JSON_OPTION,
  ],
  words: 1,
  run,
};

const TRIES = 5;

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  if (io.stdin !== "terminal" || io.errorColumns === undefined) {
    throw new UsageError("enroll needs a terminal: it shows a QR code on standard error and asks on standard input");
  }
  const chosen = readChoice(given, BACKGROUND);
  const background = given.has("background") || hasColors(io, true) ? chosen : "dark";
  const isGiven = words[0] !== undefined || given.has("secret-file") || io.env[VARIABLE] !== undefined;
  const uri = await describedUri(words[0], given, io, given.has("new") || !isGiven);
  const account = parseOtpauthUri(uri) as TotpAccount; // no option makes another type
  requireLength(decodeSecret(account.secret).length, LEAST_SECRET_BYTES); // otherwise none of its codes is ever right
  const { qrTerminal } = await import("../qr/index.ts");
  show(account, qrTerminal(uri, { background }), io);
  for (let tries = TRIES; tries > 0; tries--) {
    const code = await ask(io);
    const at = new Date();
    const match = await verifyTotp(account.secret, code, { ...account.parameters, at });
    if (match) {
      note(io, "the code is right");
      answer(io, given, uri, { uri, account, ...match });
      return 0;
    }
    note(io, `wrong: ${await whyWrong(account, code, at)}`);
  }
  note(io, `none of ${TRIES} codes was right, so nothing is set up`);
  return 1;
}

/** A QR code with broken lines cannot be scanned, so a narrow terminal gets the secret alone. */
function show({ secret }: TotpAccount, drawn: string, io: Io): void {
  const groups = secret.replace(/.{4}(?=.)/g, "$& ");
  const [width, columns = 0] = [widthOf(drawn), io.errorColumns];
  if (width <= columns) {
    io.writeError(`${drawn}\n\nScan this with the app, or type its secret:\n${groups}\n\n`);
    return;
  }
  note(io, `the QR code takes ${width} columns and the terminal has ${columns}; make it wider and start again,`);
  io.writeError(`or type this secret into the app:\n${groups}\n\n`);
}

async function ask(io: Io): Promise<string> {
  const code = await io.readShown("Code: ");
  if (code !== undefined) return code.trim();
  io.writeError("\n");
  throw new Interrupted();
}
