// The stored text of version 2: exactly what was written, or corrupt.
import { describe, expect, it } from "vitest";

import { encodeBase32 } from "../../src/index.ts";
import { readPolicy } from "../../src/two-factor/policy.ts";
import {
  MOST_BROWSERS,
  MOST_DEVICES,
  MOST_PURPOSES,
  MOST_SEALED_CHARACTERS,
  MOST_TOLD,
  MOST_TOLD_COUNTER,
  MOST_TOLD_TOGETHER,
  parse,
  serialize,
} from "../../src/two-factor/state/format.ts";
import { NO_STATE, type State } from "../../src/two-factor/state/state.ts";
import { codeOf, codeOfRefusal, START, World } from "./world.ts";

const LIMITS = readPolicy(undefined);

function read(body: unknown): State {
  return parse(body, START, LIMITS);
}

/** An id of its own for each number. */
function id(number: number): string {
  return encodeBase32(Uint8Array.from({ length: 16 }, (_, index) => (index === 0 ? number : 255 - index)));
}

function list<Item>(length: number, make: (index: number) => Item): Item[] {
  return Array.from({ length }, (_, index) => make(index));
}

const TIME = 9_999_999_999_999; // 13 digits, in the year 2286
const NAME = "n".repeat(128);
const TOLD = list(MOST_TOLD, (index) => MOST_TOLD_COUNTER - index);

/** As large as a state can be. */
const LARGEST: State = {
  vault: { keyId: "k".repeat(40), text: "x".repeat(MOST_SEALED_CHARACTERS) },
  version1: null,
  failures: 100,
  outstanding: 1_000_000_000, // of version 1, whose failures have no limit
  notBefore: TIME,
  devices: list(MOST_DEVICES, (index) => ({
    id: id(index),
    name: NAME,
    type: index % 2 === 0 ? "totp" : "hotp",
    since: TIME,
    lastUsedAt: TIME,
    lastCounter: Number.MAX_SAFE_INTEGER,
    told: index === 0 ? TOLD : [],
  })),
  pending: { id: id(100), name: NAME, expiresAt: TIME, failures: 100, told: TOLD },
  recovery: { hashes: list(10, (index) => id(index)), issued: { hash: id(50), expiresAt: TIME } },
  browsers: list(MOST_BROWSERS, (index) => ({
    id: id(200 + index),
    name: NAME,
    generation: 99_999,
    verifiedAt: TIME,
    expiresAt: TIME,
    steppedAt: TIME,
  })),
  issued: list(MOST_PURPOSES, (index) => ({
    purpose: String(index).repeat(32),
    day: 99_999,
    count: 100,
    nonce: id(1),
    tag: id(2),
    expiresAt: TIME,
    resendAt: TIME,
    tries: 10,
  })),
};

/** With everything in it that a state can have, and short. */
const SHORT: State = {
  ...LARGEST,
  vault: { keyId: "a/B_1.:-", text: "A+/=~!#" },
  outstanding: 30,
  devices: [
    { id: id(0), name: 'a "b" \\ ü', type: "totp", since: 5, lastUsedAt: null, lastCounter: null, told: [] },
    { id: id(1), name: null, type: "hotp", since: 0, lastUsedAt: 70, lastCounter: 10, told: [11, 12] },
  ],
  pending: { id: id(100), name: "p", expiresAt: 9, failures: 0, told: [3] },
  recovery: { hashes: [id(0), id(1)], issued: { hash: id(50), expiresAt: 80 } },
  browsers: [
    { id: id(200), name: "b", generation: 1, verifiedAt: 1, expiresAt: 2, steppedAt: 3 },
    { id: id(201), name: null, generation: 20, verifiedAt: 10, expiresAt: 20, steppedAt: 30 },
  ],
  issued: [
    { purpose: "e mail", day: 4, count: 1, nonce: id(3), tag: id(4), expiresAt: 0, resendAt: 1, tries: 2 },
    {
      purpose: "sms",
      day: 5,
      count: 2,
      nonce: id(1),
      tag: id(2),
      expiresAt: 6,
      resendAt: 7,
      tries: 0,
    },
  ],
};

