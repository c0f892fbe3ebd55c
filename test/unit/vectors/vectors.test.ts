// The checker of test vectors: a right row passes, a wrong column or a wrong library is noticed at
// its layer, and nothing is told but that.
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import * as halfminute from "../../../src/index.ts";
import * as steam from "../../../src/steam/index.ts";
import * as sync from "../../../src/sync.ts";
import { vectorFiles } from "../../../src/vectors/files.ts";
import {
  checkVectors,
  synchronousFace,
  vectorConformance,
  type VectorLibrary,
  webCryptoFace,
} from "../../../src/vectors/index.ts";
import { layersOf } from "../../../src/vectors/layers.ts";
import type { CodeRow } from "../../../src/vectors/rows.ts";
import { thrownCode } from "../../helpers/thrown.ts";

const SHIPPED = new URL("../../../vectors/", import.meta.url);
const FILES = vectorFiles();
const FACES = [
  ["WebCrypto", webCryptoFace()],
  ["the synchronous face", synchronousFace()],
] as const;

/** RFC 4226 Appendix D. A wrong code ends in 2, or in 3 where the right one ends in 2. */
const FIRST_ROWS = ["755224", "287082"].map((code, counter): CodeRow => {
  const key = Buffer.from("12345678901234567890").toString("hex");
  return { key, algorithm: "SHA-1", digits: 6, counter, code, time: { seconds: 30 * counter, period: 30, t0: 0 } };
});

async function wrongLayers(kind: string, row: object, library: VectorLibrary): Promise<string[]> {
  const wrong: string[] = [];
  for (const [layer, holds] of Object.entries(layersOf(kind, row, library))) {
    const isRight = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    if (!isRight) wrong.push(layer);
  }
  return wrong;
}

/** A row of each kind that has all columns. */
function rowOf(kind: string): Record<string, unknown> {
  const rows = FILES.filter((file) => file.kind === kind).flatMap((file) => file.rows as Record<string, unknown>[]);
  return rows.findLast((row) => kind !== "codes" || ("mac" in row && "time" in row)) as Record<string, unknown>;
}

describe("the shipped vectors", () => {
  it("are every JSON file of the folder, row for row", () => {
    const names = readdirSync(SHIPPED).filter((name) => name.endsWith(".json"));
    expect(FILES.map(({ file }) => file)).toEqual(names.sort());
    for (const { file, kind, rows } of FILES) {
      const shipped = JSON.parse(readFileSync(new URL(file, SHIPPED), "utf8")) as { $schema: string; rows: object[] };
      expect(`./schema/${kind}.schema.json`).toBe(shipped.$schema);
      expect(rows).toEqual(shipped.rows);
    }
  });

  it.each(FACES)("are right on %s, at every layer of each row", async (_, face) => {
    const reports = await checkVectors(face);
    expect(reports.map(({ file }) => file)).toEqual(FILES.map(({ file }) => file));
    expect(reports.map(({ rows }) => rows.length)).toEqual(FILES.map(({ rows }) => rows.length));
    expect(reports.flatMap(({ file, rows }) => rows.flatMap((wrong) => wrong.map((layer) => [file, layer])))).toEqual(
      [],
    );
  });

  it("whose rows have no MAC are truncated from a computed one", async () => {
    const rows = FILES.flatMap(({ kind, rows: all }) => (kind === "codes" ? (all as CodeRow[]) : []));
    const bare = rows.filter(({ mac, truncated }) => mac === undefined && truncated !== undefined);
    expect(bare.length).toBeGreaterThan(0);
    for (const row of bare) {
      expect(await layersOf("codes", row, RIGHT)["truncated"]?.()).toBe(true);
      const other = { ...row, truncated: (row.truncated as number) ^ 1 };
      expect(await layersOf("codes", other, RIGHT)["truncated"]?.()).toBe(false);
    }
  });

  it("have a layer in every row of every file, on a whole face", () => {
    const [, [, face]] = FACES;
    const unchecked = FILES.flatMap(({ file, kind, rows }) =>
      rows.flatMap((row, index) => (Object.keys(layersOf(kind, row, face)).length === 0 ? [`${file} ${index}`] : [])),
    );
    expect(unchecked).toEqual([]);
  });
});

