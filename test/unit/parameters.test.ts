import { runInNewContext } from "node:vm";

import { afterEach, describe, expect, it } from "vitest";

import { isBytes, readOptions, requireAlgorithm, requireCounter, requireInteger } from "../../src/parameters.ts";
import { thrownCode } from "../helpers/thrown.ts";

const NAMES = ["digits", "period"];

describe("options", () => {
  it("are copied, once", () => {
    let reads = 0;
    const options = {
      get digits() {
        return reads++ === 0 ? 6 : 8;
      },
    };
    const given = readOptions(options, NAMES);
    expect([given.digits, given.digits, reads]).toEqual([6, 6, 1]);
  });

  it("may be of another realm, without a prototype, or absent", () => {
    expect(readOptions(runInNewContext("({ digits: 8 })") as { digits: number }, NAMES).digits).toBe(8);
    expect(readOptions(Object.assign(Object.create(null), { digits: 7 }) as { digits: number }, NAMES).digits).toBe(7);
    expect(Object.keys(readOptions(undefined, NAMES))).toEqual([]);
  });

  it("are refused if they are no plain object", () => {
    class Row {
      digits = 8;
    }
    const others = [null, 0, "", "digits", 6n, true, Symbol("x"), [], new Date(), new Map(), new Row(), () => 0];
    for (const options of [...others, new Uint8Array(6), Promise.resolve({}), Object.create({ digits: 8 }) as object]) {
      expect(thrownCode(() => readOptions(options as object, NAMES))).toBe("invalid-options");
    }
  });

  it("are refused if a name is unknown, whatever its value", () => {
    for (const name of ["window", "Digits", "toString", "constructor", "hasOwnProperty", "0", ""]) {
      expect(thrownCode(() => readOptions({ [name]: undefined }, NAMES))).toBe("unknown-option");
    }
    const parsed = JSON.parse('{ "__proto__": { "digits": 8 } }') as object;
    expect(thrownCode(() => readOptions(parsed, NAMES))).toBe("unknown-option");
  });

  it("say what was meant, or what there is", () => {
    expect(() => readOptions({ window: 1 }, NAMES)).toThrow('unknown option "window", use lookBehind, lookAhead');
    expect(() => readOptions({ digit: 1 }, NAMES)).toThrow('unknown option "digit", use digits, period');
    expect(() => readOptions({ toString: 1 }, NAMES)).toThrow('unknown option "toString", use digits, period');
  });
});

describe("a polluted Object.prototype", () => {
  const polluted = Object.prototype as { digits?: number };
  afterEach(() => delete polluted.digits);

  it("chooses no option", () => {
    polluted.digits = 8;
    expect(readOptions<{ digits?: number }>({}, NAMES).digits).toBeUndefined();
    expect(readOptions<{ digits?: number }>(undefined, NAMES).digits).toBeUndefined();
  });
});

describe("guards", () => {
  it("name the option and the rule", () => {
    expect(() => requireInteger("6", "digits", 6, 8)).toThrow("digits must be an integer from 6 to 8");
    expect(() => requireCounter(-1)).toThrow("counter must be an integer from 0 to 2^53-1");
    expect(() => requireAlgorithm("sha1")).toThrow("algorithm must be SHA-1, SHA-256 or SHA-512");
  });

  it("hold at both ends", () => {
    expect([6, 8].map((value) => requireInteger(value, "digits", 6, 8))).toEqual([6, 8]);
    expect([5, 9].map((value) => thrownCode(() => requireInteger(value, "digits", 6, 8)))).toEqual(
      Array(2).fill("invalid-option"),
    );
    expect(requireCounter(2 ** 53 - 1)).toBe(2 ** 53 - 1);
    expect(thrownCode(() => requireCounter(2 ** 53))).toBe("invalid-counter");
  });
});

describe("bytes", () => {
  it("are Uint8Arrays of any realm, and nothing else", () => {
    const views = [new Uint8Array(1), Buffer.from("x"), runInNewContext("new Uint8Array(1)")];
    expect(views.map(isBytes)).toEqual([true, true, true]);
    const others = [
      new ArrayBuffer(1),
      new Uint8ClampedArray(1),
      new Int8Array(1),
      new DataView(new ArrayBuffer(1)),
      [1],
    ];
    const fakes = ["x", null, undefined, { length: 20, [Symbol.toStringTag]: "Uint8Array" }];
    expect([...others, ...fakes].map(isBytes)).toEqual(Array(9).fill(false));
  });
});
