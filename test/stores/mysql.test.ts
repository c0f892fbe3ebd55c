import { setTimeout as sleep } from "node:timers/promises";

import { createPool as createCallbackPool } from "mysql2";
import { createConnection, type Pool, type PoolConnection } from "mysql2/promise";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import { type MysqlPool, type MysqlStore, mysqlStore } from "../../src/stores/mysql.ts";
import { read } from "../docs/fences.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { connect } from "./connections.js";
import { processTests } from "./processes.ts";
import { hasMariadb, type Server, startMariadb } from "./servers.ts";

const first = { revision: "1", body: "{}" };
const second = { revision: "2", body: "{}" };

describe.runIf(hasMariadb())("MariaDB", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  /** A pool, closed at the end. `settings` are those of the driver. */
  async function newPool(settings: object = {}): Promise<Pool> {
    const { connection, close } = await connect("mysql2", server.address, settings);
    open.push(close);
    return connection;
  }

  /** A pool whose every connection begins with these statements. */
  async function poolWith(statement: string, settings: object = {}): Promise<Pool> {
    const pool = await newPool(settings);
    (
      pool as unknown as {
        pool: { on(event: "connection", listener: (raw: { query(sql: string): void }) => void): void };
      }
    ).pool.on("connection", (raw) => {
      raw.query(statement);
    });
    return pool;
  }

  beforeAll(async () => {
    server = await startMariadb();
    await mysqlStore(await newPool()).migrate();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await server.stop();
  });

  const LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];
  describe.each([
    ["as the driver begins", "DO 0", {}],
    ["without CLIENT_FOUND_ROWS", "DO 0", { flags: ["-FOUND_ROWS"] }],
    ["with a sql_mode that cuts off", "SET SESSION sql_mode = ''", {}],
    [
      "in latin1, rows by another rule",
      "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
      { charset: "latin1" },
    ],
    ["with big numbers as text", "DO 0", { supportBigNumbers: true, bigNumberStrings: true, namedPlaceholders: true }],
    ["with innodb_snapshot_isolation", "SET SESSION innodb_snapshot_isolation = ON", {}],
    ...LEVELS.map((level) => [level, `SET SESSION TRANSACTION ISOLATION LEVEL ${level}`, {}] as const),
  ] as const)("conformance, %s", (_, statement, settings) => {
    let stores: MysqlStore[];
    beforeAll(async () => {
      stores = [mysqlStore(await poolWith(statement, settings)), mysqlStore(await poolWith(statement, settings))];
    });
    storeConformance(() => stores[0] as MysqlStore, {
      test: it,
      secondConnection: () => stores[1] as MysqlStore,
      brokenStore: async () => {
        const { connection, close } = await connect("mysql2", server.address);
        await close();
        return mysqlStore(connection);
      },
    });
  });

  describe("several processes", () => {
    processTests(async () => {
      const pool = await newPool();
      return {
        store: mysqlStore(pool),
        withTable: (table) => mysqlStore(pool, { table }),
        start: { driver: "mysql2", address: server.address },
      };
    });
  });
});
