import { describe, expect, it } from "vitest";

import { decodeSecret, generateSecret, secretBytes, type SecretOptions } from "../../src/secret.ts";
import { toHex } from "../helpers/hex.ts";
import { thrownCode } from "../helpers/thrown.ts";

describe("a secret as text", () => {
  it.each(["mzxw6ytb", "MZXW 6YTB", "mzxw-6ytb\r\n", "\tMZXW6YTB", "M-Z X W-6 Y T B"])("%j is read", (text) => {
    expect(toHex(decodeSecret(text))).toBe("666f6f6261");
  });

  it.each(["MY======", "MY=", "my ======", "MY======\n", "MY= \r\n"])("%j may be padded", (text) => {
    expect(toHex(decodeSecret(text))).toBe("66");
  });

  it.each([
    "0ZXW6YTB",
    "1ZXW6YTB",
    "8ZXW6YTB",
    "9ZXW6YTB",
    "M",
    "MZ",
    "MY=======",
    "MY=MY",
    "MZXW\u00a06YTB",
    "ＭＹ",
    "mzxw6ytı",
  ])("%j is refused", (text) => {
    expect(thrownCode(() => decodeSecret(text))).toBe("invalid-secret");
  });

  it("is never empty", () => {
    for (const text of ["", " ", "-", "======", "\n"])
      expect(thrownCode(() => decodeSecret(text))).toBe("secret-too-short");
  });
});

describe("a secret as bytes", () => {
  it("is copied, also out of shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(20)).fill(9);
    const copy = secretBytes(shared, 10);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    shared.fill(0);
    expect([...copy]).toEqual(Array(20).fill(9));
  });

  it("must be as long as the purpose asks for", () => {
    expect(secretBytes(new Uint8Array(10), 10).length).toBe(10);
    expect(thrownCode(() => secretBytes(new Uint8Array(9), 10))).toBe("secret-too-short");
    expect(thrownCode(() => secretBytes("MY", 10))).toBe("secret-too-short");
    expect(() => secretBytes("MY", 10)).toThrow("secret must have 10 or more bytes");
  });
});

describe("a random secret", () => {
  it("says how long it may be", () => {
    expect(() => generateSecret({ byteLength: 15 })).toThrow("byteLength must be an integer from 16 to 1024");
  });

  it("is for an algorithm that there is, even if its length is given", () => {
    for (const algorithm of ["MD5", "SHA1", null]) {
      const options = { algorithm, byteLength: 20 } as unknown as SecretOptions;
      expect(thrownCode(() => generateSecret(options))).toBe("invalid-option");
    }
  });
});

it("bytes whose memory was given away are no secret any more", () => {
  const bytes = new Uint8Array(20).fill(1);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  expect(thrownCode(() => secretBytes(bytes, 1))).toBe("secret-too-short");
});
