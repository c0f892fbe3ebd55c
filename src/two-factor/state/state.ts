// Everything that is remembered about one person, as the decisions see it. Secrets are not here:
// they are in the vault.
import type { TotpParameters } from "../../otpauth/account.ts";

/** Something that only the sealer can open. */
export interface Sealed {
  /** Names the key. */
  readonly keyId: string;
  /** As the sealer wrote it. */
  readonly text: string;
}

/** How a device computes codes: from the time, or from a counter of its own. */
export type DeviceType = "totp" | "hotp";

/** A device whose codes pass. */
export interface Device {
  /** 128 random bits. Opaque. */
  readonly id: string;
  /** What the person calls it. */
  readonly name: string | null;
  readonly type: DeviceType;
  /** When it became active, in Unix milliseconds. */
  readonly since: number;
  /** When a code of it last passed, in Unix milliseconds. */
  readonly lastUsedAt: number | null;
  /** The highest counter that is spent, and with it all below; `null` if none is. */
  readonly lastCounter: number | null;
  /** Counters that a hint has told. They are never accepted. */
  readonly told: readonly number[];
}

/** A device whose secret was shown, but which has not proved yet that it has it. */
export interface PendingDevice extends Pick<Device, "id" | "name" | "told"> {
  /** When it is given up, in Unix milliseconds. */
  readonly expiresAt: number;
  /** Wrong codes so far. */
  readonly failures: number;
}

/** How guessing has gone so far, over all devices of the person. */
export interface Standing {
  /** Failures in a row. */
  readonly failures: number;
  /** Chances that failures have had, less three for each success, never below 0. */
  readonly outstanding: number;
  /** When the next attempt is looked at, in Unix milliseconds; 0 if immediately. */
  readonly notBefore: number;
}

/** Recovery codes that are left, by their hashes. */
export interface Recovery {
  readonly hashes: readonly string[];
  /** The one that support handed over. */
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
  /** Counts the tokens that it was given: this is the number of the present one. */
  readonly generation: number;
  /**
   * When the person passed in it, in Unix milliseconds. Under the token's MAC, as `expiresAt` is.
   */
  readonly verifiedAt: number;
  readonly expiresAt: number;
  /** When the present token was made. */
  readonly steppedAt: number;
}

/** The codes that the app sends for one purpose: how many there were, and the last one. */
export interface Issued {
  readonly purpose: string;
  /** The UTC day that `count` is of, in days since 1970. */
  readonly day: number;
  /** How many codes were made on that day. */
  readonly count: number;
  /** What the code is derived from, beside the person's key, the purpose and the request. */
  readonly nonce: string;
  /** Recognizes the request. */
  readonly tag: string;
  /** In Unix milliseconds; 0 for a code that is spent. */
  readonly expiresAt: number;
  readonly resendAt: number;
  /** Wrong codes so far. */
  readonly tries: number;
}

/** A text that version 1 sealed, with what its context is made of. */
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
  /** `null` if nothing is secret yet, or if version 1 wrote the record. */
  readonly vault: Sealed | null;
  /** What version 1 sealed, for a record that it wrote; `null` for any other. */
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

/** The device of that id. */
export function deviceOf({ devices }: State, deviceId: string): Device | undefined {
  return devices.find(({ id }) => id === deviceId);
}

export function deviceIds({ devices }: State): string {
  return devices.map(({ id }) => id).join();
}

/** The state with one of its devices changed. */
export function withDevice(state: State, device: Device): State {
  return { ...state, devices: state.devices.map((each) => (each.id === device.id ? device : each)) };
}

export function recoveryCodesLeft({ recovery }: State): number {
  return recovery === null ? 0 : recovery.hashes.length;
}