/** What each column decides. A changed one must be noticed by just these layers. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  codes: {
    key: ["mac", "hotp", "verify-hotp", "totp", "verify-totp"],
    algorithm: ["mac", "hotp", "verify-hotp", "totp", "verify-totp"],
    counter: ["mac", "hotp", "verify-hotp", "time", "verify-totp", "refuse-totp"],
    code: ["hotp", "verify-hotp", "totp", "verify-totp"],
    mac: ["mac", "truncated"],
    truncated: ["truncated"],
    time: ["time", "totp", "verify-totp", "refuse-totp"],
  },
  truncation: { mac: ["truncated"], truncated: ["truncated"] },
  hmac: { algorithm: ["mac"], key: ["mac"], data: ["mac"], mac: ["mac"] },
  base32: { bytes: ["encode", "encode-padded", "decode", "decode-padded"] },
  "base32-refused": { text: ["refused"] },
  "window-collisions": {
    key: ["hotp", "highest", "after"],
    counters: ["hotp", "highest", "after"],
    code: ["hotp", "highest", "after"],
  },
  steam: {
    key: ["steam", "verify-steam"],
    seconds: ["steam", "verify-steam"],
    counter: ["verify-steam", "refuse-steam"],
    code: ["steam", "verify-steam"],
  },
  secrets: { text: ["secret", "totp"], key: ["secret"], seconds: ["totp"], code: ["totp"] },
  "secrets-refused": { text: ["refused", "totp-refused"], code: ["refused", "totp-refused"] },
  "otpauth-valid": { uri: ["parse"], account: ["parse"] },
  "otpauth-refused": { uri: ["refused"], code: ["refused"] },
};

const CHANGES: Readonly<Record<string, (value: unknown, kind: string) => unknown>> = {
  algorithm: (value) => (value === "SHA-1" ? "SHA-256" : "SHA-1"),
  time: (value) => ({ ...(value as object), seconds: 1e9 + 7 }),
  account: (value) => ({ ...(value as object), accountName: "somebody else" }),
  counters: (value) => (value as number[]).map((counter) => counter + 1),
  text: (_, kind) => (kind === "secrets" ? "MZXW6YTBOI" : kind === "base32-refused" ? "MZXW6YQ" : "JBSWY3DPEHPK3PXP"),
  uri: (_, kind) => (kind === "otpauth-valid" ? "otpauth://totp/x?secret=MY" : "otpauth://totp/a?secret=JBSWY3DP"),
  // Not its last character, which the layers change for a wrong code.
  code: (value) => (/^\w+$/.test(String(value)) ? changedBeginning(String(value)) : "invalid-bytes"),
};

function changedBeginning(text: string): string {
  return (text.startsWith("2") ? "3" : "2") + text.slice(1);
}

function changedEnd(text: string): string {
  return text.slice(0, -1) + (text.endsWith("2") ? "3" : "2");
}

function changed(kind: string, column: string): Record<string, unknown> {
  const row = rowOf(kind);
  const value = row[column];
  const change = CHANGES[column];
  if (change) return { ...row, [column]: change(value, kind) };
  if (typeof value === "number") return { ...row, [column]: value < 60 ? value + 60 : value - 60 };
  return { ...row, [column]: changedEnd(String(value)) };
}

describe.each(FACES)("on %s", (_, face) => {
  it.each(Object.entries(COLUMNS).flatMap(([kind, columns]) => Object.keys(columns).map((column) => [kind, column])))(
    "a wrong column is noticed at its layers: %s, %s",
    async (kind = "", column = "") => {
      expect(column in rowOf(kind)).toBe(true);
      expect(await wrongLayers(kind, rowOf(kind), face)).toEqual([]);
      expect((await wrongLayers(kind, changed(kind, column), face)).sort()).toEqual(
        [...(COLUMNS[kind]?.[column] ?? [])].sort(),
      );
    },
  );

  it("a row of an unknown kind is wrong", async () => {
    for (const kind of ["base64", "constructor", "__proto__"]) {
      expect(await wrongLayers(kind, {}, face)).toEqual(["kind"]);
      expect(layersOf(kind, {}, face)["kind"]?.()).toBe(false);
    }
  });

  it("a key that is too short to verify with must be refused", async () => {
    const row = { key: "66", algorithm: "SHA-1", digits: 6, counter: 0, code: "531249" };
    expect(await wrongLayers("codes", row, face)).toEqual([]);
    const lax = { ...face, verifyHotp: () => ({ counter: 0, delta: 0 }) };
    expect(await wrongLayers("codes", row, lax)).toEqual(["verify-hotp"]);
  });

  it("a name that is read and never written must be refused", async () => {
    const account = {
      type: "totp",
      secret: "JBSWY3DPEHPK3PXP",
      issuer: "Acme",
      accountName: "a:b",
      parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
    };
    const uri = "otpauth://totp/Acme:a%3Ab?secret=JBSWY3DPEHPK3PXP&issuer=Acme";
    expect(await wrongLayers("otpauth-valid", { uri, account }, face)).toEqual([]);
    const lax = { ...face, buildOtpauthUri: () => uri };
    expect(await wrongLayers("otpauth-valid", { uri, account }, lax)).toEqual(["round-trip"]);
    const blank = { ...account, accountName: " " };
    expect(
      await wrongLayers("otpauth-valid", { uri, account: blank }, { ...face, parseOtpauthUri: () => blank as never }),
    ).toEqual([]);
  });

  it.each([64, 65, 128, 129])("the MAC with a key of %i bytes is that of Node", async (length) => {
    for (const algorithm of ["SHA-1", "SHA-256", "SHA-512"] as const) {
      const [key, message] = [new Uint8Array(length).fill(7), Buffer.from("message")];
      const expected = createHmac(algorithm.replace("-", ""), key).update(message).digest("hex");
      expect(Buffer.from((await face.hmac?.(key, algorithm, message)) ?? "").toString("hex")).toBe(expected);
    }
  });

  it.each(FIRST_ROWS)("the first rows of RFC 4226 Appendix D are right as time steps too: %o", async (row) => {
    expect(await wrongLayers("codes", row, face)).toEqual([]);
  });
});

const RIGHT = synchronousFace() as Required<VectorLibrary>;

/** Libraries with a fault, and the layers that must notice it. */
const MUTANTS: readonly (readonly [name: string, mutant: VectorLibrary, layers: readonly string[]])[] = [
  ["a MAC of zeros", { hmac: () => new Uint8Array(20) }, ["mac"]],
  ["an offset of three bits", { truncate: (mac) => RIGHT.truncate(mac.map((byte) => byte & 0xf7)) }, ["truncated"]],
  [
    "codes without leading zeros",
    { generateHotp: (...given) => String(Number(RIGHT.generateHotp(...given))) },
    ["hotp"],
  ],
  [
    "a counter of 32 bits",
    { generateHotp: (key, counter, shape) => RIGHT.generateHotp(key, counter >>> 0, shape) },
    ["hotp"],
  ],
  ["a verifier that says yes", { verifyTotp: () => ({ counter: 1, delta: 0 }) }, ["verify-totp", "highest", "after"]],
  [
    "a verifier that forgets after",
    { verifyTotp: (key, code, options) => RIGHT.verifyTotp(key, code, { ...options, after: null }) },
    ["after"],
  ],
  ["HOTP that says yes", { verifyHotp: (_, __, counter) => ({ counter, delta: 0 }) }, ["refuse-hotp"]],
  [
    "TOTP that says yes",
    { verifyTotp: (_, __, options) => ({ ...RIGHT.timeStep(options), delta: 0 }) },
    ["refuse-totp", "highest"],
  ],
  [
    "Steam that says yes",
    { verifySteamCode: (_, __, { at }) => ({ counter: Math.floor(at.getTime() / 30_000), delta: 0 }) },
    ["refuse-steam"],
  ],
  [
    "HOTP that does not look at the last digit",
    {
      verifyHotp: (key, code, counter, shape) =>
        sync.generateHotp(key, counter, shape).startsWith(code.slice(0, -1)) ? { counter, delta: 0 } : null,
    },
    ["refuse-hotp"],
  ],
  [
    "TOTP that does not look at the last digit",
    {
      verifyTotp: (key, code, options) => {
        const { algorithm, digits, period, t0, at } = options;
        const right = sync.generateTotp(key, { algorithm, digits, period, t0, at });
        return RIGHT.verifyTotp(key, right.startsWith(code.slice(0, -1)) ? right : code, options);
      },
    },
    ["refuse-totp"],
  ],
  [
    "Steam that does not look at the last character",
    {
      verifySteamCode: (key, code, options) => {
        const right = steam.generateSteamCode(key, { at: options.at });
        return RIGHT.verifySteamCode(key, right.startsWith(code.slice(0, -1)) ? right : code, options);
      },
    },
    ["refuse-steam"],
  ],
  [
    "HOTP that looks ahead unasked",
    { verifyHotp: (key, code, counter, shape) => sync.verifyHotp(key, code, counter, { ...shape, lookAhead: 1 }) },
    ["refuse-hotp"],
  ],
  [
    "TOTP that is lenient unasked",
    { verifyTotp: (key, code, options) => RIGHT.verifyTotp(key, code, { ...options, lookBehind: 1 }) },
    ["refuse-totp"],
  ],
  [
    "Steam that forgets after",
    { verifySteamCode: (key, code, options) => RIGHT.verifySteamCode(key, code, { ...options, after: null }) },
    ["refuse-steam"],
  ],
  ["a verifier that says no", { verifyHotp: () => null }, ["verify-hotp"]],
  ["a verifier that throws", { verifyHotp: () => Promise.reject(new Error("x")) }, ["verify-hotp"]],
  ["time without t0", { timeStep: ({ at }) => ({ counter: Math.floor(at.getTime() / 30_000) }) }, ["time"]],
  ["lax base32", { decodeBase32: RIGHT.decodeSecret }, ["refused"]],
  [
    "base32 without padding",
    { encodeBase32: (bytes) => RIGHT.encodeBase32(bytes, { padding: false }) },
    ["encode-padded"],
  ],
  ["secrets that must be strict", { decodeSecret: RIGHT.decodeBase32 }, ["secret", "refused"]],
  [
    "URIs that forget the digits",
    { parseOtpauthUri: (uri) => RIGHT.parseOtpauthUri(uri.replace(/digits=\d/, "")) },
    ["parse"],
  ],
  ["errors with other codes", { OtpError: TypeError as never }, ["refused"]],
  ["Steam's alphabet turned round", { generateSteamCode: () => "YKKK5" }, ["steam"]],
];

