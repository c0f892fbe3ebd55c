import { createHmac } from "node:crypto";
import { createRequire } from "node:module";

import { afterEach, describe, expect, it, vi } from "vitest";

import * as named from "../../src/speakeasy/index.ts";
import speakeasy, {
  type HotpVerifyOptions,
  OtpError,
  type Speakeasy,
  type TotpVerifyOptions,
} from "../../src/speakeasy/index.ts";
import { thrownCode } from "../helpers/thrown.ts";

const published = createRequire(import.meta.url)("speakeasy") as Speakeasy;

const SECRET = "12345678901234567890";
const BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const TIME = 1234567890; // RFC 6238 Appendix B: 89005924
const EMPTY_KEY_CODE = "812658"; // of counter 1: anyone can compute it

/** Options that the types forbid, as a program without types gives them. */
const wrong = (options: unknown): never => options as never;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the names of halfminute/speakeasy", () => {
  it("are those of speakeasy, in one object and by themselves", () => {
    expect(Object.keys(speakeasy).toSorted()).toEqual([
      "_counter",
      "counter",
      "digest",
      "generateSecret",
      "generateSecretASCII",
      "generate_key",
      "generate_key_ascii",
      "hotp",
      "otpauthURL",
      "time",
      "totp",
    ]);
    const { default: object, OtpError: error, ...rest } = named;
    expect(error).toBe(OtpError);
    expect(object).toEqual(rest);
  });

  it("have their aliases", () => {
    expect(speakeasy.counter).toBe(speakeasy.hotp);
    expect(speakeasy.time).toBe(speakeasy.totp);
    expect(speakeasy.generate_key).toBe(speakeasy.generateSecret);
    expect(speakeasy.generate_key_ascii).toBe(speakeasy.generateSecretASCII);
  });

  it("work without their object", () => {
    const { totp, hotp, generateSecret } = speakeasy;
    const { verify, verifyDelta } = totp;
    expect(totp({ secret: SECRET, time: TIME })).toBe("005924");
    expect(verify({ secret: SECRET, time: TIME, token: "005924" })).toBe(true);
    expect(verifyDelta({ secret: SECRET, time: TIME, token: "005924" })).toEqual({ delta: 0 });
    expect((0, hotp.verify)({ secret: SECRET, counter: 1, token: "287082" })).toBe(true);
    expect(generateSecret().ascii).toHaveLength(32);
  });

  it("can be replaced, as tests do", () => {
    vi.spyOn(speakeasy.totp, "verify").mockReturnValue(true);
    vi.spyOn(speakeasy, "generateSecretASCII").mockReturnValue("x");
    expect(speakeasy.totp.verify({ secret: SECRET, token: "" })).toBe(true);
    expect(speakeasy.generateSecretASCII()).toBe("x");
  });
});

describe("a secret in halfminute/speakeasy", () => {
  const forms: readonly [unknown, unknown?][] = [
    [SECRET],
    [SECRET, "ascii"],
    [SECRET, "latin1"],
    [SECRET, "binary"],
    [SECRET, "utf8"],
    [SECRET, "UTF-8"],
    [BASE32, "base32"],
    [BASE32.toLowerCase(), "BASE32"],
    ["gezd-gnbv gy3t-qojq GEZD GNBV GY3T QOJQ", "base32"],
    ["3132333435363738393031323334353637383930", "hex"],
    ["MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "base64"],
    ["MTIzNDU2Nzg5MDEy\nMzQ1Njc4OTA", "base64url"],
    [Buffer.from(SECRET)],
    [Buffer.from(SECRET), "base32"],
    [Uint8Array.from(Buffer.from(SECRET)), "hex"],
    [Buffer.from(`xx${SECRET}`).subarray(2)],
  ];

  it.each(forms)("makes the same code however it is given: %s, encoding %s (%#)", (secret, encoding) => {
    expect(speakeasy.totp(wrong({ secret, encoding, time: TIME }))).toBe("005924");
    expect(speakeasy.totp(wrong({ secret: "other", key: secret, encoding, time: TIME }))).toBe("005924");
    expect(speakeasy.totp.verify(wrong({ secret, encoding, time: TIME, token: "005924" }))).toBe(true);
  });

  it("has bytes above 127 as Node reads them", () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const whole = speakeasy.digest(wrong({ secret: bytes }));
    for (const encoding of ["ascii", "latin1", "hex", "base64", "base64url"] as const) {
      const secret = bytes.toString(encoding === "ascii" ? "latin1" : encoding);
      expect(speakeasy.digest(wrong({ secret, encoding })), encoding).toEqual(whole);
    }
    const text = "é€😀\u0000%41";
    const utf8 = speakeasy.digest(wrong({ secret: Buffer.from(text) }));
    expect(speakeasy.digest(wrong({ secret: text, encoding: "utf8" }))).toEqual(utf8);
  });

  const missing = [undefined, null, "", Buffer.alloc(0)];
  it.each(missing)("is refused where it is missing, in every call and encoding: %s (%#)", (secret) => {
    for (const encoding of [undefined, "ascii", "hex", "base32", "base64", "utf8"]) {
      const options = wrong({ secret, encoding, time: 59, counter: 1, token: EMPTY_KEY_CODE, label: "a" });
      const calls = [
        speakeasy.digest,
        speakeasy.hotp,
        speakeasy.hotp.verify,
        speakeasy.hotp.verifyDelta,
        speakeasy.totp,
        speakeasy.totp.verify,
        speakeasy.totp.verifyDelta,
        speakeasy.otpauthURL,
      ];
      for (const call of calls) expect(thrownCode(() => call(options))).toMatch(/^(invalid-secret|secret-too-short)$/);
    }
  });

  it.each([
    ["MZXW8YQ", "base32"],
    ["MZXW0YQ", "base32"],
    ["MZXW1YQ", "base32"],
    ["MZXW9YQ", "base32"],
    ["MZXW6Y", "base32"], // a length that no number of bytes has
    ["MZX=W6YQ", "base32"],
    ["A", "base32"],
    ["313", "hex"],
    ["31xx", "hex"],
    ["0x31", "hex"],
    ["MTI*", "base64"],
    ["MTIzN", "base64"],
    ["MT=Iz", "base64"],
    ["Ā", "ascii"],
    ["\ud800", "utf8"],
    [42, "ascii"],
    [[1, 2, 3], "ascii"],
    [new ArrayBuffer(20), "ascii"],
    [true, "ascii"],
  ])("is refused: %s, encoding %s", (secret, encoding) => {
    expect(thrownCode(() => speakeasy.hotp(wrong({ secret, encoding })))).toBe("invalid-secret");
  });

  it.each(["rot13", " ", "ucs2", 32, false])("is refused with the unknown encoding %s", (encoding) => {
    expect(thrownCode(() => speakeasy.hotp(wrong({ secret: SECRET, encoding })))).toBe("invalid-option");
  });
});

