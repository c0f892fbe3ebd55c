// The tool's own computation: the MAC by node:crypto, then RFC 4226 §5.3 by hand.
import { createHmac } from "node:crypto";

import { type CodeInput } from "./rows.ts";

/** The 31-bit number in a MAC. */
export function truncate(mac: string): number {
  const bytes = Buffer.from(mac, "hex");
  return bytes.readUInt32BE(bytes.readUInt8(bytes.length - 1) % 16) % 2 ** 31;
}

export function nodeMac({ key, algorithm, counter }: CodeInput): string {
  return createHmac(algorithm.replace("-", ""), Buffer.from(key, "hex")).update(counterMessage(counter)).digest("hex");
}

export function counterMessage(counter: number): Buffer {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  return message;
}

export function lastDigits(truncated: number, digits: number): string {
  return String(truncated).slice(-digits).padStart(digits, "0");
}
