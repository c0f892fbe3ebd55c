// The completion scripts, in the shells themselves. bash and zsh complete on a pseudo-terminal, by
// Python's `pty`; fish has a command for it.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isThere } from "../helpers/there.ts";
import { expectWrongUse, halfminute } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-"));

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    writeFileSync(path.join(folder, shell), (await halfminute(["completion", shell])).out);
  }
  mkdirSync(path.join(folder, "files"));
  writeFileSync(path.join(folder, "files", "export uris.txt"), "");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

it("needs one of three shells", async () => {
  for (const words of [[], ["sh"], ["Bash"]]) {
    expectWrongUse(
      await halfminute(["completion", ...words]),
      /: completion needs the name of a shell: bash, zsh or fish$/,
    );
  }
});

/** What was typed, and what each shell must make of it when the tab key is pressed. */
const COMPLETED: readonly (readonly [typed: string, line: string])[] = [
  ["halfminute secr", "halfminute secret "],
  ["halfminute comp", "halfminute completion "],
  ["halfminute completion fi", "halfminute completion fish "],
  ["halfminute help verif", "halfminute help verify "],
  ["halfminute code --algo", "halfminute code --algorithm"],
  ["halfminute code --algorithm SHA-5", "halfminute code --algorithm SHA-512 "],
  ["halfminute qr --error-correction=", "halfminute qr --error-correction="],
  ["halfminute qr --backg", "halfminute qr --background"],
  ["halfminute verify 1 --look-b", "halfminute verify 1 --look-behind"],
  ["halfminute code --secret-file exp", "halfminute code --secret-file export\\ uris.txt "],
  ["halfminute import exp", "halfminute import export\\ uris.txt "],
  ["halfminute uri exp", "halfminute uri exp"],
  ["halfminute secret --svg", "halfminute secret --svg"],
];

/** Types into an interactive shell, presses tab, and has the line printed instead of run. */
const TERMINAL = `
import json, os, pty, re, select, signal, subprocess, sys, termios, fcntl
job = json.loads(sys.argv[1])
signal.alarm(120)
ours, theirs = pty.openpty()
def attach():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
environment = {**os.environ, "TERM": "dumb" if job["words"][0] == "bash" else "vt100", "PS1": "> ", "HISTFILE": ""}
child = subprocess.Popen(job["words"], stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=attach, cwd=job["folder"], env=environment)
shown = ""
def read_until(pattern):
    global shown
    while not re.search(pattern, shown):
        if select.select([ours], [], [], 60)[0]:
            shown += os.read(ours, 4096).decode()
        else:
            raise SystemExit("waited for " + pattern + " in " + repr(shown))
    shown = ""
for line in job["start"]:
    os.write(ours, (line + "; echo rea''dy\\n").encode())
    read_until("ready")
lines = []
for typed in job["typed"]:
    # The first key writes what the line is into a file; the shell has then done with the tab.
    os.write(ours, typed.encode() + b"\\t\\x18w")
    text = None
    while text is None:
        select.select([ours], [], [], 0.05)[0] and os.read(ours, 4096)
        try:
            with open(job["out"]) as file:
                text = file.read()
        except FileNotFoundError:
            continue
        if not text.endswith("\\n"):
            text = None
    os.remove(job["out"])
    lines.append(text[:-1])
    os.write(ours, b"\\x15")
json.dump(lines, sys.stdout)
child.kill()
`;

function onTerminal(words: readonly string[], start: readonly string[]): string[] {
  const typed = COMPLETED.map(([line]) => line);
  const job = { words, start, typed, folder: path.join(folder, "files"), out: path.join(folder, "line") };
  return JSON.parse(
    execFileSync("/usr/bin/python3", ["-c", TERMINAL, JSON.stringify(job)], { encoding: "utf8" }),
  ) as string[];
}

const isPythonThere = isThere("python3", () => execFileSync("/usr/bin/python3", ["-c", "import pty"]));
const probe = (shell: string): boolean => isThere(shell, () => execFileSync(shell, ["--version"]));

describe.runIf(probe("bash") && isPythonThere)("bash", () => {
  it("completes what is typed", () => {
    const start = [
      `source '${folder}/bash'`,
      `save() { printf '%s\\n' "$READLINE_LINE" > '${folder}/line.new'; mv '${folder}/line.new' '${folder}/line'; }`,
      `bind -x '"\\C-xw": save'`,
    ];
    expect(onTerminal(["bash", "--norc", "--noprofile", "-i"], start)).toEqual(
      COMPLETED.map(([, line]) => expectedIn("bash", line)),
    );
  });
});

describe.runIf(probe("zsh") && isPythonThere)("zsh", () => {
  it("completes what is typed", () => {
    const start = [
      "PS1='> '; autoload -Uz compinit; compinit -D -u",
      `source '${folder}/zsh'`,
      `save() { print -r -- "$BUFFER" > '${folder}/line.new'; command mv '${folder}/line.new' '${folder}/line' }`,
      "zle -N save; bindkey '^Xw' save; bindkey '^U' kill-whole-line",
    ];
    expect(onTerminal(["zsh", "-f", "-i"], start)).toEqual(COMPLETED.map(([, line]) => expectedIn("zsh", line)));
  });

  it("takes the script as a file of a function too", () => {
    writeFileSync(path.join(folder, "_halfminute"), execFileSync("cat", [path.join(folder, "zsh")]));
    const script = `fpath=('${folder}' $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[halfminute]`;
    expect(spawnSync("zsh", ["-f", "-c", script], { encoding: "utf8" })).toMatchObject({ stdout: "_halfminute\n" });
  });
});

/** A space behind an option: bash sets one; zsh sets the sign that its value may follow. */
function expectedIn(shell: string, line: string): string {
  if (!/ --[a-z-]+$/.test(line) || line.endsWith("--svg")) return line;
  return shell === "bash" ? `${line} ` : `${line}=`;
}

describe.runIf(probe("fish"))("fish", () => {
  const complete = (typed: string): string[] => {
    const script = `source '${folder}/fish'; complete -C "${typed}"`;
    const options = {
      encoding: "utf8",
      cwd: path.join(folder, "files"),
      env: { ...process.env, HOME: folder },
    } as const;
    const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", script], options);
    expect(stderr).toBe("");
    return stdout.split("\n").slice(0, -1);
  };

  it.each([
    ["halfminute secr", ["secret\tprint a new random secret"]],
    ["halfminute completion fi", ["fish"]],
    ["halfminute help verif", ["verify"]],
    ["halfminute code --algo", ["--algorithm\tSHA-1 (default), SHA-256 or SHA-512"]],
    ["halfminute code --algorithm SHA-5", ["SHA-512\tSHA-1 (default), SHA-256 or SHA-512"]],
    ["halfminute code -d ", ["6", "7", "8"].map((digits) => `${digits}\t6 (default), 7 or 8`)],
    ["halfminute help code --algo", []],
    ["halfminute code --secret-file exp", ["export uris.txt"]],
    ["halfminute import exp", ["export uris.txt"]],
    ["halfminute uri exp", []],
    ["halfminute secret --svg", []],
  ])("completes %j", (typed, completions) => {
    const found = complete(typed).map((line) => (line.startsWith("export") ? line.split("\t")[0] : line));
    expect(found).toEqual(completions);
  });

  it("completes every command", async () => {
    const { out } = await halfminute(["help"]);
    const names = Array.from(out.matchAll(/^ {2}([a-z]+) {2,}/gm), ([, name = ""]) => name);
    expect(complete("halfminute ").map((line) => line.split("\t")[0])).toEqual(names.toSorted());
  });
});
