import { describe, expect, it } from "vitest";

import {
  planGenerateHotp,
  planGenerateTotp,
  planResynchronizeHotp,
  planResynchronizeTotp,
  planVerifyHotp,
  planVerifyTotp,
  settle,
  type VerificationPlan,
} from "../../../src/core/verification.ts";
import { thrownCode } from "../../helpers/thrown.ts";

const at = new Date(1000 * 30_000); // counter 1000

/** The first counter, the last one and the expected one. */
function range({ first, count, counter }: VerificationPlan): [number, number, number] {
  return [first, first + count - 1, counter];
}

describe("the counters that may match", () => {
  it("of TOTP lie around now", () => {
    expect(range(planVerifyTotp("123456", { at }))).toEqual([999, 1001, 1000]);
    expect(range(planVerifyTotp("123456", { at, lookBehind: 10, lookAhead: 0 }))).toEqual([990, 1000, 1000]);
    expect(range(planVerifyTotp("123456", { at: new Date(0) }))).toEqual([0, 1, 0]);
  });

  it("of TOTP lie after the last accepted one", () => {
    expect(range(planVerifyTotp("123456", { at, after: null }))).toEqual([999, 1001, 1000]);
    expect(range(planVerifyTotp("123456", { at, after: 998 }))).toEqual([999, 1001, 1000]);
    expect(range(planVerifyTotp("123456", { at, after: 999 }))).toEqual([1000, 1001, 1000]);
    expect(planVerifyTotp("123456", { at, after: 1001 }).count).toBe(0);
    expect(planVerifyTotp("123456", { at, after: 5000 }).count).toBeLessThan(0);
  });

  it("of HOTP lie ahead, up to the last one there is", () => {
    expect(range(planVerifyHotp("123456", 7, undefined))).toEqual([7, 7, 7]);
    expect(range(planVerifyHotp("123456", 7, { lookAhead: 1000 }))).toEqual([7, 1007, 7]);
    const last = 2 ** 53 - 1;
    expect(range(planVerifyHotp("123456", last - 1, { lookAhead: 5 }))).toEqual([last - 1, last, last - 1]);
  });

  it("of a sequence include those before the window in which its first codes may lie", () => {
    expect(range(planResynchronizeTotp(["1", "2", "3"], { at }))).toEqual([898, 1100, 1000]);
    expect(range(planResynchronizeTotp(["1", "2"], { at, after: 950 }))).toEqual([951, 1100, 1000]);
    expect(range(planResynchronizeHotp(["1", "2"], 7, undefined))).toEqual([7, 107, 7]);
  });

  it("of a code to be made are only its own", () => {
    expect(planGenerateTotp({ at })).toEqual({ algorithm: undefined, digits: 6, counter: 1000 });
    expect(planGenerateHotp(5, { digits: 8, algorithm: "SHA-512" })).toEqual({
      algorithm: "SHA-512",
      digits: 8,
      counter: 5,
    });
  });
});

describe("bounds", () => {
  it("of a resynchronization hold for both sides together", () => {
    const codes = ["123456", "123456"];
    for (const [lookBehind, lookAhead] of [
      [0, 10_000],
      [10_000, 0],
      [5000, 5000],
    ] as const) {
      expect(planResynchronizeTotp(codes, { at: new Date(1e15), lookBehind, lookAhead }).count).toBe(10_002);
      expect(thrownCode(() => planResynchronizeTotp(codes, { at, lookBehind, lookAhead: lookAhead + 1 }))).toBe(
        "invalid-option",
      );
    }
  });

  it("of an HOTP resynchronization leave room for its codes", () => {
    const codes = ["123456", "123456", "123456"];
    expect(thrownCode(() => planResynchronizeHotp(codes, 0, { lookAhead: 1 }))).toBe("invalid-option");
    expect(planResynchronizeHotp(codes, 0, { lookAhead: 2 }).count).toBe(3);
  });
});

describe("the codes of a sequence", () => {
  it("are those in the array, whatever its iterator says", () => {
    class Codes extends Array<string> {
      override *[Symbol.iterator](): ArrayIterator<string> {
        yield "111111";
      }
    }
    const codes = Codes.from(["000001", "000002"]);
    expect(planResynchronizeHotp(codes, 0, undefined).wanted).toEqual([1, 2]);
    expect(planResynchronizeTotp(codes, { at }).wanted).toEqual([1, 2]);
    expect(thrownCode(() => planResynchronizeHotp(Codes.from(["000001"]), 0, undefined))).toBe("invalid-codes");
  });

  it("are neither fewer nor other than its places", () => {
    const withHole: string[] = ["000001"];
    withHole[2] = "000002";
    const named = Object.assign(["000001"], { second: "000002" });
    for (const codes of [withHole, named, Object.assign(["000001", "000002"], { third: "000003" }), new Array(3)]) {
      expect(thrownCode(() => planResynchronizeHotp(codes, 0, undefined))).toBe("invalid-codes");
      expect(thrownCode(() => planResynchronizeTotp(codes, { at }))).toBe("invalid-codes");
    }
  });

  it("are copied: who changes the array afterwards changes nothing", () => {
    const codes = ["000001", "000002"];
    const { wanted } = planResynchronizeHotp(codes, 0, undefined);
    codes[0] = "000009";
    expect(wanted).toEqual([1, 2]);
  });
});

