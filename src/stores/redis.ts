// Two-factor records in Redis: one hash per user, and one Lua script, which Redis executes
// atomically.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireBoolean, requireMethods } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { unexpectedAnswer, toRecord } from "./shared.ts";

/** The part of a client of the package `redis` that the store uses. */
export interface NodeRedisClient {
  /** Executes a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** The masters of a cluster. */
  readonly masters?: readonly unknown[];
  /** Returns the client of one node of a cluster. */
  nodeClient?(node: never): Promise<NodeRedisClient>;
}

/** The part of a client of the package `ioredis` that the store uses. */
export interface IoredisClient {
  /** Executes a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Returns the clients of a cluster's masters. */
  nodes?(role: "master"): readonly IoredisClient[];
}

/** Options of {@link nodeRedisStore} and {@link ioredisStore}. */
export interface RedisStoreOptions {
  /**
   * The prefix of every key, before the user id: 1 to 200 characters without NUL. Default:
   * `halfminute:two-factor:`.
   */
  readonly prefix?: string;
  /** Whether to skip the check that the server does not evict keys. Default: `false`. */
  readonly trustEviction?: boolean;
  /** Whether to skip the check that the server keeps an append-only file. Default: `false`. */
  readonly trustPersistence?: boolean;
}

/** A store that can check the server's settings. */
export interface RedisStore extends TwoFactorStore {
  /**
   * Rejects if the server, or a master of the cluster, evicts keys or would lose them in a restart.
   * Call it at startup; every write also checks the server that it writes to.
   */
  check(): Promise<void>;
}

const DEFAULTS: Required<RedisStoreOptions> = {
  prefix: "halfminute:two-factor:",
  trustEviction: false,
  trustPersistence: false,
};

/**
 * ARGV is a verb, the checks, and the verb's arguments: check · read · insert revision body ·
 * replace expected revision body · remove expected. Reads also use the script, because a client
 * that sends plain reads to replicas sends scripts to the primary. PERSIST, because an expired key
 * would be a user without a second factor.
 *
 * The server that runs the script reads its own settings in the same step as the write, so no
 * cluster node, restart or failover escapes the check. An existing record can always be read; a
 * missing one may have been lost. `[nv]o` is `noeviction`, or a policy `volatile-…`, which evicts
 * only keys that expire; the store's never do.
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

/** The script's answers if the server is unsuitable. */
const FAULTS: ReadonlyMap<unknown, string> = new Map([
  ["evicts", "may evict second factors: set maxmemory-policy noeviction, or trustEviction"],
  ["forgets", "keeps no append-only file, so a restart undoes writes: set appendonly yes, or trustPersistence"],
]);

/**
 * Creates a store in Redis, 6 or later, with a connected client of the package `redis`.
 *
 * The records are not a cache: every write checks the server by `INFO`, and rejects if it evicts
 * keys (`maxmemory-policy` `allkeys-…`) or keeps no append-only file. If `INFO` is forbidden, or
 * the data is safe in another way, set `trustEviction` and `trustPersistence`. With
 * `appendfsync everysec`, the default, a power cut loses the last second or two.
 *
 * @param client - A client or cluster of the package `redis`.
 * @param options - The prefix of keys, and which settings to trust.
 * @returns A store; call its `check()` at startup to check the server's settings.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a client without `eval`, or an invalid prefix.
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
 * Creates a store in Redis, 6 or later, with a client of the package `ioredis`. Otherwise the same
 * as {@link nodeRedisStore}.
 *
 * @param client - A client or cluster of the package `ioredis`.
 * @param options - The prefix of keys, and which settings to trust.
 * @returns A store; call its `check()` at startup to check the server's settings.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a client without `eval`, or an invalid prefix.
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

/** How to use the clients of a package. */
interface Driver<Client> {
  readonly evaluate: (client: Client, keys: string[], words: string[]) => Promise<unknown>;
  /** The clients of the masters, if it is a connected cluster. */
  readonly masters: (client: Client) => Promise<readonly Client[]>;
}

function redisStore<Client>(
  client: Client,
  { evaluate, masters }: Driver<Client>,
  options: RedisStoreOptions | undefined,
): RedisStore {
  const { prefix, trustEviction, trustPersistence } = readOptions(options, DEFAULTS);
  if (typeof prefix !== "string" || prefix.length < 1 || prefix.length > 200 || prefix.includes("\0")) {
    throw new OtpError("invalid-option", "prefix must be 1 to 200 characters without NUL");
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
      // Through the cluster first: it knows its masters once it has answered.
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

/** An answer of the verb `read`: two fields in order, or `null`. */
function fieldsOf(answer: unknown): { revision: unknown; body: unknown } | undefined {
  if (answer === null) return undefined;
  if (!Array.isArray(answer)) throw unexpectedAnswer();
  const [revision, body] = answer as unknown[];
  return { revision, body };
}

export type { TwoFactorRecord, TwoFactorStore };
