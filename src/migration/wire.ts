// The wire format of protocol buffers, as much of it as an export has: numbers, bytes, and other fields that are passed over.
// What is read is a view of what was given, so a length that lies allocates nothing.
import { OtpError } from "../core/errors.ts";

/** The most accounts in a URI, URIs in a batch and accounts to write: a hundred times what a person has. */
export const MOST = 1000;

/** A varint, read in two ways. */
interface Varint {
  /** As an int32: its low 32 bits. A negative one is ten bytes long, for it is extended to 64 bits. */
  readonly int32: number;
  /** As an unsigned number, exact up to 2^53; a negative int64 is far above that. */
  readonly unsigned: number;
}

/** The fields of a message by their numbers. The fields of an export have numbers from 1 to 7; all others are unknown. */
export interface Message {
  /** Of several with one number the last one. */
  readonly numbers: readonly (Varint | undefined)[];
  /** All of them, in order. */
  readonly bytes: readonly (readonly Uint8Array[])[];
}

const LAST_KNOWN = 7;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** A field of another type than its number should have is passed over too, as everywhere in protocol buffers. */
export function readMessage(bytes: Uint8Array): Message {
  const cursor = { bytes, at: 0 };
  // Both dense: a hole would be read from the prototype.
  const numbers = Array<Varint | undefined>(LAST_KNOWN + 1).fill(undefined);
  const lists: Uint8Array[][] = Array.from({ length: LAST_KNOWN + 1 }, () => []);
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor).unsigned;
    const number = Math.floor(tag / 8);
    if (number < 1 || number >= 2 ** 29) throw broken();
    const value = readValue(cursor, tag % 8);
    if (!value || number > LAST_KNOWN) continue;
    if (!(value instanceof Uint8Array)) numbers[number] = value;
    else if ((lists[number]?.push(value) ?? 0) > MOST) throw broken();
  }
  return { numbers, bytes: lists };
}

function readValue(cursor: Cursor, wireType: number): Varint | Uint8Array | undefined {
  switch (wireType) {
    case 0:
      return readVarint(cursor);
    case 2:
      return take(cursor, readVarint(cursor).unsigned);
    case 1:
    case 5:
      take(cursor, wireType === 1 ? 8 : 4);
      return undefined; // numbers of fixed size: an export has none
    default:
      throw broken(); // groups, which are of the time before exports, and what does not exist
  }
}

function take(cursor: Cursor, length: number): Uint8Array {
  const start = cursor.at;
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) throw broken();
  return cursor.bytes.subarray(start, cursor.at);
}

function readVarint(cursor: Cursor): Varint {
  let int32 = 0;
  let unsigned = 0;
  for (let bits = 0; bits < 70; bits += 7) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw broken();
    if (bits < 32) int32 |= (byte & 127) << bits;
    unsigned += (byte & 127) * 2 ** bits;
    if (byte < 128) return { int32, unsigned };
  }
  throw broken();
}

function broken(): OtpError {
  return new OtpError("invalid-uri", "URI data is broken, cut off or too long");
}

/** A number of seven bits a byte, low-order first. */
function writeVarint(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

export function numberField(number: number, value: number): number[] {
  return [number * 8, ...writeVarint(value)];
}

export function bytesField(number: number, bytes: ArrayLike<number>): number[] {
  return [number * 8 + 2, ...writeVarint(bytes.length), ...Array.from(bytes)];
}
