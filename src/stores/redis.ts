// Two-factor records in Redis: one hash for each user, and one Lua script, which Redis executes with nothing in between.
import { OtpError } from "../errors.ts";
import { readOptions } from "../parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { notUnderstood, requireBoolean, requireMethods, toRecord } from "./shared.ts";

/** What the store uses of a client of the package `redis`. */
export interface NodeRedisClient {
  /** Executes a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** Asked for the settings of the server, unless both are trusted. */
  info?(): Promise<unknown>;
}

/** What the store uses of a client of the package `ioredis`. */
export interface IoredisClient {
  /** Executes a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Asked for the settings of the server, unless both are trusted. */
  info?(): Promise<unknown>;
}

/** Settings of {@link nodeRedisStore} and {@link ioredisStore}. */
export interface RedisStoreOptions {
  /** What every key begins with: 1 to 200 characters without NUL. By default `halfminute:two-factor:`. The rest is the user id. */
  readonly prefix?: string;
  /** `true`: don't look whether the server evicts keys. By default `false`. */
  readonly trustEviction?: boolean;
  /** `true`: don't look whether the server keeps an append-only file. By default `false`. */
  readonly trustPersistence?: boolean;
}

/** A store with a method that looks at the server's settings. */
export interface RedisStore extends TwoFactorStore {
  /** Rejects if the server evicts keys or would forget them in a restart. The first `read` or `compareAndSet` does it anyway. */
  check(): Promise<void>;
}

const DEFAULTS: Required<RedisStoreOptions> = {
  prefix: "halfminute:two-factor:",
  trustEviction: false,
  trustPersistence: false,
};

/**
 * ARGV is a verb and what it takes: read · insert revision body · replace expected revision body · remove expected.
 * Reads go through it too: a client that sends plain reads to replicas sends scripts to the primary.
 * PERSIST, because a key that expires is a user without a second factor.
 */
const SCRIPT = `local key, verb = KEYS[1], ARGV[1]
if verb == 'read' then
  if redis.call('EXISTS', key) == 0 then return false end
  return redis.call('HMGET', key, 'revision', 'body')
end
if verb == 'insert' then
  if redis.call('EXISTS', key) == 1 then return 'lost' end
elseif redis.call('HGET', key, 'revision') ~= ARGV[2] then
  return 'lost'
end
if verb == 'remove' then
  redis.call('DEL', key)
else
  redis.call('HSET', key, 'revision', ARGV[#ARGV - 1], 'body', ARGV[#ARGV])
  redis.call('PERSIST', key)
end
return 'won'`;

/**
 * Keeps two-factor records in Redis, 6 or later, by a connected client of the package `redis`.
 *
 * The records are no cache: a server that evicts keys (`maxmemory-policy` `allkeys-…`) or keeps no append-only file is
 * refused at the first call, as `INFO` tells it. Where `INFO` may not be asked, or safety comes another way, say so with
 * `trustEviction` and `trustPersistence`. With `appendfsync everysec`, which is the default, a power cut takes the last second.
 *
 * @param client a client or cluster of the package `redis`
 * @param options `prefix`, `trustEviction` and `trustPersistence`, see {@link RedisStoreOptions}
 * @returns a store, with `check()` to look at the server's settings at start
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for a client that lacks a method and a bad prefix
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { nodeRedisStore } from "halfminute/stores/redis";
 *
 * const client = await createClient({ url: process.env.REDIS_URL }).connect();
 * const store = nodeRedisStore(client);
 * console.log(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.read("alice")); // { revision: '1', body: '{}' }
 * await client.close();
 * ```
 */
export function nodeRedisStore(client: NodeRedisClient, options?: RedisStoreOptions): RedisStore {
  return redisStore(client, (key, words) => client.eval(SCRIPT, { keys: [key], arguments: words }), options);
}

