import { createHmac, webcrypto } from "node:crypto";

import { afterEach, describe, expect, it, vi } from "vitest";

import { generateHotp, importKey, resynchronizeTotp, verifyHotp, verifyTotp } from "../../../src/index.ts";
import type { WebCryptoKey } from "../../../src/core/platform.ts";
import { truncatedMacs } from "../../../src/webcrypto/keys.ts";
import { rejectedCode } from "../../helpers/thrown.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const BYTES = Buffer.from("12345678901234567890");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the MAC of WebCrypto", () => {
  it("is truncated to 31 bits", async () => {
    const key = await importKey(SECRET);
    expect(await truncatedMacs(key, 10280, 2)).toEqual([expect.any(Number), 92555]);
    expect(await truncatedMacs(key, 0, 1)).toEqual([1284755224]);
    expect(await truncatedMacs(key, 0, 0)).toEqual([]);
    expect(await truncatedMacs(key, 0, -5)).toEqual([]);
  });
});

describe("an imported key", () => {
  it("cannot be read back and may only sign", async () => {
    const key = await importKey(SECRET, "SHA-256");
    expect(key.extractable).toBe(false);
    expect(key.usages).toEqual(["sign"]);
    await expect(webcrypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });

  it("may be as short as one byte", async () => {
    expect(await generateHotp(await importKey(new Uint8Array(1)), 0)).toBe("328482");
  });

  it("must have ten bytes to verify with", async () => {
    expect(await verifyHotp(await importKey(new Uint8Array(10)), "000000", 0)).toBeNull();
    const short = await importKey(new Uint8Array(9));
    expect(await rejectedCode(() => verifyHotp(short, "000000", 0))).toBe("secret-too-short");
  });

  it("is bound to its algorithm, and says which one it should have", async () => {
    const key = await importKey(SECRET, "SHA-256");
    expect(await generateHotp(key, 0, { algorithm: "SHA-256" })).toBe(await generateHotp(key, 0));
    const refusal = (hashes: string): object => {
      return { code: "invalid-key", message: `key must be an HMAC key for ${hashes} with usage "sign"` };
    };
    await expect(generateHotp(key, 0, { algorithm: "SHA-1" })).rejects.toMatchObject(refusal("SHA-1"));
    const other = { algorithm: {} } as unknown as WebCryptoKey;
    await expect(generateHotp(other, 0)).rejects.toMatchObject(refusal("SHA-1, SHA-256 or SHA-512"));
  });

  it("is not what is absent", async () => {
    for (const absent of [null, undefined]) {
      expect(await rejectedCode(() => generateHotp(absent as never, 0))).toBe("invalid-secret");
    }
  });

  it("is imported once for a secret, whatever the window, and not at all for a key", async () => {
    const imports = vi.spyOn(crypto.subtle, "importKey");
    await verifyHotp(SECRET, "755224", 0, { lookAhead: 100 });
    expect(imports).toHaveBeenCalledTimes(1);
    const key = await importKey(SECRET);
    await verifyHotp(key, "755224", 0, { lookAhead: 100 });
    await generateHotp(key, 0);
    expect(imports).toHaveBeenCalledTimes(2);
  });

  it("may be the app's own, with more usages and extractable", async () => {
    const hmac = { name: "HMAC", hash: "SHA-1" };
    const key = await webcrypto.subtle.importKey("raw", BYTES, hmac, true, ["sign", "verify"]);
    expect(await generateHotp(key, 1)).toBe("287082");
  });

  it("is refused if it is for something else", async () => {
    const { subtle: own } = webcrypto;
    const wrong = [
      await own.importKey("raw", BYTES, { name: "HMAC", hash: "SHA-1" }, false, ["verify"]),
      await own.importKey("raw", BYTES, { name: "HMAC", hash: "SHA-384" }, false, ["sign"]),
      await own.importKey("raw", BYTES.subarray(0, 16), "AES-GCM", false, ["encrypt"]),
      await own.importKey("raw", BYTES, "PBKDF2", false, ["deriveBits"]),
      (await own.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"])).privateKey,
    ];
    for (const key of wrong) {
      expect(await rejectedCode(() => generateHotp(key, 0))).toBe("invalid-key");
      expect(await rejectedCode(() => verifyTotp(key, "755224"))).toBe("invalid-key");
    }
  });

  it("is refused if it only looks like one, before anything is signed", async () => {
    const sign = vi.spyOn(crypto.subtle, "sign");
    const hash = { name: "SHA-1" };
    const fakes = [
      { algorithm: null },
      { algorithm: {} },
      { algorithm: { name: "HMAC" }, usages: ["sign"] },
      { algorithm: { name: "HMAC", hash: "SHA-1", length: 160 }, usages: ["sign"] },
      { algorithm: { name: "HMAC", hash: { name: "MD5" }, length: 160 }, usages: ["sign"] },
      { algorithm: { name: "RSA-PSS", hash, length: 160 }, usages: ["sign"] },
      { algorithm: { name: "HMAC", hash, length: 160 } },
      { algorithm: { name: "HMAC", hash, length: 160 }, usages: [] },
      { algorithm: { name: "HMAC", hash, length: 160 }, usages: 5 },
    ];
    for (const fake of fakes) {
      const key = fake as unknown as WebCryptoKey;
      expect(await rejectedCode(() => generateHotp(key, 0))).toBe("invalid-key");
    }
    const noLength = { algorithm: { name: "HMAC", hash }, usages: ["sign"] } as unknown as WebCryptoKey;
    expect(await rejectedCode(() => verifyTotp(noLength, "755224"))).toBe("secret-too-short");
    expect(sign).not.toHaveBeenCalled();
  });
});

describe("the work of a verification", () => {
  it("is the whole window, wherever the code matches", async () => {
    const key = await importKey(SECRET);
    const sign = vi.spyOn(crypto.subtle, "sign");
    for (const code of ["755224", "755225"]) {
      sign.mockClear();
      await verifyHotp(key, code, 0, { lookAhead: 9 });
      expect(sign).toHaveBeenCalledTimes(10);
    }
  });

  it("is done in batches when it is wide", async () => {
    const key = await importKey(SECRET);
    let underWay = 0;
    let most = 0;
    const sign = vi.spyOn(crypto.subtle, "sign").mockImplementation(async (_algorithm, _key, message) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      const mac = createHmac("sha1", BYTES)
        .update(new Uint8Array((message as DataView).buffer as ArrayBuffer))
        .digest();
      return Uint8Array.from(mac).buffer;
    });
    const at = new Date(2000 * 30_000);
    const codes = [await generateHotp(key, 2998), await generateHotp(key, 2999)];
    sign.mockClear();
    const match = await resynchronizeTotp(key, codes, { at, lookBehind: 0, lookAhead: 1000 });
    expect(match).toEqual({ counter: 2999, delta: 999 });
    expect(sign).toHaveBeenCalledTimes(1002);
    expect(most).toBe(128);
  });

  it("goes on with the error of a failing runtime", async () => {
    const key = await importKey(SECRET);
    vi.spyOn(crypto.subtle, "sign").mockRejectedValue(new DOMException("broken", "OperationError"));
    await expect(verifyTotp(key, "755224")).rejects.toThrow("broken");
  });
});
