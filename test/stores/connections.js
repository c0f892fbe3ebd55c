// Connections to the databases under test, by the name of the driver: for this process and for the
// worker processes. An address is what a server of servers.ts says: a path of the file system, but
// for a cluster its ports; or a database file.

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
  mysql2: async (address, settings) => {
    const { createPool } = await import("mysql2/promise");
    const options = { socketPath: address, user: "root", database: "test", connectionLimit: 10, ...settings };
    const pool = createPool(options);
    return { connection: pool, close: () => pool.end() };
  },
  redis: async (address, settings) => {
    const { createClient } = await import("redis");
    const client = createClient({ socket: { path: address, reconnectStrategy: false, ...settings } });
    client.on("error", () => undefined); // what matters is that commands reject
    await client.connect();
    return { connection: client, close: async () => client.destroy() };
  },
  // `retryEvery` is in milliseconds, since a function does not reach a worker.
  ioredis: async (address, { retryEvery = null, ...settings } = {}) => {
    const { Redis } = await import("ioredis");
    const client = new Redis({ path: address, retryStrategy: () => retryEvery, lazyConnect: true, ...settings });
    client.on("error", () => undefined);
    await client.connect();
    return { connection: client, close: async () => client.disconnect() };
  },
  "redis cluster": async (address) => {
    const { createCluster } = await import("redis");
    const rootNodes = address.split(",").map((port) => ({ url: `redis://127.0.0.1:${port}` }));
    const cluster = createCluster({ rootNodes });
    cluster.on("error", () => undefined);
    await cluster.connect();
    return { connection: cluster, close: async () => cluster.destroy() };
  },
  "ioredis cluster": async (address) => {
    const { Cluster } = await import("ioredis");
    const nodes = address.split(",").map((port) => ({ host: "127.0.0.1", port: Number(port) }));
    const cluster = new Cluster(nodes, {
      clusterRetryStrategy: () => null,
      lazyConnect: true,
    });
    cluster.on("error", () => undefined);
    return { connection: cluster, close: async () => cluster.disconnect() };
  },
};

/** A new connection. `settings` go to the driver. */
export function connect(driver, address, settings) {
  return drivers[driver](address, settings);
}

/** A store on a connection. `library` has the functions of all store modules. */
export function storeOn(driver, connection, library, options) {
  const make = {
    libsql: "sqliteStore",
    "node:sqlite": "sqliteStore",
    pg: "postgresStore",
    mysql2: "mysqlStore",
    redis: "nodeRedisStore",
    ioredis: "ioredisStore",
    "redis cluster": "nodeRedisStore",
    "ioredis cluster": "ioredisStore",
  };
  return library[make[driver]](connection, options);
}

function sqlite(db) {
  return { connection: db, close: async () => db.close() };
}
