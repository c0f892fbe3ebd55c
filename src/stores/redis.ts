// Two-factor records in Redis: one hash for each user, and one Lua script, which Redis executes with nothing in between.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireBoolean, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { unexpectedAnswer, toRecord } from "./shared.ts";

/** What the store uses of a client of the package `redis`. */
export interface NodeRedisClient {
  /** Executes a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** The masters, if it is a cluster. */
  readonly masters?: readonly unknown[];
  /** The client of one node, if it is a cluster. */
  nodeClient?(node: never): Promise<NodeRedisClient>;
}

/** What the store uses of a client of the package `ioredis`. */
export interface IoredisClient {
  /** Executes a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** The clients of the masters, if it is a cluster. */
  nodes?(role: "master"): readonly IoredisClient[];
}

/** Settings of {@link nodeRedisStore} and {@link ioredisStore}. */
export interface RedisStoreOptions {
  /** What every key begins with: 1 to 200 characters without NUL. By default `halfminute:two-factor:`. The rest is the user id. */
  readonly prefix?: string;
  /** `true`: don't check whether the server evicts keys. By default `false`. */
  readonly trustEviction?: boolean;
  /** `true`: don't check whether the server keeps an append-only file. By default `false`. */
  readonly trustPersistence?: boolean;
}

/** A store with a method that checks the server's settings. */
export interface RedisStore extends TwoFactorStore {
  /**
   * Rejects if the server, or a master of the cluster, evicts keys or would lose them in a restart. Call it at start. Every
   * write checks the server that it writes to in any case.
   */
  check(): Promise<void>;
}

const DEFAULTS: Required<RedisStoreOptions> = {
  prefix: "halfminute:two-factor:",
  trustEviction: false,
  trustPersistence: false,
};

/**
 * ARGV is a verb, the checks, and what the verb takes: check · read · insert revision body · replace expected revision body ·
 * remove expected. Reads go through it too: a client that sends plain reads to replicas sends scripts to the primary.
 * PERSIST, because a key that expires is a user without a second factor.
 *
 * The settings are read by the server that runs the script, in the same step as the write: no node of a cluster, no restart and
 * no failover gets past that. A record that is there can be read in any case; one that is missing may have been lost.
 * `[nv]o` is `noeviction`, or a policy `volatile-…`: those evict only keys that expire, which none of ours does.
 */
const SCRIPT = `local key, verb, checks, call = KEYS[1], ARGV[1], ARGV[2], redis.call
local function fault()
  if checks:find('e') and not call('INFO', 'memory'):find('maxmemory_policy:[nv]o') then return 'evicts' end
  if checks:find('p') and not call('INFO', 'persistence'):find('aof_enabled:1') then return 'forgets' end
end
if verb == 'check' then return fault() or 'won' end
if verb == 'read' then
  if call('EXISTS', key) == 0 then return fault() or false end
  return call('HMGET', key, 'revision', 'body')
end
if verb == 'insert' then
  if call('EXISTS', key) == 1 then return 'lost' end
elseif call('HGET', key, 'revision') ~= ARGV[3] then
  return 'lost'
end
local found = fault()
if found then return found end
if verb == 'remove' then
  call('DEL', key)
else
  call('HSET', key, 'revision', ARGV[#ARGV - 1], 'body', ARGV[#ARGV])
  call('PERSIST', key)
end
return 'won'`;

/** What the script answers when the server is not fit for it. */
const FAULTS: ReadonlyMap<unknown, string> = new Map([
  ["evicts", "may evict second factors: set maxmemory-policy noeviction, or trustEviction"],
  ["forgets", "keeps no append-only file, so a restart undoes writes: set appendonly yes, or trustPersistence"],
]);

/**
 * Keeps two-factor records in Redis, 6 or later, by a connected client of the package `redis`.
 *
 * The records are not a cache: every write asks the server that it writes to, by `INFO`, and refuses one that evicts keys
 * (`maxmemory-policy` `allkeys-…`) or keeps no append-only file. Where `INFO` is forbidden, or the data is safe in another way,
 * set `trustEviction` and `trustPersistence`. With `appendfsync everysec`, the default, a power cut takes the last second or two.
 *
 * @param client a client or cluster of the package `redis`
 * @param options `prefix`, `trustEviction` and `trustPersistence`, see {@link RedisStoreOptions}
 * @returns a store, with `check()` for the server's settings, to call at start
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for a client that lacks a method and a bad prefix
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { nodeRedisStore } from "halfminute/stores/redis";
 *
 * const client = await createClient({ url: process.env.REDIS_URL ?? "redis://localhost" }).connect();
 * const store = nodeRedisStore(client);
 * console.log(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.read("alice")); // { revision: '1', body: '{}' }
 * await client.close();
 * ```
 */
