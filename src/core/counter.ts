// The moving factor as the eight bytes to MAC, high-order byte first: RFC 4226 §5.1.

export function counterBytes(counter: number): DataView {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, counter / 2 ** 32); // the fraction is dropped
  bytes.setUint32(4, counter); // modulo 2^32
  return bytes;
}
