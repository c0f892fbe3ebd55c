// What the pages in docs/guide/migrating say of stored secrets, new ones and default windows.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { decodeSecret, encodeBase32, generateTotp } from "../../../src/sync.ts";
import { read } from "../fences.ts";
import { allPeers, areInstalled, named, type Peer } from "./libraries.ts";
import { CODE, HERE, MOMENT, SECRET, windowOf } from "./outcomes.ts";
import { codeIn, evaluate, tableOf } from "./tables.ts";

const isThere = areInstalled();
const peers = isThere ? [HERE as Peer, ...(await allPeers())] : [];
const TEXT = "12345678901234567890";
const BYTES = Buffer.from(TEXT);

beforeAll(() => {
  vi.useFakeTimers({ now: MOMENT, toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

const peerOf = (page: string): Peer => named(peers, page);
const run = (page: string, expression: string, more: object = {}): Promise<unknown> =>
  evaluate(expression, { ...peerOf(page).scope(), SECRET, ...more });

describe.skipIf(!isThere)("the default windows", () => {
  const PAGES = ["README", "speakeasy", "otplib-12", "otplib-13", "otpauth", "epic-web-totp", "node-2fa", "notp"];

  it("are those in the table", async () => {
    const rows = tableOf("README", "Windows");
    expect(rows).toHaveLength(PAGES.length);
    for (const [index, [library = "", , totp, hotp]] of rows.entries()) {
      const { verify, verifyHotp } = peerOf(PAGES[index] ?? "");
      const short = (window: string): string => window.replace("the present step only", "none");
      expect(short(await windowOf((code) => verify?.(SECRET, code))), library).toBe(totp);
      const ofHotp = verifyHotp ? short(await windowOf((code) => verifyHotp(SECRET, code, 1000), 1000)) : "–";
      expect(ofHotp, library).toBe(hotp);
    }
  });
});

/**
 * By page: the rows of "Stored secrets" in order, each what is stored, and how the library makes
 * the code with it.
 */
const STORED: Readonly<Record<string, readonly (readonly [stored: string, there: string])[]>> = {
  speakeasy: [
    [SECRET, 'speakeasy.totp({ secret: stored, encoding: "base32" })'],
    [TEXT, "speakeasy.totp({ secret: stored })"],
    [BYTES.toString("hex"), 'speakeasy.totp({ secret: stored, encoding: "hex" })'],
    [BYTES.toString("base64"), 'speakeasy.totp({ secret: stored, encoding: "base64" })'],
  ],
  "otplib-12": [
    [SECRET, "authenticator.generate(stored)"],
    [TEXT, "totp.generate(stored)"],
    [TEXT, 'totp.clone({ encoding: "utf8" }).generate(stored)'],
    [BYTES.toString("hex"), 'totp.clone({ encoding: "hex" }).generate(stored)'],
    [BYTES.toString("base64"), 'totp.clone({ encoding: "base64" }).generate(stored)'],
  ],
  otpauth: [
    [SECRET, "new TOTP({ secret: Secret.fromBase32(stored) }).generate()"],
    [BYTES.toString("hex"), "new TOTP({ secret: Secret.fromHex(stored) }).generate()"],
    [TEXT, "new TOTP({ secret: Secret.fromLatin1(stored) }).generate()"],
    [TEXT, "new TOTP({ secret: Secret.fromUTF8(stored) }).generate()"],
  ],
  notp: [
    [TEXT, "notp.totp.gen(stored)"],
    [SECRET, "notp.totp.gen(base32.decode(stored))"],
    [BYTES.toString("hex"), 'notp.totp.gen(Buffer.from(stored, "hex"))'],
  ],
  "totp-generator": [
    [SECRET, "(await TOTP.generate(stored)).otp"],
    [TEXT, '(await TOTP.generate(stored, { encoding: "ascii" })).otp'],
  ],
};

describe.skipIf(!isThere)("stored secrets", () => {
  const rows = Object.entries(STORED).flatMap(([page, all]) => all.map((row, index) => ({ page, index, row })));

  it("have a row for each", () => {
    const lengths = Object.entries(STORED).map(([page, all]) => [page, all.length]);
    const shown = Object.keys(STORED).map((page) => [page, tableOf(page, "Stored secrets").length]);
    expect(shown).toEqual(lengths);
  });

  it.each(rows)(
    "$page, row $index: the expression on the page reads it",
    async ({ page, index, row: [text, there] }) => {
      expect(await run(page, there, { stored: text })).toBe(CODE);
      const given = codeIn(tableOf(page, "Stored secrets")[index]?.[1]) ?? "text";
      expect(generateTotp((await evaluate(given, { text })) as string)).toBe(CODE);
    },
  );

  it.each([
    ["speakeasy", "speakeasy.totp({ secret: stored })"],
    ["otplib-12", "totp.generate(stored)"],
    ["otpauth", "new TOTP({ secret: Secret.fromLatin1(stored) }).generate()"],
    ["totp-generator", '(await TOTP.generate(stored, { encoding: "ascii" })).otp'],
  ])("%s: text with letters such as é is latin1", async (page, there) => {
    const stored = "áéíóúàèìòùâêîôûäëïöüã";
    expect(await run(page, there, { stored })).toBe(generateTotp(Buffer.from(stored, "latin1")));
  });

  it.each([
    ["notp", "notp.totp.gen(stored)"],
    ["otplib-12", 'totp.clone({ encoding: "utf8" }).generate(stored)'],
    ["otpauth", "new TOTP({ secret: Secret.fromUTF8(stored) }).generate()"],
  ])("%s: text with letters such as é is UTF-8 with %s", async (page, there) => {
    const stored = "áéíóúàèìòùâêîôûäëïöüã";
    expect(await run(page, there, { stored })).toBe(generateTotp(new TextEncoder().encode(stored)));
  });
});

describe.skipIf(!isThere)("new secrets of other libraries", () => {
  it.each([
    ["speakeasy", "speakeasy.generateSecret().base32", 32],
    ["otplib-12", "authenticator.generateSecret()", 10],
    ["otplib-13", "generateSecret()", 20],
    ["otpauth", "new Secret().base32", 20],
    ["epic-web-totp", "(await generateTOTP()).secret", 10],
    ["node-2fa", "generateSecret().secret", 20],
  ])("%s makes base32 that is read as it is: %s, %i bytes", async (page, expression, length) => {
    for (let times = 0; times < 50; times += 1) {
      const secret = String(await run(page, expression));
      expect(secret).toMatch(/^[A-Z2-7]+$/); // in capitals, without padding
      expect(decodeSecret(secret)).toHaveLength(length);
      if (page === "otplib-13" || page === "otplib-12") continue; // guarded, or of 70 bits: below
      expect(generateTotp(secret)).toBe(await peerOf(page).generate(secret));
    }
  });

  it("of otplib 12 have seven random bits in each byte, and the same codes here", async () => {
    for (let times = 0; times < 50; times += 1) {
      const secret = String(await run("otplib-12", "authenticator.generateSecret()"));
      expect(decodeSecret(secret).every((byte) => byte < 128)).toBe(true);
      expect(await run("otplib-12", "authenticator.generate(secret)", { secret })).toBe(generateTotp(secret));
    }
  });

  it("of speakeasy have neither Y nor j", async () => {
    const all = await run("speakeasy", "Array.from({ length: 500 }, () => speakeasy.generateSecret().ascii).join('')");
    expect(all).toMatch(/y.*J|J.*y/s);
    expect(all).not.toMatch(/[Yj]/);
  });
});

describe.skipIf(!isThere)("otplib 12 repeats short secrets", () => {
  it("of fewer bytes or characters than the page says", async () => {
    const shown = read("docs/guide/migrating/otplib-12.md").matchAll(
      /^\| `(sha\d+)` +\| (\d+) bytes +\| (\d+) characters +\|$/gm,
    );
    const measured = [];
    for (const algorithm of ["sha1", "sha256", "sha512"]) {
      measured.push([algorithm, await leastLength(algorithm, "authenticator"), await leastLength(algorithm, "totp")]);
    }
    expect(Array.from(shown, ([, name, bytes, characters]) => [name, Number(bytes), Number(characters)])).toEqual(
      measured,
    );
  });

  it("and the page makes the same key", async () => {
    expect(await run("otplib-12", 'totp.generate("correct horse")')).toBe("708220");
    expect(read("docs/guide/migrating/otplib-12.md")).toContain("// 708220");
  });
});

/** The least length from which codes are those of the secret itself. */
async function leastLength(algorithm: string, by: "authenticator" | "totp"): Promise<number> {
  const digits = { algorithm: `SHA-${algorithm.slice(3)}` as "SHA-1" };
  for (let length = 70; length > 4; length -= 1) {
    const bytes = Buffer.from("x".repeat(length - 1) + "y");
    const secret = by === "totp" ? bytes.toString() : encodeBase32(bytes);
    const there = await run("otplib-12", `${by}.clone({ algorithm }).generate(secret)`, { algorithm, secret });
    if (there !== generateTotp(bytes, digits)) return length + 1;
  }
  return 0;
}
