// What the conformance suite writes must be what its cases say.
import { expect, it } from "vitest";

import { oddBody } from "../../src/stores/suite/samples.ts";

it("the odd body of the stores' samples is JSON of 8192 bytes in UTF-8, which is not its length in characters", () => {
  const body = oddBody();
  expect(Buffer.byteLength(body)).toBe(8192);
  expect(body.length).toBeLessThan(8192);
  expect(Buffer.from(body).toString()).toBe(body);
  expect(JSON.stringify(JSON.parse(body))).toBe(body);
});
