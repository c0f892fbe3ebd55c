import type { TwoFactorStore } from "halfminute/two-factor";
import type { Kysely } from "kysely";

export interface Database {
  two_factor: { user_id: string; revision: string; body: string };
}

export function kyselyStore(db: Kysely<Database>): TwoFactorStore {
  if (db.isTransaction) throw new Error("the store needs the Kysely instance, not a transaction");
  const rows = db.selectFrom("two_factor").select(["revision", "body"]);
  const read = (userId: string) => rows.where("user_id", "=", userId).executeTakeFirst();
  return {
    read,
    async compareAndSet(userId, expected, next) {
      if (expected === undefined) {
        if (next === undefined) return (await read(userId)) === undefined;
        const row = { user_id: userId, revision: next.revision, body: next.body };
        const insert = db.insertInto("two_factor").values(row);
        const result = await insert.onConflict((on) => on.doNothing()).executeTakeFirst();
        return result.numInsertedOrUpdatedRows === 1n;
      }
      const isUnchanged = { user_id: userId, revision: expected };
      if (next === undefined) {
        const removal = db.deleteFrom("two_factor").where((row) => row.and(isUnchanged));
        return (await removal.executeTakeFirst()).numDeletedRows === 1n;
      }
      const update = db.updateTable("two_factor").set(next);
      const result = await update.where((row) => row.and(isUnchanged)).executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
  };
}
