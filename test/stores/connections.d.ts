import type { Cluster, Redis } from "ioredis";
import type Database from "libsql";
import type { Pool as MysqlPool } from "mysql2/promise";
import type { Pool } from "pg";
import type { createClient, createCluster } from "redis";

import type { MysqlStore, MysqlStoreOptions } from "../../src/stores/mysql.ts";
import type { PostgresStore, PostgresStoreOptions } from "../../src/stores/postgres.ts";
import type { RedisStore, RedisStoreOptions } from "../../src/stores/redis.ts";
import type { SqliteConnection, SqliteStore, SqliteStoreOptions } from "../../src/stores/sqlite.ts";

export interface Connections {
  libsql: Database.Database;
  "node:sqlite": SqliteConnection & { exec(sql: string): unknown };
  pg: Pool;
  mysql2: MysqlPool;
  redis: ReturnType<typeof createClient>;
  ioredis: Redis;
  "redis cluster": ReturnType<typeof createCluster>;
  "ioredis cluster": Cluster;
}

interface Stores {
  libsql: [SqliteStore, SqliteStoreOptions];
  "node:sqlite": [SqliteStore, SqliteStoreOptions];
  pg: [PostgresStore, PostgresStoreOptions];
  mysql2: [MysqlStore, MysqlStoreOptions];
  redis: [RedisStore, RedisStoreOptions];
  ioredis: [RedisStore, RedisStoreOptions];
  "redis cluster": [RedisStore, RedisStoreOptions];
  "ioredis cluster": [RedisStore, RedisStoreOptions];
}

export type Driver = keyof Connections;

export function connect<Name extends Driver>(
  driver: Name,
  address: string,
  settings?: object,
): Promise<{ connection: Connections[Name]; close: () => Promise<void> }>;

export function storeOn<Name extends Driver>(
  driver: Name,
  connection: Connections[Name],
  library: object,
  options?: Stores[Name][1],
): Stores[Name][0];
