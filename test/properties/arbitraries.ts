import fc from "fast-check";

import type { Algorithm, Digits } from "../../src/index.ts";

export const algorithm = fc.constantFrom<Algorithm>("SHA-1", "SHA-256", "SHA-512");
export const digits = fc.constantFrom<Digits>(6, 7, 8);
export const counter = fc.oneof(fc.nat({ max: 1000 }), fc.maxSafeNat());
export const period = fc.integer({ min: 1, max: 86_400 });
export const secretBytes = fc.uint8Array({ minLength: 10, maxLength: 140 });

/** A name without a colon that survives percent-encoding and is not blank. */
export const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => text.isWellFormed() && !text.includes(":") && text.trim() !== "");
