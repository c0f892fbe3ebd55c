// The suite that runs in other runtimes, here against the sources. What it has written down is read
// by jsqr.
import { describe, expect, it } from "vitest";

import * as library from "../../src/qr/index.ts";
import { qrConformance } from "../conformance/qr-suite.js";
import { readByJsqr } from "./readers.ts";

describe("halfminute/qr", () => {
  qrConformance({ test: it, expect, library });
});

it("the matrix in the QR suite is that of its text", async () => {
  expect(readByJsqr(await library.qrPng("a"))).toBe("a");
});
