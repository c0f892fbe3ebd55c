// `halfminute import`: turns exports of Google Authenticator into otpauth URIs, which every other
// app reads.
import { OtpError } from "../core/errors.ts";
import {
  assembleMigration,
  type AssembledMigration,
  type Migration,
  parseMigrationUri,
  type RefusalReason,
} from "../migration/index.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { parseLabeled } from "../otpauth/parse.ts";
import { decodeSecret } from "../core/secret.ts";
import { toDistinct, withoutColons } from "./account-names.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io, note } from "./io.ts";
import { IS_URI, type Line, LINES, readEach, readLines } from "./line-source.ts";
import type { Given } from "./flags.ts";
import { JSON_OPTION, type Option } from "./option.ts";
import { inColumns, shown } from "./table.ts";
import { UsageError } from "./usage-error.ts";

const URIS: Option = { name: "uris", text: "print otpauth URIs on a terminal too; they hold the secrets" };
const TABLE: Option = { name: "table", text: "print a table without secrets to a file or pipe too" };

export const importCommand: Command = {
  name: "import",
  summary: "print the accounts of Google Authenticator exports",
  synopsis: ["[options] [INPUT...]"],
  about: `Prints the accounts of otpauth-migration URIs, in any order, as otpauth URIs, or
on a terminal as a table without secrets. Standard error names input that is
missing or unreadable; then the exit code is 1, or 2 if nothing could be read.

An account without a name gets its issuer's or a number. Of accounts with the
same names and different secrets, the later ones get a number: alice (2).

${LINES}`,
  options: [URIS, TABLE, JSON_OPTION],
  words: Infinity,
  completes: "files",
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const isTable = readForm(given) ?? io.isShown;
  const { values, unread } = readEach(await readLines(words, "otpauth-migration URI: ", io), readLine);
  const exports = exportsOf(values.flatMap(({ part }) => part ?? []));
  const losses = [...unread, ...exports.flatMap((one) => lossesOf(one, exports.length === 1))];
  const accounts = toDistinct(
    [...exports.flatMap(({ accounts }) => accounts), ...values.flatMap(({ account }) => account ?? [])],
    ({ issuer, accountName }, newName) => {
      const names = namesOf(issuer, accountName);
      note(io, `two secrets have the same names (${names}); the second is called ${shown(newName)}`);
    },
  );
  if (accounts.length > 0 || (values.length > 0 && given.has("json"))) {
    answer(io, given, isTable ? tableOf(accounts) : () => accounts.map((account) => uriOf(account, io)).join("\n"), {
      accounts,
      exports: exports.map(({ batch, refused, missing }) => ({ batch, refused, missing })),
      unread,
    });
  }
  for (const loss of losses) note(io, loss); // after the answer, where a person looks
  if (values.length === 0) return 2;
  return losses.length > 0 ? 1 : 0;
}

/** Whether a table is wanted; `undefined` if no option says. */
function readForm(given: Given): boolean | undefined {
  const forms = ["uris", "table", "json"].filter((name) => given.has(name));
  if (forms.length > 1) throw new UsageError("--uris, --table and --json cannot be used together");
  return forms.length === 0 ? undefined : forms[0] === "table";
}

/** A part of an export, or a single account. */
interface Reading {
  readonly part?: Part;
  readonly account?: OtpauthAccount;
}

interface Part extends Line {
  readonly migration: Migration;
}

function readLine(line: Line): Reading {
  const { text } = line;
  if (/^otpauth-migration:/i.test(text)) return { part: { ...line, migration: parseMigrationUri(text) } };
  if (!IS_URI.test(text)) throw new OtpError("invalid-uri", "URI must be otpauth-migration:, otpauth: or steam:");
  const { account, prefix } = parseLabeled(text);
  // Kept as in an export, whose reader leaves such a prefix in the name.
  if (prefix === undefined) return { account };
  const { accountName } = account;
  return { account: { ...account, accountName: accountName === "" ? prefix : `${prefix}:${accountName}` } };
}

interface Export extends AssembledMigration {
  readonly parts: readonly Part[];
}

/**
 * The parts by their batch. Programs without batch numbers give every export the same one: a part
 * whose place is taken by other accounts belongs to another export.
 */
function exportsOf(parts: readonly Part[]): readonly Export[] {
  const batches = new Map<string, Part[]>();
  const contents = new Set<string>();
  const others = new Map<string, number>();
  for (const part of parts) {
    const content = JSON.stringify(part.migration);
    if (contents.has(content)) continue;
    contents.add(content);
    const { id, index, size } = part.migration.batch;
    const before = others.get(`${id} ${size} ${index}`) ?? 0;
    others.set(`${id} ${size} ${index}`, before + 1);
    const batch = `${id} ${size} ${before}`;
    batches.set(batch, [...(batches.get(batch) ?? []), part]);
  }
  return Array.from(batches.values(), (those) => ({
    ...assembleMigration(those.map(({ text }) => text)),
    parts: those,
  }));
}

/** What is missing from an export. */
function lossesOf({ refused, missing, batch, parts }: Export, isOnly: boolean): readonly string[] {
  const left = refused.map(({ part, index, reason, issuer, accountName }) => {
    const place = parts.find(({ migration }) => migration.batch.index === part)?.place ?? "";
    return `${place}: account ${index + 1} (${namesOf(issuer, accountName)}) is left out: ${REASONS[reason]}`;
  });
  const which = isOnly ? "" : ` from the export in ${parts[0]?.place ?? ""}`;
  const numbers = inRanges(missing.map((index) => index + 1));
  if (missing.length === 0) return left;
  const are =
    missing.length === 1 ? `QR code ${numbers} of ${batch.size} is` : `QR codes ${numbers} of ${batch.size} are`;
  return [...left, `${are} missing${which}`];
}

/** `2, 4 to 1000`: a hostile export may promise a thousand parts. */
function inRanges(numbers: readonly number[]): string {
  const starts = numbers.filter((number, at) => numbers[at - 1] !== number - 1);
  const ends = numbers.filter((number, at) => numbers[at + 1] !== number + 1);
  return starts
    .map((start, at) => (start === ends[at] ? String(start) : `${start} to ${ends[at] ?? start}`))
    .join(", ");
}

const REASONS: Readonly<Record<RefusalReason, string>> = {
  "unsupported-algorithm": "its algorithm is MD5 or unknown",
  "unsupported-digits": "it has neither 6 nor 8 digits",
  "unsupported-type": "it is neither TOTP nor HOTP",
  "no-secret": "it has no secret",
  "invalid-counter": "its counter is out of range",
};

function namesOf(issuer: string | undefined, accountName: string): string {
  return (
    [issuer, accountName]
      .filter(Boolean)
      .map((name) => shown(name ?? ""))
      .join(", ") || "no name"
  );
}

function tableOf(accounts: readonly OtpauthAccount[]): string {
  const rows = accounts.map((account) => [
    shown(account.issuer ?? ""),
    shown(account.accountName),
    account.type,
    account.parameters.algorithm,
    String(account.parameters.digits),
    account.type === "hotp" ? `counter ${account.counter}` : `${account.parameters.period} s`,
    `${decodeSecret(account.secret).length} bytes`,
  ]);
  return inColumns([["issuer", "account", "type", "algorithm", "digits", "moves by", "secret"], ...rows]);
}

function uriOf(account: OtpauthAccount, io: Io): string {
  const { issuer = "", accountName } = account;
  if (issuer.includes(":") || accountName.includes(":")) {
    note(io, `a colon in the name of an account is written as a hyphen: ${namesOf(issuer, accountName)}`);
  }
  return buildOtpauthUri(withoutColons(account));
}
