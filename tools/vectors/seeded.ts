// Inputs that look random but are reproducible: everything is derived from a seed by SHA-256.
import { createHash } from "node:crypto";

import { found } from "./checks.ts";

export function seededBytes(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash("sha256").update(`${seed} ${block}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** A number below 2^bits, bits ≤ 53. */
export function seededNumber(seed: string, bits: number): number {
  return Number(BigInt.asUintN(bits, seededBytes(seed, 8).readBigUInt64BE()));
}

export function seededChoice<Value>(seed: string, choices: readonly Value[]): Value {
  return found(choices[seededNumber(seed, 32) % choices.length], "a choice");
}
