// `halfminute enroll`: a person sets up an app by one QR code and proves with one code that it works. All that is said meanwhile
// goes to the terminal by standard error; standard output gets the account alone, and only once its code was right.
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { TotpAccount } from "../otpauth/account.ts";
import { requireLength, decodeSecret } from "../core/secret.ts";
import { LEAST_SECRET_BYTES } from "../core/verification.ts";
import { verifyTotp } from "../webcrypto/totp.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describedUri } from "./description.ts";
import { answer, type ExitCode, Interrupted, type Io, note } from "./io.ts";
import { readChoice } from "./flags.ts";
import { VARIABLE } from "./secret-source.ts";
import { warnIfTooWide } from "./table.ts";
import { UsageError } from "./usage-error.ts";
import { whyWrong } from "./why-wrong.ts";

export const enrollCommand: Command = {
  name: "enroll",
  summary: "set up an app: show a QR code, and check its first code",
  help: `Usage: halfminute enroll --account NAME [options] [SECRET|-]

Makes a secret, draws its QR code, and asks for the code that the app shows. If
that is right, prints the otpauth URI, which holds the secret; if it is wrong,
says why as far as it can, and asks again: five times, then the exit code is 1.
Takes TOTP only, and needs a terminal. QR code and questions go to standard
error: halfminute enroll --account alice > alice.uri keeps the URI.

  --account NAME       the person's account name, without a colon
  --issuer NAME        the name of the service, without a colon
  --algorithm NAME     SHA-1 (default), SHA-256 or SHA-512
  --digits N           6 (default), 7 or 8
  --period SECONDS     length of a time step, default 30
  --scheme SCHEME      otpauth (default) or apple-otpauth
  --background WHAT    any (default) sets the colours; light and dark are
                       without colours, for such a background
  --json               { "uri": TEXT, "account": { "type": "totp",
                       "secret": TEXT, "issuer": TEXT (if any),
                       "accountName": TEXT, "parameters": { "algorithm": NAME,
                       "digits": N, "period": N } }, "counter": N, "delta": N }

The secret is a new one unless one is given, by
  --secret-file FILE   a file, or - for asking for it
  -                    asking for it, not shown
  an argument          visible to other users and kept in the shell's history
  ${VARIABLE}    the environment, unless there is
  --new                a new one whatever the environment has`,
  syntax: {
    values: ["account", "issuer", "algorithm", "digits", "period", "scheme", "secret-file", "background"],
    flags: ["new", "json"],
    words: 1,
  },
  run,
};

const TRIES = 5;

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  if (io.stdin !== "terminal" || io.errorColumns === undefined) {
    throw new UsageError("enroll needs a terminal: it shows a QR code on standard error and asks on standard input");
  }
  const background = readChoice(given, "background", ["any", "light", "dark"]);
  const isGiven = words[0] !== undefined || given.has("secret-file") || io.env[VARIABLE] !== undefined;
  const uri = await describedUri(words[0], given, io, given.has("new") || !isGiven);
  const account = parseOtpauthUri(uri) as TotpAccount; // no option makes another type
  requireLength(decodeSecret(account.secret).length, LEAST_SECRET_BYTES); // or no code of it is ever right
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
  note(io, `no right code in ${TRIES} tries, so nothing is set up`);
  return 1;
}

function show({ secret }: TotpAccount, drawn: string, io: Io): void {
  warnIfTooWide(drawn, io.errorColumns, "make it wider", io);
  const groups = secret.replace(/.{4}(?=.)/g, "$& ");
  io.writeError(`${drawn}\n\nScan this with the app, or type its secret:\n${groups}\n\n`);
}

async function ask(io: Io): Promise<string> {
  const code = await io.readShown("Code: ");
  if (code !== undefined) return code.trim();
  io.writeError("\n");
  throw new Interrupted();
}
