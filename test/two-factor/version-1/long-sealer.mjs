// A sealer for tests whose texts are as long as they may be: 280 characters. It hides nothing.
//
// A text is base64url of the plaintext, a dot, base64url of the tag, and dots up to 280 characters.
// The tag is SHA-256 of the key id in UTF-8, a zero byte, the context, a zero byte, and the
// plaintext.
import { createHash } from "node:crypto";

const CHARACTERS = 280;

export function longSealer(keyIds) {
  return {
    keyIds,
    async seal(keyId, plaintext, context) {
      return textOf(keyId, plaintext, context);
    },
    async open(keyId, sealed, context) {
      const plaintext = new Uint8Array(Buffer.from(sealed.split(".", 1)[0], "base64url"));
      return textOf(keyId, plaintext, context) === sealed ? plaintext : undefined;
    },
  };
}

function textOf(keyId, plaintext, context) {
  const zero = Uint8Array.of(0);
  const hash = createHash("sha256").update(keyId).update(zero).update(context).update(zero).update(plaintext);
  return `${Buffer.from(plaintext).toString("base64url")}.${hash.digest("base64url")}`.padEnd(CHARACTERS, ".");
}
