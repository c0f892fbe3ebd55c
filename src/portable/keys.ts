// Secrets and keys of the synchronous API: a plan in, a code or a match out.
import { type Algorithm, DEFAULT_ALGORITHM, requireAlgorithm } from "../core/parameters.ts";
import { type Secret, secretBytes } from "../core/secret.ts";
import {
  type GenerationPlan,
  LEAST_SECRET_BYTES,
  type Match,
  settle,
  type VerificationPlan,
} from "../core/verification.ts";
import { formatCode } from "../core/code.ts";
import { OtpKey as Key } from "./hmac.ts";

declare const isOtpKey: unique symbol;

/**
 * An imported secret, bound to its algorithm. `JSON.stringify`, `util.inspect` and enumeration show
 * nothing of the secret.
 */
export interface OtpKey {
  /** For the compiler only: nothing else is a key. */
  readonly [isOtpKey]: true;
}

/** The shared secret, or a key imported from it. */
export type SecretOrKey = Secret | OtpKey;

/**
 * Imports a secret once, for many calls. A call with a key is faster than with a secret.
 *
 * @param secret - Base32 text or bytes, at least one byte.
 * @param algorithm - The HMAC's hash function, to which the key is bound. Default: `"SHA-1"`.
 * @returns A key for the functions of `halfminute/sync`.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short` for the secret; `invalid-option`
 * for the algorithm.
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

/** The checked key of what the caller gave. */
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

/** The MACs of `count` counters starting with `first`, truncated to 31 bits. */
export function truncatedMacs(key: Key, first: number, count: number): number[] {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) numbers.push(Key.truncatedMac(key, first + index));
  return numbers;
}

/** Computes the code of a plan. */
export function generate(secret: SecretOrKey, { algorithm, counter, digits }: GenerationPlan): string {
  return formatCode(truncatedMac(openKey(secret, algorithm, 1), counter), digits);
}

/** Finds where the codes of a plan match; `codes` as in {@link settle}. */
export function verify(secret: SecretOrKey, plan: VerificationPlan, codes?: number): Match | null {
  const key = openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  return settle(plan, truncatedMacs(key, plan.first, plan.count), codes);
}
