// Two-factor records as version 0.1.0 wrote them, with all that is known of them. make-records.mjs
// made them.
import { readFileSync } from "node:fs";

import type { TotpParameters } from "../../../src/otpauth/account.ts";
import type { Policy, TwoFactorRecord, TwoFactorState } from "../../../src/two-factor/index.ts";

/** What computes the codes of a device. */
export interface KnownDevice {
  /** In base32. */
  readonly secret: string;
  readonly parameters: TotpParameters;
}

export interface RecordOfVersion1 {
  /** How it came about. */
  readonly name: string;
  readonly userId: string;
  /** When it was written, in Unix milliseconds. */
  readonly now: number;
  /** The keys that open it, the one that seals first. Without a sealer they are in KEYS. */
  readonly keyIds: readonly string[];
  /** What differs from the default limits. */
  readonly policy?: Policy;
  /** How its sealed texts are made, if not by KEYS: longSealer of long-sealer.mjs opens them. */
  readonly sealer?: string;
  readonly record: TwoFactorRecord;
  readonly active: KnownDevice | null;
  /** The device that waits to be confirmed, or that was given up. */
  readonly pending: KnownDevice | null;
  /** Recovery codes that pass. */
  readonly recoveryCodes: readonly string[];
  /** Recovery codes that passed, and those that others took the place of. */
  readonly spentRecoveryCodes: readonly string[];
  /**
   * The last code of the active device that is spent: accepted, here or before the import, or
   * beside a wrong one.
   */
  readonly lastCode: string | null;
  /** What `status` of version 0.1.0 told at that time, with dates as ISO text. */
  readonly status: {
    readonly state: TwoFactorState;
    readonly activeSince: string | null;
    readonly lastCodeAt: string | null;
    readonly recoveryCodesLeft: number;
    readonly retryAfterSeconds: number;
    readonly pendingUntil: string | null;
  };
}

const { keys, records } = JSON.parse(readFileSync(new URL("records.json", import.meta.url), "utf8")) as {
  readonly keys: Readonly<Record<string, string>>;
  readonly records: readonly RecordOfVersion1[];
};

export const RECORDS: readonly RecordOfVersion1[] = records;

/** Sealing keys by their ids. */
export const KEYS: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(keys).map(([id, hex]) => [id, Uint8Array.from(Buffer.from(hex, "hex"))]),
);
