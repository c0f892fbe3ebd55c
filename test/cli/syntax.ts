import { COMMANDS } from "../../src/cli/run.ts";

/** The options of every command. */
export const COMMAND_SYNTAX: Readonly<Partial<Record<string, readonly string[]>>> = Object.fromEntries(
  COMMANDS.map(({ name, syntax }) => [name, [...syntax.values, ...syntax.flags]]),
);
