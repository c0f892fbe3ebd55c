import { describe, expect, it } from "vitest";

import { buildLabel, decode, encode, parseLabel } from "../../../src/otpauth/label.ts";
import { thrownCode } from "../../helpers/thrown.ts";

describe("a label", () => {
  it.each([
    [undefined, "alice", "alice"],
    ["Acme Co", "alice@example.com", "Acme%20Co:alice%40example.com"],
    ["50%", "a+b", "50%25:a%2Bb"],
  ])("of %j and %j is written and read", (issuer, accountName, label) => {
    expect(buildLabel(issuer, accountName)).toBe(label);
    expect(parseLabel(label)).toEqual({ issuer: issuer ?? "", accountName });
  });

  it("is split before it is decoded", () => {
    expect(parseLabel("a%253Ab:c%3Ad")).toEqual({ issuer: "a%3Ab", accountName: "c:d" });
    expect(parseLabel("a%3A%20b:c")).toEqual({ issuer: "a", accountName: "b:c" });
  });

  it("has an account name", () => {
    for (const label of ["", "Acme:", "Acme:%20", "%20"])
      expect(thrownCode(() => parseLabel(label))).toBe("invalid-uri");
    for (const name of ["", " ", "a:b", null, 7])
      expect(thrownCode(() => buildLabel("Acme", name))).toBe("invalid-account");
  });
});

it("percent-encoding is refused when it is malformed, in either direction", () => {
  expect(decode(encode("ü 🔑:/?#"))).toBe("ü 🔑:/?#");
  expect(thrownCode(() => encode("\ud800"))).toBe("invalid-account");
  expect(thrownCode(() => decode("%ff"))).toBe("invalid-uri");
});