describe("the largest stored text", () => {
  it("has less than 8 KB, and is read as it was", () => {
    const body = serialize(LARGEST);
    expect(Buffer.byteLength(body)).toBeLessThan(8192);
    expect(Buffer.byteLength(body)).toBe(body.length);
    expect(read(body)).toEqual(LARGEST);
  });

  it.each(["ä".repeat(64), "\u{1F511}".repeat(32), '"'.repeat(64), "\\".repeat(64), "\u20AC".repeat(42)])(
    "has less than 8 KB whatever its names are: %j",
    (name) => {
      const devices = LARGEST.devices.map((each) => ({ ...each, name }));
      const browsers = LARGEST.browsers.map((each) => ({ ...each, name }));
      const state = { ...LARGEST, devices, browsers, pending: LARGEST.pending && { ...LARGEST.pending, name } };
      const body = serialize(state);
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(Buffer.byteLength(serialize(LARGEST)));
      expect(read(body)).toEqual(state);
    },
  );

  it("has less than 8 KB even with numbers of 16 digits everywhere", () => {
    const most = 8_999_999_999_999_999;
    const far: State = {
      ...LARGEST,
      failures: most,
      outstanding: most,
      notBefore: most,
      devices: LARGEST.devices.map((each) => ({ ...each, since: most, lastUsedAt: most })),
      pending: LARGEST.pending && { ...LARGEST.pending, expiresAt: most, failures: most },
      recovery: LARGEST.recovery && { ...LARGEST.recovery, issued: { hash: id(50), expiresAt: most } },
      browsers: LARGEST.browsers.map(({ id: browserId, name }) => ({
        id: browserId,
        name,
        generation: most,
        verifiedAt: most,
        expiresAt: most,
        steppedAt: most,
      })),
      issued: LARGEST.issued.map((each) => ({
        ...each,
        day: most,
        count: most,
        expiresAt: most,
        resendAt: most,
        tries: most,
      })),
    };
    const body = serialize(far);
    expect(Buffer.byteLength(body)).toBeLessThan(8192);
    expect(read(body)).toEqual(far);
  });

  it("has as much of everything as there may be", () => {
    expect([MOST_DEVICES, MOST_BROWSERS, MOST_PURPOSES, MOST_TOLD_TOGETHER]).toEqual([5, 5, 3, 2 * MOST_TOLD]);
    expect(LIMITS.maxDevices).toBeLessThanOrEqual(MOST_DEVICES);
  });
});

describe("a stored text", () => {
  it("is read as it was written", () => {
    const { vault, pending, recovery } = SHORT;
    for (const state of [
      SHORT,
      NO_STATE,
      { ...NO_STATE, vault, pending },
      { ...NO_STATE, vault, issued: SHORT.issued },
      { ...SHORT, recovery: null, browsers: [], issued: [] },
      { ...SHORT, recovery: recovery && { ...recovery, issued: null } },
      { ...SHORT, recovery: { hashes: [], issued: null } },
      { ...SHORT, pending: null },
    ]) {
      const body = serialize(state);
      expect(read(body)).toEqual(state);
      expect(serialize(read(body))).toBe(body);
    }
  });

  it("has one spelling", () => {
    expect(serialize(SHORT)).toBe(
      '{"version":2,"vault":{"keyId":"a/B_1.:-","text":"A+/=~!#"},"failures":100,"outstanding":30,' +
        `"notBefore":${TIME},"devices":[["${id(0)}","a \\"b\\" \\\\ ü","totp",5,null,null,[]],` +
        `["${id(1)}",null,"hotp",0,70,10,[11,12]]],"pending":["${id(100)}","p",9,0,[3]],` +
        `"recovery":[["${id(0)}","${id(1)}"],["${id(50)}",80]],` +
        `"browsers":[["${id(200)}","b",1,1,2,3],["${id(201)}",null,20,10,20,30]],` +
        `"issued":[["e mail",4,1,"${id(3)}","${id(4)}",0,1,2],["sms",5,2,"${id(1)}","${id(2)}",6,7,0]]}`,
    );
  });

  it("may have the highest counter, and not the next one", () => {
    const [device] = SHORT.devices;
    const withCounter = (lastCounter: number): State => ({
      ...SHORT,
      devices: device ? [{ ...device, lastCounter }] : [],
    });
    expect(read(serialize(withCounter(Number.MAX_SAFE_INTEGER)))).toEqual(withCounter(Number.MAX_SAFE_INTEGER));
    expect(() => read(serialize(withCounter(2 ** 53)))).toThrow(CORRUPT);
  });

  it("does not depend on the order of fields in the state", () => {
    const reversed = (value: unknown): unknown => {
      if (value === null || typeof value !== "object") return value;
      if (Array.isArray(value)) return value.map(reversed);
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, each]) => [name, reversed(each)]),
      );
    };
    const other = reversed(LARGEST) as State;
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(LARGEST));
    expect(serialize(other)).toBe(serialize(LARGEST));
  });

  it("has nothing of the state but its fields", () => {
    const extra = structuredClone(SHORT) as unknown as Record<string, unknown>;
    extra["secret"] = "canary";
    for (const each of SHORT.devices.map((_, index) => (extra["devices"] as object[])[index])) {
      Object.assign(each ?? {}, { secret: "canary" });
    }
    expect(serialize(extra as unknown as State)).toBe(serialize(SHORT));
  });
});

