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

it("a transaction is no pool", async () => {
  await database.transaction((transaction) => {
    expect(thrownCode(() => postgresStore(transaction as unknown as PostgresPool))).toBe("invalid-option");
    return Promise.resolve();
  });
});

it("the table may be migrated again", async () => {
  expect(await postgresStore(database).compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
  await postgresStore(database).migrate();
  expect(await postgresStore(database).read("alice")).toEqual({ revision: "1", body: "{}" });
});
