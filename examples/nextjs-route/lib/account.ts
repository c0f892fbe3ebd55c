// The account, opened with the first request: a build has no keys.
import { decodeSecret } from "halfminute";
import { postgresStore } from "halfminute/stores/postgres";

import { type Account, openAccount } from "../../account/account.ts";
import { pool } from "./database.ts";
import { users } from "./users.ts";

let opened: Account | undefined;

/** `SEALING_KEY` is 32 random bytes in base32: `npx halfminute secret --bytes 32`. */
export function account(): Account {
  if (opened) return opened;
  const key = decodeSecret(process.env["SEALING_KEY"] ?? "");
  opened = openAccount({ users, store: postgresStore(pool), sealingKeys: [{ id: "2026-11", key }] });
  return opened;
}
