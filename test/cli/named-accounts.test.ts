// Several accounts, several codes, and other encodings of the secret.
import { describe, expect, it } from "vitest";

import { AT, CODE, COUNTER, expectWrongUse, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI } from "./world.ts";

const BOB_URI = `otpauth://totp/bob?secret=${SECRET}&digits=8`;
const LIST = `# from the old phone\n${TOTP_URI}\n\n${BOB_URI}\r\n${STEAM_URI}\n`;
const NAMED = `${CODE}    Acme:alice\n89005924  bob\nVHHQY     Steam:alice\n`;
const HEX = "3132333435363738393031323334353637383930";

describe("halfminute code for several URIs", () => {
  const code = ["code", "--at", AT];

  it("prints one code with its name a line, from every source", async () => {
    const outcomes = [
      await halfminute(code, { stdin: LIST }),
      await halfminute([...code, "-"], { stdin: LIST }),
      await halfminute([...code, "--secret-file", "f"], { files: { f: LIST } }),
      await halfminute(code, { env: { HALFMINUTE_SECRET: LIST } }),
      await halfminute([...code, TOTP_URI, BOB_URI, ` ${STEAM_URI}`]),
    ];
    for (const { exitCode, out } of outcomes) expect([exitCode, out]).toEqual([0, NAMED]);
    expect(outcomes.map(({ error }) => error.includes("warning: as an argument"))).toEqual([
      ...Array<boolean>(4).fill(false),
      true,
    ]);
  });

  it("prints a line of JSON for each, with the names", async () => {
    const { out } = await halfminute([...code, "--json"], { stdin: `${BOB_URI}\n${HOTP_URI}`.replace("--at", "") });
    expect(out).toBe("");
    const { out: hotp } = await halfminute(["code", "--json"], { stdin: `${HOTP_URI}\n${HOTP_URI}` });
    const line = { issuer: "Acme", accountName: "alice", type: "hotp", code: "287082", counter: 1 };
    expect(
      hotp
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([line, line]);
    const { out: totp } = await halfminute([...code, "--json"], { stdin: `${BOB_URI}\n${TOTP_URI}` });
    expect(JSON.parse(totp.split("\n")[0] ?? "")).toMatchObject({ issuer: null, accountName: "bob", counter: COUNTER });
  });

  it("does not let a name move the cursor", async () => {
    const stdin = `otpauth://totp/a%C2%ADb?secret=${SECRET}\notpauth://totp/?secret=${SECRET}`;
    expect((await halfminute(code, { stdin })).out).toBe(`${CODE}  a�b\n${CODE}  no name\n`);
  });

  it.each([
    [
      [],
      `${TOTP_URI}\n${SECRET}`,
      /: standard input has several lines, which must be otpauth URIs; line 2 of standard/,
    ],
    [[], `${TOTP_URI}\n${BOB_URI}1`, /: line 2 of standard input: .*digits/],
    [[], `#\n#`, /: standard input has several lines, which must be otpauth URIs; there is none$/],
    [[], `${TOTP_URI}\n${TOTP_URI}&secret=x`, /: line 2 of standard input: URI has secret twice/],
    [["--digits", "6"], `${TOTP_URI}\n${BOB_URI}`, /: line 2 of standard input: --digits contradicts the URI/],
    [["--watch"], LIST, /: --watch: only one account can be watched$/],
    [["--counter", "1"], `${HOTP_URI}\n${HOTP_URI}`, /: --counter: only one account can have it$/],
    [[TOTP_URI, SECRET], "", /: several accounts must be otpauth URIs; URI 2 is not$/],
    [[TOTP_URI, TOTP_URI, "--secret-file", "f"], "", /: --secret-file: the accounts are given as arguments$/],
  ])("prints nothing for wrong use: %j (case %#)", async (words, stdin, message) => {
    expectWrongUse(await halfminute(["code", ...words], { stdin }), message);
  });
});

describe("halfminute code --next", () => {
  it("prints the codes of the next steps or counters too", async () => {
    for (const option of ["--next", "-w", "--window"]) {
      const { out } = await halfminute(["code", "-c0", option, "9"], { stdin: SECRET });
      expect(out).toMatch(/^755224\n287082\n359152\n(\d{6}\n){6}520489\n$/);
    }
    const { out } = await halfminute(["code", "--at", "@1234567870", "--next", "1"], { stdin: SECRET });
    expect(out.split("\n")[1]).toBe(CODE);
    expect((await halfminute(["code", "--next", "0", "--at", AT], { stdin: SECRET })).out).toBe(`${CODE}\n`);
  });

  it("steps by the period, and tells when each step begins", async () => {
    const words = ["code", "-s60s", "-N", "@0", "-w1", "--json"];
    const lines = (await halfminute(words, { stdin: SECRET })).out.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { counter: 0, startsAt: "1970-01-01T00:00:00.000Z", secondsRemaining: 60 },
      { counter: 1, startsAt: "1970-01-01T00:01:00.000Z", code: "287082" },
    ]);
    expect(lines[1]).not.toContain("secondsRemaining");
  });

  it("goes for several accounts too", async () => {
    const { out } = await halfminute(["code", "-w1"], { stdin: `${HOTP_URI}\n${HOTP_URI}` });
    expect(out).toBe("287082  Acme:alice\n359152  Acme:alice\n".repeat(2));
  });

  it.each([
    [["--next", "1001"], /--next must be an integer from 0 to 1000$/],
    [["--next", "x"], /--next must be a decimal integer/],
    [["--watch", "--next", "1"], /--next: --watch shows the present code/],
    [["--at", "@8640000000000", "--next", "1"], /--at must be a valid Date/],
  ])("is wrong use with %j", async (words, message) => {
    expectWrongUse(await halfminute(["code", ...words], { stdin: SECRET }), message);
  });
});

