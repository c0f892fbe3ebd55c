import { afterEach, describe, expect, it, vi } from "vitest";

import { OtpError } from "../../../src/core/errors.ts";
import { assembleMigration, buildMigrationUris, parseMigrationUri } from "../../../src/migration/index.ts";
import type { OtpauthAccountInput } from "../../../src/otpauth/account.ts";
import { thrownCode } from "../../helpers/thrown.ts";
import { named } from "../../helpers/named.ts";

const ALICE = { secret: "JBSWY3DPEHPK3PXP", issuer: "Acme", accountName: "alice" };

afterEach(() => {
  vi.unstubAllGlobals();
});

function payloadOf(uri: string | undefined): string {
  return Buffer.from(decodeURIComponent(uri?.split("data=")[1] ?? ""), "base64").toString("hex");
}

describe("an export that is written", () => {
  it("is byte for byte what Google Authenticator exports, but for the number of the batch", () => {
    const pi = { secret: "7KSQL2JTUDIS5EF65KLMRQIIGY", accountName: "hotp demo", type: "hotp" as const, counter: 4 };
    const [uri] = buildMigrationUris([pi], { batchId: 1 });
    const google = payloadOf(
      "?data=CiUKEPqlBekzoNEukL7qlsjBCDYSCWhvdHAgZGVtbyABKAEwATgEEAEYASAAKNuv15j6%2F%2F%2F%2F%2FwE%3D",
    );
    expect(payloadOf(uri)).toBe(`${google.slice(0, google.lastIndexOf("28dbaf"))}2801`);
  });

  it("has the issuer in front of the name too", () => {
    const [uri] = buildMigrationUris([ALICE], { batchId: 1 });
    expect(Buffer.from(payloadOf(uri), "hex").toString("latin1")).toContain("Acme:alice");
  });

  it("is one URI for a person's accounts, and none for no account", () => {
    const accounts = Array.from({ length: 10 }, (_, index) => ({ ...ALICE, accountName: `alice${index}@example.com` }));
    expect(buildMigrationUris(accounts).length).toBe(1);
    expect(buildMigrationUris([])).toEqual([]);
  });

  it("is never longer than maxBytes, and not much shorter", () => {
    const accounts = Array.from({ length: 300 }, (_, index) => ({
      ...ALICE,
      accountName: `${index}`.repeat(index % 9) || "a",
    }));
    for (const maxBytes of [200, 333, 512, 1000, 2953]) {
      const uris = buildMigrationUris(accounts, { maxBytes });
      const lengths = uris.map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(maxBytes);
      // What would have fitted is in the same part: the longest account takes up less than 100
      // bytes.
      expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(maxBytes - 132);
      expect(assembleMigration(uris)).toMatchObject({ missing: [], refused: [] });
      expect(assembleMigration(uris).accounts.length).toBe(300);
    }
    expect(buildMigrationUris(accounts)).toHaveLength(buildMigrationUris(accounts, { maxBytes: 1000 }).length);
  });

  it("is never longer than maxBytes, not even if the number of parts moves letters that must be percent-encoded", () => {
    // Its varint is fb ef be fb 07: in base64 plusses, if it begins at a multiple of three bytes,
    // and none otherwise.
    const batchId = 0x7b + (0x6f << 7) + (0x3e << 14) + (0x7b << 21) + 7 * 2 ** 28;
    const secret = new Uint8Array(20);
    for (const count of [100, 128, 130]) {
      const accounts = Array.from({ length: count }, (_, index) => ({
        secret,
        accountName: "a".repeat(1 + (index % 40)),
      }));
      for (let maxBytes = 200; maxBytes < 400; maxBytes++) {
        const uris = buildMigrationUris(accounts, { maxBytes, batchId });
        expect(Math.max(...uris.map(({ length }) => length))).toBeLessThanOrEqual(maxBytes);
      }
    }
  });

  it("is never longer than maxBytes, not even if the number of parts itself becomes a letter to percent-encode", () => {
    // Two accounts in each part: 62 parts, where 124 were the most.
    const accounts = Array.from({ length: 124 }, () => ({ secret: ALICE.secret, accountName: "abc" }));
    const uris = buildMigrationUris(accounts, { maxBytes: 118, batchId: 1 });
    expect(uris.length).toBeGreaterThan(61);
    expect(Math.max(...uris.map(({ length }) => length))).toBeLessThanOrEqual(118);
  });

  it.each([
    ["alice", ALICE.secret, 1, 100],
    ["x".repeat(13), ALICE.secret, 1, 101],
    ["x".repeat(15), new Uint8Array(7), 200, 101],
  ])("may take all of maxBytes but 4: %s", (accountName, secret, batchId, maxBytes) => {
    const [uri = ""] = buildMigrationUris([{ accountName, secret }], { maxBytes: 1000, batchId });
    expect(uri.length).toBeLessThanOrEqual(maxBytes - 4);
    expect(buildMigrationUris([{ accountName, secret }], { maxBytes, batchId })).toEqual([uri]);
  });

  it.each([
    [127, "7f"],
    [128, "8001"],
  ])("has the number %i in as few bytes as it takes", (batchId, bytes) => {
    expect(payloadOf(buildMigrationUris([ALICE], { batchId })[0]).endsWith(`28${bytes}`)).toBe(true);
  });

  it("may have a thousand accounts in a thousand parts", () => {
    const uris = buildMigrationUris(
      Array<OtpauthAccountInput>(1000).fill({ secret: "MY", accountName: "a".repeat(40) }),
      {
        maxBytes: 200,
        batchId: 2 ** 31 - 1,
      },
    );
    expect(uris.length).toBe(1000);
    expect(assembleMigration(uris)).toMatchObject({ missing: [], batch: { id: 2 ** 31 - 1, size: 1000 } });
  });

  it("has a random number of 31 bits, or the given one", () => {
    const idOf = (batchId?: number): number | undefined =>
      buildMigrationUris([ALICE], { batchId }).map((uri) => parseMigrationUri(uri).batch.id)[0];
    expect(new Set([idOf(), idOf(), idOf()]).size).toBe(3);
    vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) });
    expect(idOf()).toBe(2 ** 31 - 1);
    vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => (bytes.set([1, 2, 3, 4]), bytes) });
    expect(idOf()).toBe(0x01020304);
    vi.stubGlobal("crypto", undefined);
    expect(idOf(0)).toBe(0);
    expect(thrownCode(() => idOf())).toBe("no-random");
  });

  it("takes a secret as text or bytes, and what other functions return", () => {
    const [text, bytes] = ["jbsw y3dp-ehpk 3pxp", Buffer.from("48656c6c6f21deadbeef", "hex")].map((secret) =>
      payloadOf(buildMigrationUris([{ ...ALICE, secret }], { batchId: 1 })[0]),
    );
    expect(text).toBe(bytes);
    const [uri = ""] = buildMigrationUris([ALICE]);
    expect(parseMigrationUri(buildMigrationUris(parseMigrationUri(uri).accounts)[0] ?? "").accounts).toEqual([
      { ...ALICE, type: "totp", parameters: { algorithm: "SHA-1", digits: 6, period: 30 } },
    ]);
  });
});

