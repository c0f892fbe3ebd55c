import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import * as library from "../../src/stores/redis.ts";
import {
  type NodeRedisClient,
  nodeRedisStore,
  type RedisStore,
  type RedisStoreOptions,
} from "../../src/stores/redis.ts";
import { ioredisStore } from "../../src/stores/redis.ts";
import { thrownCode } from "../helpers/thrown.ts";
import { type Connections, connect, type Driver, storeOn } from "./connections.js";
import { processTests } from "./processes.ts";
import { type RedisCluster, startRedisCluster } from "./redis-cluster.ts";
import { hasRedis, redisCli, type Server, startRedis } from "./servers.ts";

const first = { revision: "1", body: "{}" };
const second = { revision: "2", body: "{}" };

describe.runIf(hasRedis())("Redis", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  async function newClient<Name extends Driver>(driver: Name, settings?: object): Promise<Connections[Name]> {
    const { connection, close } = await connect(driver, server.address, settings);
    open.push(close);
    return connection;
  }

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await server.stop();
  });

  describe.each(["redis", "ioredis"] as const)("%s", (driver) => {
    const newStore = async (options?: RedisStoreOptions): Promise<RedisStore> =>
      storeOn(driver, await newClient(driver), library, options);

    describe("conformance", () => {
      let stores: RedisStore[];
      beforeAll(async () => {
        stores = [await newStore(), await newStore()];
      });
      storeConformance(() => stores[0] as RedisStore, {
        test: it,
        secondConnection: () => stores[1] as RedisStore,
        brokenStore: async () => {
          const { connection, close } = await connect(driver, server.address);
          await close();
          return storeOn(driver, connection, library, { trustEviction: true, trustPersistence: true });
        },
      });
    });

    describe("several processes", () => {
      processTests(async () => {
        const options = { prefix: `${driver}:` };
        return { store: await newStore(options), start: { driver, address: server.address, options } };
      }, false);
    });

    it("one read and one write are one script each, on one key that never expires", async () => {
      const client = await newClient("redis");
      const store = await newStore({ prefix: `keys:${driver}:` });
      await store.read("alice");
      await client.configResetStat();
      await store.read("alice");
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      expect(await store.compareAndSet("alice", "1", second)).toBe(true);
      const calls = Array.from((await client.info("commandstats")).matchAll(/^cmdstat_(\w+):calls=(\d+)/gm));
      const counts = calls.map(([, name, count]) => `${name} ${count}`);
      expect(counts).toContain("eval 3");
      expect(counts).toContain("info 6"); // both settings, for each write and where there is nothing to read
      expect(await client.keys(`keys:${driver}:*`)).toEqual([`keys:${driver}:alice`]);
      expect(await client.hGetAll(`keys:${driver}:alice`)).toEqual({ ...second });
      expect(await client.ttl(`keys:${driver}:alice`)).toBe(-1);
      await client.expire(`keys:${driver}:alice`, 1000);
      expect(await store.compareAndSet("alice", "2", first)).toBe(true);
      expect(await client.ttl(`keys:${driver}:alice`)).toBe(-1);
      expect(await store.compareAndSet("alice", "1", undefined)).toBe(true);
      expect(await client.exists(`keys:${driver}:alice`)).toBe(0);
    });

    it("a key of another kind rejects, and is left alone", async () => {
      const client = await newClient("redis");
      const store = await newStore();
      const textKey = "halfminute:two-factor:text";
      await client.set(textKey, "of the application");
      await expect(store.read("text")).rejects.toThrow(/WRONGTYPE/);
      await expect(store.compareAndSet("text", "1", second)).rejects.toThrow(/WRONGTYPE/);
      expect(await store.compareAndSet("text", undefined, first)).toBe(false);
      await client.hSet("halfminute:two-factor:hash", "of", "the application");
      await expect(store.read("hash")).rejects.toThrow(/unexpected answer/);
      expect(await store.compareAndSet("hash", undefined, first)).toBe(false);
      expect(await client.get(textKey)).toBe("of the application");
    });

    it("a change from nothing to nothing is true where there is nothing", async () => {
      const store = await newStore({ prefix: `nothing:${driver}:` });
      expect(await store.compareAndSet("alice", undefined, undefined)).toBe(true);
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      expect(await store.compareAndSet("alice", undefined, undefined)).toBe(false);
    });

    it("a server that evicts or forgets is refused until it is set right or trusted", async () => {
      const client = await newClient("redis");
      const store = await newStore({ prefix: `settings:${driver}:` });
      const trusting = await newStore({ prefix: `settings:${driver}:`, trustEviction: true, trustPersistence: true });
      const forgetful = await newStore({ prefix: `settings:${driver}:`, trustPersistence: true });
      try {
        for (const policy of ["allkeys-lru", "allkeys-lfu", "allkeys-random"]) {
          await client.configSet("maxmemory-policy", policy);
          await expect(store.check()).rejects.toThrow(/maxmemory-policy noeviction, or trustEviction/);
          await expect(store.read("alice")).rejects.toThrow(/may evict second factors/);
          await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/may evict second factors/);
        }
        expect(await client.exists(`settings:${driver}:alice`)).toBe(0);
        await trusting.check();
        expect(await trusting.compareAndSet("alice", undefined, first)).toBe(true);

        await client.configSet({ "maxmemory-policy": "volatile-lru", appendonly: "no" });
        for (const call of [
          () => store.check(),
          () => store.read("nobody"),
          () => store.compareAndSet("alice", "1", second),
          () => store.compareAndSet("alice", "1", undefined),
          () => store.compareAndSet("nobody", undefined, undefined),
        ]) {
          await expect(call()).rejects.toThrow(/appendonly yes, or trustPersistence/);
        }
        expect(await store.read("alice")).toEqual(first); // what is there was not lost
        await forgetful.check();
        expect(await forgetful.read("alice")).toEqual(first);

        await client.configSet({ "maxmemory-policy": "noeviction", appendonly: "yes" });
        await store.check();
        expect(await store.compareAndSet("alice", "1", second)).toBe(true);
      } finally {
        await client.configSet({ "maxmemory-policy": "noeviction", appendonly: "yes" });
      }
    });

    it("settings that have changed while the connection was lost are noticed", async () => {
      const admin = await newClient("redis");
      const connection = await newClient(driver, { reconnectStrategy: () => 10, retryStrategy: () => 10 });
      const store: RedisStore = storeOn(driver, connection, library, { prefix: `lost:${driver}:` });
      await store.check();
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      const newest = Math.max(...(await admin.clientList()).map(({ id }) => id));
      await admin.configSet("maxmemory-policy", "allkeys-lru");
      try {
        await admin.sendCommand(["CLIENT", "KILL", "ID", String(newest)]);
        const messages: string[] = [];
        await vi.waitFor(
          async () => {
            await store.compareAndSet("alice", "1", second).catch((error: unknown) => messages.push(String(error)));
            expect(messages.at(-1)).toMatch(/may evict second factors/);
          },
          { timeout: 150_000 },
        );
        await expect(store.check()).rejects.toThrow(/may evict second factors/);
        expect(await store.read("alice")).toEqual(first);
      } finally {
        await admin.configSet("maxmemory-policy", "noeviction");
      }
      expect(await store.compareAndSet("alice", "1", second)).toBe(true);
    });

    it("a full server rejects, and keeps what it has", async () => {
      const client = await newClient("redis");
      const store = await newStore({ prefix: `full:${driver}:` });
      expect(await store.compareAndSet("alice", undefined, first)).toBe(true);
      await client.configSet("maxmemory", "1");
      try {
        await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/OOM/);
        await expect(store.compareAndSet("bob", undefined, second)).rejects.toThrow(/OOM/);
        expect(await store.read("alice")).toEqual(first);
      } finally {
        await client.configSet("maxmemory", "0");
      }
    });
  });

  it("a user who may not ask for INFO must trust, and needs few rights", async () => {
    const admin = await newClient("redis");
    const rights = ["~halfminute:two-factor:*", "+eval", "+exists", "+hget", "+hmget", "+hset", "+persist", "+del"];
    await admin.sendCommand(["ACL", "SETUSER", "modest", "on", ">password", ...rights]);
    const client = await newClient("redis");
    await client.auth({ username: "modest", password: "password" });
    await expect(nodeRedisStore(client).check()).rejects.toThrow(/can't run this command/);
    await expect(nodeRedisStore(client).read("modest")).rejects.toThrow(/can't run this command/);
    const store = nodeRedisStore(client, { trustEviction: true, trustPersistence: true });
    await store.check();
    expect(await store.compareAndSet("modest", undefined, first)).toBe(true);
    expect(await store.read("modest")).toEqual(first);
    expect(await store.compareAndSet("modest", "1", undefined)).toBe(true);
    await admin.sendCommand(["ACL", "SETUSER", "modest", "+info"]);
    await nodeRedisStore(client).check();
    expect(await nodeRedisStore(client).compareAndSet("modest", undefined, first)).toBe(true);
  });

  it("both clients read what the other wrote", async () => {
    const [one, other] = [nodeRedisStore(await newClient("redis")), ioredisStore(await newClient("ioredis"))];
    expect(await one.compareAndSet("both 😀", undefined, first)).toBe(true);
    expect(await other.compareAndSet("both 😀", "1", second)).toBe(true);
    expect(await one.read("both 😀")).toEqual(second);
  });
});

