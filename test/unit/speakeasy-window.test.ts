// Every counter of the window is computed and compared, whatever was typed: an early exit would
// tell where the code lies.
import { beforeEach, expect, it, type MockInstance, vi } from "vitest";

import { OtpKey } from "../../src/portable/hmac.ts";
import { hotp, totp } from "../../src/speakeasy/index.ts";

let macs: MockInstance<typeof OtpKey.truncatedMac>;

beforeEach(() => {
  macs = vi.spyOn(OtpKey, "truncatedMac");
});

function countersSeen(): number[] {
  const counters = macs.mock.calls.map(([, counter]) => counter);
  macs.mockClear();
  return counters;
}

const secret = "12345678901234567890";

it.each(["755224", "287082", "520489", "000000", "75522", "", "x"])(
  "the whole window is computed for the token %j",
  (token) => {
    hotp.verify({ secret, token, counter: 0, window: 9 });
    expect(countersSeen()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    totp.verifyDelta({ secret, token, time: 30 * 5, window: 5 });
    expect(countersSeen()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  },
);
