// The conformance suite of the stores, on memory and on the SQLite that the runtime brings: Node
// has one from 22.5 on.
import { storeConformance } from "halfminute/stores/conformance";
import { memoryStore } from "halfminute/stores/memory";
import { sqliteStore } from "halfminute/stores/sqlite";

import { collect } from "./adapter.mjs";

const name = globalThis.Bun ? "bun" : globalThis.Deno ? "deno" : "node";
const hasSqlite = name !== "node" || Number(process.versions.node.split(".")[0]) > 20;

export async function storeResults() {
  const stores = { "halfminute/stores/memory": inMemory };
  if (hasSqlite) stores["halfminute/stores/sqlite"] = await onSqlite();
  return collect(({ test, library }) => library(test), stores);
}

function inMemory(test) {
  storeConformance(memoryStore, { test, skip: () => undefined }); // it has no connection
}

/** As a suite. Deno is given no permission to write files, and so has one connection only. */
async function onSqlite() {
  const Database = name === "bun" ? (await import("bun:sqlite")).Database : (await import("node:sqlite")).DatabaseSync;
  const newFile = name === "deno" ? () => ":memory:" : await temporaryFiles();
  const fileOf = new WeakMap();
  const open = async (file) => {
    const db = new Database(file);
    db.exec("PRAGMA busy_timeout = 5000");
    const store = sqliteStore(db);
    await store.migrate();
    fileOf.set(store, file);
    return store;
  };
  const brokenStore = () => {
    const db = new Database(":memory:");
    db.close();
    return sqliteStore(db);
  };
  return (test) => {
    storeConformance(() => open(newFile()), {
      test,
      brokenStore,
      skip: () => undefined,
      ...(name !== "deno" && { secondConnection: (store) => open(fileOf.get(store)) }),
    });
    test("a transaction is refused", () => refusesTransactions(new Database(":memory:")));
  };
}

async function refusesTransactions(db) {
  const store = sqliteStore(db);
  await store.migrate();
  db.exec("BEGIN");
  const error = await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" }).catch((reason) => reason);
  if (!/transaction/.test(error?.message)) throw new Error(`it was not refused, but: ${error}`);
  db.exec("ROLLBACK");
  if (await store.read("alice")) throw new Error("something was written");
}

/** Names of files that are not there yet, in a folder that goes with the process. */
async function temporaryFiles() {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync(`${(await import("node:os")).tmpdir()}/halfminute-stores-`);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  return () => `${folder}/${files++}.db`;
}
