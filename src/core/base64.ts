// Base64, RFC 4648 §4: six bits per letter. Letters are computed, not looked up, so no secret
// indexes a table.

/** Padded, as the standard requires. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0; // the low bits are the latest; bits shifted out were already written
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += letter((buffer >> (bits - 6)) & 63);
  }
  if (bits > 0) text += letter((buffer << (6 - bits)) & 63);
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/**
 * Decodes base64 in the letters of RFC 4648 §4, padding absent or complete; `undefined` if it is
 * not. Left-over bits are dropped. The URL-safe letters of §5 are refused: no supported format uses
 * them.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const letters = text.replace(/={1,2}$/, "");
  const isPadded = letters !== text;
  // A single letter carries no byte.
  return (isPadded && text.length % 4 !== 0) || letters.length % 4 === 1 ? undefined : readLetters(letters);
}

/**
 * Decodes letters without padding, with any left-over bits; `undefined` if a character is not a
 * letter.
 */
export function readLetters(letters: string): Uint8Array | undefined {
  const bytes = new Uint8Array((letters.length * 6) >> 3);
  let buffer = 0; // the low bits are the latest; bits shifted out were already written
  for (let index = 0; index < letters.length; index++) {
    const value = letterValue(letters.charCodeAt(index));
    if (value < 0) return undefined;
    buffer = (buffer << 6) | value;
    // The next letter overwrites an incomplete byte; one past the end is dropped.
    bytes[(index * 6) >> 3] = buffer >> ((index * 6 + 6) % 8);
  }
  return bytes;
}

/** 0…25 → `A`…`Z`, 26…51 → `a`…`z`, 52…61 → `0`…`9`, then `+` and `/`, without a branch. */
function letter(value: number): string {
  const lower = ((25 - value) >> 31) & 6;
  const digit = ((51 - value) >> 31) & 75;
  const plus = ((61 - value) >> 31) & 15;
  const slash = ((62 - value) >> 31) & 3;
  return String.fromCharCode(value + 65 + lower - digit - plus + slash);
}

/** The reverse of {@link letter}, without a branch; −1 for anything else. */
function letterValue(charCode: number): number {
  const upper = ((64 - charCode) & (charCode - 91)) >> 31;
  const lower = ((96 - charCode) & (charCode - 123)) >> 31;
  const digit = ((47 - charCode) & (charCode - 58)) >> 31;
  const plus = ((42 - charCode) & (charCode - 44)) >> 31;
  const slash = ((46 - charCode) & (charCode - 48)) >> 31;
  return (
    (upper & (charCode - 64)) + (lower & (charCode - 70)) + (digit & (charCode + 5)) + (plus & 63) + (slash & 64) - 1
  );
}
