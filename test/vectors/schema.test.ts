// The published vectors: every file fits its schema, says where it comes from, and agrees with
// itself. Recomputed with node:crypto alone; whether this package agrees with them is for the
// conformance suite.
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";

const FOLDER = new URL("../../vectors/", import.meta.url);
const SCHEMAS = new URL("schema/", FOLDER);

type Row = Readonly<Record<string, unknown>>;

interface VectorFile {
  readonly $schema: string;
  readonly title: string;
  readonly source: Readonly<Record<"document" | "section" | "url", string>>;
  readonly extracted: string;
  readonly confirmedBy: readonly string[];
  readonly rows: readonly Row[];
}

const files = new Map(namesIn(FOLDER).map((name) => [name, readJson(new URL(name, FOLDER)) as VectorFile]));
const ajv = new Ajv({ strict: true, allErrors: true });
const schemas = new Map(
  namesIn(SCHEMAS).map((name) => [name, ajv.compile(readJson(new URL(name, SCHEMAS)) as object)]),
);

function namesIn(folder: URL): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".json"));
}

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, "utf8"));
}

function schemaName({ $schema }: VectorFile): string {
  return $schema.replace("./schema/", "");
}

function schemaOf(file: VectorFile): ValidateFunction {
  const schema = schemas.get(schemaName(file));
  if (!schema) throw new Error(`no schema ${file.$schema}`);
  return schema;
}

function rowsOf<Shape>(kind: string): Shape[] {
  const ofKind = [...files.values()].filter((file) => schemaName(file) === `${kind}.schema.json`);
  return ofKind.flatMap(({ rows }) => rows) as unknown as Shape[];
}

function truncate(mac: Buffer): number {
  return mac.readUInt32BE(mac.readUInt8(mac.length - 1) & 15) & 0x7fffffff;
}

function formatCode(truncated: number, digits: number): string {
  return String(truncated % 10 ** digits).padStart(digits, "0");
}

function hmac(algorithm: string, key: string, message: Uint8Array): Buffer {
  return createHmac(algorithm.replace("-", ""), Buffer.from(key, "hex")).update(message).digest();
}

function hotpMac({ algorithm, key, counter }: { algorithm: string; key: string; counter: number }): Buffer {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  return hmac(algorithm, key, message);
}

/** Base32 without padding, a bit at a time. */
function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.match(/.{1,5}/g) ?? [];
  return letters
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(parseInt(letter.padEnd(5, "0"), 2)))
    .join("");
}

it("there are files of vectors", () => {
  expect(files.size).toBe(18);
  expect(schemas.size).toBe(11);
});