describe.runIf(hasRedis())("a Redis cluster of three masters", () => {
  let cluster: RedisCluster;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await cluster.stop();
  });

  describe.each(["redis cluster", "ioredis cluster"] as const)("%s", (driver) => {
    const newStore = async (options?: RedisStoreOptions): Promise<RedisStore> => {
      const { connection, close } = await connect(driver, cluster.address);
      open.push(close);
      return storeOn(driver, connection, library, options);
    };

    describe("conformance", () => {
      let stores: RedisStore[];
      beforeAll(async () => {
        stores = [await newStore(), await newStore()];
      });
      storeConformance(() => stores[0] as RedisStore, {
        test: it,
        secondConnection: () => stores[1] as RedisStore,
        brokenStore: async () => {
          const { connection, close } = await connect(driver, cluster.address);
          await storeOn(driver, connection, library).check();
          await close();
          return storeOn(driver, connection, library);
        },
      });
    });

    it.each([
      ["maxmemory-policy", "allkeys-lru", "noeviction", /may evict second factors/],
      ["appendonly", "no", "yes", /append-only file/],
    ])("check() asks every master, and a write the one that it goes to: %s", async (name, bad, good, refused) => {
      const prefix = `${driver} ${name}:`;
      const { masters } = cluster;
      const slots = new Map<string, number>();
      for (let index = 0; index < 12; index++) {
        const slot = await redisCli(masters[0]?.address ?? "", "cluster", "keyslot", `${prefix}user ${index}`);
        slots.set(`user ${index}`, Number(slot));
      }
      // Connected before anything is wrong, as a server is that runs for months.
      const store = await newStore({ prefix });
      await store.check();
      for (const [index, { address, first: from }] of masters.entries()) {
        const to = masters[index + 1]?.first ?? Infinity;
        await redisCli(address, "config", "set", name, bad);
        try {
          await expect(store.check()).rejects.toThrow(refused);
          await expect((await newStore({ prefix })).check()).rejects.toThrow(refused);
          let refusals = 0;
          for (const [user, slot] of slots) {
            const writing = store.compareAndSet(user, undefined, first);
            if (slot >= from && slot < to) {
              await expect(writing).rejects.toThrow(refused);
              refusals++;
            } else {
              expect(await writing).toBe(true);
              expect(await store.compareAndSet(user, "1", undefined)).toBe(true);
            }
          }
          expect(refusals).toBeGreaterThan(0);
          expect(refusals).toBeLessThan(slots.size);
        } finally {
          await redisCli(address, "config", "set", name, good);
        }
        await store.check();
      }
    });
  });
});