describe("a token in halfminute/speakeasy", () => {
  const verify = (token: unknown, more: object = {}): boolean =>
    speakeasy.totp.verify(wrong({ secret: SECRET, time: TIME, token, ...more }));

  it.each([
    "5924ab",
    "5924.9",
    " 5924 ",
    "+05924",
    "5924",
    "0005924",
    "005 924",
    "005-924",
    "005924\n",
    "",
    "٠٠٥٩٢٤",
    "００５９２４",
    "0x1724",
    "5.924e3",
    5924,
    5924.1,
    NaN,
    -5924,
    5924n,
    null,
    undefined,
    true,
    ["005924"],
    { toString: () => "005924" },
  ])("is refused in place of 005924: %s (%#)", (token) => {
    expect(verify(token)).toBe(false);
    expect(speakeasy.hotp.verifyDelta(wrong({ secret: SECRET, counter: 41152263, token }))).toBeUndefined();
  });

  it("may be a number that has all its digits", () => {
    expect(verify(287082, { time: 59 })).toBe(true);
    expect(verify(287083, { time: 59 })).toBe(false);
  });

  it("is refused if it has a megabyte", () => {
    expect(verify("0".repeat(2 ** 20))).toBe(false);
  });

  it("of ten digits is compared whole, not modulo 2^32", () => {
    // Counter 4: 1640338314 (RFC 4226 Appendix D); 5935305610 is 2^32 more.
    const options = { secret: SECRET, counter: 4, digits: 10 };
    expect(speakeasy.hotp(options)).toBe("1640338314");
    expect(speakeasy.hotp.verify({ ...options, token: "1640338314" })).toBe(true);
    expect(speakeasy.hotp.verify({ ...options, token: "5935305610" })).toBe(false);
  });
});

