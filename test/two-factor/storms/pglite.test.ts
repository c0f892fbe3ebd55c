// The storms over PostgreSQL in WebAssembly, in one process.
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, it } from "vitest";

import { postgresStore } from "../../../src/stores/postgres.ts";
import { arenaOf } from "./arena.ts";
import { storms } from "./storms.ts";

const database = new PGlite();
afterAll(() => database.close());
beforeAll(() => postgresStore(database).migrate());

it.each(Object.entries(storms))("in PGlite %s", (_, storm) => storm(arenaOf(postgresStore(database))));