describe("vectorConformance notices a faulty library", () => {
  it.each(MUTANTS)("%s", async (_, mutant, layers) => {
    const reports = await checkVectors({ ...RIGHT, ...mutant });
    const wrong = new Set(reports.flatMap(({ rows }) => rows.flat()));
    expect([...wrong]).toEqual(expect.arrayContaining([...layers]));
  });
});

describe("a row is enough to notice", () => {
  const [zero, one] = FIRST_ROWS as [CodeRow, CodeRow];
  const last = FILES.flatMap(({ kind, rows }) => (kind === "codes" ? (rows as CodeRow[]) : [])).find(
    ({ counter }) => counter === 2 ** 53 - 2,
  ) as CodeRow;
  const looksBehind: VectorLibrary = {
    verifyHotp: (key, code, counter, shape) =>
      sync.verifyHotp(key, code, Math.max(counter - 1, 0), { ...shape, lookAhead: 1 }) && { counter, delta: 0 },
  };
  const oneDigitLess = (row: CodeRow): VectorLibrary => ({
    verifyHotp: (_, code, counter) =>
      /^\d{6}$/.test(code) && code.startsWith(row.code.slice(0, -1)) && counter === row.counter
        ? { counter, delta: 0 }
        : null,
  });

  it.each<[string, CodeRow, VectorLibrary, string]>([
    ["HOTP that looks behind", zero, looksBehind, "refuse-hotp"],
    ["HOTP that looks behind from the last counter", last, looksBehind, "refuse-hotp"],
    [
      "HOTP that looks ahead from the first counter",
      one,
      {
        verifyHotp: (key, code, counter, shape) =>
          sync.verifyHotp(key, code, counter, { ...shape, lookAhead: counter === 0 ? 1 : 0 }),
      },
      "refuse-hotp",
    ],
    ["HOTP that does not look at a last digit of 4", zero, oneDigitLess(zero), "refuse-hotp"],
    ["HOTP that does not look at a last digit of 2", one, oneDigitLess(one), "refuse-hotp"],
    [
      "HOTP with a wrong delta",
      zero,
      { verifyHotp: (...given) => sync.verifyHotp(...given) && { counter: 0, delta: 1 } },
      "verify-hotp",
    ],
    [
      "TOTP that looks ahead unasked",
      one,
      { verifyTotp: (key, code, options) => RIGHT.verifyTotp(key, code, { ...options, lookAhead: 1 }) },
      "refuse-totp",
    ],
  ])("%s", async (_, row, mutant, layer) => {
    expect(await wrongLayers("codes", row, { ...RIGHT, ...mutant })).toEqual([layer]);
  });

  it("one wrong code of two that should be the same", async () => {
    const row = rowOf("window-collisions");
    for (const counter of row["counters"] as number[]) {
      const generateHotp: VectorLibrary["generateHotp"] = (...given) =>
        given[1] === counter ? "000000" : RIGHT.generateHotp(...given);
      expect(await wrongLayers("window-collisions", row, { ...RIGHT, generateHotp })).toEqual(["hotp"]);
    }
  });

  it.each<[unknown, unknown]>([
    [5, {}],
    [{}, 5],
    [null, {}],
    [{}, null],
  ])("that %j was read in place of %j", async (read, account) => {
    const library = { parseOtpauthUri: () => read } as unknown as VectorLibrary;
    expect(await wrongLayers("otpauth-valid", { uri: "", account }, library)).toEqual(["parse"]);
  });
});

