// The compression function of SHA-512: FIPS 180-4 §6.4.2, with the functions of §4.1.3 and the
// constants of §4.2.3. A 64-bit word is two 32-bit halves, high first (names end in h and l):
// BigInt takes 25 times as long. Low halves are added as doubles, which hold the carry exactly; the
// part above 2^32 goes to the high half. One round per iteration: unrolling adds size without
// speed, and engines give up optimizing all eighty. `g ^ (e & (f ^ g))` is Ch and
// `(a & b) | (c & (a | b))` is Maj, each in one step less.
// `xh >>> n | xl << (32 - n)` is the high half of ROTRn; rotations by more than 32 swap the halves:
// `el >>> 9 | eh << 23` is that of ROTR41.
// No branch and no index depends on the data.

/** H(0), FIPS 180-4 §5.3.5. */
export const SHA512_INITIAL: readonly number[] = [
  0x6a09e667, 0xf3bcc908, 0xbb67ae85, 0x84caa73b, 0x3c6ef372, 0xfe94f82b, 0xa54ff53a, 0x5f1d36f1, 0x510e527f,
  0xade682d1, 0x9b05688c, 0x2b3e6c1f, 0x1f83d9ab, 0xfb41bd6b, 0x5be0cd19, 0x137e2179,
];

/**
 * The fractions of the cube roots of the first eighty primes, 64 bits each, in halves (§4.2.3). The
 * high halves of the first 64 are the constants of SHA-256. Computed once, in half a millisecond,
 * because a table would double the size of this file.
 */
export function cubeRoots(): Int32Array {
  const halves: number[] = [];
  for (let number = 2; halves.length < 160; number++) {
    if (isPrime(number)) halves.push(...fractionOfCubeRoot(number));
  }
  return Int32Array.from(halves);
}

function isPrime(number: number): boolean {
  let divisor = 2;
  while (number % divisor !== 0) divisor++;
  return divisor === number;
}

/**
 * Newton's method, from above: 2^64 times the root is the integer root of 2^192 times the number.
 */
function fractionOfCubeRoot(number: number): readonly [high: number, low: number] {
  const cube = BigInt(number) << BigInt(192);
  let root = BigInt(Math.ceil(Math.cbrt(number) * 2 ** 40) + 1) << BigInt(24);
  for (;;) {
    const next = (root + root + cube / (root * root)) / BigInt(3);
    if (next >= root) break;
    root = next;
  }
  return [Number(BigInt.asUintN(32, root >> BigInt(32))), Number(BigInt.asUintN(32, root))];
}

/**
 * Makes the compression function. Its constants are in a closure, which engines know never change;
 * bundlers turn module constants into variables.
 *
 * H(i) = H(i−1) + rounds(H(i−1), M(i)). `state` and `next` are sixteen halves and may be the same
 * array; `block` is thirty-two halves. A round uses the names of §6.4.2. T1 and T2 are halves whose
 * carry is taken only where they are added. The index t counts halves.
 */
// prettier-ignore
export function makeCompressSha512(): (state: Int32Array, block: Int32Array, next: Int32Array) => void {
  const K = cubeRoots();
  // The message schedule, refilled by each call.
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
      // The word for sixteen rounds later: computing it here costs little, in a separate loop much
      // more.
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
