// Recovery codes: the fallback for a lost device (look-up secrets of NIST SP 800-63B-4 §3.1.2).
// Each has 120 random bits, so storing a plain keyed hash is enough.
import { decode, encodeBase32 } from "../../core/base32.ts";
import { randomBytes } from "../../core/platform.ts";
import { authenticate, authenticateBytes, importMacKey, shortened } from "../sealing/authentication.ts";
import type { Vault } from "../sealing/vault.ts";
import type { Recovery, State } from "../state/state.ts";

const CODE_BYTES = 15; // 24 characters, no left-over bits

export interface NewCode {
  /** As it is stored. */
  readonly hash: string;
  /** As it is shown once. */
  readonly code: string;
}

/**
 * `expiresAt` is part of the hash of a code that expires, so it cannot be changed in the database.
 */
export async function makeCode({ key }: Vault, expiresAt?: number): Promise<NewCode> {
  const code = encodeBase32(randomBytes(CODE_BYTES));
  return { hash: await hashOf(key, code, expiresAt), code: inGroups(code) };
}

/**
 * A set of codes that replaces all existing ones, including those of version 1 and the one from
 * support.
 */
export interface NewSet {
  readonly next: State;
  readonly vault: Vault;
  /** Whether the vault has changed. */
  readonly isVaultNew: boolean;
  readonly recoveryCodes: readonly string[];
}

export async function withNewSet(state: State, vault: Vault, count: number): Promise<NewSet> {
  const codes = await Promise.all(Array.from({ length: count }, () => makeCode(vault)));
  const carried = vault.carried.filter(({ purpose }) => purpose !== "recovery-codes");
  return {
    next: { ...state, recovery: { hashes: codes.map(({ hash }) => hash), issued: null } },
    vault: { ...vault, recoveryKey: null, carried },
    isVaultNew: vault.recoveryKey !== null || carried.length < vault.carried.length,
    recoveryCodes: codes.map(({ code }) => code),
  };
}

/** The possible hashes of a code: under the person's key, and under that of version 1. */
export async function hashesOf({ key, recoveryKey }: Vault, code: string): Promise<readonly string[]> {
  const hash = await hashOf(key, code);
  return recoveryKey ? [hash, await version1HashOf(recoveryKey, code)] : [hash];
}

export async function hashOf(key: Uint8Array, code: string, expiresAt = 0): Promise<string> {
  return shortened(await authenticate(key, ["recovery-code", code.toUpperCase(), expiresAt]));
}

async function version1HashOf(key: Uint8Array, code: string): Promise<string> {
  return shortened(await authenticateBytes(await importMacKey(key), decode(code) as Uint8Array));
}

function inGroups(code: string): string {
  return (code.match(/.{4}/g) as string[]).join("-");
}

/** Whether another call has made a new set: one with a hash that the first did not have. */
export function isAnotherSet(first: Recovery | null, recovery: Recovery | null): boolean {
  return recovery !== null && recovery.hashes.some((hash) => !first?.hashes.includes(hash));
}
