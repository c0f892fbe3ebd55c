// Secrets and keys of the asynchronous API, and HMAC (RFC 2104) by WebCrypto: a plan in, a code or
// a match out.
import { formatCode } from "../core/code.ts";
import { counterBytes } from "../core/counter.ts";
import { OtpError } from "../core/errors.ts";
import { type Algorithm, DEFAULT_ALGORITHM, isAlgorithm, requireAlgorithm } from "../core/parameters.ts";
import { subtle, type WebCryptoKey } from "../core/platform.ts";
import { requireLength, type Secret, secretBytes } from "../core/secret.ts";
import { truncate } from "../core/truncation.ts";
import {
  type GenerationPlan,
  LEAST_SECRET_BYTES,
  type Match,
  settle,
  type VerificationPlan,
} from "../core/verification.ts";

/** The shared secret, or a key imported from it. */
export type SecretOrKey = Secret | WebCryptoKey;

/**
 * Imports a secret once, for many calls. A call with a key is faster than with a secret, and the
 * key's bytes cannot be read back.
 *
 * @param secret - Base32 text or bytes, at least one byte.
 * @param algorithm - The HMAC's hash function, to which the key is bound. Default: `"SHA-1"`.
 * @returns A non-extractable HMAC key for this package's functions.
 * @throws {@link OtpError} (as a rejection) `invalid-secret`, `secret-too-short` for the secret;
 * `invalid-option` for the algorithm; `no-webcrypto` without `crypto.subtle`.
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

/** The checked key of what the caller gave. At most one import per call. */
function openKey(
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

/** By shape, because a polyfill's key has its own class. */
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
    !(Array.isArray(key.usages) && key.usages.includes("sign"))
  ) {
    throw new OtpError(
      "invalid-key",
      `key must be an HMAC key for ${algorithm ?? "SHA-1, SHA-256 or SHA-512"} with usage "sign"`,
    );
  }
  requireLength(length / 8, leastBytes);
  return key;
}

/**
 * How many signatures run at the same time: a wide search must not block the event loop or fill a
 * thread pool.
 */
const BATCH = 128;

/** The MACs of `count` counters starting with `first`, truncated to 31 bits. */
export async function truncatedMacs(key: WebCryptoKey, first: number, count: number): Promise<number[]> {
  const numbers: number[] = [];
  while (numbers.length < count) {
    const batch: Promise<ArrayBuffer>[] = [];
    for (let index = numbers.length; index < count && batch.length < BATCH; index++) {
      batch.push(subtle().sign("HMAC", key, counterBytes(first + index)));
    }
    for (const HS of await Promise.all(batch)) numbers.push(truncate(new DataView(HS)));
  }
  return numbers;
}

/** Computes the code of a plan. */
export async function generate(secret: SecretOrKey, plan: GenerationPlan): Promise<string> {
  const key = await openKey(secret, plan.algorithm, 1);
  const [Snum] = await truncatedMacs(key, plan.counter, 1);
  return formatCode(Snum as number, plan.digits);
}

/** Finds where the codes of a plan match. */
export async function verify(secret: SecretOrKey, plan: VerificationPlan): Promise<Match | null> {
  const key = await openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  return settle(plan, await truncatedMacs(key, plan.first, plan.count));
}
