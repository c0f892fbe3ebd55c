// The compression function of SHA-256: FIPS 180-4 §6.2.2, with the functions of §4.1.2. The
// constants of §4.2.2 are the high halves of those of SHA-512.
// The schedule's sixteen words are local variables and sixteen rounds are unrolled: an array or a
// loop takes 40 % longer. Unrolling all sixty-four would overflow a processor's instruction cache.
// `g ^ (e & (f ^ g))` is Ch and `(a & b) | (c & (a | b))` is Maj, each in one step less;
// `x >>> n | x << (32 - n)` is ROTRn. No branch and no index depends on the data.

import { cubeRoots } from "./sha512.ts";

/** H(0), FIPS 180-4 §5.3.3. */
export const SHA256_INITIAL: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/**
 * Makes the compression function. Its constants are in a closure, which engines know never change;
 * bundlers turn module constants into variables.
 *
 * H(i) = H(i−1) + rounds(H(i−1), M(i)). `state` and `next` are eight words and may be the same
 * array; `block` is sixteen words. A round is `T1 = h + Σ1(e) + Ch(e, f, g) + K + W;
 * T2 = Σ0(a) + Maj(a, b, c); h = g; g = f; f = e; e = d + T1; d = c; c = b; b = a; a = T1 + T2`.
 * Instead of moving eight values, a replaces h and the names rotate: what one round calls a, the
 * next calls b. Values known early are added first, so that only the last sum waits for Σ1 and Σ0.
 */
