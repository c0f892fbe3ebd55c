import { createHmac, randomBytes } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeBase32 } from "../../src/core/base32.ts";
import { generateSteamCode, type SteamSecret, verifySteamCode } from "../../src/steam/index.ts";
import { importKey } from "../../src/sync.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { named } from "../helpers/named.ts";

const SECRET = "BASE32SECRET3232";
/** The codes of the first steps; those of 0 to 90 seconds are widely published. */
const CODES = ["2TC8B", "YKKK4", "M4HQB", "DTVB3"];

function at(step: number): Date {
  return new Date(step * 30_000);
}

/** As Steam's apps are described, in other words than ours. */
function oracle(secret: Uint8Array, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac("sha1", secret).update(message).digest();
  const number = BigInt(mac.readUInt32BE(mac.readUInt8(19) % 16)) % 2n ** 31n;
  const digits = number.toString(26).padStart(5, "0").slice(-5);
  return Array.from(digits, (digit) => "23456789BCDFGHJKMNPQRTVWXY".charAt(parseInt(digit, 26)))
    .toReversed()
    .join("");
}

describe("Steam Guard codes", () => {
  it.each([...CODES.entries()])("of step %s are %s", (step, code) => {
    expect(generateSteamCode(SECRET, { at: at(step) })).toBe(code);
    expect(generateSteamCode(SECRET, { at: new Date(step * 30_000 + 29_999) })).toBe(code);
    expect(verifySteamCode(SECRET, code, { at: at(step) })).toEqual({ counter: step, delta: 0 });
  });

  it("are the same from base32, bytes, base64 and a key", () => {
    const bytes = Buffer.from("CCW96tCiIRM9n6O9j6s=", "base64");
    const base64 = bytes.toString("base64");
    const secrets: SteamSecret[] = [
      encodeBase32(bytes),
      bytes,
      { base64 },
      { base64: base64.replace("=", "") },
      { base64: ` ${base64.replace("s=", "t=")}\n` },
    ];
    secrets.push(importKey(bytes), encodeBase32(bytes).toLowerCase());
    for (const secret of secrets) {
      expect(generateSteamCode(secret, { at: at(7) })).toBe(oracle(bytes, 7));
      expect(verifySteamCode(secret, oracle(bytes, 7), { at: at(7) })?.counter).toBe(7);
    }
  });

  it("are those of another implementation, in 500 random cases", () => {
    for (let round = 0; round < 500; round++) {
      const secret = randomBytes(10 + (round % 60));
      const counter = Math.floor(Math.random() * 2 ** 38);
      expect(generateSteamCode(secret, { at: at(counter) })).toBe(oracle(secret, counter));
    }
  });

  it("are of now without a moment", () => {
    const before = new Date();
    const code = generateSteamCode(SECRET);
    expect([generateSteamCode(SECRET, { at: before }), generateSteamCode(SECRET)]).toContain(code);
    expect(verifySteamCode(SECRET, code)).not.toBe(null);
  });
});

