// For Node: prints the results with what `require` loads, which is the ES module where it can.
const { faces } = require("./faces.cjs");

const wanted = process.features.require_module ? ".js" : ".cjs";
if (!require.resolve("halfminute").endsWith(wanted)) throw new Error(`this is not a ${wanted} file`);
import("./print.mjs").then(({ printResults }) => printResults(faces));
