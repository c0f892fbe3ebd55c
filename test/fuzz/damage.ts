// Stored records with fields missing, doubled, exchanged, of another type, or from other records.
import fc from "fast-check";

import { damagedText, pick } from "./inputs.ts";
import { SAMPLES } from "./samples.ts";

/** A value in the parsed text, by its place. */
interface Place {
  readonly parent: Record<string, unknown>;
  readonly name: string;
}

function placesIn(value: unknown, places: Place[] = []): readonly Place[] {
  if (typeof value !== "object" || value === null) return places;
  for (const name of Object.keys(value)) {
    const parent = value as Record<string, unknown>;
    places.push({ parent, name });
    placesIn(parent[name], places);
  }
  return places;
}

const VALUES: readonly unknown[] = [
  null,
  0,
  1,
  -1,
  2,
  1.5,
  1e300,
  2 ** 53,
  2 ** 53 - 1,
  9_999_999_999,
  60_000_000,
  59_999_999,
  60_000_003,
  1_800_000_045_000,
  "",
  "0",
  "totp",
  "hotp",
  "SHA-256",
  "first",
  "A".repeat(26),
  "A".repeat(5000),
  "\ud800",
  "__proto__",
  true,
  false,
  [],
  {},
];

interface Edit {
  readonly at: number;
  readonly kind: "set" | "drop" | "swap" | "double" | "nudge" | "add";
  readonly value: unknown;
  readonly other: number;
}

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("set", "drop", "swap", "double", "nudge", "nudge", "add"),
    value: fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue()),
    other: fc.nat(),
  }),
  { minLength: 1, maxLength: 3 },
);

/** The text with fields missing, doubled, exchanged, of another type, or a little different. */
function edited(body: string, changes: readonly Edit[]): string {
  const root = { body: JSON.parse(body) as unknown };
  for (const { at, kind, value, other } of changes) {
    const places = placesIn(root);
    const place = pick(places, at);
    const second = pick(places, other);
    if (!place || !second) continue;
    const { parent, name } = place;
    const now = parent[name];
    if (kind === "set") parent[name] = value;
    if (kind === "add") parent[`more${other % 3}`] = value;
    if (kind === "nudge") parent[name] = typeof now === "number" ? now + (other % 7) - 3 : value;
    if (kind === "drop" && Array.isArray(parent)) parent.splice(Number(name), 1);
    if (kind === "drop" && !Array.isArray(parent)) Reflect.deleteProperty(parent, name);
    if (kind === "double" && Array.isArray(parent)) parent.push(structuredClone(now));
    if (kind === "swap") {
      const [one, two] = [structuredClone(now), structuredClone(second.parent[second.name])];
      parent[name] = two;
      second.parent[second.name] = one;
    }
  }
  return JSON.stringify(root.body ?? null); // all of it may have been dropped
}

/** Fields of one person in the record of another. */
function mixed(body: string, other: string, fields: readonly string[]): string {
  const [own, others] = [body, other].map((text) => JSON.parse(text) as Record<string, unknown>);
  for (const field of fields) if (own && others && field in own) own[field] = others[field];
  return JSON.stringify(own);
}

const FIELDS = ["version", "vault", "devices", "pending", "recovery", "browsers", "issued", "device", "failures"];
/** Those of version 2 have most in them, so they come as often as all others. */
export const sample = fc.oneof(fc.constantFrom(...SAMPLES.slice(0, 2)), fc.constantFrom(...SAMPLES));
export const broken = sample.chain((each) =>
  fc
    .oneof(
      { weight: 4, arbitrary: edits.map((changes) => edited(each.body, changes)) },
      {
        weight: 3,
        arbitrary: damagedText([each.body], ["0", "1", "A", "null", ",", '"', "[", "]", "{", "}", "\\u0041", " "]),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...SAMPLES), fc.subarray(FIELDS, { minLength: 1 }))
          .map(([other, fields]) => mixed(each.body, other.body, fields)),
      },
      { weight: 1, arbitrary: fc.constantFrom(...SAMPLES).map(({ body }) => body) },
      { weight: 1, arbitrary: fc.json() },
    )
    .map((body) => ({ each, body })),
);
