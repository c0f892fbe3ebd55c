// otpauth URIs: any text is an account or refused, and what is read can be built and read again.
import assert from "node:assert/strict";

import fc from "fast-check";

import { buildOtpauthUri, decodeSecret, type OtpauthAccount, parseOtpauthUri } from "../../../src/index.ts";
import { isTidy } from "../../properties/arbitraries.ts";
import { algorithm, counter, digits, period } from "../../properties/arbitraries.ts";
import refused from "../../../vectors/otpauth-refused.json" with { type: "json" };
import valid from "../../../vectors/otpauth-valid.json" with { type: "json" };
import { anything, damagedText, options } from "../inputs.ts";
import { property, type Target } from "../target.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/** As real programs write them. */
const REAL = [...valid.rows, ...refused.rows].map(({ uri }) => uri);
const PIECES = [
  "otpauth://",
  "apple-otpauth://",
  "otpauth-migration://",
  "steam://",
  "totp/",
  "hotp/",
  "steam/",
  "TOTP/",
  "?",
  "&",
  "=",
  "#",
  ":",
  "/",
  "%",
  "%3A",
  "%3a",
  "%20",
  "+",
  "%2B",
  "%00",
  "%C3%A9",
  "%C3",
  "%E2%80%AE",
  "%25",
  "secret=",
  "SECRET=",
  `secret=${SECRET}`,
  "issuer=",
  "issuer=Acme",
  "&issuer=Steam",
  "algorithm=SHA1",
  "&digits=5",
  "&digits=8",
  "&digits=06",
  "&period=30",
  "&period=0",
  "&counter=1",
  "&counter=-1",
  "&image=https://a/b",
  "&encoder=steam",
  "\0",
  "\u202e",
  "\ufeff",
  "\u200d",
  "\ud800",
  "\udc00",
  "é",
  "東",
  "İ",
  " ",
  "\t",
  "\r\n",
  "9".repeat(30),
];
const text = fc.oneof(
  damagedText(REAL, PIECES),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((parts) => parts.join("")),
  fc
    .array(fc.constantFrom(...PIECES), { maxLength: 8 })
    .map((parts) => `otpauth://totp/a?secret=${SECRET}${parts.join("")}`),
  fc.string({ unit: "binary" }).map((rest) => `otpauth://totp/${rest}?secret=${SECRET}`),
  fc.string({ unit: "binary" }),
);
/** Long ones of one piece many times. */
const longText = fc
  .tuple(fc.constantFrom(...REAL), fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 5000 }), fc.nat())
  .map(([uri, piece, times, at]) => {
    const place = at % uri.length;
    return uri.slice(0, place) + piece.repeat(times) + uri.slice(place);
  });

/** The secrets in a text, which no message may have. */
function secretsIn(uri: unknown): readonly string[] {
  return typeof uri === "string" ? (uri.match(/[A-Z2-7]{16,}/gi) ?? []) : [];
}

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((each) => isTidy(each) && !each.includes(":"));
const parameters = options({ algorithm, digits, period });
const account = options({
  type: fc.constantFrom("totp", "hotp", "steam"),
  secret: fc.oneof(fc.constant(SECRET), fc.uint8Array({ maxLength: 100 })),
  issuer: name,
  accountName: name,
  image: fc.constantFrom("https://example.com/logo.png", "http://example.com/logo.png"),
  parameters,
  counter,
});
/** Most fields are right, so that many are written. */
const rightAccount = fc.record(
  {
    type: fc.constantFrom("totp", "hotp"),
    secret: fc.constant(SECRET),
    accountName: name,
    issuer: name,
    counter,
    parameters,
  },
  { requiredKeys: ["secret", "accountName"] },
) as fc.Arbitrary<never>;

/** All that is read can be written but a colon and an empty name. */
function writable(parsed: OtpauthAccount): OtpauthAccount {
  const { issuer } = parsed;
  return {
    ...parsed,
    ...(issuer !== undefined && { issuer: issuer.replaceAll(":", "-") }),
    accountName: parsed.accountName.replaceAll(":", "-") || "account",
  };
}

export const uris: Target = {
  name: "uris",
  properties: [
    property(fc.oneof({ weight: 200, arbitrary: text }, { weight: 1, arbitrary: longText }), async (uri, watch) => {
      const { value, code } = await watch.call(() => parseOtpauthUri(uri), secretsIn(uri));
      if (value === undefined) {
        assert.ok(["invalid-uri", "invalid-secret", "secret-too-short", "invalid-counter"].includes(code), code);
        return;
      }
      assert.ok(decodeSecret(value.secret).length > 0);
      const again = writable(value);
      const built = await watch.call(() => buildOtpauthUri(again), [again.secret]);
      assert.ok(built.value !== undefined, built.code);
      assert.deepEqual(parseOtpauthUri(built.value), again);
    }),
    property(
      fc.tuple(fc.oneof(account, rightAccount), options({ scheme: fc.constantFrom("otpauth", "apple-otpauth") })),
      async ([given, chosen], watch) => {
        const { value } = await watch.call(() => buildOtpauthUri(given, chosen), [SECRET]);
        if (value === undefined) return;
        assert.match(value, /^(apple-)?otpauth:\/\/(totp|hotp|steam)\/[!-~]*$/);
        const parsed = parseOtpauthUri(value);
        assert.deepEqual(parseOtpauthUri(buildOtpauthUri(parsed)), parsed);
      },
    ),
    property(anything, async (uri, watch) => {
      const { code } = await watch.call(() => parseOtpauthUri(uri as string), secretsIn(uri));
      if (typeof uri !== "string") assert.equal(code, "invalid-uri");
    }),
  ],
};
