// A Redis cluster for tests: three masters, and a replica for each where failovers are wanted. Free
// ports are asked for.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { redisCli, type Server, startRedis } from "./servers.ts";

const MASTERS = 3;
const SLOTS = 16_384;

export interface RedisNode extends Server {
  readonly port: number;
}

export interface RedisCluster {
  /** The ports of all its nodes, with commas between them. */
  readonly address: string;
  /** Each with a share of the slots: from `first` to the next one's. */
  readonly masters: readonly (RedisNode & { readonly first: number })[];
  /** One for each of the first masters, in their order. */
  readonly replicas: readonly RedisNode[];
  stop(): Promise<void>;
}

/**
 * Three masters, and so many replicas. Somebody else may take a port just before a server does;
 * then others are tried. No node is taken for dead by itself within any test:
 * `cluster-node-timeout` is what Redis has by default.
 */
export async function startRedisCluster(replicas = 0, tries = 5): Promise<RedisCluster> {
  const many = MASTERS + replicas;
  const ports = await freePorts(2 * many);
  const buses = ports.slice(many);
  const started = await Promise.allSettled(buses.map((bus, index) => startNode(ports[index] as number, bus)));
  const nodes = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  if (nodes.length === many && (await form(nodes, buses))) {
    return {
      address: nodes.map(({ port }) => port).join(","),
      masters: nodes.slice(0, MASTERS).map((node, index) => ({ ...node, first: firstSlot(index) })),
      replicas: nodes.slice(MASTERS),
      stop,
    };
  }
  await stop();
  if (tries === 1) throw new Error("the Redis cluster does not form");
  return startRedisCluster(replicas, tries - 1);
}

/**
 * Whether a key is one of the slots of a master, or now of its replica. The last master is asked:
 * no test ends it.
 */
export async function isKeyOf({ masters }: RedisCluster, index: number, key: string): Promise<boolean> {
  const slot = Number(await redisCli(masters.at(-1)?.address ?? "", "cluster", "keyslot", key));
  return slot >= firstSlot(index) && slot < firstSlot(index + 1);
}

/**
 * Waits until something holds of the servers; how long that takes is for them to say. A test has
 * more time than that, so what it waited for is in its error.
 */
export async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = Date.now() + 100_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`it never came to this: ${what}`);
    await sleep(50);
  }
}

async function startNode(port: number, bus: number): Promise<RedisNode> {
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    "cluster-enabled": "yes",
    "cluster-port": String(bus),
    "cluster-allow-replica-migration": "no",
    // A replica that was cut off for a while may still be promoted, and a new one need not wait for
    // others.
    "cluster-replica-validity-factor": "0",
    "repl-diskless-sync-delay": "0",
  };
  return { ...(await startRedis(settings)), port };
}

/** Whether they have become a cluster. */
async function form(nodes: readonly RedisNode[], buses: readonly number[]): Promise<boolean> {
  const masters = nodes.slice(0, MASTERS);
  for (const [index, { address }] of nodes.entries()) {
    await redisCli(address, "cluster", "set-config-epoch", String(index + 1));
    if (index < MASTERS) {
      await redisCli(address, "cluster", "addslotsrange", String(firstSlot(index)), String(firstSlot(index + 1) - 1));
    }
    if (index > 0) await redisCli(address, "cluster", "meet", "127.0.0.1", String(nodes[0]?.port), String(buses[0]));
  }
  const isFormed = async ({ address }: Server): Promise<boolean> => {
    const info = await redisCli(address, "cluster", "info");
    return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes.length}`);
  };
  try {
    await until(async () => (await Promise.all(nodes.map(isFormed))).every(Boolean), "all nodes know each other");
    for (const [index, { address }] of nodes.slice(MASTERS).entries()) {
      const master = masters[index] as RedisNode;
      await redisCli(address, "cluster", "replicate", await redisCli(master.address, "cluster", "myid"));
      await until(() => hasReplica(master), "the replica is connected");
    }
    const isKnown = async ({ address }: Server): Promise<boolean> =>
      (await redisCli(address, "cluster", "nodes")).split("slave ").length === nodes.length - MASTERS + 1;
    await until(async () => (await Promise.all(nodes.map(isKnown))).every(Boolean), "all replicas are known");
    return true;
  } catch {
    return false;
  }
}

/** Whether a replica gets what is written to this master. */
export async function hasReplica({ address }: Server): Promise<boolean> {
  return (await redisCli(address, "info", "replication")).includes("state=online");
}

function firstSlot(index: number): number {
  return Math.ceil((index * SLOTS) / MASTERS);
}

/** All are held before one is let go, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(holders.map((holder) => once(holder, "listening")));
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port);
  await Promise.all(holders.map((holder) => once(holder.close(), "close")));
  return ports;
}
