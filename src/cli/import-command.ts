// `halfminute import`: what Google Authenticator exports, as otpauth URIs that every other app reads.
import {
  assembleMigration,
  type AssembledMigration,
  parseMigrationUri,
  type RefusalReason,
} from "../migration/index.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import { decodeSecret } from "../secret.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io, note } from "./io.ts";
import { type Line, LINES_HELP, readAt, readLines } from "./line-source.ts";
import type { Given } from "./options.ts";
import { inColumns, shown } from "./table.ts";
import { UsageError } from "./usage-error.ts";

export const importCommand: Command = {
  name: "import",
  summary: "print the accounts of a Google Authenticator export",
  help: `Usage: halfminute import [options] [INPUT...]

Reads the otpauth-migration: URIs of one export, in any order, and prints its
accounts as otpauth URIs; on a terminal as a table without the secrets. What is
missing or cannot be used is told on standard error, with exit code 1.
otpauth: URIs may be among them; their accounts come last.

  --uris               otpauth URIs, on a terminal too; they hold the secrets
  --table              a table without the secrets, into a file or pipe too
  --json               { "accounts": [ { "type": TYPE, "secret": TEXT,
                       "issuer": TEXT (if any), "accountName": TEXT,
                       "parameters": { "algorithm": NAME, "digits": N,
                       "period": N (not hotp) }, "counter": N (hotp) } ],
                       "refused": [ { "part": N, "index": N, "reason": TEXT,
                       "issuer": TEXT, "accountName": TEXT (if known) } ],
                       "missing": [ N ],
                       "batch": { "id": N, "size": N } or null };
                       parts are counted from 0

${LINES_HELP}`,
  syntax: { values: [], flags: ["uris", "table", "json"], words: Infinity },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const isTable = readForm(given) ?? io.isShown;
  const lines = await readLines(words, "otpauth-migration URI: ", io);
  const others = lines.filter(({ text }) => IS_ACCOUNT.test(text)).map((line) => readAt(line, parseOtpauthUri));
  const migration = readExport(lines.filter(({ text }) => !IS_ACCOUNT.test(text)));
  const { refused, missing } = migration;
  const accounts = [...migration.accounts, ...others];
  if (accounts.length > 0 || given.has("json")) {
    answer(io, given, isTable ? tableOf(accounts) : () => accounts.map((account) => uriOf(account, io)).join("\n"), {
      ...migration,
      accounts,
    });
  }
  tellTheRest(migration, io);
  return refused.length + missing.length > 0 ? 1 : 0;
}

const IS_ACCOUNT = /^(?:apple-)?otpauth:/i;
const IS_EXPORT = /^otpauth-migration:/i;

/** Without a part of one there is no batch. */
type Export = Omit<AssembledMigration, "batch"> & { readonly batch: AssembledMigration["batch"] | null };

function readExport(lines: readonly Line[]): Export {
  if (lines.length === 0) return { accounts: [], refused: [], missing: [], batch: null };
  const other = lines.find(({ text }) => !IS_EXPORT.test(text));
  if (other) throw new UsageError(`${other.place}: URI must be otpauth-migration: or otpauth:`);
  const batches = lines.map((line) => readAt(line, parseMigrationUri).batch);
  if (batches.some(({ id, size }) => id !== batches[0]?.id || size !== batches[0].size)) {
    throw new UsageError("the URIs are parts of several exports; import one after the other");
  }
  return assembleMigration(lines.map(({ text }) => text));
}

/** Whether a table is asked for; nothing if nothing is. */
function readForm(given: Given): boolean | undefined {
  const forms = ["uris", "table", "json"].filter((name) => given.has(name));
  if (forms.length > 1) throw new UsageError("only one of --uris, --table and --json can be given");
  return forms.length === 0 ? undefined : forms[0] === "table";
}

function tableOf(accounts: readonly OtpauthAccount[]): string {
  const rows = accounts.map((account) => [
    ...[shown(account.issuer ?? ""), shown(account.accountName), account.type],
    ...[account.parameters.algorithm, String(account.parameters.digits)],
    ...[
      account.type === "hotp" ? `counter ${account.counter}` : `${account.parameters.period} s`,
      `${decodeSecret(account.secret).length} bytes`,
    ],
  ]);
  return inColumns([["issuer", "account", "type", "algorithm", "digits", "moves by", "secret"], ...rows]);
}

/** A URI has no place for a second colon, and an account must not be lost for one. */
function uriOf(account: OtpauthAccount, io: Io): string {
  const names = [account.issuer ?? "", account.accountName];
  if (!names.some((name) => name.includes(":"))) return buildOtpauthUri(account);
  note(io, `a colon in the name of an account is written as a hyphen: ${names.map(shown).join(", ")}`);
  const [issuer, accountName = ""] = names.map((name) => name.replaceAll(":", "-"));
  return buildOtpauthUri({ ...account, ...(issuer && { issuer }), accountName });
}

const REASONS: Readonly<Record<RefusalReason, string>> = {
  "unsupported-algorithm": "its algorithm is MD5 or unknown",
  "unsupported-digits": "it has neither 6 nor 8 digits",
  "unsupported-type": "it is neither TOTP nor HOTP",
  "no-secret": "it has no secret",
  "invalid-counter": "its counter is out of range",
};

function tellTheRest({ refused, missing, batch }: Export, io: Io): void {
  for (const { part, index, reason, issuer, accountName } of refused) {
    const names = [issuer, accountName].filter((name) => name !== undefined);
    const place = `account ${index + 1} of QR code ${part + 1} (${names.map(shown).join(", ") || "no name"})`;
    note(io, `${place} is left out: ${REASONS[reason]}`);
  }
  for (const index of missing) note(io, `QR code ${index + 1} of ${batch?.size ?? 0} is missing`);
}