describe("a Steam Guard code that is typed", () => {
  it.each([
    "YKKK4",
    "ykkk4",
    "yKkK4",
    " ykkk4 ",
    "YK-KK4",
    "Y K K K 4",
    "-----YKKK4".padEnd(32),
    "YKKK4\n",
    "\tYKKK4",
    "YKKK４",
    "YK–KK4",
  ])("matches: %j", (code) => {
    expect(verifySteamCode(SECRET, code, { at: at(1) })).toEqual({ counter: 1, delta: 0 });
  });

  it.each(
    named([
      "",
      "YKKK",
      "YKKK44",
      "YKKK42",
      "2YKKK4",
      "YKKK4222",
      "YKKK5",
      "AKKK4",
      "YKKK0",
      "YKKK1",
      "YKKKI",
      "YKKKS",
      "YKKK_",
      "00000",
      "ｙＫＫＫ4",
      "Y\u212a\u212a\u212a4",
      "YKKK4".padEnd(33),
      "YKKK4".repeat(200_000),
      "null",
      "12345678",
    ]),
  )("is not matched, without an error: %s", (_, code) => {
    expect(verifySteamCode(SECRET, code, { at: at(1) })).toBe(null);
  });

  it.each([undefined, null, 12345, {}, ["YKKK4"], new String("YKKK4"), Symbol("YKKK4"), 5n])(
    "is not matched, without an error, if it is not text (case %#)",
    (code) => {
      expect(verifySteamCode(SECRET, code as string, { at: at(1) })).toBe(null);
    },
  );

  it("does not match by letters whose upper case is two of ours", () => {
    // ﬀ becomes FF in upper case. A code with FF in it:
    const step = Array.from({ length: 5000 }, (_, index) => index).find((index) =>
      oracle(Buffer.from("0123456789"), index).includes("FF"),
    );
    const code = oracle(Buffer.from("0123456789"), step ?? 0);
    expect(verifySteamCode(Buffer.from("0123456789"), code, { at: at(step ?? 0) })?.counter).toBe(step);
    expect(verifySteamCode(Buffer.from("0123456789"), code.replace("FF", "ﬀ"), { at: at(step ?? 0) })).toBe(null);
  });
});

