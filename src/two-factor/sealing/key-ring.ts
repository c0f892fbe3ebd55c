// Encryption of secrets at rest: AES-256-GCM under keys that are not in the database.
import { decode, encodeBase32 } from "../../core/base32.ts";
import { OtpError } from "../../core/errors.ts";
import { isBytes, readOptions } from "../../core/parameters.ts";
import { type AesGcm, randomBytes, subtle, type WebCryptoKey } from "../../core/platform.ts";
import { requireKeyIds, type Sealer } from "./sealer.ts";

const NONCE_BYTES = 12;
const KEY_BYTES = 32;

/** A key that encrypts secrets before they are stored. */
export interface SealingKey {
  /**
   * The name of the key, stored with what it encrypted: 1 to 40 letters, digits and `_ . : / -`.
   * Never reuse it for another key.
   */
  readonly id: string;
  /** 32 random bytes, or a 256-bit AES-GCM key with usages `encrypt` and `decrypt`. */
  readonly key: Uint8Array | WebCryptoKey;
}

/** A sealer with keys held by this server. */
export function keyRing(sealingKeys: unknown): Sealer {
  if (!Array.isArray(sealingKeys) || sealingKeys.length === 0) {
    throw new OtpError("invalid-option", "sealingKeys must be an array of one or more { id, key }");
  }
  const given: readonly unknown[] = [...(sealingKeys as unknown[])];
  const keys = given.map((each) => readOptions<Unchecked>(each as object, { id: undefined, key: undefined }));
  const keyIds = keys.map(({ id }) => id);
  requireKeyIds(keyIds, "sealingKeys");
  const opened = new Map(keys.map(({ key }, index) => [keyIds[index], openSealingKey(key)]));
  const keyOf = (keyId: string): Promise<WebCryptoKey> => (opened.get(keyId) as () => Promise<WebCryptoKey>)();
  return {
    keyIds,
    async seal(keyId, plaintext, additionalData) {
      const iv = randomBytes(NONCE_BYTES);
      const sealed = await subtle().encrypt(aesGcm(iv, additionalData), await keyOf(keyId), plaintext);
      return encodeBase32(Uint8Array.of(...iv, ...new Uint8Array(sealed)));
    },
    async open(keyId, text, additionalData) {
      const bytes = decode(text);
      // Text in any other spelling was not written here.
      if (typeof bytes === "string" || !isWrittenHere(text, bytes)) return undefined;
      const algorithm = aesGcm(bytes.subarray(0, NONCE_BYTES), additionalData);
      const key = await keyOf(keyId);
      // A wrong tag or a text that is too short: it was not sealed with this key and context.
      const plaintext = await subtle()
        .decrypt(algorithm, key, bytes.subarray(NONCE_BYTES))
        .catch(() => undefined);
      return plaintext && new Uint8Array(plaintext);
    },
  };
}

/**
 * Upper-case letters and no left-over bits, which are in the last letter. Re-encoding all of it
 * would take longer.
 */
function isWrittenHere(text: string, bytes: Uint8Array): boolean {
  const last = bytes.subarray(bytes.length - (bytes.length % 5));
  return /^[A-Z2-7]*$/.test(text) && text.endsWith(encodeBase32(last));
}

function aesGcm(iv: Uint8Array, additionalData: Uint8Array): AesGcm {
  return { name: "AES-GCM", iv, additionalData, tagLength: 128 };
}

interface Unchecked {
  readonly id: unknown;
  readonly key: unknown;
}

/** Returns a function that returns the key; bytes are imported once, at the first use. */
function openSealingKey(key: unknown): () => Promise<WebCryptoKey> {
  return isBytes(key) ? importOnce(new Uint8Array(key)) : always(requireSealingKey(key));
}

function always(key: WebCryptoKey): () => Promise<WebCryptoKey> {
  return () => Promise.resolve(key);
}

function importOnce(bytes: Uint8Array): () => Promise<WebCryptoKey> {
  if (bytes.length !== KEY_BYTES) {
    throw new OtpError("invalid-option", `key of sealingKeys must be ${KEY_BYTES} random bytes, not ${bytes.length}`);
  }
  if (bytes.every((byte) => byte === 0)) {
    throw new OtpError("invalid-option", "key of sealingKeys must be random bytes, not zeros");
  }
  let imported: Promise<WebCryptoKey> | undefined;
  return () => (imported ??= subtle().importKey("raw", bytes, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]));
}

/** By shape, because a polyfill's key has its own class. */
function requireSealingKey(key: unknown): WebCryptoKey {
  if (typeof key === "string") {
    throw new OtpError(
      "invalid-option",
      "key of sealingKeys must be bytes, not a string: decode its hex or base64 first",
    );
  }
  const { algorithm, usages } = Object(key) as { algorithm?: { name?: unknown; length?: unknown }; usages?: unknown };
  if (
    algorithm?.name !== "AES-GCM" ||
    algorithm.length !== KEY_BYTES * 8 ||
    !Array.isArray(usages) ||
    !usages.includes("encrypt") ||
    !usages.includes("decrypt")
  ) {
    throw new OtpError(
      "invalid-option",
      "key of sealingKeys must be 32 bytes, or a 256-bit AES-GCM key with usages encrypt and decrypt",
    );
  }
  return key as WebCryptoKey;
}