/**
 * Keeps two-factor records in Redis, 6 or later, by a client of the package `ioredis`. All else is as with {@link nodeRedisStore}.
 *
 * @param client a client or cluster of the package `ioredis`
 * @param options `prefix`, `trustEviction` and `trustPersistence`, see {@link RedisStoreOptions}
 * @returns a store, with `check()` to look at the server's settings at start
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for a client that lacks a method and a bad prefix
 * @example
 * ```ts
 * import { Redis } from "ioredis";
 * import { ioredisStore } from "halfminute/stores/redis";
 *
 * const client = new Redis(process.env.REDIS_URL ?? "");
 * const store = ioredisStore(client);
 * console.log(await store.compareAndSet("bob", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.read("bob")); // { revision: '1', body: '{}' }
 * await client.quit();
 * ```
 */
export function ioredisStore(client: IoredisClient, options?: RedisStoreOptions): RedisStore {
  return redisStore(client, (key, words) => client.eval(SCRIPT, 1, key, ...words), options);
}

function redisStore(
  client: NodeRedisClient | IoredisClient,
  evaluate: (key: string, words: string[]) => Promise<unknown>,
  options: RedisStoreOptions | undefined,
): RedisStore {
  const { prefix, trustEviction, trustPersistence } = readOptions(options, DEFAULTS);
  if (typeof prefix !== "string" || prefix.length < 1 || prefix.length > 200 || prefix.includes("\0")) {
    throw new OtpError("invalid-option", "prefix must be a text of 1 to 200 characters without NUL");
  }
  const rules = [
    ...(requireBoolean(trustEviction, "trustEviction") ? [] : [KEEPS_KEYS]),
    ...(requireBoolean(trustPersistence, "trustPersistence") ? [] : [KEEPS_A_FILE]),
  ];
  requireMethods(client, "client", rules.length > 0 ? ["eval", "info"] : ["eval"]);

  const check = async (): Promise<void> => {
    if (rules.length === 0) return;
    const info = String(await client.info?.());
    for (const { good, bad } of rules) if (!good.test(info)) throw new Error(bad);
  };
  let isChecked = false;
  const run = async (userId: string, ...words: string[]): Promise<unknown> => {
    // Until it was good once. No call waits for the question of another one, which may never be answered.
    if (!isChecked) await check();
    isChecked = true;
    return evaluate(prefix + userId, words);
  };

  return {
    check,
    read: async (userId) => toRecord(fieldsOf(await run(userId, "read"))),
    compareAndSet: async (userId, expected, next) => {
      if (expected === undefined && next === undefined) return fieldsOf(await run(userId, "read")) === undefined;
      return isWon(await run(userId, ...change(expected, next)));
    },
  };
}

interface Rule {
  /** Found in what INFO says. */
  readonly good: RegExp;
  readonly bad: string;
}

/** The other policies take only keys that expire, which none of ours does. */
const KEEPS_KEYS: Rule = {
  good: /^maxmemory_policy:(noeviction|volatile-\w+)\r?$/m,
  bad: "this Redis may evict keys, and with them second factors: set maxmemory-policy noeviction, or trustEviction: true",
};

const KEEPS_A_FILE: Rule = {
  good: /^aof_enabled:1\r?$/m,
  bad: "this Redis keeps no append-only file, so a restart undoes what it wrote: set appendonly yes, or trustPersistence: true",
};

function change(expected: string | undefined, next: TwoFactorRecord | undefined): string[] {
  if (next === undefined) return ["remove", expected ?? ""];
  if (expected === undefined) return ["insert", next.revision, next.body];
  return ["replace", expected, next.revision, next.body];
}

function isWon(answer: unknown): boolean {
  if (answer !== "won" && answer !== "lost") throw notUnderstood();
  return answer === "won";
}

/** An answer of the verb `read`: two fields in their order, or nothing. */
function fieldsOf(answer: unknown): { revision: unknown; body: unknown } | undefined {
  if (answer === null) return undefined;
  if (!Array.isArray(answer)) throw notUnderstood();
  const [revision, body] = answer as unknown[];
  return { revision, body };
}

export type { TwoFactorRecord, TwoFactorStore };
