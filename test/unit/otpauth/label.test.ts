import { describe, expect, it } from "vitest";

import { buildLabel, decodeName, readNames } from "../../../src/otpauth/label.ts";
import { thrownCode } from "../../helpers/thrown.ts";

describe("a label that is written", () => {
  it.each([
    [undefined, "alice", "alice"],
    ["Acme Co", "alice@example.com", "Acme%20Co:alice%40example.com"],
    ["50%", "a+b", "50%25:a%2Bb"],
  ])("of %j and %j is percent-encoded", (issuer, accountName, label) => {
    expect(buildLabel(issuer, accountName)).toBe(label);
    expect(readNames(decodeName(label), [""])).toEqual({ ...(issuer !== undefined && { issuer }), accountName });
  });

  it("has no name that is blank, has a colon, or would not be read as it is", () => {
    for (const name of [
      "",
      " ",
      "a:b",
      "a\0",
      "a\nb",
      "a\u202eb",
      "a\u2067b",
      "a\u2028",
      "\ud800",
      "\udc00x",
      null,
      7,
    ]) {
      expect(thrownCode(() => buildLabel("Acme", name))).toBe("invalid-account");
      expect(thrownCode(() => buildLabel(name, "alice"))).toBe("invalid-account");
    }
    expect(buildLabel("\u200fAcme", "ali\u200dce 😀")).toBe("%E2%80%8FAcme:ali%E2%80%8Dce%20%F0%9F%98%80");
  });
});

describe("a name that is read", () => {
  it.each([
    ["%F0%9F%98%80%20x", "😀 x"],
    ["50%", "50%"],
    ["%zz%41", "%zzA"],
    ["%ff", "%ff"],
    [" \ufeffa b\u00a0", "a b"],
    ["a%00%0Ab%E2%80%AE", "ab"],
    ["\ud83d\ude00\ud83d", "😀"],
  ])("%j means %j", (encoded, name) => {
    expect(decodeName(encoded)).toBe(name);
  });
});

describe("the names of an account", () => {
  it.each([
    ["Acme:alice", "Acme", { issuer: "Acme", accountName: "alice" }],
    ["ACME : alice", "Acme", { issuer: "Acme", accountName: "alice" }],
    ["Acme:alice", "Other", { issuer: "Other", accountName: "alice", prefix: "Acme" }],
    ["Acme Co:alice", "Acme", { issuer: "Acme", accountName: "alice", prefix: "Acme Co" }],
    ["Acme:alice", "", { issuer: "Acme", accountName: "alice" }],
    ["a: b:c", "a: b", { issuer: "a: b", accountName: "c" }],
    ["a: b:c", "a", { issuer: "a", accountName: "b:c" }],
    ["a: b:c", "", { issuer: "a", accountName: "b:c" }],
    ["Acme", "Acme", { issuer: "Acme", accountName: "Acme" }],
    ["Acmealice", "Acme", { issuer: "Acme", accountName: "Acmealice" }],
    ["", "Acme", { issuer: "Acme", accountName: "" }],
    [":", "", { accountName: "" }],
  ])("are read from the label %j beside the issuer %j", (label, issuer, names) => {
    expect(readNames(label, [issuer])).toEqual(names);
  });

  it("have the second reading of the issuer only where the label has it too", () => {
    expect(readNames("Air Canada:b", ["Air+Canada", "Air Canada"])).toEqual({ issuer: "Air Canada", accountName: "b" });
    expect(readNames("Air+Canada:b", ["Air+Canada", "Air Canada"])).toEqual({ issuer: "Air+Canada", accountName: "b" });
    expect(readNames("Air:b", ["A+C", "A C"])).toEqual({ issuer: "A+C", accountName: "b", prefix: "Air" });
    expect(readNames(":b", ["+", ""])).toEqual({ issuer: "+", accountName: "b" });
  });
});
