// Inputs that several targets share: values that no caller should pass, and texts with damage.
import fc from "fast-check";

/** Values that only look like what they are not, and objects that refuse to be looked at. */
const HOSTILE: readonly unknown[] = [
  Symbol("secret"),
  () => "123456",
  new Date(NaN),
  new Date(0),
  Object.create(null),
  new Proxy({}, {}),
  new String("123456"),
  new Number(6),
  new Proxy(new Uint8Array(20), {}),
  new Uint16Array(20),
  new DataView(new ArrayBuffer(20)),
  new ArrayBuffer(20),
  new Uint8Array(new SharedArrayBuffer(20)),
  new Map([["algorithm", "SHA-1"]]),
  new Error("123456"),
  /123456/,
  Promise.resolve("123456"),
  refusing(),
  unnameable(),
  { [Symbol.toStringTag]: "Uint8Array", length: 20 },
  { length: 2 ** 40 },
  ["123456", "123456"],
  -0,
  2 ** 53,
  1e300,
  "6",
  10n ** 30n,
  "__proto__",
];

function refuse(): never {
  throw new Error("123456");
}

function refusing(): unknown {
  return new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse });
}

function unnameable(): unknown {
  return Object.create(Object.defineProperty({}, "constructor", { get: refuse }));
}

/** Any value of the language. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withSparseArray: true }),
  fc.constantFrom(...HOSTILE),
);

/**
 * Without those that refuse: a program that passes one as options or a secret gets its own error.
 */
export const readable = anything.filter((value) => {
  try {
    Object.getPrototypeOf(Object(value));
    return true;
  } catch {
    return false;
  }
});

/** Options of these names with right and wrong values, or anything else. */
export function options(values: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<never> {
  const mixed = Object.fromEntries(
    Object.entries(values).map(([name, right]) => [
      name,
      fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: readable }),
    ]),
  );
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 8, arbitrary: fc.record(mixed, { requiredKeys: [] }) },
    { weight: 1, arbitrary: readable },
    { weight: 1, arbitrary: fc.record({ window: fc.nat(), step: fc.nat() }, { requiredKeys: [] }) },
  ) as fc.Arbitrary<never>;
}

export interface Damage {
  readonly at: number;
  readonly kind: "set" | "flip" | "cut" | "add" | "drop" | "double" | "begin";
  readonly byte: number;
}

export const damage: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("set", "flip", "cut", "add", "drop", "double", "begin"),
    byte: fc.nat({ max: 255 }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** Bytes with each damage done, one after the other. */
export function damaged(original: Uint8Array, changes: readonly Damage[]): Uint8Array {
  let bytes = [...original];
  for (const { at, kind, byte } of changes) {
    const place = at % (bytes.length + 1);
    if (kind === "set" && place < bytes.length) bytes[place] = byte;
    if (kind === "flip" && place < bytes.length) bytes[place] = (bytes[place] ?? 0) ^ (1 << (byte % 8));
    if (kind === "cut") bytes.length = place;
    if (kind === "begin") bytes = bytes.slice(place % 16);
    if (kind === "add") bytes.splice(place, 0, byte);
    if (kind === "drop") bytes.splice(place, 1 + (byte % 4));
    if (kind === "double") bytes.splice(place, 0, ...bytes.slice(place, place + byte));
  }
  return Uint8Array.from(bytes);
}

/** The same for text, with pieces that mean something put in. */
export function damagedText(originals: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(
    fc.nat(),
    fc.nat({ max: 8 }),
    fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 4 }), fc.constant("")),
  );
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([original, changes]) =>
      changes.reduce((text, [at, dropped, piece]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + dropped);
      }, original),
    );
}

/** One of them, whichever the number says. */
export function pick<Value>(values: readonly Value[], choice: number): Value | undefined {
  return values[choice % values.length];
}
