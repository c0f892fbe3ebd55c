// The vectors as a test suite: one wrong answer of a library is found in its row, and whatever a
// library answers or throws, the suite says which row is wrong and nothing else.
import assert from "node:assert/strict";

import fc from "fast-check";

import { vectorFiles } from "../../../src/vectors/files.ts";
import { checkVectors, synchronousFace, vectorConformance, type VectorLibrary } from "../../../src/vectors/index.ts";
import { layersOf } from "../../../src/vectors/layers.ts";
import { anything, readable } from "../inputs.ts";
import { type ExhaustOptions, property, type Target } from "../target.ts";
import type { Watch } from "../watch.ts";

const GOOD = synchronousFace();
type Name = Exclude<keyof VectorLibrary, "OtpError">;
const NAMES = Object.keys(GOOD).filter((name) => name !== "OtpError") as readonly Name[];

interface Place {
  readonly file: string;
  readonly kind: string;
  readonly row: object;
}

const place = fc
  .constantFrom(...vectorFiles())
  .chain(({ file, kind, rows }) => fc.constantFrom(...rows).map((row): Place => ({ file, kind, row })));

/** The layers of a row that the library has wrong. A layer that throws is wrong. */
async function wrongLayers({ kind, row }: Place, library: VectorLibrary): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [name, holds] of Object.entries(layersOf(kind, row, library))) {
    const isRight = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    assert.equal(typeof isRight, "boolean");
    if (!isRight) wrong.push(name);
  }
  return wrong;
}

/** What each kind of row says, and how to say something else. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  codes: ["code", "mac", "truncated"],
  truncation: ["truncated"],
  hmac: ["mac"],
  base32: ["bytes", "padded", "unpadded"],
  "window-collisions": ["code"],
  steam: ["code"],
  secrets: ["key", "code"],
  "secrets-refused": ["code"],
  "otpauth-refused": ["code"],
};

/** Without a MAC there is nothing to truncate. */
function fieldsOf(kind: string, row: object): readonly string[] {
  const names = (EXPECTED[kind] ?? []).filter((field) => Object.hasOwn(row, field));
  return Object.hasOwn(row, "mac") ? names : names.filter((name) => name !== "truncated");
}

/** The same row with another answer: the last character is another, or the number is. */
function withOther(row: object, field: string, choice: number): object {
  const value = (row as Readonly<Record<string, unknown>>)[field];
  if (typeof value === "number") return { ...row, [field]: value ^ (1 << (choice % 31)) };
  if (typeof value !== "string") return row;
  const others = "0123456789".replace(value.at(-1) ?? "", "");
  return { ...row, [field]: value.slice(0, -1) + (others[choice % others.length] ?? "") };
}

const answer: fc.Arbitrary<(...given: unknown[]) => unknown> = fc.oneof(
  anything.map((value) => () => value),
  anything.map((value) => () => {
    throw value;
  }),
  fc.constant((given: unknown) => given),
);

/** Of these the suite does not wait for a promise. */
const NO_PROMISES: readonly Name[] = [
  "timeStep",
  "encodeBase32",
  "decodeBase32",
  "decodeSecret",
  "buildOtpauthUri",
  "parseOtpauthUri",
];

/** Functions that are strange, among some that are right. */
const strange = fc
  .tuple(fc.subarray([...NAMES], { minLength: 1 }), fc.subarray([...NAMES]), answer, fc.boolean())
  .map(([wrong, right, call, isRejecting]): VectorLibrary => {
    const reject = (): Promise<never> => Promise.reject(new Error("no"));
    const strangeOf = (name: Name): unknown => (isRejecting && !NO_PROMISES.includes(name) ? reject : call);
    return Object.fromEntries([
      ...[...right, "OtpError" as const].map((name) => [name, GOOD[name]]),
      ...wrong.map((name) => [name, strangeOf(name)]),
    ]) as VectorLibrary;
  });

/** Both take a look at every row, so there are few: what is not a library, and strange ones. */
async function checkAll(watch: Watch, { seed }: ExhaustOptions): Promise<number> {
  const strangers = fc.sample(readable, { numRuns: 20, seed }).filter((given) => !isLibrary(given));
  for (const given of strangers) {
    const library = given as VectorLibrary;
    const checked = await watch.call(() => checkVectors(library));
    assert.equal(checked.code, "invalid-option");
    const registered = await watch.call(() => {
      vectorConformance(library, { test: () => undefined });
    });
    assert.equal(registered.code, "invalid-option");
  }
  for (const library of fc.sample(strange, { numRuns: 5, seed })) assert.ok(Array.isArray(await checkVectors(library)));
  return strangers.length + 5;
}

function isLibrary(given: unknown): boolean {
  return typeof given === "object" && given !== null && NAMES.some((name) => name in given);
}

export const vectors: Target = {
  name: "vectors",
  exhaust: checkAll,
  properties: [
    // A row that says something else is wrong for a library that is right.
    property(fc.tuple(place, fc.nat(), fc.nat()), async ([at, which, choice], watch) => {
      const { file, kind, row } = at;
      assert.deepEqual(await watch.time(() => wrongLayers(at, GOOD)), []);
      const fields = fieldsOf(kind, row);
      const field = fields[which % fields.length];
      if (field === undefined) return;
      const changed = withOther(row, field, choice);
      const wrong = await watch.time(() => wrongLayers({ ...at, row: changed }, GOOD));
      assert.notDeepEqual(wrong, [], `${file}: another ${field} is not noticed`);
    }),
    // Whatever a library does, the answer is which of its layers are wrong.
    property(fc.tuple(place, strange), async ([at, library], watch) => {
      const wrong = await watch.time(() => wrongLayers(at, library));
      const names = Object.keys(layersOf(at.kind, at.row, library));
      assert.ok(wrong.every((name) => names.includes(name)));
    }),
  ],
};
