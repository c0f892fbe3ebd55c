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
import { hasRedis, type Server, startRedis } from "./servers.ts";

const first = { revision: "1", body: "{}" };
const second = { revision: "2", body: "{}" };

describe.runIf(hasRedis())("Redis", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  async function newClient<Name extends Driver>(driver: Name): Promise<Connections[Name]> {
    const { connection, close } = await connect(driver, server.address);
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
      expect(calls.map(([, name, count]) => `${name} ${count}`)).toContain("eval 3");
      expect(calls.map(([, name]) => name)).not.toContain("info");
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
      await expect(store.read("hash")).rejects.toThrow(/does not understand/);
      expect(await store.compareAndSet("hash", undefined, first)).toBe(false);
      expect(await client.get(textKey)).toBe("of the application");
    });

    it("nothing to nothing is true where there is nothing", async () => {
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
          await expect(store.read("alice")).rejects.toThrow(/may evict keys/);
          await expect(store.compareAndSet("alice", undefined, first)).rejects.toThrow(/may evict keys/);
        }
        expect(await client.exists(`settings:${driver}:alice`)).toBe(0);
        await trusting.check();
        expect(await trusting.compareAndSet("alice", undefined, first)).toBe(true);

        await client.configSet({ "maxmemory-policy": "volatile-lru", appendonly: "no" });
        await expect(store.read("alice")).rejects.toThrow(/appendonly yes, or trustPersistence/);
        await forgetful.check();
        expect(await forgetful.read("alice")).toEqual(first);

        await client.configSet({ "maxmemory-policy": "noeviction", appendonly: "yes" });
        await store.check();
        expect(await store.compareAndSet("alice", "1", second)).toBe(true);
      } finally {
        await client.configSet({ "maxmemory-policy": "noeviction", appendonly: "yes" });
      }
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

  it("both clients read what the other wrote", async () => {
    const [one, other] = [nodeRedisStore(await newClient("redis")), ioredisStore(await newClient("ioredis"))];
    expect(await one.compareAndSet("both 😀", undefined, first)).toBe(true);
    expect(await other.compareAndSet("both 😀", "1", second)).toBe(true);
    expect(await one.read("both 😀")).toEqual(second);
  });
});

describe("a client", () => {
  /** A client that gives one answer, and says what it was asked. */
  function answering(answer: unknown, info: unknown = ""): NodeRedisClient & { readonly asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      eval: (_script, { keys }) => (asked.push(`eval ${keys.join(" ")}`), Promise.resolve(answer)),
      info: () => (asked.push("info"), Promise.resolve(info)),
    };
  }
  const GOOD = "# Memory\r\nmaxmemory_policy:noeviction\r\n# Persistence\r\naof_enabled:1\r\n";

  it("is asked for the settings until they were good once, and not at all when they are trusted", async () => {
    const client = answering(null, GOOD);
    const store = nodeRedisStore(client, { prefix: "p:" });
    expect(client.asked).toEqual([]);
    await Promise.all([store.read("a"), store.read("b")]);
    await store.read("c");
    expect(client.asked).toEqual(["info", "info", "eval p:a", "eval p:b", "eval p:c"]);
    const trusted = answering(null);
    const trusting = nodeRedisStore(trusted, { trustEviction: true, trustPersistence: true });
    await trusting.check();
    expect(await trusting.read("a")).toBeUndefined();
    expect(trusted.asked).toEqual(["eval halfminute:two-factor:a"]);
  });

  it("whose settings are never told holds up no later call", async () => {
    const client = answering(null, GOOD);
    const info = vi.spyOn(client, "info").mockReturnValueOnce(new Promise(() => undefined));
    const store = nodeRedisStore(client);
    void store.read("a");
    expect(await store.read("b")).toBeUndefined();
    expect(info).toHaveBeenCalledTimes(2);
  });

  it.each(["", undefined, "maxmemory_policy:noeviction\r\n", "aof_enabled:1", GOOD.replace("aof", "not_aof")])(
    "that does not tell all settings is refused: %j",
    async (info) => {
      const store = nodeRedisStore(answering(null, info ?? null));
      await expect(store.read("alice")).rejects.toThrow(/trust(Eviction|Persistence)/);
    },
  );

  it.each([
    ["buffers", [Buffer.from("1"), Buffer.from("{}")]],
    ["numbers", [1, 2]],
    ["text", "OK"],
    ["a number", 1],
    ["queued in a transaction", "QUEUED"],
    ["half a record", ["1", null]],
    ["undefined", undefined],
  ])("that answers with what was not asked for is refused: %s", async (_, answer) => {
    const store = nodeRedisStore(answering(answer, GOOD));
    await expect(store.read("alice")).rejects.toThrow(/does not understand/);
    await expect(store.compareAndSet("alice", "1", second)).rejects.toThrow(/does not understand/);
  });

  it.each<[unknown, unknown, string | undefined]>([
    [undefined, undefined, "invalid-option"],
    [{}, undefined, "invalid-option"],
    [{ eval: () => undefined }, undefined, "invalid-option"],
    [{ eval: () => undefined }, { trustEviction: true }, "invalid-option"],
    [{ eval: () => undefined }, { trustEviction: true, trustPersistence: true }, undefined],
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
