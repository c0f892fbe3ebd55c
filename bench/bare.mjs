// The platform's HMAC alone: no clock, no base32, no digits, no comparison. One createHmac, with
// the kind of key that is faster in this run, is what counts as 1.00 in every column.
import { createHmac, createSecretKey } from "node:crypto";
import { counterAt, message, SECRET_BYTES, SECRETS } from "./reference.mjs";

export const SUBTLE = "bare crypto.subtle";

/** One MAC, whatever the column does. `keyOf` makes the key, once. */
function oneHmac(name, keyOf) {
  return {
    name,
    isBare: true,
    isUnit: true,
    async load() {
      const bytes = message(counterAt(Date.now()));
      const mac = (hash, secret) => {
        const key = keyOf(secret);
        return () => createHmac(hash, key).update(bytes).digest();
      };
      const sha1 = mac("sha1", SECRET_BYTES);
      return {
        codeFromBase32: sha1,
        codeWithKey: sha1,
        codeWithKeySha256: mac("sha256", SECRETS["SHA-256"]),
        codeWithKeySha512: mac("sha512", SECRETS["SHA-512"]),
        verifyFromBase32: sha1,
        verifyWithKey: sha1,
        resynchronize: sha1,
      };
    },
  };
}

export const bare = [
  oneHmac("createHmac, Buffer key", (secret) => secret),
  oneHmac("createHmac, KeyObject", createSecretKey),
  {
    // What the asynchronous face can at best come near: the calls it makes. Three are begun
    // together for a verification.
    name: SUBTLE,
    isBare: true,
    async load() {
      const bytes = new Uint8Array(message(counterAt(Date.now())));
      const secret = new Uint8Array(SECRET_BYTES);
      const algorithm = { name: "HMAC", hash: "SHA-1" };
      const importKey = () => crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
      const mac = (key) => crypto.subtle.sign("HMAC", key, bytes);
      const three = (key) => Promise.all([mac(key), mac(key), mac(key)]);
      const cached = await importKey();
      return {
        codeFromBase32: () => importKey().then(mac),
        codeWithKey: () => mac(cached),
        verifyFromBase32: () => importKey().then(three),
        verifyWithKey: () => three(cached),
      };
    },
  },
];
