// Reads typed input: the digits of a code, or a recovery code.
import { compactTyped } from "../core/typed.ts";

/** Typed input without separators: the digits of a code, or a recovery code in either case. */
export type Typed = { readonly kind: "code" | "recovery-code"; readonly text: string } | { readonly kind: "neither" };

/** Far longer than a recovery code with a separator between each two characters. */
const MOST_TYPED = 64;

export function readTyped(typed: unknown): Typed {
  const compact = compactTyped(typed, MOST_TYPED);
  if (/^\d{6,8}$/.test(compact)) return { kind: "code", text: compact };
  // Base32 has no 0 and no 8, so they can only mean O and B. A 1 could be I or L.
  const letters = compact.replace(/0/g, "O").replace(/8/g, "B");
  if (/^[A-Za-z2-7]{24}$/.test(letters)) return { kind: "recovery-code", text: letters };
  return { kind: "neither" };
}

/** The digits of a code; `undefined` for anything else. */
export function readTypedCode(typed: unknown): string | undefined {
  const read = readTyped(typed);
  return read.kind === "code" ? read.text : undefined;
}
