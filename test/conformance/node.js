// Runs the suite against the built package by its own name, with nothing but Node: `node
// test/conformance/node.js`.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as asynchronous from "halfminute";
import * as synchronous from "halfminute/sync";
import { vectorConformance } from "halfminute/vectors";

import { conformance } from "./suite.js";

for (const library of [asynchronous, synchronous]) {
  conformance({
    test,
    expect: (actual) => ({
      toBe: (expected) => assert.equal(actual, expected),
      toEqual: (expected) => assert.deepEqual(actual, expected),
    }),
    library,
  });
  vectorConformance(library, { test });
}
