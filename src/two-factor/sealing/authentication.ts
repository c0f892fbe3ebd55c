// Authentication under the person's key: recovery codes, browser tokens, and codes that the app
// sends.
import { encodeBase32 } from "../../core/base32.ts";
import { randomBytes, subtle, type WebCryptoKey } from "../../core/platform.ts";
import { encodeUtf8 } from "../../core/utf8.ts";
import { KEY_BYTES } from "./vault.ts";

/**
 * The MAC of a list whose first item is the purpose. JSON of strings and numbers is injective, so
 * purposes cannot be confused.
 */
export async function authenticate(key: Uint8Array, list: readonly (string | number)[]): Promise<Uint8Array> {
  return authenticateBytes(await importMacKey(key), encodeUtf8(JSON.stringify(list)) as Uint8Array);
}

export function importMacKey(key: Uint8Array): Promise<WebCryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256", length: KEY_BYTES * 8 } as const;
  return subtle().importKey("raw", key, algorithm, false, ["sign"]);
}

export async function authenticateBytes(key: WebCryptoKey, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle().sign("HMAC", key, message));
}

const ID_BYTES = 16;

/** 128 random bits. */
export function randomId(): string {
  return encodeBase32(randomBytes(ID_BYTES));
}

/** 130 bits of a MAC, in as many characters as an id. */
export function shortened(mac: Uint8Array): string {
  return encodeBase32(mac).slice(0, 26);
}

/** In constant time for strings of equal length. */
export function isSameText(one: string, other: string): boolean {
  let bits = one.length ^ other.length;
  for (let index = 0; index < one.length; index++) bits |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return bits === 0;
}