/** As version 1.0.0 wrote it, with a phone, a token, a device that waits, and all that can pass. */
const WRITTEN =
  '{"version":2,"vault":{"keyId":"first","text":"QCSM72JCMA3NENZRJAQA46B2L3UTM6V4WSEUPQZMD3EJ4VWWMOJTDWAMAW' +
  "64M7TM3CD3YLO6X4VLFIY33HYIYT2QDPSQ6GZSOYZDHSDHX424QDQI56LXE5I4OCV6RRG72UJ3CYDJUYELQRMRJJ5ZXRGRWRBTCM3O5Y" +
  "3J2QI5CR2DGTYXUNBNDSQUQB6WZXQJWGWLJK735BRZ7R35HEZDVTAIREQXOU6Z6CUDKHOOMCLNZI3TRPWJJDCQ4QWJOHTAMRADGAB4OA" +
  "FLAKCNCCCA6UWQOBCCF6TYVJA3JUJVGD3MJQI46G3PB35XSEUHRHYZOQAANTV3MAEHXOQR2W655E3DRVUAKW3BYBJFUXQ2AFQKCSZ7UJ" +
  'CEBURAI2XHNEN6PREMTTV4MDUZUBPDKI2TL5JXYYQPMDVKRSTA"},"failures":0,"outstanding":0,"notBefore":0,"devices' +
  '":[["KSSNBAFJWE3V5KPBPKII7P7B2E",null,"totp",1800000015000,1800000075000,60000002,[]],["7GIC6CNEWGYHBF2Z' +
  'NVIIYFDHC4",null,"hotp",1800000075000,null,9,[]]],"pending":["TISAQTFS2K4A2UOOH57I25B5D4",null,180000067' +
  '5000,0,[]],"recovery":[["R7SPQGGVHG2MB7LUYZMKMYK5PK","E27QA2UAAVBMT4NZTGC62NWA2G"],["GZXB4YGFHN7Y4PLO7B7' +
  'S5PJ23K",1800259275000]],"browsers":[["KN7SXTZIYNI5W7HDYEEHYJZFKE","Firefox",1,1800000075000,18025920750' +
  '00,1800000075000]],"issued":[["sign-in",20833,1,"E4NNXIQRFDTZ262KHG3ACGPQ5U","IAF7BPCYGODQF2JMZ4XLNAZUI6' +
  '",1800000675000,1800000135000,0]]}';

