// What a program is told about its mistakes: the option or argument, and the rule that it broke.
import { describe, expect, it } from "vitest";

import * as webcrypto from "../../../src/index.ts";
import * as sync from "../../../src/sync.ts";
import { requireFunction, requireMethods } from "../../../src/core/parameters.ts";
import { OtpError } from "../../../src/core/errors.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const ACCOUNT = { secret: SECRET, accountName: "alice" };
const URI = `otpauth://totp/alice?secret=${SECRET}`;
/** What `requireMethods` looks for. */
interface Store {
  readonly read: () => number;
  readonly write?: () => number;
}

const wrong = (value: unknown): never => value as never;

/** The code and the message of what a call throws. */
function thrownBy(call: () => unknown): readonly [string, string] | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof OtpError) return [error.code, error.message];
    throw error;
  }
  return undefined;
}

const MISTAKES: readonly (readonly [call: () => unknown, code: string, message: string])[] = [
  [() => sync.encodeBase32(wrong("a")), "invalid-bytes", "bytes must be a Uint8Array"],
  [
    () => sync.encodeBase32(new Uint8Array(1), { padding: wrong(1) }),
    "invalid-option",
    "padding must be true or false",
  ],
  [() => sync.decodeBase32(wrong(1)), "invalid-base32", "text must be base32: not a string"],
  [() => sync.decodeSecret(wrong(1)), "invalid-secret", "secret must be base32 text"],
  [() => sync.generateTotp(SECRET, wrong(null)), "invalid-options", "options must be a plain object"],
  [() => sync.generateTotp(SECRET, { at: new Date(-1) }), "invalid-option", "at must be a valid Date, not before t0"],
  [() => sync.timeStep({ period: 0 }), "invalid-option", "period must be an integer from 1 to 86400"],
  [() => sync.generateHotp(SECRET, -1), "invalid-counter", "counter must be an integer from 0 to 2^53-1"],
  [() => sync.generateHotp(SECRET, 0, { digits: wrong(5) }), "invalid-option", "digits must be an integer from 6 to 8"],
  [
    () => sync.generateHotp(SECRET, 0, { algorithm: wrong("MD5") }),
    "invalid-option",
    "algorithm must be SHA-1, SHA-256 or SHA-512",
  ],
  [
    () => sync.generateHotp(SECRET, 0, { algorithm: wrong(["SHA-1"]) }),
    "invalid-option",
    "algorithm must be SHA-1, SHA-256 or SHA-512",
  ],
  [
    () => sync.verifyHotp(SECRET, "1", 0, { lookAhead: 1001 }),
    "invalid-option",
    "lookAhead must be an integer from 0 to 1000",
  ],
  [
    () => sync.verifyTotp(SECRET, "1", { lookAhead: 11 }),
    "invalid-option",
    "lookAhead must be an integer from 0 to 10",
  ],
  [
    () => sync.verifyTotp(SECRET, "1", { lookBehind: 11 }),
    "invalid-option",
    "lookBehind must be an integer from 0 to 10",
  ],
  [
    () => sync.resynchronizeHotp(SECRET, ["1", "2"], 0, { lookAhead: 0 }),
    "invalid-option",
    "lookAhead must be an integer from 1 to 10000",
  ],
  [
    () => sync.resynchronizeTotp(SECRET, ["1", "2"], { lookBehind: 10_001 }),
    "invalid-option",
    "lookBehind must be an integer from 0 to 10000",
  ],
  [
    () => sync.resynchronizeTotp(SECRET, ["1", "2"], { lookBehind: 1, lookAhead: 10_000 }),
    "invalid-option",
    "lookAhead must be an integer from 0 to 9999",
  ],
  [
    () => sync.verifyTotp(SECRET, "1", { after: -1 }),
    "invalid-option",
    `after must be an integer from 0 to ${2 ** 53 - 1}`,
  ],
  [
    () => sync.verifyTotp(SECRET, "1", { after: 10_003, at: new Date(60_000) }),
    "invalid-option",
    "after must be a counter, such as match.counter, not Unix seconds",
  ],
  ...[["1"], ["1", "2", "3", "4", "5", "6"], "12", Object.assign([], { 1: "2", 2: "3" })].map(
    (codes) =>
      [
        () => sync.resynchronizeHotp(SECRET, wrong(codes), 0),
        "invalid-codes",
        "codes must be an array of 2 to 5 codes",
      ] as const,
  ),
  [
    () => sync.generateHotp(wrong(null), 0),
    "invalid-secret",
    "secret must be base32 text, a Uint8Array or a key of halfminute/sync",
  ],
  [
    () => sync.generateHotp(sync.importKey(SECRET), 0, { algorithm: "SHA-256" }),
    "invalid-key",
    "key is for another algorithm",
  ],
  [() => webcrypto.buildOtpauthUri({ ...ACCOUNT, image: "http://a" }), "invalid-account", "image must be an https URL"],
  [
    () => webcrypto.buildOtpauthUri(ACCOUNT, { scheme: wrong("http") }),
    "invalid-option",
    "scheme must be otpauth or apple-otpauth",
  ],
  [() => webcrypto.buildOtpauthUri(wrong({ ...ACCOUNT, counter: 1 })), "invalid-counter", "counter is only for hotp"],
  [
    () => webcrypto.buildOtpauthUri(wrong({ ...ACCOUNT, type: "otp" })),
    "invalid-account",
    "type must be totp, hotp or steam",
  ],
  [
    () => webcrypto.buildOtpauthUri({ ...ACCOUNT, type: "steam", parameters: { digits: wrong(6) } }),
    "invalid-option",
    "parameters of type steam are fixed",
  ],
  [() => webcrypto.parseOtpauthUri("https://a"), "invalid-uri", "URI must be otpauth://TYPE/LABEL?PARAMETERS"],
  [
    () => webcrypto.parseOtpauthUri(`${URI}&algorithm=MD5`),
    "invalid-uri",
    "URI algorithm must be SHA1, SHA256 or SHA512",
  ],
  [() => webcrypto.parseOtpauthUri(`${URI}&digits=%`), "invalid-uri", "URI has malformed percent-encoding"],
  [() => webcrypto.parseOtpauthUri(`${URI}&encoder=a`), "invalid-uri", "URI encoder must be steam, for totp"],
  [() => requireFunction(1, "clock"), "invalid-option", "clock must be a function"],
  [
    () => requireMethods<Store>({ read: () => 1 }, "store", ["read", "write"], "memoryStore()"),
    "invalid-option",
    "store must have the method write, like memoryStore()",
  ],
  [
    () => requireMethods<Store>(null, "store", ["read"], "a()"),
    "invalid-option",
    "store must have the method read, like a()",
  ],
];

describe("a message names what is wrong", () => {
  it.each(MISTAKES.map(([call, code, message]) => [message, code, call] as const))("%s", (message, code, call) => {
    expect(thrownBy(call)).toEqual([code, message]);
  });
});

it("functions and methods that are there are what is returned", () => {
  const clock = (): number => 1;
  expect(requireFunction(clock, "clock")).toBe(clock);
  const store = { read: clock };
  expect(requireMethods<Store>(store, "store", ["read"], "a()")).toBe(store);
});

it("what is just within its limits is accepted", () => {
  const codes = [0, 1, 2, 3, 4].map((counter) => sync.generateHotp(SECRET, counter));
  expect(sync.resynchronizeHotp(SECRET, codes, 0)).toEqual({ counter: 4, delta: 4 });
  expect(sync.verifyTotp(SECRET, "000000", { after: 10_002, at: new Date(60_000) })).toBeNull();
  expect(sync.resynchronizeTotp(SECRET, ["1", "2"], { lookBehind: 1, lookAhead: 9999 })).toBeNull();
});
