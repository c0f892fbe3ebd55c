// Assembles the QR codes of one export, scanned in any order.
import { OtpError } from "../core/errors.ts";
import type { MigrationAccount } from "./entry.ts";
import { type Migration, type MigrationBatch, parseMigrationUri, type RefusedAccount } from "./parse.ts";
import { MOST } from "./wire.ts";

/** The contents of the URIs of one export. */
export interface AssembledMigration {
  /** The accounts in the order of the export, with every field filled in. */
  readonly accounts: readonly MigrationAccount[];
  /** The accounts that cannot be used. */
  readonly refused: readonly RefusedAccount[];
  /** The indexes of the missing parts, from 0. Empty if the export is complete. */
  readonly missing: readonly number[];
  /** The export that the URIs belong to. */
  readonly batch: Pick<MigrationBatch, "id" | "size">;
}

/**
 * Assembles the QR codes of one Google Authenticator export, and lists the missing ones.
 *
 * @param uris - 1 to 1000 `otpauth-migration:` URIs in any order; repeated ones are ignored.
 * @returns The accounts of all parts, the refused ones, and the indexes of the missing parts.
 * @throws {@link OtpError} `invalid-uri` if one cannot be read; `invalid-batch` if there is none,
 * or they belong to different exports.
 * @example
 * ```ts
 * import { assembleMigration, buildMigrationUris } from "halfminute/migration";
 *
 * const secret = "JBSWY3DPEHPK3PXP";
 * const accounts = ["alice", "bob", "carol"].map((accountName) => ({ secret, accountName }));
 * const [first = "", second = "", third = ""] = buildMigrationUris(accounts, { maxBytes: 110, batchId: 1 });
 * console.log(assembleMigration([third, first]).missing); // [ 1 ]
 * console.log(assembleMigration([third, first, second]).accounts.map(({ accountName }) => accountName)); // [ 'alice', 'bob', 'carol' ]
 * ```
 * @see Google Authenticator, “Transfer accounts”
 */
export function assembleMigration(uris: readonly string[]): AssembledMigration {
  if (!Array.isArray(uris) || uris.length < 1 || uris.length > MOST) {
    throw new OtpError("invalid-batch", `uris must be an array of 1 to ${MOST}`);
  }
  // Each URI once: a thousand copies cost no more than one.
  const read = Array.from(new Set(uris as readonly string[]), (uri) => parseMigrationUri(uri));
  const [{ batch }] = read as [Migration];
  const { id, size } = batch;
  const parts = new Map<number, Migration>();
  for (const part of read) {
    const { index } = part.batch;
    const known = parts.get(index) ?? part;
    parts.set(index, known);
    if (part.batch.id !== id || part.batch.size !== size || JSON.stringify(known) !== JSON.stringify(part)) {
      throw new OtpError("invalid-batch", "uris must be of one export");
    }
  }
  const indexes = Array.from({ length: size }, (_, index) => index);
  const inOrder = indexes.flatMap((index) => parts.get(index) ?? []);
  return {
    accounts: inOrder.flatMap(({ accounts }) => accounts),
    refused: inOrder.flatMap(({ refused }) => refused),
    missing: indexes.filter((index) => !parts.has(index)),
    batch: { id, size },
  };
}
