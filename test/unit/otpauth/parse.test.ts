import { describe, expect, it } from "vitest";

import { OtpError, parseOtpauthUri } from "../../../src/index.ts";
import { thrownCode } from "../../helpers/thrown.ts";

describe("the label of an otpauth URI", () => {
  it.each([
    ["alice", undefined, "alice"],
    ["Acme:alice", "Acme", "alice"],
    ["Acme%3Aalice", "Acme", "alice"],
    ["Acme%3aalice", "Acme", "alice"],
    ["Acme: alice", "Acme", "alice"],
    ["Acme:%20%20alice", "Acme", "alice"],
    ["Acme%3A%20alice", "Acme", "alice"],
    [":alice", undefined, "alice"],
    ["Ac%253Ame:alice", "Ac%3Ame", "alice"],
    ["Acme:al:ice", "Acme", "al:ice"],
    ["Acme:al%3Aice", "Acme", "al:ice"],
    ["Acme+Co:alice+1", "Acme+Co", "alice+1"],
    ["a/b", undefined, "a/b"],
    ["%20 alice", undefined, "alice"],
    ["Ac\nme:al\nice", "Acme", "alice"],
    ["", undefined, ""],
    ["Acme:", "Acme", ""],
    [":", undefined, ""],
    ["Acme%20%3A%20", "Acme", ""],
  ])("is read: %j", (label, issuer, accountName) => {
    const account = parseOtpauthUri(`otpauth://totp/${label}?secret=MY`);
    expect([account.issuer, account.accountName]).toEqual([issuer, accountName]);
    expect("issuer" in account).toBe(issuer !== undefined);
  });

  it("gives way to the issuer parameter, unless that is empty", () => {
    expect(parseOtpauthUri("otpauth://totp/Old:alice?secret=MY&issuer=New").issuer).toBe("New");
    expect(parseOtpauthUri("otpauth://totp/Old:alice?secret=MY&issuer=").issuer).toBe("Old");
    expect("issuer" in parseOtpauthUri("otpauth://totp/alice?secret=MY&issuer=")).toBe(false);
  });
});

it("unknown parameters of an otpauth URI may be malformed, in name and value", () => {
  for (const unknown of ["100%=yes", "%E0=1", "image=100%", "=", "", "issuer2=%", "secamp;ret=MZXQ", "&&"]) {
    expect(parseOtpauthUri(`otpauth://totp/alice?${unknown}&secret=MY&${unknown}`).secret).toBe("MY");
  }
});

describe("the error message of an otpauth URI", () => {
  it.each([
    ["otpauth://totp/a?issuer=b", "URI has no secret"],
    ["otpauth://hotp/a?secret=MY", "URI has no counter"],
    ["otpauth://totp/a?secret=MY&ISSUER=a&issuer=b", "URI has issuer twice"],
    [
      "otpauth://totp/a?secret=MY&issuer=sTEAM&digits=5",
      "URI has 5 digits and the issuer Steam: a Steam account needs encoder=steam",
    ],
    ["otpauth://totp/a?secret=MY&digits=5", "URI digits must be an integer from 6 to 8"],
    ["otpauth://totp/a?secret=MY&digits=5&issuer=a", "URI digits must be an integer from 6 to 8"],
    ["otpauth://totp/a?secret=MY&digits=9", "URI digits must be an integer from 6 to 8"],
    ["otpauth://totp/a?secret=MY&period=0", "URI period must be an integer from 1 to 86400"],
    ["otpauth://hotp/a?secret=MY&counter=-1", "URI counter must be an integer from 0 to 9007199254740991"],
  ])("for %s names the parameter and the rule", (uri, message) => {
    expect(() => parseOtpauthUri(uri)).toThrow(message);
  });
});

it("every account from an otpauth URI has parameters of its own", () => {
  Object.assign(parseOtpauthUri("otpauth://steam/a?secret=MY").parameters, { digits: 8 });
  expect(parseOtpauthUri("otpauth://steam/b?secret=MY").parameters.digits).toBe(5);
});

