import fc from "fast-check";
import { expect, it } from "vitest";

import { encodeBase32, OtpError } from "../../src/index.ts";
import {
  assembleMigration,
  buildMigrationUris,
  type MigrationAccount,
  parseMigrationUri,
} from "../../src/migration/index.ts";
import { exportUri } from "../helpers/exports.ts";
import { algorithm, counter, isTidy } from "./arbitraries.ts";
import { MORE } from "../helpers/more.ts";

const secret = fc.uint8Array({ minLength: 1, maxLength: 70 }).map((bytes) => encodeBase32(bytes));
const text = fc
  .string({
    unit: fc.oneof(fc.constantFrom(":", " ", "%", "+"), fc.string({ minLength: 1, maxLength: 1, unit: "binary" })),
    minLength: 1,
    maxLength: 20,
  })
  .filter(isTidy);
const accountName = text;
const digits = fc.constantFrom<6 | 8>(6, 8);

const named = fc.oneof(
  fc.record({ secret, issuer: text, accountName }),
  fc.record({ secret, accountName: accountName.filter((name) => !name.includes(":")) }),
);
const account: fc.Arbitrary<MigrationAccount> = fc.oneof(
  fc
    .tuple(named, fc.record({ algorithm, digits, period: fc.constant(30) }))
    .map(([names, parameters]) => ({ type: "totp" as const, ...names, parameters })),
  fc
    .tuple(named, fc.record({ algorithm, digits }), counter)
    .map(([names, parameters, next]) => ({ type: "hotp" as const, ...names, parameters, counter: next })),
);
const accounts = fc.array(account, { minLength: 1, maxLength: 30 });
const batchId = fc.nat({ max: 2 ** 31 - 1 });

it("accounts that are written are the accounts that are read, in whatever order the parts come", () => {
  const order = fc.infiniteStream(fc.nat());
  fc.assert(
    fc.property(accounts, batchId, fc.integer({ min: 600, max: 2953 }), order, (original, id, maxBytes, keys) => {
      const uris = buildMigrationUris(original, { batchId: id, maxBytes });
      for (const uri of uris) {
        expect(uri.length).toBeLessThanOrEqual(maxBytes);
        expect(uri).toMatch(/^otpauth-migration:\/\/offline\?data=(?:[A-Za-z0-9]|%2B|%2F|%3D)+$/);
      }
      const shuffled = uris
        .map((uri) => ({ uri, key: Number(keys.next().value) }))
        .sort((one, other) => one.key - other.key)
        .map(({ uri }) => uri);
      const assembled = assembleMigration(shuffled);
      expect(assembled).toEqual({ accounts: original, refused: [], missing: [], batch: { id, size: uris.length } });
      // Without one of them, just that one is missing.
      if (shuffled.length > 1) expect(assembleMigration(shuffled.slice(1)).missing.length).toBe(1);
    }),
    { numRuns: 20 * MORE },
  );
});

/** An export or an OtpError; and of what is refused no secret is told. */
function readOrRefuse(uri: string): void {
  try {
    const { accounts: read, refused, batch } = parseMigrationUri(uri);
    expect(read.length + refused.length).toBeLessThanOrEqual(1000);
    expect(batch.index).toBeLessThan(batch.size);
    for (const one of read) expect(one.secret).toMatch(/^[A-Z2-7]+$/);
  } catch (error) {
    expect(error).toBeInstanceOf(OtpError);
    expect((error as OtpError).code).toBe("invalid-uri");
  }
}

it("a URI is never longer than maxBytes, however the accounts and the number of the batch fall", () => {
  const many = fc
    .tuple(account, fc.constantFrom(1, 2, 126, 127, 128, 129, 300))
    .map(([one, count]) => Array<MigrationAccount>(count).fill({ ...one, accountName: "a" }));
  fc.assert(
    fc.property(many, batchId, fc.integer({ min: 380, max: 600 }), (original, id, maxBytes) => {
      const uris = buildMigrationUris(original, { batchId: id, maxBytes });
      expect(Math.max(...uris.map(({ length }) => length))).toBeLessThanOrEqual(maxBytes);
      expect(assembleMigration(uris).missing).toEqual([]);
    }),
    { numRuns: 20 * MORE },
  );
});

it("an export in which bytes are flipped, cut off or put in is an export or an OtpError", () => {
  const damage = fc.array(
    fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      kind: fc.constantFrom("set", "flip", "cut", "add"),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(accounts, batchId, damage, (original, id, changes) => {
      const [uri = ""] = buildMigrationUris(original, { batchId: id, maxBytes: 2953 });
      const payload = [...Buffer.from(decodeURIComponent(uri.split("data=")[1] ?? ""), "base64")];
      for (const { at, byte, kind } of changes) {
        const place = at % (payload.length + 1);
        if (kind === "set") payload[place] = byte;
        if (kind === "flip") payload[place] = (payload[place] ?? 0) ^ (1 << (byte % 8));
        if (kind === "cut") payload.length = place;
        if (kind === "add") payload.splice(place, 0, byte);
      }
      readOrRefuse(exportUri(Uint8Array.from(payload)));
    }),
    { numRuns: 300 * MORE },
  );
});

it("any bytes and any text are an export or an OtpError", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    // Tags, lengths and numbers that mean something.
    fc.array(fc.constantFrom(0x0a, 0x12, 0x1a, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0, 1, 2, 4, 8, 0x7f, 0x80, 0xff), {
      maxLength: 60,
    }),
  );
  fc.assert(
    fc.property(bytes, (payload) => {
      readOrRefuse(exportUri(Uint8Array.from(payload)));
    }),
    { numRuns: 300 * MORE },
  );
  const uri = fc
    .array(
      fc.oneof(
        fc.constantFrom("otpauth-migration://offline?data=", "data=", "&", "%", "%2B", " ", "=", "AA"),
        fc.string(),
      ),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.oneof(
        uri,
        uri.map((rest) => `otpauth-migration://offline?data=${rest}`),
      ),
      readOrRefuse,
    ),
    { numRuns: 200 * MORE },
  );
});
