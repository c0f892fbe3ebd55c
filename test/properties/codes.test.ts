import { createHmac } from "node:crypto";

import fc from "fast-check";
import { expect, it } from "vitest";

import { formatCode, readCode } from "../../src/core/code.ts";
import {
  type Algorithm,
  type Digits,
  encodeBase32,
  generateHotp,
  generateTotp,
  importKey,
  resynchronizeTotp,
  timeStep,
  verifyHotp,
  verifyTotp,
} from "../../src/index.ts";
import { algorithm, counter, digits, period, secretBytes } from "./arbitraries.ts";
import { MORE } from "../helpers/more.ts";

/** RFC 4226 §5.3 once more, in other words and on another implementation of HMAC. */
function oracle(secret: Uint8Array, factor: number, hash: Algorithm, length: Digits): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(factor));
  const mac = createHmac(hash.replace("-", ""), secret).update(message).digest();
  const offset = mac.readUInt8(mac.length - 1) % 16;
  const number = BigInt(mac.readUInt32BE(offset)) % 2n ** 31n;
  return (number % 10n ** BigInt(length)).toString().padStart(length, "0");
}

it("every code is that of node:crypto, from text, bytes and key", async () => {
  await fc.assert(
    fc.asyncProperty(secretBytes, counter, algorithm, digits, async (secret, factor, hash, length) => {
      const expected = oracle(secret, factor, hash, length);
      const options = { algorithm: hash, digits: length };
      expect(await generateHotp(secret, factor, options)).toBe(expected);
      expect(await generateHotp(encodeBase32(secret), factor, options)).toBe(expected);
      expect(await generateHotp(await importKey(secret, hash), factor, { digits: length })).toBe(expected);
    }),
    { numRuns: 30 * MORE },
  );
});

it("a moment's code is that of its time step", async () => {
  const moment = fc.date({ min: new Date(0), max: new Date(8.6e15), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(secretBytes, moment, period, fc.nat(), async (secret, at, length, t0) => {
      fc.pre(at.getTime() >= t0 * 1000);
      const options = { at, period: length, t0 };
      const step = timeStep(options);
      const exact = (BigInt(at.getTime()) - BigInt(t0) * 1000n) / (BigInt(length) * 1000n);
      expect(BigInt(step.counter)).toBe(exact);
      expect(step.startsAt.getTime()).toBeLessThanOrEqual(at.getTime());
      expect(step.endsAt.getTime()).toBeGreaterThan(at.getTime());
      expect(step.endsAt.getTime() - step.startsAt.getTime()).toBe(length * 1000);
      expect(step.secondsRemaining).toBeGreaterThanOrEqual(1);
      expect(step.secondsRemaining).toBeLessThanOrEqual(length);
      expect(await generateTotp(secret, options)).toBe(oracle(secret, step.counter, "SHA-1", 6));
    }),
    { numRuns: 20 * MORE },
  );
});

it("a verifier finds the highest counter of its window that has the code, and nothing else", async () => {
  const window = fc.record({ lookBehind: fc.nat({ max: 10 }), lookAhead: fc.nat({ max: 10 }) });
  const code = fc.oneof(fc.integer({ min: -15, max: 15 }), fc.stringMatching(/^[0-9]{6}$/));
  const after = fc.option(fc.integer({ min: -12, max: 12 }));
  await fc.assert(
    fc.asyncProperty(
      secretBytes,
      fc.integer({ min: 20, max: 2 ** 38 }),
      window,
      code,
      after,
      async (secret, now, options, typed, last) => {
        const text = typeof typed === "string" ? typed : oracle(secret, now + typed, "SHA-1", 6);
        const lowest = Math.max(now - options.lookBehind, last === null ? 0 : now + last + 1);
        const candidates = [];
        for (let factor = lowest; factor <= now + options.lookAhead; factor++) candidates.push(factor);
        const expected = candidates.findLast((factor) => oracle(secret, factor, "SHA-1", 6) === text);
        const at = new Date(now * 30_000);
        const match = await verifyTotp(secret, text, { ...options, at, after: last === null ? null : now + last });
        expect(match).toEqual(expected === undefined ? null : { counter: expected, delta: expected - now });
      },
    ),
    { numRuns: 30 * MORE },
  );
});

it("HOTP never accepts a counter below the given one, whatever the code", async () => {
  await fc.assert(
    fc.asyncProperty(secretBytes, fc.nat(), fc.integer({ min: -20, max: 40 }), async (secret, next, offset) => {
      const code = oracle(secret, Math.max(next + offset, 0), "SHA-1", 6);
      const match = await verifyHotp(secret, code, next, { lookAhead: 20 });
      const matching = Array.from({ length: 21 }, (_, index) => next + index).filter(
        (factor) => oracle(secret, factor, "SHA-1", 6) === code,
      );
      expect(match?.counter).toBe(matching.at(-1));
    }),
    { numRuns: 20 * MORE },
  );
});

it("a sequence is found where all its codes are, the highest place of several", async () => {
  await fc.assert(
    fc.asyncProperty(
      secretBytes,
      fc.integer({ min: 200, max: 2 ** 38 }),
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: 2, max: 5 }),
      async (secret, now, delta, count) => {
        const codes = Array.from({ length: count }, (_, index) =>
          oracle(secret, now + delta - count + 1 + index, "SHA-1", 6),
        );
        const options = { at: new Date(now * 30_000), lookBehind: 30, lookAhead: 30 };
        const match = await resynchronizeTotp(secret, codes, options);
        const isSequence = (last: number): boolean =>
          codes.every((code, index) => oracle(secret, last - count + 1 + index, "SHA-1", 6) === code);
        const places = Array.from({ length: 61 }, (_, index) => now - 30 + index);
        expect(match?.counter).toBe(places.findLast(isSequence));
      },
    ),
    { numRuns: 60 },
  );
});

it("what anybody types never throws, and matches only as the digits that it holds", async () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  const key = await importKey(secret);
  const codes = ["755224", "287082", "359152"];
  const junk = fc.oneof(fc.string({ unit: "binary" }), fc.anything(), fc.stringMatching(/^[-0-9 ]{0,12}$/));
  await fc.assert(
    fc.asyncProperty(junk, async (typed) => {
      const match = await verifyTotp(key, typed as string, { at: new Date(30_000) });
      const compact = typeof typed === "string" && typed.length <= 32 ? typed.split(/[ -]/).join("") : "";
      expect(match !== null).toBe(codes.includes(compact));
    }),
    { numRuns: 50 * MORE },
  );
});

it("digits may be grouped in any way that people do", () => {
  const gap = fc.constantFrom("", " ", "-", "  ");
  fc.assert(
    fc.property(
      fc.nat({ max: 2 ** 31 - 1 }),
      digits,
      fc.array(gap, { minLength: 9, maxLength: 9 }),
      (number, length, gaps) => {
        const code = formatCode(number, length);
        expect(code).toMatch(/^[0-9]{6,8}$/);
        const typed =
          Array.from(code)
            .map((digit, index) => `${gaps[index] ?? ""}${digit}`)
            .join("") + (gaps[8] ?? "");
        expect(readCode(typed, length)).toBe(number % 10 ** length);
      },
    ),
  );
});
