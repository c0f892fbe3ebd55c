import { describe, expect, it, vi } from "vitest";

import { parseMigrationUri } from "../../../src/migration/index.ts";
import { exportUri, message, uriOf, varint, type WireField } from "../../helpers/exports.ts";
import { polluted } from "../../helpers/polluted.ts";
import { thrownCode } from "../../helpers/thrown.ts";

const PREFIX = "otpauth-migration://offline?data=";
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const TOTP = { algorithm: "SHA-1", digits: 6, period: 30 };
const ALICE = { type: "totp", secret: SECRET, issuer: "Acme", accountName: "alice", parameters: TOTP };

describe("exports that others have published", () => {
  // extract_otp_secrets by Roland Kurmann, example_export.txt: the secret of a blog post, exported
  // by the app itself.
  const pi = { type: "totp", secret: "7KSQL2JTUDIS5EF65KLMRQIIGY", accountName: "pi@raspberrypi", parameters: TOTP };
  it.each([
    [
      "CjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBpGgtyYXNwYmVycnlwaSABKAEwAhABGAEgACjr4JKK%2B%2F%2F%2F%2F%2F8B",
      [{ ...pi, issuer: "raspberrypi" }],
      -1320898453,
    ],
    ["CigKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBpIAEoATACEAEYASAAKLzjp5n4%2F%2F%2F%2F%2FwE%3D", [pi], -2094403140],
    [
      "CigKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBpIAEoATACCjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBpGgtyYXNwYmVycnlwaSABKAEwAhABGAEgACiQ7OOa%2Bf%2F%2F%2F%2F8B",
      [pi, { ...pi, issuer: "raspberrypi" }],
      -1822886384,
    ],
    [
      "CiUKEPqlBekzoNEukL7qlsjBCDYSCWhvdHAgZGVtbyABKAEwATgEEAEYASAAKNuv15j6%2F%2F%2F%2F%2FwE%3D",
      [
        {
          type: "hotp",
          secret: pi.secret,
          accountName: "hotp demo",
          parameters: { algorithm: "SHA-1", digits: 6 },
          counter: 4,
        },
      ],
      -1558849573,
    ],
    [
      "CjYKEPqlBekzoNEukL7qlsjBCDYSHGVuY29kaW5nOiDCv8Okw4TDqcOJPyAoZGVtbykgASgBMAIQARgBIAAorfCurv%2F%2F%2F%2F%2F%2FAQ%3D%3D",
      [{ ...pi, issuer: "encoding", accountName: "¿äÄéÉ? (demo)" }],
      -171198419,
    ],
    // dim13/otpauth, README.md: no algorithm, no digits, nothing about a batch.
    [
      "CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC",
      [{ ...ALICE, secret: "JBSWY3DPEHPK3PXP", issuer: "Example", accountName: "alice@google.com" }],
      0,
    ],
  ])("are read as published (case %#)", (data, accounts, id) => {
    const expected = { accounts, refused: [], batch: { id, index: 0, size: 1 } };
    expect(parseMigrationUri(PREFIX + data)).toEqual(expected);
  });
});

