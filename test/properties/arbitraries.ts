import fc from "fast-check";

import type { Algorithm, Digits } from "../../src/index.ts";

export const algorithm = fc.constantFrom<Algorithm>("SHA-1", "SHA-256", "SHA-512");
export const digits = fc.constantFrom<Digits>(6, 7, 8);
export const counter = fc.oneof(fc.nat({ max: 1000 }), fc.maxSafeNat());
export const period = fc.integer({ min: 1, max: 86_400 });
export const secretBytes = fc.uint8Array({ minLength: 10, maxLength: 140 });

/**
 * Text that reading leaves as it is: no outer white space, no control characters, no lone
 * surrogates.
 */
export function isTidy(text: string): boolean {
  return (
    text !== "" && text === text.trim() && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u.test(text)
  );
}

/** A name that may be written. */
export const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => isTidy(text) && !text.includes(":"));
