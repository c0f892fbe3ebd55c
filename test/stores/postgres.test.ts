import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import {
  type PostgresConnection,
  type PostgresPool,
  type PostgresStore,
  postgresStore,
} from "../../src/stores/postgres.ts";
import { read } from "../docs/fences.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { connect } from "./connections.js";
import { processTests } from "./processes.ts";
import { hasPostgres, type Server, startPostgres } from "./servers.ts";

const first = { revision: "1", body: "{}" };
const second = { revision: "2", body: "{}" };

describe.runIf(hasPostgres())("PostgreSQL", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  /** A pool, closed at the end. `options` are those of the server for its connections. */
  async function newPool(options = ""): Promise<pg.Pool> {
    const { connection, close } = await connect("pg", server.address, { options });
    open.push(close);
    return connection;
  }

  beforeAll(async () => {
    server = await startPostgres();
    await postgresStore(await newPool()).migrate();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await server.stop();
  });

  describe.each(["read committed", "repeatable read", "serializable"])("conformance, %s", (level) => {
    const options = `-c default_transaction_isolation=${level.replaceAll(" ", "\\ ")}`;
    let stores: PostgresStore[];
    beforeAll(async () => {
      stores = [postgresStore(await newPool(options)), postgresStore(await newPool(options))];
    });
    storeConformance(() => stores[0] as PostgresStore, {
      test: it,
      secondConnection: () => stores[1] as PostgresStore,
      brokenStore: async () => {
        const { connection, close } = await connect("pg", server.address);
        await close();
        return postgresStore(connection);
      },
    });
  });

  describe("several processes", () => {
    processTests(async () => {
      const pool = await newPool();
      return {
        store: postgresStore(pool),
        withTable: (table) => postgresStore(pool, { table }),
        start: { driver: "pg", address: server.address },
      };
    });
  });

  describe("a transaction", () => {
    let pool: pg.Pool;
    let client: pg.PoolClient;
    beforeEach(async () => {
      pool = await newPool();
      client = await pool.connect();
      await client.query("DELETE FROM halfminute_two_factor");
      return () => {
        client.release();
      };
    });

    it("cannot be chosen: a client is refused", () => {
      const single = new pg.Client({ host: server.address, user: "postgres" });
      for (const given of [client, single])
        expect(thrownCode(() => postgresStore(given as never))).toBe("invalid-option");
    });

    it("is noticed when it has written: every call rejects and writes nothing", async () => {
      const wrapped: PostgresPool = { query: (text, values) => client.query(text, values) };
      const store = postgresStore(wrapped);
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      await client.query("BEGIN");
      await client.query("CREATE TEMPORARY TABLE of_the_application (id int)");
      const refused = /inside a transaction/;
      await expect(store.read("alice")).rejects.toThrow(refused);
      await expect(store.compareAndSet("bob", undefined, first)).rejects.toThrow(refused);
      await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(refused);
      await expect(store.compareAndSet("alice", "1", undefined)).rejects.toThrow(refused);
      await client.query("COMMIT");
      expect(await store.read("alice")).toEqual(first);
      expect(await store.read("bob")).toBeUndefined();
      expect(await store.compareAndSet("alice", "1", second)).toBe(true);
    });

    it("is noticed when the store has read in it, and nothing was written", async () => {
      const store = postgresStore({ query: (text, values) => client.query(text, values) });
      const refused = /inside a transaction/;
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      for (const end of ["COMMIT", "ROLLBACK"]) {
        await client.query("BEGIN");
        expect(await store.read("alice")).toEqual(first); // of now: READ COMMITTED
        await expect(store.read("alice")).rejects.toThrow(refused);
        await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(refused);
        await expect(store.compareAndSet("alice", "1", undefined)).rejects.toThrow(refused);
        await client.query(end);
        await client.query("BEGIN");
        expect(await store.read("bob")).toBeUndefined(); // no row, and the mark all the same
        await expect(store.compareAndSet("bob", undefined, first)).rejects.toThrow(refused);
        await expect(store.compareAndSet("bob", undefined, undefined)).rejects.toThrow(refused);
        await client.query(end);
        expect(await store.read("bob")).toBeUndefined();
      }
      // The mark is gone with its transaction.
      expect(await store.read("alice")).toEqual(first);
      expect(await store.compareAndSet("alice", "1", second)).toBe(true);
    });

    it.each(["REPEATABLE READ", "SERIALIZABLE"])("that keeps showing an old record is noticed: %s", async (level) => {
      const store = postgresStore({ query: (text, values) => client.query(text, values) });
      const other = postgresStore(await newPool());
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      await client.query(`BEGIN ISOLATION LEVEL ${level}`);
      const stale = "SELECT revision FROM halfminute_two_factor WHERE user_id = 'alice'";
      expect((await client.query(stale)).rows).toEqual([{ revision: "1" }]);
      expect(await other.compareAndSet("alice", "1", second)).toBe(true);
      expect((await client.query(stale)).rows).toEqual([{ revision: "1" }]);
      for (const call of [() => store.read("alice"), () => store.compareAndSet("bob", undefined, first)]) {
        await expect(call()).rejects.toThrow(/inside a transaction/);
      }
      await client.query("COMMIT");
      expect(await store.read("alice")).toEqual(second);
    });

    it("left open on a connection of the pool is noticed by a read, whatever its level, and stays open", async () => {
      for (const options of ["", "-c default_transaction_isolation=repeatable\\ read"]) {
        const single = new pg.Pool({ host: server.address, user: "postgres", max: 1, options });
        const store = postgresStore(single);
        expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
        for (const begin of ["BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN READ ONLY"]) {
          await single.query(begin);
          await expect(store.read("alice")).rejects.toThrow(/inside a transaction/);
          await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/inside a transaction/);
          await single.query("SAVEPOINT here"); // an error outside a transaction
          await single.query("ROLLBACK");
          expect(await store.read("alice")).toEqual(first);
        }
        expect(await store.compareAndSet("alice", "1", undefined)).toBe(true);
        await single.end();
      }
    });

    it.each([
      ["as pg says it", (connection: pg.PoolClient) => connection],
      ["where the driver doesn't say it", withoutStatus],
    ])(
      "left open on a connection of the pool by other code is noticed before anything is written, %s",
      async (_, view) => {
        const small = new pg.Pool({ host: server.address, user: "postgres", max: 2 });
        const store = postgresStore({
          query: (text, values) => small.query(text, values),
          connect: async () => view(await small.connect()),
        });
        expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
        for (const begin of ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN; SAVEPOINT here"]) {
          // One connection stays in the transaction; the store has read on the other one.
          const other = await small.connect();
          await small.query(begin);
          const begun = await small.connect();
          other.release();
          expect(await store.read("alice")).toEqual(first);
          const holder = await small.connect();
          begun.release();
          for (const write of [
            () => store.compareAndSet("alice", "1", second),
            () => store.compareAndSet("alice", "1", undefined),
            () => store.compareAndSet("bob", undefined, first),
            () => store.compareAndSet("bob", undefined, undefined),
          ]) {
            await expect(write()).rejects.toThrow(/inside a transaction/);
          }
          await small.query("ROLLBACK");
          holder.release();
          expect(await store.read("alice")).toEqual(first);
          expect(await store.read("bob")).toBeUndefined();
        }
        // One that has failed answers nothing but errors.
        const holder = await small.connect();
        await small.query("BEGIN");
        const begun = await small.connect();
        await begun.query("SELECT 1 / 0").catch(() => undefined);
        // The error may come before the news that the transaction has failed.
        await vi.waitFor(() => {
          expect(begun.getTransactionStatus()).toBe("E");
        });
        begun.release();
        await expect(store.compareAndSet("alice", "1", second)).rejects.toMatchObject({ code: "25P02" });
        holder.release();
        expect(small.totalCount).toBe(1); // as pool.query does: a connection that failed is closed
        expect(await store.compareAndSet("alice", "1", second)).toBe(true);
        await small.end();
      },
    );

    it("of its own is what every statement on a pool has: reading keeps nothing from being written", async () => {
      const single = new pg.Pool({ host: server.address, user: "postgres", max: 1 });
      const store = postgresStore(single);
      for (const expected of [undefined, "1"]) {
        await store.read("alice");
        expect(await store.compareAndSet("alice", expected, { revision: expected ? "2" : "1", body: "{}" })).toBe(true);
      }
      await single.end();
    });

    it("may be one that only reads", async () => {
      const store = postgresStore({ query: (text, values) => client.query(text, values) });
      await client.query("BEGIN READ ONLY");
      expect(await store.read("alice")).toBeUndefined();
      await client.query("COMMIT");
    });

    it("of a write waits for the disk where synchronous_commit is off, and leaves the setting as it was", async () => {
      await client.query(`CREATE TABLE seen (setting text);
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN coalesce(NEW, OLD);
        END $$;
        CREATE TRIGGER see BEFORE INSERT OR UPDATE OR DELETE ON halfminute_two_factor FOR EACH ROW EXECUTE FUNCTION see()`);
      for (const [setting, effective] of Object.entries({ off: "on", local: "local", remote_apply: "remote_apply" })) {
        await client.query(`TRUNCATE seen; SET synchronous_commit = ${setting}`);
        const store = postgresStore({ query: (text, values) => client.query(text, values) });
        expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
        expect(await store.compareAndSet("alice", "1", second)).toBe(true);
        expect(await store.compareAndSet("alice", "2", undefined)).toBe(true);
        const { rows } = await client.query<{ setting: string }>("SELECT setting FROM seen");
        expect(rows.map((row) => row.setting)).toEqual([effective, effective, effective]);
        expect((await client.query("SHOW synchronous_commit")).rows).toEqual([{ synchronous_commit: setting }]);
      }
      await client.query("RESET synchronous_commit; DROP TABLE seen; DROP FUNCTION see CASCADE");
    });
  });

  describe("the table", () => {
    it("may have a schema before its name, keeps the case of its name, and keeps its rows", async () => {
      const pool = await newPool();
      await pool.query('CREATE SCHEMA "Auth"');
      for (const table of ["Auth.two_factor", "Order", "_2fa", "x".repeat(63)]) {
        const store = postgresStore(pool, { table });
        await store.migrate();
        expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
        await store.migrate();
        expect(await store.read("alice")).toEqual(first);
        const quoted = table.split(".").map((part) => `"${part}"`);
        const { rows } = await pool.query(`SELECT * FROM ${quoted.join(".")}`);
        expect(rows).toEqual([{ user_id: "alice", ...first }]);
      }
    });

    it("is not made behind the caller's back", async () => {
      const store = postgresStore(await newPool(), { table: "nowhere" });
      await expect(store.read("alice")).rejects.toMatchObject({ code: "42P01" });
      await expect(store.compareAndSet("alice", undefined, first)).rejects.toMatchObject({ code: "42P01" });
    });

    it("is the one of schema/postgres.sql", async () => {
      const shape = async (name: string): Promise<unknown> => {
        const pool = await newPool(`-c search_path=${name}`);
        await pool.query(`CREATE SCHEMA ${name}`);
        if (name === "from_file") await pool.query(read("schema/postgres.sql"));
        else await postgresStore(pool).migrate();
        expect(await postgresStore(pool).compareAndSet("alice", undefined, first)).toBe(true);
        const columns = `SELECT attname, atttypid, attnotnull, attcollation FROM pg_attribute
          WHERE attrelid = 'halfminute_two_factor'::regclass AND attnum > 0 ORDER BY attnum`;
        const keys = `SELECT contype, pg_get_constraintdef(oid) AS is FROM pg_constraint
          WHERE conrelid = 'halfminute_two_factor'::regclass`;
        return [(await pool.query(columns)).rows, (await pool.query(keys)).rows];
      };
      const migrated = await shape("migrated");
      expect(migrated).toMatchObject([{ length: 3 }, [{ is: "PRIMARY KEY (user_id)" }]]);
      expect(await shape("from_file")).toEqual(migrated);
    });

    it("can be migrated again by a role that may make no tables", async () => {
      const pool = await newPool();
      await pool.query("CREATE ROLE modest; GRANT SELECT, INSERT, UPDATE, DELETE ON halfminute_two_factor TO modest");
      const store = postgresStore(await newPool("-c role=modest"));
      await store.migrate();
      expect(await store.compareAndSet("modest", undefined, first)).toBe(true);
      const other = postgresStore(await newPool("-c role=modest"), { table: "other" });
      await expect(other.migrate()).rejects.toMatchObject({ code: "42501" });
    });
  });

  it("one read and one write are one statement each", async () => {
    const pool = await newPool();
    const log: string[] = [];
    const logged = (connection: pg.Pool | pg.PoolClient): PostgresPool["query"] => {
      return (text, values) => {
        log.push(/FROM guard LEFT JOIN|INSERT|UPDATE|DELETE/.exec(text)?.[0] ?? text);
        return connection.query(text, values);
      };
    };
    const store = postgresStore({
      query: logged(pool),
      connect: async () => {
        const client = await pool.connect();
        return {
          ...withoutStatus(client),
          query: logged(client),
          getTransactionStatus: () => client.getTransactionStatus(),
        };
      },
    });
    await store.read("counted");
    await store.compareAndSet("counted", undefined, first);
    await store.compareAndSet("counted", "1", second);
    await store.compareAndSet("counted", "2", undefined);
    expect(log).toEqual(["FROM guard LEFT JOIN", "INSERT", "UPDATE", "DELETE"]);
  });

  it("where the driver doesn't know of transactions, a write is two statements, and a read is one", async () => {
    const pool = await newPool();
    const log: string[] = [];
    const store = postgresStore({
      query: (text, values) => pool.query(text, values),
      connect: async () => {
        const connection = withoutStatus(await pool.connect());
        return {
          ...connection,
          query: (text: string, values?: string[]) => {
            log.push(/FROM guard LEFT JOIN|UPDATE/.exec(text)?.[0] ?? text);
            return connection.query(text, values);
          },
        };
      },
    });
    await store.read("counted");
    expect(await store.compareAndSet("counted", "1", second)).toBe(false);
    expect(log).toEqual(["FROM guard LEFT JOIN", expect.stringMatching(/^SELECT set_config/), "UPDATE"]);
  });

  it("a connection that breaks during a write rejects, ends no process, and leaves the pool in order", async () => {
    const pool = await newPool();
    const store = postgresStore(pool);
    await store.compareAndSet("broken", undefined, first);
    const holder = await (await newPool()).connect();
    await holder.query("BEGIN; SELECT FROM halfminute_two_factor WHERE user_id = 'broken' FOR UPDATE");
    let socket: Socket | undefined;
    pool.once("acquire", (client) => {
      socket = (client as unknown as { connection: { stream: Socket } }).connection.stream;
    });
    const writing = expect(store.compareAndSet("broken", "1", second)).rejects.toThrow(/terminated unexpectedly/);
    const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%halfminute%'";
    await vi.waitFor(
      async () => {
        expect((await holder.query(waiting)).rowCount).toBe(1);
      },
      { timeout: 150_000 },
    );
    socket?.destroy();
    await writing;
    await holder.query("ROLLBACK");
    holder.release();
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([0, 0, 0]);
    expect(await store.compareAndSet("after", undefined, first)).toBe(true);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    const client = await pool.connect();
    expect(client.listenerCount("error")).toBe(0);
    client.release();
  });

  it("a change from nothing to nothing is true where there is nothing", async () => {
    const store = postgresStore(await newPool());
    expect(await store.compareAndSet("nobody", undefined, undefined)).toBe(true);
    await store.compareAndSet("nobody", undefined, first);
    expect(await store.compareAndSet("nobody", undefined, undefined)).toBe(false);
  });

  it("what the server refuses is rejected: a read-only server, a NUL", async () => {
    const readOnly = postgresStore(await newPool("-c default_transaction_read_only=on"));
    await expect(readOnly.compareAndSet("alice", undefined, first)).rejects.toMatchObject({ code: "25006" });
    const store = postgresStore(await newPool());
    await expect(store.read("a\0b")).rejects.toMatchObject({ code: "22021" });
  });
});

