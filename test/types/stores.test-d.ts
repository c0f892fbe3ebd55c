// The stores, as the compiler of a caller sees them who has a driver with its own types.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- the types of Node 20 have no node:sqlite
/// <reference path="../../node_modules/types-node-24/sqlite.d.ts" />
import { type DatabaseSync } from "node:sqlite";

import { type PGlite } from "@electric-sql/pglite";
import type BetterSqlite3 from "better-sqlite3";
import { memoryStore, type TwoFactorRecord, type TwoFactorStore } from "halfminute/stores/memory";
import { type PostgresPool, postgresStore } from "halfminute/stores/postgres";
import { type IoredisClient, ioredisStore, type NodeRedisClient, nodeRedisStore } from "halfminute/stores/redis";
import { storeConformance } from "halfminute/stores/conformance";
import { type SqliteConnection, type SqliteStore, sqliteStore } from "halfminute/stores/sqlite";
import { type Cluster, type Redis } from "ioredis";
import type Libsql from "libsql";
import { type Pool } from "pg";
import { type createClient, type createClientPool, type createCluster } from "redis";
import { test as nodeTest } from "node:test";
import { describe, expectTypeOf, it, test } from "vitest";

describe("connections of the drivers fit", () => {
  it("SQLite", () => {
    expectTypeOf<BetterSqlite3.Database>().toExtend<SqliteConnection>();
    expectTypeOf<Libsql.Database>().toExtend<SqliteConnection>();
    expectTypeOf<DatabaseSync>().not.toBeAny();
    expectTypeOf<DatabaseSync>().toExtend<SqliteConnection>();
  });

  it("PostgreSQL", () => {
    expectTypeOf<Pool>().toExtend<PostgresPool>();
    expectTypeOf<PGlite>().toExtend<PostgresPool>();
  });

  it("Redis", () => {
    expectTypeOf<ReturnType<typeof createClient>>().toExtend<NodeRedisClient>();
    expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<NodeRedisClient>();
    expectTypeOf<ReturnType<typeof createCluster>>().toExtend<NodeRedisClient>();
    expectTypeOf<Redis>().toExtend<IoredisClient>();
    expectTypeOf<Cluster>().toExtend<IoredisClient>();
  });
});

describe("stores", () => {
  it("are what the flow asks for, with one method more", () => {
    expectTypeOf(memoryStore).returns.toEqualTypeOf<TwoFactorStore>();
    expectTypeOf<SqliteStore>().toExtend<TwoFactorStore>();
    expectTypeOf<ReturnType<SqliteStore["migrate"]>>().toEqualTypeOf<Promise<void>>();
    expectTypeOf<ReturnType<TwoFactorStore["read"]>>().toEqualTypeOf<Promise<TwoFactorRecord | undefined>>();
    expectTypeOf<keyof ReturnType<typeof postgresStore>>().toEqualTypeOf<"read" | "compareAndSet" | "migrate">();
    expectTypeOf<keyof ReturnType<typeof nodeRedisStore>>().toEqualTypeOf<"read" | "compareAndSet" | "check">();
  });

  it("are tested by any runner", () => {
    storeConformance(memoryStore, { test, skip: test.skip });
    storeConformance(memoryStore, { test: nodeTest, skip: nodeTest.skip });
  });
});

declare const pool: Pool;
declare const libsql: Libsql.Database;
declare const ioredis: Redis;
declare const nodeRedis: ReturnType<typeof createClient>;

describe("mistakes do not compile", () => {
  it("in connections", () => {
    // @ts-expect-error a pool is no SQLite connection
    sqliteStore(pool);
    // @ts-expect-error an SQLite connection is no pool
    postgresStore(libsql);
    // @ts-expect-error the two Redis clients take their arguments in different ways
    nodeRedisStore(ioredis);
    // @ts-expect-error and the other way round
    ioredisStore(nodeRedis);
  });

  it("in options", () => {
    // @ts-expect-error a table is in the database that the connection has open
    sqliteStore(libsql, { schema: "auth" });
    // @ts-expect-error nothing expires
    nodeRedisStore(nodeRedis, { ttl: 60 });
  });
});
