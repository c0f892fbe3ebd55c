// A process with a connection and a store of its own, which does the tasks that its parent sends.
// It runs the built package.
//
//   parent → { driver, address, settings, options }   once
//   child  → { ready: true }                     connected
//   parent → { id, task, input }                 a name of tasks.js
//   child  → { id, report }                      any number of times
//   child  → { id, value } or { id, error }
import * as mysql from "halfminute/stores/mysql";
import * as postgres from "halfminute/stores/postgres";
import * as redis from "halfminute/stores/redis";
import * as sqlite from "halfminute/stores/sqlite";

import { connect, storeOn } from "../connections.js";
import { tasks } from "./tasks.js";

let world;

process.on("message", (message) => {
  (world === undefined ? begin(message) : work(message)).catch((error) => {
    process.send({ id: message.id, error: error?.stack ?? String(error) });
  });
});
process.on("disconnect", () => process.exit()); // nobody is left to work for

async function begin({ driver, address, settings, options }) {
  const { connection } = await connect(driver, address, settings);
  const withOptions = (given) => storeOn(driver, connection, { ...mysql, ...postgres, ...redis, ...sqlite }, given);
  world = { driver, address, connection, store: withOptions(options), withOptions };
  process.send({ ready: true });
}

async function work({ id, task, input }) {
  const report = (what) => process.send({ id, report: what });
  process.send({ id, value: await tasks[task]({ ...world, report }, input) });
}
