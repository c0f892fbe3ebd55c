// The keys that seal secrets. They are never in the database: who steals it alone can make no
// codes.
import { createHash, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

import type { SealingKey } from "halfminute/two-factor";

const KEY_BYTES = 32;

/**
 * `SEALING_KEY`: 32 bytes in base64. To change it, put the new one first and the old one behind a
 * comma.
 */
export function sealingKeys(file: string): readonly SealingKey[] {
  const given = process.env["SEALING_KEY"];
  if (given) return given.split(",").map((text) => keyFrom(text, "SEALING_KEY"));
  makeFile(file);
  const isOpen = process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;
  if (isOpen) throw new Error(`Others can read ${file}. Make it yours alone: chmod 600 ${file}`);
  console.warn(`Warning: SEALING_KEY is not set. The key in ${file} is used. In production keep it in a secret store.`);
  return [keyFrom(readFileSync(file, "utf8"), file)];
}

function keyFrom(text: string, where: string): SealingKey {
  const base64 = text.trim();
  const key = Buffer.from(base64, "base64");
  const isWhole = key.length === KEY_BYTES && key.toString("base64") === base64;
  if (!isWhole) throw new Error(`${where} must be 32 bytes in base64. Make one: openssl rand -base64 32`);
  // A name that belongs to this key alone, and from which nobody gets back to it.
  return { id: createHash("sha256").update(key).digest("hex").slice(0, 16), key };
}

/**
 * Under another name first, so that of two instances that start at once neither reads half a key.
 */
function makeFile(file: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
}
