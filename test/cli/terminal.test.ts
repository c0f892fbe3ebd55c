// The shipped program on a real terminal: a pseudo-terminal of the system, by Python's `pty`. `npm
// run build` must have been run.
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { generateTotp } from "../../src/sync.ts";
import { isThere } from "../helpers/there.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const PYTHON = "/usr/bin/python3";
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const AT = "@1234567890";
const CODE = "401544"; // by oathtool 2.6.7

/**
 * Starts a program on a terminal of its own, waits for texts and types. Tells what was shown, the
 * exit code and whether the terminal echoes.
 */
const TERMINAL = `
import codecs, fcntl, json, os, pty, re, select, signal, subprocess, sys, termios
job = json.loads(sys.argv[1])
signal.alarm(30)
ours, theirs = pty.openpty()
def attach():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
stdout = subprocess.PIPE if job["piped"] == "out" else theirs
stderr = subprocess.DEVNULL if job["piped"] == "error" else theirs
child = subprocess.Popen(job["words"], stdin=theirs, stdout=stdout, stderr=stderr, preexec_fn=attach)
shown = ""
decoder = codecs.getincrementaldecoder("utf-8")() # a piece may end within a character
def read():
    return decoder.decode(os.read(ours, 4096))
def read_until(pattern):
    global shown
    while not re.search(pattern, shown):
        if select.select([ours], [], [], 0.05)[0]:
            shown += read()
        elif child.poll() is not None:
            return
for pattern, keys in job["steps"]:
    read_until(pattern)
    os.write(ours, keys.encode())
out = child.stdout.read().decode() if job["piped"] == "out" else ""
code = child.wait()
while select.select([ours], [], [], 0.1)[0]:
    shown += read()
echoes = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
canonical = bool(termios.tcgetattr(theirs)[3] & termios.ICANON)
json.dump({"shown": shown, "out": out, "exitCode": code, "isAsBefore": echoes and canonical}, sys.stdout)
`;

interface Session {
  readonly shown: string;
  readonly out: string;
  readonly exitCode: number;
  readonly isAsBefore: boolean;
}

/** Each step is a pattern to wait for and what is typed then. */
function onTerminal(
  words: readonly string[],
  steps: readonly [pattern: string, keys: string][],
  piped: "out" | "error" | null = null,
  around: Readonly<Record<string, string>> = {},
): Promise<Session> {
  const job = JSON.stringify({ words: [process.execPath, MAIN, ...words], steps, piped });
  const env = { ...process.env, HALFMINUTE_SECRET: undefined, NO_COLOR: undefined, TERM: "xterm", ...around };
  return new Promise((resolve, reject) => {
    execFile(PYTHON, ["-c", TERMINAL, job], { env, timeout: 150_000 }, (fault, out) => {
      if (fault) reject(new Error("the terminal failed", { cause: fault }));
      else resolve(JSON.parse(out) as Session);
    });
  });
}

const isOnUnix = process.platform !== "win32" && isThere("python3", () => execFileSync(PYTHON, ["-c", "import pty"]));

describe.runIf(isOnUnix)("a secret that is asked for", () => {
  it.each([
    ["typed", `${SECRET}\r`],
    ["corrected", `${SECRET.slice(0, -1)}x\u007fP\r`],
    ["begun again", `nonsense\u0015${SECRET}\r`],
    ["with line feed", `${SECRET}\n`],
  ])("is not shown: %s", async (_, keys) => {
    const session = await onTerminal(["code", "--at", AT], [["Secret: ", keys]]);
    expect(session).toEqual({ shown: `Secret: \r\n${CODE}\r\n`, out: "", exitCode: 0, isAsBefore: true });
  });

  it("is asked for on standard error, so that a pipe has the code alone", async () => {
    const session = await onTerminal(["code", "--at", AT], [["Secret: ", `${SECRET}\r`]], "out");
    expect(session).toEqual({ shown: "Secret: \r\n", out: `${CODE}\n`, exitCode: 0, isAsBefore: true });
  });

  it("may be asked for with -, and is not shown either", async () => {
    const session = await onTerminal(["verify", CODE, "--at", AT, "-"], [["Secret: ", `${SECRET}\r`]]);
    expect(session).toMatchObject({ shown: "Secret: \r\nok, delta 0, counter 41152263\r\n", exitCode: 0 });
  });

  it("is not asked for any longer after Ctrl-C, and the terminal is as before", async () => {
    const session = await onTerminal(["code"], [["Secret: ", "GEZD\u0003"]]);
    expect(session).toEqual({ shown: "Secret: \r\n", out: "", exitCode: 130, isAsBefore: true });
  });

  it("is refused without being repeated if it is nonsense", async () => {
    const session = await onTerminal(["code"], [["Secret: ", "0189\r"]]);
    expect(session).toMatchObject({ exitCode: 2, isAsBefore: true });
    expect(session.shown).toContain("the secret must be base32: ");
    expect(session.shown).not.toContain("0189");
  });
});

