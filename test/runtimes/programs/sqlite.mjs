// The conformance suite of the stores on the SQLite that the runtime brings: Node has one from 22.5
// on.
const name = globalThis.Bun ? "bun" : globalThis.Deno ? "deno" : "node";
const hasSqlite = name !== "node" || Number(process.versions.node.split(".")[0]) > 20;

/** As in suites.mjs. Deno is given no permission to write files, and so has one connection only. */
export async function sqliteSuite(faces) {
  if (!hasSqlite) return {};
  const { storeConformance } = faces["halfminute/stores/conformance"];
  const { sqliteStore } = faces["halfminute/stores/sqlite"];
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
  const suite = ({ test }) => {
    storeConformance(() => open(newFile()), {
      test,
      brokenStore,
      skip: () => undefined,
      ...(name !== "deno" && { secondConnection: (store) => open(fileOf.get(store)) }),
    });
    test("a transaction is refused", () => refusesTransactions(new Database(":memory:"), sqliteStore));
  };
  return { "halfminute/stores/sqlite": suite };
}

async function refusesTransactions(db, sqliteStore) {
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
