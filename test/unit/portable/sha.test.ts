import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compressSha1, SHA1_INITIAL } from "../../../src/portable/sha1.ts";
import { makeCompressSha256, SHA256_INITIAL } from "../../../src/portable/sha256.ts";
import { makeCompressSha512, SHA512_INITIAL } from "../../../src/portable/sha512.ts";
import { toHex } from "../../helpers/hex.ts";
import { MORE } from "../../helpers/more.ts";

const KERNELS = [
  { name: "sha1", compress: compressSha1, initial: SHA1_INITIAL, blockBytes: 64 },
  { name: "sha256", compress: makeCompressSha256(), initial: SHA256_INITIAL, blockBytes: 64 },
  { name: "sha512", compress: makeCompressSha512(), initial: SHA512_INITIAL, blockBytes: 128 },
];

type Kernel = (typeof KERNELS)[number];

/** A whole hash by the kernel, with padding (FIPS 180-4 §5.1) of this file's own. */
function digest({ compress, initial, blockBytes }: Kernel, message: Uint8Array): string {
  const blocks = Math.ceil((message.length + 1 + blockBytes / 8) / blockBytes);
  const padded = Buffer.alloc(blocks * blockBytes);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(message.length) * 8n, padded.length - 8);
  const state = Int32Array.from(initial);
  for (let from = 0; from < padded.length; from += blockBytes) {
    const block = Int32Array.from({ length: blockBytes / 4 }, (_, index) => padded.readInt32BE(from + index * 4));
    const copy = block.slice();
    compress(state, block, state);
    if (block.some((word, index) => word !== copy[index])) expect.unreachable("the block was changed");
  }
  const bytes = Buffer.alloc(state.length * 4);
  for (const [index, word] of state.entries()) bytes.writeInt32BE(word, index * 4);
  return toHex(bytes);
}

describe.each(KERNELS)("$name", (kernel) => {
  // The examples that NIST publishes beside FIPS 180-4.
  it.each([
    "abc",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    "",
  ])("makes the digest of %j", (text) => {
    const message = Buffer.from(text);
    expect(digest(kernel, message)).toBe(createHash(kernel.name).update(message).digest("hex"));
  });

  it("makes the digest of a million letters a", () => {
    const message = Buffer.alloc(Math.min(1, MORE) * 1_000_000, "a");
    expect(digest(kernel, message)).toBe(createHash(kernel.name).update(message).digest("hex"));
  });

  it("makes every digest of node:crypto", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (message) => {
        expect(digest(kernel, message)).toBe(createHash(kernel.name).update(message).digest("hex"));
      }),
      { numRuns: 50 * MORE },
    );
  });
});

it("the digests that FIPS 180-4's examples print are made", () => {
  const [sha1, sha256, sha512] = KERNELS.map((kernel) => digest(kernel, Buffer.from("abc")));
  expect(sha1).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  expect(sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha512).toBe(
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  );
});

it("the kernels neither read nor keep the words that follow", () => {
  for (const { compress, initial, blockBytes } of KERNELS) {
    const state = Int32Array.from(initial);
    const next = new Int32Array(blockBytes / 4).fill(7);
    compress(state, new Int32Array(blockBytes / 4), next);
    expect(state).toEqual(Int32Array.from(initial));
    expect(next.subarray(initial.length)).toEqual(new Int32Array(blockBytes / 4 - initial.length).fill(7));
  }
});
