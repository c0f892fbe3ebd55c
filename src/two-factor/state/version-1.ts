// Records of version 1, which stay readable forever. Version 1 sealed each secret separately, and
// counted the failures of its only device.
import type { TotpParameters } from "../../otpauth/account.ts";
import { type Limits, windowCounters } from "../policy.ts";
import { COUNT, COUNTER, ID, KEY_ID, list, matcher, orNull } from "./shape.ts";
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

const HASH_CHARACTERS = 26;
/** More chances than any record has. */
const MOST_OUTSTANDING = 1e9;
/** The latest possible date. */
const LAST_MOMENT = 8.64e15;

/** The state of a text of version 1; `undefined` for any other text. */
export function readVersion1(body: string, now: number, limits: Limits): State | undefined {
  return isShaped(body) ? upgraded(JSON.parse(body) as Version1, now, windowCounters("totp", limits)) : undefined;
}

function upgraded({ device, pending, recovery }: Version1, now: number, counters: number): State {
  // An expired one is dropped unopened, because its key may be missing.
  const waiting = pending && now < pending.expiresAt ? pending : null;
  const version1: Carried[] = [];
  const carry = (purpose: Carried["purpose"], { id, parameters }: DeviceBase, sealed: Sealed, begun: string): void => {
    version1.push({ purpose, id, parameters, sealed, begun });
  };
  if (device) carry("secret", device, device.secret, "");
  // With an active device, version 1 enrolled only to replace it.
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

/** Only an own field counts, because Object.prototype may be polluted. */
function toldOf(device: DeviceBase): readonly number[] {
  return (Object.hasOwn(device, "told") && device.told) || [];
}

/**
 * Everything that version 1 wrote. A period beyond the maximum opens nothing, because the period is
 * part of the sealing context.
 */
const isShaped = matcher(() => {
  const sealed = `\\{"keyId":"${KEY_ID}","text":"[!#-[\\]-~]{1,280}"\\}`;
  const parameters = '\\{"algorithm":"SHA-(?:1|256|512)","digits":[678],"period":[1-9][0-9]{0,4}\\}';
  const told = `(?:,"told":\\[${TOLD}(?:,${TOLD}){0,9}\\])?`;
  const base = `"id":${ID},"parameters":${parameters},"secret":${sealed}${told}`;
  const counts = `"since":${COUNT},"lastCounter":${orNull(COUNTER)},"failures":${COUNT},"outstandingFailures":${COUNT}`;
  const device = `\\{${base},${counts},"notBefore":${COUNT}\\}`;
  const pending = `\\{${base},"expiresAt":${COUNT},"failures":${COUNT}\\}`;
  const recovery = `\\{"id":${ID},"key":${sealed},"hashes":${list('"[A-Z2-7]{52}"', 10)}\\}`;
  const withDevice = `"device":${device},"pending":${orNull(pending)},"recovery":${orNull(recovery)}`;
  return `\\{"version":1,(?:${withDevice}|"device":null,"pending":${pending},"recovery":null)\\}`;
});

const TOLD = "(?:0|[1-9][0-9]{0,9})";
