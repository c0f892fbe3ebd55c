// Single facts that the pages in docs/guide/migrating state in words.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { decodeSecret, generateTotp, parseOtpauthUri } from "../../../src/sync.ts";
import { allPeers, areInstalled, named, type Peer } from "./libraries.ts";
import { HERE, MOMENT, SECRET } from "./outcomes.ts";
import { evaluate } from "./tables.ts";

const isThere = areInstalled();
const peers = isThere ? await allPeers() : [];
const peerOf = (page: string): Peer => named(peers, page);
const run = (page: string, expression: string, more: object = {}): Promise<unknown> =>
  evaluate(expression, { ...peerOf(page).scope(), SECRET, ...more });

beforeAll(() => {
  vi.useFakeTimers({ now: MOMENT, toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

describe.skipIf(!isThere)("single facts", () => {
  it("speakeasy parses the code", async () => {
    for (const token of ["5924ab", "5924.9", " 5924 ", "+05924", ["005924"]]) {
      expect(
        await run("speakeasy", 'speakeasy.totp.verify({ secret: SECRET, encoding: "base32", token })', { token }),
      ).toBe(true);
      expect(HERE.verify(SECRET, token)).toBeNull();
    }
  });

  it("speakeasy makes another byte of left-over bits, which two letters more make here", async () => {
    const stored = "GEZDGNBVGY3TQOJQGEZDGNBVGZ";
    const code = await peerOf("speakeasy").generate(stored);
    expect(generateTotp(stored)).not.toBe(code);
    expect(() => generateTotp(`${stored}A`)).toThrow();
    expect(generateTotp(`${stored}AA`)).toBe(code);
    expect(decodeSecret(`${stored}AA`).length).toBe(decodeSecret(stored).length + 1);
  });

  it("speakeasy reads 0 as O, 1 as I, and a space, a hyphen, 8 and 9 as A", async () => {
    const reading = (letter: string): unknown => peerOf("speakeasy").generate(SECRET.replace("Z", letter));
    for (const [odd = "", plain = ""] of ["0O", "1I", " A", "-A", "8A", "9A"]) {
      expect(await reading(odd), odd).toBe(await reading(plain));
    }
  });

  it("otplib 12 reads a space and a hyphen as A", async () => {
    const reading = (letter: string): unknown => peerOf("otplib-12").generate(SECRET.replace("Z", letter));
    for (const odd of [" ", "-"]) expect(await reading(odd), odd).toBe(await reading("A"));
  });

  it("otplib 13 throws at what is mistyped, and lets a colon in", async () => {
    const thrown = (token: unknown): Promise<unknown> =>
      run("otplib-13", "await verify({ secret: SECRET, token }).catch((error) => error.name)", { token });
    expect(await Promise.all(["5924", "00592a", null].map(thrown))).toEqual([
      "TokenLengthError",
      "TokenFormatError",
      "TypeError",
    ]);
    const uri = String(await run("otplib-13", 'generateURI({ issuer: "Ac:me", label: "alice", secret: SECRET })'));
    expect(uri).toContain("Ac:me:alice");
    const small = "JBSWY3DPEHPK3PXP";
    const guarded = "generate({ secret: small, guardrails: createGuardrails({ MIN_SECRET_BYTES: 10 }) })";
    expect(await run("otplib-13", guarded, { small })).toBe(generateTotp(small));
  });

  it("otpauth has one code for all times if the call of Date.now is forgotten", async () => {
    expect(await run("otpauth", "new TOTP({ secret: SECRET }).generate({ timestamp: Date.now })")).toBe("755224");
  });

  it("otpauth makes a new secret where none is given, and moves the counter of HOTP", async () => {
    expect(await run("otpauth", "new TOTP({ secret: undefined }).secret.bytes.length")).toBe(20);
    expect(await run("otpauth", "(hotp.generate(), hotp.counter)")).toBe(41152264);
  });

  it("totp-generator takes letters as the key with every encoding but hex", async () => {
    const other = "(await TOTP.generate(SECRET, { encoding })).otp";
    const key = generateTotp(Buffer.from(SECRET));
    for (const encoding of ["base32", "ascii", "utf8"])
      expect(await run("totp-generator", other, { encoding })).toBe(key);
  });

  it("node-2fa's link holds the secret", async () => {
    const made = (await run("node-2fa", 'generateSecret({ name: "Acme", account: "alice" })')) as Record<
      string,
      string
    >;
    expect(made["qr"]).toContain(`secret=${made["secret"]}`);
    expect(parseOtpauthUri(made["uri"] ?? "")).toMatchObject({
      issuer: "Acme",
      accountName: "alice",
      secret: made["secret"],
    });
  });
});
