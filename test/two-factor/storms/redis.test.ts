// Several servers on one Redis. The one that is killed syncs every write; a process that is killed
// needs no such thing.
import { afterAll, beforeAll, describe } from "vitest";

import * as library from "../../../src/stores/redis.ts";
import { connect } from "../../stores/connections.js";
import { type Place } from "../../stores/processes.ts";
import { hasRedis, type Server, startRedis } from "../../stores/servers.ts";
import { killTests, stormTests } from "./crowded.ts";

describe.runIf(hasRedis())("Redis", () => {
  let server: Server;
  let syncing: Server;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [server, syncing] = await Promise.all([startRedis(), startRedis({ appendfsync: "always" })]);
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await Promise.all([server, syncing].map((each) => each.stop()));
  });

  const placeOn = async ({ address }: Server): Promise<Place> => {
    const { connection, close } = await connect("redis", address, { reconnectStrategy: () => 20 });
    open.push(close);
    return { store: library.nodeRedisStore(connection), start: { driver: "redis", address } };
  };
  stormTests(() => placeOn(server));
  killTests(
    () => placeOn(syncing),
    () => syncing,
  );
});
