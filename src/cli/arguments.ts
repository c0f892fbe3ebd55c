// What was typed after the command, as words and options, in the way of getopt: `-d8`, `-d 8`, `-bd8`, `--digits=8`. `parseArgs`
// splits it; the rules and all messages are ours, because its own messages repeat what was typed.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { elsewhere, nearest } from "./nearest.ts";
import { HELP, type Option, VERSION } from "./option.ts";
import { UsageError } from "./usage-error.ts";

export interface Syntax {
  readonly name: string;
  readonly options: readonly Option[];
  /** The most words that are not options. */
  readonly words: number;
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
    if (!option) throw unknownOption(args[token.index] ?? "", token, options, syntax.name, firstPlace);
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

function unknownOption(
  typed: string,
  { name = "", rawName = "", index }: Token,
  options: readonly Option[],
  command: string,
  firstPlace: number,
): UsageError {
  const isLong = rawName.startsWith("--");
  const letters = options.flatMap(({ short = [] }) => short);
  const names = options.flatMap((option) => [option.name, ...(option.aliases ?? [])]);
  const meant = isLong ? nearest(name, names) : otherCase(name, letters);
  const what = `is not an option of ${command}`;
  // What was typed may be a secret, unless it is nearly a name that we know, or one letter.
  const isPlain = isLong ? meant !== undefined : /^-[a-z]$/i.test(typed);
  const subject = isPlain ? rawName : `argument ${index + firstPlace}`;
  if (meant !== undefined) return new UsageError(`${subject} ${what}; did you mean ${isLong ? "--" : "-"}${meant}?`);
  const advice = isLong ? elsewhere(name) : undefined;
  if (advice !== undefined) return new UsageError(`--${name} ${what}; ${advice}`);
  return new UsageError(`${subject} ${what}; "halfminute help ${command}" lists them`);
}

function otherCase(letter: string, letters: readonly string[]): string | undefined {
  return letters.find((known) => known.toLowerCase() === letter.toLowerCase());
}
