// What a person typed to pass: the digits of a code, or a recovery code.
import { compactTyped } from "../core/typed.ts";

/**
 * What a person may have typed: digits of a code, or a recovery code in either case. Both without
 * separators.
 */
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
