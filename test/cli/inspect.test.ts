import { describe, expect, it } from "vitest";

import { buildMigrationUris } from "../../src/migration/index.ts";
import { qrPng } from "../../src/qr/index.ts";
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
  ])("shows what is in %s", async (stdin, lines) => {
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

  it("lets a name not move the cursor", async () => {
    const { out } = await halfminute(["inspect"], {
      stdin: `otpauth://totp/a%1B%5B2J%0Ab:c%E2%80%AE%C2%AD?secret=${SECRET}`,
    });
    expect(out).toContain("a[2Jb\n");
    expect(out).toContain("c\ufffd\n");
  });

  it("takes the sources of every command", async () => {
    expect((await halfminute(["inspect"], { env: { HALFMINUTE_SECRET: TOTP_URI } })).exitCode).toBe(0);
    expect((await halfminute(["inspect", "--secret-file", "f"], { files: { f: TOTP_URI } })).exitCode).toBe(0);
    expect((await halfminute(["inspect", TOTP_URI])).error).toContain("warning");
    expect((await halfminute(["inspect"], { stdinKind: "terminal", typed: TOTP_URI })).exitCode).toBe(0);
  });

  it("shows each URI of a list, and tells which lines are not URIs without repeating them", async () => {
    const stdin = `${TOTP_URI}\n\n# a comment\n${SECRET}\notpauth://totp/a?secret=${SECRET}1\n${EXPORT}\n${HOTP_URI}\n`;
    const files = { list: stdin, picture: await qrPng(STEAM_URI) };
    const { exitCode, out, error } = await halfminute(["inspect", "list", "none", "picture"], { files });
    expect(exitCode).toBe(1);
    expect(out.split("\n\n").map((account) => account.slice(0, 15))).toEqual([
      "type       totp",
      "type       hotp",
      "type       stea",
    ]);
    expect(error.split("\n")).toEqual([
      "halfminute: input 2 cannot be read (ENOENT: no such file)",
      "halfminute: line 4 of input 1 (list): this is not an otpauth URI",
      "halfminute: line 5 of input 1 (list): the secret must be base32: letter 33 is not base32",
      "halfminute: line 6 of input 1 (list): this is an export; use halfminute import --table",
      "",
    ]);
    const { out: json } = await halfminute(["inspect", "--json"], { stdin });
    expect(
      json
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(["totp", "hotp"]);
  });

  it("shows what names mean, and that there is none where it is missing", async () => {
    const uris = [
      `otpauth://totp/Contoso%3Ame?secret=${SECRET}&issuer=Microsoft&image=https%3A%2F%2Fa.example%2Fa.png`,
      `otpauth://totp/?secret=${SECRET}`,
    ];
    const { out } = await halfminute(["inspect", "--json"], { stdin: uris.join("\n") });
    const image = "https://a.example/a.png";
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      expect.objectContaining({ issuer: "Microsoft", accountName: "me", prefix: "Contoso", image }),
      expect.objectContaining({ issuer: null, accountName: "" }),
    ]);
    const { out: text } = await halfminute(["inspect"], { stdin: uris.join("\n") });
    expect(text).toMatch(
      /^issuer {5}Microsoft\naccount {4}me\nprefix {5}Contoso\nimage {6}https:\/\/a.example\/a.png$/m,
    );
    expect(text).toMatch(/^issuer {5}none\naccount {4}none$/m);
  });

  it("takes only one kind of source at a time", async () => {
    expectWrongUse(
      await halfminute(["inspect", "--secret-file", "f", "g"]),
      /--secret-file and INPUT cannot be used together/,
    );
  });

  it.each([
    [SECRET, /this is not an otpauth URI/],
    [EXPORT, /this is an export; use halfminute import/],
    ["https://example.com", /this is not an otpauth URI/],
    [`# ${TOTP_URI}\n`, /standard input has no URI$/],
  ])("refuses %s", async (stdin, wrong) => {
    expectWrongUse(await halfminute(["inspect"], { stdin }), wrong);
  });
});