describe("the secret", () => {
  it("may be hexadecimal", async () => {
    for (const stdin of [HEX, HEX.replace(/..../g, "$& "), HEX.toLowerCase()]) {
      expect((await halfminute(["code", "--hex", "--at", AT], { stdin })).out).toBe(`${CODE}\n`);
    }
    expect((await halfminute(["verify", CODE, "--hex", "--at", AT], { stdin: HEX })).exitCode).toBe(0);
    const words = ["--hex", "--account", "alice", "--issuer", "Acme"];
    expect((await halfminute(["uri", ...words], { stdin: HEX })).out).toBe(`${TOTP_URI}\n`);
    expect((await halfminute(["code", "--steam", "--hex", "--at", AT], { stdin: HEX })).out).toBe("VHHQY\n");
  });

  it("may be said to be base32, as oathtool needs it", async () => {
    for (const stdin of [SECRET, TOTP_URI]) {
      expect((await halfminute(["code", "-bN", AT], { stdin })).out).toBe(`${CODE}\n`);
    }
  });

  it.each([
    [["--hex"], SECRET, /the secret must be hexadecimal: pairs of/],
    [["--hex"], HEX.slice(1), /the secret must be hexadecimal/],
    [[], HEX, /the secret must be base32: if it is hexadecimal, add --hex$/],
    [["-b"], HEX, /the secret must be base32: if it is hexadecimal/],
    [["--hex"], TOTP_URI, /--hex: the secret of a URI is base32/],
    [["--hex", "-b"], HEX, /: --base32 and --hex cannot be used together$/],
    [["--hex", "--steam", "--base64"], HEX, /: --hex and --base64 cannot be used together$/],
  ])("is not guessed: %j", async (words, stdin, message) => {
    expectWrongUse(await halfminute(["code", ...words], { stdin }), message);
  });

  it.each([
    [["uri", "--account", "a", "--new", "--hex"], /--new makes a secret/],
    [["qr", "--hex"], /--hex: a secret alone needs --account/],
  ])("is wrong use with %j", async (words, message) => {
    expectWrongUse(await halfminute(words, { stdin: HEX }), message);
  });
});

describe("halfminute verify --window", () => {
  it.each([
    [SECRET, ["--at", "@1234568190", "-w10"], 0],
    [SECRET, ["--at", "@1234568190", "-w9"], 1],
    [SECRET, ["--at", "@1234567590", "--window", "10"], 0],
    [SECRET, ["--at", "@1234567920", "-w0"], 1],
  ])("of a secret %s looks behind and ahead: %j", async (stdin, words, exitCode) => {
    expect((await halfminute(["verify", CODE, ...words], { stdin })).exitCode).toBe(exitCode);
  });

  it("looks only ahead for HOTP", async () => {
    expect((await halfminute(["verify", "520489", "-c0", "-w9"], { stdin: SECRET })).exitCode).toBe(0);
    expect((await halfminute(["verify", "755224", "-c1", "-w9"], { stdin: SECRET })).exitCode).toBe(1);
  });

  it.each([
    [["-w11"], /--window must be an integer from 0 to 10$/],
    [["-c0", "-w1001"], /--window must be an integer from 0 to 1000$/],
    [["-w1", "--look-ahead", "1"], /--look-ahead: --window sets it/],
    [["-w1", "--look-behind", "1"], /--look-behind: --window sets it/],
    [["-wx"], /--window must be a decimal integer/],
  ])("is wrong use with %j", async (words, message) => {
    expectWrongUse(await halfminute(["verify", CODE, ...words], { stdin: SECRET }), message);
  });
});

describe("the start of the time steps", () => {
  it.each(["100", "@100", "1970-01-01T00:01:40Z"])("may be %s", async (t0) => {
    for (const option of ["-S", "--t0", "--start-time"]) {
      expect((await halfminute(["code", option, t0, "--at", "@130"], { stdin: SECRET })).out).toBe("287082\n");
    }
  });

  it.each([
    ["1969-12-31", /--t0 must be a whole second, in 1970 or later/],
    ["1970-01-01T00:00:00.5Z", /--t0 must be a whole second/],
    ["1970-01-01T00:00", /--t0 has a time but no time zone/],
    ["now", /--t0 must be a decimal integer/],
  ])("may not be %s", async (t0, message) => {
    expectWrongUse(await halfminute(["code", "--t0", t0], { stdin: SECRET }), message);
  });
});
