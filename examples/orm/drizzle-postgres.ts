import { and, eq } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { pgTable, text } from "drizzle-orm/pg-core";
import type { TwoFactorStore } from "halfminute/two-factor";
import type { Pool } from "pg";

export const twoFactor = pgTable("two_factor", {
  userId: text("user_id").primaryKey(),
  revision: text("revision").notNull(),
  body: text("body").notNull(),
});

export function drizzleStore<Schema extends Record<string, unknown>>(
  db: NodePgDatabase<Schema> & { $client: Pool }, // not a transaction
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
        return (await insert.onConflictDoNothing()).rowCount === 1;
      }
      const write = next ? db.update(twoFactor).set(next) : db.delete(twoFactor);
      return (await write.where(and(by(userId), eq(twoFactor.revision, expected)))).rowCount === 1;
    },
  };
}
