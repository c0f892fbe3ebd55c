// SQLite files that several processes use, which run the built package.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, describe } from "vitest";

import * as library from "../../src/stores/sqlite.ts";
import { connect, storeOn } from "./connections.js";
import { processTests } from "./processes.ts";

const folder = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "halfminute-sqlite-"));
let files = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const drivers = process.getBuiltinModule("node:sqlite") ? (["libsql", "node:sqlite"] as const) : (["libsql"] as const);

describe.each(drivers)("%s", (driver) => {
  describe.each(["delete", "wal"])("several processes, journal mode %s", (mode) => {
    processTests(async () => {
      const address = path.join(folder, `${files++}.db`);
      const { connection } = await connect(driver, address);
      connection.exec(`PRAGMA journal_mode = ${mode}`);
      const store = storeOn(driver, connection, library);
      await store.migrate();
      return {
        store,
        start: { driver, address },
        withTable: (table) => storeOn(driver, connection, library, { table }),
      };
    });
  });
});