describe("the URI of an export", () => {
  const plusses = message([1, message([1, Uint8Array.of(0, 0, 0xfb, 0xef, 0xbe)], [2, "a"])]);
  const base64 = Buffer.from(plusses).toString("base64");

  it.each([
    ["percent-encoded", encodeURIComponent(base64)],
    ["percent-encoded in lower case", base64.replaceAll("+", "%2b")],
    ["with a raw plus", base64],
    ["with a plus that became a space", base64.replaceAll("+", " ")],
    ["with a plus that became an encoded space", base64.replaceAll("+", "%20")],
    ["without padding", base64.replace(/=+$/, "")],
    ["every letter encoded", Buffer.from(base64).toString("hex").replace(/../g, "%$&")],
    ["with other parameters around it", `${base64}&x=1`],
    ["with a fragment", `${base64}#x=%`],
  ])("is read where its data is %s", (_, data) => {
    expect(base64).toContain("++++");
    expect(parseMigrationUri(`${PREFIX}${data}`).accounts[0]?.secret).toBe("AAAPX356");
  });

  it.each([
    `OTPAUTH-MIGRATION://OFFLINE?DATA=${base64}`,
    `otpauth-migration://offline/?data=${base64}`,
    `\ufeff ${PREFIX}${base64}\r\n`,
    `otpauth-migration://offline?x=%&data=${base64}`,
    `otpauth-migration://offline?data=&data=${base64}`,
    `otpauth-migration://offline?xdata=AA&data=${base64}`,
  ])("is read: %s", (uri) => {
    expect(parseMigrationUri(uri).accounts.length).toBe(1);
  });

  it.each([
    "",
    "otpauth-migration:",
    "otpauth-migration://offline",
    "otpauth-migration://offline?",
    PREFIX,
    `x${PREFIX}${base64}`,
    `otpauth-migration://offline?xdata=${base64}`,
    `otpauth://offline?data=${base64}`,
    `otpauth-migration://online?data=${base64}`,
    `${PREFIX}${base64}&data=${base64}`,
    `${PREFIX}${base64}&DATA=AA`,
    `${PREFIX}=`,
    `${PREFIX}%`,
    `${PREFIX}%2`,
    `${PREFIX}A`,
    `${PREFIX}${base64}%`,
    `${PREFIX}${base64}=`,
    `${PREFIX}${base64.replaceAll("+", "-")}`,
    `otpauth-migration://offline?date=${base64}`,
    `otpauth-migration://offline#?data=${base64}`,
    `${PREFIX}%252B`,
    `${PREFIX}é`,
  ])("is refused: %s", (uri) => {
    expect(thrownCode(() => parseMigrationUri(uri))).toBe("invalid-uri");
  });

  it.each([undefined, null, 1, {}, [], new String(PREFIX + base64), [PREFIX + base64]])(
    "must be text, and %s is not (%#)",
    (uri) => {
      expect(thrownCode(() => parseMigrationUri(uri as string))).toBe("invalid-uri");
    },
  );

  it.each([
    ["", "URI must be otpauth-migration://offline?data=DATA, at most 8859 characters"],
    [`${PREFIX}A`, "URI data must be standard base64"],
    [exportUri(message([4, 1])), "URI must be one of 1 to 1000 parts"],
    [exportUri(Uint8Array.of(0x80)), "URI data is broken, cut off or too long"],
  ])("is refused by a message that says what it must be: %s", (uri, rule) => {
    expect(() => parseMigrationUri(uri)).toThrow(rule);
  });

  it("may have 8859 characters and no more", () => {
    const name = "a".repeat(2179);
    const full = Buffer.from(message([1, message([1, "x"], [2, name])])).toString("base64"); // with PREFIX a full QR code
    expect((PREFIX + full).length).toBe(2953);
    const encoded = `${PREFIX}${Buffer.from(full).toString("hex").replace(/../g, "%$&")}`;
    expect(parseMigrationUri(encoded).accounts[0]?.accountName).toBe(name);
    const uri = `${PREFIX}${base64}&`;
    expect(parseMigrationUri(uri.padEnd(8859, "x")).accounts.length).toBe(1);
    expect(thrownCode(() => parseMigrationUri(uri.padEnd(8860, "x")))).toBe("invalid-uri");
  });
});