describe("settling a verification", () => {
  const plan = planVerifyTotp("123456", { at });

  it("finds the counter of the one that is equal", () => {
    expect(settle(plan, [123456, 1, 2])).toEqual({ counter: 999, delta: -1 });
    expect(settle(plan, [1, 7_000_123_456 % 2 ** 31, 2])).toBeNull();
    expect(settle(plan, [1, 2_000_123_456, 2])).toEqual({ counter: 1000, delta: 0 });
    expect(settle(plan, [1, 2, 123456])).toEqual({ counter: 1001, delta: 1 });
    expect(settle(plan, [1, 2, 3])).toBeNull();
  });

  it("takes the highest of several", () => {
    expect(settle(plan, [123456, 123456, 1])?.counter).toBe(1000);
    expect(settle(plan, [123456, 1, 123456])?.counter).toBe(1001);
    expect(settle(plan, [123456, 123456, 123456])?.counter).toBe(1001);
  });

  it("finds nothing where nothing takes part", () => {
    expect(settle(planVerifyTotp("123456", { at, after: 2000 }), [])).toBeNull();
    expect(settle(planResynchronizeTotp(["000000", "000000"], { at, after: 1099 }), [0])).toBeNull();
    expect(settle(planVerifyTotp("no code", { at }), [0, 0, 0])).toBeNull();
  });

  it("asks for the codes of a sequence in their order", () => {
    const sequence = planResynchronizeHotp(["000001", "000002"], 0, { lookAhead: 4 });
    expect(settle(sequence, [0, 1, 2, 0, 0])).toEqual({ counter: 2, delta: 2 });
    expect(settle(sequence, [1, 2, 0, 1, 2])).toEqual({ counter: 4, delta: 4 });
    expect(settle(sequence, [2, 1, 1, 0, 2])).toBeNull();
    expect(settle(sequence, [2, 0, 0, 0, 1])).toBeNull();
  });

  it("finds no sequence of which one code is unreadable", () => {
    const sequence = planResynchronizeHotp(["000001", "x"], 0, { lookAhead: 4 });
    expect(settle(sequence, [1, 0, 0, 0, 0])).toBeNull();
  });

  it("knows no sequence of which one code is not there", () => {
    const codes: string[] = [];
    codes[1] = "000002"; // and nothing at 0, which is not even undefined
    expect(thrownCode(() => planResynchronizeHotp(codes, 0, { lookAhead: 4 }))).toBe("invalid-codes");
    expect(thrownCode(() => planResynchronizeTotp(codes, { at }))).toBe("invalid-codes");
  });
});

describe("the comparison of codes", () => {
  const at = new Date(30_000);
  const isRight = (typed: number | string, number: number, digits: 6 | 7 | 8) =>
    settle(planVerifyTotp(String(typed).padStart(digits, "0"), { at, digits }), [number]) !== null;

  it.each([6, 7, 8] as const)(
    "takes the last %i digits, and sees a difference in every single bit of them",
    (digits) => {
      const code = 2 ** 19 + 1;
      expect(isRight(code, code, digits)).toBe(true);
      expect(isRight(code, 2_100_000_000 - (2_100_000_000 % 10 ** digits) + code, digits)).toBe(true);
      expect(isRight(code, code + 10 ** (digits - 1), digits)).toBe(false);
      for (let bit = 0; bit < 20; bit++) expect(isRight(code, code ^ (1 << bit), digits)).toBe(false);
    },
  );

  it("asks for every code of a sequence", () => {
    const counterOf = (codes: string[]) =>
      settle(planResynchronizeTotp(codes, { at }), [1_111_111, 2_222_222, 3_333_333])?.counter;
    const { first } = planResynchronizeTotp(["222222", "333333"], { at });
    expect(counterOf(["222222", "333333"])).toBe(first + 2);
    expect(counterOf(["222222", "333334"])).toBeUndefined();
    expect(counterOf(["222223", "333333"])).toBeUndefined();
    expect(counterOf(["333333", "222222"])).toBeUndefined();
  });

  it("finds nothing without a code, as where somebody has broken the arrays of the page", () => {
    const junk: unknown[] = [[], "", 0, undefined].map((answer) => () => answer);
    for (const broken of junk) {
      const original = Array.prototype.map;
      let match: unknown = "thrown";
      try {
        Array.prototype.map = broken as typeof original;
        match = settle(planVerifyTotp("no code", { at }), [0, 0, 0]);
      } catch {
        // is as good
      } finally {
        Array.prototype.map = original;
      }
      expect(match === null || match === "thrown").toBe(true);
    }
  });

  it("never finds what is not a code", () => {
    for (const number of [0, 1, 999_999, 2 ** 31 - 1]) expect(isRight("no code", number, 6)).toBe(false);
  });
});