describe("an account for an export is refused by index and field", () => {
  it.each(
    named<[change: object, code: string, message: RegExp]>([
      [{ parameters: { digits: 7 } }, "invalid-account", /digits must be 6 or 8/],
      [{ parameters: { digits: 9 } }, "invalid-account", /digits must be/],
      [{ parameters: { period: 60 } }, "invalid-account", /period must be 30/],
      [{ parameters: { period: "30" } }, "invalid-account", /period must be 30/],
      [{ type: "steam" }, "invalid-account", /type must be totp or hotp/],
      [{ type: "TOTP" }, "invalid-account", /type must be/],
      [{ accountName: "" }, "invalid-account", /accountName must be non-blank text without control characters/],
      [{ accountName: " " }, "invalid-account", /accountName must be/],
      [{ accountName: "a\ud800" }, "invalid-account", /accountName must be/],
      [{ accountName: 5 }, "invalid-account", /accountName must be/],
      [
        { accountName: "a:b", issuer: undefined },
        "invalid-account",
        /accountName must have no colon without an issuer/,
      ],
      [{ issuer: "" }, "invalid-account", /issuer must be/],
      [{ issuer: "\udc00" }, "invalid-account", /issuer must be/],
      [{ accountName: "a".repeat(900) }, "invalid-account", /too long for a URI of maxBytes/],
      [{ secret: "0189" }, "invalid-secret", /secret must be/],
      [{ secret: "" }, "secret-too-short", /secret must have 1/],
      [{ parameters: { algorithm: "MD5" } }, "invalid-option", /algorithm must be/],
      [{ parameters: 30 }, "invalid-options", /options must be/],
      [{ parameters: { step: 30 } }, "unknown-option", /"step", use period/],
      [{ name: "alice" }, "unknown-option", /"name"/],
      [{ counter: 1 }, "invalid-counter", /only for hotp/],
      [{ type: "hotp" }, "invalid-counter", /counter must be/],
      [{ type: "hotp", counter: -1 }, "invalid-counter", /counter must be/],
      [{ type: "hotp", counter: 1, parameters: { period: 30 } }, "unknown-option", /"period"/],
    ]),
  )("for %s", (_, [change, code, message]) => {
    const wrong = { ...ALICE, ...change } as OtpauthAccountInput;
    let error: unknown;
    try {
      buildMigrationUris([ALICE, wrong, wrong]);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OtpError);
    expect((error as OtpError).code).toBe(code);
    expect((error as OtpError).message).toMatch(message);
    expect((error as OtpError).message).toMatch(/^accounts\[1\]: /);
    expect((error as OtpError).message).not.toMatch(/JBSWY3DP|0189|alice|a:b/i);
  });

  it.each([undefined, null, "alice", 5, [], new Date()])("where %s stands in place of an account (%#)", (account) => {
    expect(() => buildMigrationUris([ALICE, account as unknown as OtpauthAccountInput])).toThrow(/^accounts\[1\]: /);
  });

  it("where the array has a hole", () => {
    const holes = [ALICE];
    holes[2] = ALICE;
    expect(() => buildMigrationUris(holes)).toThrow(
      /^accounts\[1\]: accountName must be|^accounts\[1\]: secret must be/,
    );
  });

  it("but a fault that is not ours goes on as it is", () => {
    const fault = new Error("getter");
    const account = {
      get secret(): string {
        throw fault;
      },
      accountName: "a",
    };
    expect(() => buildMigrationUris([account])).toThrow(fault);
  });
});

