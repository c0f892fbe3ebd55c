// PostgreSQL in this process: needs no server, so it is tested everywhere.
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, it } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import { type PostgresPool, postgresStore } from "../../src/stores/postgres.ts";
import { thrownCode } from "../helpers/thrown.ts";

const database = new PGlite();
afterAll(() => database.close());
beforeAll(() => postgresStore(database).migrate());

storeConformance(() => postgresStore(database), {
  test: it,
  secondConnection: () => postgresStore(database), // it has but one
  brokenStore: async () => {
    const closed = new PGlite();
    await closed.close();
    return postgresStore(closed);
  },
});

it("a PGlite transaction is not taken for a pool", async () => {
  await database.transaction((transaction) => {
    expect(thrownCode(() => postgresStore(transaction as unknown as PostgresPool))).toBe("invalid-option");
    return Promise.resolve();
  });
});

it("a PGlite transaction in which the store has read is noticed, and another is not", async () => {
  const wrapped: PostgresPool = { query: (text, values) => database.query(text, values) };
  const store = postgresStore(wrapped);
  await database.exec("BEGIN");
  expect(await store.read("dave")).toBeUndefined();
  await expect(store.compareAndSet("dave", undefined, { revision: "1", body: "{}" })).rejects.toThrow(
    /inside a transaction/,
  );
  await database.exec("ROLLBACK");
  expect(await store.read("dave")).toBeUndefined();
  expect(await store.compareAndSet("dave", undefined, { revision: "1", body: "{}" })).toBe(true);
});

it("an answer of PGlite without rows is not understood", async () => {
  await expect(postgresStore({ query: () => Promise.resolve({ rows: [] }) }).read("alice")).rejects.toThrow(
    /unexpected answer/,
  );
});

it("the PGlite table may be migrated again", async () => {
  expect(await postgresStore(database).compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
  await postgresStore(database).migrate();
  expect(await postgresStore(database).read("alice")).toEqual({ revision: "1", body: "{}" });
});
