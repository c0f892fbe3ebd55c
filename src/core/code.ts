// The digits that a person reads and types. No file below this one knows how many there are.
import type { Digits } from "./parameters.ts";
import { compactTyped } from "./typed.ts";

/** Marks input that is not a code; differs from every 31-bit number. */
export const UNREADABLE = -1;

/** Far longer than eight digits with a separator between each two. */
const MOST_TYPED = 32;

/**
 * How many codes there are. Not `10 ** digits`: engines treat that as a fraction, and divide ten
 * times slower.
 */
export function powerOfTen(digits: number): number {
  return Number(`1e${digits}`);
}

/**
 * Digit = Snum mod 10^digits, RFC 4226 §5.3: add 10^8 to keep leading zeros, then take the last
 * `digits` characters.
 */
export function formatCode(Snum: number, digits: Digits): string {
  return String((Snum % 1e8) + 1e8).slice(9 - digits);
}

/**
 * The typed code as a number; anything except `digits` digits, with or without separators, is
 * unreadable.
 */
export function readCode(typed: unknown, digits: Digits): number {
  const code = isCode(typed, digits) ? typed : compactTyped(typed, MOST_TYPED);
  return isCode(code, digits) ? Number(code) : UNREADABLE;
}

/** The fast path: most codes arrive without separators. */
function isCode(text: unknown, digits: Digits): text is string {
  return typeof text === "string" && text.length === digits && /^\d+$/.test(text);
}