describe("a pool whose `connect`", () => {
  const settled = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  type Connect = Exclude<Parameters<typeof postgresStore>[0]["connect"], undefined>;

  /** What the read of nobody came to, and what became of each connection. */
  async function readBy(
    connectWith: (make: () => PostgresConnection) => Connect,
  ): Promise<{ outcome: unknown; connections: readonly string[][] }> {
    const connections: string[][] = [];
    const make = (): PostgresConnection => {
      const calls: string[] = [];
      connections.push(calls);
      return {
        query: () => Promise.resolve({ rows: [{ is_inside: false, revision: null, body: null }] }),
        release: (isClosed) => calls.push(`release ${isClosed}`),
        on: (name: string) => calls.push(`on ${name}`),
        off: (name: string) => calls.push(`off ${name}`),
      };
    };
    const outcome = await postgresStore({ query: vi.fn(), connect: connectWith(make) })
      .read("alice")
      .catch((error: unknown) => (error instanceof Error ? error.message : error));
    await settled();
    return { outcome, connections };
  }
  const USED = ["on error", "off error", "release false"];

  it("calls back, also after an async function around it has resolved to nothing", async () => {
    const later = (make: () => PostgresConnection): Connect => {
      return (callback) => setTimeout(callback, 1, undefined, make());
    };
    expect(await readBy(later)).toEqual({ outcome: undefined, connections: [USED] });
    const around = (make: () => PostgresConnection): Connect => {
      const inner = later(make);
      return async (callback) => {
        inner(callback);
        await Promise.resolve();
      };
    };
    expect(await readBy(around)).toEqual({ outcome: undefined, connections: [USED] });
  });

  it("gives a connection to the callback and as a promise is listened to once", async () => {
    const both = (make: () => PostgresConnection): Connect => {
      return (callback) => {
        const connection = make();
        callback(undefined, connection);
        return Promise.resolve(connection);
      };
    };
    expect(await readBy(both)).toEqual({ outcome: undefined, connections: [USED] });
  });

  it("gives one connection twice, the second time in a wrapper, gets it back once", async () => {
    const wrapped = (make: () => PostgresConnection): Connect => {
      return (callback) => {
        const connection = make();
        callback(undefined, connection);
        return Promise.resolve({ ...connection });
      };
    };
    expect(await readBy(wrapped)).toEqual({ outcome: undefined, connections: [USED] });
  });

  it("gives a connection after it has rejected gets it back", async () => {
    const late = (make: () => PostgresConnection): Connect => {
      return (callback) => {
        setTimeout(callback, 1, undefined, make());
        return Promise.reject(new Error("took too long"));
      };
    };
    expect(await readBy(late)).toEqual({ outcome: "took too long", connections: [["release false"]] });
  });

  it("calls back with nothing rejects", async () => {
    const nothing = (): Connect => (callback) => {
      callback(null);
    };
    expect(await readBy(nothing)).toMatchObject({ outcome: expect.stringContaining("unexpected") as string });
  });
});

