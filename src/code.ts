// The digits that a person reads and types. Nothing below this file knows how many there are.
import type { Digits } from "./parameters.ts";

/** Stands for everything that is no code. It equals no 31-bit number. */
export const UNREADABLE = -1;

/** Far more than eight digits with a space or hyphen between any two. Looked at first, so that a megabyte costs nothing. */
const MAX_TYPED_LENGTH = 32;

/** Digit = Snum mod 10^digits, RFC 4226 §5.3, with its leading zeros. */
export function formatCode(Snum: number, digits: Digits): string {
  return String(10 ** digits + (Snum % 10 ** digits)).slice(1);
}

/** What a person typed as a number. ASCII spaces and hyphens may group the digits; everything else is unreadable. */
export function readCode(typed: unknown, digits: Digits): number {
  if (typeof typed !== "string" || typed.length > MAX_TYPED_LENGTH) return UNREADABLE;
  const compact = typed.replace(/[ -]/g, "");
  return compact.length === digits && /^\d+$/.test(compact) ? Number(compact) : UNREADABLE;
}

/**
 * 0 if every code equals the number at its place from `from` on, −1 (all bits) if any differs. Takes the same steps for all
 * values.
 */
export function mismatch(wanted: readonly number[], numbers: ArrayLike<number>, from: number, modulus: number): number {
  let bits = 0;
  for (let index = 0; index < wanted.length; index++) {
    bits |= (wanted[index] as number) ^ ((numbers[from + index] as number) % modulus);
  }
  return (bits | -bits) >> 31;
}
