// REDIS_URL: Redis as a database, not as a cache. The server must keep an append-only file and must
// not evict; the store asks for that.
import { nodeRedisStore } from "halfminute/stores/redis";
import { createClient } from "redis";

import { type Database, MOST_IN_LIST } from "./database.ts";

const PREFIX = "demo:";

/** A script is one step of the server. */
const REPLACE = `
  if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
  if ARGV[3] == "" then redis.call("SET", KEYS[1], ARGV[2], "KEEPTTL")
  else redis.call("SET", KEYS[1], ARGV[2], "EX", ARGV[3]) end
  return 1`;

export async function openRedis(url: string): Promise<Database> {
  // While the connection is lost, commands fail at once rather than wait for it.
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 5000 } });
  let isOpen = false;
  client.on("error", () => {
    if (isOpen) console.error("The connection to Redis was lost.");
    else client.destroy(); // no further attempts: the start fails
  });
  await client.connect();
  isOpen = true;
  const twoFactorStore = nodeRedisStore(client);
  await twoFactorStore.check();
  return {
    name: "Redis, from REDIS_URL",
    twoFactorStore,
    async get(key) {
      return (await client.get(PREFIX + key)) ?? undefined;
    },
    async add(key, value) {
      return (await client.set(PREFIX + key, value, { condition: "NX" })) === "OK";
    },
    async put(key, value, lifetimeSeconds) {
      const options = lifetimeSeconds ? { expiration: { type: "EX" as const, value: lifetimeSeconds } } : {};
      await client.set(PREFIX + key, value, options);
    },
    async replace(key, expected, value, lifetimeSeconds) {
      const words = [expected, value, String(lifetimeSeconds ?? "")];
      return (await client.eval(REPLACE, { keys: [PREFIX + key], arguments: words })) === 1;
    },
    async remove(key) {
      return (await client.getDel(PREFIX + key)) ?? undefined;
    },
    async count(key, seconds) {
      const name = PREFIX + key;
      const start = { condition: "NX", expiration: { type: "EX", value: seconds } } as const;
      const [, count, left] = await client.multi().set(name, "0", start).incr(name).ttl(name).exec();
      return { count: Number(count), secondsLeft: Number(left) };
    },
    async append(key, value) {
      await client
        .multi()
        .lPush(PREFIX + key, value)
        .lTrim(PREFIX + key, 0, MOST_IN_LIST - 1)
        .exec();
    },
    list: (key) => client.lRange(PREFIX + key, 0, -1),
    close: () => client.close(),
  };
}