describe("a counter in halfminute/speakeasy", () => {
  // Computed with oathtool and pyotp.
  it.each([
    [2147483647, "27223505"],
    [2147483648, "04197202"],
    [4294967295, "57117190"],
    [4294967296, "55999456"],
    [9007199254740991, "41891307"],
  ])("may have 53 bits: %s", (counter, code) => {
    expect(speakeasy.hotp({ secret: SECRET, counter, digits: 8 })).toBe(code);
    expect(speakeasy.hotp(wrong({ secret: SECRET, counter: String(counter), digits: "8" }))).toBe(code);
    expect(speakeasy.totp({ secret: SECRET, counter, digits: 8 })).toBe(code);
    const found = speakeasy.totp.verifyDelta({ secret: SECRET, counter, digits: 8, token: code, window: 3 });
    expect(found).toEqual({ delta: 0 });
    const ahead = { secret: SECRET, counter: counter - 2, digits: 8, token: code, window: 5000 };
    expect(speakeasy.hotp.verifyDelta(ahead)).toEqual({ delta: 2 });
  });

  it("is 0 if it is absent", () => {
    expect(speakeasy.hotp({ secret: SECRET })).toBe("755224");
    expect(speakeasy.hotp(wrong({ secret: SECRET, counter: null }))).toBe("755224");
    expect(speakeasy.hotp.verify({ secret: SECRET, token: "755224" })).toBe(true);
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53, "-1", "1.5", "", "abc", " 1", "0x1", "9007199254740992", 1n, true, []])(
    "is refused: %s (%#)",
    (counter) => {
      const options = wrong({ secret: SECRET, counter, token: "755224" });
      for (const call of [
        speakeasy.digest,
        speakeasy.hotp,
        speakeasy.hotp.verify,
        speakeasy.totp,
        speakeasy.totp.verify,
      ]) {
        expect(thrownCode(() => call(options))).toBe("invalid-counter");
      }
    },
  );

  it("does not leave its range with its window", () => {
    /** The code of eight bytes that are no counter. */
    const codeOf = (hex: string): string =>
      speakeasy.hotp(wrong({ digest: createHmac("sha1", SECRET).update(Buffer.from(hex, "hex")).digest() }));
    for (const token of ["ffffffffffffffff", "00000000ffffffff", "ffffffff00000000"].map(codeOf)) {
      expect(speakeasy.totp.verify({ secret: SECRET, time: 0, window: 1, token })).toBe(false);
    }
    const counter = 2 ** 53 - 1;
    for (const token of ["0020000000000000", "0000000000000000"].map(codeOf)) {
      expect(speakeasy.totp.verify({ secret: SECRET, counter, window: 1, token })).toBe(false);
      expect(speakeasy.hotp.verify({ secret: SECRET, counter, window: 9, token })).toBe(false);
    }
    expect(speakeasy.totp.verifyDelta({ secret: SECRET, time: 30, window: 5, token: "755224" })).toEqual({ delta: -1 });
  });
});

describe("the time in halfminute/speakeasy", () => {
  it.each([
    [{ time: 1234567890 }, 41152263],
    [{ time: "1234567890" }, 41152263],
    [{ time: 1234567889.999 }, 41152262],
    [{ time: "1234567889.999" }, 41152262],
    [{ time: 20000000000 }, 666666666],
    [{ time: 59, step: 60 }, 0],
    [{ time: 59, step: "1" }, 59],
    [{ time: 159, epoch: 100 }, 1],
    [{ time: 159, epoch: "100" }, 1],
    [{ time: 159, initial_time: 100 }, 1],
    [{ time: 159, epoch: 100, initial_time: 0 }, 1],
    [{ time: 59, epoch: -1 }, 2],
    [{ time: 59, period: 30 }, 1],
    [{ time: 59, period: "20", step: 20 }, 2],
    [{ time: 2 ** 53 - 1, step: 1 }, 2 ** 53 - 1],
    [{ time: 2 ** 53 - 2, step: 2 ** 53 - 1 }, 0],
    [{ time: 0, step: null, epoch: null }, 0],
  ])("with %j makes the counter %s", (options, counter) => {
    expect(speakeasy._counter(wrong(options))).toBe(counter);
    expect(speakeasy.totp(wrong({ ...options, secret: SECRET }))).toBe(speakeasy.hotp({ secret: SECRET, counter }));
  });

  it("is now if it is absent", () => {
    vi.spyOn(Date, "now").mockReturnValue(TIME * 1000 + 29_999);
    expect(speakeasy.totp({ secret: SECRET })).toBe("005924");
    expect(speakeasy.totp.verify({ secret: SECRET, token: "005924" })).toBe(true);
  });

  it.each([
    { time: NaN },
    { time: Infinity },
    { time: -1 },
    { time: "now" },
    { time: "" },
    { time: " 59" },
    { time: "0x3b" },
    { time: ["59"] },
    { time: new Date() },
    { time: 1, epoch: 2 },
    { time: 1, epoch: NaN },
    { time: 1, initial_time: NaN },
    { time: 2 ** 54, step: 1 },
    { step: 0 },
    { step: NaN },
    { step: -30 },
    { step: 1.5 },
    { step: "30s" },
    { step: Infinity },
  ])("is refused with %j (%#)", (options) => {
    for (const call of [speakeasy._counter, speakeasy.totp, speakeasy.totp.verify, speakeasy.totp.verifyDelta]) {
      const error = thrownCode(() => call(wrong({ secret: SECRET, token: "755224", ...options })));
      expect(error).toBe("invalid-option");
    }
  });
});

