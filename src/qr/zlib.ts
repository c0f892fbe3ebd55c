// Bytes in the zlib format (RFC 1950): compressed by the runtime if possible, otherwise stored as
// they are.
import { bigEndian, joined } from "./bytes.ts";

/** The parts of the runtime used here; the types are the DOM library's. */
interface Host {
  readonly Response: new (body: unknown) => {
    readonly body: { pipeThrough(stream: object): unknown };
    arrayBuffer(): Promise<ArrayBuffer>;
  };
  readonly CompressionStream: new (format: "deflate") => object;
}

export async function zlib(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const { Response, CompressionStream } = globalThis as unknown as Host;
    const compressed = new Response(bytes).body.pipeThrough(new CompressionStream("deflate"));
    return new Uint8Array(await new Response(compressed).arrayBuffer());
  } catch {
    return stored(bytes); // the runtime has no CompressionStream, or it fails
  }
}

const BLOCK = 0xffff;

/**
 * RFC 1951 §3.2.4: uncompressed blocks, each with a flag for the last one, its length, and the
 * length's complement.
 */
function stored(bytes: Uint8Array): Uint8Array {
  const parts: ArrayLike<number>[] = [[0x78, 1]]; // deflate, a window of 32 KiB; together a multiple of 31
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    const { length } = block;
    const isLast = at + BLOCK >= bytes.length;
    parts.push([Number(isLast), length, length >> 8, ~length, ~length >> 8], block);
  }
  return joined([...parts, bigEndian(adler32(bytes))]);
}

/** RFC 1950 §8.2. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 0x10000 + a;
}
