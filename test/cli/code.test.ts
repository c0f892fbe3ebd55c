import { afterEach, describe, expect, it, vi } from "vitest";

import { AT, CODE, COUNTER, expectWrongUse, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI } from "./world.ts";

const stdin = `${SECRET}\n`;
const SECRET_64 = `${"GEZDGNBVGY3TQOJQ".repeat(6)}GEZDGNA`; // RFC 6238's 64 bytes

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("halfminute code", () => {
  it.each([
    [SECRET, ["--at", AT], CODE],
    [SECRET, ["--at", "2009-02-13T23:31:30Z"], CODE],
    [SECRET, ["--at", AT, "--digits", "8"], "89005924"],
    [SECRET, ["--at", AT, "--digits", "7"], "9005924"],
    [SECRET_64, ["--at", AT, "--digits", "8", "--algorithm", "SHA-512"], "93441116"],
    [SECRET, ["--at", "@60", "--period", "60"], "287082"],
    [SECRET, ["--at", "@160", "--t0", "100", "--period", "60"], "287082"],
    [SECRET, ["--counter", "0"], "755224"],
    [SECRET, ["--counter", "0009"], "520489"],
    [SECRET, ["--counter", "9007199254740991", "--digits", "8"], "41891307"],
    ["gezd gnbv gy3t-qojq gezd gnbv gy3t-qojq", ["--counter", "1"], "287082"],
    ["MY======", ["--counter", "0"], "531249"], // one byte: an authenticator has no choice
    [TOTP_URI, ["--at", AT], CODE],
    [`${TOTP_URI}&digits=8`, ["--at", AT], "89005924"],
    [`${TOTP_URI}&digits=8`, ["--at", AT, "--digits", "8", "--algorithm", "sha1", "--period", "30"], "89005924"],
    [`${TOTP_URI}&period=60`, ["--at", "@60"], "287082"],
    [TOTP_URI, ["--at", "@130", "--t0", "100"], "287082"],
    [HOTP_URI, [], "287082"],
    [HOTP_URI, ["--counter", "0"], "755224"],
    [`apple-${TOTP_URI}`, ["--at", AT], CODE],
    ["BASE32SECRET3232", ["--steam", "--at", "@60"], "M4HQB"],
    ["CCW96tCiIRM9n6O9j6s=", ["--steam", "--base64", "--at", "@210"], "C8CY5"],
    ["otpauth://steam/a?secret=BASE32SECRET3232", ["--at", "@60"], "M4HQB"],
    ["otpauth://totp/a?secret=BASE32SECRET3232&encoder=steam&digits=8", ["--at", "@60", "--steam"], "M4HQB"],
  ])("is right for %s %j", async (secret, words, code) => {
    const outcome = await halfminute(["code", ...words], { stdin: secret });
    expect(outcome).toMatchObject({ exitCode: 0, out: `${code}\n`, error: "" });
  });

  it("tells the time step of TOTP with --json", async () => {
    const { out } = await halfminute(["code", "--at", "@1234567899", "--json"], { stdin });
    expect(JSON.parse(out)).toEqual({
      type: "totp",
      code: CODE,
      counter: COUNTER,
      startsAt: "2009-02-13T23:31:30.000Z",
      endsAt: "2009-02-13T23:32:00.000Z",
      secondsRemaining: 21,
    });
    expect(out.split("\n").length).toBe(2);
  });

  it("tells the counter of HOTP with --json", async () => {
    const { out } = await halfminute(["code", "--json"], { stdin: HOTP_URI });
    expect(JSON.parse(out)).toEqual({ type: "hotp", code: "287082", counter: 1 });
  });

  it("tells the end of the last time step of all with --json", async () => {
    const { exitCode, out } = await halfminute(["code", "--json", "--at", "@8640000000000"], { stdin });
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ counter: 288000000000, endsAt: "+275760-09-13T00:00:00.000Z" });
  });

  it("without --at takes the moment when the secret has come, not when it was asked for", async () => {
    vi.useFakeTimers({ now: 0, toFake: ["Date"] });
    const readStdin = (): Promise<Uint8Array> => {
      vi.setSystemTime(1234567890_000);
      return Promise.resolve(new TextEncoder().encode(stdin));
    };
    const { out } = await halfminute(["code", "--json"], { stdin, io: { readStdin } });
    expect(JSON.parse(out)).toMatchObject({ code: CODE, secondsRemaining: 30 });
  });

  it("tells what is true at one moment, even if the clock goes on meanwhile", async () => {
    vi.useFakeTimers({ now: 1234567919_999, toFake: ["Date"] });
    const sign = crypto.subtle.sign.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, "sign").mockImplementation((...parameters) => {
      vi.setSystemTime(1234567920_001);
      return sign(...parameters);
    });
    const { out } = await halfminute(["code", "--json"], { stdin });
    expect(JSON.parse(out)).toMatchObject({ code: CODE, counter: COUNTER, secondsRemaining: 1 });
  });

  it.each([
    [SECRET, ["--counter", "1", "--at", AT], /--at: --counter makes it HOTP/],
    [SECRET, ["--counter", "1", "--period", "30"], /--period: --counter makes it HOTP/],
    [SECRET, ["--counter", "1", "--t0", "0"], /--t0: --counter makes it HOTP/],
    [SECRET, ["--digits", "5"], /--digits must be an integer from 6 to 8/],
    [SECRET, ["--period", "86401"], /--period must be an integer from 1 to 86400/],
    [SECRET, ["--at", "@5", "--t0", "6"], /--at must be a valid Date, not before --t0/],
    [SECRET, ["--t0", "9007199254740992"], /--t0 must be a decimal integer from 0 to 9007199254740991/],
    [TOTP_URI, ["--digits", "8"], /--digits contradicts the URI/],
    [TOTP_URI, ["--algorithm", "SHA-256"], /--algorithm contradicts the URI/],
    [TOTP_URI, ["--period", "60"], /--period contradicts the URI/],
    [TOTP_URI, ["--counter", "1"], /--counter: the URI is of type totp/],
    [HOTP_URI, ["--digits", "8"], /--digits contradicts the URI/],
    [HOTP_URI, ["--at", AT], /--at: the URI is of type hotp/],
    [HOTP_URI, ["--period", "30"], /--period: the URI is of type hotp/],
    [HOTP_URI, ["--t0", "0"], /--t0: the URI is of type hotp/],
    [STEAM_URI, ["--digits", "6"], /--digits: the URI is of a Steam account/],
    [STEAM_URI, ["--counter", "6"], /--counter: the URI is of a Steam account/],
    [STEAM_URI, ["--base64"], /--base64: only a Steam secret can be base64/],
    [STEAM_URI, ["--steam", "--base64"], /--base64: the secret of a URI is base32/],
    [TOTP_URI, ["--steam"], /--steam: the URI is of type totp/],
    [HOTP_URI, ["--steam"], /--steam: the URI is of type hotp/],
    [SECRET, ["--base64"], /--base64: only a Steam secret can be base64; add --steam/],
    [SECRET, ["--steam", "--digits", "6"], /--digits: a Steam account has fixed parameters/],
    [SECRET, ["--steam", "--period", "30"], /--period: a Steam account has/],
    [SECRET, ["--steam", "--t0", "0"], /--t0: a Steam account has/],
    [SECRET, ["--steam", "--algorithm", "SHA-1"], /--algorithm: a Steam account has/],
    [SECRET, ["--steam", "--counter", "1"], /--counter: a Steam account has/],
    ["GEZDGNBV1", ["--steam"], /the secret must be base32: /],
    ["GEZD-NBV", ["--steam", "--base64"], /the secret must be standard base64/],
    [`${TOTP_URI}&secret=${SECRET}`, [], /URI has secret twice/],
    ["otpauth-migration://offline?data=GEZDGNBV", [], /this is an export; use halfminute import/],
    [`https://example.com/?secret=${SECRET}`, [], /URI must be otpauth:/],
    ["GEZDGNBV1", [], /the secret must be base32: /],
    ["====", [], /secret must have 1 or more bytes/],
    ["12345678901234567890", [], /the secret must be base32: /],
  ])("refuses wrong use: %s %j", async (secret, words, message) => {
    expectWrongUse(await halfminute(["code", ...words], { stdin: secret }), message);
  });

  it("tells of a wrong option before it waits for a secret", async () => {
    for (const words of [
      ["--digits", "x"],
      ["--at", "x"],
      ["--counter", "x"],
      ["--algorithm", "x"],
    ]) {
      expect((await halfminute(["code", ...words], { stdin })).stdinReads).toBe(0);
    }
  });

  it("tells of a runtime without crypto.subtle in one line", async () => {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, "crypto");
    Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
    try {
      expectWrongUse(await halfminute(["code"], { stdin }), /no crypto.subtle/);
    } finally {
      Object.defineProperty(globalThis, "crypto", descriptor ?? {});
    }
  });
});
