// The state of one person, as decisions see it. Secrets are not here but in the vault.
import type { TotpParameters } from "../../otpauth/account.ts";

/** A text that only the sealer can open. */
export interface Sealed {
  /** The name of the key. */
  readonly keyId: string;
  /** As the sealer wrote it. */
  readonly text: string;
}

/** How a device computes codes: from the time, or from its own counter. */
export type DeviceType = "totp" | "hotp";

/** A device whose codes pass. */
export interface Device {
  /** 128 random bits. Opaque. */
  readonly id: string;
  /** The name that the person chose. */
  readonly name: string | null;
  readonly type: DeviceType;
  /** When it became active, in Unix milliseconds. */
  readonly since: number;
  /** When one of its codes last passed, in Unix milliseconds. */
  readonly lastUsedAt: number | null;
  /** The highest used counter; all below are used too. `null` if none. */
  readonly lastCounter: number | null;
  /** Counters disclosed by a hint. They are never accepted. */
  readonly told: readonly number[];
}

/** A device whose secret was shown, but which has not yet proved that it has it. */
export interface PendingDevice extends Pick<Device, "id" | "name" | "told"> {
  /** When it expires, in Unix milliseconds. */
  readonly expiresAt: number;
  /** Wrong codes so far. */
  readonly failures: number;
}

/** The counts of guessing, over all devices of the person. */
export interface Standing {
  /** Consecutive failures. */
  readonly failures: number;
  /** The chances of all failures, minus three for each success, never below 0. */
  readonly outstanding: number;
  /** When the next attempt is checked, in Unix milliseconds; 0 for immediately. */
  readonly notBefore: number;
}

/** The hashes of the remaining recovery codes. */
export interface Recovery {
  readonly hashes: readonly string[];
  /** The one made for support. */
  readonly issued: IssuedRecovery | null;
}

export interface IssuedRecovery {
  readonly hash: string;
  readonly expiresAt: number;
}

/** A remembered browser. */
export interface Browser {
  /** 128 random bits. Opaque. */
  readonly id: string;
  readonly name: string | null;
  /** The number of its current token. */
  readonly generation: number;
  /**
   * When the person passed in it, in Unix milliseconds. The token's MAC covers it, and `expiresAt`.
   */
  readonly verifiedAt: number;
  readonly expiresAt: number;
  /** When the current token was made. */
  readonly steppedAt: number;
}

/** The codes that the app sends for one purpose: a count, and the last one. */
export interface Issued {
  readonly purpose: string;
  /** The UTC day of `count`, in days since 1970. */
  readonly day: number;
  /** How many codes were made on that day. */
  readonly count: number;
  /** The code is derived from this, the person's key, the purpose and the request. */
  readonly nonce: string;
  /** Identifies the request. */
  readonly tag: string;
  /** In Unix milliseconds; 0 for a used code. */
  readonly expiresAt: number;
  readonly resendAt: number;
  /** Wrong codes so far. */
  readonly tries: number;
}

/** A text sealed by version 1, with the parts of its context. */
export interface Carried {
  readonly purpose: "secret" | "pending-secret" | "recovery-codes";
  readonly id: string;
  readonly parameters: TotpParameters;
  readonly sealed: Sealed;
  /** As in `DeviceSecret`. */
  readonly begun: string;
}

/** All two-factor state of one person. */
export interface State extends Standing {
  /** `null` if there are no secrets yet, or if version 1 wrote the record. */
  readonly vault: Sealed | null;
  /** The texts sealed by version 1, for a record of version 1; `null` for any other. */
  readonly version1: readonly Carried[] | null;
  readonly devices: readonly Device[];
  readonly pending: PendingDevice | null;
  readonly recovery: Recovery | null;
  readonly browsers: readonly Browser[];
  readonly issued: readonly Issued[];
}

export const NO_STATE: State = {
  vault: null,
  version1: null,
  failures: 0,
  outstanding: 0,
  notBefore: 0,
  devices: [],
  pending: null,
  recovery: null,
  browsers: [],
  issued: [],
};

/** The device with that id. */
export function deviceOf({ devices }: State, deviceId: string): Device | undefined {
  return devices.find(({ id }) => id === deviceId);
}

export function deviceIds({ devices }: State): string {
  return devices.map(({ id }) => id).join();
}

/** The state with one device changed. */
export function withDevice(state: State, device: Device): State {
  return { ...state, devices: state.devices.map((each) => (each.id === device.id ? device : each)) };
}

export function recoveryCodesLeft({ recovery }: State): number {
  return recovery === null ? 0 : recovery.hashes.length;
}