describe("an account of an export", () => {
  it.each<[string, Readonly<Record<number, WireField[1] | undefined>>, object]>([
    ["plain", {}, ALICE],
    ["without any number", { 4: undefined, 5: undefined, 6: undefined }, ALICE],
    ["with every number 0", { 4: 0, 5: 0, 6: 0 }, ALICE],
    ["of SHA-256", { 4: 2 }, { ...ALICE, parameters: { ...TOTP, algorithm: "SHA-256" } }],
    ["of SHA-512", { 4: 3 }, { ...ALICE, parameters: { ...TOTP, algorithm: "SHA-512" } }],
    ["of 8 digits", { 5: 2 }, { ...ALICE, parameters: { ...TOTP, digits: 8 } }],
    ["of TOTP with a counter", { 7: -1 }, ALICE],
    ["with the issuer in front", { 2: "Acme:alice" }, ALICE],
    ["with the issuer in front and spaces", { 2: "Acme:  alice" }, ALICE],
    ["with the issuer in front in another case", { 2: "ACME: alice" }, ALICE],
    ["with another prefix", { 2: " acme.example: alice" }, { ...ALICE, accountName: "acme.example: alice" }],
    [
      "with a colon in its name",
      { 2: "10:30 club", 3: "Club" },
      { ...ALICE, issuer: "Club", accountName: "10:30 club" },
    ],
    ["with the issuer only in front", { 2: "Acme:alice", 3: undefined }, ALICE],
    ["with a blank issuer", { 2: "Acme:alice", 3: " " }, ALICE],
    ["with no issuer", { 3: "" }, { ...ALICE, issuer: undefined }],
    ["with no issuer before a colon", { 2: ":alice", 3: "" }, { ...ALICE, issuer: undefined }],
    ["with a blank issuer before a colon", { 2: " :alice", 3: "" }, { ...ALICE, issuer: undefined }],
    ["with two colons", { 2: "Acme:a:b" }, { ...ALICE, accountName: "a:b" }],
    [
      "with a colon in its issuer",
      { 2: "Acme: EU:alice", 3: "Acme: EU" },
      { ...ALICE, issuer: "Acme: EU", accountName: "alice" },
    ],
    ["with a percent sign, which is one", { 2: "100%3Aalice" }, { ...ALICE, accountName: "100%3Aalice" }],
    ["with every kind of letter", { 2: "é€😀\u200d" }, { ...ALICE, accountName: "é€😀\u200d" }],
    ["with a secret of one byte", { 1: "f" }, { ...ALICE, secret: "MY" }],
    ["with unknown fields", { 8: "243dbf1747890408378", 9: 1, 536870911: "x" }, ALICE],
    ["with numbers where there should be text", { 8: undefined, 5: "2", 6: "1" }, ALICE],
  ])("is read as it is meant: %s", (_, fields, account) => {
    expect(parseMigrationUri(uriOf(fields))).toEqual({
      accounts: [account],
      refused: [],
      batch: { id: 0, index: 0, size: 1 },
    });
  });

  it.each([0, 1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1])("is read with the HOTP counter %s", (counter) => {
    const parameters = { algorithm: "SHA-1", digits: 6 };
    const account = { ...ALICE, type: "hotp", parameters, counter };
    expect(parseMigrationUri(uriOf({ 6: 1, 7: counter })).accounts).toEqual([account]);
    if (counter === 0) expect(parseMigrationUri(uriOf({ 6: 1 })).accounts).toEqual([account]);
  });

  const alice = { issuer: "Acme", accountName: "alice" };
  it.each<[string, Readonly<Record<number, WireField[1] | undefined>>, object]>([
    ["unsupported-algorithm", { 4: 4 }, alice],
    ["unsupported-algorithm", { 4: 5 }, alice],
    ["unsupported-algorithm", { 4: -1 }, alice],
    ["unsupported-algorithm", { 4: 4, 2: "Acme:alice" }, alice],
    ["unsupported-digits", { 5: 3 }, alice],
    ["unsupported-digits", { 5: 6 }, alice],
    ["unsupported-type", { 6: 3 }, alice],
    ["unsupported-type", { 6: -2 }, alice],
    ["no-secret", { 1: "" }, alice],
    ["no-secret", { 1: undefined }, alice],
    ["no-secret", { 1: 5 }, alice],
    ["invalid-counter", { 6: 1, 7: -1 }, alice],
    ["invalid-counter", { 6: 1, 7: 2 ** 53 }, alice],
    ["invalid-counter", { 6: 1, 7: 2 ** 53 + 2 }, alice],
    ["invalid-counter", { 6: 1, 7: 2 ** 63 }, alice],
  ])("is refused for %s: %j", (reason, fields, names) => {
    const migration = parseMigrationUri(uriOf(fields));
    expect(migration).toEqual({
      accounts: [],
      refused: [{ part: 0, index: 0, reason, ...names }],
      batch: { id: 0, index: 0, size: 1 },
    });
    expect(JSON.stringify(migration)).not.toMatch(/12345678|GEZDGNBV/);
  });

  it.each([
    [{ 2: "" }, { issuer: "Acme", accountName: "" }],
    [{ 2: undefined }, { issuer: "Acme", accountName: "" }],
    [{ 2: " \t", 3: undefined }, { accountName: "" }],
    [{ 2: "Acme:" }, { issuer: "Acme", accountName: "" }],
    [
      { 2: "Acme: ", 3: "" },
      { issuer: "Acme", accountName: "" },
    ],
    [{ 2: Uint8Array.of(0x61, 0xff) }, { issuer: "Acme", accountName: "a\ufffd" }],
    [{ 2: Uint8Array.of(0xc0, 0x80) }, { issuer: "Acme", accountName: "\ufffd\ufffd" }],
    [{ 2: Uint8Array.of(0xed, 0xa0, 0x80) }, { issuer: "Acme", accountName: "\ufffd\ufffd\ufffd" }],
    [
      { 2: "alice", 3: Uint8Array.of(0xc3) },
      { issuer: "\ufffd", accountName: "alice" },
    ],
    [
      { 2: "\u202eecila\0", 3: "Ac\u2028me" },
      { issuer: "Acme", accountName: "ecila" },
    ],
  ])("keeps its secret whatever is wrong with its names: %j", (fields, names) => {
    const { accounts, refused } = parseMigrationUri(uriOf(fields));
    expect(refused).toEqual([]);
    const { secret, type, parameters } = ALICE;
    expect(accounts).toEqual([{ type, secret, parameters, ...names }]);
  });

  it.each([
    ["prefix", "Acme:alice", { issuer: "Acme", accountName: "alice" }],
    ["issuer", "alice", { accountName: "alice" }],
  ])("has its own names alone, even if every object inherits %s", async (member, name, names) => {
    await polluted(member, "Evil", () => {
      const [account] = parseMigrationUri(uriOf({ 2: name, 3: undefined })).accounts;
      const own = Object.entries(Object(account) as object).filter(([field]) => /^issuer$|^accountName$/.test(field));
      expect(Object.fromEntries(own)).toEqual(names);
      return Promise.resolve();
    });
  });

  it("that is refused does not harm the others", () => {
    const entry = (name: string, algorithm: number): WireField => [
      1,
      message([1, "x"], [2, name], [4, algorithm], [6, 2]),
    ];
    const payload = message(entry("a", 1), entry("b", 4), [2, 1], entry("c", 1), [3, 3], [4, 2], entry("d", 9));
    const { accounts, refused } = parseMigrationUri(exportUri(payload));
    expect(accounts.map(({ accountName }) => accountName)).toEqual(["a", "c"]);
    expect(refused).toEqual([
      { part: 2, index: 1, reason: "unsupported-algorithm", accountName: "b" },
      { part: 2, index: 3, reason: "unsupported-algorithm", accountName: "d" },
    ]);
  });

  it("says of a field that comes twice what it says last, unless it is of the wrong type there", () => {
    const twice = message([1, "x"], [1, "12345678901234567890"], [1, 7], [2, "bob"], [2, "alice"], [3, "Acme"]);
    const entry = Uint8Array.from([...twice, ...message([5, 1], [5, 2]), 5 * 8 + 5, 1, 0, 0, 0]);
    const eight = { ...ALICE, parameters: { ...TOTP, digits: 8 } };
    expect(parseMigrationUri(exportUri(message([1, entry]))).accounts).toEqual([eight]);
  });
});

