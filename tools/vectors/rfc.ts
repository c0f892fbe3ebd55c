// Parts of the RFCs that other files use too: their keys, and references to their sections.
import { type Algorithm, type VectorFile } from "./rows.ts";

const KEY_BYTES: Readonly<Record<Algorithm, number>> = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 };

/** The repeating 1234567890 of RFC 4226 and RFC 6238, as long as the algorithm's MAC. */
export function rfcKey(algorithm: Algorithm): string {
  return Buffer.from("1234567890".repeat(7).slice(0, KEY_BYTES[algorithm])).toString("hex");
}

export function inRfc(number: number, section: string, anchor: string): VectorFile["source"] {
  return { document: `RFC ${number}`, section, url: `https://www.rfc-editor.org/rfc/rfc${number}#${anchor}` };
}
