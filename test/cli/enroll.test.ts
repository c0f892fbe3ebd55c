import jsQR from "jsqr";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type GenerateTotpOptions, generateTotp } from "../../src/sync.ts";
import { pixelsOf, terminalScreenshot } from "../qr/readers.ts";
import { named } from "../helpers/named.ts";
import { CODE, COUNTER, expectWrongUse, halfminute, type Outcome, SECRET, TOTP_URI, type World } from "./world.ts";

const NOW = 1234567890_000;
const ACME = ["--issuer", "Acme", "--account", "alice"];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** On a terminal, with the secret of the environment. */
function enroll(words: readonly string[], lines: readonly string[], world: World = {}): Promise<Outcome> {
  return halfminute(["enroll", ...ACME, ...words], {
    stdinKind: "terminal",
    env: { HALFMINUTE_SECRET: SECRET },
    lines,
    ...world,
    io: { errorColumns: 80, ...world.io },
  });
}

/** What the phone shows, so many seconds away from now. */
function codeOfPhone(options: GenerateTotpOptions = {}, seconds = 0): string {
  return generateTotp(SECRET, { ...options, at: new Date(NOW + seconds * 1000) });
}

/** What is said after the first try. */
function said({ error }: Outcome): string {
  return /Code: halfminute: (.*)\n/.exec(error)?.[1] ?? "";
}

/** What a phone reads from the terminal. */
function scan({ error }: Outcome): string | undefined {
  const drawn = error.slice(0, error.indexOf("\n\nScan this"));
  const { data, width, height } = pixelsOf(terminalScreenshot(drawn, true));
  return jsQR.default(new Uint8ClampedArray(data), width, height)?.data;
}

describe("a right code for halfminute enroll", () => {
  it("gives the URI, which the QR code and the groups of four had too", async () => {
    const outcome = await enroll([], [CODE]);
    expect([outcome.exitCode, outcome.out]).toEqual([0, `${TOTP_URI}\n`]);
    expect(scan(outcome)).toBe(TOTP_URI);
    expect(outcome.error).toContain("\nGEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n");
    expect(said(outcome)).toBe("the code is right");
  });

  it.each([
    [` ${CODE.slice(0, 3)} ${CODE.slice(3)} `, 0],
    [codeOfPhone({}, -30), -1],
    [codeOfPhone({}, 30), 1],
  ])("is accepted in groups and one step away: %s, %i", async (code, delta) => {
    const { exitCode, out } = await enroll(["--json"], [code]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      uri: TOTP_URI,
      account: {
        type: "totp",
        secret: SECRET,
        issuer: "Acme",
        accountName: "alice",
        parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
      },
      counter: COUNTER + delta,
      delta,
    });
  });

  it("may come with the fifth try, and not later", async () => {
    const wrong = ["000001", "000002", "000003", "000004"];
    expect((await enroll([], [...wrong, CODE])).exitCode).toBe(0);
    const outcome = await enroll([], [...wrong, "000005", CODE]);
    expect([outcome.exitCode, outcome.out]).toEqual([1, ""]);
    expect(outcome.error.match(/Code: /g)).toHaveLength(5);
    expect(outcome.error).toMatch(/\nhalfminute: none of 5 codes was right, so nothing is set up\n$/);
  });

  it("is checked at the time of each try", async () => {
    const lines = ["000001", codeOfPhone({}, 3600)].values();
    const readShown = (): Promise<string | undefined> => {
      const line = lines.next().value;
      if (line !== "000001") vi.setSystemTime(NOW + 3600_000);
      return Promise.resolve(line);
    };
    expect((await enroll([], [], { io: { readShown } })).exitCode).toBe(0);
  });

  it("is computed with other parameters if they are given", async () => {
    const options = { algorithm: "SHA-512", digits: 8, period: 60 } as const;
    const words = ["--algorithm", "SHA-512", "--digits", "8", "--period", "60"];
    expect((await enroll(words, [codeOfPhone(options)])).exitCode).toBe(0);
  });
});

describe("halfminute enroll refuses a wrong code with its reason", () => {
  const away = (steps: number, period = 30): string =>
    `${Math.abs(steps)} step${Math.abs(steps) === 1 ? "" : "s"} (${Math.abs(steps) * period} seconds)`;

  it.each([-100, -7, -2, 2, 3, 100])("the clock is %i steps away", async (steps) => {
    const outcome = await enroll([], [codeOfPhone({}, steps * 30)]);
    expect([outcome.exitCode, outcome.out]).toEqual([130, ""]);
    const where =
      steps < 0 ? "old: a clock is wrong, or it was typed late" : "ahead: the clock of the phone or of this";
    expect(said(outcome)).toContain(`wrong: the code is ${away(steps)} ${where}`);
  });

  it("the clock is wrong, with other steps and just after 1970", async () => {
    const outcome = await enroll(["--period", "60"], [codeOfPhone({ period: 60 }, 180)]);
    expect(said(outcome)).toContain(`${away(3, 60)} ahead`);
    vi.setSystemTime(0);
    expect(said(await enroll([], [generateTotp(SECRET, { at: new Date(120_000) })]))).toContain(`${away(4)} ahead`);
  });

  it.each<[string[], GenerateTotpOptions, string]>([
    [["--algorithm", "SHA-256"], {}, "algorithm: this is a code of SHA-1, 6 digits and 30 seconds"],
    [["--digits", "8"], {}, "digits: this is a code of SHA-1, 6 digits and 30 seconds"],
    [["--period", "60"], {}, "period: this is a code of SHA-1, 6 digits and 30 seconds"],
    [["--algorithm", "SHA-512", "--digits", "8"], { digits: 8 }, "algorithm: this is a code of SHA-1, 8 digits"],
    [
      ["--algorithm", "SHA-256", "--digits", "8", "--period", "60"],
      {},
      "algorithm and the digits and the period: this is a code of SHA-1, 6 digits and 30 seconds",
    ],
  ])("the app ignores what it was given: %j", async (words, options, what) => {
    const outcome = await enroll(words, [codeOfPhone(options)]);
    expect([outcome.exitCode, outcome.out]).toEqual([130, ""]);
    expect(said(outcome)).toContain(`wrong: the app ignores the ${what}`);
  });

  it.each(named(["", "abc", "00592", "0059240", "٠٠٥٩٢٤", "x".repeat(1000)]))(
    "what was typed is not a code: %s",
    async (_, typed) => {
      const outcome = await enroll([], [typed]);
      expect([outcome.exitCode, outcome.out]).toEqual([130, ""]);
      expect(said(outcome)).toBe("wrong: a code of this account has 6 digits and nothing else");
    },
  );

  it.each([codeOfPhone({}, -101 * 30), codeOfPhone({}, 101 * 30)])("the reason is not known: %s", async (code) => {
    expect(said(await enroll([], [code]))).toMatch(/^wrong: the code does not match any time near this one; /);
  });
});

