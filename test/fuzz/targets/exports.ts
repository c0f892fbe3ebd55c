// Google Authenticator exports: any bytes are an export or refused, and of what is refused no
// secret is told.
import assert from "node:assert/strict";

import fc from "fast-check";

import { encodeBase32 } from "../../../src/index.ts";
import { assembleMigration, buildMigrationUris, parseMigrationUri } from "../../../src/migration/index.ts";
import { exportUri, message } from "../../helpers/exports.ts";
import { algorithm, counter } from "../../properties/arbitraries.ts";
import { anything, damage, damaged, damagedText, options } from "../inputs.ts";
import { property, type Target } from "../target.ts";
import type { Watch } from "../watch.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const ACCOUNTS = [
  { secret: SECRET, issuer: "Acme", accountName: "alice" },
  { secret: SECRET, issuer: "東京", accountName: "é:😀", parameters: { algorithm: "SHA-512", digits: 8 } },
  { type: "hotp", secret: SECRET, accountName: "bob", counter: 2 ** 53 - 1 },
] as const;
const WHOLE = buildMigrationUris(ACCOUNTS, { batchId: 7 });
const PARTS = buildMigrationUris([...ACCOUNTS, ...ACCOUNTS], { batchId: 2 ** 31 - 1, maxBytes: 200 });
/** As the app writes it, and with fields that it does not write. */
const ODD = exportUri(
  message(
    [1, message([1, "12345678901234567890"], [2, "Acme:alice"], [3, "Acme"], [4, 1], [5, 1], [6, 2], [8, "id"])],
    [1, message([1, ""], [2, "no secret"], [6, 2])],
    [1, message([1, "12345678901234567890"], [4, 4], [6, 2])],
    [1, message([1, "12345678901234567890"], [5, -1], [6, 1], [7, -1])],
    [1, message([1, "12345678901234567890"], [2, Uint8Array.of(0xff, 0xfe, 0x41)], [6, 1], [7, 2 ** 60])],
    [2, 1],
    [3, 1],
    [4, 0],
    [5, -2_000_000_000],
  ),
);
const REAL = [...WHOLE, ...PARTS, ODD];

function payloadOf(uri: string): Uint8Array {
  return Buffer.from(decodeURIComponent(uri.split("data=")[1] ?? ""), "base64");
}

const mutated = fc
  .tuple(fc.constantFrom(...REAL.map(payloadOf)), damage)
  .map(([bytes, changes]) => damaged(bytes, changes));
const wire = fc.array(
  fc.oneof(
    fc.constantFrom(0x0a, 0x12, 0x1a, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0, 1, 2, 4, 8, 0x7f, 0x80, 0xff),
    fc.nat({ max: 255 }),
  ),
  { maxLength: 80 },
);
/** Messages whose lengths are right, nested. */
const field: fc.Arbitrary<readonly [number, number | Uint8Array | string]> = fc.tuple(
  fc.integer({ min: 0, max: 10 }),
  fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -3, max: 10 }),
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: "binary" }),
  ),
);
const nested = fc
  .tuple(fc.array(fc.array(field, { maxLength: 9 }), { maxLength: 4 }), fc.array(field, { maxLength: 5 }))
  .map(([entries, more]) => message(...entries.map((entry) => [1, message(...entry)] as const), ...more));
/** Many fields, to be refused before they fill the memory. */
const many = fc
  .tuple(
    fc.constantFrom([0x0a, 0], [0x0a, 2, 0x0a, 0], [0x18, 1], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    fc.nat({ max: 3000 }),
  )
  .map(([bytes, times]) => Array(times).fill(bytes).flat() as number[]);
const payload = fc
  .oneof(
    { weight: 50, arbitrary: mutated },
    { weight: 25, arbitrary: wire },
    { weight: 25, arbitrary: nested },
    { weight: 1, arbitrary: many },
  )
  .map((bytes) => Uint8Array.from(bytes));
const uri = fc.oneof(
  { weight: 3, arbitrary: payload.map(exportUri) },
  {
    weight: 2,
    arbitrary: damagedText(REAL, [
      "otpauth-migration://offline?data=",
      "data=",
      "DATA=",
      "&",
      "%",
      "%2B",
      "%3D",
      " ",
      "=",
      "AA",
      "#",
      "+",
    ]),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }).map((rest) => `otpauth-migration://offline?data=${rest}`) },
  { weight: 1, arbitrary: anything },
);