describe("a window in halfminute/speakeasy", () => {
  const verify = (options: object): unknown => speakeasy.totp.verify(wrong({ secret: SECRET, token: "1", ...options }));

  it.each(["1", "0", "", -1, 0.5, NaN, Infinity, 5001, 1e9, 1n, true, [1]])("is refused: %s (%#)", (window) => {
    expect(thrownCode(() => verify({ window }))).toBe("invalid-option");
    const options = wrong({ secret: SECRET, token: "755224", window });
    expect(thrownCode(() => speakeasy.hotp.verify(options))).toBe("invalid-option");
  });

  it("is 0 if it is absent", () => {
    for (const window of [undefined, null, 0]) {
      const at = (counter: number): unknown =>
        speakeasy.totp.verifyDelta(wrong({ secret: SECRET, counter, token: "287082", window }));
      expect([at(0), at(1), at(2)]).toEqual([undefined, { delta: 0 }, undefined]);
    }
  });

  it("of 5000 still reaches its ends, and not beyond", () => {
    const options = { secret: SECRET, token: "287082", window: 5000 };
    expect(speakeasy.totp.verifyDelta({ ...options, counter: 5001 })).toEqual({ delta: -5000 });
    expect(speakeasy.totp.verifyDelta({ ...options, counter: 5002 })).toBeUndefined();
    const last = speakeasy.hotp({ secret: SECRET, counter: 5000, digits: 9 });
    expect(speakeasy.hotp.verifyDelta({ ...options, counter: 0, token: last, digits: 9 })).toEqual({ delta: 5000 });
    expect(speakeasy.hotp.verify({ ...options, counter: 2 })).toBe(false); // never behind
  });

  it("gives the highest of two counters with one code, so that it does not pass again", () => {
    // Computed with oathtool and pyotp: steps 58261606 and 58261608 share 905913.
    const options = { secret: SECRET, token: "905913", window: 2 };
    expect(speakeasy.hotp.verifyDelta({ ...options, counter: 58261606 })).toEqual({ delta: 2 });
    expect(speakeasy.totp.verifyDelta({ ...options, counter: 58261607 })).toEqual({ delta: 1 });
    expect(speakeasy.hotp.verify({ ...options, counter: 58261606 + 2 + 1 })).toBe(false);
  });
});

describe("halfminute/speakeasy with digits and algorithm", () => {
  it("pads with zeros, and takes text and the former name", () => {
    const options = { secret: SECRET, counter: 10281 }; // 92555, see RFC 4226 §5.3
    expect(speakeasy.hotp(options)).toBe("092555");
    expect(speakeasy.hotp(wrong({ ...options, digits: "6" }))).toBe("092555");
    expect(speakeasy.hotp({ ...options, length: 8 })).toBe("00092555");
    expect(speakeasy.hotp({ ...options, digits: 7, length: 8 })).toBe("0092555");
    expect(speakeasy.hotp({ ...options, digits: 1 })).toBe("5");
    expect(speakeasy.hotp({ ...options, digits: 10 })).toBe("0000092555");
  });

  it.each([0, -1, 6.5, 11, NaN, "", "six", "6.0", [6]])("refuses the digits %s", (digits) => {
    for (const options of [{ digits }, { length: digits }]) {
      const call = (): unknown => speakeasy.hotp(wrong({ secret: SECRET, ...options }));
      expect(thrownCode(call)).toBe("invalid-option");
    }
    const verify = (): unknown => speakeasy.hotp.verify(wrong({ secret: SECRET, digits, token: "755224" }));
    expect(thrownCode(verify)).toBe("invalid-option");
  });

  it.each(["md5", "sha384", "SHA-1", " ", 1, false, "__proto__", "toString"])(
    "refuses the algorithm %s",
    (algorithm) => {
      for (const call of [speakeasy.digest, speakeasy.hotp, speakeasy.totp.verify, speakeasy.otpauthURL]) {
        expect(thrownCode(() => call(wrong({ secret: SECRET, algorithm, label: "a" })))).toBe("invalid-option");
      }
    },
  );

  it("reads the algorithm in either case", () => {
    const code = speakeasy.totp({ secret: SECRET, time: 59, digits: 8, algorithm: "sha256" });
    expect(speakeasy.totp({ secret: SECRET, time: 59, digits: 8, algorithm: "SHA256" })).toBe(code);
    expect(code).toBe("32247374"); // not RFC 6238's: its key has 32 bytes
  });
});

