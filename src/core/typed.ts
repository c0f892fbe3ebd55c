// Typed and pasted text: digits and letters, with meaningless characters between them.

/**
 * White space, hyphens and dashes of Unicode (`White_Space`, `Dash`, and the zero-width space and
 * joiner): keyboards, mail programs and web pages insert them into codes. Written out, because some
 * engines lack property escapes.
 */
const SEPARATORS =
  /[\s\u0085\u00ad\u200b\u2060\u058a\u05be\u1400\u1806\u2010-\u2015\u2053\u207b\u208b\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d-]/g;

/**
 * Full-width digits, as a Japanese keyboard types them. Digits of other scripts are not converted,
 * so they are wrong.
 */
const FULL_WIDTH_DIGITS = /[\uff10-\uff19]/g;

/**
 * The typed text without separators; empty if it is not text or is longer than `mostCharacters`, so
 * that a megabyte costs nothing.
 */
export function compactTyped(typed: unknown, mostCharacters: number): string {
  if (typeof typed !== "string" || typed.length > mostCharacters) return "";
  return typed
    .replace(SEPARATORS, "")
    .replace(FULL_WIDTH_DIGITS, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
}
