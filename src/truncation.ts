// Dynamic truncation, RFC 4226 §5.3: a MAC becomes a 31-bit number. The names are the standard's.

/** The offset is in the last byte of the MAC, whatever its length (RFC 6238 §1.2 leaves that to the reader). */
export function truncate(HS: DataView): number {
  const offset = HS.getUint8(HS.byteLength - 1) & 0xf;
  return HS.getUint32(offset) & 0x7fffffff;
}
