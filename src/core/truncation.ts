// Dynamic truncation, RFC 4226 §5.3: a MAC becomes a 31-bit number. The names are the standard's.

/**
 * The offset is in the last byte of the MAC, whatever its length (RFC 6238 §1.2 does not spell that
 * out).
 */
export function truncate(HS: DataView): number {
  const offset = HS.getUint8(HS.byteLength - 1) & 0xf;
  return HS.getUint32(offset) & 0x7fffffff;
}

/** The same for a MAC in 32-bit words, high-order byte first. */
export function truncateWords(HS: Int32Array): number {
  const offset = (HS[HS.length - 1] as number) & 0xf;
  const bits = (offset & 3) * 8;
  const left = HS[offset >> 2] as number;
  const right = HS[(offset >> 2) + 1] as number;
  // Shifted right in two steps, because a shift by 32 bits would shift by 0.
  return ((left << bits) | ((right >>> 1) >>> (31 - bits))) & 0x7fffffff;
}
