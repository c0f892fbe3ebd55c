// What was typed after the command, as words and options. `parseArgs` splits it; the rules and all messages are ours, because
// its own messages repeat what was typed.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "./nearest.ts";
import { UsageError } from "./usage-error.ts";

export interface Syntax {
  /** The options that take a value. */
  readonly values: readonly string[];
  /** The options that take none. */
  readonly flags: readonly string[];
  /** The most words that are no option. */
  readonly words: number;
}

export interface Arguments {
  readonly words: readonly string[];
  /** The options by name; a flag's value is empty. */
  readonly given: ReadonlyMap<string, string>;
}

/** Places are counted from `firstPlace`: "argument 3" is the third word after `halfminute`. */
export function parseArguments(args: readonly string[], syntax: Syntax, firstPlace: number): Arguments {
  const tokens = tokensOf(args, syntax);
  const words = tokens.filter(({ kind }) => kind === "positional");
  const tooMany = words[syntax.words];
  const given = new Map<string, string>();
  for (const token of tokens.filter(({ kind }) => kind === "option")) {
    const value = optionValue(token, syntax, token.index + firstPlace);
    const { name = "" } = token;
    if (given.has(name)) throw new UsageError(`--${name} is given twice`);
    given.set(name, value);
  }
  if (tooMany) throw new UsageError(`argument ${tooMany.index + firstPlace} is one too many`);
  return { words: words.map(({ value = "" }) => value), given };
}

interface Token {
  readonly kind: string;
  readonly index: number;
  readonly name?: string;
  readonly value?: string | undefined;
  /** Whether the value was written after a `=`. */
  readonly inlineValue?: boolean | undefined;
}

function tokensOf(args: readonly string[], { values, flags }: Syntax): readonly Token[] {
  const options: ParseArgsConfig["options"] = {};
  for (const name of values) options[name] = { type: "string" };
  for (const name of flags) options[name] = { type: "boolean" };
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function optionValue({ name = "", value, inlineValue }: Token, syntax: Syntax, place: number): string {
  if (syntax.flags.includes(name)) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return "";
  }
  if (!syntax.values.includes(name)) {
    const meant = nearest(name, [...syntax.values, ...syntax.flags, "help", "version"]);
    throw new UsageError(
      `argument ${place} is not a known option${meant === undefined ? "" : `; is --${meant} meant?`}`,
    );
  }
  if (value === undefined || (!inlineValue && /^-./.test(value))) {
    throw new UsageError(`--${name} needs a value; write --${name}=VALUE if it begins with a hyphen`);
  }
  return value;
}
