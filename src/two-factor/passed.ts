// What every way to pass answers with.
import type { TwoFactorMethod } from "./events.ts";

/** That the person may pass, and by what. */
export interface PassedBy {
  /** By what. */
  readonly method: TwoFactorMethod;
  /** When, by `clock`. Keep it in the session for `requireRecent`. */
  readonly at: Date;
  /** By which device; `null` for a recovery code. */
  readonly deviceId: string | null;
  /** How many recovery codes are left. */
  readonly recoveryCodesLeft: number;
}
