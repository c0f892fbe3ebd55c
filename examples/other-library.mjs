// Checks another library, `otpauth`, with the test vectors of this package. It runs with `node
// --test other-library.mjs`; with Vitest or Jest, import their `test` instead.
import { test } from "node:test";

import { vectorConformance } from "halfminute/vectors";
import { HOTP, Secret, TOTP } from "otpauth";

/** What the library has, under the names of `halfminute`. What it lacks is not checked. */
const library = {
  generateHotp: (secret, counter, { algorithm, digits }) =>
    HOTP.generate({ secret: secretOf(secret), counter, algorithm, digits }),
  verifyHotp: (secret, code, counter, { algorithm, digits }) =>
    HOTP.validate({ token: code, secret: secretOf(secret), counter, algorithm, digits, window: 0 }) === 0
      ? { counter, delta: 0 }
      : null,
  timeStep: ({ at, period, t0 = 0 }) => ({ counter: TOTP.counter({ period, timestamp: at - t0 * 1000 }) }),
  generateTotp: (secret, { at, algorithm, digits, period, t0 = 0 }) =>
    TOTP.generate({ secret: secretOf(secret), algorithm, digits, period, timestamp: at - t0 * 1000 }),
};

function secretOf(bytes) {
  return new Secret({ buffer: bytes.slice().buffer });
}

vectorConformance(library, { test });
