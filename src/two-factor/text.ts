// Text at the edges: user ids, bytes of UTF-8, and what a person typed.
import { compactTyped } from "../core/typed.ts";
import { TwoFactorError } from "./two-factor-error.ts";

const MOST_USER_ID_BYTES = 1024;

/** The bytes of text in UTF-8; nothing if it has a lone surrogate. */
export function utf8(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return utf8BeyondAscii(text);
    bytes[index] = unit;
  }
  return bytes;
}

/** Ten times as slow, and seldom needed. */
function utf8BeyondAscii(text: string): Uint8Array | undefined {
  try {
    const units = encodeURIComponent(text).match(/%..|./g) ?? [];
    return Uint8Array.from(units, (unit) => (unit.length === 1 ? unit.charCodeAt(0) : Number(`0x${unit.slice(1)}`)));
  } catch {
    return undefined;
  }
}

export function requireUserId(userId: unknown): void {
  // The length first: a user id of megabytes is not encoded to find that out.
  const isText = typeof userId === "string" && userId.length <= MOST_USER_ID_BYTES && !userId.includes("\0");
  const bytes = isText ? utf8(userId) : undefined;
  if (!bytes || bytes.length < 1 || bytes.length > MOST_USER_ID_BYTES) throw new TwoFactorError("invalid-user-id");
}

/** What a person may have typed: digits of a code, or a recovery code in either case. Both without separators. */
export type Typed = { readonly kind: "code" | "recovery-code"; readonly text: string } | { readonly kind: "neither" };

/** Far more than a recovery code with a separator between any two characters. */
const MOST_TYPED = 64;

export function readTyped(typed: unknown): Typed {
  const compact = compactTyped(typed, MOST_TYPED);
  if (/^\d{6,8}$/.test(compact)) return { kind: "code", text: compact };
  // Base32 has neither 0 nor 8: they can only be O and B. A 1 could be I or L.
  const letters = compact.replace(/0/g, "O").replace(/8/g, "B");
  if (/^[A-Za-z2-7]{24}$/.test(letters)) return { kind: "recovery-code", text: letters };
  return { kind: "neither" };
}

/** A code alone, its digits; nothing for everything else. */
export function readTypedCode(typed: unknown): string | undefined {
  const read = readTyped(typed);
  return read.kind === "code" ? read.text : undefined;
}
