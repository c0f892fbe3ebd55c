// The stored text of version 2. What is read back must be exactly what was written. Lists hold rows instead of objects: with a
// name for each field, five devices and five browsers would not fit into 8 KB.
import { MAX_COUNTER } from "../../core/parameters.ts";
import { encodeUtf8 } from "../../core/utf8.ts";
import { isName } from "../../otpauth/label.ts";
import type { Limits } from "../policy.ts";
import { TwoFactorError } from "../two-factor-error.ts";
import type {
  Browser,
  Device,
  DeviceType,
  Issued,
  IssuedNow,
  PendingDevice,
  Recovery,
  Sealed,
  State,
} from "./state.ts";
import { readVersion1 } from "./version-1.ts";

/** The longest sealed text. With it, the largest state has less than 8 KB. */
export const MOST_SEALED_CHARACTERS = 4096;
const MOST_KEY_ID_CHARACTERS = 40;
const MOST_CHARACTERS = 8192;
const MOST_NAME_BYTES = 128;

export const MOST_DEVICES = 5;
export const MOST_BROWSERS = 5;
export const MOST_PURPOSES = 3;
const MOST_HASHES = 10;

/** Told counters of one device, and of a person together with the pending one. */
export const MOST_TOLD = 10;
export const MOST_TOLD_TOGETHER: number = 2 * MOST_TOLD;
/** Ten digits, and far away. */
export const MOST_TOLD_COUNTER = 9_999_999_999;

type DeviceRow = readonly [
  id: string,
  name: string | null,
  type: DeviceType,
  since: number,
  lastUsedAt: number | null,
  lastCounter: number | null,
  told: readonly number[],
];
type PendingRow = readonly [
  id: string,
  name: string | null,
  expiresAt: number,
  failures: number,
  told: readonly number[],
];
type BrowserRow = readonly [
  id: string,
  name: string | null,
  generation: number,
  verifiedAt: number,
  expiresAt: number,
  steppedAt: number,
];
type IssuedRow = readonly [purpose: string, day: number, count: number, code: IssuedNowRow | null];
type IssuedNowRow = readonly [nonce: string, tag: string, expiresAt: number, resendAt: number, tries: number];

interface Stored {
  readonly version: 2;
  readonly vault: Sealed | null;
  readonly failures: number;
  readonly outstanding: number;
  readonly notBefore: number;
  readonly devices: readonly DeviceRow[];
  readonly pending: PendingRow | null;
  readonly recovery:
    readonly [hashes: readonly string[], issued: readonly [hash: string, expiresAt: number] | null] | null;
  readonly browsers: readonly BrowserRow[];
  readonly issued: readonly IssuedRow[];
}

/** One spelling for each state. */
export function serialize(state: State): string {
  const { vault, failures, outstanding, notBefore, devices, pending, recovery, browsers, issued } = state;
  const stored: Stored = {
    version: 2,
    vault: vault && { keyId: vault.keyId, text: vault.text },
    failures,
    outstanding,
    notBefore,
    devices: devices.map((each) => [
      each.id,
      each.name,
      each.type,
      each.since,
      each.lastUsedAt,
      each.lastCounter,
      each.told,
    ]),
    pending: pending && [pending.id, pending.name, pending.expiresAt, pending.failures, pending.told],
    recovery: recovery && [recovery.hashes, recovery.issued && [recovery.issued.hash, recovery.issued.expiresAt]],
    browsers: browsers.map((each) => [
      each.id,
      each.name,
      each.generation,
      each.verifiedAt,
      each.expiresAt,
      each.steppedAt,
    ]),
    issued: issued.map(({ purpose, day, count, code }) => [purpose, day, count, code && issuedNowRow(code)]),
  };
  return JSON.stringify(stored);
}

function issuedNowRow({ nonce, tag, expiresAt, resendAt, tries }: IssuedNow): IssuedNowRow {
  return [nonce, tag, expiresAt, resendAt, tries];
}

/** The state in a stored text of either version. Any other text is corrupt. */
export function parse(body: unknown, now: number, limits: Limits): State {
  // The text is looked at before it is parsed: a field that is missing, twice there, or spelled in another way, and so might stand
  // for another counter, is another text.
  if (typeof body === "string" && body.length < MOST_CHARACTERS) {
    const state = (shape ??= shapeOfText()).test(body)
      ? readStored(JSON.parse(body) as Stored)
      : readVersion1(body, now, limits);
    if (state && isInRange(state)) return state;
  }
  throw new TwoFactorError("state-corrupt");
}

function readStored({ vault, failures, outstanding, notBefore, ...lists }: Stored): State {
  const { devices, pending, recovery, browsers, issued } = lists;
  return {
    vault,
    version1: null,
    failures,
    outstanding,
    notBefore,
    devices: devices.map(readDevice),
    pending: pending && readPending(pending),
    recovery: recovery && readRecovery(recovery),
    browsers: browsers.map(readBrowser),
    issued: issued.map(readIssued),
  };
}

function readDevice([id, name, type, since, lastUsedAt, lastCounter, told]: DeviceRow): Device {
  return { id, name, type, since, lastUsedAt, lastCounter, told };
}

function readPending([id, name, expiresAt, failures, told]: PendingRow): PendingDevice {
  return { id, name, expiresAt, failures, told };
}

