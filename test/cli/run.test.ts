import { describe, expect, it } from "vitest";

import { COMMAND_SYNTAX } from "./syntax.ts";
import { CODE, expectWrongUse, halfminute, SECRET, TOTP_URI } from "./world.ts";

const COMMANDS = ["secret", "uri", "qr", "enroll", "code", "verify", "inspect", "import", "export", "vectors"];

describe("help", () => {
  it.each([["--help"], ["-h"], ["--json", "--help"]])("tells about the program with %j", async (...words) => {
    const { exitCode, out, error } = await halfminute(words);
    expect([exitCode, error]).toEqual([0, ""]);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} +\\w`, "m"));
    expect(out).toMatch(/Exit codes: 0 .*; 1 .*2 .*; 130 /s);
  });

  it.each(COMMANDS.filter((name) => name !== "verify"))(
    "tells about %s after it, whatever else is there",
    async (command) => {
      const { exitCode, out, error } = await halfminute([command, "--help"]);
      expect([exitCode, error]).toEqual([0, ""]);
      expect(out).toMatch(new RegExp(`^Usage: halfminute ${command} `));
      for (const words of [["-h"], ["--bogus", "--help"], ["a", "b", "c", "d", "-h"]]) {
        expect(await halfminute([command, ...words])).toMatchObject({ exitCode: 0, out, error: "", stdinReads: 0 });
      }
    },
  );

  it("does not give verify the exit code of an accepted code, for whoever types the code may type it", async () => {
    for (const asked of ["--help", "-h", "--version"]) {
      for (const words of [
        [asked],
        [asked, SECRET],
        [CODE, asked],
        ["--secret-file", asked, CODE],
        ["--json", asked],
      ]) {
        const { exitCode, out, error } = await halfminute(["verify", ...words], { stdin: SECRET });
        expect([words, exitCode, out]).toEqual([words, 2, ""]);
        expect(error).toMatch(/^halfminute: no code was checked/);
      }
      const { exitCode } = await halfminute(["verify", "--", asked], { stdin: SECRET });
      expect(exitCode).toBe(1);
    }
    expect((await halfminute(["verify", "--help"])).error).toContain("Usage: halfminute verify ");
  });

  it.each(COMMANDS)("fits a terminal and names every option: %s", async (command) => {
    const { out: told, error } = await halfminute([command, "--help"]);
    const out = told + error;
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    for (const option of COMMAND_SYNTAX[command] ?? []) expect(out).toContain(`--${option} `);
  });

  it("is not asked for after --", async () => {
    expectWrongUse(await halfminute(["inspect", "--", "--help"]), /input 1 cannot be read/);
  });

  it("does not hide that a command is unknown", async () => {
    expectWrongUse(await halfminute(["bogus", "--help"]), /the first argument is not a command/);
  });
});

describe("the version", () => {
  it.each([[["--version"]], [["code", "--version"]]])("is printed with %j", async (words) => {
    expect(await halfminute(words)).toMatchObject({ exitCode: 0, out: "1.2.3\n", error: "" });
  });

  it("is printed as JSON", async () => {
    expect((await halfminute(["--version", "--json"])).out).toBe('{"version":"1.2.3"}\n');
    expect((await halfminute(["vectors", "--json", "--version"])).out).toBe('{"version":"1.2.3"}\n');
  });
});

describe("without a command", () => {
  it.each([
    [[], /no command is given/],
    [["--json"], /the command comes first/],
    [["--json", "code"], /the command comes first/],
    [["--"], /the command comes first/],
    [["-"], /the command comes first/],
    [[""], /the first argument is not a command$/],
    [["help"], /for help give --help, alone or after a command$/],
    [["Code"], /is code meant\?/],
    [["verfy"], /is verify meant\?/],
    [["vector"], /is vectors meant\?/],
    [["url"], /is uri meant\?/],
    [["inport"], /is import meant\?/],
    [["xport"], /is export meant\?/],
    [[SECRET], /the first argument is not a command$/],
    [[TOTP_URI], /the first argument is not a command$/],
    [[CODE], /the first argument is not a command$/],
    [["constructor"], /the first argument is not a command$/],
    [["__proto__"], /the first argument is not a command$/],
  ])("%j tells the usage on standard error", async (words, message) => {
    const outcome = await halfminute(words);
    expectWrongUse(outcome, message);
    expect(outcome.error).toContain("\nUsage: halfminute COMMAND [options]\n");
  });
});

describe("arguments", () => {
  it.each([
    [["--bogus"], /argument 2 is not a known option$/],
    [["-x"], /argument 2 is not a known option$/],
    [["-at"], /argument 2 is not a known option$/],
    [["x", "--bogus=1"], /argument 3 is not a known option$/],
    [["--", "x", "--json"], /argument 4 is one too many/],
    [["--jsn"], /is --json meant\?/],
    [["--digit", "6"], /argument 2 is not a known option; is --digits meant\?/],
    [["--algoritm=SHA-1"], /is --algorithm meant\?/],
    [["--secretfile", "f"], /is --secret-file meant\?/],
    [["--algthm", "1"], /argument 2 is not a known option$/],
    [["--ast", "1"], /argument 2 is not a known option$/],
    [["--hel"], /is --help meant\?/],
    [["--no-json"], /argument 2 is not a known option$/],
    [["--step", "30"], /is --period meant\?/],
    [["--time", "1"], /is --at meant\?/],
    [["--secret", SECRET], /is --secret-file meant\?/],
    [["--window", "1"], /argument 2 is not a known option$/],
    [[`--${SECRET}`], /argument 2 is not a known option$/],
    [[`-${SECRET}`], /argument 2 is not a known option$/],
    [[`--${CODE}`], /argument 2 is not a known option$/],
    [[`--secret=${SECRET}`], /is --secret-file meant\?/],
    [["--__proto__=1"], /argument 2 is not a known option$/],
    [["--constructor"], /argument 2 is not a known option$/],
    [["--json=1"], /--json takes no value/],
    [[`--json=${SECRET}`], /--json takes no value/],
    [["--json", "--json"], /--json is given twice/],
    [["--at", "@1", "--at", "@1"], /--at is given twice/],
    [["--at"], /--at needs a value/],
    [["--at", "--json"], /--at needs a value; write --at=VALUE/],
    [["--counter", "-1"], /--counter needs a value; write --counter=VALUE/],
    [["--secret-file", `-${SECRET}`], /--secret-file needs a value/],
  ])("are wrong use: code %j", async (words, message) => {
    expectWrongUse(await halfminute(["code", ...words], { stdin: SECRET }), message);
  });

  it.each(["--window", "--windo", "--windows"])(
    "are answered with the name that options have here: %s",
    async (option) => {
      expectWrongUse(await halfminute(["verify", CODE, option, "1"]), /argument 3 .*is --look-ahead meant\?/);
    },
  );

  it.each(["--win", "--wimdov", "--new"])(
    "are not answered with a guess where it would be far-fetched: %s",
    async (option) => {
      expectWrongUse(await halfminute(["verify", CODE, option, "1"]), /argument 3 is not a known option$/);
    },
  );
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
