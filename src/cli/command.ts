// What each command is to the program.
import type { Arguments, Syntax } from "./arguments.ts";
import type { ExitCode, Io } from "./io.ts";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  /** Every command has `--json`, `--help` and `--version` besides. */
  readonly syntax: Syntax;
  readonly run: (args: Arguments, io: Io) => Promise<ExitCode>;
}
