// `halfminute completion`: a script that lets a shell complete commands, options and their values.
import type { Command } from "./command.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completions.ts";
import { UsageError } from "./usage-error.ts";

const SHELLS = ["bash", "zsh", "fish"];

export const completionCommand: Command = {
  name: "completion",
  summary: "print a completion script for bash, zsh or fish",
  synopsis: ["bash|zsh|fish"],
  about: `Prints a script that completes commands, options and their values. Load it in
the start file of the shell:

  bash  eval "$(halfminute completion bash)"
  zsh   source <(halfminute completion zsh)     after compinit
  fish  halfminute completion fish | source`,
  options: [],
  words: 1,
  completes: SHELLS,
  run: ({ words: [shell] }, io, commands) => {
    io.writeOut(scriptFor(shell, commands));
    return Promise.resolve(0);
  },
};

function scriptFor(shell: string | undefined, commands: readonly Command[]): string {
  switch (shell) {
    case "bash":
      return bashCompletion(commands);
    case "zsh":
      return zshCompletion(commands);
    case "fish":
      return fishCompletion(commands);
    default:
      throw new UsageError("completion needs the name of a shell: bash, zsh or fish");
  }
}
