// HMAC (RFC 2104) of a counter, on the hash functions beside this file. The key schedule is done once; from then on a MAC is
// two compressions and allocates nothing.
import { OtpError } from "../errors.ts";
import type { Algorithm } from "../parameters.ts";
import { requireLength } from "../secret.ts";
import { truncateWords } from "../truncation.ts";
import { compressSha1, SHA1_INITIAL } from "./sha1.ts";
import { compressSha256, SHA256_INITIAL } from "./sha256.ts";
import { compressSha512, SHA512_INITIAL } from "./sha512.ts";

/** A hash function and the two blocks of an HMAC of eight bytes. They are padded once and filled at each use. */
interface Hash {
  readonly compress: (state: Int32Array, block: Int32Array, next: Int32Array) => void;
  readonly initial: Int32Array;
  /** The counter in two words, then the padding. */
  readonly innerBlock: Int32Array;
  /** The inner digest, then the padding. */
  readonly outerBlock: Int32Array;
  readonly digest: Int32Array;
}

const IPAD = 0x36363636;
const OPAD = 0x5c5c5c5c;

/** Made at the first use of each. Without a prototype: a polluted one must not bring a hash function of its own. */
const hashes = { __proto__: null } as Partial<Record<Algorithm, Hash>>;

function hashOf(algorithm: Algorithm): Hash {
  return (hashes[algorithm] ??= makeHash(...KERNELS[algorithm]));
}

/** One row for each algorithm: its compression function, H(0), and the words of a block. */
const KERNELS: Readonly<Record<Algorithm, Parameters<typeof makeHash>>> = {
  "SHA-1": [compressSha1, SHA1_INITIAL, 16],
  "SHA-256": [compressSha256, SHA256_INITIAL, 16],
  "SHA-512": [compressSha512, SHA512_INITIAL, 32],
};

/** With the padding of FIPS 180-4 §5.1: a one bit, zeros, and the length in bits of all that is hashed. */
function makeHash(compress: Hash["compress"], initialWords: readonly number[], blockWords: number): Hash {
  const initial = Int32Array.from(initialWords);
  const innerBlock = new Int32Array(blockWords);
  const outerBlock = new Int32Array(blockWords);
  innerBlock[2] = outerBlock[initial.length] = 0x80000000;
  innerBlock[blockWords - 1] = (blockWords + 2) * 32;
  outerBlock[blockWords - 1] = (blockWords + initial.length) * 32;
  return { compress, initial, innerBlock, outerBlock, digest: new Int32Array(initial.length) };
}

/** The hash of a whole message, for keys that are longer than a block. */
function digestOf({ compress, initial, innerBlock }: Hash, message: Uint8Array): Int32Array {
  const blockWords = innerBlock.length;
  // A byte for the one bit, and an eighth of a block for the length.
  const blocks = Math.ceil((message.length + 1) / blockWords / 4 + 1 / 8);
  const padded = new Int32Array(blocks * blockWords);
  putBytes(padded, message);
  (padded[message.length >> 2] as number) |= 0x80 << (~message.length << 3);
  padded[padded.length - 2] = message.length / 2 ** 29;
  padded[padded.length - 1] = message.length * 8;
  const state = initial.slice();
  for (let from = 0; from < padded.length; from += blockWords) {
    compress(state, padded.subarray(from, from + blockWords), state);
  }
  return state;
}

/** Bytes into words that are zero, high-order first. */
function putBytes(words: Int32Array, bytes: Uint8Array): void {
  bytes.forEach((byte, index) => {
    (words[index >> 2] as number) |= byte << (~index << 3); // modulo 32: by 24, 16, 8, 0
  });
}

/** H after one block: the key with a padding, four bytes at a time. */
function midstate({ compress, initial }: Hash, key: Int32Array, padding: number): Int32Array {
  const state = new Int32Array(initial.length);
  compress(
    initial,
    key.map((word) => word ^ padding),
    state,
  );
  return state;
}

/** A secret, ready to MAC. Its fields are private to the engine, which is what hides them. */
export class OtpKey {
  readonly #byteLength: number;
  readonly #hash: Hash;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  constructor(bytes: Uint8Array, algorithm: Algorithm) {
    const hash = hashOf(algorithm);
    const key = new Int32Array(hash.innerBlock.length);
    if (bytes.length > key.length * 4) key.set(digestOf(hash, bytes));
    else putBytes(key, bytes);
    this.#byteLength = bytes.length;
    this.#hash = hash;
    this.#inner = midstate(hash, key, IPAD);
    this.#outer = midstate(hash, key, OPAD);
  }

  /** The key that a value is, checked; nothing if it is no key of this very package. */
  static open(value: unknown, algorithm: Algorithm | undefined, leastBytes: number): OtpKey | undefined {
    if (typeof value !== "object" || value === null || !(#hash in value)) return undefined;
    if (algorithm !== undefined && hashOf(algorithm) !== value.#hash) {
      throw new OtpError("invalid-key", "key must be for that algorithm");
    }
    requireLength(value.#byteLength, leastBytes);
    return value;
  }

  /** H((K ^ opad) | H((K ^ ipad) | counter)), truncated. */
  static truncatedMac(key: OtpKey, counter: number): number {
    const { compress, innerBlock, outerBlock, digest } = key.#hash;
    innerBlock[0] = counter / 2 ** 32; // the fraction is dropped
    innerBlock[1] = counter; // modulo 2^32
    compress(key.#inner, innerBlock, outerBlock);
    compress(key.#outer, outerBlock, digest);
    return truncateWords(digest);
  }
}
