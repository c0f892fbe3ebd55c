// The description of a command.
import type { Arguments } from "./arguments.ts";
import type { ExitCode, Io } from "./io.ts";
import type { Option } from "./option.ts";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The usage after the name of the command, one line for each form. */
  readonly synopsis: readonly string[];
  /** Lines of at most 80 columns. */
  readonly about: string;
  /** Every command also has `--help` and `--version`. */
  readonly options: readonly Option[];
  /** The maximum number of words that are not options. */
  readonly words: number;
  /** The words that a shell completes; absent if they cannot be known. */
  readonly completes?: "commands" | "files" | readonly string[];
  readonly run: (args: Arguments, io: Io, commands: readonly Command[]) => Promise<ExitCode>;
}
