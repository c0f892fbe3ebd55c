// `halfminute import` and `halfminute export`.
import { describe, expect, it } from "vitest";

import { assembleMigration, buildMigrationUris } from "../../src/migration/index.ts";
import { exportUri, message, uriOf } from "../helpers/exports.ts";
import { expectWrongUse, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI } from "./world.ts";

const ALICE = { secret: SECRET, issuer: "Acme", accountName: "alice" };
const BOB = { secret: SECRET, accountName: "bob" };
const BOB_URI = `otpauth://totp/bob?secret=${SECRET}`;
const HOTP = { ...ALICE, type: "hotp" as const, counter: 1 };
const [EXPORT = ""] = buildMigrationUris([ALICE, BOB, HOTP], { batchId: 1 });
const [FIRST = "", SECOND = ""] = buildMigrationUris([ALICE, BOB], { batchId: 1, maxBytes: 130 });
const OTHER = "MFRGGZDFMZTWQ2LK";
const THIRD = "JBSWY3DPEHPK3PXP";
const ALL = `${TOTP_URI}\n${BOB_URI}\n${HOTP_URI}\n`;
const WARNING =
  "halfminute: warning: as an argument the secret is visible to other users and kept in the shell's history\n";

describe("halfminute import", () => {
  it("prints otpauth URIs, from wherever the export comes", async () => {
    const files = { "an export": `\r\n ${EXPORT} \r\n\n` };
    const outcomes = [
      await halfminute(["import"], { stdin: EXPORT }),
      await halfminute(["import", "-"], { stdin: `\ufeff${EXPORT}\n` }),
      await halfminute(["import", "an export"], { files }),
      await halfminute(["import", EXPORT]),
      await halfminute(["import"], { stdinKind: "terminal", typed: EXPORT }),
      await halfminute(["import", "--uris"], { stdin: EXPORT, isShown: true }),
    ];
    for (const { exitCode, out } of outcomes) expect([exitCode, out]).toEqual([0, ALL]);
    expect(outcomes.map(({ error }) => error)).toEqual(["", "", "", WARNING, "otpauth-migration URI: \n", ""]);
  });

  it("puts the parts of a batch together, in any order and from several places", async () => {
    const both = `${TOTP_URI}\n${BOB_URI}\n`;
    expect((await halfminute(["import"], { stdin: `${SECOND}\n${FIRST}\n${SECOND}` })).out).toBe(both);
    const files = { a: SECOND };
    expect((await halfminute(["import", "a", "-"], { files, stdin: FIRST })).out).toBe(both);
    expect((await halfminute(["import", SECOND, FIRST])).error).toBe(WARNING);
  });

  it("tells which parts are missing", async () => {
    expect(await halfminute(["import"], { stdin: SECOND })).toMatchObject({
      exitCode: 1,
      out: `${BOB_URI}\n`,
      error: "halfminute: QR code 1 of 2 is missing\n",
    });
  });

  it("tells which accounts cannot be used, and why", async () => {
    const entry = (name: string, algorithm: number): readonly [number, Uint8Array] => [
      1,
      message([1, "12345678901234567890"], [2, name], [4, algorithm], [6, 2]),
    ];
    const stdin = exportUri(message(entry("bob", 1), entry("Acme:\u001b[2Jcarol", 4), entry("", 4)));
    expect(await halfminute(["import"], { stdin })).toMatchObject({
      exitCode: 1,
      out: `${BOB_URI}\n`,
      error:
        "halfminute: line 1 of standard input: account 2 (Acme, [2Jcarol) is left out: its algorithm is MD5 or unknown\n" +
        "halfminute: line 1 of standard input: account 3 (no name) is left out: its algorithm is MD5 or unknown\n",
    });
    expect(await halfminute(["import"], { stdin: uriOf({ 4: 4 }) })).toMatchObject({ exitCode: 1, out: "" });
  });

  it("prints a table without the secrets on a terminal, or if asked for", async () => {
    const outcomes = [
      await halfminute(["import"], { stdin: EXPORT, isShown: true }),
      await halfminute(["import", "--table"], { stdin: EXPORT }),
    ];
    for (const { exitCode, out } of outcomes) {
      expect(exitCode).toBe(0);
      expect(out.split("\n")).toEqual([
        "issuer  account  type  algorithm  digits  moves by   secret",
        "Acme    alice    totp  SHA-1      6       30 s       20 bytes",
        "        bob      totp  SHA-1      6       30 s       20 bytes",
        "Acme    alice    hotp  SHA-1      6       counter 1  20 bytes",
        "",
      ]);
    }
  });

  it("lets a name not move the cursor", async () => {
    const stdin = uriOf({ 2: "\u001b[2J\u0007\u202ealice\u00ad\n" });
    const { out } = await halfminute(["import", "--table"], { stdin });
    expect(out.split("\n").length).toBe(3);
    expect(out).toContain("[2Jalice\ufffd");
  });

  it("lets a name not move the cursor in JSON either, where it stays what it is", async () => {
    const accountName = "a\u00ad\u061c\u200e\ufeff\u{e0041}\u{1d173}é😀";
    const { out } = await halfminute(["import", "--json"], { stdin: uriOf({ 2: accountName }) });
    expect(out.replace(/[ -~]/g, "")).toBe("é😀\n");
    expect(out).toContain("a\\u00ad");
    expect(JSON.parse(out)).toMatchObject({ accounts: [{ accountName }] });
  });

  it("prints everything with --json", async () => {
    for (const isShown of [true, false]) {
      const { out } = await halfminute(["import", "--json"], { stdin: SECOND, isShown });
      const { accounts, ...rest } = assembleMigration([SECOND]);
      expect(JSON.parse(out)).toEqual({ accounts, exports: [rest], unread: [] });
    }
    const { out } = await halfminute(["import", "--json"], { stdin: `nothing\n${uriOf({ 4: 4 })}` });
    expect(JSON.parse(out)).toMatchObject({
      accounts: [],
      exports: [{ refused: [{ part: 0, index: 0, accountName: "alice" }] }],
      unread: ["line 1 of standard input: URI must be otpauth-migration:, otpauth: or steam:"],
    });
  });

  it("takes accounts that are not part of an export, and prints them last", async () => {
    const { exitCode, out } = await halfminute(["import"], { stdin: `${STEAM_URI}\n${EXPORT}\n${TOTP_URI}&period=60` });
    expect([exitCode, out]).toEqual([0, `${ALL}${STEAM_URI}&encoder=steam\n${TOTP_URI}&period=60\n`]);
  });

  it("does not lose an account for a second colon", async () => {
    const { exitCode, out, error } = await halfminute(["import"], { stdin: uriOf({ 2: "Acme:a:b" }) });
    expect([exitCode, out]).toEqual([0, `otpauth://totp/Acme:a-b?secret=${SECRET}&issuer=Acme\n`]);
    expect(error).toBe("halfminute: a colon in the name of an account is written as a hyphen: Acme, a:b\n");
    for (const form of ["--json", "--table"]) {
      const kept = await halfminute(["import", form], { stdin: uriOf({ 2: "Acme:a:b" }) });
      expect([kept.error, kept.out.includes("a:b")]).toEqual(["", true]);
    }
  });

  it("loses nothing else for one bad line, file or URI, and tells of it without repeating it", async () => {
    const bad = [
      `# ${SECRET}`,
      SECRET,
      `otpauth://totp/a?secret=${SECRET}1`,
      `otpauth://totp/a?secret=${SECRET}&digits=9`,
      `otpauth-migration://offline?data=${SECRET}=`,
    ];
    const files = { list: `\n${TOTP_URI}\r\n${bad.join("\n")}\n${BOB_URI}`, empty: "\n" };
    const outcome = await halfminute(["import", "none", "list", "empty", "-"], { files, stdin: HOTP_URI });
    expect(outcome).toMatchObject({ exitCode: 1, out: ALL });
    expect(outcome.error.split("\n")).toEqual([
      "halfminute: input 1 cannot be read (ENOENT: no such file)",
      "halfminute: input 3 (empty) has no URI",
      "halfminute: line 4 of input 2 (list): URI must be otpauth-migration:, otpauth: or steam:",
      "halfminute: line 5 of input 2 (list): the secret must be base32: letter 33 is not base32",
      "halfminute: line 6 of input 2 (list): URI digits must be an integer from 6 to 8",
      "halfminute: line 7 of input 2 (list): URI data must be standard base64",
      "",
    ]);
    for (const form of ["--json", "--table"]) {
      expect((await halfminute(["import", form, "none", "list"], { files })).exitCode).toBe(1);
    }
  });

  it("gives neither an answer nor success where nothing can be read", async () => {
    for (const form of ["--uris", "--json", "--table"]) {
      const { exitCode, out, error } = await halfminute(["import", form, "none", "-"], { stdin: "a\nb" });
      expect([exitCode, out, error.split("\n").length]).toEqual([2, "", 4]);
    }
  });

  it("takes several exports, batch by batch", async () => {
    const [other = ""] = buildMigrationUris([{ secret: OTHER, accountName: "carol" }], { batchId: 2 });
    const stdin = [SECOND, other, FIRST, EXPORT].join("\n");
    expect(await halfminute(["import"], { stdin })).toMatchObject({
      exitCode: 0,
      error: "",
      out: `${TOTP_URI}\n${BOB_URI}\notpauth://totp/carol?secret=${OTHER}\n${ALL}`,
    });
    const [, , third = ""] = buildMigrationUris([ALICE, BOB, HOTP], { batchId: 3, maxBytes: 130 });
    const { exitCode, out, error } = await halfminute(["import"], { stdin: `${other}\n${third}` });
    expect([exitCode, out]).toEqual([1, `otpauth://totp/carol?secret=${OTHER}\n${HOTP_URI}\n`]);
    expect(error).toBe("halfminute: QR codes 1 to 2 of 3 are missing from the export in line 2 of standard input\n");
  });

  it("takes several exports of programs that do not number them, and the same one twice", async () => {
    const stdin = [uriOf({}), uriOf({ 2: "bob", 3: undefined }), uriOf({})].join("\n");
    expect(await halfminute(["import"], { stdin })).toMatchObject({ exitCode: 0, out: `${TOTP_URI}\n${BOB_URI}\n` });
    const { out } = await halfminute(["import", "--json"], { stdin });
    expect((JSON.parse(out) as { exports: object[] }).exports.length).toBe(2);
    const copies = Array.from({ length: 1001 }, () => EXPORT).join("\n");
    expect(await halfminute(["import"], { stdin: copies })).toMatchObject({ exitCode: 0, out: ALL });
  });

  it("never writes two secrets under one label", async () => {
    const uris = [
      `otpauth://totp/Contoso%3Ame%40corp.example?secret=${SECRET}&issuer=Microsoft`,
      `otpauth://totp/Fabrikam%3Ame%40corp.example?secret=${OTHER}&issuer=Microsoft`,
      ...[SECRET, OTHER, OTHER, THIRD].map((secret) => `otpauth://totp/Acme:alice?secret=${secret}&issuer=Acme`),
      `otpauth://totp/Acme%3Aal%3Aice?secret=${SECRET}&issuer=Acme`,
      `otpauth://totp/al-ice?secret=${OTHER}&issuer=Acme`,
    ];
    const { exitCode, out, error } = await halfminute(["import"], { stdin: uris.join("\n") });
    expect(exitCode).toBe(0);
    const labels = out
      .trim()
      .split("\n")
      .map((uri) => decodeURIComponent(uri.slice(15, uri.indexOf("?"))));
    expect(labels).toEqual([
      "Microsoft:Contoso-me@corp.example",
      "Microsoft:Fabrikam-me@corp.example",
      "Acme:alice",
      "Acme:alice (2)",
      "Acme:alice (2)",
      "Acme:alice (3)",
      "Acme:al-ice",
      "Acme:al-ice (2)",
    ]);
    expect(error).toContain(
      "halfminute: two secrets have the same names (Acme, alice); the second is called alice (2)\n",
    );
    const { out: json } = await halfminute(["import", "--json"], { stdin: uris.join("\n") });
    const { accounts } = JSON.parse(json) as { accounts: { accountName: string }[] };
    expect(accounts.map(({ accountName }) => accountName)).toEqual([
      "Contoso:me@corp.example",
      "Fabrikam:me@corp.example",
      "alice",
      "alice (2)",
      "alice (2)",
      "alice (3)",
      "al:ice",
      "al-ice (2)",
    ]);
  });

  it("names an account that has no name", async () => {
    const nameless = (secret: string): string => `otpauth://totp/?secret=${secret}`;
    const uris = [
      `otpauth://totp/GitHub:?secret=${SECRET}&issuer=GitHub`,
      `otpauth://totp/GitHub:?secret=${OTHER}&issuer=GitHub`,
      nameless(SECRET),
      nameless(OTHER),
      "otpauth://hotp/%3A?issuer=&counter=0&secret=" + THIRD,
      `steam://${SECRET}`,
    ];
    const stdin = [...uris, uriOf({ 2: "", 3: undefined }), uriOf({ 2: "", 3: "Initech" })].join("\n");
    const { exitCode, out } = await halfminute(["import"], { stdin });
    expect([exitCode, out.split("\n")]).toEqual([
      0,
      [
        `otpauth://totp/account%201?secret=${SECRET}`,
        `otpauth://totp/Initech:Initech?secret=${SECRET}&issuer=Initech`,
        `otpauth://totp/GitHub:GitHub?secret=${SECRET}&issuer=GitHub`,
        `otpauth://totp/GitHub:GitHub%20(2)?secret=${OTHER}&issuer=GitHub`,
        `otpauth://totp/account%205?secret=${SECRET}`,
        `otpauth://totp/account%206?secret=${OTHER}`,
        `otpauth://hotp/account%207?secret=${THIRD}&counter=0`,
        `otpauth://steam/account%208?secret=${SECRET}&encoder=steam`,
        "",
      ],
    ]);
  });

  it.each<[string, Uint8Array]>([
    ["UTF-8", Buffer.from(`\ufeff${EXPORT}\r\n`)],
    ["UTF-16, as of PowerShell", Buffer.from(`\ufeff${EXPORT}\r\n`, "utf16le")],
    ["UTF-16 the other way", Buffer.from(`\ufeff${EXPORT}\r\n`, "utf16le").swap16()],
  ])("reads %s with a byte order mark", async (_, stdin) => {
    expect(await halfminute(["import"], { stdin })).toMatchObject({ exitCode: 0, out: ALL });
  });

  it("passes over what is around a URI that is an argument", async () => {
    expect(await halfminute(["import", ` \ufeff${EXPORT}\r\n`])).toMatchObject({ exitCode: 0, out: ALL });
  });

  it.each<[string[], string, RegExp]>([
    [[], "", /standard input has no URI$/],
    [[], "https://example.com", /line 1 of standard input: URI must be otpauth-migration:, otpauth: or steam:$/],
    [[], "otpauth-migration://offline", /line 1 of standard input: URI must be otpauth-migration:\/\/offline/],
    [[], "otpauth://totp/a", /line 1 of standard input: URI must be otpauth:\/\/TYPE/],
    [[], "# nothing but a comment", /standard input has no URI$/],
    [["-", "-"], EXPORT, /- is given twice/],
    [["nowhere"], EXPORT, /input 1 cannot be read \(ENOENT: no such file\)/],
    [["--uris", "--table"], EXPORT, /--uris, --table and --json cannot be used together/],
    [["--json", "--table"], EXPORT, /cannot be used together/],
    [[], "x".repeat(1024 * 1024 + 1), /standard input is longer than 1048576 bytes/],
  ])("refuses wrong use with %j: case %#", async (words, stdin, wrong) => {
    expectWrongUse(await halfminute(["import", ...words], { stdin }), wrong);
  });

  it("ends on Ctrl-C", async () => {
    expect((await halfminute(["import"], { stdinKind: "terminal", typed: null })).exitCode).toBe(130);
  });
});

