// The conformance suite in the runtime that imports this. The runner puts suite, vectors and faces beside it.
import { collect } from "./adapter.mjs";
import { faces } from "./faces.mjs";
import { conformance } from "./suite.js";
import { vectors } from "./vectors.mjs";

export function results() {
  return collect(conformance, faces, vectors);
}
