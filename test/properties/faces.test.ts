// The two faces of the package answer alike: WebCrypto is the oracle of our own hash functions,
// through the public API alone.
import fc from "fast-check";
import { expect, it } from "vitest";

import * as webcrypto from "../../src/index.ts";
import * as sync from "../../src/sync.ts";
import { algorithm, counter, digits } from "./arbitraries.ts";
import { MORE } from "../helpers/more.ts";

/** Shorter than a block, as long, longer, and much longer. */
const anySecret = fc.uint8Array({ minLength: 1, maxLength: 300 });
const longEnough = fc.uint8Array({ minLength: 10, maxLength: 300 });

it("every code is that of WebCrypto, digit by digit, from bytes, text and key", async () => {
  await fc.assert(
    fc.asyncProperty(anySecret, counter, algorithm, digits, async (secret, factor, hash, length) => {
      const options = { algorithm: hash, digits: length };
      const expected = await webcrypto.generateHotp(secret, factor, options);
      expect(sync.generateHotp(secret, factor, options)).toBe(expected);
      expect(sync.generateHotp(sync.encodeBase32(secret), factor, options)).toBe(expected);
      expect(sync.generateHotp(sync.importKey(secret, hash), factor, { digits: length })).toBe(expected);
    }),
    { numRuns: 50 * MORE },
  );
});

it("at every key length around a block, and every counter around a word, the codes are those of WebCrypto", async () => {
  const keyLengths = [1, 19, 20, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 300];
  for (const hash of ["SHA-1", "SHA-256", "SHA-512"] as const) {
    for (const byteLength of keyLengths) {
      const secret = Uint8Array.from({ length: byteLength }, (_, index) => (index * 37 + byteLength) & 0xff);
      for (const factor of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
        const options = { algorithm: hash, digits: 8 } as const;
        expect(sync.generateHotp(secret, factor, options)).toBe(await webcrypto.generateHotp(secret, factor, options));
      }
    }
  }
});

it("every verification has the same answer, right or wrong", async () => {
  await fc.assert(
    fc.asyncProperty(
      longEnough,
      fc.integer({ min: 100, max: 2 ** 37 }),
      fc.integer({ min: -6, max: 6 }),
      fc.record({ lookBehind: fc.nat({ max: 4 }), lookAhead: fc.integer({ min: 1, max: 4 }), algorithm, digits }),
      fc.option(fc.integer({ min: -5, max: 5 })),
      async (secret, now, offset, window, last) => {
        const { lookAhead } = window;
        const shape = { algorithm: window.algorithm, digits: window.digits };
        const at = new Date(now * 30_000);
        const code = sync.generateHotp(secret, now + offset, shape);
        const next = sync.generateHotp(secret, now + offset + 1, shape);
        const options = { ...window, at, after: last === null ? null : now + last };
        expect(sync.verifyTotp(secret, code, options)).toEqual(await webcrypto.verifyTotp(secret, code, options));
        expect(sync.resynchronizeTotp(secret, [code, next], options)).toEqual(
          await webcrypto.resynchronizeTotp(secret, [code, next], options),
        );
        expect(sync.verifyHotp(secret, code, now, { ...shape, lookAhead })).toEqual(
          await webcrypto.verifyHotp(secret, code, now, { ...shape, lookAhead }),
        );
        expect(sync.resynchronizeHotp(secret, [code, next], now, { ...shape, lookAhead })).toEqual(
          await webcrypto.resynchronizeHotp(secret, [code, next], now, { ...shape, lookAhead }),
        );
      },
    ),
    { numRuns: 30 * MORE },
  );
});