it("a connection that breaks in the moment in which it is ready rejects, and ends no process", async () => {
  const message = (type: string, body: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(4 + body.length);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
  };
  const error = "SFATAL\0C57P01\0Mterminating connection\0\0";
  const ready = Buffer.concat([message("R", "\0\0\0\0"), message("Z", "I"), message("E", error)]);
  const server = createServer((socket) => {
    socket.on("error", () => undefined).once("data", () => socket.end(ready));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres" });
  pool.on("error", () => undefined);
  await expect(postgresStore(pool).read("alice")).rejects.toThrow(/connection/);
  expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([0, 0, 0]);
  await pool.end();
  server.close();
});

/** A connection of an older pg, which does not say whether it is in a transaction. */
function withoutStatus(client: pg.PoolClient): PostgresConnection {
  return {
    query: (text, values) => client.query(text, values),
    release: (close) => {
      client.release(close);
    },
  };
}

describe("answers that are not PostgreSQL's", () => {
  it.each([
    ["of mysql2 and Sequelize", [[], []]],
    ["of TypeORM", [{ revision: "1", body: "{}" }]],
    ["nothing", undefined],
    ["rows without what was asked for", { rows: [{}] }],
    ["a record of numbers", { rows: [{ revision: 1, body: 1, is_inside: false, is_won: 1 }] }],
    [
      "a record that does not say whether a transaction is open",
      { rows: [{ revision: "1", body: "{}", is_won: true }] },
    ],
    ["half a record", { rows: [{ revision: null, body: "{}", is_inside: false, is_won: 1 }] }],
  ])("are refused: %s", async (_, result) => {
    const store = postgresStore({ query: () => Promise.resolve(result as never) });
    await expect(store.read("alice")).rejects.toThrow(/unexpected answer/);
    await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/unexpected answer/);
  });
});

it("a lost race is false in PostgreSQL, and every other error goes on as it is", async () => {
  const failing = (error: unknown): PostgresStore =>
    postgresStore({ query: () => Promise.resolve().then(() => thrown(error)) });
  expect(await failing({ code: "40001" }).compareAndSet("alice", "1", second)).toBe(false);
  for (const error of [new Error("gone"), { code: "40002" }, null]) {
    await expect(failing(error).compareAndSet("alice", "1", second)).rejects.toBe(error);
    await expect(failing(error).read("alice")).rejects.toBe(error);
  }
});

const pool: PostgresPool = { query: () => Promise.resolve({ rows: [] }) };

it.each(["release", "rollback", "getTransactionStatus", "escapeIdentifier"])(
  "a method %s betrays a single connection",
  (method) => {
    const single: PostgresPool = { ...pool, [method]: () => undefined };
    expect(thrownCode(() => postgresStore(single))).toBe("invalid-option");
    expect(thrownCode(() => postgresStore({ ...pool, [method]: undefined }))).toBeUndefined();
  },
);

it.each<[unknown, unknown, string]>([
  [undefined, undefined, "invalid-option"],
  [{}, undefined, "invalid-option"],
  [pool, { schema: "auth" }, "unknown-option"],
  [pool, "t", "invalid-options"],
  ...["", "a.b.c", ".a", "a.", "1st", 'a"b', "a'b", "x".repeat(64), `${"x".repeat(64)}.a`, "$$", 5, null].map(
    (table): [unknown, unknown, string] => [pool, { table }, "invalid-option"],
  ),
])("wrong arguments of the PostgreSQL store throw: case %#", (given, options, code) => {
  expect(thrownCode(() => postgresStore(given as PostgresPool, options as object))).toBe(code);
});

function thrown(error: unknown): never {
  throw error;
}
