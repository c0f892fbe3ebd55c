// Parts of the regular expressions that match stored texts of both versions. Only names can contain
// escapes.

export const KEY_ID = "[A-Za-z0-9_.:/-]{1,40}";
/** Printable ASCII that JSON does not escape. */
export const SEALED_TEXT = "[!#-[\\]-~]+";
/** 16 bytes in base32: the last letter has two left-over bits, which are 0. */
export const ID = '"[A-Z2-7]{25}[AEIMQUY4]"';
/** 130 bits of a MAC. */
export const TAG = '"[A-Z2-7]{26}"';
/** Below 9 × 10^15, so JSON.parse does not round; beyond every date. */
export const COUNT = "(?:0|[1-9][0-9]{0,14}|[1-8][0-9]{15})";

/** Up to about 2^53: the reader must check. */
export const COUNTER = "(?:0|[1-9][0-9]{0,15})";

export function orNull(item: string): string {
  return `(?:null|${item})`;
}

export function list(item: string, most: number): string {
  return `\\[(?:${item}(?:,${item}){0,${most - 1}})?\\]`;
}

/** Each expression is made once, at its first use. */
export function matcher(makePattern: () => string): (text: string) => boolean {
  let pattern: RegExp | undefined;
  return (text) => (pattern ??= new RegExp(`^(?:${makePattern()})$`)).test(text);
}
