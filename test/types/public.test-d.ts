// The built declarations, as a caller's compiler sees them.
import * as halfminute from "halfminute";
import { describe, expectTypeOf, it } from "vitest";

const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("results", () => {
  it("are strings, matches and nulls, in promises", () => {
    expectTypeOf(halfminute.generateSecret).returns.toEqualTypeOf<string>();
    expectTypeOf(halfminute.generateHotp).returns.toEqualTypeOf<Promise<string>>();
    expectTypeOf(halfminute.generateTotp).returns.toEqualTypeOf<Promise<string>>();
    type Verdict = Promise<halfminute.Match | null>;
    expectTypeOf(halfminute.verifyHotp).returns.toEqualTypeOf<Verdict>();
    expectTypeOf(halfminute.verifyTotp).returns.toEqualTypeOf<Verdict>();
    expectTypeOf(halfminute.resynchronizeHotp).returns.toEqualTypeOf<Verdict>();
    expectTypeOf(halfminute.resynchronizeTotp).returns.toEqualTypeOf<Verdict>();
    expectTypeOf<halfminute.Match>().toEqualTypeOf<{ readonly counter: number; readonly delta: number }>();
    expectTypeOf(halfminute.decodeBase32).returns.toEqualTypeOf<Uint8Array>();
    expectTypeOf(halfminute.decodeSecret).returns.toEqualTypeOf<Uint8Array>();
  });

  it("have a key type that is the runtime's, and never any", () => {
    expectTypeOf<halfminute.WebCryptoKey>().not.toBeAny();
    expectTypeOf<halfminute.WebCryptoKey>().not.toBeUnknown();
    type HostKey = Awaited<ReturnType<typeof crypto.subtle.generateKey>>;
    expectTypeOf<Extract<HostKey, { usages: unknown }>>().toExtend<halfminute.WebCryptoKey>();
    expectTypeOf(halfminute.importKey).returns.resolves.toEqualTypeOf<halfminute.WebCryptoKey>();
  });
});

describe("accounts", () => {
  it("are a union on their type", () => {
    expectTypeOf<halfminute.OtpauthAccount["type"]>().toEqualTypeOf<"totp" | "hotp" | "steam">();
    expectTypeOf<Extract<halfminute.OtpauthAccount, { counter: number }>["type"]>().toEqualTypeOf<"hotp">();
    expectTypeOf<keyof halfminute.HotpAccount["parameters"]>().toEqualTypeOf<"algorithm" | "digits">();
    expectTypeOf<halfminute.OtpauthAccount>().toExtend<halfminute.OtpauthAccountInput>();
  });

  it("fit the functions that make their codes", () => {
    expectTypeOf<halfminute.TotpAccount["parameters"]>().toExtend<halfminute.GenerateTotpOptions>();
    expectTypeOf<halfminute.HotpAccount["parameters"]>().toExtend<halfminute.GenerateHotpOptions>();
    expectTypeOf<halfminute.SteamAccount["parameters"]>().not.toExtend<halfminute.GenerateTotpOptions>();
  });
});

describe("mistakes do not compile", () => {
  it("in codes", () => {
    // @ts-expect-error a number loses its leading zeros
    void halfminute.verifyTotp(secret, 287082);
    // @ts-expect-error a form field may be missing
    void halfminute.verifyTotp(secret, undefined);
    // @ts-expect-error one code is not a sequence
    void halfminute.resynchronizeTotp(secret, "287082");
  });

  it("in secrets", () => {
    // @ts-expect-error a user without a secret must not verify
    void halfminute.verifyTotp(null, "287082");
    // @ts-expect-error nor one whose secret was not loaded
    void halfminute.verifyTotp(undefined, "287082");
    // @ts-expect-error a buffer may be a pool that holds other data
    void halfminute.generateTotp(new ArrayBuffer(20));
  });

  it("in options", () => {
    // @ts-expect-error a number could be seconds or milliseconds
    void halfminute.generateTotp(secret, { at: 1234567890 });
    // @ts-expect-error a text would have to be parsed
    void halfminute.generateTotp(secret, { at: "2009-02-13T23:31:30Z" });
    // @ts-expect-error the option of other libraries is called otherwise here
    void halfminute.verifyTotp(secret, "287082", { window: 1 });
    // @ts-expect-error five digits are too few
    void halfminute.generateTotp(secret, { digits: 5 });
    // @ts-expect-error the WebCrypto name has a hyphen
    void halfminute.generateTotp(secret, { algorithm: "SHA1" });
    // @ts-expect-error a misspelt column must not switch replay protection off
    void halfminute.verifyTotp(secret, "287082", { after: undefined });
    // @ts-expect-error HOTP never looks behind
    void halfminute.verifyHotp(secret, "287082", 1, { lookBehind: 1 });
    // @ts-expect-error HOTP needs its counter
    void halfminute.verifyHotp(secret, "287082");
  });

  it("in matches", async () => {
    const match = await halfminute.verifyTotp(secret, "287082");
    // @ts-expect-error a match may be null
    expectTypeOf(match.counter).toBeNumber();
    // @ts-expect-error a promise is no match: the await was forgotten
    expectTypeOf(halfminute.verifyTotp(secret, "287082").counter).toBeNumber();
  });

  it("in accounts", () => {
    // @ts-expect-error HOTP needs its counter
    halfminute.buildOtpauthUri({ type: "hotp", secret, accountName: "alice" });
    // @ts-expect-error parameters have a field of their own
    halfminute.buildOtpauthUri({ secret, accountName: "alice", digits: 8 });
    // @ts-expect-error somebody owns the account
    halfminute.buildOtpauthUri({ secret, issuer: "Acme" });
  });
});
