// For Jest, with its defaults: its `test` and `expect`, and what it loads.
/* global jest, test, expect, afterAll */
const { writeFileSync } = require("node:fs");

const { faces } = require("./faces.cjs");
const { register, suitesOf } = require("./suites.cjs"); // suites.mjs, which Jest does not take

jest.setTimeout(60_000);
const counts = register(suitesOf(faces), { test, expect });
afterAll(() => writeFileSync(process.env.COUNTS, JSON.stringify(counts)));
