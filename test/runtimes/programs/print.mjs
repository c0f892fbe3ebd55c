// For Node and its like: prints the results, and which version it really was.
import { results } from "./all-results.mjs";

const version = globalThis.Bun?.version ?? globalThis.Deno?.version.deno ?? process.versions.node;
console.log(JSON.stringify({ version, ...(await results()) }));