it("a library may have other defaults, and may require the time", async () => {
  const library: VectorLibrary = {
    ...RIGHT,
    encodeBase32: (bytes, options) => RIGHT.encodeBase32(bytes, Object.assign({ padding: true }, options)),
    generateHotp: (key, counter, options) =>
      RIGHT.generateHotp(key, counter, Object.assign({ algorithm: "SHA-512", digits: 8 }, options)),
    generateTotp: (secret, options) => RIGHT.generateTotp(secret, { ...options, at: new Date(options.at.getTime()) }),
  };
  expect((await checkVectors(library)).flatMap(({ rows }) => rows.flat())).toEqual([]);
});

it("a library that changes what it is given does not change the rows", async () => {
  const library = {
    ...RIGHT,
    buildOtpauthUri: (account: Parameters<typeof RIGHT.buildOtpauthUri>[0]) => {
      Reflect.deleteProperty(account, "issuer");
      return RIGHT.buildOtpauthUri(account);
    },
  };
  const wrong = (await checkVectors(library)).flatMap(({ rows }) => rows.flat());
  expect(wrong.filter((layer) => layer === "round-trip").length).toBeGreaterThan(50);
  expect((await checkVectors(RIGHT)).flatMap(({ rows }) => rows.flat())).toEqual([]);
});

