import { runInNewContext } from "node:vm";

import { describe, expect, it } from "vitest";

import { timeStep } from "../../../src/core/time-step.ts";
import { thrownCode } from "../../helpers/thrown.ts";

describe("the border between two steps", () => {
  it.each([30, 1, 7, 60, 86_400])("of %d seconds is at its millisecond", (period) => {
    for (const counter of [1, 2, 41_152_263, 10 ** 8]) {
      const border = counter * period * 1000;
      expect(timeStep({ period, at: new Date(border - 1) })).toEqual({
        counter: counter - 1,
        startsAt: new Date(border - period * 1000),
        endsAt: new Date(border),
        secondsRemaining: 1,
      });
      const next = timeStep({ period, at: new Date(border) });
      expect(next.counter).toBe(counter);
      expect(next.secondsRemaining).toBe(period);
    }
  });
});

describe("t0", () => {
  it("is the first moment that has a step", () => {
    const t0 = 1_600_000_007;
    expect(timeStep({ t0, at: new Date(t0 * 1000) }).counter).toBe(0);
    expect(timeStep({ t0, at: new Date(t0 * 1000) }).startsAt).toEqual(new Date(t0 * 1000));
    expect(timeStep({ t0, at: new Date(t0 * 1000 + 30_000) }).counter).toBe(1);
    expect(thrownCode(() => timeStep({ t0, at: new Date(t0 * 1000 - 1) }))).toBe("invalid-option");
    expect(thrownCode(() => timeStep({ at: new Date(-1) }))).toBe("invalid-option");
    expect(() => timeStep({ t0: 2 ** 53 })).toThrow("t0 must be an integer from 0 to 9007199254740991");
  });
});

describe("the option at", () => {
  it("may be a Date of another realm", () => {
    const at = runInNewContext("new Date(59000)") as Date;
    expect(at instanceof Date).toBe(false);
    expect(timeStep({ at }).counter).toBe(1);
  });

  it("is not believed to be a Date because it looks like one", () => {
    const fake = { getTime: () => 59_000, [Symbol.toStringTag]: "Date" };
    expect(thrownCode(() => timeStep({ at: fake as unknown as Date }))).toBe("invalid-option");
  });

  it("goes to the end of time", () => {
    const step = timeStep({ at: new Date(8.64e15 - 1), period: 1 });
    expect(step.counter).toBe(8.64e12 - 1);
    expect(step.endsAt.getTime()).toBe(8.64e15);
  });

  it("is now if it is absent", () => {
    const before = Date.now();
    const { startsAt, endsAt, secondsRemaining } = timeStep();
    expect(startsAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(endsAt.getTime()).toBeGreaterThan(before);
    expect(secondsRemaining).toBeGreaterThanOrEqual(1);
    expect(secondsRemaining).toBeLessThanOrEqual(30);
  });
});

it("the counter of time steps passes 32 bits", () => {
  expect(timeStep({ at: new Date(2 ** 33 * 30_000) }).counter).toBe(2 ** 33);
});
