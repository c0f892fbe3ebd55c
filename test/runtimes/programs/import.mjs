// For Node and its like: prints the results with what `import` loads.
import { faces } from "./faces.mjs";
import { printResults } from "./print.mjs";

await printResults(faces);
