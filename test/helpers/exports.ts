// A writer of Google Authenticator exports that is not the one under test: every field as given,
// none left out or checked.

/**
 * A field of a message, by its number. A number is a varint (64 bits, negative ones too), the rest
 * is bytes.
 */
export type WireField = readonly [number: number, value: number | Uint8Array | string];

export function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

export function message(...fields: readonly WireField[]): Uint8Array {
  const bytes = fields.flatMap(([number, value]) => {
    if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
    const content = Buffer.from(value);
    return [...varint(number * 8 + 2), ...varint(content.length), ...content];
  });
  return Uint8Array.from(bytes);
}

/** The URI of a payload. */
export function exportUri(payload: Uint8Array): string {
  return `otpauth-migration://offline?data=${encodeURIComponent(Buffer.from(payload).toString("base64"))}`;
}

/**
 * The URI of one account with these fields, over those of a plain one; an undefined one is left
 * out.
 */
export function uriOf(fields: Readonly<Record<number, WireField[1] | undefined>>): string {
  const plain: Record<number, WireField[1] | undefined> = { 1: "12345678901234567890", 2: "alice", 3: "Acme", 4: 1 };
  const entries: [string, WireField[1] | undefined][] = Object.entries({ ...plain, 5: 1, 6: 2, ...fields });
  const given = entries.flatMap(([number, value]): WireField[] =>
    value === undefined ? [] : [[Number(number), value]],
  );
  return exportUri(message([1, message(...given)]));
}
