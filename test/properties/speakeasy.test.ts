// speakeasy 2.0.0 itself as the oracle: on thousands of calls that are new in every run, what it
// answers rightly is answered the same. Counters stay below 2^31 here, and secrets, tokens and
// numbers well-formed: beyond that it is wrong (test/unit/speakeasy.test.ts).
import { createRequire } from "node:module";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import ours, { type Speakeasy } from "../../src/speakeasy/index.ts";
import { decodeSecret, encodeBase32 } from "../../src/sync.ts";
import { secretBytes } from "./arbitraries.ts";
import { MORE } from "../helpers/more.ts";

const require = createRequire(import.meta.url);
const theirs = require("speakeasy") as Speakeasy;
const RUNS = { numRuns: 300 * MORE };

beforeAll(() => {
  vi.spyOn(console, "warn").mockReturnValue(undefined); // where it warns of former names
});

afterAll(() => {
  vi.restoreAllMocks();
});

const bytes = fc.oneof(secretBytes, fc.uint8Array({ minLength: 1, maxLength: 20 })).map((array) => Buffer.from(array));
const secret = fc.oneof(
  bytes.map((buffer) => ({ secret: buffer })),
  bytes.map((buffer) => ({ secret: new Uint8Array(buffer), encoding: "ascii" })),
  bytes.map((buffer) => ({ secret: buffer.toString("latin1") })),
  bytes.map((buffer) => ({ key: buffer.toString("latin1") })),
  fc
    .tuple(bytes, fc.constantFrom<BufferEncoding>("hex", "base64", "base64url", "latin1"))
    .map(([buffer, encoding]) => ({
      secret: buffer.toString(encoding),
      encoding,
    })),
  fc.string({ unit: "grapheme", minLength: 1 }).map((text) => ({ secret: text, encoding: "utf8" })),
  fc.tuple(bytes, fc.boolean(), fc.boolean()).map(([buffer, padding, isLower]) => {
    const text = encodeBase32(buffer, { padding });
    return { secret: isLower ? text.toLowerCase() : text, encoding: "base32" };
  }),
);
const algorithm = fc.constantFrom(undefined, "sha1", "sha256", "sha512", "SHA1", "SHA512");
const digits = fc.constantFrom(undefined, 1, 2, 4, 6, 6, 7, 8, 9, 10);
const counter = fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: 2 ** 31 - 100 }));
const asText = fc.boolean();
const orText = (value: number, isText: boolean): unknown => (isText ? String(value) : value);
const count = fc.tuple(counter, asText).map(([value, isText]) => orText(value, isText));
const code = fc.record({ algorithm, digits }, { requiredKeys: [] });

/** Moments with milliseconds, and steps and epochs of any length; at most 2^31 steps. */
const moment = fc
  .record(
    {
      time: fc.tuple(fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 }), asText).map(
        ([milliseconds, isText]) => orText(milliseconds / 1000, isText), // as `Date.now() / 1000`
      ),
      step: fc.oneof(fc.constantFrom(30, "30", 60), fc.integer({ min: 1, max: 1_000_000 })),
      epoch: fc.integer({ min: -1000, max: 1_000_000_000 }),
      initial_time: fc.nat({ max: 1_000_000_000 }),
    },
    { requiredKeys: ["time"] },
  )
  .filter(({ step }) => step === undefined || Number(step) > 1);

/** The options of a call, as a program without types gives them. */
function merged(...parts: object[]): never {
  return Object.assign({}, ...parts) as never;
}

