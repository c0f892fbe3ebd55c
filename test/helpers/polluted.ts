// What a program may find on Object.prototype after a library merged data from outside into it.

/**
 * Every member of a dictionary of WebCrypto: https://www.w3.org/TR/WebCryptoAPI/ and its later
 * algorithms.
 */
export const MEMBERS = [
  "name",
  "hash",
  "length",
  "iv",
  "additionalData",
  "tagLength",
  "counter",
  "label",
  "public",
  "salt",
  "info",
  "iterations",
  "saltLength",
  "namedCurve",
  "publicExponent",
  "modulusLength",
  "context",
  "customization",
  "functionName",
  "outputLength",
] as const;

/** Lengths that some host takes, and values that none does. */
export const VALUES: readonly unknown[] = [32, 152, 255, 0, "SHA-512", new Uint8Array(3), null];

/**
 * Runs it while every object inherits a member. Not enumerable: what is tested is what a host reads
 * by name.
 */
export async function polluted<Result>(name: string, value: unknown, run: () => Promise<Result>): Promise<Result> {
  Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true });
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
}
