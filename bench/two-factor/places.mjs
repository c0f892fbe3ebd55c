// The databases, each with a store on it, started for this run alone. What is not installed is left
// out, with a line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { memoryStore } from "halfminute/stores/memory";
import { mysqlStore } from "halfminute/stores/mysql";
import { postgresStore } from "halfminute/stores/postgres";
import { nodeRedisStore } from "halfminute/stores/redis";
import { sqliteStore } from "halfminute/stores/sqlite";
import { connect } from "../../test/stores/connections.js";
import {
  hasMariadb,
  hasPostgres,
  hasRedis,
  startMariadb,
  startPostgres,
  startRedis,
} from "../../test/stores/servers.ts";

/**
 * `people`: how many verifications are timed together; fewer where each waits for the disk.
 * `concurrent`: how many of them are under way at once. In one process, memory and SQLite do one
 * thing at a time anyway.
 */
export const places = [
  { name: "memory", people: 256, concurrent: 1, isThere: () => true, open: openMemory },
  { name: "SQLite", people: 64, concurrent: 1, isThere: () => true, open: openSqlite },
  { name: "PostgreSQL", people: 256, concurrent: 64, isThere: hasPostgres, open: openPostgres },
  { name: "MariaDB", people: 256, concurrent: 64, isThere: hasMariadb, open: openMariadb },
  { name: "Redis", people: 256, concurrent: 64, isThere: hasRedis, open: openRedis },
];

async function openMemory() {
  return { store: memoryStore(), async close() {} };
}

async function openSqlite() {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-bench-"));
  const { connection, close } = await connect("libsql", path.join(folder, "bench.db"));
  connection.exec("PRAGMA journal_mode = wal; PRAGMA synchronous = FULL");
  const store = sqliteStore(connection);
  await store.migrate();
  return {
    store,
    async close() {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openPostgres() {
  const server = await startPostgres({ fsync: "on" });
  const { connection, close } = await connect("pg", server.address, { max: 10 });
  const store = postgresStore(connection);
  await store.migrate();
  return { store, close: () => close().then(server.stop) };
}

async function openMariadb() {
  const server = await startMariadb();
  const { connection, close } = await connect("mysql2", server.address, { connectionLimit: 10 });
  const store = mysqlStore(connection);
  await store.migrate();
  return { store, close: () => close().then(server.stop) };
}

async function openRedis() {
  const server = await startRedis();
  const { connection, close } = await connect("redis", server.address);
  return { store: nodeRedisStore(connection), close: () => close().then(server.stop) };
}
