// Several servers on one MariaDB, whose settings are those by which its data outlives a crash.
import { afterAll, beforeAll, describe } from "vitest";

import { mysqlStore } from "../../../src/stores/mysql.ts";
import { connect } from "../../stores/connections.js";
import { type Place } from "../../stores/processes.ts";
import { hasMariadb, type Server, startMariadb } from "../../stores/servers.ts";
import { killTests, stormTests } from "./crowded.ts";

describe.runIf(hasMariadb())("MariaDB", () => {
  let server: Server;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(async () => {
    await Promise.all(open.map((close) => close()));
    await server.stop();
  });

  const openPlace = async (): Promise<Place> => {
    const { connection, close } = await connect("mysql2", server.address);
    open.push(close);
    const store = mysqlStore(connection);
    await store.migrate();
    return { store, start: { driver: "mysql2", address: server.address } };
  };
  stormTests(openPlace);
  killTests(openPlace, () => server);
});
