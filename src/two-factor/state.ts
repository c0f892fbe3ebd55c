// The document of one user: all that is remembered, as it is stored. What is read back must be exactly what was written.
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
  // The text is looked at before it is parsed: a field that is missing, additional, twice there, or spelt in another way, and so may
  // stand for another counter, is another text.
  if (typeof body === "string" && (shape ??= shapeOfText()).test(body)) {
    const state = JSON.parse(body) as State;
    if (isInRange(state)) return state;
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

let shape: RegExp | undefined;

/** All that serialize may write, but for the size of numbers. Nothing in it needs an escape. */
function shapeOfText(): RegExp {
  const id = '"[A-Z2-7]{26}"'; // 16 bytes in base32
  const hash = '"[A-Z2-7]{52}"'; // 32 bytes
  const count = "(?:0|[1-9][0-9]{0,15})";
  const sealed = `\\{"keyId":"${KEY_ID}","text":"${SEALED_TEXT}"\\}`;
  const parameters = '\\{"algorithm":"SHA-(?:1|256|512)","digits":[678],"period":[1-9][0-9]{0,4}\\}';
  const base = `"id":${id},"parameters":${parameters},"secret":${sealed}`;
  // A missing counter would let replays in, so only null says that there is none.
  const counts = `"since":${count},"lastCounter":(?:null|${count}),"failures":${count},"outstandingFailures":${count},"notBefore":${count}`;
  const device = `\\{${base},${counts}\\}`;
  const pending = `\\{${base},"expiresAt":${count},"failures":${count}\\}`;
  const recovery = `\\{"id":${id},"key":${sealed},"hashes":\\[(?:${hash}(?:,${hash}){0,${MOST_HASHES - 1}})?\\]\\}`;
  const withDevice = `"device":${device},"pending":(?:null|${pending}),"recovery":(?:null|${recovery})`;
  const withoutDevice = `"device":null,"pending":${pending},"recovery":null`;
  return new RegExp(`^\\{"version":1,(?:${withDevice}|${withoutDevice})\\}$`);
}

function isInRange({ device, pending }: State): boolean {
  return (
    (device === null ||
      (isPeriod(device) &&
        isCount(device.since) &&
        (device.lastCounter === null || isCount(device.lastCounter)) &&
        isCount(device.failures) &&
        isCount(device.outstandingFailures) &&
        isCount(device.notBefore))) &&
    (pending === null || (isPeriod(pending) && isCount(pending.expiresAt) && isCount(pending.failures)))
  );
}

function isPeriod({ parameters: { period } }: DeviceBase): boolean {
  return period <= 86_400;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value);
}

const KEY_ID = "[A-Za-z0-9_.:/-]{1,40}";

/** Printable ASCII that JSON writes as it is. */
const SEALED_TEXT = `[!#-[\\]-~]{1,${MOST_SEALED_CHARACTERS}}`;

export function isKeyId(value: unknown): boolean {
  return isShapedLike(KEY_ID, value);
}

export function isSealedText(value: unknown): boolean {
  return isShapedLike(SEALED_TEXT, value);
}

function isShapedLike(pattern: string, value: unknown): boolean {
  return typeof value === "string" && new RegExp(`^${pattern}$`).test(value);
}
