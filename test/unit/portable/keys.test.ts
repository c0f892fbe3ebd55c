import { createHash, createHmac, randomBytes, randomInt } from "node:crypto";
import { inspect } from "node:util";
import vm from "node:vm";

import { describe, expect, it, vi } from "vitest";

import type { Algorithm } from "../../../src/core/parameters.ts";
import { wholeHash, wholeMac } from "../../../src/portable/hmac.ts";
import { importKey, openKey, type OtpKey, truncatedMac } from "../../../src/portable/keys.ts";
import { thrownCode } from "../../helpers/thrown.ts";
import { MORE } from "../../helpers/more.ts";

const ALGORITHMS: readonly Algorithm[] = ["SHA-1", "SHA-256", "SHA-512"];

/** The HMAC of node:crypto. */
function oracleMac(key: Uint8Array, algorithm: Algorithm, counter: number): Buffer {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  return createHmac(algorithm.replace("-", ""), key).update(message).digest();
}

/** RFC 4226 §5.3 on it. */
function oracle(key: Uint8Array, algorithm: Algorithm, counter: number): number {
  const mac = oracleMac(key, algorithm, counter);
  return mac.readUInt32BE(mac.readUInt8(mac.length - 1) & 15) & 0x7fffffff;
}

/** A key as the functions of this face open it. */
function opened(secret: Uint8Array, algorithm: Algorithm): ReturnType<typeof openKey> {
  return openKey(importKey(secret, algorithm), algorithm, 1);
}

describe.each(ALGORITHMS)("HMAC-%s", (algorithm) => {
  it("is that of node:crypto at every key length up to 300", () => {
    for (let length = 1; length <= 300; length++) {
      const key = randomBytes(length);
      for (const counter of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
        const label = `key ${key.toString("hex")}, counter ${counter}`;
        expect(truncatedMac(opened(key, algorithm), counter), label).toBe(oracle(key, algorithm, counter));
      }
    }
  });

  it("is that of node:crypto in random cases: 20,000, or 200,000 of test:all", () => {
    for (let round = 0; round < 200 * MORE; round++) {
      const bytes = randomBytes(randomInt(1, 301));
      const key = opened(bytes, algorithm);
      for (let times = 0; times < 100; times++) {
        const counter = randomInt(2 ** 47) * randomInt(1, 64);
        const number = truncatedMac(key, counter);
        // One comparison without the cost of an assertion.
        if (number !== oracle(bytes, algorithm, counter)) {
          expect.unreachable(`wrong for key ${bytes.toString("hex")}, counter ${counter}`);
        }
      }
    }
  });

  it("and its hash are whole where they are asked for, at every length up to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = randomBytes(length);
      const mac = Buffer.from(wholeMac(bytes, algorithm, 2 ** 33 + length).buffer);
      expect(mac.toString("hex")).toBe(oracleMac(bytes, algorithm, 2 ** 33 + length).toString("hex"));
      const words = Array.from(wholeHash(algorithm, bytes), (word) => (word >>> 0).toString(16).padStart(8, "0"));
      expect(words.join("")).toBe(createHash(algorithm.replace("-", "")).update(bytes).digest("hex"));
    }
  });

  it("does not mix up keys that are used in turn", () => {
    const keys = [randomBytes(20), randomBytes(64), randomBytes(200)];
    const imported = keys.map((key) => opened(key, algorithm));
    for (let counter = 0; counter < 50; counter++) {
      const numbers = imported.map((key) => truncatedMac(key, counter));
      expect(numbers).toEqual(keys.map((key) => oracle(key, algorithm, counter)));
    }
  });
});

it("a portable key of megabytes is hashed like every other", () => {
  const key = randomBytes(Math.min(1, MORE) * 5_000_000 + 3);
  for (const algorithm of ALGORITHMS) expect(truncatedMac(opened(key, algorithm), 7)).toBe(oracle(key, algorithm, 7));
});

it("a polluted Object.prototype brings no hash function", async () => {
  const forged = { compress: () => undefined, initial: new Int32Array(5), innerBlock: new Int32Array(16) };
  const prototype = Object.prototype as Record<string, unknown>;
  prototype["SHA-1"] = { ...forged, outerBlock: new Int32Array(16), digest: new Int32Array(5) };
  try {
    vi.resetModules(); // hash functions are made at their first use
    const fresh = await import("../../../src/portable/keys.ts");
    const key = fresh.openKey("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", undefined, 10);
    expect(fresh.truncatedMac(key, 0)).toBe(1284755224);
  } finally {
    delete prototype["SHA-1"];
  }
});

describe("a portable key", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

  it("shows nothing", () => {
    const key = importKey(secret);
    expect(JSON.stringify({ key })).toBe('{"key":{}}');
    expect(inspect(key, { showHidden: true, depth: null })).toBe("OtpKey {}");
    expect(Reflect.ownKeys(key)).toEqual([]);
    expect(Object.entries(key)).toEqual([]);
    expect(() => structuredClone(key)).not.toThrow();
    expect(thrownCode(() => openKey(structuredClone(key), undefined, 1))).toBe("invalid-secret");
  });

  it("does not follow the bytes it was made of", () => {
    const bytes = Buffer.from("12345678901234567890");
    const key = importKey(bytes);
    bytes.fill(0);
    expect(truncatedMac(openKey(key, undefined, 1), 0)).toBe(1284755224);
  });

  it("is bound to its algorithm, and long enough or not", () => {
    const key = importKey(secret, "SHA-256");
    expect(openKey(key, undefined, 20)).toBe(key);
    expect(openKey(key, "SHA-256", 20)).toBe(key);
    expect(thrownCode(() => openKey(key, "SHA-1", 1))).toBe("invalid-key");
    expect(() => openKey(key, "SHA-1", 1)).toThrow("key is for another algorithm");
    expect(thrownCode(() => openKey(key, undefined, 21))).toBe("secret-too-short");
  });

  it("is not what only looks like one", async () => {
    const webcrypto = await crypto.subtle.importKey("raw", Buffer.alloc(20), { name: "HMAC", hash: "SHA-1" }, false, [
      "sign",
    ]);
    const fakes = [
      webcrypto,
      {},
      Object.create(Object.getPrototypeOf(importKey(secret)) as object) as object,
      null,
      undefined,
      () => 0,
    ];
    for (const fake of fakes) {
      expect(thrownCode(() => openKey(fake as OtpKey, undefined, 10))).toBe("invalid-secret");
    }
  });
});

describe("a call of the portable HMAC that is ended in the middle", () => {
  it.each(["SHA-1", "SHA-256", "SHA-512"] as const)(
    "leaves nothing behind that changes the next key: %s",
    (algorithm) => {
      // A loop in another context, ended from outside at some moment or other: no JavaScript runs
      // after that, not even finally.
      const endless = vm.createContext({ call: () => importKey(new Uint8Array(64).fill(0x5a), algorithm) });
      const key = new Uint8Array(20).fill(7);
      const expected = oracle(key, algorithm, 1);
      for (let round = 0; round < 40; round++) {
        expect(() => void vm.runInContext("for (;;) call();", endless, { timeout: 1 })).toThrow("timed out");
        expect(truncatedMac(openKey(key, algorithm, 1), 1)).toBe(expected);
      }
    },
  );
});
