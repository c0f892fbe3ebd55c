import { and, eq } from "drizzle-orm";
import { mysqlTable, varbinary } from "drizzle-orm/mysql-core";
import type { MySql2Database } from "drizzle-orm/mysql2";
import type { TwoFactorStore } from "halfminute/two-factor";

export const twoFactor = mysqlTable("two_factor", {
  userId: varbinary("user_id", { length: 1024 }).primaryKey(),
  revision: varbinary("revision", { length: 256 }).notNull(),
  body: varbinary("body", { length: 16_384 }).notNull(),
});

export function drizzleStore<Schema extends Record<string, unknown>>(
  db: MySql2Database<Schema> & { $client: { getConnection: unknown } }, // a pool, not a transaction
): TwoFactorStore {
  if (!("$client" in db)) throw new Error("the store needs the database, not a transaction");
  const by = (userId: string) => eq(twoFactor.userId, userId);
  const read = async (userId: string) => (await db.select().from(twoFactor).where(by(userId)))[0];
  return {
    read,
    async compareAndSet(userId, expected, next) {
      if (expected === undefined) {
        if (next === undefined) return (await read(userId)) === undefined;
        const insert = db.insert(twoFactor).values({ userId, ...next });
        return insert.then(isOne, lost);
      }
      const write = next ? db.update(twoFactor).set(next) : db.delete(twoFactor);
      return write.where(and(by(userId), eq(twoFactor.revision, expected))).then(isOne, lost);
    },
  };
}

const isOne = ([{ affectedRows }]: [{ affectedRows: number }, unknown]) => affectedRows === 1;

function lost(error: { cause?: { errno?: number } }): false {
  // A record is there, a deadlock, a newer row.
  if ([1062, 1213, 1020].includes(error.cause?.errno ?? 0)) return false;
  throw error as Error;
}
