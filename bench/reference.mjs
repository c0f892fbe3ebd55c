// Codes by node:crypto alone: what every contestant must agree with, and what the timed calls are given.
import { createHmac } from "node:crypto";

/** The secret of RFC 6238 Appendix B, as bytes and as base32. */
export const SECRET_BYTES = Buffer.from("12345678901234567890");
export const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** A moment of RFC 6238 Appendix B; its code there is 89005924. */
export const RFC_TIME = 1_234_567_890_000;
export const RFC_CODE = "005924";

export function counterAt(milliseconds) {
  return Math.floor(milliseconds / 30_000);
}

export function message(counter) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(counter));
  return bytes;
}

/** RFC 4226 §5.3: the last 6 digits of 31 bits of the MAC. */
function truncate(mac) {
  const bytes = Buffer.from(mac);
  const number = bytes.readUInt32BE(bytes.at(-1) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

export function code(counter) {
  return truncate(createHmac("sha1", SECRET_BYTES).update(message(counter)).digest());
}

/** Codes for a moment and the next half minute: the right one, its neighbours, and one that is wrong all the while. */
export function codesAt(milliseconds) {
  const now = counterAt(milliseconds);
  const near = [-2, -1, 0, 1, 2].map((step) => code(now + step));
  const wrong = ["123456", "234567", "345678", "456789", "567890", "678901"].find((text) => !near.includes(text));
  return { before: near[1], right: near[2], after: near[3], wrong };
}
