// Several servers on one SQLite file.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, describe } from "vitest";

import * as library from "../../../src/stores/sqlite.ts";
import { connect, storeOn } from "../../stores/connections.js";
import { type Place } from "../../stores/processes.ts";
import { size } from "../../stores/sizes.ts";
import { killTests, stormTests } from "./crowded.ts";

// In memory where there is such a folder: a few thousand commits wait for a few thousand writes to
// the disk.
const folder = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "halfminute-storms-"));
let files = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(["wal", "delete"])("SQLite with journal mode %s", (mode) => {
  const open = async (): Promise<Place> => {
    const address = path.join(folder, `${files++}.db`);
    const { connection } = await connect("libsql", address);
    connection.exec(`PRAGMA journal_mode = ${mode}`);
    const store = storeOn("libsql", connection, library);
    await store.migrate();
    return { store, start: { driver: "libsql", address } };
  };
  if (mode === "wal" || size.rounds > 2) stormTests(open);
  killTests(open);
});