/** Whether bytes are a message, read in the simplest way. */
function isMessage(bytes: readonly number[]): boolean {
  let rest = bytes;
  const varint = (): bigint | undefined => {
    const length = rest.findIndex((byte) => byte < 128) + 1;
    const groups = rest.slice(0, length);
    rest = rest.slice(length);
    if (length < 1 || length > 10) return undefined;
    return groups.reduceRight((number, byte) => (number << 7n) | BigInt(byte & 127), 0n);
  };
  while (rest.length > 0) {
    const tag = varint();
    if (tag === undefined || tag < 8n) return false;
    const type = tag % 8n;
    const number = type === 0n || type === 2n ? varint() : undefined;
    if (type !== 1n && type !== 5n && number === undefined) return false;
    const length = { 0: 0, 1: 8, 2: Number(number), 5: 4 }[Number(type)];
    if (length === undefined || length > rest.length) return false;
    rest = rest.slice(length);
  }
  return true;
}

async function expectExport(given: unknown, watch: Watch): Promise<void> {
  const { value, code } = await watch.call(() => parseMigrationUri(given as string), [SECRET]);
  if (value === undefined) {
    assert.equal(code, "invalid-uri");
    return;
  }
  const { accounts, refused, batch } = value;
  assert.ok(accounts.length + refused.length <= 1000);
  assert.ok(batch.index >= 0 && batch.index < batch.size && batch.size <= 1000);
  for (const { secret, parameters } of accounts) {
    assert.match(secret, /^[A-Z2-7]+$/);
    assert.ok([6, 8].includes(parameters.digits));
  }
  for (const each of refused) {
    const names = Object.keys(each).sort().join();
    assert.match(names, /^accountName,index,(issuer,)?part,reason$/);
  }
  const carried = accounts.filter(
    ({ issuer, accountName }) => accountName !== "" && (issuer !== undefined || !accountName.includes(":")),
  );
  const written = buildMigrationUris(carried, { batchId: 1, maxBytes: 2953 });
  if (written.length === 0) return;
  // A name that begins like the issuer, or a colon in one, may be read another way; not a secret.
  const again = assembleMigration(written).accounts;
  assert.deepEqual(again.map(contentOf), carried.map(contentOf));
}

function contentOf({ type, secret, parameters }: { type: string; secret: string; parameters: object }): object {
  return { type, secret, parameters };
}

const account = options({
  type: fc.constantFrom("totp", "hotp"),
  secret: fc.oneof(
    fc.constant(SECRET),
    fc.uint8Array({ minLength: 1, maxLength: 70 }).map((bytes) => encodeBase32(bytes)),
  ),
  issuer: fc.string({ minLength: 1 }),
  accountName: fc.string({ minLength: 1 }),
  parameters: options({ algorithm, digits: fc.constantFrom(6, 7, 8), period: fc.constant(30) }),
  counter,
});

export const exports: Target = {
  name: "exports",
  properties: [
    property(uri, expectExport),
    property(payload, async (bytes, watch) => {
      const { value } = await watch.call(() => parseMigrationUri(exportUri(bytes)), [SECRET]);
      if (value !== undefined) assert.ok(isMessage([...bytes]));
    }),
    property(
      fc.oneof(
        fc.array(fc.oneof(uri, fc.constantFrom(...REAL)), { maxLength: 5 }),
        fc.shuffledSubarray([...PARTS]),
        anything,
      ),
      async (given, watch) => {
        const { value, code } = await watch.call(() => assembleMigration(given as string[]), [SECRET]);
        if (value === undefined) assert.ok(["invalid-uri", "invalid-batch"].includes(code));
        else assert.ok(value.missing.every((index) => index >= 0 && index < value.batch.size));
      },
    ),
    property(
      fc.tuple(
        fc.oneof(fc.array(account, { maxLength: 5 }), anything),
        options({ maxBytes: fc.integer({ min: 90, max: 3000 }), batchId: fc.nat() }),
      ),
      async ([given, chosen], watch) => {
        const { value } = await watch.call(() => buildMigrationUris(given as never[], chosen), [SECRET]);
        if (value === undefined || value.length === 0) return;
        assert.equal(assembleMigration(value).accounts.length, (given as readonly unknown[]).length);
      },
    ),
  ],
};
