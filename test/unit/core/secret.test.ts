import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { generateHotp as generateWebHotp, importKey as importWebKey } from "../../../src/index.ts";
import { generateHotp, importKey } from "../../../src/sync.ts";
import { decodeSecret, generateSecret, secretBytes, type SecretOptions } from "../../../src/core/secret.ts";
import { toHex } from "../../helpers/hex.ts";
import { thrownCode } from "../../helpers/thrown.ts";

describe("a secret as text", () => {
  it.each(["mzxw6ytb", "MZXW 6YTB", "mzxw-6ytb\r\n", "\tMZXW6YTB", "M-Z X W-6 Y T B", "\ufeffMZXW6YTB\u2003"])(
    "%j is read",
    (text) => {
      expect(toHex(decodeSecret(text))).toBe("666f6f6261");
    },
  );

  it.each(["MY======", "MY=", "my ======", "MY======\n", "MY= \r\n", "M Z = = =", "MZ"])(
    "%j may be padded, and have bits left over",
    (text) => {
      expect(toHex(decodeSecret(text))).toBe("66");
    },
  );

  it.each([
    "0ZXW6YTB",
    "1ZXW6YTB",
    "8ZXW6YTB",
    "9ZXW6YTB",
    "M",
    "MZX",
    "MZXW6Y",
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

describe("the message of invalid-secret", () => {
  const takes = "secret must be base32 text or a Uint8Array";
  const key = "JBSWY3DP";

  it.each([
    [
      "the place of a letter, without what separates them",
      `${key.slice(0, 4)} ${key.slice(4)}-1`,
      "secret must be base32: letter 9 is not base32",
    ],
    ["a length that leaves too many bits", `${key}A`, "secret must be base32: 9 letters leave 5 bits"],
    ["another such length", `${key}AAA`, "secret must be base32: 11 letters leave 7 bits"],
    ["what is taken", undefined, takes],
    ["what is taken, for a number", 123456, takes],
    ["what is taken, for a promise of a key", Promise.resolve(), takes],
    ["what is taken, for a class whose name ends like a key's", { constructor: { name: "FakeOtpKey" } }, takes],
    ["what is taken, for a class whose name begins like a key's", { constructor: { name: "OtpKeys" } }, takes],
    ["a key of the other face", importKey(key.repeat(2)), `${takes}, not OtpKey`],
  ])("says %s", (_, secret, message) => {
    expect(() => secretBytes(secret, 1)).toThrow(new RegExp(`^${message}$`));
  });

  it("says which kind of key is not taken", async () => {
    const webKey = await importWebKey(key.repeat(2));
    expect(() => secretBytes(webKey, 1)).toThrow(/^secret must be base32 text or a Uint8Array, not CryptoKey$/);
    expect(() => generateHotp(webKey as never, 0)).toThrow(
      /^secret must be base32 text, a Uint8Array or a key of halfminute\/sync, not CryptoKey$/,
    );
    await expect(generateWebHotp(importKey(key.repeat(2)) as never, 0)).rejects.toThrow(
      /^secret must be base32 text, a Uint8Array or a CryptoKey, not OtpKey$/,
    );
    expect(() => decodeSecret(12 as never)).toThrow(/^secret must be base32 text$/);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const hostile of [proxy, { constructor: { name: Object.create(null) as unknown } }])
      expect(() => secretBytes(hostile, 1)).toThrow(new RegExp(`^${takes}$`));
  });

  it("never has a letter of the secret", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[jqxz]{3,30}[!0189]?$/), (text) => {
        try {
          decodeSecret(text);
        } catch (error) {
          expect(
            (error as Error).message.replace(/secret must be base32|letters? |leave|bits|is not base32/g, ""),
          ).toMatch(/^[: 0-9]*$/);
        }
      }),
    );
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

it("bytes whose memory was given away are not a secret any more", () => {
  const bytes = new Uint8Array(20).fill(1);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  expect(thrownCode(() => secretBytes(bytes, 1))).toBe("secret-too-short");
});