describe("an empty text in halfminute/speakeasy", () => {
  it.each(["encoding", "algorithm", "type", "issuer"])("counts as an absent option: %s", (name) => {
    const plain = { secret: SECRET, time: 59, label: "alice", token: "287082" };
    const empty = wrong({ ...plain, [name]: "" });
    expect(speakeasy.totp(empty)).toBe("287082");
    expect(speakeasy.totp(empty)).toBe(published.totp(empty));
    expect([speakeasy.totp.verify(empty), speakeasy.hotp(empty)]).toEqual([true, published.hotp(empty)]);
    expect(speakeasy.digest(empty)).toEqual(published.digest(empty));
    expect(speakeasy.otpauthURL(empty)).toBe(speakeasy.otpauthURL(plain));
    // It writes an empty algorithm, which no app reads.
    expect(speakeasy.otpauthURL(empty)).toBe(published.otpauthURL(name === "algorithm" ? plain : empty));
    expect(speakeasy.generateSecret(empty).otpauth_url).toMatch(/^otpauth:\/\/totp\/SecretKey\?secret=[A-Z2-7]+$/);
  });

  it.each(["secret", "key", "digits", "step", "counter", "time", "window"])("is refused as the option %s", (name) => {
    const given = { secret: SECRET, token: "287082", time: 59 };
    expect(() => speakeasy.totp.verify(wrong({ ...given, [name]: "" }))).toThrow(OtpError);
  });

  it("is refused as the token", () => {
    expect(speakeasy.totp.verify({ secret: SECRET, token: "" })).toBe(false);
  });
});

describe("digest of halfminute/speakeasy", () => {
  it("is the whole MAC, of which the code is made", () => {
    for (const algorithm of ["sha1", "sha256", "sha512"] as const) {
      const counter = Buffer.from("000000000000002a", "hex");
      const expected = createHmac(algorithm, SECRET).update(counter).digest();
      const mac = speakeasy.digest({ secret: SECRET, counter: 42, algorithm });
      expect(Buffer.isBuffer(mac)).toBe(true);
      expect(mac).toEqual(expected);
      const code = speakeasy.hotp({ secret: SECRET, counter: 42, algorithm });
      expect(speakeasy.hotp(wrong({ digest: mac }))).toBe(code);
      expect(speakeasy.totp(wrong({ digest: new Uint8Array(expected) }))).toBe(code);
    }
  });

  it("is a Uint8Array where there is no Buffer, and always its own", () => {
    const buffer = speakeasy.digest({ secret: SECRET, counter: 0 });
    vi.stubGlobal("Buffer", undefined);
    const bytes = speakeasy.digest({ secret: SECRET, counter: 0 });
    expect(Object.prototype.toString.call(bytes)).toBe("[object Uint8Array]");
    expect(Array.from(bytes)).toEqual(Array.from(buffer));
    const kept = Array.from(bytes);
    speakeasy.digest({ secret: SECRET, counter: 1 });
    expect(Array.from(bytes)).toEqual(kept);
    expect(bytes.buffer.byteLength).toBe(20);
  });

  it("is not taken for verifying, and that is what is said", () => {
    const options = { secret: SECRET, token: "755224", digest: Buffer.alloc(20) };
    expect(() => speakeasy.hotp.verify(wrong(options))).toThrow(/^digest has no effect here, use hotp or totp/);
  });

  it.each(["cc93cf18508d94934c64b65d8ba7667fb7cde4b0", Buffer.alloc(19), [1, 2], {}])(
    "must be a MAC, and is refused: %s",
    (digest) => {
      expect(thrownCode(() => speakeasy.hotp(wrong({ secret: SECRET, digest })))).toBe("invalid-bytes");
    },
  );
});

describe("options that speakeasy ignores to the caller's harm", () => {
  const { hotp, totp, otpauthURL, generateSecret } = speakeasy;
  it.each<[string, (options: never) => unknown, object]>([
    ["totp: period is not step", totp, { period: 60 }],
    ["totp.verify: period is not step", totp.verify, { period: 60 }],
    ["totp.verifyDelta: period against step", totp.verifyDelta, { period: 60, step: 30 }],
    ["hotp.verify: length is not digits", hotp.verify, { length: 8 }],
    ["totp.verify: length is not digits", totp.verify, { length: 8 }],
    ["totp.verify: length against digits", totp.verify, { length: 8, digits: 6 }],
    ["otpauthURL: step is not period", otpauthURL, { step: 60 }],
    ["otpauthURL: step against period", otpauthURL, { step: 60, period: 30 }],
    ["otpauthURL: length is not digits", otpauthURL, { length: 8 }],
    ["otpauthURL: key is not secret", otpauthURL, { key: "other" }],
    ["hotp.verify: a digest would stand for all counters", hotp.verify, { digest: Buffer.alloc(20) }],
    ["totp.verify: replay protection is elsewhere", totp.verify, { after: 5 }],
    ["totp.verify: lookBehind", totp.verify, { lookBehind: 1 }],
    ["totp.verify: lookAhead", totp.verify, { lookAhead: 1 }],
    ["totp: at", totp, { at: new Date() }],
    ["totp: timestamp", totp, { timestamp: 0 }],
    ["totp: t0", totp, { t0: 1 }],
    ["otpauthURL: accountName", otpauthURL, { accountName: "b" }],
    ["generateSecret: byteLength", generateSecret, { byteLength: 20 }],
  ])("are refused: %s", (_, call, options) => {
    const complete = { secret: SECRET, time: 59, token: "287082", label: "a", ...options };
    expect(thrownCode(() => call(wrong(complete)))).toBe("unknown-option");
  });

  it("are accepted if they say what holds anyway, and names without a meaning always", () => {
    const shared = {
      secret: SECRET,
      key: SECRET,
      time: 59,
      step: 60,
      period: "60",
      digits: 8,
      length: 8,
      label: "a",
      foo: 1,
      at: null,
    };
    const token = totp(wrong(shared));
    expect(token).toBe(hotp({ secret: SECRET, counter: 0, digits: 8 }));
    expect(totp.verify(wrong({ ...shared, token }))).toBe(true);
    expect(otpauthURL(wrong({ ...shared, token }))).toMatch(/&digits=8&period=60$/);
  });
});

