// HMAC (RFC 2104) of a counter, with the hash functions in this folder. The key schedule runs once;
// after that, a MAC is two compressions and allocates nothing.
import { OtpError } from "../core/errors.ts";
import type { Algorithm } from "../core/parameters.ts";
import { requireLength } from "../core/secret.ts";
import { truncateWords } from "../core/truncation.ts";
import { compressSha1, SHA1_INITIAL } from "./sha1.ts";
import { makeCompressSha256, SHA256_INITIAL } from "./sha256.ts";
import { makeCompressSha512, SHA512_INITIAL } from "./sha512.ts";

/** A hash function, and the blocks its MACs are computed in, so that no call allocates any. */
interface Hash {
  readonly compress: (state: Int32Array, block: Int32Array, next: Int32Array) => void;
  readonly initial: Int32Array;
  /**
   * Where a key is padded. Overwritten before and after: a call may be cut short (stack overflow,
   * terminated worker).
   */
  readonly keyBlock: Int32Array;
  /** The counter in two words, then the padding. */
  readonly innerBlock: Int32Array;
  /** The inner digest, then the padding. */
  readonly outerBlock: Int32Array;
  readonly digest: Int32Array;
}

const IPAD = 0x36363636;
const OPAD = 0x5c5c5c5c;

/**
 * Each is made at its first use. No prototype, because a polluted one could supply its own hash
 * function.
 */
const hashes = { __proto__: null } as Partial<Record<Algorithm, Hash>>;

function hashOf(algorithm: Algorithm): Hash {
  return (hashes[algorithm] ??= MAKERS[algorithm]());
}

/** For each algorithm: its compression function, H(0), and the words of a block. */
const MAKERS: Readonly<Record<Algorithm, () => Hash>> = {
  "SHA-1": () => makeHash(compressSha1, SHA1_INITIAL, 16),
  "SHA-256": () => makeHash(makeCompressSha256(), SHA256_INITIAL, 16),
  "SHA-512": () => makeHash(makeCompressSha512(), SHA512_INITIAL, 32),
};

/**
 * Adds the padding of FIPS 180-4 §5.1: a one bit, zeros, and the length of the hashed data in bits.
 */
function makeHash(compress: Hash["compress"], initialWords: readonly number[], blockWords: number): Hash {
  const initial = Int32Array.from(initialWords);
  const innerBlock = new Int32Array(blockWords);
  const outerBlock = new Int32Array(blockWords);
  innerBlock[2] = outerBlock[initial.length] = 0x80000000;
  innerBlock[blockWords - 1] = (blockWords + 2) * 32;
  outerBlock[blockWords - 1] = (blockWords + initial.length) * 32;
  const [keyBlock, digest] = [new Int32Array(blockWords), new Int32Array(initial.length)];
  return { compress, initial, keyBlock, innerBlock, outerBlock, digest };
}

/** The hash of a whole message, for keys longer than a block. */
function digestOf({ compress, initial, keyBlock }: Hash, message: Uint8Array): Int32Array {
  const blockWords = keyBlock.length;
  // One byte for the one bit, and an eighth of a block for the length.
  const blocks = Math.ceil((message.length + 1) / blockWords / 4 + 1 / 8);
  const padded = new Int32Array(blocks * blockWords);
  xorBytes(padded, message);
  (padded[message.length >> 2] as number) |= 0x80 << (~message.length << 3);
  padded[padded.length - 2] = message.length / 2 ** 29;
  padded[padded.length - 1] = message.length * 8;
  const state = initial.slice();
  for (let from = 0; from < padded.length; from += blockWords) {
    compress(state, padded.subarray(from, from + blockWords), state);
  }
  return state;
}

/** The hash of a whole message, in words. Codes do not need it; published test vectors do. */
export function wholeHash(algorithm: Algorithm, message: Uint8Array): Int32Array {
  return digestOf(hashOf(algorithm), message);
}

/** XORs bytes into words, high-order byte first. */
function xorBytes(words: Int32Array, bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) {
    (words[index >> 2] as number) ^= (bytes[index] as number) << (~index << 3); // modulo 32: by 24, 16, 8, 0
  }
}

function xorWords(words: Int32Array, others: Int32Array): void {
  for (let index = 0; index < others.length; index++) (words[index] as number) ^= others[index] as number;
}

/** Fills the block with the inner padding, so that XORing a key into it pads the key. */
function overwrite(keyBlock: Int32Array): void {
  for (let index = 0; index < keyBlock.length; index++) keyBlock[index] = IPAD;
}

/** H after one block, the padded key. */
function midstate({ compress, initial, keyBlock }: Hash): Int32Array {
  const state = new Int32Array(initial.length);
  compress(initial, keyBlock, state);
  return state;
}

/** A secret, ready to MAC. Private fields hide it. */
export class OtpKey {
  readonly #byteLength: number;
  readonly #hash: Hash;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  constructor(bytes: Uint8Array, algorithm: Algorithm) {
    const hash = hashOf(algorithm);
    const { keyBlock } = hash;
    overwrite(keyBlock);
    if (bytes.length > keyBlock.length * 4) xorWords(keyBlock, digestOf(hash, bytes));
    else xorBytes(keyBlock, bytes);
    this.#byteLength = bytes.length;
    this.#hash = hash;
    this.#inner = midstate(hash);
    for (let index = 0; index < keyBlock.length; index++) (keyBlock[index] as number) ^= IPAD ^ OPAD;
    this.#outer = midstate(hash);
    overwrite(keyBlock);
  }

  /** The value as a checked key; `undefined` if it is not a key of this copy of the package. */
  static open(value: unknown, algorithm: Algorithm | undefined, leastBytes: number): OtpKey | undefined {
    if (typeof value !== "object" || value === null || !(#hash in value)) return undefined;
    if (algorithm !== undefined && hashOf(algorithm) !== value.#hash) {
      throw new OtpError("invalid-key", "key is for another algorithm");
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

/**
 * The whole MAC of a counter (HS of RFC 4226 §5.3), for callers that show it or truncate it
 * differently. Not a member of the class, so that bundles which do not use it leave it out.
 */
export function wholeMac(key: Uint8Array, algorithm: Algorithm, counter: number): DataView {
  OtpKey.truncatedMac(new OtpKey(key, algorithm), counter);
  const { digest } = hashOf(algorithm); // the result of truncatedMac
  const mac = new DataView(new ArrayBuffer(digest.byteLength));
  digest.forEach((word, index) => {
    mac.setInt32(index * 4, word);
  });
  return mac;
}
