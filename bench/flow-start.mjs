// A first verification of the flow over SQLite. Loaded before the imports begin: the driver, which
// is not ours, and an open database with somebody in it. `node flow-start.mjs FILE` makes it.
import { RFC_TIME, SECRET } from "./reference.mjs";

const USER = "alice";
/** The environment variable with the database's file. */
export const DATABASE = "HALFMINUTE_BENCH_DATABASE";

/** What the timed process runs: its imports are the ones that are timed. */
export const FIRST_FLOW_VERIFICATION = `
import { createTwoFactor } from "halfminute/two-factor";
import { sqliteStore } from "halfminute/stores/sqlite";
await bench.verify(createTwoFactor, sqliteStore);`;

function flowOn(database, createTwoFactor, sqliteStore) {
  const store = sqliteStore(database);
  const sealingKeys = [{ id: "bench", key: new Uint8Array(32).fill(7) }];
  const clock = () => new Date(RFC_TIME);
  return { store, twoFactor: createTwoFactor({ issuer: "Acme", store, sealingKeys, clock }) };
}

async function open(file) {
  const { default: Database } = await import("libsql");
  return new Database(file);
}

const [, program, newFile] = process.argv;
if (process.env[DATABASE]) {
  const database = await open(process.env[DATABASE]);
  database.prepare("SELECT 1").get(); // opens it
  globalThis.bench = {
    async verify(createTwoFactor, sqliteStore) {
      const { method } = await flowOn(database, createTwoFactor, sqliteStore).twoFactor.verify(USER, "005924");
      if (method !== "code") throw new Error("a right code was refused");
    },
  };
} else if (program === import.meta.filename) {
  const [{ createTwoFactor }, { sqliteStore }] = [
    await import("halfminute/two-factor"),
    await import("halfminute/stores/sqlite"),
  ];
  const { store, twoFactor } = flowOn(await open(newFile), createTwoFactor, sqliteStore);
  await store.migrate();
  await twoFactor.importDevice(USER, { secret: SECRET });
  await twoFactor.renewRecoveryCodes(USER);
}