describe("the window of Steam Guard codes", () => {
  const verifyAt = (step: number, options = {}): unknown =>
    verifySteamCode(SECRET, "YKKK4", { at: at(step), ...options });

  it("is one step each way, or as wide as asked for", () => {
    expect([0, 1, 2, 3].map((step) => verifyAt(step))).toEqual([
      { counter: 1, delta: 1 },
      { counter: 1, delta: 0 },
      { counter: 1, delta: -1 },
      null,
    ]);
    expect(verifyAt(2, { lookBehind: 0 })).toBe(null);
    expect(verifyAt(0, { lookAhead: 0 })).toBe(null);
    expect(verifyAt(11, { lookBehind: 10 })).toEqual({ counter: 1, delta: -10 });
  });

  it("ends above the last accepted counter", () => {
    expect(verifyAt(1, { after: null })).toEqual({ counter: 1, delta: 0 });
    expect(verifyAt(1, { after: 0 })).toEqual({ counter: 1, delta: 0 });
    expect(verifyAt(1, { after: 1 })).toBe(null);
    expect(verifyAt(1, { after: 10_001 })).toBe(null);
    expect(thrownCode(() => verifyAt(1, { after: 10_002 }))).toBe("invalid-option");
  });

  // Found by search with Python's hmac: equal codes of steps that one window can hold.
  it.each([
    [58370649, 58370650, "B677V"],
    [58427118, 58427136, "D939R"],
    [59247567, 59247571, "C7K4Y"],
  ])("has the highest match of several: %s and %s", (lower, higher, code) => {
    const secret = Buffer.from("12345678901234567890");
    expect([oracle(secret, lower), oracle(secret, higher)]).toEqual([code, code]);
    const options = { at: at(Math.floor((lower + higher) / 2)), lookBehind: 10, lookAhead: 10 };
    expect(verifySteamCode(secret, code, options)?.counter).toBe(higher);
    expect(verifySteamCode(secret, code, { ...options, after: lower })?.counter).toBe(higher);
    expect(verifySteamCode(secret, code, { ...options, after: higher })).toBe(null);
  });

  it("holds nothing but the codes of its steps", () => {
    const window = fc.record({ lookBehind: fc.nat({ max: 10 }), lookAhead: fc.nat({ max: 10 }) });
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 30 });
    fc.assert(
      fc.property(
        bytes,
        fc.integer({ min: 20, max: 2 ** 38 }),
        window,
        fc.integer({ min: -15, max: 15 }),
        (secret, now, options, offset) => {
          const code = oracle(secret, now + offset);
          const steps = Array.from(
            { length: options.lookBehind + options.lookAhead + 1 },
            (_, index) => now - options.lookBehind + index,
          );
          const expected = steps.findLast((step) => oracle(secret, step) === code);
          const match = verifySteamCode(secret, code, { ...options, at: at(now) });
          expect(match).toEqual(expected === undefined ? null : { counter: expected, delta: expected - now });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("wrong use of Steam Guard throws, whatever the code", () => {
  type Wrong = never;
  it.each<[string, unknown, unknown, string]>([
    ["an absent secret", undefined, undefined, "invalid-secret"],
    ["null as secret", null, undefined, "invalid-secret"],
    ["a code as secret", "YKKK1", undefined, "invalid-secret"],
    ["a secret of no bytes", "", undefined, "secret-too-short"],
    ["base64 with a letter that it does not have", { base64: "CCW9-tCi" }, undefined, "invalid-secret"],
    ["base64 with a line end inside", { base64: "AAAA\nAAAA" }, undefined, "invalid-secret"],
    ["base64 that is not text", { base64: 5 }, undefined, "invalid-secret"],
    ["empty base64", { base64: "" }, undefined, "secret-too-short"],
    ["a secret of another name", { base32: SECRET }, undefined, "invalid-secret"],
    ["an inherited secret", Object.create({ base64: "AAAAAAAAAAAAAAAA" }), undefined, "invalid-secret"],
    ["a key for SHA-256", importKey(SECRET, "SHA-256"), undefined, "invalid-key"],
    ["the option digits", SECRET, { digits: 6 }, "unknown-option"],
    ["the option algorithm", SECRET, { algorithm: "SHA-1" }, "unknown-option"],
    ["the option period", SECRET, { period: 30 }, "unknown-option"],
    ["the option t0", SECRET, { t0: 0 }, "unknown-option"],
    ["the option time", SECRET, { time: 0 }, "unknown-option"],
    ["a number as moment", SECRET, { at: 0 }, "invalid-option"],
    ["a number as options", SECRET, 30, "invalid-options"],
  ])("for %s", (_, secret, options, code) => {
    expect(thrownCode(() => generateSteamCode(secret as Wrong, options as Wrong))).toBe(code);
    for (const typed of ["YKKK4", "", undefined]) {
      expect(thrownCode(() => verifySteamCode(secret as Wrong, typed as Wrong, options as Wrong))).toBe(code);
    }
  });

  it.each([
    ["the option window", { window: 1 }, "unknown-option"],
    ["a window too wide behind", { lookBehind: 11 }, "invalid-option"],
    ["a negative window ahead", { lookAhead: -1 }, "invalid-option"],
    ["an after that is undefined", { after: undefined }, "invalid-option"],
    ["an after that is text", { after: "1" }, "invalid-option"],
  ])("for %s, when verifying", (_, options, code) => {
    expect(thrownCode(() => verifySteamCode(SECRET, "YKKK4", options as Wrong))).toBe(code);
  });

  it("for secrets that are too short: 9 bytes make codes, and 10 verify", () => {
    expect(generateSteamCode(new Uint8Array(9), { at: at(1) })).toBe(oracle(new Uint8Array(9), 1));
    expect(thrownCode(() => verifySteamCode(new Uint8Array(9), "YKKK4"))).toBe("secret-too-short");
    expect(thrownCode(() => verifySteamCode({ base64: "AAAAAAAAAAAA" }, "YKKK4"))).toBe("secret-too-short");
    expect(verifySteamCode(new Uint8Array(10), oracle(new Uint8Array(10), 1), { at: at(1) })?.counter).toBe(1);
  });

  it("with a message that names the rule, and not the secret", () => {
    const call = (): unknown => generateSteamCode({ base64: "c2VjcmV0c2VjcmV0!" });
    expect(call).toThrow(/^secret\.base64 must be standard base64$/);
  });
});
