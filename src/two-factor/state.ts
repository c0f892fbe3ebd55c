// The document of one user: all that is remembered, as it is stored. What is read back must be exactly what was written.
import { isAlgorithm } from "../parameters.ts";
import type { TotpParameters } from "../otpauth/account.ts";
import { TwoFactorError } from "./errors.ts";

/** Something that only the sealer can open. */
export interface Sealed {
  /** Names the key. */
  readonly keyId: string;
  /** As the sealer wrote it. */
  readonly text: string;
}

/** What pending and active devices have in common. */
export interface DeviceBase {
  /** 128 random bits. Opaque. */
  readonly id: string;
  readonly parameters: TotpParameters;
  readonly secret: Sealed;
}

/** A device that codes are checked with. */
export interface Device extends DeviceBase {
  /** When it became active, in Unix milliseconds. */
  readonly since: number;
  /** The counter of the last accepted code, below which all are spent; `null` if none was accepted yet. */
  readonly lastCounter: number | null;
  /** Failures in a row. */
  readonly failures: number;
  /** Failures less successes, never below 0. */
  readonly outstandingFailures: number;
  /** When the next attempt is looked at, in Unix milliseconds; 0 if at once. */
  readonly notBefore: number;
}

/** A device whose secret was shown, but which did not prove yet that it has it. */
export interface PendingDevice extends DeviceBase {
  /** When it is given up, in Unix milliseconds. */
  readonly expiresAt: number;
  /** Wrong codes so far. */
  readonly failures: number;
}

/** Recovery codes: the key of their hashes, and the hashes of those that are left. */
export interface Recovery {
  /** 128 random bits. Another set has another id. */
  readonly id: string;
  readonly key: Sealed;
  readonly hashes: readonly string[];
}

/** All two-factor state of one user. */
export interface State {
  readonly version: 1;
  readonly device: Device | null;
  readonly pending: PendingDevice | null;
  readonly recovery: Recovery | null;
}

export const NO_STATE: State = { version: 1, device: null, pending: null, recovery: null };

/** As long as this a sealed secret may be, so that a document with two devices and ten recovery codes stays under 2 KB. */
export const MOST_SEALED_CHARACTERS = 280;

const MOST_HASHES = 10;

/** One order and one spelling for each state, whatever order its fields were put together in. */
export function serialize(state: State): string {
  return JSON.stringify(copyOf(state));
}

/** The state in a stored text. Anything but the very text that serialize writes is corrupt. */
export function parse(body: unknown): State {
  try {
    const state = copyOf(JSON.parse(String(body)) as State);
    // Every field that is missing, additional, twice there, or spelt in another way, makes another text.
    if (JSON.stringify(state) === body && isState(state)) return state;
  } catch {
    // Answered below: an error of JSON.parse quotes what it was given.
  }
  throw new TwoFactorError("state-corrupt");
}

function copyOf({ version, device, pending, recovery }: State): State {
  return {
    version,
    device: device && {
      ...copyOfBase(device),
      since: device.since,
      lastCounter: device.lastCounter,
      failures: device.failures,
      outstandingFailures: device.outstandingFailures,
      notBefore: device.notBefore,
    },
    pending: pending && { ...copyOfBase(pending), expiresAt: pending.expiresAt, failures: pending.failures },
    recovery: recovery && { id: recovery.id, key: copyOfSealed(recovery.key), hashes: recovery.hashes },
  };
}

function copyOfBase({ id, parameters: { algorithm, digits, period }, secret }: DeviceBase): DeviceBase {
  return { id, parameters: { algorithm, digits, period }, secret: copyOfSealed(secret) };
}

function copyOfSealed({ keyId, text }: Sealed): Sealed {
  return { keyId, text };
}

function isState({ version, device, pending, recovery }: State): boolean {
  return (
    (version as number) === 1 &&
    (device !== null || pending !== null) &&
    (device !== null || recovery === null) &&
    (device === null || isDevice(device)) &&
    (pending === null || isPending(pending)) &&
    (recovery === null || isRecovery(recovery))
  );
}

function isDevice(device: Device): boolean {
  const { since, lastCounter, failures, outstandingFailures, notBefore } = device;
  const counts = [since, failures, outstandingFailures, notBefore];
  // A missing counter would let replays in, so only null says that there is none.
  return isBase(device) && counts.every(isCount) && (lastCounter === null || isCount(lastCounter));
}

function isPending(pending: PendingDevice): boolean {
  return isBase(pending) && isCount(pending.expiresAt) && isCount(pending.failures);
}

function isBase({ id, parameters: { algorithm, digits, period }, secret }: DeviceBase): boolean {
  return (
    isId(id) &&
    isAlgorithm(algorithm) &&
    ([6, 7, 8] as unknown[]).includes(digits) &&
    isCount(period) &&
    period >= 1 &&
    period <= 86_400 &&
    isSealed(secret)
  );
}

function isRecovery({ id, key, hashes }: Recovery): boolean {
  return isId(id) && isSealed(key) && Array.isArray(hashes) && hashes.length <= MOST_HASHES && hashes.every(isHash);
}

function isSealed({ keyId, text }: Sealed): boolean {
  return isKeyId(keyId) && isSealedText(text);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** 16 bytes in base32. */
function isId(value: unknown): boolean {
  return typeof value === "string" && /^[A-Z2-7]{26}$/.test(value);
}

/** 32 bytes in base32. */
function isHash(value: unknown): boolean {
  return typeof value === "string" && /^[A-Z2-7]{52}$/.test(value);
}

export function isKeyId(value: unknown): boolean {
  return typeof value === "string" && /^[\w.:/-]{1,40}$/.test(value);
}

/** Printable ASCII that JSON writes as it is. */
export function isSealedText(value: unknown): boolean {
  return typeof value === "string" && value.length <= MOST_SEALED_CHARACTERS && /^[!#-[\]-~]+$/.test(value);
}
