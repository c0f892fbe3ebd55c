// The vault: everything secret of a person in one sealed text. What lets somebody pass can so be neither edited, nor moved between
// persons, nor invented by whoever can only write the database.
import { decode, encodeBase32 } from "../../core/base32.ts";
import type { Algorithm, Digits } from "../../core/parameters.ts";
import { randomBytes } from "../../core/platform.ts";
import { LEAST_SECRET_BYTES } from "../../core/verification.ts";
import { decodeUtf8, encodeUtf8 } from "../../core/utf8.ts";
import type { TotpParameters } from "../../otpauth/account.ts";
import type { Carried, DeviceType } from "../state/state.ts";

/** The secret of a device, with everything that its codes depend on. */
export interface DeviceSecret {
  readonly id: string;
  readonly type: DeviceType;
  /** A counter-based device has no period: 0. */
  readonly parameters: TotpParameters;
  readonly secret: Uint8Array;
}

/** The secret of a pending device, and how it was begun: `first`, `add`, or the id of the device that it is to replace. */
export interface PendingSecret extends DeviceSecret {
  readonly begun: string;
}

export interface Vault {
  /** The person's key: recovery codes and issued codes are authenticated under it. */
  readonly key: Uint8Array;
  /** The same for browser tokens. Another one voids them all for ever. */
  readonly browserKey: Uint8Array;
  readonly devices: readonly DeviceSecret[];
  readonly pending: PendingSecret | null;
  /** The key of recovery codes that version 1 made. */
  readonly recoveryKey: Uint8Array | null;
  /** What version 1 sealed and nothing could open yet. */
  readonly carried: readonly Carried[];
}

export const KEY_BYTES = 32;
/** Longer secrets are of no use to HMAC, and would make the state grow. */
export const MOST_SECRET_BYTES = 128;

export function newVault(): Vault {
  const [key, browserKey] = [randomBytes(KEY_BYTES), randomBytes(KEY_BYTES)];
  return { key, browserKey, devices: [], pending: null, recoveryKey: null, carried: [] };
}

/** After this no token that was given out is good, even if somebody puts an old list of browsers back. */
export function withoutTokens(vault: Vault): Vault {
  return { ...vault, browserKey: randomBytes(KEY_BYTES) };
}

// The plaintext: both keys, then items, each of a kind, a length in two bytes, and content.

const DEVICE = 1;
const PENDING = 2;
const RECOVERY_KEY = 3;
const CARRIED = 4;

const TYPES: readonly DeviceType[] = ["totp", "hotp"];
const ALGORITHMS: readonly Algorithm[] = ["SHA-1", "SHA-256", "SHA-512"];
const PURPOSES: readonly Carried["purpose"][] = ["secret", "pending-secret", "recovery-codes"];
const ID_BYTES = 16;
/** The id, then type, algorithm, digits, and the period in three bytes. */
const DEVICE_BYTES: number = ID_BYTES + 6;

export function encodeVault({ key, browserKey, devices, pending, recoveryKey, carried }: Vault): Uint8Array {
  const items = devices.map((each) => item(DEVICE, deviceBytes(each)));
  if (pending) items.push(item(PENDING, pendingBytes(pending)));
  if (recoveryKey) items.push(item(RECOVERY_KEY, [...recoveryKey]));
  for (const each of carried) items.push(item(CARRIED, carriedBytes(each)));
  return Uint8Array.from([...key, ...browserKey, ...items.flat()]);
}

function item(kind: number, content: readonly number[]): readonly number[] {
  return [kind, content.length >> 8, content.length & 255, ...content];
}

function deviceBytes({ id, type, parameters, secret }: DeviceSecret): readonly number[] {
  const { algorithm, digits, period } = parameters;
  return [
    ...(decode(id) as Uint8Array),
    TYPES.indexOf(type),
    ALGORITHMS.indexOf(algorithm),
    digits,
    period >> 16,
    (period >> 8) & 255,
    period & 255,
    ...secret,
  ];
}

function pendingBytes(pending: PendingSecret): readonly number[] {
  return [pending.begun.length, ...textBytes(pending.begun), ...deviceBytes(pending)];
}

/** As a pending device whose secret is the name of the key and the sealed text. */
function carriedBytes({ purpose, id, parameters, sealed, begun }: Carried): readonly number[] {
  const secret = textBytes(`${sealed.keyId} ${sealed.text}`);
  return [PURPOSES.indexOf(purpose), ...pendingBytes({ id, type: "totp", parameters, secret, begun })];
}

function textBytes(text: string): Uint8Array {
  return encodeUtf8(text) as Uint8Array;
}

/** The vault in a plaintext; nothing if it is not one. */
export function decodeVault(bytes: Uint8Array): Vault | undefined {
  const found: Record<number, Uint8Array[]> = { [DEVICE]: [], [PENDING]: [], [RECOVERY_KEY]: [], [CARRIED]: [] };
  let at = 2 * KEY_BYTES;
  while (at + 3 <= bytes.length) {
    const [kind, high, low] = bytes.subarray(at, at + 3) as unknown as [number, number, number];
    const end = at + 3 + (high << 8) + low;
    if (!Object.hasOwn(found, kind) || end > bytes.length) return undefined;
    found[kind]?.push(bytes.slice(at + 3, end));
    at = end;
  }
  const items = (kind: number): readonly Uint8Array[] => found[kind] as Uint8Array[];
  const vault: Vault = {
    key: bytes.slice(0, KEY_BYTES),
    browserKey: bytes.slice(KEY_BYTES, 2 * KEY_BYTES),
    devices: items(DEVICE).map(readDevice),
    pending: items(PENDING).map(readPending)[0] ?? null,
    recoveryKey: items(RECOVERY_KEY)[0] ?? null,
    carried: items(CARRIED).map(readCarried),
  };
  return at === bytes.length && isSound(vault) ? vault : undefined;
}

function readDevice(content: Uint8Array): DeviceSecret {
  const [type, algorithm, digits, high, middle, low] = content.subarray(ID_BYTES) as unknown as readonly number[];
  const period = ((high as number) << 16) | ((middle as number) << 8) | (low as number);
  return {
    id: encodeBase32(content.subarray(0, ID_BYTES)),
    type: TYPES[type as number] as DeviceType,
    parameters: { algorithm: ALGORITHMS[algorithm as number] as Algorithm, digits: digits as Digits, period },
    secret: content.slice(DEVICE_BYTES),
  };
}

function readPending(content: Uint8Array): PendingSecret {
  const length = 1 + (content[0] as number);
  return { ...readDevice(content.slice(length)), begun: textOf(content.slice(1, length)) };
}

function readCarried(content: Uint8Array): Carried {
  const { id, parameters, secret, begun } = readPending(content.slice(1));
  const [keyId = "", text = ""] = textOf(secret).split(" ");
  return {
    purpose: PURPOSES[content[0] as number] as Carried["purpose"],
    id,
    parameters,
    begun,
    sealed: { keyId, text },
  };
}

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? "";
}

/** A sealer that answers with something else must not make a device of it. */
function isSound({ devices, pending, recoveryKey, browserKey }: Vault): boolean {
  return (
    browserKey.length === KEY_BYTES &&
    (recoveryKey === null || recoveryKey.length === KEY_BYTES) &&
    (pending ? [...devices, pending] : devices).every(({ secret }) => isSecretLength(secret.length))
  );
}

export function isSecretLength(length: number): boolean {
  return length >= LEAST_SECRET_BYTES && length <= MOST_SECRET_BYTES;
}
