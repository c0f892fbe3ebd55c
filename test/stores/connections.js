// Connections to the databases under test, by the name of the driver: for this process and for the worker processes.
// An address is a path of the file system: a database file, or what a server of servers.ts says.

const drivers = {
  libsql: async (address) => {
    const { default: Database } = await import("libsql");
    return sqlite(new Database(address, { timeout: 60_000 }));
  },
  "node:sqlite": async (address) => {
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(address);
    db.exec("PRAGMA busy_timeout = 60000");
    return sqlite(db);
  },
  pg: async (address, settings) => {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ host: address, user: "postgres", database: "postgres", max: 10, ...settings });
    pool.on("error", () => undefined); // what matters is that queries reject
    return { connection: pool, close: () => pool.end() };
  },
  redis: async (address) => {
    const { createClient } = await import("redis");
    const client = createClient({ socket: { path: address, reconnectStrategy: false } });
    client.on("error", () => undefined); // what matters is that commands reject
    await client.connect();
    return { connection: client, close: async () => client.destroy() };
  },
  ioredis: async (address) => {
    const { Redis } = await import("ioredis");
    const client = new Redis({ path: address, retryStrategy: () => null, lazyConnect: true });
    client.on("error", () => undefined);
    await client.connect();
    return { connection: client, close: async () => client.disconnect() };
  },
};

/** A new connection. `settings` go to the driver. */
export function connect(driver, address, settings) {
  return drivers[driver](address, settings);
}

/** A store on a connection. `library` has the functions of all store modules. */
export function storeOn(driver, connection, library, options) {
  const make = {
    ...{ libsql: "sqliteStore", "node:sqlite": "sqliteStore", pg: "postgresStore" },
    ...{ redis: "nodeRedisStore", ioredis: "ioredisStore" },
  };
  return library[make[driver]](connection, options);
}

function sqlite(db) {
  return { connection: db, close: async () => db.close() };
}
