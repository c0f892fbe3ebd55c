// The compression function of SHA-512: FIPS 180-4 §6.4.2, with the functions of §4.1.3 and the constants of §4.2.3.
// A 64-bit word is two 32-bit halves, high first (names end in h and l): BigInt takes 25 times as long. Low halves are added as
// doubles, which hold the carry exactly; what is over 2^32 goes to the high half. One round to a turn of the loop: more take
// more room and no less time, and written out whole, engines give up on them.
// `g ^ (e & (f ^ g))` is Ch and `(a & b) | (c & (a | b))` is Maj, each in one step less. `xh >>> n | xl << (32 - n)` is the high half of
// ROTRn; rotations by more than 32 swap the halves: `el >>> 9 | eh << 23` is that of ROTR41.
// No branch and no index depends on the data.

/** H(0), FIPS 180-4 §5.3.5. */
export const SHA512_INITIAL: readonly number[] = [
  0x6a09e667, 0xf3bcc908, 0xbb67ae85, 0x84caa73b, 0x3c6ef372, 0xfe94f82b, 0xa54ff53a, 0x5f1d36f1, 0x510e527f,
  0xade682d1, 0x9b05688c, 0x2b3e6c1f, 0x1f83d9ab, 0xfb41bd6b, 0x5be0cd19, 0x137e2179,
];

/**
 * Makes the compression function. Its constants live in a closure, because an engine knows that those never change; bundlers make
 * variables of a module's own.
 *
 * H(i) = H(i−1) + rounds(H(i−1), M(i)). `state` and `next` are sixteen halves, and may be the same; `block` is thirty-two.
 * A round has the names of §6.4.2; T1 and T2 stay unfinished: halves whose carry is taken only where they are added up. An index t counts halves.
 */