describe("the secret of halfminute enroll", () => {
  const newOne = (world: World, ...words: string[]): Promise<Outcome> => enroll(words, [], { env: {}, ...world });

  it.each<[World, string[]]>([
    [{}, []],
    [{}, ["--new"]],
    [{ env: { HALFMINUTE_SECRET: SECRET } }, ["--new"]],
  ])("is a new one with %j and %j", async (world, words) => {
    const uris = [scan(await newOne(world, ...words)), scan(await newOne(world, ...words))];
    for (const uri of uris) expect(uri).toMatch(/^otpauth:\/\/totp\/Acme:alice\?secret=[A-Z2-7]{32}&issuer=Acme$/);
    expect(uris[0]).not.toBe(uris[1]);
    expect(uris.join()).not.toContain(SECRET);
  });

  it("can be given", async () => {
    for (const [words, world] of [
      [["-"], { typed: SECRET }],
      [["--secret-file", "f"], { files: { f: SECRET } }],
      [[SECRET], {}],
    ] as const) {
      const outcome = await enroll([...words], [CODE], { env: {}, ...world });
      expect([outcome.exitCode, outcome.out]).toEqual([0, `${TOTP_URI}\n`]);
    }
  });

  it("is not shown before it is known to be good", async () => {
    expectWrongUse(await enroll([], [], { env: { HALFMINUTE_SECRET: "MFRGGZDFMZTWQ" } }), /10 or more bytes/);
    expectWrongUse(await enroll([], [], { env: { HALFMINUTE_SECRET: "" } }), /is empty/);
    expectWrongUse(await enroll(["--new", "-"], []), /--new makes a secret, so none can be given/);
  });
});

describe("the terminal of halfminute enroll", () => {
  it.each<[string, World]>([
    ["codes from a pipe", { stdin: CODE, stdinKind: "redirected" }],
    ["nobody", { stdinKind: "other" }],
    ["standard error into a file, where a secret must not be", { io: { errorColumns: undefined } }],
  ])("is needed: %s", async (_, world) => {
    const outcome = await enroll([], [CODE], world);
    expectWrongUse(outcome, /enroll needs a terminal/);
    expect(outcome.stdinReads).toBe(0);
  });

  it("can be too narrow, and that is said", async () => {
    const { exitCode, error } = await enroll([], [CODE], { io: { errorColumns: 44 } });
    expect(exitCode).toBe(0);
    expect(error).toContain("halfminute: the QR code takes 45 columns and the terminal has 44; make it wider");
    expect(error).toContain("\nGEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n");
    expect(error).not.toMatch(/[▀▄█]/);
    expect(error).not.toContain("\u001b");
    expect((await enroll([], [], { io: { errorColumns: 45 } })).error).not.toContain("wide");
  });

  it("can have colors of its own", async () => {
    // eslint-disable-next-line no-control-regex -- colors
    expect((await enroll(["--background", "dark"], [])).error).not.toMatch(/\u001b/);
  });

  it.each([{ NO_COLOR: "1" }, { TERM: "dumb" }])("may have no colors: %j", async (env) => {
    const outcome = await enroll([], [CODE], { env: { HALFMINUTE_SECRET: SECRET, ...env } });
    expect(outcome.error).not.toContain("\u001b");
    expect(scan(outcome)).toBe(TOTP_URI);
    const colored = await enroll(["--background", "any"], [CODE], { env: { HALFMINUTE_SECRET: SECRET, ...env } });
    expect(colored.error).toContain("\u001b");
  });

  it("ends the program on Ctrl-C", async () => {
    const outcome = await enroll([], []);
    expect([outcome.exitCode, outcome.out]).toEqual([130, ""]);
    expect(outcome.error).toMatch(/\nCode: \n$/);
  });
});

it.each<[string[], RegExp]>([
  [["--digits", "5"], /--digits must be/],
  [["--background", "x"], /--background must be one of/],
  [["--type", "hotp"], /--type is not an option of enroll/],
  [["--counter", "1"], /--counter is not an option of enroll/],
])("halfminute enroll with %j is wrong use", async (words, message) => {
  expectWrongUse(await enroll(words, [CODE]), message);
});

it("halfminute enroll needs an account name", async () => {
  const outcome = await halfminute(["enroll"], { stdinKind: "terminal", io: { errorColumns: 80 } });
  expectWrongUse(outcome, /--account is needed/);
});
