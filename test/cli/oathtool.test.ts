// The options that oathtool has too, given to both programs.
import { execFileSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { isThere } from "../helpers/there.ts";
import { halfminute, SECRET } from "./world.ts";

const HEX = "3132333435363738393031323334353637383930";

function oathtool(...words: readonly string[]): { exitCode: number; out: string } {
  try {
    return { exitCode: 0, out: execFileSync("oathtool", words, { encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return { exitCode: status, out: stdout };
  }
}

describe.runIf(isThere("oathtool", () => execFileSync("oathtool", ["--version"])))("oathtool", () => {
  it.each([
    ["-b"],
    ["-b -d8"],
    ["-b -d 7"],
    ["-bd8"],
    ["-b -N @1234567890"],
    ["-b --now @1234567890"],
    ["-b -N 2009-02-13T23:31:30Z"],
    ["-b --digits=8 --time-step-size=60s"],
    ["-b -s 60 -S @100"],
    ["-b --start-time=@100 --window=5"],
    ["-b -w 10"],
  ])("makes the same TOTP codes with %s", async (options) => {
    const words = options.split(" ");
    const now = /now|-N/.test(options) ? [] : ["-N", "@2000000000"];
    const { out } = await halfminute(["code", ...words, ...now], { stdin: SECRET });
    expect(out).toBe(oathtool("--totp", ...words, ...now, SECRET).out);
    expect(out).toMatch(/^(\d{6,8}\n)+$/);
  });

  it("reads the same date", async () => {
    const words = ["-b", "-N", "2026-01-31 12:00:00 UTC"];
    expect((await halfminute(["code", ...words], { stdin: SECRET })).out).toBe(
      oathtool("--totp", ...words, SECRET).out,
    );
  });

  it.each(["SHA1", "SHA256", "SHA512"])("makes the same codes with %s", async (name) => {
    const words = ["-b", "-d8", "-N@1234567890"];
    const { out } = await halfminute(["code", ...words, "--algorithm", name], { stdin: SECRET });
    expect(out).toBe(oathtool(`--totp=${name}`, ...words, SECRET).out);
  });

  it.each([["-c 0"], ["-c 4294967296 -d 8"], ["--counter=7 -w 3"]])(
    "makes the same HOTP codes with %s",
    async (options) => {
      const words = options.split(" ");
      const expected = oathtool(...words, HEX).out;
      expect((await halfminute(["code", "--hex", ...words], { stdin: HEX })).out).toBe(expected);
      expect((await halfminute(["code", "-b", ...words], { stdin: SECRET })).out).toBe(expected);
    },
  );

  it.each([
    ["-N @1234567890 -w 0", 0],
    ["-N @1234567920 -w 0", 1],
    ["-N @1234567920 -w 1", 0],
    ["-N @1234567860 -w 1", 0],
    ["-N @1234567830 -w 1", 1],
    ["-N @1234568190 -w 10", 0],
  ])("accepts the same TOTP codes with %s", async (options, exitCode) => {
    const words = ["-b", ...options.split(" ")];
    expect(oathtool("--totp", ...words, SECRET, "005924").exitCode).toBe(exitCode * 2); // 2 is its code for "not found"
    expect((await halfminute(["verify", "005924", ...words], { stdin: SECRET })).exitCode).toBe(exitCode);
  });

  it.each([
    ["-c 0 -w 9", 0],
    ["-c 0 -w 8", 1],
  ])("accepts the same HOTP codes with %s", async (options, exitCode) => {
    const words = options.split(" ");
    expect(oathtool(...words, HEX, "520489").exitCode).toBe(exitCode * 2);
    expect((await halfminute(["verify", "520489", "--hex", ...words], { stdin: HEX })).exitCode).toBe(exitCode);
  });
});
