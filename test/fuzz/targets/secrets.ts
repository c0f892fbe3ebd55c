// Secrets and keys: anything may be given as one. Both APIs answer alike, and no message shows it.
import assert from "node:assert/strict";

import fc from "fast-check";

import * as webcrypto from "../../../src/index.ts";
import * as sync from "../../../src/sync.ts";
import { algorithm, counter, digits, period } from "../../properties/arbitraries.ts";
import { anything, damagedText, options, readable } from "../inputs.ts";
import { property, type Target } from "../target.ts";
import type { Outcome, Watch } from "../watch.ts";

const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const letters = fc.string({
  unit: fc.constantFrom(...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
  minLength: 16,
  maxLength: 64,
});
/** A text that no message has by chance; and which may be seen if it is left as it is. */
const secretText = fc.oneof(letters, damagedText([RFC_SECRET], ["=", " ", "-", "1", "é", "a"]));
const keys = [await webcrypto.importKey(RFC_SECRET), sync.importKey(RFC_SECRET), await notHmac()];
const secret = fc.oneof(
  secretText,
  fc.uint8Array({ maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => bytes.subarray(bytes.length / 2)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 40 }).map(detached),
  readable,
  fc.constantFrom<unknown>(...keys),
);

function detached(bytes: Uint8Array): Uint8Array {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
  return bytes;
}

function notHmac(): Promise<unknown> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
}

function givenOr(given: webcrypto.SecretOptions | undefined, other: webcrypto.SecretOptions): webcrypto.SecretOptions {
  return given ?? other;
}

/** Keys of one API are for that one alone. */
function isKey(given: unknown): boolean {
  return keys.includes(given);
}

function hiddenOf(given: unknown): readonly string[] {
  return typeof given === "string" && given.length >= 16 ? [given] : [];
}

/** The answer of the asynchronous API, which must reject and never throw. */
function promised<Value>(call: () => Promise<Value>): Promise<Value> {
  let promise: Promise<Value>;
  try {
    promise = call();
  } catch (error) {
    throw new Error("it throws", { cause: error });
  }
  return promise;
}

async function both<Value>(
  watch: Watch,
  given: unknown,
  inPromise: () => Promise<Value>,
  atOnce: () => Value,
): Promise<Outcome<Value>> {
  const hidden = hiddenOf(given);
  const one = await watch.call(() => promised(inPromise), hidden);
  const other = await watch.call(atOnce, hidden);
  if (!isKey(given)) assert.deepEqual({ value: one.value, code: one.code }, { value: other.value, code: other.code });
  return one;
}

const codeOptions = { algorithm, digits };
const moment = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
const time = { period, t0: fc.nat({ max: 1000 }), at: moment };
const window = { lookBehind: fc.nat({ max: 10 }), lookAhead: fc.nat({ max: 10 }), after: fc.option(fc.nat()) };
const now = { at: new Date(1e12) };

export const secrets: Target = {
  name: "secrets",
  properties: [
    property(options({ algorithm, byteLength: fc.integer({ min: 16, max: 1024 }) }), async (given, watch) => {
      const { value } = await watch.call(() => webcrypto.generateSecret(given));
      if (value === undefined) return;
      const { algorithm: hash = "SHA-1", byteLength } = givenOr(given, {});
      const usual = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 }[hash];
      assert.equal(webcrypto.decodeBase32(value).length, byteLength ?? usual);
    }),
    property(fc.tuple(secret, fc.oneof(algorithm, anything)), async ([given, hash], watch) => {
      const one = await watch.call(
        () => promised(() => webcrypto.importKey(given as string, hash as never)),
        hiddenOf(given),
      );
      const other = await watch.call(() => sync.importKey(given as string, hash as never), hiddenOf(given));
      assert.equal(one.code, other.code);
    }),
    property(
      fc.tuple(secret, fc.oneof(counter, anything), options(codeOptions)),
      async ([given, factor, asked], watch) => {
        const { value } = await both(
          watch,
          given,
          () => webcrypto.generateHotp(given as string, factor as number, asked),
          () => sync.generateHotp(given as string, factor as number, asked),
        );
        if (value !== undefined) assert.match(value, /^[0-9]{6,8}$/);
      },
    ),
    property(fc.tuple(secret, options({ ...codeOptions, ...time })), async ([given, asked], watch) => {
      const timed = { ...now, ...(typeof (asked as unknown) === "object" ? (asked as object) : {}) };
      const chosen = (asked as unknown) === undefined ? timed : asked;
      const { value } = await both(
        watch,
        given,
        () => webcrypto.generateTotp(given as string, chosen),
        () => sync.generateTotp(given as string, chosen),
      );
      if (value !== undefined) assert.match(value, /^[0-9]{6,8}$/);
    }),
    property(fc.tuple(secret, options({ ...codeOptions, ...time, ...window })), async ([given, asked], watch) => {
      const chosen = (asked as unknown) === undefined ? now : asked;
      const { value } = await both(
        watch,
        given,
        () => webcrypto.verifyTotp(given as string, "123456", chosen),
        () => sync.verifyTotp(given as string, "123456", chosen),
      );
      // A secret of text that is not one is never taken for a code that is wrong.
      if (value === null && typeof given === "string") assert.ok(webcrypto.decodeSecret(given).length >= 10);
    }),
    property(
      fc.tuple(secret, fc.oneof(counter, anything), options({ ...codeOptions, lookAhead: fc.nat({ max: 20 }) })),
      async ([given, factor, asked], watch) => {
        await both(
          watch,
          given,
          () => webcrypto.verifyHotp(given as string, "123456", factor as number, asked),
          () => sync.verifyHotp(given as string, "123456", factor as number, asked),
        );
      },
    ),
  ],
};