// prettier-ignore
export function makeCompressSha512(): (state: Int32Array, block: Int32Array, next: Int32Array) => void {
  const K = Int32Array.of(
    0x428a2f98, 0xd728ae22, 0x71374491, 0x23ef65cd, 0xb5c0fbcf, 0xec4d3b2f, 0xe9b5dba5, 0x8189dbbc,
    0x3956c25b, 0xf348b538, 0x59f111f1, 0xb605d019, 0x923f82a4, 0xaf194f9b, 0xab1c5ed5, 0xda6d8118,
    0xd807aa98, 0xa3030242, 0x12835b01, 0x45706fbe, 0x243185be, 0x4ee4b28c, 0x550c7dc3, 0xd5ffb4e2,
    0x72be5d74, 0xf27b896f, 0x80deb1fe, 0x3b1696b1, 0x9bdc06a7, 0x25c71235, 0xc19bf174, 0xcf692694,
    0xe49b69c1, 0x9ef14ad2, 0xefbe4786, 0x384f25e3, 0x0fc19dc6, 0x8b8cd5b5, 0x240ca1cc, 0x77ac9c65,
    0x2de92c6f, 0x592b0275, 0x4a7484aa, 0x6ea6e483, 0x5cb0a9dc, 0xbd41fbd4, 0x76f988da, 0x831153b5,
    0x983e5152, 0xee66dfab, 0xa831c66d, 0x2db43210, 0xb00327c8, 0x98fb213f, 0xbf597fc7, 0xbeef0ee4,
    0xc6e00bf3, 0x3da88fc2, 0xd5a79147, 0x930aa725, 0x06ca6351, 0xe003826f, 0x14292967, 0x0a0e6e70,
    0x27b70a85, 0x46d22ffc, 0x2e1b2138, 0x5c26c926, 0x4d2c6dfc, 0x5ac42aed, 0x53380d13, 0x9d95b3df,
    0x650a7354, 0x8baf63de, 0x766a0abb, 0x3c77b2a8, 0x81c2c92e, 0x47edaee6, 0x92722c85, 0x1482353b,
    0xa2bfe8a1, 0x4cf10364, 0xa81a664b, 0xbc423001, 0xc24b8b70, 0xd0f89791, 0xc76c51a3, 0x0654be30,
    0xd192e819, 0xd6ef5218, 0xd6990624, 0x5565a910, 0xf40e3585, 0x5771202a, 0x106aa070, 0x32bbd1b8,
    0x19a4c116, 0xb8d2d0c8, 0x1e376c08, 0x5141ab53, 0x2748774c, 0xdf8eeb99, 0x34b0bcb5, 0xe19b48a8,
    0x391c0cb3, 0xc5c95a63, 0x4ed8aa4a, 0xe3418acb, 0x5b9cca4f, 0x7763e373, 0x682e6ff3, 0xd6b2b8a3,
    0x748f82ee, 0x5defb2fc, 0x78a5636f, 0x43172f60, 0x84c87814, 0xa1f0ab72, 0x8cc70208, 0x1a6439ec,
    0x90befffa, 0x23631e28, 0xa4506ceb, 0xde82bde9, 0xbef9a3f7, 0xb2c67915, 0xc67178f2, 0xe372532b,
    0xca273ece, 0xea26619c, 0xd186b8c7, 0x21c0c207, 0xeada7dd6, 0xcde0eb1e, 0xf57d4f7f, 0xee6ed178,
    0x06f067aa, 0x72176fba, 0x0a637dc5, 0xa2c898a6, 0x113f9804, 0xbef90dae, 0x1b710b35, 0x131c471b,
    0x28db77f5, 0x23047d84, 0x32caab7b, 0x40c72493, 0x3c9ebe0a, 0x15c9bebc, 0x431d67c4, 0x9c100d4c,
    0x4cc5d4be, 0xcb3e42b6, 0x597f299c, 0xfc657e2a, 0x5fcb6fab, 0x3ad6faec, 0x6c44198c, 0x4a475817,
  );
  // The message schedule. Filled anew by each call.
  const W = new Int32Array(160);

  return (state, block, next) => {
    W.set(block);
    let ah = state[0] as number, al = state[1] as number;
    let bh = state[2] as number, bl = state[3] as number;
    let ch = state[4] as number, cl = state[5] as number;
    let dh = state[6] as number, dl = state[7] as number;
    let eh = state[8] as number, el = state[9] as number;
    let fh = state[10] as number, fl = state[11] as number;
    let gh = state[12] as number, gl = state[13] as number;
    let hh = state[14] as number, hl = state[15] as number;
    for (let t = 0; t < 160; t += 2) {
      // The word that is needed sixteen rounds later: beside this round's work it costs little, in a loop of its own much more.
      if (t < 128) {
        const xh = W[t + 2] as number, xl = W[t + 3] as number, yh = W[t + 28] as number, yl = W[t + 29] as number;
        // σ0(x) + σ1(y) + two older words
        const low =
          ((W[t + 1] as number) >>> 0) + ((W[t + 19] as number) >>> 0) +
          (((xl >>> 1 | xh << 31) ^ (xl >>> 8 | xh << 24) ^ (xl >>> 7 | xh << 25)) >>> 0) +
          (((yl >>> 19 | yh << 13) ^ (yh >>> 29 | yl << 3) ^ (yl >>> 6 | yh << 26)) >>> 0);
        W[t + 32] =
          (W[t] as number) + (W[t + 18] as number) + ((xh >>> 1 | xl << 31) ^ (xh >>> 8 | xl << 24) ^ (xh >>> 7)) +
          ((yh >>> 19 | yl << 13) ^ (yl >>> 29 | yh << 3) ^ (yh >>> 6)) + (low / 0x100000000 | 0);
        W[t + 33] = low;
      }
      // T1 = h + Σ1(e) + Ch(e, f, g) + K(t) + W(t)
      const T1h =
        hh + (K[t] as number) + (W[t] as number) + (gh ^ (eh & (fh ^ gh))) +
        ((eh >>> 14 | el << 18) ^ (eh >>> 18 | el << 14) ^ (el >>> 9 | eh << 23));
      const T1l =
        (hl >>> 0) + ((K[t + 1] as number) >>> 0) + ((W[t + 1] as number) >>> 0) + ((gl ^ (el & (fl ^ gl))) >>> 0) +
        (((el >>> 14 | eh << 18) ^ (el >>> 18 | eh << 14) ^ (eh >>> 9 | el << 23)) >>> 0);
      // T2 = Σ0(a) + Maj(a, b, c)
      const T2h =
        ((ah & bh) | (ch & (ah | bh))) + ((ah >>> 28 | al << 4) ^ (al >>> 2 | ah << 30) ^ (al >>> 7 | ah << 25));
      const T2l =
        (((al & bl) | (cl & (al | bl))) >>> 0) +
        (((al >>> 28 | ah << 4) ^ (ah >>> 2 | al << 30) ^ (ah >>> 7 | al << 25)) >>> 0);
      const e = T1l + (dl >>> 0);
      const a = T1l + T2l;
      hh = gh; hl = gl;
      gh = fh; gl = fl;
      fh = eh; fl = el;
      eh = (T1h + dh + (e / 0x100000000 | 0)) | 0; el = e | 0;
      dh = ch; dl = cl;
      ch = bh; cl = bl;
      bh = ah; bl = al;
      ah = (T1h + T2h + (a / 0x100000000 | 0)) | 0; al = a | 0;
    }
    W[0] = ah; W[1] = al;
    W[2] = bh; W[3] = bl;
    W[4] = ch; W[5] = cl;
    W[6] = dh; W[7] = dl;
    W[8] = eh; W[9] = el;
    W[10] = fh; W[11] = fl;
    W[12] = gh; W[13] = gl;
    W[14] = hh; W[15] = hl;
    for (let t = 0; t < 16; t += 2) {
      const low = ((state[t + 1] as number) >>> 0) + ((W[t + 1] as number) >>> 0);
      next[t] = (state[t] as number) + (W[t] as number) + (low / 0x100000000 | 0);
      next[t + 1] = low;
    }
  };
}
