// HMAC (RFC 2104) by WebCrypto: a secret or key in, 31-bit numbers out. After this file no algorithm name is seen.
import { counterBytes } from "../core/counter.ts";
import { OtpError } from "../core/errors.ts";
import { type Algorithm, DEFAULT_ALGORITHM, isAlgorithm, requireAlgorithm } from "../core/parameters.ts";
import { subtle, type WebCryptoKey } from "../core/platform.ts";
import { requireLength, type Secret, secretBytes } from "../core/secret.ts";
import { truncate } from "../core/truncation.ts";

/** The shared secret, or a key that was imported from it. */
export type SecretOrKey = Secret | WebCryptoKey;

/**
 * Imports a secret once, for many calls. A call with a key is faster than one with a secret, and the key's bytes cannot
 * be read back.
 *
 * @param secret - Base32 text or bytes, at least one byte.
 * @param algorithm - The HMAC's hash function, to which the key is bound. Default: `"SHA-1"`.
 * @returns A non-extractable HMAC key for this package's functions.
 * @throws {@link OtpError} (as a rejection) `invalid-secret`, `secret-too-short` for the secret; `invalid-option` for the
 * algorithm; `no-webcrypto` without `crypto.subtle`.
 * @example
 * ```ts
 * import { generateHotp, importKey } from "halfminute";
 *
 * const key = await importKey("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
 * console.log(await generateHotp(key, 1)); // 287082
 * ```
 * @see RFC 2104 §2
 */
export async function importKey(secret: Secret, algorithm: Algorithm = DEFAULT_ALGORITHM): Promise<WebCryptoKey> {
  return importBytes(secretBytes(secret, 1), requireAlgorithm(algorithm));
}

function importBytes(bytes: Uint8Array, hash: Algorithm): Promise<WebCryptoKey> {
  return subtle().importKey("raw", bytes, { name: "HMAC", hash, length: bytes.length * 8 }, false, ["sign"]);
}

/** A key from whatever a caller gave, checked. At most one import, whatever is done with it. */
export function openKey(
  secret: SecretOrKey,
  algorithm: Algorithm | undefined,
  leastBytes: number,
): WebCryptoKey | Promise<WebCryptoKey> {
  return isKey(secret)
    ? requireKey(secret, algorithm, leastBytes)
    : importBytes(
        secretBytes(secret, leastBytes, "base32 text, a Uint8Array or a CryptoKey"),
        algorithm ?? DEFAULT_ALGORITHM,
      );
}

/** By shape, because a polyfill's key has a class of its own. */
function isKey(secret: SecretOrKey): secret is WebCryptoKey {
  return (secret as Partial<WebCryptoKey> | null | undefined)?.algorithm !== undefined;
}

function requireKey(key: WebCryptoKey, algorithm: Algorithm | undefined, leastBytes: number): WebCryptoKey {
  const { name, hash, length } = Object(key.algorithm) as { name?: string; hash?: { name?: string }; length: number };
  const hashName = hash?.name;
  if (
    name !== "HMAC" ||
    !isAlgorithm(hashName) ||
    (algorithm ?? hashName) !== hashName ||
    !(key as Partial<WebCryptoKey>).usages?.includes("sign")
  ) {
    throw new OtpError(
      "invalid-key",
      `key must be an HMAC key for ${algorithm ?? "SHA-1, SHA-256 or SHA-512"} with usage "sign"`,
    );
  }
  requireLength(length / 8, leastBytes);
  return key;
}

/** The MACs of `count` counters from `first` on, truncated to 31 bits. All are under way at once. */
export async function truncatedMacs(key: WebCryptoKey, first: number, count: number): Promise<number[]> {
  const signatures: Promise<ArrayBuffer>[] = [];
  for (let index = 0; index < count; index++) {
    signatures.push(subtle().sign("HMAC", key, counterBytes(first + index)));
  }
  return (await Promise.all(signatures)).map((HS) => truncate(new DataView(HS)));
}
