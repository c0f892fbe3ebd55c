import { describe, expect, it } from "vitest";

import { COMMAND_SYNTAX } from "./syntax.ts";
import { CODE, expectWrongUse, halfminute, SECRET, TOTP_URI } from "./world.ts";

const COMMANDS = [
  "secret",
  "uri",
  "qr",
  "enroll",
  "code",
  "verify",
  "inspect",
  "import",
  "export",
  "vectors",
  "completion",
  "help",
  "version",
];

describe("help", () => {
  it.each([["help"], ["--help"], ["-h"], ["--json", "--help"]])("explains the program with %j", async (...words) => {
    const { exitCode, out, error } = await halfminute(words);
    expect([exitCode, error]).toEqual([0, ""]);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} +\\w`, "m"));
    expect(out).toMatch(/Exit codes: 0 .*; 1 .*2 .*130 /s);
  });

  it.each(COMMANDS)("explains %s, whichever way it is asked for", async (command) => {
    for (const words of [
      ["help", command],
      ["--help", command],
      ["-h", command],
    ]) {
      const { exitCode, out, error } = await halfminute(words);
      expect([exitCode, error]).toEqual([0, ""]);
      expect(out).toMatch(new RegExp(`^Usage: halfminute ${command} `));
    }
    const [short, long] = [await halfminute([command, "-h"]), await halfminute([command, "x", "--x", "--help"])];
    expect([short.out, long.out]).toEqual(Array(2).fill((await halfminute(["help", command])).out));
    expect(short.exitCode).toBe(command === "verify" ? 2 : 0);
  });

  it("may be asked for in a bundle", async () => {
    expect((await halfminute(["code", "-bh"])).out).toMatch(/^Usage: halfminute code /);
    expect((await halfminute(["code", "-bV"])).out).toBe("1.2.3\n");
    expect((await halfminute(["verify", "-bh"])).exitCode).toBe(2);
  });

  it("goes to standard output but does not give verify the exit code of an accepted code", async () => {
    for (const asked of ["--help", "-h", "--version", "-V"]) {
      for (const words of [
        [asked],
        [asked, SECRET],
        [CODE, asked],
        ["--secret-file", asked, CODE],
        ["--json", asked],
      ]) {
        const { exitCode, out, error } = await halfminute(["verify", ...words], { stdin: SECRET });
        expect([words, exitCode]).toEqual([words, 2]);
        expect(out).toMatch(/^Usage: halfminute verify |1\.2\.3/);
        expect(error).toBe("halfminute: no code was checked, so the exit code is 2\n");
      }
      const { exitCode } = await halfminute(["verify", "--", asked], { stdin: SECRET });
      expect(exitCode).toBe(1);
    }
  });

  it.each(["", ...COMMANDS])("fits a terminal and names every option: %s", async (command) => {
    const { out } = await halfminute(["help", command].filter(Boolean));
    const lines = out.split("\n").slice(0, -1);
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect([line, line.length <= 80]).toEqual([line, true]);
    for (const option of COMMAND_SYNTAX[command] ?? []) expect(out).toContain(`--${option} `);
  });

  it("is not asked for after --", async () => {
    expectWrongUse(await halfminute(["inspect", "--", "--help"]), /input 1 cannot be read/);
  });

  it("does not hide that a command is unknown", async () => {
    expectWrongUse(await halfminute(["bogus", "--help"]), /argument 1 is not a command; "halfminute help" lists them$/);
    expectWrongUse(await halfminute(["help", "bogus"]), /argument 2 is not a command; "halfminute help" lists them$/);
    expectWrongUse(await halfminute(["help", "verfy"]), /verfy is not a command; did you mean verify\?$/);
  });
});

describe("the version", () => {
  it.each([[["--version"]], [["-V"]], [["version"]], [["code", "--version"]], [["code", "-V"]]])(
    "is printed with %j",
    async (words) => {
      expect(await halfminute(words)).toMatchObject({ exitCode: 0, out: "1.2.3\n", error: "" });
    },
  );

  it("is printed as JSON", async () => {
    for (const words of [
      ["--version", "--json"],
      ["version", "--json"],
      ["vectors", "--json", "--version"],
    ]) {
      expect((await halfminute(words)).out).toBe('{"version":"1.2.3"}\n');
    }
  });
});

describe("without a command", () => {
  it("says on standard error which there are", async () => {
    const { exitCode, out, error } = await halfminute([]);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(error).toMatch(/^halfminute: a command is missing\nCommands: /);
    for (const command of COMMANDS) expect(error).toMatch(new RegExp(`\\b${command}\\b`));
    expect(error.split("\n").length).toBeLessThanOrEqual(6);
  });

  const unknown = /: argument 1 is not a command; "halfminute help" lists them$/;
  it.each([
    [["--json"], /: argument 1 must be a command; "halfminute help" lists them$/],
    [["--json", "code"], /: argument 1 must be a command/],
    [["-v"], /: argument 1 must be a command/],
    [["--"], /: argument 1 must be a command/],
    [["-"], /: argument 1 must be a command/],
    [[""], unknown],
    [["Code"], /: Code is not a command; did you mean code\?$/],
    [["verfy"], /: verfy is not a command; did you mean verify\?$/],
    [["cdoe"], /: cdoe is not a command; did you mean code\?$/],
    [["vector"], /did you mean vectors\?$/],
    [["url"], /did you mean uri\?$/],
    [["inport"], /did you mean import\?$/],
    [["xport"], /did you mean export\?$/],
    [["completions"], /did you mean completion\?$/],
    [[SECRET], unknown],
    [[TOTP_URI], unknown],
    [[CODE], unknown],
    [["constructor"], unknown],
    [["__proto__"], unknown],
    [["code\u001b"], unknown],
  ])("%j gets one line that says so", async (words, message) => {
    expectWrongUse(await halfminute(words), message);
  });
});

describe("arguments", () => {
  const unknown = /: argument 2 is not an option of code; "halfminute help code" lists them$/;
  it.each([
    [["--bogus"], unknown],
    [["-x"], /: -x is not an option of code; "halfminute help code" lists them$/],
    [["-n"], /: -n is not an option of code; did you mean -N\?$/],
    [["-bx"], unknown],
    [["-8"], unknown],
    [["-at"], /: -at is not an option of code; did you mean --at\?$/],
    [["-json"], /: -json is not an option of code; did you mean --json\?$/],
    [["x", "--bogus=1"], /: argument 3 is not an option of code/],
    [["--jsn"], /: --jsn is not an option of code; did you mean --json\?$/],
    [["--digit", "6"], /: --digit is not .* did you mean --digits\?$/],
    [["--algoritm=SHA-1"], /: --algoritm is not .* did you mean --algorithm\?$/],
    [["--secretfile", "f"], /did you mean --secret-file\?$/],
    [["--algthm", "1"], unknown],
    [["--ast", "1"], unknown],
    [["--hel"], /did you mean --help\?$/],
    [["--no-json"], unknown],
    [["--step", "30"], /did you mean --period\?$/],
    [["--time", "1"], /did you mean --at\?$/],
    [["--totp"], /: --totp is not an option of code; TOTP is the default, and --algorithm sets its hash$/],
    [["--totp=sha256"], /: --totp is not an option of code; TOTP/],
    [["--hotp"], /: --hotp is not an option of code; --counter makes it HOTP$/],
    [["--svg", "f"], /: --svg is not an option of code; "halfminute help code" lists them$/],
    [["--secret", SECRET], /did you mean --secret-file\?$/],
    [[`--${SECRET}`], unknown],
    [[`-${SECRET}`], unknown],
    [[`--${CODE}`], unknown],
    [[`--secret=${SECRET}`], /: --secret is not .* did you mean --secret-file\?$/],
    [["--__proto__=1"], unknown],
    [["--constructor"], unknown],
    [["--json=1"], /--json takes no value/],
    [[`--json=${SECRET}`], /--json takes no value/],
    [["--json", "--json"], /--json is given twice/],
    [["--at", "@1", "--at", "@1"], /--at is given twice/],
    [["--at", "@1", "-N", "@1"], /--at is given twice/],
    [["--at", "@1", "--now", "@1"], /--at is given twice/],
    [["--at"], /--at needs a value/],
    [["-N"], /--at needs a value/],
    [["--at", "--json"], /--at needs a value; if it begins with a hyphen, write --at=VALUE/],
    [["--counter", "-1"], /--counter needs a value; if it begins with a hyphen, write --counter=VALUE/],
    [["-c", "-1"], /--counter needs a value/],
    [["-c-1"], /--counter must be a decimal integer/],
    [["-d=8"], /--digits must be a decimal integer/],
    [["--secret-file", `-${SECRET}`], /--secret-file needs a value/],
  ])("are wrong use: code %j", async (words, message) => {
    expectWrongUse(await halfminute(["code", ...words], { stdin: SECRET }), message);
  });

  it("may be one too many", async () => {
    expectWrongUse(await halfminute(["uri", "--account", "a", "--", "x", "--json"]), /argument 6 is one too many$/);
  });

  it.each(["--timestamp", "--name", "--epoch"])(
    "are answered with the name that options have here: %s",
    async (word) => {
      const known = { "--timestamp": ["code", "--at"], "--name": ["uri", "--account"], "--epoch": ["verify", "--t0"] };
      const [command = "", name = ""] = known[word as keyof typeof known];
      expectWrongUse(
        await halfminute([command, word, "1"]),
        `${word} is not an option of ${command}; did you mean ${name}?`,
      );
    },
  );

  it.each(["--win", "--wiiiiw"])("are not answered with a guess where it would be far-fetched: %s", async (option) => {
    expectWrongUse(await halfminute(["verify", CODE, option, "1"]), /: argument 3 is not an option of verify; "half/);
  });

  it("are named if they belong to another command", async () => {
    expectWrongUse(await halfminute(["verify", CODE, "--new"]), /: --new is not an option of verify; "halfminute help/);
  });
});

describe("an internal fault of the program", () => {
  it.each([new TypeError(`about ${SECRET}\n    at ${CODE} with`), `text with ${SECRET}`, null])(
    "is told without its message (%#)",
    async (fault) => {
      const version = (): string => {
        throw fault; // eslint-disable-line @typescript-eslint/only-throw-error -- the worst case
      };
      const { exitCode, out, error } = await halfminute(["--version"], { io: { version }, mayHaveStack: true });
      expect([exitCode, out]).toEqual([2, ""]);
      expect(error).toMatch(/^halfminute: internal error \((Type)?Error\), please report it\n/);
      expect(error).not.toMatch(/about|with/);
    },
  );
});
