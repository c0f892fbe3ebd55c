import { describe, expect, it } from "vitest";

import { decodeBase32 } from "../../src/core/base32.ts";
import { expectWrongUse, halfminute } from "./world.ts";

describe("halfminute secret", () => {
  it.each([
    [[], 20],
    [["--algorithm", "SHA-1"], 20],
    [["--algorithm", "sha256"], 32],
    [["--algorithm=SHA512"], 64],
    [["--bytes", "16"], 16],
    [["--bytes", "1024"], 1024],
    [["--algorithm", "SHA-512", "--bytes", "20"], 20],
  ])("with %j prints %i bytes and nothing else", async (words, length) => {
    const { exitCode, out, error } = await halfminute(["secret", ...words]);
    expect([exitCode, error]).toEqual([0, ""]);
    expect(out).toMatch(/^[A-Z2-7]+\n$/);
    expect(decodeBase32(out.trim()).length).toBe(length);
  });

  it("prints another one each time", async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => halfminute(["secret"])));
    expect(new Set(secrets.map(({ out }) => out)).size).toBe(20);
  });

  it("tells the length with --json", async () => {
    const { exitCode, out } = await halfminute(["secret", "--bytes", "17", "--json"]);
    const { secret, ...rest } = JSON.parse(out) as { secret: string };
    expect(exitCode).toBe(0);
    expect(rest).toEqual({ byteLength: 17 });
    expect(decodeBase32(secret).length).toBe(17);
  });

  it("reads no secret", async () => {
    expect((await halfminute(["secret"], { stdin: "x" })).stdinReads).toBe(0);
  });

  it.each([
    [["--bytes", "15"], /--bytes must be an integer from 16 to 1024/],
    [["--bytes", "1025"], /--bytes must be an integer from 16 to 1024/],
    [["--bytes", "0x20"], /--bytes must be a decimal integer/],
    [["--algorithm", "MD5"], /--algorithm must be SHA-1, SHA-256 or SHA-512/],
    [["--digits", "6"], /--digits is not an option of secret/],
    [["more"], /argument 2 is one too many/],
  ])("with %j is wrong use", async (words, message) => {
    expectWrongUse(await halfminute(["secret", ...words]), message);
  });

  it("tells of a runtime without random numbers in one line", async () => {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, "crypto");
    Object.defineProperty(globalThis, "crypto", { value: undefined, configurable: true });
    try {
      expectWrongUse(await halfminute(["secret"]), /no crypto.getRandomValues/);
    } finally {
      Object.defineProperty(globalThis, "crypto", descriptor ?? {});
    }
  });
});