describe.each([...files])("the vectors %s", (name, file) => {
  it("fit their schema", () => {
    const schema = schemaOf(file);
    schema(file);
    expect(schema.errors).toBe(null);
  });

  it("say where they come from and who agrees", () => {
    expect(name).toMatch(/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.json$/);
    expect(file.title).not.toBe("");
    expect(Object.values(file.source).every((text) => text !== "")).toBe(true);
    expect(file.extracted.length).toBeGreaterThan(20);
    expect(file.confirmedBy.length).toBeGreaterThan(0);
    for (const text of file.confirmedBy) expect(text).toMatch(/\d/); // a version
    expect(file.confirmedBy).not.toContain(file.source.document);
  });

  it("do not have a row twice", () => {
    const texts = file.rows.map((row) => JSON.stringify(Object.entries({ ...row, why: "", note: "" }).sort()));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("are in the list of the README, with their number of rows", () => {
    const readme = readFileSync(new URL("README.md", FOLDER), "utf8").replace(/\s+/g, " ");
    const kind = schemaName(file).replace(".schema.json", "");
    const { length } = file.rows;
    expect(readme).toContain(`- [\`${name}\`](${name}): ${length} ${length === 1 ? "row" : "rows"}, ${kind}. `);
  });
});

describe("the schemas of the vectors", () => {
  it("are all used", () => {
    expect([...new Set([...files.values()].map(schemaName))].sort()).toEqual([...schemas.keys()].sort());
  });

  const key = "3132333435363738393031323334353637383930";
  const time = { seconds: 59, period: 30, t0: 0 };
  const account = {
    type: "totp",
    secret: "MY",
    accountName: "a",
    parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
  };
  const hotp = { ...account, type: "hotp", parameters: { algorithm: "SHA-1", digits: 6 }, counter: 0 };
  const steam = { ...account, type: "steam", parameters: { algorithm: "SHA-1", digits: 5, period: 30 } };
  /** Of every kind a good row, and what each must not be changed into. */
  const kinds: Record<string, readonly [good: Row, ...changes: Row[]]> = {
    codes: [
      { key, algorithm: "SHA-1", digits: 6, counter: 1, code: "287082", time },
      { key: "" },
      { key: "313" },
      { key: "AB" },
      { key: undefined },
      { algorithm: "SHA1" },
      { algorithm: "MD5" },
      { digits: 5 },
      { digits: 9 },
      { digits: "6" },
      { digits: 8 },
      { counter: -1 },
      { counter: 0.5 },
      { counter: 2 ** 53 },
      { counter: "1" },
      { code: "28708" },
      { code: "2870820" },
      { code: 287082 },
      { code: "28708a" },
      { mac: "75a4" },
      { truncated: 2 ** 31 },
      { truncated: -1 },
      { time: { ...time, period: 0 } },
      { time: 59 },
      { time: { seconds: 59, period: 30 } },
      { time: { ...time, step: 30 } },
      { note: "" },
      { token: "287082" },
    ],
    truncation: [
      { mac: "1f8698690e02ca16618550ef7f19da8e945b555a", offset: 10, truncated: 1357872921, digits: 6, code: "872921" },
      { mac: "1f86" },
      { offset: 16 },
      { offset: -1 },
      { truncated: 2 ** 31 },
      { digits: 7 },
      { code: "" },
      { extra: 1 },
    ],
    hmac: [
      { name: "a", algorithm: "SHA-1", key: "0b", data: "", mac: "00".repeat(20), truncatedTo: 12 },
      { name: "" },
      { algorithm: "SHA-256" },
      { key: "" },
      { data: "4" },
      { mac: "00".repeat(19) },
      { truncatedTo: 0 },
      { text: "" },
    ],
    base32: [
      { bytes: "66", padded: "MY======", unpadded: "MY" },
      { bytes: "6" },
      { padded: "MY" },
      { padded: "MY=====" },
      { unpadded: "MY======" },
      { unpadded: "my" },
      { unpadded: "M" },
      { unpadded: "MYA" },
      { unpadded: "MZXW6Y" },
      { unpadded: "M1" },
      { text: "f" },
    ],
    "base32-refused": [
      { text: "my", why: "lower case" },
      { text: "" },
      { why: "" },
      { why: undefined },
      { bytes: "66" },
    ],
    "window-collisions": [
      { key, algorithm: "SHA-1", digits: 6, period: 30, counters: [1, 2], code: "905913" },
      { key: "3132" },
      { period: 0 },
      { counters: [1] },
      { counters: [1, 1] },
      { counters: [1, 2, 3] },
      { counters: 1 },
      { code: "90591" },
      { counter: 1 },
    ],
    steam: [
      { key, seconds: 30, counter: 1, code: "YKKK4", note: "x" },
      { key: "" },
      { seconds: -1 },
      { counter: 0.5 },
      { code: "YKKK" },
      { code: "YKKK1" },
      { code: "ykkk4" },
      { note: "" },
      { key: undefined },
      { seconds: undefined },
      { counter: undefined },
      { code: 12345 },
      { digits: 5 },
    ],
    secrets: [
      { text: "my", key: "66", seconds: 1, code: "123456", why: "lower case" },
      { text: "" },
      { key: "" },
      { key: "6" },
      { seconds: -1 },
      { code: "12345" },
      { code: 123456 },
      { why: "" },
    ],
    "secrets-refused": [
      { text: "", code: "secret-too-short", why: "empty" },
      { text: undefined },
      { code: "invalid-uri" },
      { code: undefined },
      { why: "" },
      { key: "66" },
    ],
    "otpauth-valid": [
      { uri: "otpauth://totp/a?secret=MY", account, why: "x", writer: "An app" },
      { uri: "" },
      { writer: "" },
      { account: { ...account, image: "http://a" } },
      { why: "" },
      { code: "invalid-uri" },
      { account: {} },
      { account: { ...account, type: "motp" } },
      { account: { ...account, secret: "MY======" } },
      { account: { ...account, secret: "" } },
      { account: { ...account, issuer: "" } },
      { account: { ...account, accountName: undefined } },
      { account: { ...account, counter: 0 } },
      { account: { ...account, parameters: hotp.parameters } },
      { account: { ...hotp, counter: undefined } },
      { account: { ...hotp, parameters: account.parameters } },
      { account: { ...steam, parameters: account.parameters } },
      { account: { ...steam, counter: 0 } },
    ],
    "otpauth-refused": [
      { uri: "", code: "invalid-uri", why: "x" },
      { code: "invalid-option" },
      { code: undefined },
      { why: "" },
      { uri: undefined },
      { account },
    ],
  };

  it.each([...schemas])("include %s, which refuses a broken row and a broken head", (name, schema) => {
    const [good, ...changes] = kinds[name.replace(".schema.json", "")] ?? [];
    const file = {
      $schema: `./schema/${name}`,
      title: "A title",
      source: { document: "RFC", section: "1", url: "https://example.com" },
      extracted: "by hand",
      confirmedBy: ["a 1"],
      rows: [good],
    };
    const accepts = (value: unknown): boolean => schema(JSON.parse(JSON.stringify(value))); // drops what is undefined
    expect(accepts(file)).toBe(true);
    expect(changes.length).toBeGreaterThan(3);
    for (const change of changes) {
      expect([change, accepts({ ...file, rows: [{ ...good, ...change }] })]).toEqual([change, false]);
    }
    const broken = [
      { $schema: undefined },
      { $schema: "./schema/other.schema.json" },
      { title: "" },
      { source: {} },
      { extracted: "" },
      { source: { ...file.source, url: "example.com" } },
      { source: { ...file.source, author: "x" } },
      { confirmedBy: [] },
      { confirmedBy: undefined },
      { rows: [] },
      { rows: [good, good] },
      { version: 1 },
    ];
    for (const change of broken) expect([change, accepts({ ...file, ...change })]).toEqual([change, false]);
  });

  it("let otpauth-valid take all three types", () => {
    const file = files.get("otpauth-valid.json");
    const accounts = [account, hotp, steam, { ...steam, issuer: "Steam" }];
    const rows = accounts.map((each) => ({ uri: "x", account: each, why: "x" }));
    expect(schemas.get("otpauth-valid.schema.json")?.({ ...file, rows })).toBe(true);
  });
});

describe("the vectors, when recomputed,", () => {
  interface CodeRow {
    readonly key: string;
    readonly algorithm: string;
    readonly digits: number;
    readonly counter: number;
    readonly code: string;
    readonly mac?: string;
    readonly truncated?: number;
    readonly time?: { readonly seconds: number; readonly period: number; readonly t0: number };
  }

  it("have codes whose step comes from the time, MAC from key and counter, number from the MAC, digits from the number", () => {
    for (const row of rowsOf<CodeRow>("codes")) {
      const { counter, digits, code, time } = row;
      const mac = hotpMac(row);
      if (time) expect(Math.floor((time.seconds - time.t0) / time.period)).toBe(counter);
      expect(row.mac ?? mac.toString("hex")).toBe(mac.toString("hex"));
      expect(row.truncated ?? truncate(mac)).toBe(truncate(mac));
      expect([row, code]).toEqual([row, formatCode(truncate(mac), digits)]);
    }
  });

  it("have as many codes of the RFCs as they print", () => {
    expect(files.get("rfc4226-appendix-d.json")?.rows.map(({ counter }) => counter)).toEqual([...Array(10).keys()]);
    const rows = files.get("rfc6238-appendix-b.json")?.rows as readonly CodeRow[] | undefined;
    expect(rows?.length).toBe(18);
    expect([...new Set(rows?.map(({ key }) => key.length / 2))]).toEqual([20, 32, 64]);
  });

  it("have codes of both programs with every length of key, algorithm, number of digits and period", () => {
    for (const name of ["interop-oathtool.json", "interop-pyotp.json"]) {
      const rows = (files.get(name)?.rows ?? []) as unknown as CodeRow[];
      const different = (pick: (row: CodeRow) => unknown): number => new Set(rows.map(pick)).size;
      expect(different(({ key, algorithm, digits }) => `${key.length} ${algorithm} ${digits}`)).toBe(8 * 3 * 3);
      expect(different(({ key, time }) => `${key.length} ${String(time === undefined)}`)).toBe(8 * 2);
      expect(different(({ time }) => time?.period)).toBe(4 + 1);
      expect(rows.some(({ counter }) => counter > 2 ** 32)).toBe(true);
    }
  });

  it("have codes with one to five zeros in front, for every algorithm and length", () => {
    const rows = (files.get("leading-zeros.json")?.rows ?? []) as unknown as CodeRow[];
    const zeros = rows.map((row) => `${row.algorithm} ${row.digits} ${String(/^0*/.exec(row.code)?.[0].length)}`);
    for (const algorithm of ["SHA-1", "SHA-256", "SHA-512"]) {
      for (const digits of [6, 7, 8]) {
        for (const count of [1, 2, 3, 4, 5]) expect(zeros).toContain(`${algorithm} ${digits} ${count}`);
      }
    }
    expect(rows.some(({ code }) => code === "000000")).toBe(true);
    expect(rows.every(({ code }) => code.startsWith("0"))).toBe(true);
  });

  it("have Steam Guard codes whose counter comes from the time, and whose letters from the MAC in base 26", () => {
    const rows = rowsOf<{ key: string; seconds: number; counter: number; code: string }>("steam");
    for (const { key, seconds, counter, code } of rows) {
      expect(Math.floor(seconds / 30)).toBe(counter);
      const digits = truncate(hotpMac({ algorithm: "SHA-1", key, counter }))
        .toString(26)
        .padStart(5, "0")
        .slice(-5);
      const letters = Array.from(digits, (digit) => "23456789BCDFGHJKMNPQRTVWXY".charAt(parseInt(digit, 26)));
      expect(letters.reverse().join("")).toBe(code);
    }
    expect(rows.slice(0, 4).map(({ code }) => code)).toEqual(["2TC8B", "YKKK4", "M4HQB", "DTVB3"]);
  });

  it("have truncations whose offset and number come from the MAC, and whose code from the number", () => {
    const rows = rowsOf<{ mac: string; offset: number; truncated: number; digits: number; code: string }>("truncation");
    for (const { mac, offset, truncated, digits, code } of rows) {
      const bytes = Buffer.from(mac, "hex");
      expect((bytes.at(-1) ?? 0) & 15).toBe(offset);
      expect(truncate(bytes)).toBe(truncated);
      expect(formatCode(truncated, digits)).toBe(code);
    }
    const topBits = rows.filter(({ mac, offset }) => parseInt(mac.slice(offset * 2, offset * 2 + 2), 16) > 127);
    expect(new Set(topBits.map(({ mac, offset }) => `${mac.length} ${offset}`)).size).toBe(3 * 16);
  });

  it("have truncations that find out who takes byte 19 of every MAC for the last one", () => {
    const rows = rowsOf<{ mac: string; offset: number }>("truncation").filter(({ mac }) => mac.length > 40);
    expect(rows.every(({ mac, offset }) => parseInt(mac.charAt(39), 16) !== offset)).toBe(true);
  });

  it("have the MACs of node:crypto", () => {
    const rows = rowsOf<{ algorithm: string; key: string; data: string; mac: string }>("hmac");
    for (const { algorithm, key, data, mac } of rows) {
      expect(hmac(algorithm, key, Buffer.from(data, "hex")).toString("hex")).toBe(mac);
    }
  });

  it("have base32 as it is computed from the bytes, padded and unpadded", () => {
    const rows = rowsOf<{ bytes: string; padded: string; unpadded: string }>("base32");
    for (const { bytes, padded, unpadded } of rows) {
      expect(toBase32(Buffer.from(bytes, "hex"))).toBe(unpadded);
      expect(unpadded.padEnd(Math.ceil(unpadded.length / 8) * 8, "=")).toBe(padded);
    }
  });

  it("refuse as base32 nothing that base32 writes", () => {
    for (const { text } of rowsOf<{ text: string }>("base32-refused")) {
      const letters = text.replace(/=+$/, "");
      const isWhole = text === letters || (text.length % 8 === 0 && text.length - letters.length < 7);
      expect([text, isWhole && isCanonical(letters)]).toEqual([text, false]);
    }
  });

  function isCanonical(letters: string): boolean {
    if (!/^[A-Z2-7]+$/.test(letters)) return false;
    const values = Array.from(letters, (letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter));
    const bits = values.map((value) => value.toString(2).padStart(5, "0")).join("");
    const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
    return toBase32(Uint8Array.from(bytes)) === letters;
  }

  it("have in window-collisions two counters of one window with one code", () => {
    interface CollisionRow {
      readonly key: string;
      readonly algorithm: string;
      readonly digits: number;
      readonly counters: readonly [number, number];
      readonly code: string;
    }
    for (const { counters, digits, code, ...row } of rowsOf<CollisionRow>("window-collisions")) {
      const [lower, higher] = counters;
      expect([1, 2]).toContain(higher - lower);
      for (const counter of counters) expect(formatCode(truncate(hotpMac({ ...row, counter })), digits)).toBe(code);
    }
  });

  it("have in secrets the code of the key, and mostly texts with something to be read away", () => {
    const rows = rowsOf<{ text: string; key: string; seconds: number; code: string }>("secrets");
    for (const { key, seconds, code } of rows) {
      const counter = Math.floor(seconds / 30);
      expect(formatCode(truncate(hotpMac({ key, algorithm: "SHA-1", counter })), 6)).toBe(code);
    }
    const texts = rows.map(({ text }) => text);
    expect(texts.filter((text) => !/^[A-Z2-7]+$/.test(text)).length).toBeGreaterThan(15);
    expect(texts.filter((text) => /^[A-Z2-7]+$/.test(text) && !isCanonical(text)).length).toBeGreaterThan(5);
    const refused = rowsOf<{ text: string }>("secrets-refused").map(({ text }) => text);
    expect(new Set([...texts, ...refused]).size).toBe(texts.length + refused.length);
  });

  it("have at least 40 otpauth rows in the shape in which a named program writes", () => {
    const writers = rowsOf<{ writer?: string }>("otpauth-valid").flatMap(({ writer }) => writer ?? []);
    expect(new Set(writers).size).toBe(writers.length);
    expect(writers.length).toBeGreaterThanOrEqual(40);
  });

  it("have otpauth secrets in canonical base32, and no URI that is both valid and refused", () => {
    const valid = rowsOf<{ uri: string; account: { secret: string } }>("otpauth-valid");
    for (const { account } of valid)
      expect([account.secret, isCanonical(account.secret)]).toEqual([account.secret, true]);
    const uris = [...valid, ...rowsOf<{ uri: string }>("otpauth-refused")].map(({ uri }) => uri);
    expect(new Set(uris).size).toBe(uris.length);
    const codes = rowsOf<{ code: string }>("otpauth-refused").map(({ code }) => code);
    expect([...new Set(codes)].sort()).toEqual(["invalid-secret", "invalid-uri", "secret-too-short"]);
  });
});
