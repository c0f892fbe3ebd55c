import type { TwoFactorStore } from "halfminute/two-factor";
import type { Knex } from "knex";

export function createTable(knex: Knex): PromiseLike<unknown> {
  return knex.schema.createTable("two_factor", (table) => {
    for (const column of ["user_id", "revision", "body"]) table.text(column).notNullable();
    table.primary(["user_id"]);
  });
}

export function knexStore(knex: Knex): TwoFactorStore {
  if (knex.isTransaction) throw new Error("the store needs the Knex instance, not a transaction");
  const rows = () => knex<{ user_id: string; revision: string; body: string }>("two_factor");
  const read = (userId: string) => rows().where({ user_id: userId }).first("revision", "body");
  return {
    read,
    async compareAndSet(userId, expected, next) {
      if (expected === undefined) {
        if (next === undefined) return (await read(userId)) === undefined;
        const insert = rows().insert({ user_id: userId, ...next }, ["user_id"]);
        return (await insert.onConflict("user_id").ignore()).length === 1;
      }
      const row = rows().where({ user_id: userId, revision: expected });
      return (await (next ? row.update({ ...next }) : row.delete())) === 1;
    },
  };
}