describe("an export with wrong arguments", () => {
  it.each<[object, string]>([
    [{ maxBytes: 99 }, "invalid-option"],
    [{ maxBytes: 2954 }, "invalid-option"],
    [{ maxBytes: "500" }, "invalid-option"],
    [{ batchId: -1 }, "invalid-option"],
    [{ batchId: 2 ** 31 }, "invalid-option"],
    [{ batchId: null }, "invalid-option"],
    [{ size: 3 }, "unknown-option"],
    [new Date(), "invalid-options"],
  ])("is refused for its options %j", (options, code) => {
    expect(thrownCode(() => buildMigrationUris([ALICE], options))).toBe(code);
  });

  it.each([undefined, null, {}, "alice", Array<OtpauthAccountInput>(1001).fill(ALICE)])(
    "is refused for its accounts (case %#)",
    (accounts) => {
      expect(thrownCode(() => buildMigrationUris(accounts as OtpauthAccountInput[]))).toBe("invalid-account");
    },
  );

  it("is refused by a message that names the argument and the rule", () => {
    expect(() => buildMigrationUris({} as never)).toThrow(/^accounts must be an array of at most 1000$/);
    expect(() => buildMigrationUris([], { maxBytes: 99 })).toThrow(/^maxBytes must be an integer from 100 to 2953$/);
    expect(() => buildMigrationUris([], { batchId: -1 })).toThrow(/^batchId must be an integer from 0 to 2147483647$/);
  });
});
