// Protocol buffers by their own library (Python's), on random exports that are new in every run, in
// both directions.
import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeBase32 } from "../../src/index.ts";
import { buildMigrationUris, parseMigrationUri } from "../../src/migration/index.ts";
import { isThere } from "../helpers/there.ts";
import { algorithm, counter, isTidy } from "../properties/arbitraries.ts";

const PYTHON = "/usr/bin/python3";
const CASES = 300;

/** Reads a list from standard input; of each item a payload becomes fields, or fields a payload. */
const PROTOBUF = `
import base64, json, sys
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
BYTES, TEXT, INT32, INT64, MESSAGE = 12, 9, 5, 3, 11
file = descriptor_pb2.FileDescriptorProto(name="export.proto", syntax="proto3")
def define(name, *fields):
    kind = file.message_type.add(name=name)
    for number, (field, type, label) in enumerate(fields, 1):
        added = kind.field.add(name=field, number=number, type=type, label=label)
        if type == MESSAGE: added.type_name = ".Account"
define("Account", ("secret", BYTES, 1), ("name", TEXT, 1), ("issuer", TEXT, 1), ("algorithm", INT32, 1), ("digits", INT32, 1),
       ("type", INT32, 1), ("counter", INT64, 1), ("unique_id", TEXT, 1))
define("Payload", ("accounts", MESSAGE, 3), ("version", INT32, 1), ("size", INT32, 1), ("index", INT32, 1), ("id", INT32, 1))
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
described = pool.FindMessageTypeByName("Payload")
make = getattr(message_factory, "GetMessageClass", None)  # its name in newer versions
Payload = make(described) if make else message_factory.MessageFactory(pool).GetPrototype(described)
def write(item):
    accounts = [dict(one, secret=base64.b64decode(one["secret"])) for one in item["accounts"]]
    return base64.b64encode(Payload(**dict(item, accounts=accounts)).SerializeToString()).decode()
def read(text):
    payload = Payload.FromString(base64.b64decode(text))
    accounts = [{f.name: getattr(one, f.name) for f in one.DESCRIPTOR.fields} for one in payload.accounts]
    for one in accounts: one["secret"] = one["secret"].hex()
    return {"accounts": accounts, **{name: getattr(payload, name) for name in ("version", "size", "index", "id")}}
json.dump([read(item) if isinstance(item, str) else write(item) for item in json.load(sys.stdin)], sys.stdout)
`;

function protobuf(items: readonly unknown[]): unknown[] {
  const input = JSON.stringify(items);
  return JSON.parse(execFileSync(PYTHON, ["-c", PROTOBUF], { input, encoding: "utf8" })) as unknown[];
}

const secret = fc.uint8Array({ minLength: 1, maxLength: 40 });
const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => isTidy(text) && !text.includes(":"));
const TYPES = ["totp", "hotp", "totp"];
const ALGORITHMS = ["SHA-1", "SHA-1", "SHA-256", "SHA-512"];

describe.runIf(
  isThere("python3-protobuf", () => execFileSync(PYTHON, ["-c", "import google.protobuf"], { stdio: "ignore" })),
)("protocol buffers", () => {
  it(`are read as their library writes them, in ${CASES} cases`, () => {
    const account = fc.record({
      secret,
      name,
      issuer: fc.oneof(fc.constant(""), name),
      unique_id: fc.constantFrom("", "243dbf1747890408378"),
      algorithm: fc.nat({ max: 3 }),
      digits: fc.nat({ max: 2 }),
      type: fc.nat({ max: 2 }),
      counter,
    });
    const payload = fc
      .record({
        accounts: fc.array(account, { maxLength: 8 }),
        version: fc.integer(),
        size: fc.integer({ min: 1, max: 1000 }),
        index: fc.nat({ max: 999 }),
        id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      })
      .filter(({ index, size }) => index < size);
    const cases = fc.sample(payload, CASES);
    const encoded = cases.map(({ accounts, ...rest }) => ({
      ...rest,
      accounts: accounts.map((one) => ({ ...one, secret: Buffer.from(one.secret).toString("base64") })),
    }));
    for (const [index, text] of protobuf(encoded).entries()) {
      const { accounts, size, index: part, id } = cases[index] as (typeof cases)[0];
      // Nothing at all, if all is 0, which no exporter writes.
      if (text === "") continue;
      const expected = accounts.map((one) => {
        const type = TYPES[one.type];
        const shape = { algorithm: ALGORITHMS[one.algorithm], digits: one.digits === 2 ? 8 : 6 };
        return {
          type,
          secret: encodeBase32(one.secret),
          accountName: one.name,
          ...(one.issuer && { issuer: one.issuer }),
          ...(type === "hotp" ? { parameters: shape, counter: one.counter } : { parameters: { ...shape, period: 30 } }),
        };
      });
      const uri = `otpauth-migration://offline?data=${encodeURIComponent(String(text))}`;
      expect(parseMigrationUri(uri)).toEqual({ accounts: expected, refused: [], batch: { id, index: part, size } });
    }
  });

  it(`are written as their library reads them, in ${CASES} cases`, () => {
    const account = fc.tuple(
      fc.boolean(),
      fc.record({ secret, accountName: name, issuer: fc.option(name, { nil: undefined }) }),
      fc.record({ algorithm, digits: fc.constantFrom<6 | 8>(6, 8) }),
      counter,
    );
    const batches = fc.sample(
      fc.tuple(fc.array(account, { minLength: 1, maxLength: 12 }), fc.nat({ max: 2 ** 31 - 1 })),
      CASES,
    );
    const written = batches.map(([accounts, batchId]) =>
      buildMigrationUris(
        accounts.map(([isHotp, names, parameters, next]) =>
          isHotp ? { type: "hotp", ...names, parameters, counter: next } : { ...names, parameters },
        ),
        { batchId },
      ),
    );
    const data = written.flat().map((uri) => decodeURIComponent(uri.split("data=")[1] ?? ""));
    const answers = protobuf(data).values();
    for (const [index, [accounts, id]] of batches.entries()) {
      const parts = (written[index] ?? []).map(() => answers.next().value as { accounts: unknown[] });
      expect(parts).toMatchObject(parts.map((_, part) => ({ version: 1, size: parts.length, index: part, id })));
      const expected = accounts.map(([isHotp, { issuer, accountName, ...names }, parameters, next]) => ({
        secret: Buffer.from(names.secret).toString("hex"),
        unique_id: "",
        name: issuer === undefined ? accountName : `${issuer}:${accountName}`,
        issuer: issuer ?? "",
        algorithm: ALGORITHMS.lastIndexOf(parameters.algorithm),
        digits: parameters.digits === 6 ? 1 : 2,
        type: isHotp ? 1 : 2,
        counter: isHotp ? next : 0,
      }));
      expect(parts.flatMap((part) => part.accounts)).toEqual(expected);
    }
  });
});
