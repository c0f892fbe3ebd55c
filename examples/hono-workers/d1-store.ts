// A store for Cloudflare D1, written by the contract in docs/guide/stores.md: one statement for each verb, and the number of rows
// it changed. D1 runs each statement as a transaction of its own on the primary, and answers when it is durable.
import type { TwoFactorRecord, TwoFactorStore } from "halfminute/two-factor";

/** What is used of a D1 database; `D1Database` of Cloudflare's types has it. Do not give a session that may read from replicas. */
export interface Database {
  prepare(sql: string): Statement;
}

interface Statement {
  bind(...values: readonly (string | number | undefined)[]): Statement;
  first<Row>(): Promise<Row | null>;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
}

export function d1Store(db: Database): TwoFactorStore {
  const changesOne = async (sql: string, ...values: readonly (string | undefined)[]) => {
    const { meta } = await db
      .prepare(sql)
      .bind(...values)
      .run();
    return meta.changes === 1;
  };
  return {
    async read(userId) {
      const select = db.prepare("SELECT revision, body FROM two_factor WHERE user_id = ?");
      return (await select.bind(userId).first<TwoFactorRecord>()) ?? undefined;
    },
    compareAndSet(userId, expected, next) {
      if (next === undefined) {
        return changesOne("DELETE FROM two_factor WHERE user_id = ? AND revision = ?", userId, expected);
      }
      const { revision, body } = next;
      if (expected === undefined) {
        return changesOne("INSERT INTO two_factor VALUES (?, ?, ?) ON CONFLICT DO NOTHING", userId, revision, body);
      }
      const update = "UPDATE two_factor SET revision = ?, body = ? WHERE user_id = ? AND revision = ?";
      return changesOne(update, revision, body, userId, expected);
    },
  };
}
