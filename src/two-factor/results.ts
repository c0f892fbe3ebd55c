// What the methods take and give.
import type { TotpParameters } from "../otpauth/account.ts";
import type { Secret } from "../core/secret.ts";

/** Options of `enroll`. */
export interface EnrollOptions {
  /** Whose account it is, as the authenticator app shows it: a name or e-mail address, without a colon. */
  readonly accountName: string;
  /**
   * Whether there may be an active device already, which the new one replaces when it is confirmed. Ask the person for a
   * second factor first. Default: `false`.
   */
  readonly replace?: boolean | undefined;
}

/** What `enroll` gives: show it once, and never store it. */
export interface Enrollment {
  /** For a QR code. It holds the secret. */
  readonly uri: string;
  /** The secret in base32, for people who cannot scan. */
  readonly secret: string;
  /** Until when a code must confirm it. */
  readonly expiresAt: Date;
}

/** What `confirm` and `renewRecoveryCodes` give. */
export interface NewRecoveryCodes {
  /** Recovery codes, each of which passes once. Show them once, and never store them. */
  readonly recoveryCodes: readonly string[];
}

/** Parameters of a device, each of which may be left out. */
export type ParameterOptions = { readonly [Name in keyof TotpParameters]?: TotpParameters[Name] | undefined };

/** Options of `importDevice`. */
export interface ImportOptions {
  /** The secret that the person's authenticator app has already: base32 text or bytes, 10 to 128 bytes. */
  readonly secret: Secret;
  /** How its codes are computed. Default: the parameters of `createTwoFactor`. */
  readonly parameters?: ParameterOptions | undefined;
  /**
   * The counter of the last code that was accepted elsewhere, at most 10 time steps after the present one. Leave it out, or give `null`, if it is not known. A present
   * `undefined` throws: a misspelt column must not allow replays.
   */
  readonly after?: number | null;
}

/** What `reseal` gives. */
export interface Resealed {
  /** Whether anything was sealed by another key than the first. */
  readonly resealed: boolean;
}

/**
 * Where somebody's second factor stands.
 *
 * - `none`: nothing is there. This never means that no second factor is needed: keep that in a flag of your own.
 * - `pending`: a device waits to be confirmed, and none is active.
 * - `active`: codes pass.
 * - `restricted`: three consecutive codes pass, and recovery codes.
 * - `locked`: recovery codes pass, until a new device is confirmed.
 */
export type TwoFactorState = "none" | "pending" | "active" | "restricted" | "locked";

/** What `status` gives. */
export interface TwoFactorStatus {
  /** Where it stands. */
  readonly state: TwoFactorState;
  /** When the device became active. */
  readonly activeSince: Date | null;
  /** When the time step of the last accepted code began. */
  readonly lastCodeAt: Date | null;
  /** How many recovery codes are left. */
  readonly recoveryCodesLeft: number;
  /** Whole seconds until the next code is looked at; 0 if it is now. */
  readonly retryAfterSeconds: number;
  /** Until when a pending device can be confirmed; also beside an active one. */
  readonly pendingUntil: Date | null;
}
