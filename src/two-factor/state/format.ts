// The stored text of version 2. Only exactly what was written can be read back. Lists hold rows
// instead of objects: with field names, five devices and five browsers would not fit into 8 KB.
import { MAX_COUNTER } from "../../core/parameters.ts";
import { encodeUtf8 } from "../../core/utf8.ts";
import { isName } from "../../otpauth/label.ts";
import type { Limits } from "../policy.ts";
import { TwoFactorError } from "../two-factor-error.ts";
import { COUNT, COUNTER, ID, KEY_ID, list, matcher, orNull, SEALED_TEXT, TAG } from "./shape.ts";
import type { Browser, Device, Issued, IssuedRecovery, PendingDevice, Sealed, State } from "./state.ts";
import { readVersion1 } from "./version-1.ts";

/** The longest sealed text. With it, the largest state stays below 8 KB. */
export const MOST_SEALED_CHARACTERS = 4096;
const MOST_CHARACTERS = 8192;
const MOST_NAME_BYTES = 128;

export const MOST_DEVICES = 5;
export const MOST_BROWSERS = 5;
export const MOST_PURPOSES = 3;
const MOST_HASHES = 10;

/** Disclosed counters per device, and per person including the pending device. */
export const MOST_TOLD = 10;
export const MOST_TOLD_TOGETHER: number = 2 * MOST_TOLD;
/** Ten digits, far in the future. */
export const MOST_TOLD_COUNTER = 9_999_999_999;

// The fields of each row, in order.
const DEVICE: Fields<Device> = ["id", "name", "type", "since", "lastUsedAt", "lastCounter", "told"];
const PENDING: Fields<PendingDevice> = ["id", "name", "expiresAt", "failures", "told"];
const ISSUED_RECOVERY: Fields<IssuedRecovery> = ["hash", "expiresAt"];
const BROWSER: Fields<Browser> = ["id", "name", "generation", "verifiedAt", "expiresAt", "steppedAt"];
const ISSUED: Fields<Issued> = ["purpose", "day", "count", "nonce", "tag", "expiresAt", "resendAt", "tries"];

type Fields<Type> = readonly (keyof Type)[];
type Row = readonly unknown[];

interface Stored {
  readonly version: 2;
  readonly vault: Sealed | null;
  readonly failures: number;
  readonly outstanding: number;
  readonly notBefore: number;
  readonly devices: readonly Row[];
  readonly pending: Row | null;
  readonly recovery: readonly [hashes: readonly string[], issued: Row | null] | null;
  readonly browsers: readonly Row[];
  readonly issued: readonly Row[];
}

/** Each state has exactly one text. */
export function serialize(state: State): string {
  const { vault, failures, outstanding, notBefore, devices, pending, recovery, browsers, issued } = state;
  const stored: Stored = {
    version: 2,
    vault: vault && { keyId: vault.keyId, text: vault.text },
    failures,
    outstanding,
    notBefore,
    devices: devices.map((each) => toRow(DEVICE, each)),
    pending: pending && toRow(PENDING, pending),
    recovery: recovery && [recovery.hashes, recovery.issued && toRow(ISSUED_RECOVERY, recovery.issued)],
    browsers: browsers.map((each) => toRow(BROWSER, each)),
    issued: issued.map((each) => toRow(ISSUED, each)),
  };
  return JSON.stringify(stored);
}

function toRow<Type>(fields: Fields<Type>, value: Type): Row {
  return fields.map((field) => value[field]);
}

function fromRow<Type>(fields: Fields<Type>, row: Row): Type {
  return Object.fromEntries(fields.map((field, index) => [field, row[index]])) as Type;
}

/** The state of a stored text of either version. Any other text is corrupt. */
export function parse(body: unknown, now: number, limits: Limits): State {
  // The text is matched before it is parsed: a missing, repeated or differently spelled field,
  // which might change a counter, does not match.
  if (typeof body === "string" && body.length < MOST_CHARACTERS) {
    const state = isShaped(body) ? readStored(JSON.parse(body) as Stored) : readVersion1(body, now, limits);
    if (state && isInRange(state)) return state;
  }
  throw new TwoFactorError("state-corrupt");
}

