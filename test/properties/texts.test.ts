import fc from "fast-check";
import { expect, it } from "vitest";

import {
  buildOtpauthUri,
  decodeBase32,
  decodeSecret,
  encodeBase32,
  OtpError,
  type OtpauthAccount,
  parseOtpauthUri,
} from "../../src/index.ts";
import { algorithm, counter, digits, name, period, secretBytes } from "./arbitraries.ts";
import { MORE } from "../helpers/more.ts";

const bytes = fc.uint8Array({ maxLength: 100 });

it("base32 comes back, padded or not", () => {
  fc.assert(
    fc.property(bytes, fc.boolean(), (original, padding) => {
      const text = encodeBase32(original, { padding });
      expect(text).toMatch(/^[A-Z2-7]*=*$/);
      if (padding) expect(text.length % 8).toBe(0);
      expect(decodeBase32(text)).toEqual(original);
    }),
  );
});

it("strict base32 has one text for each key: what is read is what would be written", () => {
  const text = fc.oneof(fc.stringMatching(/^[A-Z2-7]{0,24}={0,8}$/), fc.string({ unit: "binary", maxLength: 24 }));
  fc.assert(
    fc.property(text, (candidate) => {
      let read: Uint8Array;
      try {
        read = decodeBase32(candidate);
      } catch (error) {
        expect(error).toBeInstanceOf(OtpError);
        return;
      }
      expect([encodeBase32(read), encodeBase32(read, { padding: true })]).toContain(candidate);
    }),
    { numRuns: 200 * MORE },
  );
});

it("a secret is read however it is written down", () => {
  const separators = fc.array(fc.constantFrom("", " ", "-", "\n", "\t", "  "), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 25 }), separators, fc.boolean(), (original, gaps, isLower) => {
      const text = Array.from(encodeBase32(original))
        .map((letter, index) => (gaps[index] ?? "") + letter)
        .join("");
      expect(decodeSecret(isLower ? text.toLowerCase() : text)).toEqual(original);
    }),
  );
});

it("a secret that is read has no characters but those of base32 and what makes it readable", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
      fc.pre(!/^[A-Za-z2-7\s=-]*$/.test(text));
      expect(() => decodeSecret(text)).toThrow(OtpError);
    }),
    { numRuns: 100 * MORE },
  );
});

const common = { secret: secretBytes.map((secret) => encodeBase32(secret)), accountName: name };
const named = { issuer: name };
const account: fc.Arbitrary<OtpauthAccount> = fc.oneof(
  fc.record({
    type: fc.constant("totp" as const),
    ...common,
    ...named,
    parameters: fc.record({ algorithm, digits, period }),
  }),
  fc.record({
    type: fc.constant("hotp" as const),
    ...common,
    ...named,
    parameters: fc.record({ algorithm, digits }),
    counter,
  }),
  fc.record({ type: fc.constant("totp" as const), ...common, parameters: fc.record({ algorithm, digits, period }) }),
  fc.record({
    type: fc.constant("steam" as const),
    ...common,
    ...named,
    parameters: fc.constant({ algorithm: "SHA-1", digits: 5, period: 30 } as const),
  }),
);

it("an account that is built is the account that is parsed", () => {
  fc.assert(
    fc.property(account, fc.constantFrom("otpauth" as const, "apple-otpauth" as const), (original, scheme) => {
      const uri = buildOtpauthUri(original, { scheme });
      expect(uri).toMatch(/^(apple-)?otpauth:\/\/(totp|hotp|steam)\/[!-~]*$/);
      expect(uri).not.toContain("+");
      expect(parseOtpauthUri(uri)).toEqual(original);
      // As other programs read it.
      const url = new URL(uri);
      expect(url.searchParams.get("secret")).toBe(original.secret);
      expect(url.searchParams.get("issuer")).toBe(original.issuer ?? null);
    }),
    { numRuns: 50 * MORE },
  );
});

it("any text is an account or an OtpError, and what it says builds again", () => {
  const fragments = [
    "otpauth://",
    "totp/",
    "hotp/",
    "steam/",
    "a",
    ":",
    "%3A",
    "%",
    "%20",
    "?",
    "&",
    "=",
    "#",
    "secret=",
    "MY",
  ];
  const more = [
    "issuer=",
    "digits=",
    "8",
    "period=",
    "counter=",
    "algorithm=SHA1",
    "encoder=steam",
    "image=https://a",
    "\0",
    "\u202e",
    "steam://",
    "+",
    "%C3%A9",
    "\ud800",
  ];
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...fragments, ...more), { maxLength: 20 }).map((parts) => parts.join("")),
    fc
      .array(fc.constantFrom(...fragments, ...more), { maxLength: 12 })
      .map((parts) => `otpauth://totp/a?secret=MY&${parts.join("")}`),
  );
  fc.assert(
    fc.property(text, (uri) => {
      let parsed: OtpauthAccount;
      try {
        parsed = parseOtpauthUri(uri);
      } catch (error) {
        expect(error).toBeInstanceOf(OtpError);
        return;
      }
      // All that is read can be written, but a colon and an empty name, for which a program puts
      // something else.
      const writable = {
        ...parsed,
        ...(parsed.issuer !== undefined && { issuer: parsed.issuer.replaceAll(":", "-") }),
        accountName: parsed.accountName.replaceAll(":", "-") || "account",
      };
      expect(parseOtpauthUri(buildOtpauthUri(writable))).toEqual(writable);
    }),
    { numRuns: 200 * MORE },
  );
});
