// The conformance suite and the test vectors in the runtime that imports this. The runner puts
// suite and faces beside it.
import { vectorConformance } from "halfminute/vectors";

import { collect } from "./adapter.mjs";
import { faces } from "./faces.mjs";
import { conformance } from "./suite.js";

export function results() {
  return collect((parts) => {
    conformance(parts);
    vectorConformance(parts.library, { test: parts.test });
  }, faces);
}