describe("a hostile otpauth URI", () => {
  it.each([
    ["what is not text", undefined],
    ["an object that looks like text", new String("otpauth://totp/a?secret=MY")],
    ["a repeated parameter", "otpauth://totp/a?secret=MY&secret=MZXQ"],
    ["a repeated parameter in another case", "otpauth://totp/a?secret=MY&SECRET=MY"],
    ["a repeated parameter, encoded", "otpauth://totp/a?secret=MY&%73ecret=MZXQ"],
    ["a repeated parameter, after a space", "otpauth://totp/a?secret=MY& secret=MZXQ"],
    ["a line before it", "x\notpauth://totp/a?secret=MY"],
    ["another scheme around it", "https://x/?otpauth://totp/a?secret=MY"],
    ["digits as a float", "otpauth://totp/a?secret=MY&digits=6.0"],
    ["digits as hex", "otpauth://totp/a?secret=MY&digits=0x6"],
    ["digits of another script", "otpauth://totp/a?secret=MY&digits=%D9%A6"],
    ["a sign", "otpauth://totp/a?secret=MY&period=+30"],
    ["a counter that a double cannot hold", "otpauth://hotp/a?secret=MY&counter=9007199254740993"],
    ["an enormous counter", `otpauth://hotp/a?secret=MY&counter=${"9".repeat(400)}`],
    ["an empty algorithm", "otpauth://totp/a?secret=MY&algorithm="],
    ["half an algorithm", "otpauth://totp/a?secret=MY&algorithm=SHA"],
    ["more than an algorithm", "otpauth://totp/a?secret=MY&algorithm=SHA1X"],
    ["something before an algorithm", "otpauth://totp/a?secret=MY&algorithm=XSHA1"],
    ["Steam by counter", "otpauth://hotp/a?secret=MY&counter=1&encoder=steam"],
    ["another encoder", "otpauth://totp/a?secret=MY&encoder=blizzard"],
    ["a malformed percent-encoding", "otpauth://totp/a?secret=MY&digits=%E0%A4%A"],
  ])("is refused: %s", (_, uri) => {
    expect(thrownCode(() => parseOtpauthUri(uri as string))).toBe("invalid-uri");
  });

  it("takes no longer than its length", () => {
    for (const part of [
      "%20",
      ":",
      "&",
      "=",
      "%3A%20",
      "a=b&",
      "?",
      "=A",
      "&%",
      "&%zz",
      "&%ff=1",
      "#",
      "#&digits",
      "%3a",
      "\ufeff",
    ]) {
      const long = part.repeat(300_000);
      for (const uri of [`otpauth://totp/${long}`, `otpauth://totp/a:${long}`, `otpauth://totp/a?secret=MY${long}`]) {
        expect(() => parseOtpauthUri(uri)).not.toThrow(RangeError);
      }
    }
  });

  it("never has its secret in the message", () => {
    const canary = "JBSWY3DPEHPK3PX0";
    const rest = ["", "&digits=9", "&secret=A", "&period=x", "&algorithm=MD5", "&encoder=x", "&%"];
    for (const uri of rest.map((tail) => `otpauth://totp/a?secret=${canary}${tail}`)) {
      try {
        parseOtpauthUri(uri);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(OtpError);
        expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(canary.slice(0, 8));
      }
    }
  });
});

it("an otpauth URI copied out of a page loses no parameter", () => {
  const uri = "otpauth://totp/Acme:alice?secret=MY&amp;digits=8&amp;issuer=Acme";
  expect(parseOtpauthUri(uri).parameters).toEqual({ algorithm: "SHA-1", digits: 8, period: 30 });
  expect(thrownCode(() => parseOtpauthUri("otpauth://totp/a?secret=MY&amp;secret=MZXQ"))).toBe("invalid-uri");
});

it("an otpauth URI of 65536 characters is read, and a longer one is refused", () => {
  const uri = "otpauth://totp/a?secret=MY&x=";
  expect(parseOtpauthUri(uri.padEnd(65_536, "x")).secret).toBe("MY");
  expect(thrownCode(() => parseOtpauthUri(uri.padEnd(65_537, "x")))).toBe("invalid-uri");
});