function readStored(stored: Stored): State {
  const { vault, failures, outstanding, notBefore, pending, recovery } = stored;
  return {
    vault,
    version1: null,
    failures,
    outstanding,
    notBefore,
    devices: stored.devices.map(readDevice),
    pending: pending && fromRow(PENDING, pending),
    recovery: recovery && { hashes: recovery[0], issued: recovery[1] && fromRow(ISSUED_RECOVERY, recovery[1]) },
    browsers: stored.browsers.map((row) => fromRow(BROWSER, row)),
    issued: stored.issued.map((row) => fromRow(ISSUED, row)),
  };
}

/** The same as fromRow in a tenth of the time, because every login reads one. */
function readDevice(row: Row): Device {
  const [id, name, type, since, lastUsedAt, lastCounter, told] = row as readonly never[];
  return { id, name, type, since, lastUsedAt, lastCounter, told } as unknown as Device;
}

const PURPOSE = "[ !#-[\\]-~]{1,32}";

/**
 * Everything that serialize can write, except for the length of names and the size of some numbers.
 */
const isShaped = matcher(() => {
  const name = '(?:null|"(?:[^"\\\\\\0-\\x1f]|\\\\["\\\\])+")';
  const told = list("(?:0|[1-9][0-9]{0,9})", MOST_TOLD);
  // A missing counter would allow replays, so only null means none.
  const device = row(ID, name, '"[th]otp"', COUNT, orNull(COUNT), orNull(COUNTER), told);
  const issued = row(`"${PURPOSE}"`, COUNT, COUNT, ID, TAG, COUNT, COUNT, COUNT);
  return (
    `\\{"version":2,"vault":${orNull(`\\{"keyId":"${KEY_ID}","text":"${SEALED_TEXT}"\\}`)},` +
    `"failures":${COUNT},"outstanding":${COUNT},"notBefore":${COUNT},"devices":${list(device, MOST_DEVICES)},` +
    `"pending":${orNull(row(ID, name, COUNT, COUNT, told))},` +
    `"recovery":${orNull(row(list(TAG, MOST_HASHES), orNull(row(TAG, COUNT))))},` +
    `"browsers":${list(row(ID, name, COUNT, COUNT, COUNT, COUNT), MOST_BROWSERS)},` +
    `"issued":${list(issued, MOST_PURPOSES)}\\}`
  );
});

function row(...fields: readonly string[]): string {
  return `\\[${fields.join(",")}\\]`;
}

function isInRange(state: State): boolean {
  const { vault, devices, pending, recovery, browsers, issued } = state;
  const waiting = pending ? [pending] : [];
  const isOpen = devices.length === 0 && pending === null && issued.every(({ expiresAt }) => expiresAt === 0);
  const named = [...devices, ...browsers, ...waiting];
  return (
    // Everything that needs a secret has one.
    (vault ? vault.text.length <= MOST_SEALED_CHARACTERS : isOpen || state.version1 !== null) &&
    // A person without a device has nothing that could pass later.
    (devices.length > 0 || (recovery === null && browsers.length === 0)) &&
    [...devices, ...waiting].flatMap(({ told }) => told).length <= MOST_TOLD_TOGETHER &&
    named.every(({ name }) => name === null || isStoredName(name)) &&
    areDistinct(named.map(({ id }) => id)) &&
    areDistinct(issued.map(({ purpose }) => purpose)) &&
    // Beyond 2^53, JSON.parse may have rounded.
    devices.every(({ lastCounter }) => lastCounter === null || lastCounter <= MAX_COUNTER)
  );
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

const isKeyIdText = matcher(() => KEY_ID);
const isSealed = matcher(() => SEALED_TEXT);
const isPurposeText = matcher(() => PURPOSE);

export function isKeyId(value: unknown): value is string {
  return typeof value === "string" && isKeyIdText(value);
}

export function isSealedText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_SEALED_CHARACTERS && isSealed(value);
}

export function isPurpose(value: unknown): value is string {
  return typeof value === "string" && isPurposeText(value);
}

/** Whether a name may be stored. A quotation mark or backslash takes two bytes. */
export function isStoredName(value: unknown): value is string {
  if (!isName(value) || value.length > MOST_NAME_BYTES) return false;
  return (encodeUtf8(JSON.stringify(value)) as Uint8Array).length - 2 <= MOST_NAME_BYTES;
}
