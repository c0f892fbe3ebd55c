// Base32: every text is its bytes or refused for the rule that it breaks, and comes back.
import assert from "node:assert/strict";

import fc from "fast-check";

import { decodeBase32, decodeSecret, encodeBase32 } from "../../../src/index.ts";
import { anything, damagedText, options } from "../inputs.ts";
import { property, type Target } from "../target.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 once more, by strings of bits. */
function bytesOf(letters: string): Uint8Array {
  const bits = Array.from(letters, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

/** Whether letters without padding are whole bytes, and at most four bits more. */
function areWhole(letters: string): boolean {
  return /^[A-Z2-7]*$/.test(letters) && (letters.length * 5) % 8 < 5;
}

function strictBytes(text: string): Uint8Array | undefined {
  const letters = text.replace(/={1,6}$/, "");
  const isPadded = letters === text || text.length % 8 === 0;
  const isStrict = areWhole(letters) && /^0*$/.test(leftOver(letters));
  return isPadded && isStrict ? bytesOf(letters) : undefined;
}

function leftOver(letters: string): string {
  const bits = ALPHABET.indexOf(letters.at(-1) ?? "A")
    .toString(2)
    .padStart(5, "0");
  return bits.slice(5 - ((letters.length * 5) % 8));
}

function typedBytes(text: string): Uint8Array | undefined {
  const letters = text
    .trim()
    .replace(/[ \t\r\n-]/g, "")
    .replace(/={1,6}$/, "");
  return /^[A-Za-z2-7]*$/.test(letters) && areWhole(letters.toUpperCase()) ? bytesOf(letters.toUpperCase()) : undefined;
}

const real = [
  "GEZDGNBVGY3TQOJQ",
  "MZXW6YQ=",
  "MZXW6===",
  "MY======",
  "jbsw y3dp-ehpk 3pxp",
  "MZXW6YTB",
  "",
  "A",
  "AAA",
];
const pieces = ["=", "==", " ", "-", "\n", "\u00a0", "\ufeff", "0", "1", "8", "9", "a", "é", "\0", "İ", "ſ", "K"];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...Array.from(ALPHABET), "=", "a", " ", "-") }),
  damagedText(real, pieces),
);
/** Long ones are slow, so there are few. */
const longText = fc
  .tuple(fc.constantFrom(...Array.from("AZ27=a- 1")), fc.integer({ min: 1, max: 100_000 }))
  .map(([letter, length]) => letter.repeat(length));

export const base32: Target = {
  name: "base32",
  properties: [
    property(
      fc.tuple(fc.oneof(fc.uint8Array({ maxLength: 300 }), anything), options({ padding: fc.boolean() })),
      async ([bytes, given], watch) => {
        const { value, code } = await watch.call(() => encodeBase32(bytes as Uint8Array, given));
        if (value === undefined) {
          assert.ok(["invalid-bytes", "invalid-options", "unknown-option", "invalid-option"].includes(code));
          return;
        }
        assert.match(value, /^[A-Z2-7]*=*$/);
        assert.deepEqual([...decodeBase32(value)], [...(bytes as Uint8Array)]);
      },
    ),
    property(text, async (given, watch) => {
      const strict = await watch.call(() => decodeBase32(given));
      assert.deepEqual(strict.value, strictBytes(given));
      if (strict.value === undefined) assert.equal(strict.code, "invalid-base32");
      const typed = await watch.call(() => decodeSecret(given));
      const bytes = typedBytes(given);
      assert.deepEqual(typed.value, bytes?.length === 0 ? undefined : bytes);
      if (typed.value === undefined) assert.equal(typed.code, bytes ? "secret-too-short" : "invalid-secret");
    }),
    property(
      fc.oneof({ weight: 99, arbitrary: anything }, { weight: 1, arbitrary: longText }),
      async (given, watch) => {
        for (const decode of [decodeBase32, decodeSecret]) {
          const { code } = await watch.call(() => decode(given as string));
          if (typeof given !== "string") assert.match(String(code), /^invalid-(base32|secret)$/);
        }
      },
    ),
  ],
};
