// For Node and its like: prints the results, and which version it really was.
import { results } from "./all-results.mjs";
import { storeResults } from "./stores.mjs";

const version = globalThis.Bun?.version ?? globalThis.Deno?.version.deno ?? process.versions.node;
const [faces, stores] = [await results(), await storeResults()];
const failures = [...faces.failures, ...stores.failures];
console.log(JSON.stringify({ version, passed: faces.passed + stores.passed, failures }));
