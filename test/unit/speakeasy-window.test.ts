// Every counter of the window is computed and compared, whatever was typed: no early exit tells where the code lay.
import { beforeEach, expect, it, vi } from "vitest";

import type * as mac from "../../src/portable/mac.ts";
import { hotp, totp } from "../../src/speakeasy/index.ts";

const counters = vi.hoisted((): number[] => []);

vi.mock("../../src/portable/mac.ts", async (original) => {
  const { macsBy } = await original<typeof mac>();
  return {
    macsBy: (...given: Parameters<typeof macsBy>) => {
      const macOf = macsBy(...given);
      return (counter: number) => {
        counters.push(counter);
        return macOf(counter);
      };
    },
  };
});

beforeEach(() => {
  counters.length = 0;
});

const secret = "12345678901234567890";

it.each(["755224", "287082", "520489", "000000", "75522", "", "x"])("%s", (token) => {
  hotp.verify({ secret, token, counter: 0, window: 9 });
  expect(counters).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  counters.length = 0;
  totp.verifyDelta({ secret, token, time: 30 * 5, window: 5 });
  expect(counters).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
