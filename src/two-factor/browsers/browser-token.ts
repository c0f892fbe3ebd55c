// The token of a remembered browser: its id, the token's number, and a MAC under the person's
// browser key.
import { encodeBase32 } from "../../core/base32.ts";
import { authenticate } from "../sealing/authentication.ts";
import type { Vault } from "../sealing/vault.ts";
import type { Browser } from "../state/state.ts";

export interface ReadToken {
  readonly id: string;
  readonly generation: number;
  readonly mac: string;
}

const TOKEN = /^([A-Z2-7]{26})\.([1-9][0-9]{0,9})\.([A-Z2-7]{52})$/;

/** The parts of a token; `undefined` if it does not have the form of one. */
export function readToken(token: unknown): ReadToken | undefined {
  const found = typeof token === "string" ? TOKEN.exec(token) : null;
  if (!found) return undefined;
  const [, id, generation, mac] = found as unknown as readonly [string, string, string, string];
  return { id, generation: Number(generation), mac };
}

/** The MAC covers both times, so an attacker who can only write the database cannot change them. */
export async function macOf(
  { browserKey }: Vault,
  userId: string,
  { id, expiresAt, verifiedAt }: Browser,
  generation: number,
  binding: string,
): Promise<string> {
  const list = ["browser", userId, id, generation, binding, expiresAt, verifiedAt];
  return encodeBase32(await authenticate(browserKey, list));
}

export async function tokenOf(
  vault: Vault,
  userId: string,
  browser: Browser,
  generation: number,
  binding: string,
): Promise<string> {
  return `${browser.id}.${generation}.${await macOf(vault, userId, browser, generation, binding)}`;
}
