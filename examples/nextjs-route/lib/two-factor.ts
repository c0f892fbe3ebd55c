// The two-factor flow, made with the first request: a build has no keys.
import { decodeSecret } from "halfminute";
import { postgresStore } from "halfminute/stores/postgres";
import { createTwoFactor, type TwoFactor } from "halfminute/two-factor";

import { pool } from "./database.ts";
import type { User } from "./users.ts";

let made: TwoFactor | undefined;

/** `SEALING_KEY` is 32 random bytes in base32: `npx halfminute secret --bytes 32`. */
export function twoFactor(): TwoFactor {
  const key = decodeSecret(process.env["SEALING_KEY"] ?? "");
  return (made ??= createTwoFactor({
    issuer: "Acme",
    store: postgresStore(pool),
    sealingKeys: [{ id: "2026-11", key }],
  }));
}

/** By the app's own flag; and if that was not set because the function ended just before, by the record. */
export async function needsTwoFactor({ id, has_two_factor: isFlagged }: User): Promise<boolean> {
  return isFlagged || (await twoFactor().status(id)).devices.length > 0;
}
