// The wire format of protocol buffers, as far as exports use it: numbers and bytes; other fields
// are skipped. Values are views of the input, so a wrong length allocates nothing.
import { OtpError } from "../core/errors.ts";

/**
 * The most accounts in a URI, URIs in a batch and accounts to write: a hundred times more than
 * people have.
 */
export const MOST = 1000;

/** A varint in two readings. */
interface Varint {
  /**
   * As an int32: its low 32 bits. A negative one has ten bytes, because it is extended to 64 bits.
   */
  readonly int32: number;
  /** As an unsigned number, exact up to 2^53; a negative int64 reads as far above that. */
  readonly unsigned: number;
}

/**
 * The fields of a message, indexed by number. An export has fields 1 to 7; all others are unknown.
 */
export interface Message {
  /** The last one of each number. */
  readonly numbers: readonly (Varint | undefined)[];
  /** All of each number, in order. */
  readonly bytes: readonly (readonly Uint8Array[])[];
}

const LAST_KNOWN = 7;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** A field with an unexpected type is also skipped, as protocol buffers require. */
export function readMessage(bytes: Uint8Array): Message {
  const cursor = { bytes, at: 0 };
  // Both without holes: a hole would be read from the prototype.
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
      return undefined; // fixed-size numbers, which exports do not use
    default:
      throw broken(); // groups, which are obsolete, and undefined types
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

/** Seven bits per byte, low-order first. */
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
