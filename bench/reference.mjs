// Codes by node:crypto alone: what every contestant must agree with, and what the timed calls are
// given.
import { createHmac } from "node:crypto";

/** The secrets of RFC 6238 Appendix B, as its program has them. */
export const SECRETS = {
  "SHA-1": Buffer.from("12345678901234567890"),
  "SHA-256": Buffer.from("12345678901234567890123456789012"),
  "SHA-512": Buffer.from("1234567890123456789012345678901234567890123456789012345678901234"),
};

/** The one for SHA-1, as bytes and as base32. */
export const SECRET_BYTES = SECRETS["SHA-1"];
export const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** A moment of RFC 6238 Appendix B, and the last six digits of its codes there. */
export const RFC_TIME = 1_234_567_890_000;
export const RFC_CODES = { "SHA-1": "005924", "SHA-256": "819424", "SHA-512": "441116" };

/** How far the long search goes each way, and how many time steps that is in all. */
export const LONG_WINDOW = 500;
export const STEPS = 2 * LONG_WINDOW + 1;

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

function code(counter, algorithm = "SHA-1") {
  const hash = algorithm.replace("-", "").toLowerCase();
  return truncate(createHmac(hash, SECRETS[algorithm]).update(message(counter)).digest());
}

let latest;

/**
 * Codes for a moment and the next half minute: of every time step that takes part, and two that are
 * wrong all the while.
 */
export function codesAt(milliseconds) {
  const now = counterAt(milliseconds);
  if (latest?.now !== now) latest = codesAround(now);
  return latest;
}

function codesAround(now) {
  const at = (step, algorithm) => code(now + step, algorithm);
  const near = new Set(Array.from({ length: STEPS + 4 }, (_, index) => at(index - LONG_WINDOW - 2)));
  const wrong = ["123456", "234567", "345678", "456789", "567890", "678901"].filter((text) => !near.has(text));
  return { now, at, wrong: wrong[0], wrongPair: wrong.slice(0, 2) };
}
