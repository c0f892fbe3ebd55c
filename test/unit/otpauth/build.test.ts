import { describe, expect, it } from "vitest";

import { buildOtpauthUri, type OtpauthAccountInput } from "../../../src/index.ts";
import { thrownCode } from "../../helpers/thrown.ts";

const secret = "JBSWY3DPEHPK3PXP";
const account = { secret, issuer: "Acme", accountName: "alice" };

function build(fields: object): string {
  return buildOtpauthUri(fields as OtpauthAccountInput);
}

describe("an otpauth URI", () => {
  it("leaves out what equals the default", () => {
    const expected = `otpauth://totp/Acme:alice?secret=${secret}&issuer=Acme`;
    expect(build(account)).toBe(expected);
    expect(build({ ...account, type: undefined, parameters: undefined })).toBe(expected);
    expect(build({ ...account, parameters: { algorithm: "SHA-1", digits: 6, period: 30 } })).toBe(expected);
    expect(build({ ...account, parameters: { algorithm: undefined, digits: undefined, period: undefined } })).toBe(
      expected,
    );
  });

  it("says what differs, in the spelling that apps read", () => {
    expect(build({ ...account, parameters: { algorithm: "SHA-512", digits: 8, period: 60 } })).toBe(
      `otpauth://totp/Acme:alice?secret=${secret}&issuer=Acme&algorithm=SHA512&digits=8&period=60`,
    );
  });

  it("always has the counter of HOTP", () => {
    expect(build({ ...account, type: "hotp", counter: 0 })).toBe(
      `otpauth://hotp/Acme:alice?secret=${secret}&issuer=Acme&counter=0`,
    );
    expect(build({ ...account, type: "hotp", counter: 2 ** 53 - 1, parameters: { digits: 7 } })).toContain(
      "&digits=7&counter=9007199254740991",
    );
  });

  it("names Steam twice, for readers of either kind", () => {
    const expected = `otpauth://steam/Acme:alice?secret=${secret}&issuer=Acme&encoder=steam`;
    expect(build({ ...account, type: "steam" })).toBe(expected);
    expect(build({ ...account, type: "steam", parameters: { algorithm: "SHA-1", digits: 5, period: 30 } })).toBe(
      expected,
    );
  });

  it("may be without an issuer", () => {
    expect(build({ secret, accountName: "alice" })).toBe(`otpauth://totp/alice?secret=${secret}`);
    expect(build({ secret, accountName: "alice", issuer: undefined })).toBe(`otpauth://totp/alice?secret=${secret}`);
  });

  it("may have Apple's scheme", () => {
    expect(buildOtpauthUri(account, { scheme: "apple-otpauth" })).toMatch(/^apple-otpauth:\/\/totp\/Acme:alice\?/);
  });

  it("writes the secret as apps want it, from text and bytes", () => {
    expect(build({ ...account, secret: "jbsw y3dp-ehpk 3pxp==" })).toContain(`?secret=${secret}&`);
    expect(build({ ...account, secret: new Uint8Array(1) })).toContain("?secret=AA&");
  });

  it.each([
    ["Acme Co", "Acme%20Co"],
    ["A+B", "A%2BB"],
    ["A&B=C?D#E/F", "A%26B%3DC%3FD%23E%2FF"],
    ["100%", "100%25"],
    ["Ünïcødé 🔑", "%C3%9Cn%C3%AFc%C3%B8d%C3%A9%20%F0%9F%94%91"],
  ])("percent-encodes %j", (name, encoded) => {
    expect(build({ secret, issuer: name, accountName: name })).toBe(
      `otpauth://totp/${encoded}:${encoded}?secret=${secret}&issuer=${encoded}`,
    );
  });
});

