// Secrets and keys of the synchronous face: a secret or key in, 31-bit numbers out. After this file no algorithm name is seen.
import { type Algorithm, DEFAULT_ALGORITHM, requireAlgorithm } from "../core/parameters.ts";
import { type Secret, secretBytes } from "../core/secret.ts";
import { OtpKey as Key } from "./hmac.ts";

declare const isOtpKey: unique symbol;

/**
 * A secret that was imported once, bound to its algorithm. It shows nothing of the secret: not to `JSON.stringify`, not to
 * `util.inspect`, not to enumeration.
 */
export interface OtpKey {
  /** For the compiler alone: nothing else is a key. */
  readonly [isOtpKey]: true;
}

/** The shared secret, or a key that was imported from it. */
export type SecretOrKey = Secret | OtpKey;

/**
 * Imports a secret once, for many calls. A call with a key is faster than one with a secret.
 *
 * @param secret - Base32 text or bytes, at least one byte.
 * @param algorithm - The HMAC's hash function, to which the key is bound. Default: `"SHA-1"`.
 * @returns A key for the functions of `halfminute/sync`.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short` for the secret; `invalid-option` for the algorithm.
 * @example
 * ```ts
 * import { generateHotp, importKey } from "halfminute/sync";
 *
 * const key = importKey("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
 * console.log(generateHotp(key, 1)); // 287082
 * ```
 * @see RFC 2104 §2, §4
 */
export function importKey(secret: Secret, algorithm: Algorithm = DEFAULT_ALGORITHM): OtpKey {
  return new Key(secretBytes(secret, 1), requireAlgorithm(algorithm)) as unknown as OtpKey;
}

const TAKEN = "base32 text, a Uint8Array or a key of halfminute/sync";

/** A key from whatever a caller gave, checked. */
export function openKey(secret: SecretOrKey, algorithm: Algorithm | undefined, leastBytes: number): Key {
  return (
    Key.open(secret, algorithm, leastBytes) ??
    new Key(secretBytes(secret, leastBytes, TAKEN), algorithm ?? DEFAULT_ALGORITHM)
  );
}

/** The MAC of one counter, truncated to 31 bits. */
export function truncatedMac(key: Key, counter: number): number {
  return Key.truncatedMac(key, counter);
}