describe("like speakeasy 2.0.0, halfminute/speakeasy", () => {
  it("computes digests", () => {
    fc.assert(
      fc.property(secret, count, algorithm, (key, counter, algorithm) => {
        const options = merged(key, { counter, algorithm });
        expect(ours.digest(options)).toEqual(theirs.digest(options));
      }),
      RUNS,
    );
  });

  it("makes HOTP codes", () => {
    fc.assert(
      fc.property(secret, count, code, digits, fc.boolean(), (key, counter, { algorithm, digits }, length, isGiven) => {
        const options = merged(key, { counter, algorithm, digits, length });
        expect(ours.hotp(options)).toBe(theirs.hotp(options));
        const digest = isGiven ? { digest: theirs.digest(options) } : {};
        expect(ours.hotp(merged(options, digest))).toBe(theirs.hotp(merged(options, digest)));
      }),
      RUNS,
    );
  });

  it("counts steps and makes TOTP codes", () => {
    fc.assert(
      fc.property(secret, moment, code, fc.option(count, { nil: undefined }), (key, moment, code, counter) => {
        const options = merged(key, moment, code, { counter });
        expect(ours._counter(options)).toBe(theirs._counter(options));
        expect(ours.totp(options)).toBe(theirs.totp(options));
        expect(ours.time(options)).toBe(theirs.time(options));
      }),
      RUNS,
    );
  });

  it("makes and verifies the code of now", () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 0, max: 30_000_000_000_000 }), (key, now) => {
        vi.spyOn(Date, "now").mockReturnValue(now);
        const token = theirs.totp(merged(key));
        expect(ours.totp(merged(key))).toBe(token);
        expect(ours.totp.verify(merged(key, { token }))).toBe(true);
      }),
    );
    vi.mocked(Date.now).mockRestore();
  });

  /** A right code near the counter, or any digits. */
  const typed = fc.oneof(fc.integer({ min: -14, max: 14 }), fc.stringMatching(/^[0-9]{1,10}$/));
  const window = fc.option(fc.nat({ max: 12 }), { nil: undefined });

  /** The distances at which speakeasy makes that token: several, where codes meet. */
  function matches(options: object, token: string, from: number, least: number, most: number): number[] {
    const distances = Array.from({ length: most - least + 1 }, (_, index) => least + index);
    return distances.filter((distance) => theirs.hotp(merged(options, { counter: from + distance })) === token);
  }

  it("verifies HOTP codes, but reports the last of several matches", () => {
    fc.assert(
      fc.property(secret, counter, code, window, typed, asText, (key, counter, code, window, typed, isText) => {
        const near = { counter: Math.max(counter + Number(typed), 0) };
        const token = typeof typed === "string" ? typed : theirs.hotp(merged(key, code, near));
        const options = merged(key, code, { window, token, counter: orText(counter, isText) });
        const found = matches(merged(key, code), token, counter, 0, window ?? 0);
        expect(theirs.hotp.verifyDelta(options)?.delta).toBe(found[0]);
        expect(ours.hotp.verifyDelta(options)?.delta).toBe(found.at(-1));
        expect(ours.hotp.verify(options)).toBe(theirs.hotp.verify(options));
      }),
      RUNS,
    );
  });

  it("verifies TOTP codes, but reports the last of several matches", () => {
    fc.assert(
      fc.property(secret, moment, code, window, typed, (key, moment, code, window, typed) => {
        const counter = theirs._counter(merged(moment));
        fc.pre(counter >= 20); // it counts on below 0
        const near = { counter: counter + Number(typed) };
        const token = typeof typed === "string" ? typed : theirs.hotp(merged(key, code, near));
        const options = merged(key, code, moment, { window, token });
        const found = matches(merged(key, code), token, counter, -(window ?? 0), window ?? 0);
        expect(theirs.totp.verifyDelta(options)?.delta).toBe(found[0]);
        expect(ours.totp.verifyDelta(options)?.delta).toBe(found.at(-1));
        expect(ours.totp.verify(options)).toBe(theirs.totp.verify(options));
      }),
      RUNS,
    );
  });

  it("takes a number for a token where all its digits are left", () => {
    fc.assert(
      fc.property(secret, counter, digits, (key, counter, digits) => {
        const options = merged(key, { counter, digits });
        const token = Number(theirs.hotp(options));
        const verify = merged(options, { token });
        expect(ours.hotp.verify(verify)).toBe(theirs.hotp.verify(verify));
      }),
    );
  });

  const label = fc.stringMatching(/^[\w.~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@/?#-]{0,30}$/);

  it("writes URLs of well-formed labels, and of HOTP but for the counter", () => {
    const names = fc.record({ issuer: fc.oneof(fc.string({ unit: "grapheme" }), fc.constant(undefined)), label });
    const parameters = fc.record({
      algorithm,
      digits: fc.constantFrom<unknown>(undefined, 6, 8, "6"),
      period: fc.constantFrom<unknown>(undefined, 30, 60, "30"),
    });
    const type = fc.constantFrom("totp", "hotp", "TOTP");
    fc.assert(
      fc.property(secret, names, parameters, type, counter, (key, names, parameters, type, counter) => {
        fc.pre(!("key" in key)); // not an option there
        const canonical = "encoding" in key && key.encoding === "base32" ? { secret: canonicalBase32(key.secret) } : {};
        const options = merged(key, canonical, names, parameters, { type, counter });
        expect(ours.otpauthURL(options).replace(/&counter=\d+$/, "")).toBe(theirs.otpauthURL(options));
      }),
      RUNS,
    );
  });

  it("generates secrets that it reads, with the URL that it would write", () => {
    const options = fc.record(
      { length: fc.integer({ min: 1, max: 100 }), symbols: fc.boolean(), name: fc.string({ unit: "grapheme" }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, (options) => {
        const made = ours.generateSecret(options);
        const model = theirs.generateSecret(options);
        expect(Object.keys(made)).toEqual(Object.keys(model));
        expect([made.ascii.length, made.hex.length, made.base32.length]).toEqual([
          model.ascii.length,
          model.hex.length,
          model.base32.length,
        ]);
        expect(made.otpauth_url.replace(made.base32, "")).toBe(model.otpauth_url.replace(model.base32, ""));
        const codes = [
          theirs.hotp({ secret: made.ascii }),
          theirs.hotp({ secret: made.hex, encoding: "hex" }),
          theirs.hotp({ secret: made.base32, encoding: "base32" }),
        ];
        expect(codes).toEqual(codes.map(() => ours.hotp({ secret: made.ascii })));
        expect(ours.hotp({ secret: model.base32, encoding: "base32" })).toBe(theirs.hotp({ secret: model.ascii }));
        expect(theirs.generateSecretASCII(20, false)).toHaveLength(ours.generateSecretASCII(20, false).length);
      }),
    );
  });
});

/** As every app reads it, and as it is written here. */
function canonicalBase32(secret: unknown): unknown {
  return typeof secret === "string" ? encodeBase32(decodeSecret(secret)) : secret;
}
