// Text is UTF-8. The language itself has a strict codec of it, in percent-encoding; `TextDecoder` is the host's and may be missing.

/** The text. Of what is not UTF-8 the ASCII characters stay, and U+FFFD marks each other byte: a name must not cost the secret. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${(byte + 256).toString(16).slice(1)}`).join(""));
  } catch {
    return String.fromCharCode(...Array.from(bytes, (byte) => (byte < 0x80 ? byte : 0xfffd)));
  }
}

/** The bytes of well-formed text. */
export function encodeText(text: string): number[] {
  const units = encodeURIComponent(text).match(/%..|./g) ?? [];
  return units.map((unit) => (unit.length > 1 ? parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
}
