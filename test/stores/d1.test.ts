import { afterAll, describe, expect, it } from "vitest";

import { type D1Binding, type D1Session, d1Store } from "../../src/stores/d1.ts";
import { read } from "../docs/fences.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { type Database, hasWorkerd, startScript, startWorker, type Worker } from "../helpers/workerd.ts";
import { type Outcome } from "./workers/d1.ts";

const first = { revision: "1", body: "{}" };
const EMPTY = "export default { fetch: () => new Response('') };";

describe.runIf(hasWorkerd())("D1 in workerd", () => {
  const workers: Worker[] = [];
  afterAll(() => Promise.all(workers.map((worker) => worker.dispose())));

  async function newDatabase(): Promise<Database> {
    const worker = await startScript(EMPTY, { d1Databases: { DB: "one" } });
    workers.push(worker);
    return worker.getD1Database("DB");
  }

  it("passes the conformance suite inside the runtime", async () => {
    const databases = { DB: "one", SECOND: "one", EMPTY: "other" };
    const worker = await startWorker("test/stores/workers/d1.ts", { d1Databases: databases });
    workers.push(worker);
    const { passed, failures } = (await (await worker.dispatchFetch("http://localhost/")).json()) as Outcome;
    expect(failures).toEqual([]);
    expect(passed).toHaveLength(16);
  });

  it("makes the table of schema/sqlite.sql, or one of another name, and keeps its rows", async () => {
    const db = await newDatabase();
    const shape = async (table: string): Promise<string> => {
      const found = await db.prepare("SELECT sql FROM sqlite_master WHERE name = ?").bind(table).first();
      return (found as { sql: string }).sql.replace(table, "").replaceAll(/["\s]/g, "");
    };
    await db.prepare(read("schema/sqlite.sql").replaceAll(/^--.*\n/gm, "")).run();
    const fromFile = await shape("halfminute_two_factor");
    for (const table of ["Order", "x".repeat(63)]) {
      const store = d1Store(db, { table });
      await store.migrate();
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      await store.migrate();
      expect(await store.read("alice")).toEqual(first);
      expect(await shape(table)).toBe(fromFile);
    }
    await expect(d1Store(db, { table: "nowhere" }).read("alice")).rejects.toThrow(/no such table/);
    expect(await d1Store(db).read("alice")).toBeUndefined();
  });

  it("refuses a session in place of the binding: it may read from a replica", async () => {
    const db = await newDatabase();
    const session = db.withSession("first-primary");
    for (const given of [session, {}, null]) expect(thrownCode(() => d1Store(given as never))).toBe("invalid-option");
  });
});

describe("D1", () => {
  /** Answers each statement, and keeps the constraint of its session. */
  function faked(answer: unknown): { db: D1Binding; seen: string[] } {
    const seen: string[] = [];
    const session: D1Session = {
      prepare: (sql) => {
        seen.push(/^\w+/.exec(sql)?.[0] ?? "");
        const statement = {
          bind: () => statement,
          first: () => Promise.resolve(answer),
          run: () => Promise.resolve(answer as never),
        };
        return statement;
      },
    };
    const db = { withSession: (constraint: string) => (seen.push(constraint), session) };
    return { db, seen };
  }

  it("begins a session at the primary for each verb, which is one statement", async () => {
    const { db, seen } = faked(null);
    await d1Store(db).read("alice");
    expect(seen.splice(0)).toEqual(["first-primary", "SELECT"]);
    const written = faked({ meta: { changes: 1 } });
    const store = d1Store(written.db);
    await store.compareAndSet("alice", undefined, first);
    await store.compareAndSet("alice", "1", first);
    await store.compareAndSet("alice", "1", undefined);
    await store.migrate();
    const verbs = ["INSERT", "UPDATE", "DELETE", "CREATE"];
    expect(written.seen).toEqual(verbs.flatMap((verb) => ["first-primary", verb]));
  });

  it.each([undefined, null, {}, { meta: {} }, { meta: { changes: 2 } }, { meta: { changes: "x" } }])(
    "does not take %j for the answer to a write",
    async (answer) => {
      const { db } = faked(answer);
      await expect(d1Store(db).compareAndSet("alice", undefined, first)).rejects.toThrow(/unexpected answer/);
    },
  );

  it.each([{}, { revision: "1" }, { revision: 1, body: "{}" }])("does not take %j for a record", async (row) => {
    await expect(d1Store(faked(row).db).read("alice")).rejects.toThrow(/unexpected answer/);
  });
});
