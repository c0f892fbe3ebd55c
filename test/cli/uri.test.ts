import { describe, expect, it } from "vitest";

import { decodeBase32 } from "../../src/core/base32.ts";
import { parseOtpauthUri } from "../../src/otpauth/parse.ts";
import { expectWrongUse, halfminute, SECRET, TOTP_URI } from "./world.ts";

const stdin = `${SECRET}\n`;

describe("halfminute uri", () => {
  it.each([
    [["--account", "alice"], `otpauth://totp/alice?secret=${SECRET}`],
    [
      ["--account", "a@b.c", "--issuer", "Acme Co"],
      `otpauth://totp/Acme%20Co:a%40b.c?secret=${SECRET}&issuer=Acme%20Co`,
    ],
    [
      ["--account", "a", "--algorithm", "sha-512", "--digits", "8", "--period", "60"],
      `otpauth://totp/a?secret=${SECRET}&algorithm=SHA512&digits=8&period=60`,
    ],
    [["--account", "a", "--algorithm", "SHA1", "--digits", "6", "--period", "30"], `otpauth://totp/a?secret=${SECRET}`],
    [["--account", "a", "--type", "hotp"], `otpauth://hotp/a?secret=${SECRET}&counter=0`],
    [["--account", "a", "--type", "hotp", "--counter", "7"], `otpauth://hotp/a?secret=${SECRET}&counter=7`],
    [["--account", "a", "--type", "steam"], `otpauth://steam/a?secret=${SECRET}&encoder=steam`],
    [["--account", "a", "--scheme", "apple-otpauth"], `apple-otpauth://totp/a?secret=${SECRET}`],
    [["--account=-a"], `otpauth://totp/-a?secret=${SECRET}`],
  ])("writes the URI that %j asks for", async (words, uri) => {
    expect(await halfminute(["uri", ...words], { stdin })).toMatchObject({ exitCode: 0, out: `${uri}\n`, error: "" });
  });

  it("writes a secret as apps want it", async () => {
    const { out } = await halfminute(["uri", "--account", "a"], { stdin: "gezd gnbv-gy3t qojq\r\n" });
    expect(out).toBe("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ\n");
  });

  it("tells the account too with --json", async () => {
    const { out } = await halfminute(["uri", "--account", "alice", "--issuer", "Acme", "--json"], { stdin });
    expect(JSON.parse(out)).toEqual({
      uri: TOTP_URI,
      account: {
        type: "totp",
        secret: SECRET,
        issuer: "Acme",
        accountName: "alice",
        parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
      },
    });
  });

  it.each([
    ["SHA-1", 20],
    ["SHA-256", 32],
    ["SHA-512", 64],
  ])("makes a secret with --new for %s and reads none", async (algorithm, length) => {
    const words = ["uri", "--new", "--account", "a", "--algorithm", algorithm];
    const outcomes = [
      await halfminute(words, { stdin }),
      await halfminute(words, { env: { HALFMINUTE_SECRET: SECRET } }),
      await halfminute(words, { stdinKind: "terminal" }),
    ];
    for (const { exitCode, out, error, stdinReads } of outcomes) {
      expect([exitCode, error, stdinReads]).toEqual([0, "", 0]);
      expect(decodeBase32(parseOtpauthUri(out.trim()).secret).length).toBe(length);
    }
    expect(new Set([SECRET, ...outcomes.map(({ out }) => parseOtpauthUri(out.trim()).secret)]).size).toBe(4);
  });

  it.each([
    [[], /--account is needed: the name of the account/],
    [["--account", ""], /--account must be non-blank text without colons and control characters/],
    [["--account", "a:b"], /--account must be non-blank text/],
    [["--account", "a", "--issuer", "A:B"], /--issuer must be non-blank text/],
    [["--account", "a", "--issuer", "\ud800"], /--issuer must be non-blank text/],
    [["--account", "a", "--type", "TOTP"], /--type must be one of totp, hotp, steam/],
    [["--account", "a", "--scheme", "https"], /--scheme must be one of otpauth, apple-otpauth/],
    [["--account", "a", "--counter", "1"], /--counter: only --type hotp has a counter/],
    [["--account", "a", "--type", "steam", "--counter", "1"], /--counter: only --type hotp has a counter/],
    [["--account", "a", "--type", "hotp", "--period", "30"], /--period: --type hotp has no period/],
    [["--account", "a", "--type", "steam", "--digits", "6"], /--digits: --type steam has fixed parameters/],
    [["--account", "a", "--digits", "9"], /--digits must be an integer from 6 to 8/],
    [["--account", "a", "--period", "0"], /--period must be an integer from 1 to 86400/],
    [["--account", "a", "--new", SECRET], /--new makes a secret/],
    [["--account", "a", "--new", "-"], /--new makes a secret/],
    [["--account", "a", "--new", "--secret-file", "f"], /--new makes a secret/],
    [["--account", "a", SECRET, SECRET], /argument 5 is one too many/],
  ])("with %j is wrong use", async (words, message) => {
    expectWrongUse(await halfminute(["uri", ...words], { stdin }), message);
  });

  it("tells what is wrong before it asks for a secret", async () => {
    for (const words of [[], ["--account", "a", "--type", "x"], ["--account", "a", "--scheme", "x"]]) {
      expect((await halfminute(["uri", ...words], { stdin })).stdinReads).toBe(0);
    }
  });

  it("does not take a URI for a secret", async () => {
    expectWrongUse(await halfminute(["uri", "--account", "a"], { stdin: TOTP_URI }), /the secret must be base32: /);
  });
});
