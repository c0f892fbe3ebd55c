// Codes as somebody types them: nothing throws, and exactly the right digits match.
import assert from "node:assert/strict";

import fc from "fast-check";

import * as webcrypto from "../../../src/index.ts";
import { generateSteamCode, verifySteamCode } from "../../../src/steam/index.ts";
import * as sync from "../../../src/sync.ts";
import { anything, damagedText } from "../inputs.ts";
import { property, type Target } from "../target.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const KEY = await webcrypto.importKey(SECRET);
const SYNC_KEY = sync.importKey(SECRET);
/** The time step, which is also the counter. */
const NOW = 1000;
const AT = new Date(NOW * 30_000);
const CODES = Array.from({ length: 2 * NOW }, (_, factor) => sync.generateHotp(SECRET, factor));
/** Inside and outside of every window. */
const NEAR = CODES.slice(NOW - 4, NOW + 5);
const LONG = "0".repeat(1_000_000);

/** By the properties of Unicode, and the invisible ones that web pages insert. */
const SEPARATOR = /[\p{White_Space}\p{Dash}\u00ad\u200b\u2060\ufeff]/u;
const separators = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).filter((unit) =>
  SEPARATOR.test(unit),
);
const others = ["a", "+", ".", ",", "0", "9", "\u0660", "\u0966", "\uff10", "\uff19", "\u{1d7ce}", "\0", "\ud835"];
const fullWidth = NEAR.map((code) => code.replace(/./g, (digit) => String.fromCharCode(0xfee0 + digit.charCodeAt(0))));
/** Nothing but separators put in: still right. */
const spaced = fc
  .tuple(
    fc.constantFrom(...NEAR, ...fullWidth),
    fc.array(fc.constantFrom(...separators, ""), { minLength: 7, maxLength: 7 }),
  )
  .map(([code, gaps]) => gaps.map((gap, index) => gap + (code[index] ?? "")).join(""));
/** Around the longest text that is read. */
const padded = fc
  .tuple(fc.constantFrom(...NEAR), fc.integer({ min: 24, max: 28 }))
  .map(([code, spaces]) => code + " ".repeat(spaces));
const typed: fc.Arbitrary<unknown> = fc.oneof(
  spaced,
  padded,
  damagedText([...NEAR, ...fullWidth], [...separators, ...others]),
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[0-9]{5,9}$/),
  anything,
  fc.constant(LONG),
);

/**
 * The digits that a text holds, by the properties of Unicode; undefined if there is anything else.
 */
function digitsOf(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > 32) return undefined;
  const rest = text.split("").filter((unit) => !SEPARATOR.test(unit));
  const digits = rest.map((unit) => (/[\uff10-\uff19]/.test(unit) ? unit.normalize("NFKC") : unit)).join("");
  return /^[0-9]{6}$/.test(digits) ? digits : undefined;
}

/** The last place of a code from `from` to `to`. */
function place(code: string | undefined, from: number, to: number): number | undefined {
  const found = CODES.slice(from, to + 1).lastIndexOf(code ?? "none");
  return found < 0 ? undefined : from + found;
}

const list = fc.oneof(
  fc.array(fc.oneof(typed, fc.constantFrom(...NEAR)), { maxLength: 7 }),
  // Codes in a row, and the same with one that is not.
  fc
    .tuple(
      fc.integer({ min: NOW - 110, max: NOW + 110 }),
      fc.integer({ min: 2, max: 5 }),
      fc.option(fc.nat({ max: 4 })),
      typed,
    )
    .map(([first, count, wrong, other]): unknown[] =>
      CODES.slice(first, first + count).map((code, index) => (index === wrong ? other : code)),
    ),
  anything,
);

export const codes: Target = {
  name: "codes",
  properties: [
    property(typed, async (given, watch) => {
      const code = given as string;
      const expected = place(digitsOf(given), NOW - 1, NOW + 1);
      const match = expected === undefined ? null : { counter: expected, delta: expected - NOW };
      const { value } = await watch.call(() => webcrypto.verifyTotp(KEY, code, { at: AT }));
      assert.deepEqual(value, match);
      assert.deepEqual((await watch.call(() => sync.verifyTotp(SYNC_KEY, code, { at: AT }))).value, match);
    }),
    property(typed, async (given, watch) => {
      const code = given as string;
      const expected = place(digitsOf(given), NOW - 1, NOW + 1);
      const match = expected === undefined ? null : { counter: expected, delta: expected - NOW + 1 };
      const options = { lookAhead: 2 };
      assert.deepEqual((await watch.call(() => webcrypto.verifyHotp(KEY, code, NOW - 1, options))).value, match);
      assert.deepEqual((await watch.call(() => sync.verifyHotp(SYNC_KEY, code, NOW - 1, options))).value, match);
    }),
    property(list, async (given, watch) => {
      const codesGiven = given as string[];
      const options = { at: AT, lookBehind: 10, lookAhead: 10 };
      const { value, code } = await watch.call(() => webcrypto.resynchronizeTotp(KEY, codesGiven, options));
      const other = await watch.call(() => sync.resynchronizeTotp(SYNC_KEY, codesGiven, options));
      assert.deepEqual([value, code], [other.value, other.code]);
      // A list with a hole is not one of codes.
      const isWhole = Array.isArray(given) && Object.keys(given).length === given.length;
      const isList = isWhole && given.length >= 2 && given.length <= 5;
      assert.equal(code, isList ? undefined : "invalid-codes");
      if (!isList) return;
      const digits = Array.from(given, digitsOf);
      const isThere = (last: number): boolean =>
        digits.every((each, index) => each !== undefined && each === CODES[last - digits.length + 1 + index]);
      const places = Array.from({ length: 21 }, (_, index) => NOW - 10 + index);
      assert.equal(value?.counter, places.findLast(isThere));
    }),
    property(list, async (given, watch) => {
      const codesGiven = given as string[];
      const { value, code } = await watch.call(() => sync.resynchronizeHotp(SYNC_KEY, codesGiven, NOW));
      const other = await watch.call(() => webcrypto.resynchronizeHotp(KEY, codesGiven, NOW, { lookAhead: 100 }));
      assert.deepEqual([value, code], [other.value, other.code]);
      assert.ok(value === undefined || value === null || value.counter >= NOW + codesGiven.length - 1);
    }),
    property(
      fc.oneof(
        typed,
        fc.string({ unit: fc.constantFrom(...Array.from("23456789BCDFGHJKMNPQRTVWXY -")), maxLength: 7 }),
      ),
      async (given, watch) => {
        const { value } = await watch.call(() => verifySteamCode(SECRET, given as string, { at: AT }));
        assert.ok(value !== undefined);
        if (value === null) return;
        const code = generateSteamCode(SECRET, { at: new Date(value.counter * 30_000) });
        assert.equal(
          String(given)
            .replace(/[^0-9A-Za-z]/g, "")
            .toUpperCase(),
          code,
        );
      },
    ),
  ],
};
