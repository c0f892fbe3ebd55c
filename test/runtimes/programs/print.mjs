// For programs that print: the results as JSON, and which version it really was.
import { sqliteSuite } from "./sqlite.mjs";
import { collect, suitesOf } from "./suites.mjs";

const version = globalThis.Bun?.version ?? globalThis.Deno?.version.deno ?? process.versions.node;

export async function printResults(faces) {
  const results = await collect({ ...suitesOf(faces), ...(await sqliteSuite(faces)) });
  console.log(JSON.stringify({ version, ...results }));
}
