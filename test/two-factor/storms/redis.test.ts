// Several servers on one Redis.
import { afterAll, beforeAll, describe } from "vitest";

import * as library from "../../../src/stores/redis.ts";
import { connect } from "../../stores/connections.js";
import { type Place } from "../../stores/processes.ts";
import { hasRedis, type Server, startRedis } from "../../stores/servers.ts";
import { killTests, stormTests } from "./crowded.ts";

describe.runIf(hasRedis())("Redis", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await server.stop();
  });

  const openPlace = async (): Promise<Place> => {
    const { connection, close } = await connect("redis", server.address);
    open.push(close);
    return { store: library.nodeRedisStore(connection), start: { driver: "redis", address: server.address } };
  };
  stormTests(openPlace);
  killTests(openPlace);
});
