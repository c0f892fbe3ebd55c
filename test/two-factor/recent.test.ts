// How long ago a pass was.
import { describe, expect, it } from "vitest";

import { requireRecent, TwoFactorError } from "../../src/two-factor/index.ts";

const NOW = Date.parse("2026-11-27T12:00:00.000Z");
const options = { within: 300, clock: (): Date => new Date(NOW) };

function codeFor(passedAt: unknown): string | undefined {
  try {
    requireRecent(passedAt as Date, options);
    return undefined;
  } catch (error) {
    if (!(error instanceof TwoFactorError)) throw error;
    return error.code;
  }
}

describe("requireRecent", () => {
  it.each([
    new Date(NOW),
    new Date(NOW - 300_000),
    new Date(NOW + 60_000),
    "2026-11-27T11:56:00.000Z",
    "2026-11-27T12:56:00+01:00",
    "2026-11-27T11:56Z",
  ])("returns for %s", (passedAt) => {
    expect(codeFor(passedAt)).toBe(undefined);
  });

  it.each<unknown>([
    new Date(NOW - 300_001),
    new Date(NOW + 60_001),
    new Date(NaN),
    undefined,
    null,
    "",
    "2026",
    "now",
    "1795780800000",
    "2026-11-27",
    "2026-11-27T11:59:59", // of no time zone
    "2026-11-27 11:59:59Z",
    "2026-13-41T11:59:59Z",
    "2026-11-31T11:59:59Z", // there is no such day
    {},
    [],
    true,
    { getTime: () => NOW },
    ["2026-11-27T11:56:00.000Z"],
    { toString: () => "2026-11-27T11:56:00.000Z" },
  ])("is verification-required for %s", (passedAt) => {
    expect(codeFor(passedAt)).toBe("verification-required");
  });

  it("takes no day that does not exist for the one after it", () => {
    const clock = (): Date => new Date("2026-12-01T12:00:00Z");
    const call = (): void => {
      requireRecent("2026-11-31T11:59:59Z", { within: 300, clock });
    };
    expect(call).toThrow(expect.objectContaining({ code: "verification-required" }) as Error);
  });

  it.each([NOW, 0, NaN])("takes the number %d for the program's mistake", (passedAt) => {
    expect(() => {
      requireRecent(passedAt as never, options);
    }).toThrow(expect.objectContaining({ name: "OtpError", code: "invalid-option" }) as Error);
  });

  it.each([
    {},
    { within: 0 },
    { within: 2_592_001 },
    { within: "300" },
    { within: 1.5 },
    { within: 5, clock: 5 },
    undefined,
  ])("refuses the options %j", (wrong) => {
    expect(() => {
      requireRecent(new Date(), wrong as never);
    }).toThrow(expect.objectContaining({ name: "OtpError" }) as Error);
  });

  it("returns in the first minute of 1970 too", () => {
    const clock = (): Date => new Date(1000);
    for (const passedAt of ["1970-01-01T00:00:00Z", new Date(0)]) requireRecent(passedAt, { within: 1, clock });
  });

  it("takes the system's clock", () => {
    requireRecent(new Date(), { within: 1 });
  });

  it("is refused with a clock that is wrong", () => {
    expect(() => {
      requireRecent(new Date(NOW), { within: 5, clock: () => new Date(NaN) });
    }).toThrow(TwoFactorError);
  });
});
