// The shared secret: generating one, and decoding its text. From here on there are only bytes.
import { decode, encodeBase32, PADDING } from "./base32.ts";
import { OtpError } from "./errors.ts";
import {
  type Algorithm,
  DEFAULT_ALGORITHM,
  isBytes,
  MAC_BYTES,
  readOptions,
  requireAlgorithm,
  requireInteger,
} from "./parameters.ts";
import { randomBytes } from "./platform.ts";

/** The shared secret, as base32 text or as bytes. A string is always read as base32. */
export type Secret = string | Uint8Array;

/** Options of {@link generateSecret}. */
export interface SecretOptions {
  /**
   * The algorithm to use the secret with; its MAC length is the default length. Default: `"SHA-1"`.
   */
  readonly algorithm?: Algorithm | undefined;
  /**
   * Length in bytes: an integer from 16 (RFC 4226 R6) to 1024. Default: 20, 32 or 64, depending on
   * the algorithm.
   */
  readonly byteLength?: number | undefined;
}

/**
 * Generates a random secret.
 *
 * @param options - The algorithm, or the length in bytes.
 * @returns Base32 text without padding: 32 characters for the default 20 bytes.
 * @throws {@link OtpError} `no-random` without `crypto.getRandomValues`; `invalid-options`,
 * `unknown-option`, `invalid-option` for the options.
 * @example
 * ```ts
 * import { generateSecret } from "halfminute";
 *
 * console.log(generateSecret().length); // 32
 * console.log(generateSecret({ algorithm: "SHA-256" }).length); // 52
 * ```
 * @see RFC 4226 §4 R6, §7.5; RFC 6238 §5.1
 */
export function generateSecret(options?: SecretOptions): string {
  const { algorithm, byteLength } = readOptions(options, SECRET);
  const usual = MAC_BYTES[requireAlgorithm(algorithm)];
  return encodeBase32(
    randomBytes(requireInteger(byteLength === undefined ? usual : byteLength, "byteLength", 16, 1024)),
  );
}

interface SecretChoice {
  readonly algorithm: Algorithm;
  readonly byteLength: number | undefined;
}

const SECRET: SecretChoice = { algorithm: DEFAULT_ALGORITHM, byteLength: undefined };

/**
 * Decodes a secret as people type it and programs print it: base32 in any case, with spaces, line
 * ends, hyphens and padding, and with up to four left-over bits, which are dropped as authenticator
 * apps do. Everything else is refused.
 *
 * @param text - The secret, as base32 text.
 * @returns The bytes of the key, at least one.
 * @throws {@link OtpError} `invalid-secret`, naming the broken rule and its place;
 * `secret-too-short` if it is empty.
 * @example
 * ```ts
 * import { decodeSecret } from "halfminute";
 *
 * console.log(decodeSecret("jbsw y3dp-ehpk 3pxp").length); // 10
 * ```
 * @see RFC 4648 §6
 */
export function decodeSecret(text: string): Uint8Array {
  if (typeof text !== "string") throw new OtpError("invalid-secret", "secret must be base32 text");
  return secretBytes(text, 1);
}

/** What people and programs insert into base32 to make it readable. */
const SEPARATORS = /[\t\n\r -]/g;

/**
 * The bytes of the caller's secret: a copy, whatever realm, pool or shared memory they are in.
 * `taken` says what the call accepts, for the message.
 */
export function secretBytes(
  secret: unknown,
  leastBytes: number,
  taken: string = "base32 text or a Uint8Array",
): Uint8Array {
  const bytes = typeof secret === "string" ? decodeText(secret) : copyOf(secret);
  if (!bytes) throw new OtpError("invalid-secret", `secret must be ${taken}${kindOf(secret)}`);
  if (typeof bytes === "string") throw new OtpError("invalid-secret", `secret must be base32: ${bytes}`);
  requireLength(bytes.length, leastBytes);
  return bytes;
}

/** Most stored secrets need no cleaning. A letter's place is counted after cleaning. */
function decodeText(secret: string): Uint8Array | string {
  const bytes = decode(secret);
  return typeof bytes === "string" ? decode(secret.trim().replace(SEPARATORS, "").replace(PADDING, "")) : bytes;
}

/** A detached view has no length, and cannot be copied. */
function copyOf(secret: unknown): Uint8Array | undefined {
  return isBytes(secret) ? new Uint8Array((secret.length && secret) as Uint8Array) : undefined;
}

/**
 * Names the class of a key of the other API, unless a minifier renamed it. Never shows the value
 * itself.
 */
function kindOf(secret: unknown): string {
  try {
    const { name } = Object((secret as object | null | undefined)?.constructor) as { readonly name?: unknown };
    const kind = /^_?(CryptoKey|OtpKey)$/.exec(String(name))?.[1];
    return kind ? `, not ${kind}` : "";
  } catch {
    return ""; // a revoked proxy, or a getter that throws
  }
}

export function requireLength(length: number, leastBytes: number): void {
  if (!(length >= leastBytes)) throw new OtpError("secret-too-short", `secret must have ${leastBytes} or more bytes`);
}
