// The result of every way to pass.
import type { TwoFactorMethod } from "./events.ts";

/** The person may pass; how and when. */
export interface PassedBy {
  /** How the person passed. */
  readonly method: TwoFactorMethod;
  /** When, by `clock`. Store it in the session for `requireRecent`. */
  readonly at: Date;
  /** The device whose code passed; `null` for a recovery code. */
  readonly deviceId: string | null;
  /** The number of remaining recovery codes. */
  readonly recoveryCodesLeft: number;
}
