// The built declarations, as a caller's compiler sees them.
import * as halfminute from "halfminute";
import * as sync from "halfminute/sync";
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

describe("the two faces", () => {
  type Asynchronous = typeof halfminute;
  type Synchronous = typeof sync;
  type Name = keyof Asynchronous;
  type Tail<Parameters> = Parameters extends [unknown, ...infer Rest] ? Rest : never;

  it("have the same names", () => {
    expectTypeOf<keyof Synchronous>().toEqualTypeOf<Name>();
    expectTypeOf<sync.OtpErrorCode>().toEqualTypeOf<halfminute.OtpErrorCode>();
  });

  it("have the same parameters after the key, and the same results once awaited", () => {
    type Keyed = Exclude<{ [Each in Name]: SecretOf<Asynchronous[Each]> extends never ? never : Each }[Name], never>;
    type SecretOf<Type> = Type extends (secret: halfminute.SecretOrKey, ...rest: never[]) => unknown ? Type : never;
    expectTypeOf<Keyed>().toEqualTypeOf<
      "generateHotp" | "generateTotp" | "resynchronizeHotp" | "resynchronizeTotp" | "verifyHotp" | "verifyTotp"
    >();
    expectTypeOf<{ [Each in Keyed]: Tail<Parameters<Synchronous[Each]>> }>().toEqualTypeOf<{
      [Each in Keyed]: Tail<Parameters<Asynchronous[Each]>>;
    }>();
    expectTypeOf<{ [Each in Keyed]: ReturnType<Synchronous[Each]> }>().toEqualTypeOf<{
      [Each in Keyed]: Awaited<ReturnType<Asynchronous[Each]>>;
    }>();
    type Shared = Exclude<Name, Keyed | "importKey">;
    expectTypeOf<Pick<Synchronous, Shared>>().toEqualTypeOf<Pick<Asynchronous, Shared>>();
    expectTypeOf<Parameters<Synchronous["importKey"]>>().toEqualTypeOf<Parameters<Asynchronous["importKey"]>>();
    expectTypeOf<ReturnType<Synchronous["importKey"]>>().toEqualTypeOf<sync.OtpKey>();
  });

  it("do not take each other's keys", () => {
    // @ts-expect-error a CryptoKey is for the asynchronous face
    void sync.generateTotp({} as halfminute.WebCryptoKey);
    // @ts-expect-error an OtpKey is for the synchronous one
    void halfminute.generateTotp({} as sync.OtpKey);
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
    // @ts-expect-error a misspelled column must not switch replay protection off
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