describe("the batch of an export", () => {
  const batchOf = (...fields: WireField[]): unknown => parseMigrationUri(exportUri(message([2, 1], ...fields))).batch;

  it.each<[WireField[], object]>([
    [[], { id: 0, index: 0, size: 1 }],
    [[[3, 0]], { id: 0, index: 0, size: 1 }],
    [
      [
        [3, 3],
        [4, 2],
        [5, 12345],
      ],
      { id: 12345, index: 2, size: 3 },
    ],
    [[[5, -1]], { id: -1, index: 0, size: 1 }],
    [[[5, -(2 ** 31)]], { id: -(2 ** 31), index: 0, size: 1 }],
    [[[5, 2 ** 31 - 1]], { id: 2 ** 31 - 1, index: 0, size: 1 }],
    [[[5, 2 ** 32 + 7]], { id: 7, index: 0, size: 1 }], // an int32 is the low 32 bits
    [
      [
        [3, 1000],
        [4, 999],
      ],
      { id: 0, index: 999, size: 1000 },
    ],
  ])("is read from the fields %j", (fields, batch) => {
    expect(batchOf(...fields)).toEqual(batch);
  });

  it.each<WireField[][]>([
    [[[3, -1]]],
    [[[3, 1001]]],
    [[[3, 2 ** 31 - 1]]],
    [[[4, 1]]],
    [[[4, -1]]],
    [
      [
        [3, 2],
        [4, 2],
      ],
    ],
  ])("is refused with the fields %j", (fields) => {
    expect(thrownCode(() => batchOf(...fields))).toBe("invalid-uri");
  });
});

