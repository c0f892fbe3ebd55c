// The completion scripts, made from the descriptions of the commands. They do not run the program:
// a key press must not start Node.
import type { Command } from "./command.ts";
import { HELP, type Option, VERSION } from "./option.ts";

export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const cases = commands.map((command) => {
    const { name, options } = command;
    const operands = operandsOf(command, commands);
    return `    *:${name})
      case $before in
${options.map(bashValue).join("")}        *)
          case $word in
            -*) choices="${[...options, HELP, VERSION].map((option) => `--${option.name}`).join(" ")}" ;;
            *) ${operands === "files" ? "files=yes" : `choices="${operands.join(" ")}"`} ;;
          esac ;;
      esac ;;
`;
  });
  return `# Completions of halfminute for bash.
_halfminute() {
  local IFS=$' \\t\\n' choices="" files=""
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  [[ $word == = ]] && word=""
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD - 2]}
  case $COMP_CWORD:\${COMP_WORDS[1]} in
    1:*) choices="${names} --help --version" ;;
${cases.join("")}  esac
  local shell=$-
  set -f # the names are not patterns
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
  if [[ $files ]]; then
    IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$word"))
    compopt -o filenames 2>/dev/null
  fi
  [[ $shell == *f* ]] || set +f
}
complete -F _halfminute halfminute
`;
}

/** The completion after an option; empty after a flag. */
function bashValue(option: Option): string {
  if (option.value === undefined) return "";
  const action = option.isFile ? "files=yes" : `choices="${(option.choices ?? []).join(" ")}"`;
  return `        ${spellings(option).join("|")}) ${action} ;;\n`;
}

export function zshCompletion(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const operands = operandsOf(command, commands);
    // An empty list if nothing can be completed: with a message, zsh would not complete options.
    const action = operands === "files" ? "_files" : `(${operands.join(" ")})`;
    const options = [...command.options, HELP, VERSION].flatMap(zshSpecs);
    const specs = [...options, quoted(`*:argument:${action}`)];
    return `    ${command.name})
      _arguments -s -S ${specs.join(" \\\n        ")} ;;
`;
  });
  return `#compdef halfminute
# Completions of halfminute for zsh.
_halfminute() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}\n`).join("")}      '--help:explain the program'
      '--version:print the version'
    )
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("")}  esac
}
if [[ $funcstack[1] == _halfminute ]]; then
  _halfminute "$@"
else
  compdef _halfminute halfminute
fi
`;
}

/** One for the letter and one for the name. Each excludes the other. */
function zshSpecs(option: Option): readonly string[] {
  const { short, name, value, choices = [], isFile } = option;
  const action = isFile ? "_files" : choices.length > 0 ? `(${choices.join(" ")})` : " ";
  const rest = `[${option.text.replace(/[\\[\]:]/g, "\\$&")}]${value === undefined ? "" : `:${value}:${action}`}`;
  const takes = (sign: string): string => (value === undefined ? "" : sign);
  if (short === undefined) return [quoted(`--${name}${takes("=")}${rest}`)];
  const exclusion = `(-${short} --${name})`;
  return [quoted(`${exclusion}-${short}${takes("+")}${rest}`), quoted(`${exclusion}--${name}${takes("=")}${rest}`)];
}

export function fishCompletion(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const { name, options } = command;
    const operands = operandsOf(command, commands);
    const when = `complete -c halfminute -n '__halfminute_is ${name}'`;
    const words = operands === "files" ? [`${when} -F`] : operands.map((word) => `${when} -a ${word}`);
    return [...words, ...options.map((option) => `${when} ${fishOption(option)}`)];
  });
  return `# Completions of halfminute for fish.
function __halfminute_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end
complete -c halfminute -f
${[HELP, VERSION].map((option) => `complete -c halfminute ${fishOption(option)}\n`).join("")}${commands
    .map(
      ({ name, summary }) =>
        `complete -c halfminute -n 'test (count (commandline -opc)) -eq 1' -a ${name} -d ${quotedForFish(summary)}\n`,
    )
    .join("")}${lines.join("\n")}
`;
}

function fishOption({ short, name, value, choices = [], isFile, text }: Option): string {
  const letter = short === undefined ? "" : `-s ${short} `;
  const values = choices.length > 0 ? ` -a ${quotedForFish(choices.join(" "))}` : "";
  const taking = value === undefined ? "" : isFile ? " -r -F" : ` -x${values}`;
  return `${letter}-l ${name}${taking} -d ${quotedForFish(text)}`;
}

function operandsOf({ completes = [] }: Command, commands: readonly Command[]): "files" | readonly string[] {
  return completes === "commands" ? commands.map(({ name }) => name) : completes;
}

function spellings({ name, short, aliases = [] }: Option): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), ...[name, ...aliases].map((long) => `--${long}`)];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
