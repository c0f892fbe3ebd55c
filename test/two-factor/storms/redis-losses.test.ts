// What is lost with a master of a Redis cluster, forced: each loss that the guide names, and what
// it means for second factors.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import * as library from "../../../src/stores/redis.ts";
import { type RedisStore } from "../../../src/stores/redis.ts";
import { type TwoFactorRecord } from "../../../src/two-factor/index.ts";
import { connect, storeOn } from "../../stores/connections.js";
import { isKeyOf, type RedisNode, until } from "../../stores/redis-cluster.ts";
import {
  changePlaces,
  comeBack,
  cutReplica,
  isOk,
  joinReplica,
  type Pair,
  promote,
  setTimeouts,
  startPair,
  waitForReplica,
} from "../../stores/redis-failover.ts";
import { hasRedis, redisCli } from "../../stores/servers.ts";
import { size } from "../../stores/sizes.ts";
import { activePerson, at, FIRST, pendingPerson, stateOf } from "./person.ts";
import { BINDING, codeOf, outcomeOf, type Outcome, wrongCodes } from "./tasks.js";

const REJECTED = { refused: "code-rejected" };
const PASSED = { passed: { method: "code" } };
const IMPATIENT = { storeTimeout: 1000 };

describe.runIf(hasRedis())("a Redis cluster whose master fails", () => {
  let pair: Pair;
  const open: (() => Promise<void>)[] = [];
  let persons = 0;

  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await pair.cluster.stop();
  });

  describe.each(["redis cluster", "ioredis cluster"] as const)("%s", (driver) => {
    const prefix = `${driver}:`;
    // What is lost is for the servers to say: in the small size each client sees a half of it.
    const isLonger = size.rounds > 2;
    const oneHalf = half(isLonger || driver === "redis cluster");
    const otherHalf = half(isLonger || driver === "ioredis cluster");
    let store: RedisStore;

    beforeEach(async () => {
      const { connection, close } = await connect(driver, pair.cluster.address);
      open.push(close);
      store = storeOn(driver, connection, library, { prefix });
      await store.check();
    });

    /** Somebody on the master that fails. */
    const newUserId = async (): Promise<string> => {
      while (!(await isKeyOf(pair.cluster, 0, `${prefix}user ${++persons}`)));
      return `user ${persons}`;
    };
    const verify = (userId: string, counter: number, code: string): Promise<Outcome> =>
      outcomeOf(at(store, counter, IMPATIENT).verify(userId, code));
    const recordOf = async (userId: string): Promise<TwoFactorRecord> => (await store.read(userId)) as TwoFactorRecord;

    /** Until then the client may still ask the one that is gone, and say so. */
    const answers = (userId: string): Promise<void> =>
      until(() => store.read(userId).then(Boolean, () => false), "the client has found the master");
    const promoted = async (userId: string): Promise<void> => {
      await promote(pair);
      await answers(userId);
    };

    /** What a node has, whoever is the master. */
    const copyOn = async (node: RedisNode, userId: string): Promise<object> => {
      const { connection, close } = await connect("redis", node.address);
      try {
        await connection.sendCommand(["READONLY"]);
        return { ...(await connection.hGetAll(prefix + userId)) };
      } finally {
        await close();
      }
    };

    otherHalf("keeps everything if the replica had caught up", async () => {
      const { userId, secret, recoveryCodes } = await activePerson(store, await newUserId());
      const [spent = ""] = recoveryCodes;
      expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toMatchObject(PASSED);
      expect((await outcomeOf(at(store, FIRST).verify(userId, spent))).refused).toBeUndefined();
      await waitForReplica(pair);
      const record = await recordOf(userId);
      await pair.master.signal("KILL");
      expect(await verify(userId, FIRST + 1, codeOf(secret, FIRST + 1))).toMatchObject({
        refused: "store-unavailable",
      });
      await promoted(userId);
      expect(await recordOf(userId)).toEqual(record);
      expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toEqual(REJECTED);
      expect(await verify(userId, FIRST, spent)).toEqual(REJECTED);
      await comeBack(pair);
    });

    oneHalf("goes back to an older whole record if the replica had not, and the old master gives in", async () => {
      const { userId, secret, recoveryCodes } = await activePerson(store, await newUserId());
      const leaver = await activePerson(store, await newUserId());
      const newcomer = await pendingPerson(store, await newUserId());
      const [spent = ""] = recoveryCodes;
      const remember = { binding: BINDING };
      const { browser } = await at(store, FIRST).verify(userId, codeOf(secret, FIRST), { remember });
      const come = (token?: string): Promise<Outcome> =>
        outcomeOf(at(store, FIRST + 1).recognizeBrowser(userId, token, remember));
      await waitForReplica(pair);
      const kept = await recordOf(userId);
      await cutReplica(pair);

      const code = codeOf(secret, FIRST + 1);
      const [wrong = ""] = wrongCodes(secret, FIRST + 1, 1);
      expect(await verify(userId, FIRST + 1, code)).toMatchObject(PASSED);
      expect(await verify(userId, FIRST + 1, spent)).toMatchObject({ passed: { method: "recovery-code" } });
      const token = (await come(browser?.token)).passed;
      expect(await verify(userId, FIRST + 1, wrong)).toEqual(REJECTED);
      expect(await stateOf(store, userId)).toMatchObject({ failures: 1, browsers: [{ generation: 2 }] });
      const { deviceId } = newcomer;
      await at(store, FIRST).confirm(newcomer.userId, codeOf(newcomer.secret, FIRST), { deviceId });
      await at(store, FIRST).disable(leaver.userId);
      expect(await store.read(leaver.userId)).toBeUndefined();

      await pair.master.signal("KILL");
      expect(await verify(userId, FIRST + 2, codeOf(secret, FIRST + 2))).toMatchObject({
        refused: "store-unavailable",
      });
      await promoted(userId);
      expect(await recordOf(userId)).toEqual(kept);
      expect(await stateOf(store, userId)).toMatchObject({ failures: 0, browsers: [{ generation: 1 }] });
      // What was spent in the lost moment is good again, once. A token goes on in its line.
      expect(await come(browser?.token)).toEqual({ passed: token });
      for (const [again, method] of [
        [code, "code"],
        [spent, "recovery-code"],
      ] as const) {
        expect(await verify(userId, FIRST + 1, again)).toMatchObject({ passed: { method } });
        expect(await verify(userId, FIRST + 1, again)).toEqual(REJECTED);
      }
      // Who had just enrolled has no second factor, and who had just left has one.
      expect(await verify(newcomer.userId, FIRST + 1, codeOf(newcomer.secret, FIRST + 1))).toEqual({
        refused: "not-enrolled",
      });
      expect(await verify(leaver.userId, FIRST, codeOf(leaver.secret, FIRST))).toMatchObject(PASSED);

      await comeBack(pair);
      for (const each of [userId, leaver.userId, newcomer.userId]) {
        expect(await copyOn(pair.replica, each)).toEqual({ ...(await recordOf(each)) });
      }
    });

    otherHalf(
      "writes for no longer than cluster-node-timeout without the majority, and what it wrote is lost",
      async () => {
        const { userId, secret } = await activePerson(store, await newUserId());
        await waitForReplica(pair);
        const kept = await recordOf(userId);
        const majority = [pair.replica, ...pair.others];
        await cutReplica(pair);
        await Promise.all(majority.map((node) => node.signal("STOP")));
        await setTimeouts([pair.master], 2000);
        const code = codeOf(secret, FIRST);
        expect(await verify(userId, FIRST, code)).toMatchObject(PASSED);
        await until(async () => !(await isOk(pair.master)), "the master finds itself alone");
        expect(await verify(userId, FIRST + 1, codeOf(secret, FIRST + 1))).toMatchObject({
          refused: "store-unavailable",
        });
        await expect(redisCli(pair.master.address, "set", pair.marker, "")).rejects.toThrow(/CLUSTERDOWN/);
        await pair.master.signal("KILL");
        await Promise.all(majority.map((node) => node.signal("CONT")));
        await promoted(userId);
        expect(await recordOf(userId)).toEqual(kept);
        expect(await verify(userId, FIRST, code)).toMatchObject(PASSED);
        expect(await verify(userId, FIRST, code)).toEqual(REJECTED);
        await comeBack(pair);
      },
    );

    oneHalf(
      "with min-replicas-to-write goes on for min-replicas-max-lag without a replica's answer, and not longer",
      async () => {
        const setReplicas = async (many: number): Promise<void> => {
          for (const { address } of [pair.master, pair.replica]) {
            await redisCli(
              address,
              "config",
              "set",
              "min-replicas-to-write",
              String(many),
              "min-replicas-max-lag",
              "5", // a busy machine answers later than it should
            );
          }
        };
        const noReplicas = { refused: "store-unavailable", cause: expect.stringContaining("NOREPLICAS") as string };
        const { userId, secret } = await activePerson(store, await newUserId());
        await setReplicas(1);
        expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toMatchObject(PASSED);
        // One that is known to be gone: nothing is written any more.
        await cutReplica(pair);
        expect(await verify(userId, FIRST + 1, codeOf(secret, FIRST + 1))).toEqual(noReplicas);
        await joinReplica(pair);
        expect(await verify(userId, FIRST + 1, codeOf(secret, FIRST + 1))).toMatchObject(PASSED);
        await waitForReplica(pair);
        const kept = await recordOf(userId);
        // One that is silent: what is written until that is noticed may be lost all the same.
        await pair.replica.signal("STOP");
        let counter = FIRST + 2;
        expect(await verify(userId, counter, codeOf(secret, counter))).toMatchObject(PASSED);
        await until(async () => {
          counter++;
          return (await verify(userId, counter, codeOf(secret, counter))).refused !== undefined;
        }, "the lag is noticed");
        expect(await verify(userId, counter, codeOf(secret, counter))).toEqual(noReplicas);
        expect(await recordOf(userId)).not.toEqual(kept);
        await pair.replica.signal("KILL");
        await pair.master.signal("KILL");
        await pair.replica.up();
        await promoted(userId);
        expect(await recordOf(userId)).toEqual(kept);
        await comeBack(pair);
        await setReplicas(0);
        expect(await verify(userId, FIRST + 2, codeOf(secret, FIRST + 2))).toMatchObject(PASSED);
      },
    );

    it("keeps everything in an orderly restart", async () => {
      const { userId, secret } = await activePerson(store, await newUserId());
      expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toMatchObject(PASSED);
      const record = await recordOf(userId);
      await redisCli(pair.master.address, "shutdown");
      await pair.master.up();
      await answers(userId);
      expect(await recordOf(userId)).toEqual(record);
      expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toEqual(REJECTED);
      await joinReplica(pair);
    });

    it.each([
      ["maxmemory-policy", "allkeys-lru", "noeviction", /may evict second factors/],
      ["appendonly", "no", "yes", /append-only file/],
    ])("refuses to write where the new master is not set right: %s", async (name, bad, good, refused) => {
      const { userId, secret } = await activePerson(store, await newUserId());
      await redisCli(pair.replica.address, "config", "set", name, bad);
      await changePlaces(pair);
      const record = await recordOf(userId);
      expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toEqual({
        refused: "store-unavailable",
        cause: expect.stringMatching(refused) as string,
      });
      await expect(store.check()).rejects.toThrow(refused);
      expect(await recordOf(userId)).toEqual(record);
      await redisCli(pair.master.address, "config", "set", name, good);
      await store.check();
      expect(await verify(userId, FIRST, codeOf(secret, FIRST))).toMatchObject(PASSED);
    });
  });
});

/** Registers tests, or leaves them to the other client. */
function half(isHere: boolean): (name: string, run: () => Promise<void>) => void {
  return (name, run) => {
    if (isHere) it(name, run);
  };
}