describe("halfminute export", () => {
  it("prints what import reads, in parts that fit", async () => {
    const { exitCode, out, error } = await halfminute(["export"], { stdin: ALL });
    expect([exitCode, error, out.split("\n").length]).toEqual([0, "", 2]);
    expect((await halfminute(["import"], { stdin: out })).out).toBe(ALL);
    const { out: parts } = await halfminute(["export", "--max-bytes", "140"], { stdin: ALL });
    expect(parts.split("\n").length).toBe(4);
    expect((await halfminute(["import"], { stdin: parts })).out).toBe(ALL);
  });

  it("takes arguments, files and standard input", async () => {
    const { out, error } = await halfminute(["export", "--json", TOTP_URI, "f", "-"], {
      files: { f: BOB_URI },
      stdin: HOTP_URI,
    });
    const { uris } = JSON.parse(out) as { uris: string[] };
    expect((await halfminute(["import"], { stdin: uris.join("\n") })).out).toBe(ALL);
    expect(error).toBe(WARNING);
    expect((await halfminute(["export"], { stdinKind: "terminal", typed: TOTP_URI })).error).toBe("otpauth URI: \n");
  });

  it.each<[string[], string, RegExp]>([
    [[], `${TOTP_URI}\n${TOTP_URI}&digits=7`, /line 2 of standard input: digits must be 6 or 8/],
    [[], `${TOTP_URI}\n\n${TOTP_URI}&period=60`, /line 3 of standard input: period must be 30/],
    [[], STEAM_URI, /line 1 of standard input: type must be totp or hotp/],
    [[], EXPORT, /line 1 of standard input: URI must be otpauth:/],
    [["none", "-"], TOTP_URI, /input 1 cannot be read/],
    [[], `otpauth://totp/a?secret=${SECRET}1`, /line 1 of standard input: the secret must be base32/],
    [["--max-bytes", "100"], TOTP_URI, /line 1 of standard input: too long for a URI of maxBytes/],
    [["--max-bytes", "99"], TOTP_URI, /--max-bytes must be an integer from 100 to 2953/],
    [["--max-bytes", "x"], TOTP_URI, /--max-bytes must be a decimal integer/],
    [[], "", /standard input has no URI$/],
  ])("refuses wrong use with %j%c: %s", async (words, stdin, wrong) => {
    expectWrongUse(await halfminute(["export", ...words], { stdin }), wrong);
  });

  it("tells of a wrong option before it waits for a secret", async () => {
    expect((await halfminute(["export", "--max-bytes", "99"], { stdin: ALL })).stdinReads).toBe(0);
    expect((await halfminute(["import", "--uris", "--json"], { stdin: ALL })).stdinReads).toBe(0);
  });
});
