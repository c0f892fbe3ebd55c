import { afterEach, describe, expect, it, vi } from "vitest";

import { ROW_CHECKS } from "../../src/cli/vector-checks.ts";
import { readVectors } from "../conformance/vectors.js";

const KEY = "3132333435363738393031323334353637383930";
const ACCOUNT = {
  ...{ type: "totp", secret: "JBSWY3DPEHPK3PXP", issuer: "Acme", accountName: "alice" },
  parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
};
const URI = "otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP&issuer=Acme";

/** A right row of each kind. */
const ROWS = {
  codes: {
    ...{ key: KEY, algorithm: "SHA-1", digits: 8, counter: 1, code: "94287082" },
    ...{ mac: "75a48a19d4cbe100644e8ac1397eea747a2d33ab", truncated: 1094287082 },
    ...{ time: { seconds: 59, period: 30, t0: 0 }, note: "RFC 6238, first row" },
  },
  truncation: {
    ...{ mac: "1f8698690e02ca16618550ef7f19da8e945b555a", offset: 10 },
    ...{ truncated: 1357872921, digits: 6, code: "872921" },
  },
  hmac: {
    ...{ name: "test_case 2", algorithm: "SHA-1", key: "4a656665" },
    ...{ data: "7768617420646f2079612077616e7420666f72206e6f7468696e673f" },
    ...{ mac: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", truncatedTo: 12 },
  },
  base32: { bytes: "666f6f62", padded: "MZXW6YQ=", unpadded: "MZXW6YQ" },
  "base32-refused": { text: "my", why: "lower case" },
  "window-collisions": {
    ...{ key: KEY, algorithm: "SHA-1", digits: 6, period: 30 },
    ...{ counters: [58261606, 58261608], code: "905913" },
  },
  steam: { key: "08244dea4414493deb7a", seconds: 30, counter: 1, code: "YKKK4", note: "published" },
  "otpauth-valid": { uri: URI, account: ACCOUNT, why: "all there" },
  "otpauth-refused": { uri: "https://example.com", code: "invalid-uri", why: "another scheme" },
} as const;

type Kind = keyof typeof ROWS;

async function failedLayers(kind: Kind, changes: object = {}, checks = ROW_CHECKS): Promise<readonly string[]> {
  const check = checks[kind];
  if (!check) throw new Error(`no check of ${kind}`);
  return check({ ...ROWS[kind], ...changes });
}

describe("a right row", () => {
  it.each(Object.keys(ROWS) as Kind[])("of %s passes", async (kind) => {
    expect(await failedLayers(kind)).toEqual([]);
  });

  it("may leave out what is optional", async () => {
    const { key, algorithm, digits, counter, code } = ROWS.codes;
    expect(await ROW_CHECKS["codes"]?.({ key, algorithm, digits, counter, code })).toEqual([]);
  });

  it("may have a key that is too short to verify with", async () => {
    const row = { key: "66", algorithm: "SHA-1", digits: 6, counter: 0, code: "531249" };
    expect(await ROW_CHECKS["codes"]?.(row)).toEqual([]);
    expect(await ROW_CHECKS["codes"]?.({ ...row, code: "531248" })).toEqual(["code", "sync-code"]);
  });

  it("may have names that are read but never written", async () => {
    const account = { ...ACCOUNT, accountName: "a:b" };
    expect(await failedLayers("otpauth-valid", { uri: URI.replace("alice", "a%3Ab"), account })).toEqual([]);
    const unnamed = { ...ACCOUNT, accountName: "" };
    expect(await failedLayers("otpauth-valid", { uri: URI.replace("alice", ""), account: unnamed })).toEqual([]);
  });
});

/** The layers that each face has of its own. */
const ON_BOTH_FACES: Readonly<Partial<Record<string, readonly string[]>>> = {
  codes: ["mac", "truncated", "code", "verify"],
  hmac: ["mac"],
  truncation: ["truncated"],
  "window-collisions": ["code", "code-again", "highest", "after"],
};

function onBothFaces(kind: Kind, layers: readonly string[]): string[] {
  const own = layers.filter((layer) => ON_BOTH_FACES[kind]?.includes(layer));
  return [...layers, ...own.map((layer) => `sync-${layer}`)].sort();
}

describe("a wrong column is reported as its layer, on both faces", () => {
  it.each<[Kind, object, string[]]>([
    ["codes", { time: { seconds: 29, period: 30, t0: 0 } }, ["time"]],
    ["codes", { time: { seconds: 60, period: 30, t0: 0 } }, ["time"]],
    ["codes", { time: { seconds: 59, period: 60, t0: 0 } }, ["time"]],
    ["codes", { time: { seconds: 59, period: 30, t0: 30 } }, ["time"]],
    ["codes", { mac: "76a48a19d4cbe100644e8ac1397eea747a2d33ab" }, ["mac"]],
    ["codes", { mac: "75a48a19d4cbe100644e8ac1397eea747a2d33" }, ["mac", "truncated"]],
    ["codes", { truncated: 1094287083 }, ["truncated"]],
    ["codes", { truncated: 94287082 }, ["truncated"]],
    ["codes", { mac: undefined, truncated: 1094287083 }, ["truncated"]],
    ["codes", { code: "94287083" }, ["code", "verify"]],
    ["codes", { digits: 6, code: "94287082" }, ["code", "verify"]],
    ["codes", { counter: 2 }, ["time", "mac", "code", "verify"]],
    ["codes", { key: `00${KEY}` }, ["mac", "code", "verify"]],
    ["codes", { algorithm: "SHA-256" }, ["mac", "code", "verify"]],
    ["truncation", { offset: 11 }, ["offset"]],
    ["truncation", { truncated: 1357872922 }, ["truncated", "code"]],
    ["truncation", { truncated: 2357872921 }, ["truncated"]],
    ["truncation", { code: "872922" }, ["code"]],
    ["truncation", { digits: 8 }, ["code"]],
    ["truncation", { mac: "1f8698690e02ca16618550ef7f19da8e945b555b" }, ["offset", "truncated"]],
    ["truncation", { mac: "00" }, ["offset", "truncated"]],
    ["hmac", { mac: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c78" }, ["mac"]],
    ["hmac", { mac: "effcdf6ae5eb2fa2d27416d5" }, ["mac"]],
    ["hmac", { key: "4a656666" }, ["mac"]],
    ["hmac", { data: "" }, ["mac"]],
    ["hmac", { algorithm: "SHA-512" }, ["mac"]],
    ["base32", { unpadded: "MZXW6YR" }, ["encode", "decode"]],
    ["base32", { padded: "MZXW6YQ" }, ["encode-padded"]],
    ["base32", { padded: "MZXW6YA=" }, ["encode-padded", "decode-padded"]],
    ["base32", { bytes: "666f6f" }, ["encode", "encode-padded", "decode", "decode-padded"]],
    ["base32-refused", { text: "MY" }, ["refused"]],
    ["window-collisions", { counters: [58261607, 58261608] }, ["code"]],
    ["window-collisions", { counters: [58261608, 58261606] }, ["counters", "highest", "after"]],
    ["window-collisions", { counters: [58261606, 58261607] }, ["code-again", "highest", "after"]],
    ["window-collisions", { code: "905914" }, ["code", "code-again", "highest", "after"]],
    ["steam", { counter: 2 }, ["time", "verify"]],
    ["steam", { seconds: 60 }, ["time", "code", "verify"]],
    ["steam", { code: "YKKK5" }, ["code", "verify"]],
    ["steam", { key: "08244dea4414493deb7b" }, ["code", "verify"]],
    ["otpauth-valid", { account: { ...ACCOUNT, accountName: "bob" } }, ["parse"]],
    ["otpauth-valid", { account: { ...ACCOUNT, counter: 0 } }, ["parse", "round-trip"]],
    ["otpauth-valid", { account: { ...ACCOUNT, more: 1 } }, ["parse", "round-trip"]],
    ["otpauth-valid", { account: { ...ACCOUNT, secret: "jbswy3dpehpk3pxp" } }, ["parse", "round-trip"]],
    ["otpauth-valid", { account: {} }, ["parse", "round-trip"]],
    ["otpauth-valid", { uri: `${URI}&secret=` }, ["parse"]],
    ["otpauth-refused", { uri: URI }, ["refused", "error-code"]],
    ["otpauth-refused", { code: "invalid-secret" }, ["error-code"]],
  ])("%s %j: %j", async (kind, changes, layers) => {
    expect([...(await failedLayers(kind, changes))].sort()).toEqual(onBothFaces(kind, layers));
  });

  it.each(Object.keys(ROWS) as Kind[])("a column of %s that is missing, unknown or of another kind", async (kind) => {
    const check = ROW_CHECKS[kind];
    const optional = ["mac", "truncated", "time", "note", "truncatedTo"];
    for (const column of Object.keys(ROWS[kind])) {
      const isOptional = optional.includes(column) && ["codes", "hmac", "steam"].includes(kind) && column in ROWS[kind];
      const isNeeded = !isOptional || (kind === "hmac" && column === "mac");
      if (isNeeded) expect(await failedLayers(kind, { [column]: undefined }), column).toEqual(["shape"]);
      for (const value of [null, [], true, -1, 0.5, Symbol("0")]) {
        expect(await failedLayers(kind, { [column]: value }), column).toEqual(["shape"]);
      }
    }
    expect(await failedLayers(kind, { typo: "" })).toEqual(["shape"]);
    for (const row of [null, undefined, [], "row", 1]) expect(await check?.(row)).toEqual(["shape"]);
  });

  it.each<[Kind, object]>([
    ["codes", { key: "" }],
    ["codes", { key: "3" }],
    ["codes", { key: "0G" }],
    ["codes", { mac: "75A4" }],
    ["codes", { code: "12345" }],
    ["codes", { code: "123456789" }],
    ["codes", { digits: 9 }],
    ["codes", { algorithm: "SHA1" }],
    ["codes", { counter: "1" }],
    ["codes", { counter: 2 ** 53 }],
    ["codes", { time: { seconds: 59, period: 30 } }],
    ["codes", { time: { seconds: 59, period: 30, t0: 0, zone: 1 } }],
    ["window-collisions", { counters: [1, 2, 3] }],
    ["steam", { code: "YKKK1" }],
    ["steam", { code: "ykkk4" }],
    ["window-collisions", { counters: [1, "2"] }],
  ])("%s %j has another shape", async (kind, changes) => {
    expect(await failedLayers(kind, changes)).toEqual(["shape"]);
  });
});

const MOCKED = [
  ...["time-step", "counter", "truncation", "base32", "otpauth/build"],
  ...["webcrypto/hotp", "webcrypto/totp", "portable/hotp", "portable/totp", "portable/mac"],
];

describe("a fault of the program is reported as its layer", () => {
  afterEach(() => {
    for (const file of MOCKED) vi.doUnmock(`../../src/${file}.ts`);
    vi.resetModules();
  });

  type Faults = Readonly<Record<string, (...parameters: never[]) => unknown>>;

  const yes = (counter: number): Faults => ({ verifyTotp: () => Promise.resolve({ counter, delta: 0 }) });

  it.each<[name: string, Kind, file: string, faults: Faults, string[]]>([
    ["no time", "codes", "time-step", { timeStep: () => ({ counter: 0 }) }, ["time"]],
    ["bytes in the wrong order", "codes", "counter", { counterBytes: () => new DataView(new ArrayBuffer(8)) }, ["mac"]],
    ["wrong truncation", "codes", "truncation", { truncate: () => 94287082 }, ["truncated"]],
    ["wrong HOTP", "codes", "webcrypto/hotp", { generateHotp: () => Promise.resolve("94287083") }, ["code"]],
    ["wrong TOTP", "codes", "webcrypto/totp", { generateTotp: () => Promise.resolve("94287083") }, ["code"]],
    ["HOTP that always refuses", "codes", "webcrypto/hotp", { verifyHotp: () => Promise.resolve(null) }, ["verify"]],
    ["TOTP that always refuses", "codes", "webcrypto/totp", { verifyTotp: () => Promise.resolve(null) }, ["verify"]],
    ["TOTP of another counter", "codes", "webcrypto/totp", yes(2), ["verify"]],
    [
      "a verifier that throws",
      "codes",
      "webcrypto/totp",
      { verifyTotp: () => Promise.reject(new Error()) },
      ["verify"],
    ],
    ["the lower counter", "window-collisions", "webcrypto/totp", yes(58261606), ["highest", "after"]],
    ["wrong HOTP at once", "codes", "portable/hotp", { generateHotp: () => "94287083" }, ["sync-code"]],
    ["wrong TOTP at once", "codes", "portable/totp", { generateTotp: () => "94287083" }, ["sync-code"]],
    ["HOTP that refuses at once", "codes", "portable/hotp", { verifyHotp: () => null }, ["sync-verify"]],
    ["TOTP that refuses at once", "codes", "portable/totp", { verifyTotp: () => null }, ["sync-verify"]],
    [
      "a wrong MAC at once",
      "codes",
      "portable/mac",
      { macsBy: () => () => new DataView(new ArrayBuffer(20)) },
      ["sync-mac"],
    ],
    ["wrong truncation at once", "truncation", "truncation", { truncateWords: () => 1 }, ["sync-truncated"]],
    [
      "no collision at once",
      "window-collisions",
      "portable/totp",
      { verifyTotp: () => null },
      ["sync-highest", "sync-after"],
    ],
    ["a forgotten after", "window-collisions", "webcrypto/totp", yes(58261608), ["after"]],
    ["lax base32", "base32-refused", "base32", { decodeBase32: () => new Uint8Array(1) }, ["refused"]],
    ["base32 without padding", "base32", "base32", { encodeBase32: () => "MZXW6YQ" }, ["encode-padded"]],
    [
      "a URI without its issuer",
      "otpauth-valid",
      "otpauth/build",
      { buildOtpauthUri: () => "otpauth:" },
      ["round-trip"],
    ],
  ])("%s", async (_, kind, file, faults, layers) => {
    vi.resetModules();
    vi.doMock(`../../src/${file}.ts`, async (original) => {
      const real: object = await original();
      return { ...real, ...faults };
    });
    const { ROW_CHECKS: checks } = await import("../../src/cli/vector-checks.ts");
    const found = await failedLayers(kind, {}, checks);
    expect(found).toEqual(expect.arrayContaining(layers));
    if (!["time-step", "counter", "truncation"].includes(file)) expect(found).toEqual(layers);
  });
});

describe("the shipped vectors", () => {
  const vectors = Object.entries(readVectors());

  it("are of every kind that is checked, and of no other", () => {
    const kinds = vectors.map(([, { $schema }]) => /^\.\/schema\/(.+)\.schema\.json$/.exec($schema)?.[1]);
    expect([...new Set(kinds)].sort()).toEqual(Object.keys(ROW_CHECKS).sort());
  });

  it.each(vectors)("%s pass", async (_, { $schema, rows }) => {
    const check = ROW_CHECKS[/schema\/(.+)\.schema/.exec($schema)?.[1] ?? ""];
    for (const [index, row] of rows.entries()) expect([index, await check?.(row)]).toEqual([index, []]);
  });
});
