import { setTimeout as sleep } from "node:timers/promises";

import { createPool as createCallbackPool } from "mysql2";
import { createConnection, createPoolCluster, type Pool, type PoolConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

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

  const LEVELS = ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];
  describe.each([
    ["as the driver begins", "DO 0", {}],
    ["without CLIENT_FOUND_ROWS", "DO 0", { flags: ["-FOUND_ROWS"] }],
    ["with a sql_mode that cuts off", "SET SESSION sql_mode = ''", {}],
    [
      "in latin1, rows by another rule",
      "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
      { charset: "latin1" },
    ],
    ["in UTF-16", "SET SESSION collation_connection = utf16_general_ci", {}],
    ["in a character set that is none", "SET NAMES binary", { charset: "binary" }],
    ["as Oracle has it", "SET SESSION sql_mode = 'ORACLE'", {}],
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

  const clean = async (): Promise<Pool> => {
    const pool = await newPool({ connectionLimit: 1 });
    await pool.query("DELETE FROM halfminute_two_factor");
    return pool;
  };

  describe("a transaction", () => {
    it("cannot be chosen: a connection is refused, and so is a callback pool", async () => {
      const single = await createConnection({ socketPath: server.address, user: "root" });
      const callbacks = createCallbackPool({ socketPath: server.address, user: "root" });
      const pooled = await (await newPool()).getConnection();
      for (const given of [single, callbacks, pooled, pooled.connection, {}, null]) {
        expect(thrownCode(() => mysqlStore(given as never))).toBe("invalid-option");
      }
      expect(thrownCode(() => mysqlStore(callbacks.promise()))).toBeUndefined();
      const cluster = createPoolCluster();
      expect(thrownCode(() => mysqlStore(cluster as never))).toBe("invalid-option");
      expect(
        thrownCode(() =>
          mysqlStore({
            getConnection: (done: () => void) => {
              done();
            },
          } as never),
        ),
      ).toBe("invalid-option");
      await cluster.end();
      pooled.release();
      await single.end();
      callbacks.end();
    });

    it.each([
      "BEGIN",
      "START TRANSACTION READ ONLY",
      "START TRANSACTION WITH CONSISTENT SNAPSHOT",
      "BEGIN; SAVEPOINT a",
    ])("left open on a connection of the pool is noticed before anything is written: %s", async (begin) => {
      const pool = await clean();
      const store = mysqlStore(pool);
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      for (const statement of begin.split("; ")) await pool.query(statement);
      for (const write of [
        () => store.compareAndSet("alice", "1", second),
        () => store.compareAndSet("alice", "1", undefined),
        () => store.compareAndSet("bob", undefined, first),
        () => store.compareAndSet("bob", undefined, undefined),
        () => store.read("alice"), // it may be stale, or what will be rolled back
        () => store.migrate(), // to make a table commits
      ]) {
        await expect(write()).rejects.toThrow(/inside a transaction/);
      }
      // The transaction of the other code is as it was: what the store refused is not in it.
      await pool.query("COMMIT");
      expect([await store.read("alice"), await store.read("bob")]).toEqual([first, undefined]);
      expect(await store.compareAndSet("alice", "1", second)).toBe(true);
    });

    it("that begins by itself, with autocommit = 0, is refused for reading and writing", async () => {
      const pool = await clean();
      const store = mysqlStore(pool);
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      await pool.query("SET autocommit = 0");
      await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/autocommit = 0/);
      await expect(store.read("alice")).rejects.toThrow(/autocommit = 0/);
      await expect(store.compareAndSet("alice", undefined, undefined)).rejects.toThrow(/autocommit = 0/);
      await pool.query("SET autocommit = 1");
      expect(await store.read("alice")).toEqual(first);
    });

    it("that begins between the look and the write makes it unknown: it rejects", async () => {
      const pool = await clean();
      const store = mysqlStore(
        connected(pool, async (connection, sql) => {
          if (sql.startsWith("INSERT")) await connection.query("BEGIN");
        }),
      );
      await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/inside a transaction/);
      await pool.query("ROLLBACK");
      expect(await store.read("alice")).toBeUndefined();
    });

    it("that holds the row makes a write wait, and then lose or reject: never win", async () => {
      const pool = await poolWith("SET SESSION innodb_lock_wait_timeout = 1");
      await pool.query("DELETE FROM halfminute_two_factor");
      const store = mysqlStore(pool);
      await store.compareAndSet("held", undefined, first);
      const holder = await (await newPool()).getConnection();
      await holder.beginTransaction();
      await holder.query("UPDATE halfminute_two_factor SET revision = '2' WHERE user_id = 'held'");
      await expect(store.compareAndSet("held", "1", second)).rejects.toMatchObject({ code: "ER_LOCK_WAIT_TIMEOUT" });
      const late = store.compareAndSet("held", "1", second);
      await sleep(100);
      await holder.commit();
      expect(await late).toBe(false);
      holder.release();
      expect(await store.read("held")).toEqual(second);
    });

    it("that is the victim of a deadlock has lost its race", async () => {
      const [pool, other] = [await newPool(), await (await newPool()).getConnection()];
      const store = mysqlStore(pool);
      await store.compareAndSet("one", undefined, first);
      // Whoever has written less is the victim. The store holds the row's lock when the trigger
      // makes it want another one's.
      await other.query("CREATE TABLE rows_of_others (id INT PRIMARY KEY, x INT) ENGINE = InnoDB");
      await other.query("INSERT INTO rows_of_others VALUES (1, 1), (2, 1), (3, 1), (4, 1)");
      await other.query(`CREATE TRIGGER want BEFORE UPDATE ON halfminute_two_factor FOR EACH ROW
        UPDATE rows_of_others SET x = 2 WHERE id = 1`);
      try {
        await other.beginTransaction();
        await other.query("UPDATE rows_of_others SET x = 3");
        const writing = store.compareAndSet("one", "1", second);
        await sleep(300);
        const taking = other.query("UPDATE halfminute_two_factor SET body = 'x' WHERE user_id = 'one'");
        expect(await writing).toBe(false);
        await taking;
        await other.rollback();
        expect(await store.read("one")).toEqual(first);
      } finally {
        await other.query("DROP TRIGGER want");
        other.release();
      }
      expect(await store.compareAndSet("one", "1", second)).toBe(true);
    });

    it("that has taken a snapshot before a newer row was written has lost its race too (error 1020)", async () => {
      expect(await storeWhoseWriteFails(await clean(), "UPDATE", 1020).compareAndSet("alice", "1", second)).toBe(false);
    });

    it("that another node of a group undoes at its commit has lost its race (error 3101), and nothing else has", async () => {
      const pool = await clean();
      expect(await storeWhoseWriteFails(pool, "INSERT", 3101).compareAndSet("alice", undefined, first)).toBe(false);
      for (const errno of [1205, 1290, 3100, undefined]) {
        const store = storeWhoseWriteFails(pool, "INSERT", errno);
        await expect(store.compareAndSet("alice", undefined, first)).rejects.toMatchObject({ errno });
      }
    });

    it("of others is not looked into, whatever the level of the connection", async () => {
      const pool = await clean();
      const store = mysqlStore(await poolWith("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"));
      await store.compareAndSet("alice", undefined, first);
      await pool.query("BEGIN");
      await pool.query("DELETE FROM halfminute_two_factor WHERE user_id = 'alice'");
      expect(await store.read("alice")).toEqual(first);
      expect(await store.compareAndSet("alice", undefined, undefined)).toBe(false);
      await pool.query("ROLLBACK");
    });
  });

  it("a second unique key, or a trigger, that finds something twice is no lost race", async () => {
    const pool = await newPool();
    const store = mysqlStore(pool, { table: "watched" });
    await store.migrate();
    await pool.query("ALTER TABLE watched ADD UNIQUE KEY one_body (body(100))");
    expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
    expect(await store.compareAndSet("alice", undefined, { revision: "3", body: "[]" })).toBe(false);
    await expect(store.compareAndSet("bob", undefined, first)).rejects.toMatchObject({ errno: 1062 });
    expect(await store.compareAndSet("bob", undefined, { revision: "1", body: "[]" })).toBe(true);
    await expect(store.compareAndSet("bob", "1", second)).rejects.toMatchObject({ errno: 1062 });
    await pool.query("CREATE TABLE audit (one INT PRIMARY KEY)");
    await pool.query("CREATE TRIGGER audit AFTER UPDATE ON watched FOR EACH ROW INSERT INTO audit VALUES (1)");
    expect(await store.compareAndSet("bob", "1", { revision: "2", body: "0" })).toBe(true);
    await expect(store.compareAndSet("bob", "2", { revision: "3", body: "1" })).rejects.toMatchObject({ errno: 1062 });
  });

  describe("a power cut", () => {
    const refusals: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ["the log is not flushed with each commit", { "innodb-flush-log-at-trx-commit": "2" }],
      ["the binary log is not flushed", { "log-bin": "bin", "sync-binlog": "0" }],
    ];
    it.each(refusals)(
      "could undo a commit where %s, so the store refuses unless it is trusted",
      async (_, settings) => {
        const careless = await startMariadb(settings);
        const { connection, close } = await connect("mysql2", careless.address);
        try {
          const refused = /a power cut could undo/;
          await expect(mysqlStore(connection).migrate()).rejects.toThrow(refused);
          await expect(mysqlStore(connection).compareAndSet("alice", undefined, first)).rejects.toThrow(refused);
          const trusting = mysqlStore(connection, { trustDurability: true });
          await trusting.migrate();
          expect(await trusting.compareAndSet("alice", undefined, first)).toBe(true);
        } finally {
          await close();
          await careless.stop();
        }
      },
    );

    it("is thought of once there is a table, too", async () => {
      const careless = await startMariadb({ "innodb-flush-log-at-trx-commit": "2" });
      const { connection, close } = await connect("mysql2", careless.address);
      try {
        const store = mysqlStore(connection);
        await expect(store.compareAndSet("alice", undefined, first)).rejects.toMatchObject({
          code: "ER_NO_SUCH_TABLE",
        });
        await mysqlStore(connection, { trustDurability: true }).migrate();
        await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/a power cut could undo/);
      } finally {
        await close();
        await careless.stop();
      }
    });

    it("does not where the binary log is flushed", async () => {
      const careful = await startMariadb({ "log-bin": "bin", "sync-binlog": "1" });
      const { connection, close } = await connect("mysql2", careful.address);
      try {
        await mysqlStore(connection).migrate();
        expect(await mysqlStore(connection).compareAndSet("alice", undefined, first)).toBe(true);
      } finally {
        await close();
        await careful.stop();
      }
    });

    it.each(["MyISAM", "Aria", "MEMORY"])("would harm a table of %s", async (engine) => {
      const pool = await newPool();
      const columns =
        "user_id VARBINARY(1000) PRIMARY KEY, revision VARBINARY(256) NOT NULL, body VARBINARY(9000) NOT NULL";
      await pool.query(`CREATE TABLE of_${engine} (${columns}) ENGINE = ${engine}`);
      const store = mysqlStore(pool, { table: `of_${engine}` });
      await expect(store.migrate()).rejects.toThrow(/ENGINE = InnoDB/);
      await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/ENGINE = InnoDB/);
      expect(await store.read("alice")).toBeUndefined();
    });
  });

  describe("the table", () => {
    it("may have a database before its name, keeps the case of its name, and keeps its rows", async () => {
      const pool = await newPool();
      await pool.query("CREATE DATABASE `Auth`");
      for (const table of ["Auth.two_factor", "Order", "_2fa", "x".repeat(63)]) {
        const store = mysqlStore(pool, { table });
        await store.migrate();
        expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
        await store.migrate();
        expect(await store.read("alice")).toEqual(first);
        const quoted = table.split(".").map((part) => `\`${part}\``);
        const [rows] = await pool.query(`SELECT CAST(user_id AS CHAR) AS id FROM ${quoted.join(".")}`);
        expect(rows).toEqual([{ id: "alice" }]);
      }
      for (const table of ["", "a.b.c", "a-b", "1a", "a`b", "x".repeat(64), 1]) {
        expect(thrownCode(() => mysqlStore(pool, { table: table as string }))).toBe("invalid-option");
      }
    });

    it("is not made behind the caller's back", async () => {
      const store = mysqlStore(await newPool(), { table: "nowhere" });
      const missing = { code: "ER_NO_SUCH_TABLE" };
      await expect(store.read("alice")).rejects.toMatchObject(missing);
      await expect(store.compareAndSet("alice", undefined, first)).rejects.toMatchObject(missing);
    });

    it("is the one of schema/mysql.sql", async () => {
      const shape = async (name: string): Promise<unknown> => {
        await (await newPool()).query(`CREATE DATABASE ${name} CHARACTER SET latin1`);
        const pool = await newPool({ database: name, multipleStatements: true });
        if (name === "from_file") await pool.query(read("schema/mysql.sql"));
        else await mysqlStore(pool).migrate();
        expect(await mysqlStore(pool).compareAndSet("alice", undefined, first)).toBe(true);
        const [rows] = await pool.query("SHOW CREATE TABLE halfminute_two_factor");
        return rows;
      };
      const migrated = await shape("migrated");
      expect(JSON.stringify(migrated)).toMatch(/varbinary\(1024\).*varbinary\(256\).*mediumblob.*PRIMARY KEY.*InnoDB/);
      expect(await shape("from_file")).toEqual(migrated);
    });

    it("can be migrated again by a role that may make no tables", async () => {
      const pool = await newPool();
      await pool.query("CREATE USER modest");
      await pool.query("GRANT SELECT, INSERT, UPDATE, DELETE ON test.halfminute_two_factor TO modest");
      const modest = await newPool({ user: "modest" });
      await mysqlStore(modest).migrate();
      expect(await mysqlStore(modest).compareAndSet("modest", undefined, first)).toBe(true);
      await expect(mysqlStore(modest, { table: "other" }).migrate()).rejects.toMatchObject({
        code: "ER_TABLEACCESS_DENIED_ERROR",
      });
    });
  });

  it("nothing is cut off: what does not fit is refused where the server would cut it", async () => {
    const pool = await poolWith("SET SESSION sql_mode = ''");
    const store = mysqlStore(pool);
    const long = "x".repeat(1025);
    await expect(store.compareAndSet(long, undefined, first)).rejects.toThrow(/user id must be .* 1024 bytes/);
    await expect(store.read(long)).rejects.toThrow(/user id must be .* 1024 bytes/);
    await expect(store.compareAndSet("a\ud800", undefined, first)).rejects.toThrow(/well-formed/);
    const wide = { revision: "😀".repeat(65), body: "{}" };
    await expect(store.compareAndSet("wide", undefined, wide)).rejects.toThrow(/revision must be .* 256 bytes/);
    await expect(store.compareAndSet("wide", "😀".repeat(65), undefined)).rejects.toThrow(/revision must be/);
  });

  it("one read is two statements, and so is one write; the settings are looked at once", async () => {
    const log: string[] = [];
    const store = mysqlStore(
      connected(await clean(), (_, sql) => {
        log.push(/^\w+( COALESCE)?/.exec(sql)?.[0] ?? "");
        return undefined;
      }),
    );
    await store.read("counted");
    await store.compareAndSet("counted", undefined, first);
    await store.compareAndSet("counted", "1", second);
    await store.compareAndSet("counted", "2", undefined);
    const once = ["SET", "SELECT COALESCE"];
    expect(log).toEqual(["SET", "SELECT", ...once, "SET", "INSERT", "SET", "UPDATE", "SET", "DELETE"]);
  });

  it("a connection that breaks during a write rejects, ends no process, and leaves the pool in order", async () => {
    const pool = await clean();
    const store = mysqlStore(pool);
    await store.compareAndSet("broken", undefined, first);
    const holder = await (await newPool()).getConnection();
    await holder.beginTransaction();
    await holder.query("SELECT 1 FROM halfminute_two_factor WHERE user_id = 'broken' FOR UPDATE");
    const [[row]] = (await pool.query("SELECT CONNECTION_ID() AS id")) as unknown as [[{ id: number }]];
    const writing = expect(store.compareAndSet("broken", "1", second)).rejects.toMatchObject({ fatal: true });
    await sleep(200);
    await holder.query(`KILL CONNECTION ${row.id}`);
    await writing;
    await holder.rollback();
    holder.release();
    expect(await store.read("broken")).toEqual(first);
    expect(await store.compareAndSet("broken", "1", second)).toBe(true);
  });

  it.each([
    ["no header", [undefined]],
    ["nothing", undefined],
    ["rows of other columns", [[{ autocommit: 1 }]]],
    ["rows as lists", [[["616C696365", null, null]]]],
    ["the row of another user", [[{ id: "626F62", revision: null, body: null }]]],
    ["half a record", [[{ id: "616C696365", revision: "31", body: null }]]],
    ["two changed rows", [{ serverStatus: 2, affectedRows: 2 }]],
    ["no number of rows", [{ serverStatus: 2 }]],
  ])("an answer that is not understood rejects: %s", async (_, answer) => {
    const strange: MysqlPool = {
      getConnection: () =>
        Promise.resolve({
          execute: (sql) => Promise.resolve(sql.startsWith("SET") ? [{ serverStatus: 2 }] : answer),
          release: () => undefined,
        }),
    };
    const store = mysqlStore(strange, { trustDurability: true });
    await expect(store.read("alice")).rejects.toThrow(/unexpected answer/);
    await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/unexpected answer/);
    await expect(mysqlStore(strange).compareAndSet("alice", undefined, first)).rejects.toThrow();
  });
});

/** A store whose writes of a kind fail with an error of the server. */
function storeWhoseWriteFails(pool: Pool, verb: string, errno: number | undefined): MysqlStore {
  const failing = connected(pool, (_, sql) =>
    sql.startsWith(verb) ? Promise.reject(Object.assign(new Error("of the server"), { errno })) : undefined,
  );
  return mysqlStore(failing);
}

/** A pool of which each statement is looked at before it goes. */
function connected(
  pool: Pool,
  look: (connection: PoolConnection, sql: string) => Promise<void> | undefined,
): MysqlPool {
  return {
    getConnection: async () => {
      const connection = await pool.getConnection();
      return {
        execute: async (sql, values) => {
          await look(connection, sql);
          return connection.execute(sql, values);
        },
        release: () => {
          connection.release();
        },
      };
    },
  };
}
