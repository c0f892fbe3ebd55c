// What each command is to the program.
import type { Arguments } from "./arguments.ts";
import type { ExitCode, Io } from "./io.ts";
import type { Option } from "./option.ts";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name of the command in the usage, one line for each form. */
  readonly synopsis: readonly string[];
  /** Lines of at most 80 columns. */
  readonly about: string;
  /** Every command has `--help` and `--version` besides. */
  readonly options: readonly Option[];
  /** The most words that are not options. */
  readonly words: number;
  /** The words that a shell completes; or nothing, if none can be known. */
  readonly completes?: "commands" | "files" | readonly string[];
  readonly run: (args: Arguments, io: Io, commands: readonly Command[]) => Promise<ExitCode>;
}