describe("an error message of halfminute/speakeasy", () => {
  const { hotp, totp, otpauthURL, generateSecret } = speakeasy;
  const NO_EFFECT = "has no effect here, use";
  it.each<[string, (options: never) => unknown, unknown]>([
    ["options must be an object", hotp, 5],
    ['unknown option "at", use time, in seconds', totp, { at: 59 }],
    ["encoding must be ascii, hex, base32, base64, utf8 or latin1", hotp, { encoding: "x" }],
    ["secret must be one-byte characters in this encoding", hotp, { secret: "Ā" }],
    ["secret must be pairs of hex digits in this encoding", hotp, { encoding: "hex", secret: "1" }],
    ["secret must be base64 in this encoding", hotp, { encoding: "base64", secret: "*" }],
    ["secret must be well-formed Unicode in this encoding", hotp, { encoding: "utf8", secret: "\ud800" }],
    ["digits must be an integer from 1 to 10", hotp, { digits: 11 }],
    ["digest must be a Uint8Array of 20 or more bytes", hotp, { digest: "" }],
    ["algorithm must be sha1, sha256 or sha512", hotp, { algorithm: "md5" }],
    [`length ${NO_EFFECT} digits`, hotp.verify, { length: 8 }],
    ["window must be an integer from 0 to 5000", hotp.verify, { window: 5001 }],
    ["step must be an integer from 1 to 9007199254740991", totp, { step: 0 }],
    ["time must be a number of seconds", totp, { time: "x" }],
    ["epoch must be a number of seconds", totp, { epoch: "x" }],
    ["time must not be before epoch", totp, { time: 59, epoch: 60 }],
    [`period ${NO_EFFECT} step`, totp, { period: 60 }],
    ["length must be an integer from 1 to 1024", generateSecret, { length: 0 }],
    ["name must be a string", generateSecret, { name: 5 }],
    ["name must be well-formed Unicode", generateSecret, { name: "\ud800" }],
    [`key ${NO_EFFECT} secret`, otpauthURL, { key: "other" }],
    [`length ${NO_EFFECT} digits`, otpauthURL, { length: 8 }],
    [`step ${NO_EFFECT} period`, otpauthURL, { step: 60 }],
    ["period must be an integer from 1 to 2147483647", otpauthURL, { period: 0 }],
    ["type must be totp or hotp", otpauthURL, { type: "steam" }],
    ["hotp must have a counter", otpauthURL, { type: "hotp" }],
    ["issuer must be a string", otpauthURL, { issuer: 5 }],
    ["label must be a string", otpauthURL, { label: 5 }],
    ["label must not be empty", otpauthURL, { label: "/" }],
    ["label and issuer must be well-formed Unicode", otpauthURL, { label: "\ud800" }],
  ])("names the option and the rule: %s", (message, call, options) => {
    const given = typeof options === "object" ? { secret: SECRET, token: "1", label: "a", ...options } : options;
    expect(() => call(wrong(given))).toThrow(new RegExp(`^${message}$`));
  });
});

describe("options of halfminute/speakeasy", () => {
  it.each([undefined, null, 30, "secret", () => SECRET])("are refused if they are not an object: %s", (options) => {
    const { digest, hotp, totp, otpauthURL, _counter } = speakeasy;
    for (const call of [digest, hotp, hotp.verify, hotp.verifyDelta, totp, totp.verify, otpauthURL, _counter]) {
      expect(thrownCode(() => call(wrong(options)))).toBe("invalid-options");
    }
  });

  it("may be inherited, but not from Object.prototype", () => {
    class Settings {
      readonly secret = SECRET;
      get time(): number {
        return TIME;
      }
    }
    expect(speakeasy.totp(new Settings())).toBe("005924");
    expect(speakeasy.totp(wrong(Object.create({ secret: SECRET, time: TIME })))).toBe("005924");
    const polluted = { secret: SECRET, window: 100, digest: Buffer.alloc(20), digits: 1, encoding: "hex", at: 1 };
    const clean = Object.getOwnPropertyDescriptors(Object.prototype);
    try {
      Object.assign(Object.prototype, polluted);
      expect(speakeasy.totp({ secret: SECRET, time: TIME })).toBe("005924");
      expect(speakeasy.totp.verify({ secret: SECRET, time: TIME + 60, token: "005924" })).toBe(false);
      expect(thrownCode(() => speakeasy.totp(wrong({ time: 59 })))).toBe("invalid-secret");
      const { ascii, base32, otpauth_url } = speakeasy.generateSecret({ length: 7 });
      expect(ascii).toHaveLength(7);
      expect(otpauth_url).toBe(`otpauth://totp/SecretKey?secret=${base32}`);
    } finally {
      for (const name of Object.keys(polluted)) {
        if (!Object.hasOwn(clean, name)) Reflect.deleteProperty(Object.prototype, name);
      }
    }
  });

  it("are read once each and left as they were", () => {
    let reads = 0;
    const options: TotpVerifyOptions & HotpVerifyOptions = Object.freeze({
      secret: SECRET,
      counter: 5,
      token: "287082",
      get window() {
        reads += 1;
        return 4;
      },
    });
    expect(speakeasy.totp.verifyDelta(options)).toEqual({ delta: -4 });
    expect(reads).toBe(1);
  });
});

