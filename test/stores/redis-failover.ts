// Failovers of a Redis cluster for tests: the first master and its replica change places.
import { readFileSync } from "node:fs";
import path from "node:path";

import { type RedisCluster, type RedisNode, hasReplica, isKeyOf, startRedisCluster, until } from "./redis-cluster.ts";
import { connect } from "./connections.js";
import { redisCli } from "./servers.ts";

/**
 * `cluster-node-timeout` in milliseconds: during a planned failover, and otherwise, which is what
 * Redis has by default. The others do not vote for the replica of the same one again before twice
 * that is over.
 */
const DURING_FAILOVER = 2000;
const BY_DEFAULT = 15_000;
/** A planned failover that has not come about by then is given up by Redis. */
const GIVEN_UP_AFTER = 5000;

export interface Pair {
  readonly cluster: RedisCluster;
  /** The one of the two that is the master now, and the other. */
  master: RedisNode;
  replica: RedisNode;
  readonly others: readonly RedisNode[];
  /** A key on the master that nobody else uses. */
  readonly marker: string;
}

export async function startPair(): Promise<Pair> {
  const cluster = await startRedisCluster(1);
  const [master, ...others] = cluster.masters;
  const [replica] = cluster.replicas;
  if (!master || !replica) throw new Error("there must be a master and a replica");
  let marker = 0;
  while (!(await isKeyOf(cluster, 0, `marker ${marker}`))) marker++;
  return { cluster, master, replica, others, marker: `marker ${marker}` };
}

/** All that was written to the master before is at the replica after it. */
export async function waitForReplica({ master, marker }: Pair): Promise<void> {
  const { connection, close } = await connect("redis", master.address);
  try {
    // Asked again and again: on a busy machine the replica may be dropped and come back in between.
    await until(async () => {
      await connection.set(marker, "");
      const acknowledged: unknown = await connection.sendCommand(["WAIT", "1", "1000"]);
      return acknowledged === 1;
    }, "the replica has acknowledged what was written");
  } finally {
    await close();
  }
}

/** A planned failover: the replica asks for it. */
export async function changePlaces(pair: Pair): Promise<void> {
  const all = [pair.master, pair.replica, ...pair.others];
  await setTimeouts(all, DURING_FAILOVER);
  let askedAt = 0;
  const isPromoted = async (): Promise<boolean> => {
    if (await isMaster(pair.replica)) return true;
    if (Date.now() > askedAt + GIVEN_UP_AFTER) {
      await redisCli(pair.replica.address, "cluster", "failover");
      askedAt = Date.now();
    }
    return false;
  };
  await until(isPromoted, "the replica is promoted");
  swap(pair);
  await setTimeouts(all, BY_DEFAULT);
  await settled(pair);
}

/** The replica gets nothing from now on. It knows it, and so does the master. */
export async function cutReplica({ master }: Pair): Promise<void> {
  await redisCli(master.address, "acl", "setuser", "default", "-psync", "-sync");
  await redisCli(master.address, "client", "kill", "type", "replica");
  await until(async () => !(await hasReplica(master)), "the replica is cut off");
}

/**
 * Not by SYNC, which a replica tries when PSYNC is refused: then it acknowledges nothing.
 */
export async function joinReplica({ master }: Pair): Promise<void> {
  await redisCli(master.address, "acl", "setuser", "default", "+psync");
  await until(() => hasReplica(master), "the replica is connected again");
}

/**
 * After the master has ended: the replica takes its place, at once. Redis would have the other
 * masters vote, which a busy machine holds up, and a vote changes nothing about the data.
 */
export async function promote(pair: Pair): Promise<void> {
  await redisCli(pair.replica.address, "cluster", "failover", "takeover");
  swap(pair);
  const left = [pair.master, ...pair.others];
  await explained(left, async () => {
    await known(pair, pair.others);
    await until(async () => (await Promise.all(left.map(isOk))).every(Boolean), "the cluster is whole again");
  });
}

/** What fails says how each node sees the cluster, and what it logged. */
async function explained(nodes: readonly RedisNode[], wait: () => Promise<void>): Promise<void> {
  const view = async ({ address }: RedisNode): Promise<string[]> => [
    ...(await Promise.all(["info", "nodes"].map((what) => redisCli(address, "cluster", what).catch(String)))),
    readFileSync(path.join(path.dirname(address), "log"), "utf8").slice(-3000),
  ];
  try {
    await wait();
  } catch (error) {
    throw new Error((await Promise.all(nodes.map(view))).flat().join("\n"), { cause: error });
  }
}

/** The old master comes back, and becomes the replica of the new one. */
export async function comeBack(pair: Pair): Promise<void> {
  await pair.replica.up();
  await settled(pair);
}

export async function setTimeouts(nodes: readonly RedisNode[], milliseconds: number): Promise<void> {
  for (const { address } of nodes)
    await redisCli(address, "config", "set", "cluster-node-timeout", String(milliseconds));
}

export async function isOk({ address }: RedisNode): Promise<boolean> {
  return (await redisCli(address, "cluster", "info")).includes("cluster_state:ok");
}

async function isMaster({ address }: RedisNode): Promise<boolean> {
  return (await redisCli(address, "info", "replication")).includes("role:master");
}

function swap(pair: Pair): void {
  [pair.master, pair.replica] = [pair.replica, pair.master];
}

/** All nodes know who is the master now, and the other one gets what is written. */
async function settled(pair: Pair): Promise<void> {
  const { master, replica, others } = pair;
  await explained([master, replica, ...others], async () => {
    await until(() => hasReplica(master), "the old master is a replica");
    await known(pair, [replica, ...others]);
  });
}

async function known({ master }: Pair, nodes: readonly RedisNode[]): Promise<void> {
  const id = await redisCli(master.address, "cluster", "myid");
  const knows = async ({ address }: RedisNode): Promise<boolean> =>
    (await redisCli(address, "cluster", "nodes"))
      .split("\n")
      .some((line) => line.startsWith(id) && /\bmaster\b.* connected \d/.test(line));
  await until(async () => (await Promise.all(nodes.map(knows))).every(Boolean), "all know the master");
}
