// `halfminute help` and `halfminute version`.
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { nearest } from "./nearest.ts";
import { JSON_OPTION } from "./option.ts";
import { programUsage, usageOf } from "./usage.ts";
import { UsageError } from "./usage-error.ts";

export const helpCommand: Command = {
  name: "help",
  summary: "explain the program or a command",
  synopsis: ["[COMMAND]"],
  about: "Prints the usage of the program or of a command, as --help does.",
  options: [],
  words: 1,
  completes: "commands",
  run: ({ words: [name] }, io, commands) => {
    io.writeOut(`${name === undefined ? programUsage(commands) : usageOf(commandNamed(name, 2, commands))}\n`);
    return Promise.resolve(0);
  },
};

export const versionCommand: Command = {
  name: "version",
  summary: "print the version",
  synopsis: ["[options]"],
  about: "Prints the version of the program.",
  options: [JSON_OPTION],
  words: 0,
  run: printVersion,
};

export function printVersion({ given }: Pick<Arguments, "given">, io: Io): Promise<ExitCode> {
  const version = io.version();
  answer(io, given, version, { version });
  return Promise.resolve(0);
}

/** @param place - Which argument it is, counted from 1. */
export function commandNamed(typed: string, place: number, commands: readonly Command[]): Command {
  const command = commands.find(({ name }) => name === typed);
  if (command) return command;
  const meant = nearest(
    typed,
    commands.map(({ name }) => name),
  );
  if (meant !== undefined) throw new UsageError(`${typed} is not a command; did you mean ${meant}?`);
  throw new UsageError(`argument ${place} is not a command; "halfminute help" lists them`);
}