describe("an otpauth URI is not built", () => {
  it.each([
    ["a colon in the issuer", { issuer: "Ac:me" }],
    ["a colon in the account name", { accountName: "al:ice" }],
    ["an empty issuer", { issuer: "" }],
    ["an issuer that is null", { issuer: null }],
    ["an empty account name", { accountName: "" }],
    ["a blank account name", { accountName: "  " }],
    ["no account name", { accountName: undefined }],
    ["an account name that is not text", { accountName: 42 }],
    ["a lone surrogate in the issuer", { issuer: "a\ud800" }],
    ["a lone surrogate in the account name", { accountName: "\udc00b" }],
    ["an image that is not text", { image: ["https://a/b.png"] }],
    ["an image with something before its URL", { image: "javascript:https://a/b.png" }],
    ["an image that changes the text direction", { image: "https://a/\u202eb.png" }],
    ["an unknown type", { type: "TOTP" }],
    ["a type that is null", { type: null }],
    ["a type of Object.prototype", { type: "toString" }],
  ])("for %s", (_, fields) => {
    expect(thrownCode(() => build({ ...account, ...fields }))).toBe("invalid-account");
  });

  it.each([
    ["a parameter outside parameters", { digits: 8 }, "unknown-option"],
    ["a misspelled name", { account: "alice" }, "unknown-option"],
    ["an unknown parameter", { parameters: { hash: "SHA-1" } }, "unknown-option"],
    ["a period for HOTP", { type: "hotp", counter: 0, parameters: { period: 30 } }, "unknown-option"],
    ["parameters that are null", { parameters: null }, "invalid-options"],
    ["parameters that are text", { parameters: "SHA-1" }, "invalid-options"],
    ["five digits", { parameters: { digits: 5 } }, "invalid-option"],
    ["six digits of Steam", { type: "steam", parameters: { digits: 6 } }, "invalid-option"],
    ["another algorithm of Steam", { type: "steam", parameters: { algorithm: "SHA-256" } }, "invalid-option"],
    ["another period of Steam", { type: "steam", parameters: { period: 60 } }, "invalid-option"],
    ["an unknown parameter of Steam", { type: "steam", parameters: { hash: "SHA-1" } }, "unknown-option"],
    ["parameters of Steam that are text", { type: "steam", parameters: "SHA-1" }, "invalid-options"],
    ["parameters of Steam that are null", { type: "steam", parameters: null }, "invalid-options"],
    ["a URI's spelling of the algorithm", { parameters: { algorithm: "SHA1" } }, "invalid-option"],
    ["a period of 0", { parameters: { period: 0 } }, "invalid-option"],
    ["HOTP without a counter", { type: "hotp" }, "invalid-counter"],
    ["HOTP with a text for a counter", { type: "hotp", counter: "0" }, "invalid-counter"],
    ["TOTP with a counter", { counter: 0 }, "invalid-counter"],
    ["no secret", { secret: undefined }, "invalid-secret"],
    ["an empty secret", { secret: "" }, "secret-too-short"],
    ["a secret that is not base32", { secret: "0189" }, "invalid-secret"],
  ])("for %s", (_, fields, code) => {
    expect(thrownCode(() => build({ ...account, ...fields }))).toBe(code);
  });

  it("for a period out of range, which is named", () => {
    expect(build({ ...account, parameters: { period: 1 } })).toContain("&period=1");
    expect(build({ ...account, parameters: { period: 86_400 } })).toContain("&period=86400");
    for (const period of [0, 86_401, 30.5, "30"]) {
      expect(() => build({ ...account, parameters: { period } })).toThrow("period must be an integer from 1 to 86400");
    }
  });

  it("for a name that is blank or has a colon, whose field is named", () => {
    expect(() => build({ ...account, issuer: "Ac:me" })).toThrow(/^issuer must/);
    expect(() => build({ ...account, accountName: " " })).toThrow(/^accountName must/);
  });

  it("without an account", () => {
    expect(thrownCode(() => build(undefined as unknown as object))).toBe("invalid-account");
    expect(thrownCode(() => build(null as unknown as object))).toBe("invalid-options");
    expect(thrownCode(() => build("otpauth://" as unknown as object))).toBe("invalid-options");
  });

  it("for wrong options", () => {
    for (const scheme of ["https", "OTPAUTH", null, ""]) {
      expect(thrownCode(() => buildOtpauthUri(account, { scheme: scheme as "otpauth" }))).toBe("invalid-option");
    }
  });
});
