// What a failover of a Redis cluster may take, in the middle of a storm.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import * as library from "../../../src/stores/redis.ts";
import { connect, storeOn } from "../../stores/connections.js";
import { isKeyOf } from "../../stores/redis-cluster.ts";
import {
  changePlaces,
  comeBack,
  cutReplica,
  type Pair,
  promote,
  startPair,
  waitForReplica,
} from "../../stores/redis-failover.ts";
import { hasRedis } from "../../stores/servers.ts";
import { size } from "../../stores/sizes.ts";
import { committedOf, type Endurer, type Enduring, enduring, expectOnePass, goOn, lossesOf } from "./enduring.ts";

const failovers = 1 + 2 * size.crashes;
/**
 * So many people are on the master that fails. The others must notice nothing worse than that the
 * store is away.
 */
const MOVED = 4;

describe.runIf(hasRedis())("a failover of a Redis cluster in the middle of a storm", () => {
  let pair: Pair;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await pair.cluster.stop();
  });

  describe.each(["redis cluster", "ioredis cluster"] as const)("%s", (driver) => {
    const openStorm = async (name: string): Promise<Enduring> => {
      const prefix = `${driver} ${name}:`;
      const { connection, close } = await connect(driver, pair.cluster.address);
      open.push(close);
      const userIds: string[] = [];
      for (const [master, many] of [MOVED, 1, 1].entries()) {
        for (let index = 0, found = 0; found < many; index++) {
          if (!(await isKeyOf(pair.cluster, master, `${prefix}user ${index}`))) continue;
          userIds.push(`user ${index}`);
          found++;
        }
      }
      const options = { prefix };
      return {
        store: storeOn(driver, connection, library, options),
        start: { driver, address: pair.cluster.address, options },
        userIds,
      };
    };

    const failOver = async (all: readonly Endurer[]): Promise<void> => {
      await pair.master.signal("KILL");
      await promote(pair);
      await goOn(all, 10);
      await comeBack(pair);
    };

    it(`planned, ${failovers} times: nothing is lost, and nothing that passed passes again`, async () => {
      const people = await enduring(await openStorm("planned"), async (all) => {
        for (let failover = 0; failover < failovers; failover++) {
          await changePlaces(pair);
          await goOn(all, 10);
        }
      });
      for (const each of people) {
        expect(lossesOf(each)).toEqual([]);
        expectOnePass(each, []);
      }
    });

    it(`by kill -9 of the master, ${failovers} times: what the replica has acknowledged is not lost`, async () => {
      const acknowledged: number[][] = [];
      const people = await enduring(await openStorm("killed"), async (all) => {
        for (let failover = 0; failover < failovers; failover++) {
          acknowledged.push(all.map((each) => committedOf(each).length));
          await waitForReplica(pair);
          await goOn(all, 3);
          await failOver(all);
        }
      });
      for (const [index, each] of people.entries()) {
        const losses = lossesOf(each);
        expect(losses.length).toBeLessThanOrEqual(index < MOVED ? failovers : 0);
        for (const { kept, committed } of losses) {
          const before = acknowledged.map((counts) => counts[index] ?? 0).findLast((count) => count <= committed);
          expect(kept).toBeGreaterThanOrEqual(before ?? Infinity);
        }
        expectOnePass(each, losses);
      }
    });

    it("by kill -9 of a master whose replica was cut off: all that was written since is lost, and no more", async () => {
      let [acknowledged, cutAt]: [string[], string[]] = [[], []];
      const { store, ...storm } = await openStorm("cut off");
      const people = await enduring({ store, ...storm }, async (all) => {
        const revisionOf = async ({ person }: Endurer): Promise<string> =>
          (await store.read(person.userId))?.revision ?? "";
        acknowledged = await Promise.all(all.map(revisionOf));
        await waitForReplica(pair);
        await cutReplica(pair);
        cutAt = await Promise.all(all.map(revisionOf));
        await goOn(all, 5);
        await failOver(all);
      });
      for (const [index, each] of people.entries()) {
        const losses = lossesOf(each);
        expect(losses).toHaveLength(index < MOVED ? 1 : 0);
        const revisions = [each.first.revision, ...committedOf(each)];
        expect(revisions).toEqual(expect.arrayContaining([acknowledged[index], cutAt[index]]));
        for (const { kept } of losses) {
          expect(kept).toBeGreaterThanOrEqual(revisions.indexOf(acknowledged[index] ?? ""));
          expect(kept).toBeLessThanOrEqual(revisions.indexOf(cutAt[index] ?? ""));
        }
        expectOnePass(each, losses);
      }
    });

    it("is noticed where the store says true before it has written", async () => {
      const storm = { ...(await openStorm("mutant")), mutant: "writes at the end" } as const;
      for (const each of await enduring(storm, (all) => goOn(all, 3))) {
        expect(lossesOf(each)).toMatchObject([{ kept: 0 }]);
      }
    });
  });
});
