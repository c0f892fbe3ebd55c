// The accounts whose codes are printed: one, or several URIs, which have names. Several are read
// completely before any code is printed.
import { OtpError } from "../core/errors.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import { type Account, readAccountOptions } from "./account-arguments.ts";
import { type Given, refuse } from "./flags.ts";
import { type Io, note } from "./io.ts";
import { IS_URI, type Line } from "./line-source.ts";
import { readSource, WARNING } from "./secret-source.ts";
import { explain, UsageError } from "./usage-error.ts";

export interface NamedAccount {
  readonly account: Account;
  /** Only if there are several. */
  readonly name?: string | undefined;
  readonly names?: { readonly issuer: string | null; readonly accountName: string } | undefined;
}

export async function readNamedAccounts(
  words: readonly string[],
  given: Given,
  io: Io,
): Promise<readonly NamedAccount[]> {
  const toAccount = readAccountOptions(given);
  const lines = words.length > 1 ? readWords(words, given, io) : await readSourceLines(words[0], given, io);
  const [first] = lines;
  if (lines.length === 1 && first) return [{ account: toAccount(first.text) }];
  refuse(given, ["counter"], "only one account can have it");
  return lines.map((line) => ({ account: at(line, toAccount), ...at(line, namesOf) }));
}

function readWords(words: readonly string[], given: Given, io: Io): readonly Line[] {
  refuse(given, ["secret-file"], "the accounts are given as arguments");
  note(io, WARNING);
  const lines = words.map((word, index) => ({ text: word.trim(), place: `URI ${index + 1}` }));
  return requireUris(lines, "several accounts must be otpauth URIs");
}

async function readSourceLines(word: string | undefined, given: Given, io: Io): Promise<readonly Line[]> {
  const { text, source } = await readSource(word, given, io);
  const all = text.split(/\r\n|\r|\n/).map((line, index) => ({
    text: line.trim(),
    place: `line ${index + 1} of ${source}`,
  }));
  const lines = all.filter((line) => line.text !== "");
  if (lines.length === 0) throw new UsageError(`${source} is empty; it must contain the secret`);
  if (lines.length === 1) return lines;
  const uris = lines.filter((line) => !line.text.startsWith("#"));
  return requireUris(uris, `${source} has several lines, which must be otpauth URIs`);
}

function requireUris(lines: readonly Line[], rule: string): readonly Line[] {
  const other = lines.find(({ text }) => !IS_URI.test(text));
  if (other) throw new UsageError(`${rule}; ${other.place} is not`);
  if (lines.length === 0) throw new UsageError(`${rule}; there is none`);
  return lines;
}

/** Names the place of a line in the error about it. */
function at<Value>({ text, place }: Line, read: (text: string) => Value): Value {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof OtpError) throw new UsageError(`${place}: ${explain(error)}`);
    throw error instanceof UsageError ? new UsageError(`${place}: ${error.message}`) : error;
  }
}

function namesOf(uri: string): Omit<NamedAccount, "account"> {
  const { issuer = null, accountName } = parseOtpauthUri(uri);
  return { name: [issuer, accountName].filter(Boolean).join(":") || "no name", names: { issuer, accountName } };
}
