// How the secret is written: base32 unless an option says otherwise. An encoding is never guessed,
// because most hexadecimal digits are base32 letters too.
import { encodeBase32 } from "../core/base32.ts";
import { type Given } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

/** Call it before a secret is read. */
export function requireOneEncoding(given: Given): void {
  const names = ["base32", "hex", "base64"].filter((name) => given.has(name)).map((name) => `--${name}`);
  if (names.length > 1) throw new UsageError(`${names.join(" and ")} cannot be used together`);
}

/** The secret as base32. */
export function toBase32(text: string, given: Given): string {
  if (given.has("hex")) return encodeBase32(fromHex(text));
  const digits = text.replace(/\s/g, "");
  if (digits.length % 2 === 0 && /^[\da-f]+$/i.test(digits) && /[0189]/.test(digits)) {
    throw new UsageError("the secret must be base32: if it is hexadecimal, add --hex");
  }
  return text;
}

function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s/g, "");
  if (!/^(?:[\da-f]{2})+$/i.test(digits)) {
    throw new UsageError("the secret must be hexadecimal: pairs of the digits 0 to 9 and A to F");
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
