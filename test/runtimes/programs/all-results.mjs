// The conformance suite, and that of the QR codes, for runtimes with what the web has.
import * as qr from "halfminute/qr";

import { collect } from "./adapter.mjs";
import { qrConformance } from "./qr-suite.js";
import { results as core } from "./results.mjs";

export async function results() {
  const all = [await core(), await collect(qrConformance, { "halfminute/qr": qr })];
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failures: all.flatMap(({ failures }) => failures),
  };
}
