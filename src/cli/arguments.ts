// The arguments after the command, as words and options, in the way of getopt: `-d8`, `-d 8`,
// `-bd8`, `--digits=8`. `parseArgs` splits them; the rules and all messages are ours, because its
// own messages repeat the arguments.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { elsewhere, nearest } from "./nearest.ts";
import { HELP, type Option, VERSION } from "./option.ts";
import { UsageError } from "./usage-error.ts";

export interface Syntax {
  /** The name of the command. */
  readonly name: string;
  readonly options: readonly Option[];
  /** The maximum number of words that are not options. */
  readonly words: number;
  /** The names of the options of all commands. */
  readonly others: readonly string[];
}

export interface Arguments {
  readonly words: readonly string[];
  /** The options by name; a flag's value is empty. */
  readonly given: ReadonlyMap<string, string>;
}

/** Places are counted from `firstPlace`: "argument 3" is the third word after `halfminute`. */
export function parseArguments(args: readonly string[], syntax: Syntax, firstPlace: number): Arguments {
  const options = [...syntax.options, HELP, VERSION];
  const tokens = tokensOf(args, options);
  const words = tokens.filter(({ kind }) => kind === "positional");
  const tooMany = words[syntax.words];
  const given = new Map<string, string>();
  for (const token of tokens.filter(({ kind }) => kind === "option")) {
    const option = options.find(({ name, aliases = [] }) => [name, ...aliases].includes(token.name ?? ""));
    if (!option) throw unknownOption(args[token.index] ?? "", token, syntax, firstPlace);
    const value = valueOf(option, token);
    if (given.has(option.name)) throw new UsageError(`--${option.name} is given twice`);
    given.set(option.name, value);
  }
  if (tooMany) throw new UsageError(`argument ${tooMany.index + firstPlace} is one too many`);
  return { words: words.map(({ value = "" }) => value), given };
}

interface Token {
  readonly kind: string;
  readonly index: number;
  readonly name?: string;
  /** The name with its hyphens, as it was typed. */
  readonly rawName?: string;
  readonly value?: string | undefined;
  /** Whether the value was written in the same word. */
  readonly inlineValue?: boolean | undefined;
}

function tokensOf(args: readonly string[], options: readonly Option[]): readonly Token[] {
  const config: ParseArgsConfig["options"] = {};
  for (const { name, short, aliases = [], value } of options) {
    const type = value === undefined ? "boolean" : "string";
    config[name] = short === undefined ? { type } : { type, short };
    for (const alias of aliases) config[alias] = { type };
  }
  return parseArgs({ args: [...args], options: config, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function valueOf({ name, value: isTaken }: Option, { value, inlineValue }: Token): string {
  if (isTaken === undefined) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return "";
  }
  if (value === undefined || (!inlineValue && /^-./.test(value))) {
    throw new UsageError(`--${name} needs a value; if it begins with a hyphen, write --${name}=VALUE`);
  }
  return value;
}

function unknownOption(typed: string, token: Token, syntax: Syntax, firstPlace: number): UsageError {
  const { name = "", rawName = "", index } = token;
  const what = `is not an option of ${syntax.name}`;
  const advice = elsewhere(name);
  if (advice !== undefined) return new UsageError(`${rawName} ${what}; ${advice}`);
  // The argument may be a secret, unless it is one letter or close to a known name.
  const isOfAnother = syntax.others.includes(name);
  const meant = isOfAnother ? undefined : meantBy(typed, token, [...syntax.options, HELP, VERSION]);
  const isPlain = isOfAnother || meant?.startsWith("--") || /^-[a-z]$/i.test(typed);
  const subject = isPlain ? typed.replace(/=.*/s, "") : `argument ${index + firstPlace}`;
  if (meant !== undefined) return new UsageError(`${subject} ${what}; did you mean ${meant}?`);
  return new UsageError(`${subject} ${what}; "halfminute help ${syntax.name}" lists them`);
}

/** A long name, even after one hyphen; or a letter of the other case. */
function meantBy(typed: string, { name = "", rawName = "" }: Token, options: readonly Option[]): string | undefined {
  const names = options.flatMap((option) => [option.name, ...(option.aliases ?? [])]);
  const word = rawName.startsWith("--") ? name : typed.slice(1);
  if (word.length > 1) {
    const long = nearest(word, names);
    return long === undefined ? undefined : `--${long}`;
  }
  const letter = options.flatMap(({ short = [] }) => short).find((known) => known.toLowerCase() === name.toLowerCase());
  return letter === undefined ? undefined : `-${letter}`;
}
