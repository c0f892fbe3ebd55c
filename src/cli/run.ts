// The whole program but its process: arguments and a world in, an exit code out. Every error ends here as one line.
import { OtpError } from "../core/errors.ts";
import { parseArguments } from "./arguments.ts";
import { codeCommand } from "./code-command.ts";
import type { Command } from "./command.ts";
import { enrollCommand } from "./enroll-command.ts";
import { exportCommand } from "./export-command.ts";
import { importCommand } from "./import-command.ts";
import { inspectCommand } from "./inspect-command.ts";
import { type ExitCode, Interrupted, type Io } from "./io.ts";
import { nearest } from "./nearest.ts";
import { qrCommand } from "./qr-command.ts";
import { secretCommand } from "./secret-command.ts";
import { uriCommand } from "./uri-command.ts";
import { explain, UsageError } from "./usage-error.ts";
import { vectorsCommand } from "./vectors-command.ts";
import { verifyCommand } from "./verify-command.ts";

export const COMMANDS: readonly Command[] = [
  secretCommand,
  uriCommand,
  qrCommand,
  enrollCommand,
  codeCommand,
  verifyCommand,
  inspectCommand,
  importCommand,
  exportCommand,
  vectorsCommand,
];

const USAGE = `Usage: halfminute COMMAND [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)}${summary}`).join("\n")}

  --help     about the program, or after a command about that
  --version  of the program
  --json     after any command: the answer as one line of JSON

Exit codes: 0 done, and a checked code is right; 1 the code is refused, a test
vector failed, or import or inspect left something out; 2 wrong use, or it
could not be done; 130 stopped with Ctrl-C, and 143 by SIGTERM.`;

export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const command = COMMANDS.find(({ name }) => name === argv[0]);
  try {
    return await dispatch(command, argv, io);
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    io.writeError(`halfminute: ${describe(error)}\n`);
    if (error instanceof UsageError) io.writeError(`${command ? advice(command) : USAGE}\n`);
    return 2;
  }
}

async function dispatch(command: Command | undefined, argv: readonly string[], io: Io): Promise<ExitCode> {
  const terminator = argv.indexOf("--");
  const options = terminator < 0 ? argv : argv.slice(0, terminator);
  if (options.includes("--help") || options.includes("-h")) {
    if (!command && /^[^-]/.test(argv[0] ?? "")) throw unknownCommand(argv[0]);
    return tell(command?.help ?? USAGE, command, io);
  }
  if (options.includes("--version")) {
    const version = io.version();
    return tell(options.includes("--json") ? JSON.stringify({ version }) : version, command, io);
  }
  if (!command) throw unknownCommand(argv[0]);
  return command.run(parseArguments(argv.slice(1), command.syntax, 2), io);
}

/**
 * What was asked for instead of an answer. Of `verify` 0 means an accepted code and nothing else: a script runs
 * `halfminute verify "$CODE"`, and whoever types the code may type `--help`.
 */
function tell(text: string, command: Command | undefined, io: Io): ExitCode {
  if (command === verifyCommand) {
    io.writeError(`halfminute: no code was checked, so the exit code is 2\n${text}\n`);
    return 2;
  }
  io.writeOut(`${text}\n`);
  return 0;
}

function unknownCommand(typed: string | undefined): UsageError {
  if (typed === undefined) return new UsageError("no command is given");
  if (typed === "help") return new UsageError("for help give --help, alone or after a command");
  if (typed.startsWith("-")) return new UsageError("the command comes first");
  const names = COMMANDS.map(({ name }) => name);
  const meant = nearest(typed, names);
  return new UsageError(`the first argument is not a command${meant === undefined ? "" : `; is ${meant} meant?`}`);
}

function advice({ name }: Command): string {
  return `See halfminute ${name} --help.`;
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof OtpError) return explain(error);
  // A fault of the program. The places help to find it; the message is left out, for nobody knows what is in it.
  const { name, message, stack = "" } = error instanceof Error ? error : new Error();
  const places = stack
    .replace(message, "")
    .split("\n")
    .filter((line) => /^ +at /.test(line));
  return [`internal error (${name}), please report it`, ...places].join("\n");
}
