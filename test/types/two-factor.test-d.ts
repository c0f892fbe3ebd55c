// The built declarations of the two-factor flow, as a caller's compiler sees them.
import {
  createTwoFactor,
  guessProbability,
  type Passed,
  type Policy,
  requireRecent,
  type TwoFactor,
  type TwoFactorError,
  type TwoFactorErrorCode,
  type TwoFactorEvent,
  type TwoFactorStore,
} from "halfminute/two-factor";
import { describe, expectTypeOf, it } from "vitest";

declare const twoFactor: TwoFactor;
declare const store: TwoFactorStore;
const sealingKeys = [{ id: "a", key: new Uint8Array(32) }];

describe("results", () => {
  it("are promises of what may be shown", () => {
    expectTypeOf<ReturnType<TwoFactor["verify"]>>().toEqualTypeOf<Promise<Passed>>();
    expectTypeOf<ReturnType<TwoFactor["verifyConsecutive"]>>().toEqualTypeOf<Promise<Passed>>();
    expectTypeOf<ReturnType<TwoFactor["disable"]>>().toEqualTypeOf<Promise<void>>();
    expectTypeOf<Awaited<ReturnType<TwoFactor["importDevice"]>>>().toHaveProperty("deviceId");
    expectTypeOf<Awaited<ReturnType<TwoFactor["recognizeBrowser"]>>>().not.toHaveProperty("method");
    expectTypeOf<Awaited<ReturnType<TwoFactor["verifyIssuedCode"]>>>().not.toHaveProperty("at");
    expectTypeOf(guessProbability).returns.toEqualTypeOf<number>();
    expectTypeOf<Passed["method"]>().toEqualTypeOf<"code" | "recovery-code" | "consecutive-codes">();
    expectTypeOf<TwoFactorError["code"]>().toEqualTypeOf<TwoFactorErrorCode>();
    expectTypeOf<Policy>().toEqualTypeOf<{ readonly [Name in keyof Policy]?: number | undefined }>();
  });

  it("tell events apart by their type", () => {
    expectTypeOf<Extract<TwoFactorEvent, { type: "passed" }>["method"]>().toEqualTypeOf<Passed["method"]>();
    expectTypeOf<Extract<TwoFactorEvent, { type: "clock-off" }>["seconds"]>().toEqualTypeOf<number>();
    expectTypeOf<TwoFactorEvent["userId"]>().toEqualTypeOf<string>();
    expectTypeOf<TwoFactorEvent["counter"]>().toEqualTypeOf<number | null>();
  });
});

describe("mistakes do not compile", () => {
  it("in options", () => {
    // @ts-expect-error a store is needed
    createTwoFactor({ issuer: "Acme", sealingKeys });
    // @ts-expect-error limits have other names
    createTwoFactor({ issuer: "Acme", store, sealingKeys, policy: { window: 1 } });
    // @ts-expect-error a clock tells a Date
    createTwoFactor({ issuer: "Acme", store, sealingKeys, clock: Date.now });
    // @ts-expect-error an account has a name
    void twoFactor.enroll("alice", {});
    // @ts-expect-error an enrollment belongs to the session that saw it
    void twoFactor.confirm("alice", "123456");
    // @ts-expect-error trust in a browser depends on something
    void twoFactor.verify("alice", "123456", { remember: true });
    // @ts-expect-error a moment is a Date or its text
    requireRecent(Date.now(), { within: 300 });
    // @ts-expect-error a misspelled column must not allow replays
    void twoFactor.importDevice("alice", { secret: "JBSWY3DPEHPK3PXP", after: undefined });
    void twoFactor.importDevice("alice", { secret: "JBSWY3DPEHPK3PXP", type: "hotp", counter: 0 });
    // @ts-expect-error a counter-based device needs its counter
    void twoFactor.importDevice("alice", { secret: "JBSWY3DPEHPK3PXP", type: "hotp" });
    // @ts-expect-error a time-based device has no counter
    void twoFactor.importDevice("alice", { secret: "JBSWY3DPEHPK3PXP", counter: 0 });
  });

  it("in what was typed", () => {
    // @ts-expect-error a number loses its leading zeros
    void twoFactor.verify("alice", 123456);
    // @ts-expect-error three codes are a list
    void twoFactor.verifyConsecutive("alice", "123456");
    // @ts-expect-error the promise was not awaited
    expectTypeOf(twoFactor.verify("alice", "123456").method).toBeString();
  });
});
