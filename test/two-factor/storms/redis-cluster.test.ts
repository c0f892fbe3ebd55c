// Several servers on one Redis cluster of three masters.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import * as library from "../../../src/stores/redis.ts";
import { connect, storeOn } from "../../stores/connections.js";
import { type Place } from "../../stores/processes.ts";
import { type RedisCluster, startRedisCluster } from "../../stores/redis-cluster.ts";
import { hasRedis, redisCli } from "../../stores/servers.ts";
import { size } from "../../stores/sizes.ts";
import { killTests, stormTests } from "./crowded.ts";

describe.runIf(hasRedis())("a Redis cluster of three masters", () => {
  let cluster: RedisCluster;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await cluster.stop();
  });

  const openPlace = async (driver: "redis cluster" | "ioredis cluster"): Promise<Place> => {
    for (const { address } of cluster.masters) await redisCli(address, "config", "resetstat");
    const options = { prefix: `${driver}:` };
    const { connection, close } = await connect(driver, cluster.address);
    open.push(close);
    const store = storeOn(driver, connection, library, options);
    return { store, start: { driver, address: cluster.address, options } };
  };

  /** Without this, all could be about one master. */
  const expectAllMasters = async (): Promise<void> => {
    for (const { address } of cluster.masters) {
      expect(Number(await redisCli(address, "dbsize"))).toBeGreaterThan(0);
      const [, calls] = /cmdstat_eval:calls=(\d+)/.exec(await redisCli(address, "info", "commandstats")) ?? [];
      expect(Number(calls)).toBeGreaterThan(100);
    }
  };

  // Each client has one half; both have all of it in the long size only.
  const isLong = size.rounds > 20;
  // Each node does what a single Redis does, so here the middle size is a smaller one.
  const [rounds, kills] = isLong ? [size.rounds, size.kills] : [Math.min(size.rounds, 5), Math.min(size.kills, 15)];
  describe.each(["redis cluster", "ioredis cluster"] as const)("%s", (driver) => {
    if (isLong || driver === "redis cluster") {
      describe("storms", () => {
        stormTests(() => openPlace(driver), rounds);
        it("are about people on every master", expectAllMasters);
      });
    }
    if (isLong || driver === "ioredis cluster") {
      killTests(() => openPlace(driver), undefined, kills);
      it("processes are killed while they write to every master", expectAllMasters);
    }
  });
});
