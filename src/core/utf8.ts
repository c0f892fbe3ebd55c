// Text to bytes and back: UTF-8, RFC 3629. Strict both ways. Uses percent-encoding, the language's
// own UTF-8 codec, because some runtimes lack `TextEncoder`.

/** The bytes of the text; `undefined` if it has a lone surrogate. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return encodeBeyondAscii(text);
    bytes[index] = unit;
  }
  return bytes;
}

/** Ten times as slow, and rarely needed. */
function encodeBeyondAscii(text: string): Uint8Array | undefined {
  try {
    const units = encodeURIComponent(text).match(/%..|./g) as string[];
    return Uint8Array.from(units, (unit) => (unit.length > 1 ? parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The text of the bytes; `undefined` if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${(byte + 256).toString(16).slice(1)}`).join(""));
  } catch {
    return undefined;
  }
}