it("a match may say more than counter and delta", async () => {
  const library: VectorLibrary = {
    ...RIGHT,
    verifyTotp: (...given) => {
      const match = sync.verifyTotp(...given);
      return match && { ...match, more: 1 };
    },
  };
  expect((await checkVectors(library)).flatMap(({ rows }) => rows.flat())).toEqual([]);
});

describe("vectorConformance", () => {
  function testsOf(library: VectorLibrary): Map<string, () => Promise<void>> {
    const tests = new Map<string, () => Promise<void>>();
    vectorConformance(library, { test: (name, run) => tests.set(name, run) });
    return tests;
  }

  it("registers a test for each file and layer, and each has a name of its own", async () => {
    const names: string[] = [];
    vectorConformance(halfminute, { test: (name) => names.push(name) });
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(["rfc4226-appendix-d.json: hotp", "rfc6238-appendix-b.json: totp"]));
    for (const [, run] of testsOf({ ...sync, ...steam })) await run();
  });

  it("asks a library only for what it has", () => {
    const names = [...testsOf({ encodeBase32: sync.encodeBase32 }).keys()];
    expect(names).toEqual(["rfc4648-section-10.json: encode", "rfc4648-section-10.json: encode-padded"]);
    const reading = [...testsOf({ parseOtpauthUri: sync.parseOtpauthUri }).keys()];
    expect(reading).toEqual(["otpauth-refused.json: refused", "otpauth-valid.json: parse"]);
  });

  it("asks a library without OtpError only to refuse, and to verify no short secret", async () => {
    const foreign: Omit<VectorLibrary, "OtpError"> & { OtpError?: unknown } = synchronousFace();
    delete foreign.OtpError;
    const own = foreign as Required<VectorLibrary>;
    const library: VectorLibrary = {
      ...own,
      decodeBase32: (text: string) => {
        try {
          return own.decodeBase32(text);
        } catch {
          throw new TypeError("another error");
        }
      },
      verifyHotp: (...given: Parameters<Required<VectorLibrary>["verifyHotp"]>) => {
        expect(given[0].length).toBeGreaterThanOrEqual(10);
        return own.verifyHotp(...given);
      },
    };
    for (const [, run] of testsOf(library)) await run();
  });

  it("names file, layer and rows of what is wrong, and never a secret or a code", async () => {
    const tests = testsOf({ generateHotp: () => "123456" });
    const failing = tests.get("rfc4226-appendix-d.json: hotp") as () => Promise<void>;
    const error = await failing().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).toBe(
      "rfc4226-appendix-d.json: hotp is wrong in row 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 (the first is 0)",
    );
    const others = testsOf({ ...sync, generateHotp: () => "123456" });
    await expect(others.get("rfc4226-appendix-d.json: verify-hotp")?.()).resolves.toBeUndefined();
  });

  const options = { test: () => undefined };
  it.each<[string, unknown, unknown, string, RegExp]>([
    ["no options", halfminute, undefined, "invalid-option", /^test must be a function$/],
    ["no test", halfminute, {}, "invalid-option", /^test must be a function$/],
    ["a test that is not a function", halfminute, { test: "it" }, "invalid-option", /^test must be a function$/],
    ["an unknown option", halfminute, { ...options, expect }, "unknown-option", /"expect"/],
    [
      "a library with nothing to check",
      { version: "1" },
      options,
      "invalid-option",
      /^library must have at least one /,
    ],
    ["null for a library", null, options, "invalid-option", /^library must be an object/],
    ["nothing for a library", undefined, options, "invalid-option", /^library must be an object/],
    ["text for a library", "halfminute", options, "invalid-option", /^library must be an object/],
  ])("throws for %s", (_, library, given, code, message) => {
    const call = (): void => {
      vectorConformance(library as VectorLibrary, given as never);
    };
    expect(thrownCode(call)).toBe(code);
    expect(call).toThrow(message);
  });
});