it("everything that version 1.0.0 stored or handed out is good in every later version", async () => {
  const world = new World();
  const { twoFactor } = world;
  world.now = 1_800_000_110_000;
  world.store.records.set("alice", { revision: "r", body: WRITTEN });
  const code = "00582436";
  await twoFactor.verifyIssuedCode("alice", code, { purpose: "sign-in", request: "8f1c" });
  for (const recoveryCode of ["5AQ4-YURK-SJQC-ZEOE-UO43-4ANV", "J2JS-6YEW-3WMU-KG6O-5IOR-PZKB"]) {
    await twoFactor.verify("alice", recoveryCode);
  }
  const token = "KN7SXTZIYNI5W7HDYEEHYJZFKE.1.QEFWI5ZULGFADGPU4DURKHUDPWHDOJ3TLVD4PLE7R6UVBKJ7Q2TA";
  await twoFactor.recognizeBrowser("alice", token, { binding: "password 7" });
  await twoFactor.verify("alice", codeOf("YJKGWXJWB5Z2B7LWV7KCW3PBKGCWLRGE", world.counter));
  await twoFactor.verify("alice", codeOf("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 10));
  const pending = codeOf("TPRZABBE7CLX5INYW3YWR3HCXT6FLKQW", world.counter);
  await twoFactor.confirm("alice", pending, { deviceId: "TISAQTFS2K4A2UOOH57I25B5D4" });
  // It was to replace the token.
  expect(world.state().devices.map(({ type }) => type)).toEqual(["totp", "totp"]);
});

const CORRUPT: Error = expect.objectContaining({
  name: "TwoFactorError",
  code: "state-corrupt",
  message: "stored state is damaged",
}) as Error;

const NOTHING: unique symbol = Symbol("nothing");

/** Changes that are made to the text of the largest state: what is put where. */
const EDITS: readonly (readonly [what: string, path: string, value: unknown])[] = [
  ["of an unknown version", "version", 3],
  ["of version 1 in the shape of version 2", "version", 1],
  ["whose version is text", "version", "2"],
  ["without a version", "version", NOTHING],
  ["with another field", "extra", 1],
  ["without a vault field", "vault", NOTHING],
  ["without devices", "devices", NOTHING],
  ["without a pending field", "pending", NOTHING],
  ["without a recovery field", "recovery", NOTHING],
  ["without browsers", "browsers", NOTHING],
  ["without issued codes", "issued", NOTHING],
  ["without failures", "failures", NOTHING],
  ["without outstanding chances", "outstanding", NOTHING],
  ["without a not-before", "notBefore", NOTHING],

  ["whose vault is a number", "vault", 0],
  ["whose vault is a list", "vault", []],
  ["whose vault is empty", "vault", {}],
  ["whose vault has another field", "vault.extra", 1],
  ["whose key has no name", "vault.keyId", ""],
  ["whose key has a long name", "vault.keyId", "a".repeat(41)],
  ["whose key has a space in its name", "vault.keyId", "a b"],
  ["whose sealed text is empty", "vault.text", ""],
  ["whose sealed text is too long", "vault.text", "x".repeat(MOST_SEALED_CHARACTERS + 1)],
  ["whose sealed text has a space", "vault.text", "a b"],
  ["whose sealed text has a quotation mark", "vault.text", 'a"b'],
  ["whose sealed text has a letter of no ASCII", "vault.text", "ä"],

  ["whose failures are text", "failures", "1"],
  ["whose failures are null", "failures", null],
  ["whose failures are negative", "failures", -1],
  ["whose failures are not an integer", "failures", 1.5],
  ["whose failures are too large", "failures", 9e15],
  ["whose outstanding chances are null", "outstanding", null],
  ["whose outstanding chances are negative", "outstanding", -3],
  ["whose outstanding chances are too large", "outstanding", 2 ** 53],
  ["whose not-before is null", "notBefore", null],
  ["whose not-before is too large", "notBefore", 9e15],

  ["whose devices are null", "devices", null],
  ["whose devices are an object", "devices", {}],
  ["with recovery codes and browsers of no device", "devices", []],
  ["with a device that is null", "devices.0", null],
  ["with a device that is an object", "devices.0", { id: id(0) }],
  ["with a device of nothing", "devices.0", []],
  ["with a device that has another field", "devices.0.7", 1],
  ["whose device id is short", "devices.0.0", "A".repeat(25)],
  ["whose device id is long", "devices.0.0", "A".repeat(27)],
  ["whose device id is in lower case", "devices.0.0", "a".repeat(26)],
  ["whose device id has a digit 1", "devices.0.0", "1".repeat(26)],
  ["whose device id is a number", "devices.0.0", 5],
  ["whose device id is null", "devices.0.0", null],
  ["with two devices of one id", "devices.0.0", id(1)],
  ["with a device and a pending one of one id", "devices.0.0", id(100)],
  ["with a device and a browser of one id", "devices.0.0", id(200)],
  ["whose device name is empty", "devices.0.1", ""],
  ["whose device name is blank", "devices.0.1", "   "],
  ["whose device name is a number", "devices.0.1", 5],
  ["whose device name is too long", "devices.0.1", "n".repeat(129)],
  ["whose device name has too many bytes", "devices.0.1", "ä".repeat(65)],
  ["whose device name has too many bytes by quotation marks", "devices.0.1", '"'.repeat(65)],
  ["whose device name has a line feed", "devices.0.1", "a\nb"],
  ["whose device name has a NUL", "devices.0.1", "a\0b"],
  ["whose device name has a DEL", "devices.0.1", "a\x7fb"],
  ["whose device name has a C1 control character", "devices.0.1", "a\x85b"],
  ["whose device name is not well-formed", "devices.0.1", "a\uD800"],
  ["whose device type is unknown", "devices.0.2", "sms"],
  ["whose device type is in upper case", "devices.0.2", "TOTP"],
  ["whose device type is null", "devices.0.2", null],
  ["whose since is null", "devices.0.3", null],
  ["whose since is negative", "devices.0.3", -1],
  ["whose since is too large", "devices.0.3", 2 ** 60],
  ["whose last use is text", "devices.0.4", "5"],
  ["whose last use is too large", "devices.0.4", 9e15],
  ["whose last counter is text", "devices.0.5", "5"],
  ["whose last counter is false", "devices.0.5", false],
  ["whose last counter is negative", "devices.0.5", -1],
  ["whose last counter is too large", "devices.0.5", 2 ** 53],
  ["whose told counters are null", "devices.0.6", null],
  ["whose told counter is not a list", "devices.0.6", 5],
  ["whose told counter is text", "devices.0.6", ["5"]],
  ["whose told counter is negative", "devices.0.6", [-1]],
  ["whose told counter is null", "devices.0.6", [null]],
  ["whose told counter has eleven digits", "devices.0.6", [MOST_TOLD_COUNTER + 1]],
  ["with eleven told counters of a device", "devices.0.6", [...TOLD, 1]],
  ["with 21 told counters of all devices", "devices.1.6", [1]],

  ["whose pending is false", "pending", false],
  ["whose pending is an object", "pending", {}],
  ["whose pending is of nothing", "pending", []],
  ["whose pending has another field", "pending.5", 1],
  ["whose pending has no id", "pending.0", ""],
  ["whose pending id is long", "pending.0", "A".repeat(27)],
  ["whose pending id is a browser's", "pending.0", id(200)],
  ["whose pending name has a tab", "pending.1", "a\tb"],
  ["whose pending name is too long", "pending.1", "n".repeat(129)],
  ["whose pending has no expiry", "pending.2", null],
  ["whose pending expiry is too large", "pending.2", 2 ** 53],
  ["whose pending failures are text", "pending.3", "0"],
  ["whose pending failures are null", "pending.3", null],
  ["whose pending failures are negative", "pending.3", -1],
  ["whose pending has too many told counters", "pending.4", [...TOLD, 1]],

  ["whose recovery is text", "recovery", ""],
  ["whose recovery is of nothing", "recovery", []],
  ["whose recovery has another field", "recovery.2", 1],
  ["whose hashes are text", "recovery.0", "A".repeat(26)],
  ["whose hashes are null", "recovery.0", null],
  ["with a hash as short as none", "recovery.0.0", "A".repeat(25)],
  ["with a hash as long as those of version 1", "recovery.0.0", "A".repeat(52)],
  ["with a hash that is a number", "recovery.0.0", 5],
  ["with eleven hashes", "recovery.0.10", id(11)],
  ["whose issued recovery code is false", "recovery.1", false],
  ["whose issued recovery code is of nothing", "recovery.1", []],
  ["whose issued recovery code has no hash", "recovery.1.0", null],
  ["whose issued recovery code has a short hash", "recovery.1.0", "A"],
  ["whose issued recovery code has no end", "recovery.1.1", null],
  ["whose issued recovery code ends too late", "recovery.1.1", 9e15],

  ["whose browsers are null", "browsers", null],
  ["with a browser that is null", "browsers.0", null],
  ["with a browser of nothing", "browsers.0", []],
  ["with a browser that has another field", "browsers.0.6", 1],
  ["whose browser id is short", "browsers.0.0", "A"],
  ["with two browsers of one id", "browsers.0.0", id(201)],
  ["whose browser name is empty", "browsers.0.1", ""],
  ["whose browser name has a line feed", "browsers.0.1", "a\n"],
  ["whose browser name has too many bytes", "browsers.0.1", "\u{1F511}".repeat(33)],
  ["whose browser has no generation", "browsers.0.2", null],
  ["whose generation is text", "browsers.0.2", "1"],
  ["whose generation is negative", "browsers.0.2", -1],
  ["whose generation is too large", "browsers.0.2", 9e15],
  ["whose browser never passed", "browsers.0.3", null],
  ["whose browser has no end", "browsers.0.4", null],
  ["whose browser was never used", "browsers.0.5", null],

  ["whose issued codes are null", "issued", null],
  ["with an issued code of nothing", "issued.0", []],
  ["with an issued code that has another field", "issued.0.8", 1],
  ["whose purpose is empty", "issued.0.0", ""],
  ["whose purpose is long", "issued.0.0", "p".repeat(33)],
  ["whose purpose has a quotation mark", "issued.0.0", 'a"'],
  ["whose purpose has a backslash", "issued.0.0", "a\\"],
  ["whose purpose is not ASCII", "issued.0.0", "ä"],
  ["with two issued codes of one purpose", "issued.0.0", "1".repeat(32)],
  ["whose day is null", "issued.0.1", null],
  ["whose day is negative", "issued.0.1", -1],
  ["whose count is null", "issued.0.2", null],
  ["whose count is too large", "issued.0.2", 9e15],
  ["whose nonce is short", "issued.0.3", "A"],
  ["whose nonce is null", "issued.0.3", null],
  ["whose tag is null", "issued.0.4", null],
  ["whose issued code has no end", "issued.0.5", null],
  ["whose issued code can be sent again at no time", "issued.0.6", null],
  ["whose tries are null", "issued.0.7", null],
  ["whose tries are negative", "issued.0.7", -1],
];

function edited(path: string, value: unknown): string {
  const stored = JSON.parse(serialize(LARGEST)) as Record<string, unknown>;
  // Room for what an edit adds, so that it is not merely too long.
  stored["vault"] = { keyId: "k", text: "x" };
  const names = path.split(".");
  const last = names.pop() ?? "";
  const parent = names.reduce<Record<string, unknown>>((each, name) => each[name] as Record<string, unknown>, stored);
  if (value === NOTHING) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return JSON.stringify(stored);
}

describe("a stored text is corrupt", () => {
  it.each(EDITS)("if it is one %s", (_, path, value) => {
    expect(() => read(edited(path, value))).toThrow(CORRUPT);
  });

  it("by an edit, and not by how the edits here are made", () => {
    expect(read(edited("failures", 5))).toEqual({ ...LARGEST, vault: { keyId: "k", text: "x" }, failures: 5 });
  });

  it("if it has one device, browser or purpose too many", () => {
    const [device, browser, issued] = [LARGEST.devices[1], LARGEST.browsers[0], LARGEST.issued[0]];
    if (!device || !browser || !issued) throw new Error("the largest state has all");
    const short = { ...LARGEST, vault: SHORT.vault };
    for (const state of [
      { ...short, devices: [...short.devices, { ...device, id: id(99) }] },
      { ...short, browsers: [...short.browsers, { ...browser, id: id(99) }] },
      { ...short, issued: [...short.issued, { ...issued, purpose: "other" }] },
    ]) {
      expect(() => read(serialize(state))).toThrow(CORRUPT);
    }
  });

  it("if it has eleven told counters of one device, and none of another", () => {
    const told = [...TOLD, 1];
    const [device] = SHORT.devices;
    if (!device || !SHORT.pending) throw new Error("the short state has both");
    const alone = { ...SHORT, devices: [device], pending: { ...SHORT.pending, told: [] } };
    for (const state of [
      { ...alone, devices: [{ ...device, told }] },
      { ...alone, pending: { ...SHORT.pending, told } },
    ]) {
      expect(() => read(serialize(state))).toThrow(CORRUPT);
    }
    expect(read(serialize({ ...alone, devices: [{ ...device, told: TOLD }] })).devices[0]?.told).toEqual(TOLD);
  });

  it("if it has a code that the app sent, and no secret to check it by", () => {
    const [issued] = SHORT.issued;
    if (!issued) throw new Error("the short state has one");
    const withEnd = (expiresAt: number): State => ({ ...NO_STATE, issued: [{ ...issued, expiresAt }] });
    expect(read(serialize(withEnd(0)))).toEqual(withEnd(0)); // one that is over
    expect(() => read(serialize(withEnd(1)))).toThrow(CORRUPT);
    for (const part of [{ pending: SHORT.pending }, { devices: SHORT.devices }]) {
      expect(() => read(serialize({ ...NO_STATE, ...part }))).toThrow(CORRUPT);
    }
  });

  it("if it has recovery codes or browsers, and no device", () => {
    const { vault, recovery, browsers, pending } = SHORT;
    for (const part of [{ recovery }, { browsers }, { recovery: { hashes: [], issued: null } }]) {
      expect(() => read(serialize({ ...NO_STATE, vault, pending, ...part }))).toThrow(CORRUPT);
    }
  });

  const body = serialize(LARGEST);
  it.each([
    "",
    "null",
    "5",
    "[]",
    "{}",
    '"text"',
    "{",
    `${body} `,
    ` ${body}`,
    body.slice(0, -1),
    body + body,
    body.replace('"failures":100', '"failures":1e2'),
    body.replace('"failures":100', '"failures":0100'),
    body.replace('"failures":100', '"failures":100,"failures":0'),
    body.replace("{", '{"version":2,'),
    body.replace(",", ", "),
    body.replace('"version":2,', ""),
    body.replace('"totp"', '"\\u0074otp"'),
    body.replace(NAME, "\\u006e"),
    `${body.slice(0, -1)},"version":2}`,
    `${body.slice(0, -1)},"__proto__":{}}`,
  ])("if it is not what serialize writes (case %#)", (text) => {
    expect(() => read(text)).toThrow(CORRUPT);
  });

  it("unless it is what serialize writes, whatever character of it is changed, doubled or missing", () => {
    const short = serialize(SHORT);
    const others = ['"', ",", "0", "1", "A", "a", "-", ".", " ", "\\", "{", "}", "[", "]", "\0", "é"];
    const wrong: string[] = [];
    for (let index = 0; index < short.length; index++) {
      const [before, after] = [short.slice(0, index), short.slice(index + 1)];
      for (const text of ["", ...others].flatMap((one) => [before + one + after, before + one + short.slice(index)])) {
        if (writtenAgain(text) !== text) wrong.push(text);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("if it has wrong content, however long it is", () => {
    const hashes = `"${id(1)}",`.repeat(1_000_000); // more than a regular expression can take
    const long = body.replace('"recovery":[[', `"recovery":[[${hashes}`);
    expect(() => read(long)).toThrow(CORRUPT);
  });

  it.each([undefined, null, 5, {}, [body], Object(body)])("if it is not text (%#)", (value) => {
    expect(() => read(value)).toThrow(CORRUPT);
  });

  it("for every method but disable, with an event and nothing written", async () => {
    const world = await new World().enrolled();
    world.editText((text) => text.replace('"version":2', '"version":3'));
    const damaged = world.store.records.get("alice");
    const { twoFactor, deviceId } = world;
    for (const call of [
      () => twoFactor.enroll("alice", { accountName: "a", replace: true }),
      () => twoFactor.enroll("alice", { accountName: "a", resume: deviceId }),
      () => twoFactor.confirm("alice", "123456", { deviceId }),
      () => twoFactor.renameDevice("alice", deviceId, "name"),
      () => twoFactor.removeDevice("alice", deviceId),
      () => twoFactor.importDevice("alice", { secret: "GEZDGNBVGY3TQOJQ" }),
      () => twoFactor.verify("alice", world.code()),
      () => twoFactor.verify("alice", world.recoveryCodes[0] ?? ""),
      () => twoFactor.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]),
      () => twoFactor.recognizeBrowser("alice", `${id(1)}.1.${"A".repeat(52)}`, { binding: "b" }),
      () => twoFactor.forgetBrowser("alice", "x"),
      () => twoFactor.forgetBrowsers("alice"),
      () => twoFactor.issueCode("alice", { purpose: "email", request: "r" }),
      () => twoFactor.verifyIssuedCode("alice", "12345678", { purpose: "email", request: "r" }),
      () => twoFactor.renewRecoveryCodes("alice"),
      () => twoFactor.issueRecoveryCode("alice", { hours: 1 }),
      () => twoFactor.unlock("alice"),
      () => twoFactor.status("alice"),
      () => twoFactor.reseal("alice"),
    ]) {
      world.events.length = 0;
      expect(await codeOfRefusal(call())).toBe("state-corrupt");
      expect(world.events).toMatchObject([{ type: "state-corrupt", userId: "alice" }]);
    }
    expect(world.store.records.get("alice")).toBe(damaged);
    await twoFactor.disable("alice");
    expect(world.store.records.size).toBe(0);
  });
});

/** Of what is corrupt, the text itself. */
function writtenAgain(text: string): string {
  try {
    return serialize(read(text));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "state-corrupt") throw error;
    return text;
  }
}
