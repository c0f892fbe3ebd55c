import { inspect } from "node:util";
import { createContext, runInContext } from "node:vm";

import { describe, expect, it, vi } from "vitest";

import { OtpError } from "../../../src/core/errors.ts";
import { TwoFactorError } from "../../../src/two-factor/two-factor-error.ts";
import { polluted } from "../../helpers/polluted.ts";

it("an OtpError is an Error with a name, a code and a message", () => {
  const error = new OtpError("invalid-secret", "secret must be base32 text");
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe("OtpError: secret must be base32 text");
  expect(error.code).toBe("invalid-secret");
  expect(error.stack).toContain("errors.test.ts");
});

const make = { OtpError: () => new OtpError("no-random", "a"), TwoFactorError: () => new TwoFactorError("busy") };

describe.each([
  { Class: OtpError, make: make.OtpError, other: make.TwoFactorError },
  { Class: TwoFactorError, make: make.TwoFactorError, other: make.OtpError },
])("instanceof $Class.name", ({ Class, make, other }) => {
  const brand = Symbol.for(`halfminute.${Class.name}`);

  it("recognizes its errors, in copies of the package too, and not the other class's", async () => {
    vi.resetModules();
    const copies = {
      ...(await import("../../../src/core/errors.ts")),
      ...(await import("../../../src/two-factor/two-factor-error.ts")),
    };
    const Copy = Class === OtpError ? copies.OtpError : copies.TwoFactorError;
    expect(Copy).not.toBe(Class);
    expect(make() instanceof Class).toBe(true);
    expect(make() instanceof Copy).toBe(true);
    expect(other() instanceof Class).toBe(false);
    expect(other() instanceof Copy).toBe(false);
  });

  it("leaves subclasses as strict as any other class", () => {
    class Sub extends (Class as new (code: never, message?: never) => Error) {}
    const sub = new Sub("busy" as never);
    expect(sub instanceof Sub).toBe(true);
    expect(sub instanceof Class).toBe(true);
    expect(make() instanceof Sub).toBe(false);
  });

  it("does not show its brand", () => {
    expect(Object.keys(make())).not.toContain(brand);
    expect(inspect(make())).not.toContain("Symbol(");
    expect(Object.getOwnPropertyDescriptor(make(), brand)).toMatchObject({ enumerable: false, writable: false });
  });

  it("is false for everything else, and never throws", () => {
    const { proxy, revoke } = Proxy.revocable(make(), {});
    expect(proxy instanceof Class).toBe(true);
    revoke();
    const refusing = new Proxy({}, { getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse });
    const others = [
      proxy,
      refusing,
      undefined,
      null,
      1,
      "text",
      1n,
      Symbol("s"),
      true,
      {},
      [],
      () => 1,
      new Error("a"),
    ];
    const values: unknown[] = [...others, { name: Class.name, code: "busy" }, Object.create(null)];
    for (const value of values) {
      expect(value instanceof Class).toBe(false);
      expect(Class[Symbol.hasInstance](value)).toBe(false);
    }
  });

  it("is not fooled by a polluted prototype, here or in another realm", async () => {
    await polluted(brand as unknown as string, true, () => {
      for (const value of [{}, new Error("a"), [], other()]) expect(value instanceof Class).toBe(false);
      expect(make() instanceof Class).toBe(true);
      return Promise.resolve();
    });
    const foreign: unknown = runInContext("Object.prototype[brand] = true; ({})", createContext({ brand }));
    expect(foreign instanceof Class).toBe(false);
  });

  it.each(["get", "set", "value", "enumerable"])("is made beside a polluted `%s`", async (name) => {
    const error = await polluted(name, name === "enumerable" ? true : () => 1, () => Promise.resolve(make()));
    expect(error instanceof Class).toBe(true);
    expect(Object.getOwnPropertyDescriptor(error, brand)?.enumerable).toBe(false);
  });
});

function refuse(): never {
  throw new Error("nothing is said");
}