describe("hostile data of an export", () => {
  const refusal = (...bytes: number[]): unknown =>
    thrownCode(() => parseMigrationUri(exportUri(Uint8Array.from(bytes))));

  it.each<[string, number[]]>([
    ["a tag that is cut off", [0x80]],
    ["a number that is cut off", [0x10]],
    ["a number that is cut off in the middle", [0x10, 0xff]],
    ["a number of eleven bytes", [0x10, ...Array<number>(10).fill(0x80), 0]],
    ["a tag of eleven bytes", [...Array<number>(10).fill(0x80), 0]],
    ["a length of more than there is", [0x0a, 2, 0]],
    ["a length of 2^31", [0x0a, ...varint(2 ** 31)]],
    ["a length of 2^53", [0x0a, ...varint(2 ** 53)]],
    ["a length of 2^64 - 1", [0x0a, ...varint(-1)]],
    ["a negative length that would lead back", [0x10, 1, 0x0a, ...varint(-3)]],
    ["a length of a field that nobody knows", [0x7a, 1]],
    ["eight bytes that are cut off", [0x79, 1, 2, 3, 4, 5, 6, 7]],
    ["four bytes that are cut off", [0x7d, 1, 2, 3]],
    ["field 0", [0x00, 0]],
    ["field 2^29", [...varint(2 ** 32), 0]],
    ["a group", [0x0b, 0x0c]],
    ["the end of a group", [0x0c]],
    ["type 6", [0x0e, 0]],
    ["type 7", [0x0f, 0]],
    ["an account that is cut off", [0x0a, 1, 0x80]],
    ["an account whose secret is longer than it", [0x0a, 3, 0x0a, 2, 1, 2, 1]],
  ])("is refused: %s", (_, bytes) => {
    expect(refusal(...bytes)).toBe("invalid-uri");
  });

  it.each<[string, number[]]>([
    ["eight bytes", [0x79, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["four bytes", [0x7d, 1, 2, 3, 4]],
    ["a number of ten bytes", [0x78, ...varint(-1)]],
    ["a number with more bytes than it needs", [0x90, 0x00, 0x81, 0x00]],
    ["a field of the highest number", [...varint((2 ** 29 - 1) * 8), 0]],
  ])("is passed over in a field that nobody knows: %s", (_, bytes) => {
    expect(refusal(...bytes)).toBe(undefined);
  });

  it("1000 accounts are read, and one more is refused", () => {
    const empty = (count: number): string =>
      exportUri(Uint8Array.from({ length: count * 2 }, (_, at) => (at % 2 ? 0 : 10)));
    expect(parseMigrationUri(empty(1000)).refused.length).toBe(1000);
    expect(thrownCode(() => parseMigrationUri(empty(1001)))).toBe("invalid-uri");
    expect(thrownCode(() => parseMigrationUri(empty(20_000)))).toBe("invalid-uri");
    const twice = Uint8Array.from({ length: 2002 }, (_, at) => (at % 2 ? 0 : 10));
    expect(thrownCode(() => parseMigrationUri(exportUri(message([1, twice]))))).toBe("invalid-uri");
  });

  it("ten megabytes and a million accounts are refused for their length, before they are looked at", () => {
    const million = exportUri(Uint8Array.from({ length: 2_000_000 }, (_, at) => (at % 2 ? 0 : 10)));
    const huge = [PREFIX.padEnd(10_000_000, "A"), "%".repeat(10_000_000), PREFIX.padEnd(10_000_000, "&data="), million];
    // Whatever looks at the text does it by a regular expression first.
    const exec = vi.spyOn(RegExp.prototype, "exec");
    try {
      for (const uri of huge) expect(thrownCode(() => parseMigrationUri(uri))).toBe("invalid-uri");
      expect(exec.mock.calls.filter(([text]) => text.length > 8859)).toEqual([]);
      thrownCode(() => parseMigrationUri(PREFIX));
      expect(exec.mock.calls.map(([text]) => text)).toContain(PREFIX);
    } finally {
      exec.mockRestore();
    }
  });

  it("a length that lies allocates nothing", () => {
    const lies = exportUri(Uint8Array.from([0x0a, ...varint(2 ** 31 - 1), 1]));
    const constructed: unknown[] = [];
    const original = globalThis.Uint8Array;
    globalThis.Uint8Array = new Proxy(original, {
      construct: (target, parameters: [number]) => {
        constructed.push(parameters[0]);
        return new target(...parameters);
      },
    });
    try {
      expect(thrownCode(() => parseMigrationUri(lies))).toBe("invalid-uri");
    } finally {
      globalThis.Uint8Array = original;
    }
    expect(constructed).toEqual([7]);
  });
});
