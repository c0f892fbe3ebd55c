// The only access to `globalThis.crypto` and the timers. Looked up at each call, never at import
// time, so a polyfill may be installed later.
import { OtpError } from "./errors.ts";

interface StructuralKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: object;
  readonly usages: readonly string[];
}

type HostKey = typeof globalThis extends {
  crypto: { subtle: { importKey: (...parameters: never[]) => Promise<infer Key> } };
}
  ? Key
  : StructuralKey;

/**
 * The runtime's own `CryptoKey` type where its types are known (the DOM library, `@types/node`, …),
 * otherwise a structural one. So this package compiles without the DOM library.
 */
export type WebCryptoKey = unknown extends HostKey ? StructuralKey : HostKey;

/**
 * Every optional member of these dictionaries is required here: an omitted one would be read from a
 * polluted `Object.prototype`, which could make the host encrypt with a 32-bit tag.
 */
interface Subtle {
  importKey(
    format: "raw",
    bytes: Uint8Array,
    algorithm: { name: "HMAC"; hash: string; length: number } | { name: "AES-GCM" },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<WebCryptoKey>;
  sign(algorithm: "HMAC", key: WebCryptoKey, message: DataView | Uint8Array): Promise<ArrayBuffer>;
  encrypt(algorithm: AesGcm, key: WebCryptoKey, plaintext: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: AesGcm, key: WebCryptoKey, ciphertext: Uint8Array): Promise<ArrayBuffer>;
}

export interface AesGcm {
  readonly name: "AES-GCM";
  readonly iv: Uint8Array;
  readonly additionalData: Uint8Array;
  readonly tagLength: 128;
}

interface Host {
  readonly crypto?: { readonly subtle?: Subtle; getRandomValues?(bytes: Uint8Array): Uint8Array };
}

interface Timers {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

export function subtle(): Subtle {
  const found = (globalThis as Host).crypto?.subtle;
  if (!found) {
    throw new OtpError(
      "no-webcrypto",
      "no crypto.subtle: use a secure context (HTTPS), Node 20+, a polyfill or halfminute/sync",
    );
  }
  return found;
}

export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const { crypto } = globalThis as Host;
  if (!crypto?.getRandomValues) {
    throw new OtpError(
      "no-random",
      "no crypto.getRandomValues: use Node 20+ or, in React Native, react-native-get-random-values",
    );
  }
  return crypto.getRandomValues(bytes);
}

/** Starts a timer; returns a function that cancels it. */
export function startTimer(milliseconds: number, callback: () => void): () => void {
  const host = globalThis as unknown as Timers;
  const timer = host.setTimeout(callback, milliseconds);
  return () => {
    host.clearTimeout(timer);
  };
}
