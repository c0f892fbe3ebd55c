import { COMMANDS } from "../../src/cli/commands.ts";

/** The options of every command. */
export const COMMAND_SYNTAX: Readonly<Partial<Record<string, readonly string[]>>> = Object.fromEntries(
  COMMANDS.map(({ name, options }) => [name, options.map((option) => option.name)]),
);
