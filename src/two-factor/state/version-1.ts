// Records of version 1, which are read for ever. Version 1 sealed each secret by itself, and counted the failures of its one device.
import { MAX_COUNTER, MAX_PERIOD } from "../../core/parameters.ts";
import type { TotpParameters } from "../../otpauth/account.ts";
import { type Limits, windowCounters } from "../policy.ts";
import { type Carried, NO_STATE, type Sealed, type State } from "./state.ts";

interface DeviceBase {
  readonly id: string;
  readonly parameters: TotpParameters;
  readonly secret: Sealed;
  /** Only some records have it. */
  readonly told?: readonly number[];
}

interface Device extends DeviceBase {
  readonly since: number;
  readonly lastCounter: number | null;
  readonly failures: number;
  readonly outstandingFailures: number;
  readonly notBefore: number;
}

interface Pending extends DeviceBase {
  readonly expiresAt: number;
  readonly failures: number;
}

interface Recovery {
  readonly id: string;
  readonly key: Sealed;
  readonly hashes: readonly string[];
}

interface Version1 {
  readonly device: Device | null;
  readonly pending: Pending | null;
  readonly recovery: Recovery | null;
}

const MOST_SEALED_CHARACTERS = 280;
const MOST_KEY_ID_CHARACTERS = 40;
const HASH_CHARACTERS = 26;
/** More than any chances that anybody had. */
const MOST_OUTSTANDING = 1e9;
/** Beyond this there is no date. */
const LAST_MOMENT = 8.64e15;

/** The state in the text of version 1; nothing if it is not such a text. */
export function readVersion1(body: string, now: number, limits: Limits): State | undefined {
  if (!(shape ??= shapeOfText()).test(body)) return undefined;
  const stored = JSON.parse(body) as Version1;
  return isInRange(stored) ? upgraded(stored, now, windowCounters("totp", limits)) : undefined;
}

function upgraded({ device, pending, recovery }: Version1, now: number, counters: number): State {
  // The key of one that expired may be gone, and nothing opens it any more.
  const waiting = pending && now < pending.expiresAt ? pending : null;
  const version1: Carried[] = [];
  const carry = (purpose: Carried["purpose"], { id, parameters }: DeviceBase, sealed: Sealed, begun: string): void => {
    version1.push({ purpose, id, parameters, sealed, begun });
  };
  if (device) carry("secret", device, device.secret, "");
  // Beside an active device, version 1 enrolled only to replace it.
  if (waiting) carry("pending-secret", waiting, waiting.secret, device ? device.id : "first");
  if (device && recovery) carry("recovery-codes", device, recovery.key, "");
  return {
    ...NO_STATE,
    version1,
    failures: device?.failures ?? 0,
    outstanding: Math.min((device?.outstandingFailures ?? 0) * counters, MOST_OUTSTANDING),
    notBefore: device?.notBefore ?? 0,
    devices: device ? [upgradedDevice(device)] : [],
    pending: waiting && {
      id: waiting.id,
      name: null,
      told: toldOf(waiting),
      expiresAt: waiting.expiresAt,
      failures: waiting.failures,
    },
    recovery: recovery && { hashes: recovery.hashes.map((hash) => hash.slice(0, HASH_CHARACTERS)), issued: null },
  };
}

function upgradedDevice(device: Device): State["devices"][number] {
  const { id, since, lastCounter, parameters } = device;
  const usedAt = lastCounter === null ? Infinity : lastCounter * parameters.period * 1000;
  const lastUsedAt = usedAt > LAST_MOMENT ? null : usedAt;
  return { id, name: null, type: "totp", since, lastUsedAt, lastCounter, told: toldOf(device) };
}

/** Only a field of its own counts: a polluted Object.prototype has others. */
function toldOf(device: DeviceBase): readonly number[] {
  return (Object.hasOwn(device, "told") && device.told) || [];
}

let shape: RegExp | undefined;

/** All that version 1 wrote, except for lengths and the size of numbers. */
function shapeOfText(): RegExp {
  const base32 = '"[A-Z2-7]+"';
  const count = "(?:0|[1-9][0-9]*)";
  const sealed = '\\{"keyId":"[A-Za-z0-9_.:/-]+","text":"[!#-[\\]-~]+"\\}';
  const parameters = `\\{"algorithm":"SHA-(?:1|256|512)","digits":[678],"period":${count}\\}`;
  const told = `(?:,"told":\\[${count}(?:,${count})*\\])?`;
  const base = `"id":${base32},"parameters":${parameters},"secret":${sealed}${told}`;
  const counts = `"since":${count},"lastCounter":(?:null|${count}),"failures":${count},"outstandingFailures":${count},"notBefore":${count}`;
  const device = `\\{${base},${counts}\\}`;
  const pending = `\\{${base},"expiresAt":${count},"failures":${count}\\}`;
  const recovery = `\\{"id":${base32},"key":${sealed},"hashes":\\[(?:${base32}(?:,${base32})*)?\\]\\}`;
  const withDevice = `"device":${device},"pending":(?:null|${pending}),"recovery":(?:null|${recovery})`;
  const withoutDevice = `"device":null,"pending":${pending},"recovery":null`;
  return new RegExp(`^\\{"version":1,(?:${withDevice}|${withoutDevice})\\}$`);
}

function isInRange({ device, pending, recovery }: Version1): boolean {
  const bases = [device, pending].filter((each) => each !== null);
  const numbers = bases.flatMap((each) => [...Object.values(each).filter((value) => typeof value === "number")]);
  return (
    numbers.every((value) => value <= MAX_COUNTER) &&
    bases.every(
      ({ id, parameters: { period }, secret }) =>
        id.length === 26 && period >= 1 && period <= MAX_PERIOD && isSealed(secret),
    ) &&
    (recovery === null ||
      (recovery.id.length === 26 &&
        isSealed(recovery.key) &&
        recovery.hashes.length <= 10 &&
        recovery.hashes.every((hash) => hash.length === 52)))
  );
}

function isSealed({ keyId, text }: Sealed): boolean {
  return keyId.length <= MOST_KEY_ID_CHARACTERS && text.length <= MOST_SEALED_CHARACTERS;
}