describe("a Redis client", () => {
  /** A client that gives one answer, and says what it was asked. */
  function answering(answer: unknown): NodeRedisClient & { readonly asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      eval: (_script, { keys, arguments: words }) => {
        asked.push([...keys, ...words].join(" "));
        return Promise.resolve(answer);
      },
    };
  }

  it("is asked for what is not trusted, with each call", async () => {
    const [asked, trusted] = [answering(null), answering(null)];
    await nodeRedisStore(asked, { prefix: "p:" }).read("a");
    await nodeRedisStore(asked, { prefix: "p:", trustEviction: true }).read("a");
    await nodeRedisStore(asked, { prefix: "p:", trustPersistence: true }).read("a");
    expect(asked.asked).toEqual(["p:a read ep", "p:a read p", "p:a read e"]);
    const trusting = nodeRedisStore(trusted, { trustEviction: true, trustPersistence: true });
    await trusting.check();
    expect(trusted.asked).toEqual([]);
    await trusting.read("a");
    expect(trusted.asked).toEqual(["halfminute:two-factor:a read "]);
  });

  it.each([
    ["buffers", [Buffer.from("1"), Buffer.from("{}")]],
    ["numbers", [1, 2]],
    ["text", "OK"],
    ["a number", 1],
    ["queued in a transaction", "QUEUED"],
    ["half a record", ["1", null]],
    ["undefined", undefined],
  ])("that answers with what was not asked for is refused: %s", async (_, answer) => {
    const store = nodeRedisStore(answering(answer));
    await expect(store.read("alice")).rejects.toThrow(/unexpected answer/);
    await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/unexpected answer/);
    await expect(store.check()).rejects.toThrow(/unexpected answer/);
  });

  it.each<[unknown, unknown, string | undefined]>([
    [undefined, undefined, "invalid-option"],
    [{}, undefined, "invalid-option"],
    [{ eval: () => undefined }, undefined, undefined],
    [{ eval: "" }, undefined, "invalid-option"],
    [answering(null), { ttl: 5 }, "unknown-option"],
    [answering(null), "prefix:", "invalid-options"],
    [answering(null), { trustEviction: "yes" }, "invalid-option"],
    [answering(null), { trustPersistence: 1 }, "invalid-option"],
    ...["", "x".repeat(201), "a\0", 5, null].map((prefix): [unknown, unknown, string] => [
      answering(null),
      { prefix },
      "invalid-option",
    ]),
  ])("is checked, and so are the options: case %#", (client, options, code) => {
    expect(thrownCode(() => nodeRedisStore(client as NodeRedisClient, options as object))).toBe(code);
    expect(thrownCode(() => ioredisStore(client as never, options as object))).toBe(code);
  });
});
