import { runInNewContext } from "node:vm";

import { afterEach, describe, expect, it } from "vitest";

import {
  isBytes,
  readOptions,
  requireAlgorithm,
  requireCounter,
  requireInteger,
} from "../../../src/core/parameters.ts";
import { thrownCode } from "../../helpers/thrown.ts";

interface Choice {
  readonly digits: number;
  readonly period: number;
  readonly after: number | null;
}

const DEFAULTS: Choice = { digits: 6, period: 30, after: null };

describe("options", () => {
  it("are the defaults where none are given", () => {
    expect(readOptions(undefined, DEFAULTS)).toEqual(DEFAULTS);
    expect(readOptions({}, DEFAULTS)).toEqual(DEFAULTS);
    expect(readOptions({ digits: undefined, period: 60 }, DEFAULTS)).toEqual({ digits: 6, period: 60, after: null });
    expect(DEFAULTS).toEqual({ digits: 6, period: 30, after: null });
  });

  it("are read once", () => {
    let reads = 0;
    const options = {
      get digits() {
        return reads++ === 0 ? 7 : 8;
      },
    };
    const given = readOptions(options, DEFAULTS);
    expect([given.digits, given.digits, reads]).toEqual([7, 7, 1]);
  });

  it("that are null are not the default", () => {
    expect(readOptions({ digits: null }, DEFAULTS).digits).toBeNull();
  });

  it("keep an undefined counter of replays, which is then refused", () => {
    expect(readOptions({ after: undefined }, DEFAULTS).after).toBeUndefined();
  });

  it("may be of another realm or without a prototype", () => {
    expect(readOptions(runInNewContext("({ digits: 8 })") as object, DEFAULTS).digits).toBe(8);
    expect(readOptions(Object.assign(Object.create(null) as object, { digits: 7 }), DEFAULTS).digits).toBe(7);
  });

  it("are refused if they are not a plain object", () => {
    class Row {
      digits = 8;
    }
    const others = [null, 0, "", "digits", 6n, true, Symbol("x"), [], new Date(), new Map(), new Row(), () => 0];
    const heirs: object[] = [{ digits: 8 }, Object.assign(Object.create(null) as object, { after: 1 })].map(
      (prototype) => Object.create(prototype) as object,
    );
    for (const options of [...others, ...heirs, new Uint8Array(6), Promise.resolve({})]) {
      expect(thrownCode(() => readOptions(options as object, DEFAULTS))).toBe("invalid-options");
    }
  });

  it("are refused if a name is unknown, whatever its value", () => {
    for (const name of ["window", "Digits", "toString", "constructor", "hasOwnProperty", "0", ""]) {
      expect(thrownCode(() => readOptions({ [name]: undefined }, DEFAULTS))).toBe("unknown-option");
    }
    const parsed = JSON.parse('{ "__proto__": { "digits": 8 } }') as object;
    expect(thrownCode(() => readOptions(parsed, DEFAULTS))).toBe("unknown-option");
  });

  it("say what was meant, or what there is", () => {
    const message = (name: string): (() => void) => {
      return () => void readOptions({ [name]: 1 }, DEFAULTS);
    };
    expect(message("window")).toThrow('unknown option "window", use lookBehind, lookAhead');
    expect(message("digit")).toThrow('unknown option "digit", use digits, period, after');
    expect(message("toString")).toThrow('unknown option "toString", use digits, period, after');
  });
});

describe("a polluted Object.prototype", () => {
  const polluted = Object.prototype as { digits?: number };
  afterEach(() => delete polluted.digits);

  it("chooses no option", () => {
    polluted.digits = 8;
    expect(readOptions({}, DEFAULTS).digits).toBe(6);
    expect(readOptions({ period: 60 }, DEFAULTS).digits).toBe(6);
    expect(readOptions(undefined, DEFAULTS).digits).toBe(6);
  });
});

describe("guards of parameters", () => {
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
