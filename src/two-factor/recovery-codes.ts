// Recovery codes: the way back for somebody who lost the device (look-up secrets of NIST SP 800-63B-4 §3.1.2). Each has 120 random
// bits, so a plain keyed hash is enough to keep it by.
import { decode, encodeBase32 } from "../core/base32.ts";
import { randomBytes, subtle, type WebCryptoKey } from "../core/platform.ts";
import { TwoFactorError } from "./two-factor-error.ts";
import { contextOf, type Vault } from "./sealing.ts";
import type { DeviceBase, Recovery } from "./state.ts";

const CODE_BYTES = 15; // 24 characters, no bit left over
const KEY_BYTES = 32;
const ID_BYTES = 16;

/** A set of recovery codes, as it is kept and as it is shown once. */
export interface RecoverySet {
  readonly recovery: Recovery;
  readonly recoveryCodes: readonly string[];
}

export function randomId(): string {
  return encodeBase32(randomBytes(ID_BYTES));
}

export async function makeRecoverySet(
  vault: Vault,
  userId: string,
  device: DeviceBase,
  count: number,
): Promise<RecoverySet> {
  const key = randomBytes(KEY_BYTES);
  const codes = Array.from({ length: count }, () => encodeBase32(randomBytes(CODE_BYTES)));
  const hashKey = await importHashKey(key);
  const hashes = await Promise.all(codes.map((code) => hashOf(hashKey, code)));
  const sealed = await vault.seal(key, contextOf("recovery-codes", userId, device));
  return { recovery: { id: randomId(), key: sealed, hashes }, recoveryCodes: codes.map(inGroups) };
}

/** The hash that a code is known by in a set. */
export async function hashInSet(
  vault: Vault,
  userId: string,
  device: DeviceBase,
  { key }: Recovery,
  code: string,
): Promise<string> {
  const opened = await vault.open(key, contextOf("recovery-codes", userId, device));
  if (opened.length !== KEY_BYTES) throw new TwoFactorError("state-corrupt");
  return hashOf(await importHashKey(opened), code);
}

function importHashKey(key: Uint8Array): Promise<WebCryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256", length: KEY_BYTES * 8 } as const;
  return subtle().importKey("raw", key, algorithm, false, ["sign"]);
}

async function hashOf(key: WebCryptoKey, code: string): Promise<string> {
  return encodeBase32(new Uint8Array(await subtle().sign("HMAC", key, decode(code) as Uint8Array)));
}

function inGroups(code: string): string {
  return (code.match(/.{4}/g) as string[]).join("-");
}
