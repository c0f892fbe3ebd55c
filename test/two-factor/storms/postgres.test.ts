// Several servers on one PostgreSQL. Its data outlives a crash, so fsync is on.
import { afterAll, beforeAll, describe } from "vitest";

import { postgresStore } from "../../../src/stores/postgres.ts";
import { connect } from "../../stores/connections.js";
import { type Place } from "../../stores/processes.ts";
import { hasPostgres, type Server, startPostgres } from "../../stores/servers.ts";
import { killTests, stormTests } from "./crowded.ts";

describe.runIf(hasPostgres())("PostgreSQL", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startPostgres({ fsync: "on" });
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await server.stop();
  });

  const openPlace = async (): Promise<Place> => {
    const { connection, close } = await connect("pg", server.address);
    open.push(close);
    const store = postgresStore(connection);
    await store.migrate();
    return { store, start: { driver: "pg", address: server.address } };
  };
  stormTests(openPlace);
  killTests(openPlace, () => server);
});
