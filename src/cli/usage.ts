// The usage of the program and of each command, made from their descriptions. Each fits a screen of
// 24 lines.
import type { Command } from "./command.ts";
import { HELP, JSON_OPTION, type Option, VERSION } from "./option.ts";

export function usageOf({ name, synopsis, about, options }: Command): string {
  const forms = synopsis.map((form, index) => `${index === 0 ? "Usage:" : "      "} halfminute ${name} ${form}`);
  return [...forms, "", about, ...(options.length > 0 ? ["", table(options)] : [])].join("\n");
}

export function programUsage(commands: readonly Command[]): string {
  return `Usage: halfminute COMMAND [options]

${commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join("\n")}

${table([HELP, VERSION, { ...JSON_OPTION, text: "after most commands: print JSON" }])}

Exit codes: 0 done, or the code is right; 1 the code is wrong, a test vector
failed, or import or inspect left something out; 2 wrong use or failure;
130 stopped with Ctrl-C; 143 stopped by SIGTERM.`;
}

/** For someone who typed only the name of the program. */
export function shortUsage(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(", ");
  return `Commands: ${names.replace(/(.{50,68}), /, "$1,\n          ")}
"halfminute help" explains them, and "halfminute help COMMAND" each of them.`;
}

/** `-d, --digits N`, without the letter if it has none. */
function spelled({ name, short, value }: Option): string {
  return `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function table(options: readonly Option[]): string {
  const width = Math.max(...options.map((option) => spelled(option).length)) + 2;
  return options.map((option) => `  ${spelled(option).padEnd(width)}${option.text}`).join("\n");
}
