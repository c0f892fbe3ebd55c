import { describe, expect, it } from "vitest";

import { AT, CODE, expectWrongUse, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI } from "./world.ts";

const stdin = `${SECRET}\n`;
const at = ["--at", AT];

describe("halfminute verify", () => {
  it.each([
    [SECRET, [CODE, ...at], "ok, delta 0, counter 41152263"],
    [SECRET, ["005 924", ...at], "ok, delta 0, counter 41152263"],
    [SECRET, ["89005924", "--digits", "8", ...at], "ok, delta 0, counter 41152263"],
    [SECRET, [CODE, "--at", "@1234567920"], "ok, delta -1, counter 41152263"],
    [SECRET, [CODE, "--at", "@1234567889"], "ok, delta 1, counter 41152263"],
    [SECRET, [CODE, "--at", "@1234567920", "--look-ahead", "0"], "ok, delta -1, counter 41152263"],
    [SECRET, [CODE, "--at", "@1234567889", "--look-behind", "0"], "ok, delta 1, counter 41152263"],
    [SECRET, [CODE, "--at", "@1234568190", "--look-behind", "10"], "ok, delta -10, counter 41152263"],
    [SECRET, [CODE, "--after", "41152262", ...at], "ok, delta 0, counter 41152263"],
    [SECRET, ["755224", "--counter", "0"], "ok, delta 0, counter 0"],
    [SECRET, ["520489", "--counter", "0", "--look-ahead", "9"], "ok, delta 9, counter 9"],
    [TOTP_URI, [CODE, ...at], "ok, delta 0, counter 41152263"],
    [HOTP_URI, ["287082"], "ok, delta 0, counter 1"],
    [HOTP_URI, ["755224", "--counter", "0"], "ok, delta 0, counter 0"],
    [HOTP_URI, ["359152", "--look-ahead", "1"], "ok, delta 1, counter 2"],
    [STEAM_URI, ["vhh-qy", ...at], "ok, delta 0, counter 41152263"],
    [SECRET, ["VHHQY", "--steam", "--at", "@1234567920"], "ok, delta -1, counter 41152263"],
    ["CCW96tCiIRM9n6O9j6s=", ["C8CY5", "--steam", "--base64", "--at", "@210"], "ok, delta 0, counter 7"],
  ])("with the secret %s accepts %j", async (secret, words, line) => {
    const outcome = await halfminute(["verify", ...words], { stdin: secret });
    expect(outcome).toMatchObject({ exitCode: 0, out: `${line}\n`, error: "" });
  });

  it.each([
    [SECRET, ["005925", ...at]],
    [SECRET, ["5924", ...at]],
    [SECRET, ["", ...at]],
    [SECRET, ["no code", ...at]],
    [SECRET, ["٠٠٥٩٢٤", ...at]],
    [SECRET, ["89005924", ...at]],
    [SECRET, [CODE, "--at", "@1234567920", "--look-behind", "0"]],
    [SECRET, [CODE, "--at", "@1234567889", "--look-ahead", "0"]],
    [SECRET, [CODE, "--after", "41152263", ...at]],
    [SECRET, ["287082", "--counter", "0"]],
    [SECRET, ["755224", "--counter", "1", "--look-ahead", "1000"]],
    [HOTP_URI, ["755224"]],
    [STEAM_URI, ["VHHQX", ...at]],
    [STEAM_URI, [CODE, ...at]],
    [STEAM_URI, ["VHHQY", "--after", "41152263", ...at]],
  ])("with the secret %s refuses %j, which is not an error", async (secret, words) => {
    const outcome = await halfminute(["verify", ...words], { stdin: secret });
    expect(outcome).toMatchObject({ exitCode: 1, out: "refused\n", error: "" });
  });

  it("refuses a code of a megabyte like any other", async () => {
    const outcome = await halfminute(["verify", "0".repeat(1_000_000), ...at], { stdin });
    expect(outcome).toMatchObject({ exitCode: 1, out: "refused\n", error: "" });
  });

  it("has the same fields for both answers with --json", async () => {
    const right = await halfminute(["verify", "--json", CODE, "--at", "@1234567920"], { stdin });
    expect(right.exitCode).toBe(0);
    expect(JSON.parse(right.out)).toEqual({ accepted: true, type: "totp", counter: 41152263, delta: -1 });
    const wrong = await halfminute(["verify", "--json", "755224", "--counter", "1"], { stdin });
    expect(wrong.exitCode).toBe(1);
    expect(JSON.parse(wrong.out)).toEqual({ accepted: false, type: "hotp", counter: null, delta: null });
  });

  it.each([
    [SECRET, [], /CODE is missing/],
    [SECRET, [CODE, SECRET, SECRET], /argument 4 is one too many/],
    [SECRET, [CODE, "--look-ahead", "11"], /--look-ahead must be an integer from 0 to 10$/],
    [SECRET, [CODE, "--look-behind", "11"], /--look-behind must be an integer from 0 to 10$/],
    [SECRET, [CODE, "--look-behind=-1"], /--look-behind must be a decimal integer/],
    [SECRET, [CODE, "--counter", "0", "--look-ahead", "1001"], /--look-ahead must be an integer from 0 to 1000$/],
    [SECRET, [CODE, "--counter", "0", "--look-behind", "1"], /--look-behind: HOTP looks only ahead/],
    [SECRET, [CODE, "--counter", "0", "--after", "1"], /--after: for HOTP, set the next counter/],
    [HOTP_URI, [CODE, "--after", "1"], /--after: for HOTP, set the next counter/],
    [SECRET, [CODE, "--after", ""], /--after must be a decimal integer/],
    [SECRET, [CODE, "--after", "null"], /--after must be a decimal integer/],
    [TOTP_URI, [CODE, "--digits", "8"], /--digits contradicts the URI/],
    [STEAM_URI, ["VHHQY", "--digits", "6"], /--digits: the URI is of a Steam account/],
    [STEAM_URI, ["VHHQY", "--counter", "6"], /--counter: the URI is of a Steam account/],
    ["MFRGGZDFMZTWQ2I", [CODE], /secret must have 10 or more bytes/],
    [CODE, [SECRET], /the secret must be base32: /], // the wrong way round
    ["23456723", [SECRET], /secret must have 10 or more bytes/],
  ])("with the secret %s takes %j for wrong use", async (secret, words, message) => {
    expectWrongUse(await halfminute(["verify", ...words], { stdin: secret }), message);
  });

  it("tells of a wrong option before it waits for a secret", async () => {
    for (const words of [[], [CODE, "--after", "x"], [CODE, "--look-ahead", "x"], [CODE, "--digits", "x"]]) {
      expect((await halfminute(["verify", ...words], { stdin })).stdinReads).toBe(0);
    }
  });
});

it("says that the code comes first", async () => {
  for (const code of [CODE, "89005924"]) {
    expectWrongUse(await halfminute(["verify", SECRET, code]), "CODE comes first, then the secret");
  }
});
