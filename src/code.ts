// The digits that a person reads and types. Nothing below this file knows how many there are.
import type { Digits } from "./parameters.ts";

/** Stands for everything that is no code. It equals no 31-bit number. */
export const UNREADABLE = -1;

/** Far more than eight digits with a space or hyphen between any two. Looked at first, so that a megabyte costs nothing. */
const MAX_TYPED_LENGTH = 32;

/** Digit = Snum mod 10^digits, RFC 4226 §5.3, with its leading zeros: the last of eight behind a one. */
export function formatCode(Snum: number, digits: Digits): string {
  return String((Snum % 1e8) + 1e8).slice(9 - digits);
}

/** What a person typed as a number. ASCII spaces and hyphens may group the digits; everything else is unreadable. */
export function readCode(typed: unknown, digits: Digits): number {
  if (typeof typed !== "string" || typed.length > MAX_TYPED_LENGTH) return UNREADABLE;
  const compact = typed.length > digits ? typed.replace(/[ -]/g, "") : typed;
  return compact.length === digits && /^\d+$/.test(compact) ? Number(compact) : UNREADABLE;
}
