// Base32, RFC 4648 §6: five bits per letter. Letters are computed, not looked up, so no secret
// indexes a table.
import { OtpError } from "./errors.ts";
import { isBytes, overwriteOptions, requireBoolean } from "./parameters.ts";

/** Options of {@link encodeBase32}. */
export interface Base32Options {
  /**
   * Whether to pad with `=` to a multiple of eight characters. Default: `false`, as authenticator
   * apps expect.
   */
  readonly padding?: boolean | undefined;
}

/**
 * Encodes bytes as upper-case base32, by default without padding.
 *
 * @param bytes - The bytes to encode. Of a view on a larger buffer, only the view is encoded.
 * @param options - The padding.
 * @returns Base32 text.
 * @throws {@link OtpError} `invalid-bytes` if `bytes` is not a `Uint8Array`; `invalid-options`,
 * `unknown-option`, `invalid-option` for the options.
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
  const padding = requireBoolean(overwriteOptions(options, { padding: false }).padding, "padding");
  if (!isBytes(bytes)) throw new OtpError("invalid-bytes", "bytes must be a Uint8Array");
  let text = "";
  let buffer = 0; // the low bits are the latest; bits shifted out were already written
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
 * Decodes strict base32: upper-case letters only, no other characters, no left-over bits, padding
 * absent or complete. For a secret that a person typed, use `decodeSecret`.
 *
 * @param text - Base32 text. Empty text gives no bytes.
 * @returns The bytes.
 * @throws {@link OtpError} `invalid-base32`, naming the broken rule.
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
  // Bytes have exactly one strict encoding: text that differs when re-encoded is not it.
  if (encodeBase32(bytes) !== letters) throw notBase32("letters must be upper-case, and left-over bits zero");
  return bytes;
}

function notBase32(rule: string): OtpError {
  return new OtpError("invalid-base32", `text must be base32: ${rule}`);
}

/** A group of eight has at most six. Of a longer run, some are left, which decode refuses. */
export const PADDING: RegExp = /={1,6}$/;

/**
 * Decodes base32 in either case, without padding, or returns the broken rule. Left-over bits are
 * dropped.
 */
export function decode(text: string): Uint8Array | string {
  const bytes = new Uint8Array((text.length * 5) >> 3);
  let buffer = 0; // the low bits are the latest; bits shifted out were already written
  for (let index = 0; index < text.length; index++) {
    const value = letterValue(text.charCodeAt(index));
    if (value < 0) return `letter ${index + 1} is not base32`;
    buffer = (buffer << 5) | value;
    // The next letter overwrites an incomplete byte; one past the end is dropped.
    bytes[(index * 5) >> 3] = buffer >> ((index * 5 + 5) & 7);
  }
  const leftOver = (text.length * 5) & 7;
  // Five or more bits are a letter that carries nothing: one is missing, or one is too many.
  return leftOver < 5 ? bytes : `${text.length} letters leave ${leftOver} bits`;
}