export function nodeRedisStore(client: NodeRedisClient, options?: RedisStoreOptions): RedisStore {
  return redisStore(
    client,
    {
      evaluate: (on, keys, words) => on.eval(SCRIPT, { keys, arguments: words }),
      masters: (on) =>
        Promise.all((on.masters ?? []).map(async (node) => (await on.nodeClient?.(node as never)) ?? on)),
    },
    options,
  );
}

/**
 * Keeps two-factor records in Redis, 6 or later, by a client of the package `ioredis`. All else is as with {@link nodeRedisStore}.
 *
 * @param client a client or cluster of the package `ioredis`
 * @param options `prefix`, `trustEviction` and `trustPersistence`, see {@link RedisStoreOptions}
 * @returns a store, with `check()` for the server's settings, to call at start
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
  return redisStore(
    client,
    {
      evaluate: (on, keys, words) => on.eval(SCRIPT, keys.length, ...keys, ...words),
      masters: (on) => Promise.resolve(on.nodes?.("master") ?? []),
    },
    options,
  );
}

/** How the clients of a package are used. */
interface Driver<Client> {
  readonly evaluate: (client: Client, keys: string[], words: string[]) => Promise<unknown>;
  /** The clients of the masters, if it is a cluster that is connected. */
  readonly masters: (client: Client) => Promise<readonly Client[]>;
}

function redisStore<Client>(
  client: Client,
  { evaluate, masters }: Driver<Client>,
  options: RedisStoreOptions | undefined,
): RedisStore {
  const { prefix, trustEviction, trustPersistence } = readOptions(options, DEFAULTS);
  if (typeof prefix !== "string" || prefix.length < 1 || prefix.length > 200 || prefix.includes("\0")) {
    throw new OtpError("invalid-option", "prefix must be a text of 1 to 200 characters without NUL");
  }
  const checks =
    (requireBoolean(trustEviction, "trustEviction") ? "" : "e") +
    (requireBoolean(trustPersistence, "trustPersistence") ? "" : "p");
  requireMethods<IoredisClient>(client, "client", ["eval"], "a client of redis or ioredis");

  const run = async (on: Client, keys: string[], verb: string, ...words: string[]): Promise<unknown> => {
    const answer = await evaluate(on, keys, [verb, checks, ...words]);
    const fault = FAULTS.get(answer);
    if (fault !== undefined) throw new Error(`this Redis ${fault}: true`);
    return answer;
  };
  const read = async (userId: string): Promise<TwoFactorRecord | undefined> =>
    toRecord(fieldsOf(await run(client, [prefix + userId], "read")));

  return {
    check: async () => {
      if (checks === "") return;
      // Through the cluster first: it knows its masters as soon as it answers.
      isWon(await run(client, [prefix], "check"));
      for (const master of await masters(client)) isWon(await run(master, [], "check"));
    },
    read,
    compareAndSet: async (userId, expected, next) => {
      if (expected === undefined && next === undefined) return (await read(userId)) === undefined;
      return isWon(await run(client, [prefix + userId], ...change(expected, next)));
    },
  };
}

function change(expected: string | undefined, next: TwoFactorRecord | undefined): [string, ...string[]] {
  if (next === undefined) return ["remove", expected ?? ""];
  if (expected === undefined) return ["insert", next.revision, next.body];
  return ["replace", expected, next.revision, next.body];
}

function isWon(answer: unknown): boolean {
  if (answer !== "won" && answer !== "lost") throw unexpectedAnswer();
  return answer === "won";
}

/** An answer of the verb `read`: two fields in their order, or nothing. */
function fieldsOf(answer: unknown): { revision: unknown; body: unknown } | undefined {
  if (answer === null) return undefined;
  if (!Array.isArray(answer)) throw unexpectedAnswer();
  const [revision, body] = answer as unknown[];
  return { revision, body };
}

export type { TwoFactorRecord, TwoFactorStore };
