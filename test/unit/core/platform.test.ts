import { afterEach, describe, expect, it, vi } from "vitest";

import * as halfminute from "../../../src/index.ts";
import { startTimer } from "../../../src/core/platform.ts";
import { MEMBERS, polluted, VALUES } from "../../helpers/polluted.ts";
import { rejectedCode, thrownCode } from "../../helpers/thrown.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe.each([
  ["an absent crypto", undefined],
  ["an absent crypto.subtle, as outside a secure context", { getRandomValues: (bytes: Uint8Array) => bytes }],
])("with %s", (_, crypto) => {
  it("every code asks for it, by a rejection that says what to do", async () => {
    vi.stubGlobal("crypto", crypto);
    const { generateHotp, importKey, verifyTotp } = halfminute;
    expect(await rejectedCode(() => generateHotp(SECRET, 0))).toBe("no-webcrypto");
    expect(await rejectedCode(() => importKey(SECRET))).toBe("no-webcrypto");
    expect(await rejectedCode(() => verifyTotp(SECRET, "755224"))).toBe("no-webcrypto");
    await expect(generateHotp(SECRET, 0)).rejects.toThrow(/secure context.*Node 20.*polyfill.*halfminute\/sync/);
  });

  it("what needs none works", () => {
    vi.stubGlobal("crypto", crypto);
    expect(halfminute.timeStep({ at: new Date(0) }).counter).toBe(0);
    expect(halfminute.parseOtpauthUri("otpauth://totp/a?secret=MY").secret).toBe("MY");
  });
});

it.each(MEMBERS)("a polluted Object.prototype changes no code: %s", async (name) => {
  for (const algorithm of ["SHA-1", "SHA-256", "SHA-512"] as const) {
    const codeOf = async (): Promise<string> => halfminute.generateHotp(SECRET, 1, { algorithm });
    const code = await codeOf();
    for (const value of VALUES) {
      expect(await polluted(name, value, codeOf), `${algorithm}, ${String(value)}`).toBe(code);
    }
  }
});

it("a random secret is only made of real randomness", () => {
  for (const crypto of [undefined, {}]) {
    vi.stubGlobal("crypto", crypto);
    expect(thrownCode(() => halfminute.generateSecret())).toBe("no-random");
    expect(() => halfminute.generateSecret()).toThrow(/react-native-get-random-values/);
  }
});

it("a polyfill of crypto may come after the import", () => {
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(0xff) });
  expect(halfminute.generateSecret({ byteLength: 16 })).toBe("77777777777777777777777774");
});

it("a timer calls back once, unless it was canceled", () => {
  vi.useFakeTimers();
  const callback = vi.fn();
  startTimer(10, callback);
  vi.advanceTimersByTime(9);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledTimes(1);
  startTimer(10, callback)();
  vi.advanceTimersByTime(100);
  expect(callback).toHaveBeenCalledTimes(1);
});
