import { and, eq, isNull } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import type { TwoFactorStore } from "halfminute/two-factor";
import type { Pool } from "pg";

export const users = pgTable("users", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  twoFactorRevision: text("two_factor_revision"),
  twoFactorBody: text("two_factor_body"),
});

export function usersTableStore<Schema extends Record<string, unknown>>(
  db: NodePgDatabase<Schema> & { $client: Pool }, // not a transaction
): TwoFactorStore {
  if (!("$client" in db)) throw new Error("the store needs the database, not a transaction");
  const { twoFactorRevision: revision, twoFactorBody: body } = users;
  const isUser = (userId: string) => eq(users.id, idOf(userId));
  return {
    async read(userId) {
      const [row] = await db.select({ revision, body }).from(users).where(isUser(userId));
      return row?.revision && row.body ? { revision: row.revision, body: row.body } : undefined;
    },
    async compareAndSet(userId, expected, next) {
      const isUnchanged = expected === undefined ? isNull(revision) : eq(revision, expected);
      const data = { twoFactorRevision: next?.revision ?? null, twoFactorBody: next?.body ?? null };
      const update = db.update(users).set(data);
      return (await update.where(and(isUser(userId), isUnchanged))).rowCount === 1;
    },
  };
}

function idOf(userId: string): number {
  // "01" is not 1.
  if (!/^[1-9]\d*$/.test(userId)) throw new Error("a user id must be a whole number");
  return Number(userId);
}
