// The vault: all secrets of a person in one sealed text. So an attacker who can only write the
// database cannot edit, move between persons, or invent anything that lets someone pass.
import { decode, encodeBase32 } from "../../core/base32.ts";
import type { Algorithm, Digits } from "../../core/parameters.ts";
import { randomBytes } from "../../core/platform.ts";
import { LEAST_SECRET_BYTES } from "../../core/verification.ts";
import { decodeUtf8, encodeUtf8 } from "../../core/utf8.ts";
import type { TotpParameters } from "../../otpauth/account.ts";
import type { Carried, DeviceType } from "../state/state.ts";

/** A device's secret, with everything else that its codes depend on. */
export interface DeviceSecret {
  readonly id: string;
  readonly type: DeviceType;
  /** A counter-based device has no period: 0. */
  readonly parameters: TotpParameters;
  readonly secret: Uint8Array;
  /**
   * How a pending device was begun: `first`, `add`, or the id of the device to replace. Empty for
   * an active one.
   */
  readonly begun: string;
}

export interface Vault {
  /** The person's key: recovery codes and issued codes are authenticated under it. */
  readonly key: Uint8Array;
  /** The same for browser tokens. Replacing it invalidates them all forever. */
  readonly browserKey: Uint8Array;
  readonly devices: readonly DeviceSecret[];
  readonly pending: DeviceSecret | null;
  /** The key of recovery codes made by version 1. */
  readonly recoveryKey: Uint8Array | null;
  /** Texts sealed by version 1 that could not be opened yet. */
  readonly carried: readonly Carried[];
}

export const KEY_BYTES = 32;
/** Longer secrets add nothing to HMAC, and would enlarge the state. */
export const MOST_SECRET_BYTES = 128;

export function newVault(): Vault {
  const [key, browserKey] = [randomBytes(KEY_BYTES), randomBytes(KEY_BYTES)];
  return { key, browserKey, devices: [], pending: null, recoveryKey: null, carried: [] };
}

/** Invalidates all existing tokens, even if an old list of browsers is restored. */
export function withoutTokens(vault: Vault): Vault {
  return { ...vault, browserKey: randomBytes(KEY_BYTES) };
}

/** Removes everything about a device, active or pending. */
export function withoutSecret(vault: Vault, deviceId: string | undefined): Vault {
  return {
    ...vault,
    devices: vault.devices.filter(({ id }) => id !== deviceId),
    pending: vault.pending?.id === deviceId ? null : vault.pending,
    carried: vault.carried.filter(({ purpose, id }) => purpose === "recovery-codes" || id !== deviceId),
  };
}

// The plaintext: the keys, then items, each with a kind, a length in two bytes, and content.

/** The kinds of items, by number: keys, devices, and texts sealed by version 1. */
const KINDS = ["key", "device", "pending", "secret", "pending-secret", "recovery-codes"] as const;

const TYPES: readonly DeviceType[] = ["totp", "hotp"];
const ALGORITHMS: readonly Algorithm[] = ["SHA-1", "SHA-256", "SHA-512"];
const ID_BYTES = 16;

type Kind = (typeof KINDS)[number];

export function encodeVault({ key, browserKey, devices, pending, recoveryKey, carried }: Vault): Uint8Array {
  const items = [key, browserKey, ...(recoveryKey ? [recoveryKey] : [])].map((each) => item("key", [...each]));
  for (const each of devices) items.push(item("device", contentOf(each)));
  if (pending) items.push(item("pending", contentOf(pending)));
  for (const { purpose, sealed, ...each } of carried) {
    const secret = bytesOf(`${sealed.keyId} ${sealed.text}`);
    items.push(item(purpose, contentOf({ ...each, type: "totp", secret })));
  }
  return Uint8Array.from(items.flat());
}

function item(kind: Kind, content: readonly number[]): readonly number[] {
  return [KINDS.indexOf(kind), content.length >> 8, content.length & 255, ...content];
}

/** The id, type, algorithm, digits, the period in three bytes, how it was begun, and the secret. */
function contentOf({
  id,
  type,
  parameters: { algorithm, digits, period },
  begun,
  secret,
}: DeviceSecret): readonly number[] {
  return [
    ...(decode(id) as Uint8Array),
    TYPES.indexOf(type),
    ALGORITHMS.indexOf(algorithm),
    digits,
    period >> 16,
    (period >> 8) & 255,
    period & 255,
    begun.length,
    ...bytesOf(begun),
    ...secret,
  ];
}

function bytesOf(text: string): Uint8Array {
  return encodeUtf8(text) as Uint8Array;
}

/** The vault of a plaintext; `undefined` if it is invalid. */
export function decodeVault(bytes: Uint8Array): Vault | undefined {
  const keys: Uint8Array[] = [];
  const devices: DeviceSecret[] = [];
  const pending: DeviceSecret[] = [];
  const carried: Carried[] = [];
  let at = 0;
  while (at + 3 <= bytes.length) {
    const kind = KINDS[bytes[at] as number];
    const end = at + 3 + ((bytes[at + 1] as number) << 8) + (bytes[at + 2] as number);
    const content = bytes.slice(at + 3, end);
    if (kind === "key") keys.push(content);
    else if (kind === "device") devices.push(readContent(content));
    else if (kind === "pending") pending.push(readContent(content));
    else if (kind) carried.push(readCarried(kind, readContent(content)));
    else return undefined;
    at = end;
  }
  const [key, browserKey, recoveryKey = null] = keys;
  const isSound =
    at === bytes.length &&
    keys.every(({ length }) => length === KEY_BYTES) &&
    [...devices, ...pending].every(isSoundDevice);
  if (!isSound || !key || !browserKey) return undefined;
  return { key, browserKey, devices, pending: pending[0] ?? null, recoveryKey, carried };
}

function readContent(content: Uint8Array): DeviceSecret {
  const [type = 0, algorithm = 0, digits = 0, high = 0, middle = 0, low = 0, length = 0] = content.subarray(ID_BYTES);
  const rest = content.slice(ID_BYTES + 7);
  return {
    id: encodeBase32(content.subarray(0, ID_BYTES)),
    type: TYPES[type] as DeviceType,
    parameters: {
      algorithm: ALGORITHMS[algorithm] as Algorithm,
      digits: digits as Digits,
      period: (high << 16) | (middle << 8) | low,
    },
    secret: rest.slice(length),
    begun: length === 0 ? "" : textOf(rest.subarray(0, length)),
  };
}

function readCarried(purpose: Carried["purpose"], { id, parameters, begun, secret }: DeviceSecret): Carried {
  const [keyId = "", text = ""] = textOf(secret).split(" ");
  return { purpose, id, parameters, begun, sealed: { keyId, text } };
}

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? "";
}

/** A sealer with a wrong answer must not create a device. */
function isSoundDevice({ type, parameters: { algorithm, digits }, secret }: DeviceSecret): boolean {
  return (
    TYPES.includes(type) &&
    ALGORITHMS.includes(algorithm) &&
    digits >= 6 &&
    digits <= 8 &&
    isSecretLength(secret.length)
  );
}

export function isSecretLength(length: number): boolean {
  return length >= LEAST_SECRET_BYTES && length <= MOST_SECRET_BYTES;
}
