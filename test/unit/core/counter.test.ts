import { expect, it } from "vitest";

import { counterBytes } from "../../../src/core/counter.ts";

it.each([0, 1, 255, 256, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 48 + 5, 2 ** 53 - 1])(
  "the counter %d is written as eight bytes, high-order first",
  (counter) => {
    const bytes = counterBytes(counter);
    expect(bytes.byteLength).toBe(8);
    expect(bytes.getBigUint64(0)).toBe(BigInt(counter));
  },
);
