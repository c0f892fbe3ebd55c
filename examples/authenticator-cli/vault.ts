// Accounts in a file that only the passphrase opens: scrypt (RFC 7914) makes a key of it,
// AES-256-GCM seals. Whoever changes the file takes a lock first and puts a whole new file in the
// place of the old one, so that no two use one HOTP counter.
import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import type { OtpauthAccount } from "halfminute";

type Accounts = readonly OtpauthAccount[];

interface Sealed {
  readonly version: number;
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
  readonly data: string;
}

const COST: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
const PATIENCE = 20_000; // milliseconds

/**
 * A key, and the salt that makes it of the passphrase again. A file keeps its salt, so that a
 * change of it takes one stretch only.
 */
interface Key {
  readonly salt: Buffer;
  readonly bytes: Buffer;
}

async function keyOf(passphrase: string, salt: Buffer): Promise<Key> {
  const stretch = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
  return { salt, bytes: await stretch(passphrase.normalize("NFC"), salt, 32, COST) };
}

/** The accounts; none if there is no file yet. */
export async function readVault(file: string, passphrase: string): Promise<Accounts> {
  return (await openVault(file, passphrase)).accounts;
}

async function openVault(file: string, passphrase: string): Promise<{ accounts: Accounts; key: Key }> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return { accounts: [], key: await keyOf(passphrase, randomBytes(16)) };
  const [salt, nonce, tag, data] = partsOf(text);
  const key = await keyOf(passphrase, salt);
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  try {
    const opened = Buffer.concat([decipher.update(data), decipher.final()]).toString();
    return { accounts: JSON.parse(opened) as Accounts, key };
  } catch {
    throw new Error("the passphrase is wrong, or the file was changed");
  }
}

function partsOf(text: string): [salt: Buffer, nonce: Buffer, tag: Buffer, data: Buffer] {
  const sealed = JSON.parse(text) as Sealed;
  const { salt, nonce, tag, data } = sealed;
  if (sealed.version !== 1) throw new Error("the file is of another version");
  const bytes = (value: string) => Buffer.from(value, "base64");
  return [bytes(salt), bytes(nonce), bytes(tag), bytes(data)];
}

/** Reads, changes and writes as one step. What `change` throws leaves the file as it was. */
export async function changeVault(
  file: string,
  passphrase: string,
  change: (accounts: Accounts) => Accounts,
): Promise<void> {
  const unlock = await lock(`${file}.lock`);
  try {
    const { accounts, key } = await openVault(file, passphrase);
    await replaceFile(file, seal(change(accounts), key));
  } finally {
    await unlock();
  }
}

function seal(accounts: Accounts, { salt, bytes }: Key): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", bytes, nonce, { authTagLength: 16 });
  const data = Buffer.concat([cipher.update(JSON.stringify(accounts)), cipher.final()]);
  const text = (part: Buffer) => part.toString("base64");
  const sealed: Sealed = {
    version: 1,
    salt: text(salt),
    nonce: text(nonce),
    tag: text(cipher.getAuthTag()),
    data: text(data),
  };
  return `${JSON.stringify(sealed)}\n`;
}

async function replaceFile(file: string, text: string): Promise<void> {
  await rm(`${file}.new`, { force: true }); // of somebody who was stopped
  const next = await open(`${file}.new`, "wx", 0o600);
  try {
    await next.writeFile(text);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${file}.new`, file);
}

async function lock(name: string): Promise<() => Promise<void>> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const handle = await open(name, "wx", 0o600).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
      throw error;
    });
    await (handle ? handle.close() : sleep(20));
    if (handle) return () => rm(name);
  }
  throw new Error(`somebody else is writing; if nobody is, remove ${name}`);
}
