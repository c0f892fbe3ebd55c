// Base32, RFC 4648 §6: five bits a letter. Letters are computed, not looked up, so no table is indexed by a secret.
import { OtpError } from "./errors.ts";
import { isBytes, readOptions, requireBoolean } from "./parameters.ts";

/** How {@link encodeBase32} writes. */
export interface Base32Options {
  /** Whether to fill up to a multiple of eight characters with `=`. Default: `false`, as authenticator apps want it. */
  readonly padding?: boolean | undefined;
}

/**
 * Writes bytes as base32, upper-case and by default without padding.
 *
 * @param bytes - What to encode; a view of a larger buffer is read as that view.
 * @param options - Whether to pad.
 * @returns Base32 text.
 * @throws {@link OtpError} `invalid-bytes` if `bytes` is not a `Uint8Array`; `invalid-options`, `unknown-option`,
 * `invalid-option` for the options.
 * @example
 * ```ts
 * import { encodeBase32 } from "halfminute";
 *
 * const bytes = new Uint8Array([0x66, 0x6f, 0x6f, 0x62]);
 * console.log(encodeBase32(bytes)); // MZXW6YQ
 * console.log(encodeBase32(bytes, { padding: true })); // MZXW6YQ=
 * ```
 * @see RFC 4648 §6
 */
export function encodeBase32(bytes: Uint8Array, options?: Base32Options): string {
  const padding = requireBoolean(readOptions(options, { padding: false }).padding, "padding");
  if (!isBytes(bytes)) throw new OtpError("invalid-bytes", "bytes must be a Uint8Array");
  let text = "";
  let buffer = 0; // its low bits are those that were read last; what is shifted out was written
  let bits = 0;
  for (let index = 0; index < bytes.length; index++) {
    buffer = (buffer << 8) | (bytes[index] as number);
    for (bits += 8; bits >= 5; bits -= 5) text += letter((buffer >> (bits - 5)) & 31);
  }
  if (bits > 0) text += letter((buffer << (5 - bits)) & 31);
  return padding ? text.padEnd(Math.ceil(text.length / 8) * 8, "=") : text;
}

/** 0…25 → `A`…`Z`, 26…31 → `2`…`7`, without a branch. */
function letter(value: number): string {
  return String.fromCharCode(value + 65 - (((25 - value) >> 31) & 41));
}

/** The reverse of {@link letter} for either case, without a branch; −1 for anything else. */
function letterValue(charCode: number): number {
  const folded = charCode & ~((charCode >> 1) & 32); // a…z → A…Z, and no digit moves
  // Each mask has all bits set between its two ends, and none outside.
  return (
    ((((64 - folded) & (folded - 91)) >> 31) & (folded - 64)) +
    ((((49 - folded) & (folded - 56)) >> 31) & (folded - 23)) -
    1
  );
}

/**
 * Reads strict base32: upper-case letters only, no other characters, no left-over bits, padding absent or complete.
 * For a secret that a person typed use `decodeSecret`.
 *
 * @param text - Base32 text; the empty text is no bytes.
 * @returns The bytes.
 * @throws {@link OtpError} `invalid-base32` with the rule that was broken.
 * @example
 * ```ts
 * import { decodeBase32 } from "halfminute";
 *
 * console.log(decodeBase32("MZXW6YQ").length); // 4
 * ```
 * @see RFC 4648 §6, §3.5
 */
export function decodeBase32(text: string): Uint8Array {
  if (typeof text !== "string") throw notBase32("not a string");
  const letters = text.replace(PADDING, "");
  if (letters !== text && text.length % 8 !== 0) throw notBase32("padding must fill the last group of 8, or be absent");
  const bytes = decode(letters);
  if (typeof bytes === "string") throw notBase32(bytes);
  // What differs when it is written again is not the one way in which these bytes are written.
  if (encodeBase32(bytes) !== letters) throw notBase32("letters must be upper-case, and left-over bits zero");
  return bytes;
}

function notBase32(rule: string): OtpError {
  return new OtpError("invalid-base32", `text must be base32: ${rule}`);
}

/** Six is the most that fills eight characters; a longer run leaves some that decode refuses. */
export const PADDING: RegExp = /={1,6}$/;

/** The bytes of base32 in either case and without padding, or the rule that it breaks. Left-over bits are dropped. */
export function decode(text: string): Uint8Array | string {
  const bytes = new Uint8Array((text.length * 5) >> 3);
  let buffer = 0; // its low bits are those that were read last; what is shifted out was written
  for (let index = 0; index < text.length; index++) {
    const value = letterValue(text.charCodeAt(index));
    if (value < 0) return `letter ${index + 1} is not base32`;
    buffer = (buffer << 5) | value;
    // A byte that is not complete yet is written again by the next letter, or lies past the end and is dropped.
    bytes[(index * 5) >> 3] = buffer >> ((index * 5 + 5) & 7);
  }
  const leftOver = (text.length * 5) & 7;
  // Five bits or more are a letter that carries nothing: one is missing, or one too many.
  return leftOver < 5 ? bytes : `${text.length} letters leave ${leftOver} bits`;
}
