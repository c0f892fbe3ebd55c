// The document of one user: all that is remembered, as it is stored. What is read back must be exactly what was written.
import type { TotpParameters } from "../otpauth/account.ts";
import { MAX_COUNTER, MAX_PERIOD } from "../core/parameters.ts";
import { TwoFactorError } from "./two-factor-error.ts";

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
  /** Counters that a hint has told. They are never accepted. Absent if there are none, as in records of version 0.1.0. */
  readonly told?: readonly number[] | undefined;
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

/** As long as this a sealed secret may be, so that a document with two devices and ten recovery codes stays under 3 KB. */
export const MOST_SEALED_CHARACTERS = 280;

/** One order and one spelling for each state, whatever order its fields were put together in. */
export function serialize(state: State): string {
  return JSON.stringify(copyOf(state));
}

/** The state in a stored text. Anything but the very text that serialize writes is corrupt. */
export function parse(body: unknown): State {
  // The text is looked at before it is parsed: a field that is missing, additional, twice there, or spelt in another way, and so may
  // stand for another counter, is another text.
  if (typeof body === "string" && body.length < MOST_CHARACTERS && (shape ??= shapeOfText()).test(body)) {
    const state = JSON.parse(body) as State;
    if (isInRange(state)) return state;
  }
  throw new TwoFactorError("state-corrupt");
}

/** Each field by its name: to spread one object into another takes several times as long. */
function copyOf({ version, device, pending, recovery }: State): State {
  return {
    version,
    device: device && {
      id: device.id,
      parameters: copyOfParameters(device.parameters),
      secret: copyOfSealed(device.secret),
      told: writtenTold(device),
      since: device.since,
      lastCounter: device.lastCounter,
      failures: device.failures,
      outstandingFailures: device.outstandingFailures,
      notBefore: device.notBefore,
    },
    pending: pending && {
      id: pending.id,
      parameters: copyOfParameters(pending.parameters),
      secret: copyOfSealed(pending.secret),
      told: writtenTold(pending),
      expiresAt: pending.expiresAt,
      failures: pending.failures,
    },
    recovery: recovery && { id: recovery.id, key: copyOfSealed(recovery.key), hashes: recovery.hashes },
  };
}

function copyOfParameters({ algorithm, digits, period }: TotpParameters): TotpParameters {
  return { algorithm, digits, period };
}

function copyOfSealed({ keyId, text }: Sealed): Sealed {
  return { keyId, text };
}

/** JSON leaves out what is undefined. */
function writtenTold(device: DeviceBase): readonly number[] | undefined {
  const told = toldOf(device);
  return told.length === 0 ? undefined : told;
}

/** The counters that hints have told. Only a field of its own counts: a polluted Object.prototype has others. */
export function toldOf(device: DeviceBase): readonly number[] {
  return (Object.hasOwn(device, "told") && device.told) || [];
}

let shape: RegExp | undefined;

/** All that serialize may write, but for lengths and the size of numbers: to count them takes as long again. Nothing needs an escape. */
function shapeOfText(): RegExp {
  const base32 = '"[A-Z2-7]+"';
  const count = "(?:0|[1-9][0-9]*)";
  const sealed = `\\{"keyId":"${KEY_ID}","text":"${SEALED_TEXT}"\\}`;
  const parameters = `\\{"algorithm":"SHA-(?:1|256|512)","digits":[678],"period":${count}\\}`;
  const told = `(?:,"told":\\[${count}(?:,${count})*\\])?`;
  const base = `"id":${base32},"parameters":${parameters},"secret":${sealed}${told}`;
  // A missing counter would let replays in, so only null says that there is none.
  const counts = `"since":${count},"lastCounter":(?:null|${count}),"failures":${count},"outstandingFailures":${count},"notBefore":${count}`;
  const device = `\\{${base},${counts}\\}`;
  const pending = `\\{${base},"expiresAt":${count},"failures":${count}\\}`;
  const recovery = `\\{"id":${base32},"key":${sealed},"hashes":\\[(?:${base32}(?:,${base32})*)?\\]\\}`;
  const withDevice = `"device":${device},"pending":(?:null|${pending}),"recovery":(?:null|${recovery})`;
  const withoutDevice = `"device":null,"pending":${pending},"recovery":null`;
  return new RegExp(`^\\{"version":1,(?:${withDevice}|${withoutDevice})\\}$`);
}

function isInRange({ device, pending, recovery }: State): boolean {
  return (
    (device === null || isDeviceInRange(device)) &&
    (pending === null || isPendingInRange(pending)) &&
    (recovery === null || isRecoveryInRange(recovery))
  );
}

function isDeviceInRange(device: Device): boolean {
  return (
    isBaseInRange(device) &&
    isCount(device.since) &&
    (device.lastCounter === null || isCount(device.lastCounter)) &&
    isCount(device.failures) &&
    isCount(device.outstandingFailures) &&
    isCount(device.notBefore)
  );
}

function isPendingInRange(pending: PendingDevice): boolean {
  return isBaseInRange(pending) && isCount(pending.expiresAt) && isCount(pending.failures);
}

function isBaseInRange(device: DeviceBase): boolean {
  const { id, parameters, secret } = device;
  const { period } = parameters;
  const told = toldOf(device);
  return (
    id.length === ID_LENGTH &&
    period >= 1 &&
    period <= MAX_PERIOD &&
    isSealedInRange(secret) &&
    told.length <= MOST_TOLD &&
    told.every(isCount)
  );
}

function isRecoveryInRange({ id, key, hashes }: Recovery): boolean {
  return (
    id.length === ID_LENGTH &&
    isSealedInRange(key) &&
    hashes.length <= MOST_HASHES &&
    hashes.every((hash) => hash.length === HASH_LENGTH)
  );
}

function isSealedInRange({ keyId, text }: Sealed): boolean {
  return keyId.length <= MOST_KEY_ID_CHARACTERS && text.length <= MOST_SEALED_CHARACTERS;
}

/** Beyond this JSON.parse may have rounded. */
function isCount(value: number): boolean {
  return value <= MAX_COUNTER;
}

/** 16 bytes in base32. */
const ID_LENGTH = 26;
/** 32 bytes. */
const HASH_LENGTH = 52;
const MOST_HASHES = 10;
/** As many as an enrollment has attempts by default. */
export const MOST_TOLD = 10;
/** What is longer has a length that is out of range, and may be too much for a regular expression. */
const MOST_CHARACTERS = 4096;
const MOST_KEY_ID_CHARACTERS = 40;

const KEY_ID = "[A-Za-z0-9_.:/-]+";

/** Printable ASCII that JSON writes as it is. */
const SEALED_TEXT = "[!#-[\\]-~]+";

export function isKeyId(value: unknown): boolean {
  return isShapedLike(KEY_ID, MOST_KEY_ID_CHARACTERS, value);
}

export function isSealedText(value: unknown): boolean {
  return isShapedLike(SEALED_TEXT, MOST_SEALED_CHARACTERS, value);
}

function isShapedLike(pattern: string, most: number, value: unknown): boolean {
  return typeof value === "string" && value.length <= most && new RegExp(`^${pattern}$`).test(value);
}