describe("generateSecret of halfminute/speakeasy", () => {
  it.each([undefined, null, {}, { length: null, symbols: null, name: "", issuer: "", qr_codes: false }])(
    "by default has 32 characters and a URL: %j",
    (options) => {
      const secret = speakeasy.generateSecret(wrong(options));
      expect(Object.keys(secret)).toEqual(["ascii", "hex", "base32", "otpauth_url"]);
      expect(secret.ascii).toMatch(/^[0-9A-Za-z!@#$%^&*()<>?/[\]{},.:;]{32}$/);
      expect(secret.otpauth_url).toBe(`otpauth://totp/SecretKey?secret=${secret.base32}`);
    },
  );

  it("writes one key in three encodings", () => {
    for (let length = 1; length <= 64; length++) {
      const { ascii, hex, base32 } = speakeasy.generateSecret({ length });
      expect(ascii).toHaveLength(length);
      expect(hex).toBe(Buffer.from(ascii, "latin1").toString("hex"));
      const codes = [
        speakeasy.hotp({ secret: ascii }),
        speakeasy.hotp({ secret: hex, encoding: "hex" }),
        speakeasy.hotp({ secret: base32, encoding: "base32" }),
      ];
      expect(new Set(codes).size).toBe(1);
      expect(base32).not.toContain("=");
    }
  });

  it("has the names in its URL, the issuer too", () => {
    const secret = speakeasy.generateSecret({ length: 20, name: "Acme Co: a@b", issuer: "Acme & Co", symbols: false });
    expect(secret.ascii).toMatch(/^[0-9A-Za-z]{20}$/);
    const names = "otpauth://totp/Acme%20Co%3A%20a%40b";
    expect(secret.otpauth_url).toBe(`${names}?secret=${secret.base32}&issuer=Acme%20%26%20Co`);
    expect(speakeasy.generateSecret({ otpauth_url: false })).not.toHaveProperty("otpauth_url");
    expect(speakeasy.generateSecret(wrong({ otpauth_url: 0 }))).not.toHaveProperty("otpauth_url");
  });

  it("never builds a URL of a foreign server", () => {
    for (const option of ["qr_codes", "google_auth_qr"]) {
      for (const value of [true, 1, "false"]) {
        const call = (): unknown => speakeasy.generateSecret(wrong({ [option]: value }));
        expect(call).toThrow(`${option} would send the secret to a third party; use halfminute/qr instead`);
        expect(thrownCode(call)).toBe("invalid-option");
      }
      expect(Object.keys(speakeasy.generateSecret(wrong({ [option]: false })))).toHaveLength(4);
    }
  });

  it.each([{ length: 0 }, { length: -1 }, { length: 1.5 }, { length: 1025 }, { length: NaN }, { length: "20" }])(
    "refuses %j",
    (options) => {
      expect(thrownCode(() => speakeasy.generateSecret(wrong(options)))).toBe("invalid-option");
      expect(thrownCode(() => speakeasy.generateSecretASCII(wrong(options.length)))).toBe("invalid-option");
    },
  );

  it.each([{ name: 1 }, { issuer: 1 }, { issuer: "\ud800" }, { name: "\ud800" }])("refuses %j", (options) => {
    expect(thrownCode(() => speakeasy.generateSecret(wrong(options)))).toBe("invalid-account");
  });

  /** Hands out all bytes in order, again and again. */
  function stubBytes(from = 0): void {
    let next = from;
    const getRandomValues = (bytes: Uint8Array): Uint8Array => {
      bytes.set(bytes.map(() => next++ % 256));
      return bytes;
    };
    vi.stubGlobal("crypto", { getRandomValues });
  }

  it.each([
    [false, 62],
    [true, 84],
  ])("draws every character equally often (symbols: %s)", (symbols, size) => {
    stubBytes();
    const rounds = Math.floor(256 / size);
    const text = speakeasy.generateSecretASCII(rounds * size, symbols);
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(size);
    expect(new Set(counts.values())).toEqual(new Set([rounds]));
    stubBytes();
    expect(speakeasy.generateSecret({ length: rounds * size, symbols }).ascii).toBe(text);
    stubBytes(rounds * size); // from here to 255 nothing is used
    expect(speakeasy.generateSecretASCII(3, symbols)).toBe("012");
  });

  it("does not wait for ever for a source that is not random", () => {
    vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
    expect(() => speakeasy.generateSecret()).toThrow("crypto.getRandomValues does not return random values");
    expect(thrownCode(() => speakeasy.generateSecret())).toBe("no-random");
    vi.stubGlobal("crypto", undefined);
    expect(thrownCode(() => speakeasy.generateSecret())).toBe("no-random");
  });
});

describe("otpauthURL of halfminute/speakeasy", () => {
  const { otpauthURL } = speakeasy;

  it("writes what was given and no more", () => {
    const url = otpauthURL({ secret: SECRET, label: "Acme:alice@example.com" });
    expect(url).toBe(`otpauth://totp/Acme:alice@example.com?secret=${BASE32}`);
    const all = { issuer: "Acme Co", algorithm: "sha256", digits: 8, period: 60 } as const;
    expect(otpauthURL({ secret: BASE32, encoding: "base32", label: "a", ...all })).toBe(
      `otpauth://totp/a?secret=${BASE32}&issuer=Acme%20Co&algorithm=SHA256&digits=8&period=60`,
    );
    expect(otpauthURL(wrong({ secret: BASE32, encoding: "base32", label: "a", digits: "6", period: "30" }))).toMatch(
      /&digits=6&period=30$/,
    );
  });

  it("has the counter of hotp", () => {
    const url = otpauthURL({ secret: SECRET, label: "a", type: "hotp", counter: 42 });
    expect(url).toBe(`otpauth://hotp/a?secret=${BASE32}&counter=42`);
    expect(otpauthURL(wrong({ secret: SECRET, label: "a", type: "HOTP", counter: "0" }))).toMatch(/&counter=0$/);
    expect(otpauthURL({ secret: SECRET, label: "a", counter: 42 })).not.toContain("counter");
    for (const counter of [undefined, null, -1, "x"]) {
      const call = (): unknown => otpauthURL(wrong({ secret: SECRET, label: "a", type: "hotp", counter }));
      expect(thrownCode(call)).toBe("invalid-counter");
    }
  });

  it("writes the secret as base32 that every app reads", () => {
    const lower = { secret: `${BASE32.toLowerCase().slice(0, 4)} ${BASE32.slice(4, 26)}=`, label: "a" } as const;
    expect(otpauthURL({ ...lower, encoding: "base32" })).toBe(`otpauth://totp/a?secret=${BASE32.slice(0, 26)}`);
    expect(otpauthURL({ secret: Buffer.from(SECRET), encoding: "base32", label: "a" })).toContain(BASE32);
  });

  it.each([
    ["alice smith", "alice%20smith"],
    ["a?b#c", "a%3Fb%23c"],
    ["å", "%C3%A5"],
    ["😀", "%F0%9F%98%80"],
    ["Acme%3Aa%20b", "Acme%3Aa%20b"],
    ["100%", "100%25"],
    ["%zz", "%25zz"],
    ["/a/b", "a/b"],
    ['"<>\\^`{|}[]', "%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D"],
    ["!$&'()*+,;=:@-._~", "!$&'()*+,;=:@-._~"],
  ])("writes the label %s as %s", (label, written) => {
    const url = otpauthURL({ secret: SECRET, label });
    expect(url).toBe(`otpauth://totp/${written}?secret=${BASE32}`);
    expect(new URL(url).href).toBe(url);
  });

  it.each([
    ["invalid-account", { label: undefined }],
    ["invalid-account", { label: "" }],
    ["invalid-account", { label: "/" }],
    ["invalid-account", { label: 5 }],
    ["invalid-account", { label: "\ud800" }],
    ["invalid-account", { issuer: 5 }],
    ["invalid-account", { issuer: "\ud800" }],
    ["invalid-account", { type: "steam" }],
    ["invalid-account", { type: 1 }],
    ["invalid-option", { digits: 11 }],
    ["invalid-option", { digits: "x" }],
    ["invalid-option", { period: 0 }],
    ["invalid-option", { period: 2 ** 31 }],
    ["invalid-option", { period: 30.5 }],
    ["invalid-option", { period: "x" }],
    ["invalid-option", { algorithm: "md5" }],
  ])("throws %s for %j", (code, options) => {
    expect(thrownCode(() => otpauthURL(wrong({ secret: SECRET, label: "a", ...options })))).toBe(code);
  });
});
