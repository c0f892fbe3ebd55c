import { describe, expect, it } from "vitest";

import { buildMigrationUris } from "../../src/migration/index.ts";
import { expectWrongUse, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI } from "./world.ts";

const [EXPORT = ""] = buildMigrationUris([{ secret: SECRET, accountName: "a" }], { batchId: 1 });

describe("halfminute inspect", () => {
  it.each([
    [
      TOTP_URI,
      [
        "type totp",
        "issuer Acme",
        "account alice",
        "secret 20 bytes, not shown",
        "algorithm SHA-1",
        "digits 6",
        "period 30",
      ],
    ],
    [
      `${HOTP_URI}&algorithm=SHA512&digits=8`,
      [
        "type hotp",
        "issuer Acme",
        "account alice",
        "secret 20 bytes, not shown",
        "algorithm SHA-512",
        "digits 8",
        "counter 1",
      ],
    ],
    [
      STEAM_URI.replace("Steam:", "").replace("&issuer=Steam", ""),
      [
        "type steam",
        "issuer none",
        "account alice",
        "secret 20 bytes, not shown",
        "algorithm SHA-1",
        "digits 5",
        "period 30",
      ],
    ],
  ])("%s", async (stdin, lines) => {
    const { exitCode, out, error } = await halfminute(["inspect"], { stdin });
    expect([exitCode, error]).toEqual([0, ""]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => line.replace(/ {2,}/, " ")),
    ).toEqual(lines);
  });

  it("--json has no secret, and with --show-secret it has", async () => {
    const parameters = { algorithm: "SHA-1", digits: 6, period: 30 };
    const account = { type: "totp", issuer: "Acme", accountName: "alice", secretBytes: 20, parameters };
    const { out } = await halfminute(["inspect", "--json"], { stdin: TOTP_URI });
    expect(JSON.parse(out)).toEqual({ ...account, secret: null });
    const { out: shown } = await halfminute(["inspect", "--json", "--show-secret"], { stdin: TOTP_URI });
    expect(JSON.parse(shown)).toEqual({ ...account, secret: SECRET });
    const { out: hotp } = await halfminute(["inspect", "--json"], {
      stdin: HOTP_URI.replace("Acme:", "").replace("&issuer=Acme", ""),
    });
    expect(JSON.parse(hotp)).toMatchObject({ issuer: null, counter: 1, parameters: { algorithm: "SHA-1", digits: 6 } });
    expect((await halfminute(["inspect", "--show-secret"], { stdin: TOTP_URI })).out).toContain(
      `20 bytes, ${SECRET}\n`,
    );
  });

  it("a name cannot move the cursor", async () => {
    const { out } = await halfminute(["inspect"], {
      stdin: `otpauth://totp/a%1B%5B2J%0Ab:c%E2%80%AE?secret=${SECRET}`,
    });
    expect(out).toContain("a\ufffd[2J\ufffdb\n");
    expect(out).toContain("c\ufffd\n");
  });

  it("has the sources of every command", async () => {
    expect((await halfminute(["inspect"], { env: { HALFMINUTE_SECRET: TOTP_URI } })).exitCode).toBe(0);
    expect((await halfminute(["inspect", "--secret-file", "f"], { files: { f: TOTP_URI } })).exitCode).toBe(0);
    expect((await halfminute(["inspect", TOTP_URI])).error).toContain("warning");
    expect((await halfminute(["inspect"], { stdinKind: "terminal", typed: TOTP_URI })).exitCode).toBe(0);
  });

  it.each([
    [SECRET, /inspect takes an otpauth URI/],
    [EXPORT, /this is an export; give it to halfminute import/],
    ["https://example.com", /URI must be otpauth:/],
  ])("%s", async (stdin, wrong) => {
    expectWrongUse(await halfminute(["inspect"], { stdin }), wrong);
  });
});
