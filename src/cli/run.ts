// The whole program without its process: takes arguments and an `Io`, returns an exit code. Every
// error becomes one line here.
import { OtpError } from "../core/errors.ts";
import { parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { commandNamed, printVersion } from "./help-command.ts";
import { type ExitCode, Interrupted, type Io, note } from "./io.ts";
import { programUsage, shortUsage, usageOf } from "./usage.ts";
import { explain, UsageError } from "./usage-error.ts";
import { verifyCommand } from "./verify-command.ts";

export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    note(io, describe(error));
    return 2;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    note(io, `a command is missing\n${shortUsage(COMMANDS)}`);
    return 2;
  }
  const terminator = argv.indexOf("--");
  const options = terminator < 0 ? argv : argv.slice(0, terminator);
  const question = options.map((option) => QUESTIONS.get(option)).find(Boolean);
  if (first.startsWith("-") && question === undefined) {
    throw new UsageError('argument 1 must be a command; "halfminute help" lists them');
  }
  if (first.startsWith("-")) {
    const name = rest.find((word) => !word.startsWith("-"));
    return about(
      question,
      COMMANDS.find((command) => command.name === name),
      options,
      io,
    );
  }
  const command = commandNamed(first, 1, COMMANDS);
  if (question !== undefined) return aboutCommand(question, command, options, io);
  const args = parseArguments(rest, { ...command, others: OPTION_NAMES }, 2);
  const asked = ["help", "version"].find((name) => args.given.has(name)); // in a bundle such as -bh
  return asked === undefined ? command.run(args, io, COMMANDS) : aboutCommand(asked, command, options, io);
}

const OPTION_NAMES = COMMANDS.flatMap(({ options }) => options.map(({ name }) => name));

/**
 * They count in any position, even as the value of an option: people add them to whatever they have
 * typed.
 */
const QUESTIONS: ReadonlyMap<string, string> = new Map([
  ["--help", "help"],
  ["-h", "help"],
  ["--version", "version"],
  ["-V", "version"],
]);

/**
 * After `verify` the exit code is 2 all the same, because 0 means an accepted code: a script runs
 * `halfminute verify "$CODE"`, and the person who types the code may type `--help`. `halfminute
 * help verify` has 0.
 */
async function aboutCommand(question: string, command: Command, options: readonly string[], io: Io): Promise<ExitCode> {
  await about(question, command, options, io);
  if (command !== verifyCommand) return 0;
  note(io, "no code was checked, so the exit code is 2");
  return 2;
}

async function about(
  question: string | undefined,
  command: Command | undefined,
  options: readonly string[],
  io: Io,
): Promise<ExitCode> {
  if (question === "version") {
    return printVersion({ given: new Map(options.includes("--json") ? [["json", ""]] : []) }, io);
  }
  io.writeOut(`${command ? usageOf(command) : programUsage(COMMANDS)}\n`);
  return 0;
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof OtpError) return explain(error);
  // A fault of the program. The places help to find it; the message is left out, because it may
  // contain a secret.
  const { name, message, stack = "" } = error instanceof Error ? error : new Error();
  const places = stack
    .replace(message, "")
    .split("\n")
    .filter((line) => /^ +at /.test(line));
  return [`internal error (${name}), please report it`, ...places].join("\n");
}