function readRecovery([hashes, issued]: NonNullable<Stored["recovery"]>): Recovery {
  return { hashes, issued: issued && { hash: issued[0], expiresAt: issued[1] } };
}

function readBrowser([id, name, generation, verifiedAt, expiresAt, steppedAt]: BrowserRow): Browser {
  return { id, name, generation, verifiedAt, expiresAt, steppedAt };
}

function readIssued([purpose, day, count, code]: IssuedRow): Issued {
  if (code === null) return { purpose, day, count, code };
  const [nonce, tag, expiresAt, resendAt, tries] = code;
  return { purpose, day, count, code: { nonce, tag, expiresAt, resendAt, tries } };
}

const KEY_ID = "[A-Za-z0-9_.:/-]+";
/** Printable ASCII that JSON writes as it is. */
const SEALED_TEXT = "[!#-[\\]-~]+";
/** The same with spaces. */
const PURPOSE = "[ !#-[\\]-~]{1,32}";
/** 16 bytes in base32. */
const ID = '"[A-Z2-7]{26}"';
/** Below 9 × 10^15, so JSON.parse does not round, and beyond every date. */
const COUNT = "(?:0|[1-9][0-9]{0,14}|[1-8][0-9]{15})";
const COUNTER = "(?:0|[1-9][0-9]{0,15})";

let shape: RegExp | undefined;

/** All that serialize may write, except for the length of lists and names, and the size of numbers. */
function shapeOfText(): RegExp {
  const name = '(?:null|"(?:[^"\\\\\\0-\\x1f]|\\\\["\\\\])+")';
  const vault = `(?:null|\\{"keyId":"${KEY_ID}","text":"${SEALED_TEXT}"\\})`;
  // A missing counter would let replays in, so only null says that there is none.
  const device = row(ID, name, '"[th]otp"', COUNT, orNull(COUNT), orNull(COUNTER), list(COUNT));
  const pending = row(ID, name, COUNT, COUNT, list(COUNT));
  const recovery = row(list(ID), orNull(row(ID, COUNT)));
  const browser = row(ID, name, COUNT, COUNT, COUNT, COUNT);
  const issued = row(`"${PURPOSE}"`, COUNT, COUNT, orNull(row(ID, ID, COUNT, COUNT, COUNT)));
  return new RegExp(
    `^\\{"version":2,"vault":${vault},"failures":${COUNT},"outstanding":${COUNT},"notBefore":${COUNT},` +
      `"devices":${list(device)},"pending":${orNull(pending)},"recovery":${orNull(recovery)},` +
      `"browsers":${list(browser)},"issued":${list(issued)}\\}$`,
  );
}

function row(...fields: readonly string[]): string {
  return `\\[${fields.join(",")}\\]`;
}

function list(item: string): string {
  return `\\[(?:${item}(?:,${item})*)?\\]`;
}

function orNull(item: string): string {
  return `(?:null|${item})`;
}

function isInRange(state: State): boolean {
  const { vault, devices, pending, recovery, browsers, issued } = state;
  const named = pending ? [...devices, ...browsers, pending] : [...devices, ...browsers];
  const told = pending ? [...devices, pending].map((each) => each.told) : devices.map((each) => each.told);
  return (
    (vault === null || isSealed(vault)) &&
    // Nothing of a person without a device may pass later.
    (devices.length > 0 || (recovery === null && browsers.length === 0)) &&
    devices.length <= MOST_DEVICES &&
    browsers.length <= MOST_BROWSERS &&
    issued.length <= MOST_PURPOSES &&
    (recovery === null || recovery.hashes.length <= MOST_HASHES) &&
    told.every((each) => each.length <= MOST_TOLD && each.every((counter) => counter <= MOST_TOLD_COUNTER)) &&
    told.flat().length <= MOST_TOLD_TOGETHER &&
    named.every(({ name }) => name === null || isStoredName(name)) &&
    areDistinct(named.map(({ id }) => id)) &&
    areDistinct(issued.map(({ purpose }) => purpose)) &&
    // Beyond 2^53 JSON.parse may have rounded.
    devices.every(({ lastCounter }) => lastCounter === null || lastCounter <= MAX_COUNTER)
  );
}

function areDistinct(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}

function isSealed({ keyId, text }: Sealed): boolean {
  return keyId.length <= MOST_KEY_ID_CHARACTERS && text.length <= MOST_SEALED_CHARACTERS;
}

export function isKeyId(value: unknown): value is string {
  return isShapedLike(KEY_ID, MOST_KEY_ID_CHARACTERS, value);
}

export function isSealedText(value: unknown): value is string {
  return isShapedLike(SEALED_TEXT, MOST_SEALED_CHARACTERS, value);
}

export function isPurpose(value: unknown): value is string {
  return isShapedLike(PURPOSE, 32, value);
}

function isShapedLike(pattern: string, most: number, value: unknown): boolean {
  return typeof value === "string" && value.length <= most && new RegExp(`^${pattern}$`).test(value);
}

/** Whether a name may be stored. A quotation mark or backslash takes two bytes. */
export function isStoredName(value: unknown): value is string {
  if (!isName(value) || value.length > MOST_NAME_BYTES) return false;
  return (encodeUtf8(JSON.stringify(value)) as Uint8Array).length - 2 <= MOST_NAME_BYTES;
}