// prettier-ignore
export function makeCompressSha256(): (state: Int32Array, block: Int32Array, next: Int32Array) => void {
  const K = cubeRoots().filter((_, index) => index % 2 === 0);
  return (state, block, next) => {
    let w0 = block[0] as number;
    let w1 = block[1] as number;
    let w2 = block[2] as number;
    let w3 = block[3] as number;
    let w4 = block[4] as number;
    let w5 = block[5] as number;
    let w6 = block[6] as number;
    let w7 = block[7] as number;
    let w8 = block[8] as number;
    let w9 = block[9] as number;
    let w10 = block[10] as number;
    let w11 = block[11] as number;
    let w12 = block[12] as number;
    let w13 = block[13] as number;
    let w14 = block[14] as number;
    let w15 = block[15] as number;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let t = 0; ; t += 16) {
      h = (h + (K[t] as number) + w0 + (g ^ (e & (f ^ g))) + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7))) | 0;
      d = (d + h) | 0;
      h = (h + ((a & b) | (c & (a | b))) + ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10))) | 0;
      g = (g + (K[t + 1] as number) + w1 + (f ^ (d & (e ^ f))) + ((d >>> 6 | d << 26) ^ (d >>> 11 | d << 21) ^ (d >>> 25 | d << 7))) | 0;
      c = (c + g) | 0;
      g = (g + ((h & a) | (b & (h | a))) + ((h >>> 2 | h << 30) ^ (h >>> 13 | h << 19) ^ (h >>> 22 | h << 10))) | 0;
      f = (f + (K[t + 2] as number) + w2 + (e ^ (c & (d ^ e))) + ((c >>> 6 | c << 26) ^ (c >>> 11 | c << 21) ^ (c >>> 25 | c << 7))) | 0;
      b = (b + f) | 0;
      f = (f + ((g & h) | (a & (g | h))) + ((g >>> 2 | g << 30) ^ (g >>> 13 | g << 19) ^ (g >>> 22 | g << 10))) | 0;
      e = (e + (K[t + 3] as number) + w3 + (d ^ (b & (c ^ d))) + ((b >>> 6 | b << 26) ^ (b >>> 11 | b << 21) ^ (b >>> 25 | b << 7))) | 0;
      a = (a + e) | 0;
      e = (e + ((f & g) | (h & (f | g))) + ((f >>> 2 | f << 30) ^ (f >>> 13 | f << 19) ^ (f >>> 22 | f << 10))) | 0;
      d = (d + (K[t + 4] as number) + w4 + (c ^ (a & (b ^ c))) + ((a >>> 6 | a << 26) ^ (a >>> 11 | a << 21) ^ (a >>> 25 | a << 7))) | 0;
      h = (h + d) | 0;
      d = (d + ((e & f) | (g & (e | f))) + ((e >>> 2 | e << 30) ^ (e >>> 13 | e << 19) ^ (e >>> 22 | e << 10))) | 0;
      c = (c + (K[t + 5] as number) + w5 + (b ^ (h & (a ^ b))) + ((h >>> 6 | h << 26) ^ (h >>> 11 | h << 21) ^ (h >>> 25 | h << 7))) | 0;
      g = (g + c) | 0;
      c = (c + ((d & e) | (f & (d | e))) + ((d >>> 2 | d << 30) ^ (d >>> 13 | d << 19) ^ (d >>> 22 | d << 10))) | 0;
      b = (b + (K[t + 6] as number) + w6 + (a ^ (g & (h ^ a))) + ((g >>> 6 | g << 26) ^ (g >>> 11 | g << 21) ^ (g >>> 25 | g << 7))) | 0;
      f = (f + b) | 0;
      b = (b + ((c & d) | (e & (c | d))) + ((c >>> 2 | c << 30) ^ (c >>> 13 | c << 19) ^ (c >>> 22 | c << 10))) | 0;
      a = (a + (K[t + 7] as number) + w7 + (h ^ (f & (g ^ h))) + ((f >>> 6 | f << 26) ^ (f >>> 11 | f << 21) ^ (f >>> 25 | f << 7))) | 0;
      e = (e + a) | 0;
      a = (a + ((b & c) | (d & (b | c))) + ((b >>> 2 | b << 30) ^ (b >>> 13 | b << 19) ^ (b >>> 22 | b << 10))) | 0;
      h = (h + (K[t + 8] as number) + w8 + (g ^ (e & (f ^ g))) + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7))) | 0;
      d = (d + h) | 0;
      h = (h + ((a & b) | (c & (a | b))) + ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10))) | 0;
      g = (g + (K[t + 9] as number) + w9 + (f ^ (d & (e ^ f))) + ((d >>> 6 | d << 26) ^ (d >>> 11 | d << 21) ^ (d >>> 25 | d << 7))) | 0;
      c = (c + g) | 0;
      g = (g + ((h & a) | (b & (h | a))) + ((h >>> 2 | h << 30) ^ (h >>> 13 | h << 19) ^ (h >>> 22 | h << 10))) | 0;
      f = (f + (K[t + 10] as number) + w10 + (e ^ (c & (d ^ e))) + ((c >>> 6 | c << 26) ^ (c >>> 11 | c << 21) ^ (c >>> 25 | c << 7))) | 0;
      b = (b + f) | 0;
      f = (f + ((g & h) | (a & (g | h))) + ((g >>> 2 | g << 30) ^ (g >>> 13 | g << 19) ^ (g >>> 22 | g << 10))) | 0;
      e = (e + (K[t + 11] as number) + w11 + (d ^ (b & (c ^ d))) + ((b >>> 6 | b << 26) ^ (b >>> 11 | b << 21) ^ (b >>> 25 | b << 7))) | 0;
      a = (a + e) | 0;
      e = (e + ((f & g) | (h & (f | g))) + ((f >>> 2 | f << 30) ^ (f >>> 13 | f << 19) ^ (f >>> 22 | f << 10))) | 0;
      d = (d + (K[t + 12] as number) + w12 + (c ^ (a & (b ^ c))) + ((a >>> 6 | a << 26) ^ (a >>> 11 | a << 21) ^ (a >>> 25 | a << 7))) | 0;
      h = (h + d) | 0;
      d = (d + ((e & f) | (g & (e | f))) + ((e >>> 2 | e << 30) ^ (e >>> 13 | e << 19) ^ (e >>> 22 | e << 10))) | 0;
      c = (c + (K[t + 13] as number) + w13 + (b ^ (h & (a ^ b))) + ((h >>> 6 | h << 26) ^ (h >>> 11 | h << 21) ^ (h >>> 25 | h << 7))) | 0;
      g = (g + c) | 0;
      c = (c + ((d & e) | (f & (d | e))) + ((d >>> 2 | d << 30) ^ (d >>> 13 | d << 19) ^ (d >>> 22 | d << 10))) | 0;
      b = (b + (K[t + 14] as number) + w14 + (a ^ (g & (h ^ a))) + ((g >>> 6 | g << 26) ^ (g >>> 11 | g << 21) ^ (g >>> 25 | g << 7))) | 0;
      f = (f + b) | 0;
      b = (b + ((c & d) | (e & (c | d))) + ((c >>> 2 | c << 30) ^ (c >>> 13 | c << 19) ^ (c >>> 22 | c << 10))) | 0;
      a = (a + (K[t + 15] as number) + w15 + (h ^ (f & (g ^ h))) + ((f >>> 6 | f << 26) ^ (f >>> 11 | f << 21) ^ (f >>> 25 | f << 7))) | 0;
      e = (e + a) | 0;
      a = (a + ((b & c) | (d & (b | c))) + ((b >>> 2 | b << 30) ^ (b >>> 13 | b << 19) ^ (b >>> 22 | b << 10))) | 0;
      if (t === 48) break;
      // The next sixteen words: σ1(W(t−2)) + W(t−7) + σ0(W(t−15)) + W(t−16), each replacing the
      // last of these.
      w0 = (w0 + w9 + ((w1 >>> 7 | w1 << 25) ^ (w1 >>> 18 | w1 << 14) ^ w1 >>> 3) + ((w14 >>> 17 | w14 << 15) ^ (w14 >>> 19 | w14 << 13) ^ w14 >>> 10)) | 0;
      w1 = (w1 + w10 + ((w2 >>> 7 | w2 << 25) ^ (w2 >>> 18 | w2 << 14) ^ w2 >>> 3) + ((w15 >>> 17 | w15 << 15) ^ (w15 >>> 19 | w15 << 13) ^ w15 >>> 10)) | 0;
      w2 = (w2 + w11 + ((w3 >>> 7 | w3 << 25) ^ (w3 >>> 18 | w3 << 14) ^ w3 >>> 3) + ((w0 >>> 17 | w0 << 15) ^ (w0 >>> 19 | w0 << 13) ^ w0 >>> 10)) | 0;
      w3 = (w3 + w12 + ((w4 >>> 7 | w4 << 25) ^ (w4 >>> 18 | w4 << 14) ^ w4 >>> 3) + ((w1 >>> 17 | w1 << 15) ^ (w1 >>> 19 | w1 << 13) ^ w1 >>> 10)) | 0;
      w4 = (w4 + w13 + ((w5 >>> 7 | w5 << 25) ^ (w5 >>> 18 | w5 << 14) ^ w5 >>> 3) + ((w2 >>> 17 | w2 << 15) ^ (w2 >>> 19 | w2 << 13) ^ w2 >>> 10)) | 0;
      w5 = (w5 + w14 + ((w6 >>> 7 | w6 << 25) ^ (w6 >>> 18 | w6 << 14) ^ w6 >>> 3) + ((w3 >>> 17 | w3 << 15) ^ (w3 >>> 19 | w3 << 13) ^ w3 >>> 10)) | 0;
      w6 = (w6 + w15 + ((w7 >>> 7 | w7 << 25) ^ (w7 >>> 18 | w7 << 14) ^ w7 >>> 3) + ((w4 >>> 17 | w4 << 15) ^ (w4 >>> 19 | w4 << 13) ^ w4 >>> 10)) | 0;
      w7 = (w7 + w0 + ((w8 >>> 7 | w8 << 25) ^ (w8 >>> 18 | w8 << 14) ^ w8 >>> 3) + ((w5 >>> 17 | w5 << 15) ^ (w5 >>> 19 | w5 << 13) ^ w5 >>> 10)) | 0;
      w8 = (w8 + w1 + ((w9 >>> 7 | w9 << 25) ^ (w9 >>> 18 | w9 << 14) ^ w9 >>> 3) + ((w6 >>> 17 | w6 << 15) ^ (w6 >>> 19 | w6 << 13) ^ w6 >>> 10)) | 0;
      w9 = (w9 + w2 + ((w10 >>> 7 | w10 << 25) ^ (w10 >>> 18 | w10 << 14) ^ w10 >>> 3) + ((w7 >>> 17 | w7 << 15) ^ (w7 >>> 19 | w7 << 13) ^ w7 >>> 10)) | 0;
      w10 = (w10 + w3 + ((w11 >>> 7 | w11 << 25) ^ (w11 >>> 18 | w11 << 14) ^ w11 >>> 3) + ((w8 >>> 17 | w8 << 15) ^ (w8 >>> 19 | w8 << 13) ^ w8 >>> 10)) | 0;
      w11 = (w11 + w4 + ((w12 >>> 7 | w12 << 25) ^ (w12 >>> 18 | w12 << 14) ^ w12 >>> 3) + ((w9 >>> 17 | w9 << 15) ^ (w9 >>> 19 | w9 << 13) ^ w9 >>> 10)) | 0;
      w12 = (w12 + w5 + ((w13 >>> 7 | w13 << 25) ^ (w13 >>> 18 | w13 << 14) ^ w13 >>> 3) + ((w10 >>> 17 | w10 << 15) ^ (w10 >>> 19 | w10 << 13) ^ w10 >>> 10)) | 0;
      w13 = (w13 + w6 + ((w14 >>> 7 | w14 << 25) ^ (w14 >>> 18 | w14 << 14) ^ w14 >>> 3) + ((w11 >>> 17 | w11 << 15) ^ (w11 >>> 19 | w11 << 13) ^ w11 >>> 10)) | 0;
      w14 = (w14 + w7 + ((w15 >>> 7 | w15 << 25) ^ (w15 >>> 18 | w15 << 14) ^ w15 >>> 3) + ((w12 >>> 17 | w12 << 15) ^ (w12 >>> 19 | w12 << 13) ^ w12 >>> 10)) | 0;
      w15 = (w15 + w8 + ((w0 >>> 7 | w0 << 25) ^ (w0 >>> 18 | w0 << 14) ^ w0 >>> 3) + ((w13 >>> 17 | w13 << 15) ^ (w13 >>> 19 | w13 << 13) ^ w13 >>> 10)) | 0;
    }
    next[0] = (state[0] as number) + a;
    next[1] = (state[1] as number) + b;
    next[2] = (state[2] as number) + c;
    next[3] = (state[3] as number) + d;
    next[4] = (state[4] as number) + e;
    next[5] = (state[5] as number) + f;
    next[6] = (state[6] as number) + g;
    next[7] = (state[7] as number) + h;
  };
}