describe.runIf(isOnUnix)("code --watch", () => {
  it("draws one line until Ctrl-C, and the terminal is as before", async () => {
    const steps: [string, string][] = [
      ["Secret: ", `${SECRET}\r`],
      ["s[^\\r]*\\r\\d{6}  \\[#+-*\\] +\\d+ s", "\u0003"], // drawn twice
    ];
    const session = await onTerminal(["code", "--watch"], steps);
    expect(session).toMatchObject({ exitCode: 130, isAsBefore: true });
    const drawn = session.shown.split("\r").filter((line) => line.includes("["));
    expect(drawn.length).toBeGreaterThan(1);
    // eslint-disable-next-line no-control-regex -- what clears the rest of the line
    for (const line of drawn) expect(line).toMatch(/^\d{6} {2}\[#+-*\] [ \d]\d s\u001b\[K(\^C)?$/);
    expect(session.shown).toMatch(/\r\n$/);
    expect(session.shown).not.toContain("JBSW");
  });

  it("prints lines on a terminal that understands no escape sequences", async () => {
    const steps: [string, string][] = [
      ["Secret: ", `${SECRET}\r`],
      ["\\d{6}\\r\\n\\d{6}\\r\\n", "\u0003"],
    ];
    const session = await onTerminal(["code", "--watch", "--period", "1"], steps, null, { TERM: "dumb" });
    expect(session).toMatchObject({ exitCode: 130, isAsBefore: true });
    expect(session.shown).not.toContain("\u001b");
  });
});

describe.runIf(process.platform !== "win32")("code --watch into a pipe", () => {
  function shell(script: string): Promise<{ exitCode: unknown; out: string; error: string }> {
    const H = `'${process.execPath}' '${MAIN}'`;
    return new Promise((resolve) => {
      execFile("bash", ["-c", script.replaceAll("$H", H)], { timeout: 150_000 }, (fault, out, error) => {
        resolve({ exitCode: fault ? fault.code : 0, out, error });
      });
    });
  }

  it("ends quietly when nobody reads any more", async () => {
    // A step of a second: the second line finds no reader.
    const outcome = await shell(`set -o pipefail; echo ${SECRET} | $H code --watch --period 1 | head -1`);
    expect(outcome).toEqual({ exitCode: 0, out: expect.stringMatching(/^\d{6}\n$/) as string, error: "" });
  });

  it("ends by a signal with the exit code that shells have for it", async () => {
    const ended = ["INT", "TERM"].map((signal) =>
      shell(`$H code --watch --period 1 <<< ${SECRET} & sleep 2; kill -${signal} $!; wait $!; echo "exit code $?"`),
    );
    const outs = (await Promise.all(ended)).map(({ out }) => out);
    expect(outs[0]).toMatch(/^(\d{6}\n)+exit code 130\n$/);
    expect(outs[1]).toMatch(/^(\d{6}\n)+exit code 143\n$/);
  });
});

it.runIf(isOnUnix)("import on a terminal shows no secret", async () => {
  const uri = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";
  const session = await onTerminal(["import"], [["URI: ", `${uri}\r`]]);
  expect(session).toMatchObject({ exitCode: 0, isAsBefore: true });
  expect(session.shown).toMatch(/Example +alice@google.com +totp +SHA-1 +6 +30 s +10 bytes/);
  expect(session.shown).not.toMatch(/JBSWY3DP|CjEK/);
  expect((await onTerminal(["import"], [["URI: ", `${uri}\r`]], "out")).out).toMatch(
    /^otpauth:\/\/totp\/Example:alice/,
  );
});

describe.runIf(isOnUnix)("halfminute enroll on a terminal", () => {
  // Steps of a day: whenever this runs, the code stays right.
  const words = ["enroll", "--account", "alice", "--period", "86400", "-"];
  const uri = `otpauth://totp/alice?secret=${SECRET}&period=86400`;

  it("shows the QR code, says what is wrong and what is right, and a pipe gets the URI alone", async () => {
    const code = generateTotp(SECRET, { period: 86400 });
    const steps: [string, string][] = [
      ["Secret: ", `${SECRET}\r`],
      ["Code: ", "1234\r"],
      ["wrong: [\\s\\S]*Code: ", `${code.slice(0, 5)}x\u007f${code.slice(5)}\r`],
    ];
    const session = await onTerminal(words, steps, "out");
    expect(session).toMatchObject({ exitCode: 0, out: `${uri}\n`, isAsBefore: true });
    expect(session.shown).toMatch(/[▀▄█]{9}/);
    expect(session.shown).toContain("\r\nJBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP\r\n");
    expect(session.shown).toContain("wrong: a code of this account has 6 digits and nothing else\r\n");
    expect(session.shown).toMatch(/halfminute: the code is right\r\n$/);
  });

  it("uses no escape sequences on a terminal that understands none", async () => {
    const steps: [string, string][] = [
      ["Secret: ", `${SECRET}\r`],
      ["Code: ", `${generateTotp(SECRET, { period: 86400 })}\r`],
    ];
    const session = await onTerminal(words, steps, "out", { TERM: "dumb" });
    expect(session).toMatchObject({ exitCode: 0, out: `${uri}\n` });
    expect(session.shown).toMatch(/[▀▄█]{9}/);
    expect(session.shown).not.toContain("\u001b");
  });

  it("ends on Ctrl-C, and the terminal is as before", async () => {
    const session = await onTerminal(words, [
      ["Secret: ", `${SECRET}\r`],
      ["Code: ", "12\u0003"],
    ]);
    expect(session).toMatchObject({ exitCode: 130, isAsBefore: true });
    expect(session.shown).not.toContain(uri);
  });

  it("does not go on without a terminal", async () => {
    const session = await onTerminal(words.slice(0, -1), [], "error");
    expect(session).toEqual({ shown: "", out: "", exitCode: 2, isAsBefore: true });
  });
});
