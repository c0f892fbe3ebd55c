// The only error of the two-factor flow. Web frameworks read status, headers and expose from it, so
// that even an unhandled error is answered correctly. Messages and fields never contain a secret or
// a code.
import { readOptions } from "../core/parameters.ts";

/**
 * The stable code of each {@link TwoFactorError}. Messages may change in any release, codes do not.
 *
 * Caused by people:
 * - `code-rejected` (401): the code is wrong, malformed or already used; or the recovery code is
 *   wrong or already used.
 * - `clock-off` (401): the codes are right, but the device's clock is wrong; see `clockOffSeconds`.
 *   These codes never pass later.
 * - `throttled` (429): a delay after failures is running, and the code was not checked; or a code
 *   was requested too early or too often. See `retryAfterSeconds`.
 * - `restricted` (429): too many failures over time. Only three consecutive codes or a recovery
 *   code pass. The code was not checked.
 * - `locked` (429): too many consecutive failures. Only a recovery code passes, until `unlock`, or
 *   until a new device replaces the only one.
 * - `not-enrolled` (409): no device is active. This never means that no second factor is required.
 * - `already-enrolled` (409): a device is active, and neither `add` nor `replace` was given; or the
 *   secret is active or pending.
 * - `not-pending` (409): no enrollment is pending: there was none, it expired, or too many codes
 *   were wrong.
 * - `already-confirmed` (409): the device is already active; this is a repeated call.
 * - `superseded` (409): another call changed the same thing first; for example, another device is
 *   pending.
 * - `device-unknown` (409): the person has no such device.
 * - `too-many-devices` (409): the person already has `policy.maxDevices` devices.
 * - `last-device` (409): the only device cannot be removed; use `disable`.
 * - `browser-unknown` (401): this browser is not remembered. Ask for a second factor.
 * - `verification-required` (401): the last pass is missing or too old. Ask for a second factor.
 * - `too-many-purposes` (409): the person already has codes for three other purposes.
 * - `parameters-ignored` (409): the authenticator app ignored the parameters of the URI and shows
 *   different codes.
 *
 * For operators to fix:
 * - `busy` (503): too many changes of the same user at the same time.
 * - `store-unavailable` (503): the store took longer than `policy.storeTimeout`, or failed: the
 *   database is down, or its table is missing. `cause` is what the store threw.
 * - `sealer-unavailable` (503): `sealer`, which encrypts and decrypts, failed, or took longer than
 *   `policy.sealerTimeout`.
 * - `seal-key-unknown` (500): the state was encrypted with a key that this server does not have.
 * - `state-corrupt` (500): the stored state is not what this package wrote for this user.
 * - `invalid-user-id` (500): the user id is not a well-formed string of 1 to 1024 UTF-8 bytes
 *   without NUL.
 */
export type TwoFactorErrorCode =
  | "code-rejected"
  | "clock-off"
  | "throttled"
  | "restricted"
  | "locked"
  | "not-enrolled"
  | "already-enrolled"
  | "not-pending"
  | "already-confirmed"
  | "superseded"
  | "parameters-ignored"
  | "device-unknown"
  | "too-many-devices"
  | "last-device"
  | "browser-unknown"
  | "verification-required"
  | "too-many-purposes"
  | "busy"
  | "store-unavailable"
  | "sealer-unavailable"
  | "seal-key-unknown"
  | "state-corrupt"
  | "invalid-user-id";

/** Fields of some errors besides the code. */
export interface TwoFactorErrorDetails {
  /** Whole seconds until the next attempt is checked. */
  readonly retryAfterSeconds?: number | undefined;
  /** How many seconds the device's clock is ahead; negative if it is behind. */
  readonly clockOffSeconds?: number | undefined;
  /** The store's error. */
  readonly cause?: unknown;
}

/**
 * For each code: its HTTP status and its message. Messages are generic, because some frameworks
 * show them regardless of `expose`.
 */
const ROWS: Readonly<Record<TwoFactorErrorCode, readonly [status: number, message: string]>> = {
  "code-rejected": [401, "wrong or already used; wait for the next code"],
  "clock-off": [401, "the clock of your device is wrong"],
  throttled: [429, "too many attempts; try again later"],
  restricted: [429, "too many attempts; use three codes in a row or a recovery code"],
  locked: [429, "too many attempts; use a recovery code"],
  "not-enrolled": [409, "two-factor authentication is not set up"],
  "already-enrolled": [409, "two-factor authentication is already set up"],
  "not-pending": [409, "nothing to confirm; start again"],
  "already-confirmed": [409, "already confirmed"],
  superseded: [409, "changed elsewhere at the same time; start again"],
  "parameters-ignored": [409, "the authenticator app does not support these codes; use another app"],
  "device-unknown": [409, "no such device"],
  "too-many-devices": [409, "too many devices; remove one first"],
  "last-device": [409, "the only device cannot be removed; turn two-factor authentication off instead"],
  "browser-unknown": [401, "this browser is not remembered"],
  "verification-required": [401, "confirm with your second factor first"],
  "too-many-purposes": [409, "too many kinds of codes; try again tomorrow"],
  busy: [503, "busy; try again"],
  "store-unavailable": [503, "temporarily unavailable"],
  "sealer-unavailable": [503, "temporarily unavailable"],
  "seal-key-unknown": [500, "an encryption key is missing"],
  "state-corrupt": [500, "stored state is damaged"],
  "invalid-user-id": [
    500,
    "user id must be a well-formed string of 1 to 1024 UTF-8 bytes without NUL; for a number use String(id)",
  ],
};

/** The same symbol in every copy of this package and every realm. */
const BRAND: unique symbol = /* @__PURE__ */ Symbol.for("halfminute.TwoFactorError");

const NO_DETAILS: {
  readonly retryAfterSeconds: number | undefined;
  readonly clockOffSeconds: number | undefined;
  readonly cause: unknown;
} = {
  retryAfterSeconds: undefined,
  clockOffSeconds: undefined,
  cause: undefined,
};

/**
 * Why a person may not pass, or why a call did nothing.
 *
 * @example
 * ```ts
 * import { TwoFactorError } from "halfminute/two-factor";
 *
 * const error = new TwoFactorError("throttled", { retryAfterSeconds: 8 });
 * console.log(error.status, error.headers, error.expose); // 429 { 'Retry-After': '8' } true
 * ```
 */
export class TwoFactorError extends Error {
  /** Always `TwoFactorError`. */
  override readonly name = "TwoFactorError";
  /** The stable code of what went wrong. */
  declare readonly code: TwoFactorErrorCode;
  /** The matching HTTP status: 401, 409, 429, 500 or 503. */
  declare readonly status: number;
  /** The same as `status`, under the name that Koa, NestJS and others read. */
  declare readonly statusCode: number;
  /** HTTP headers: `Retry-After` in seconds, if waiting helps. */
  declare readonly headers: Readonly<Record<string, string>>;
  /** Whether the message may be shown to the person: `true` if `status` is below 500. */
  declare readonly expose: boolean;
  /** Whole seconds until the next attempt is checked, at least 1; with `throttled` and `busy`. */
  declare readonly retryAfterSeconds: number | undefined;
  /** How many seconds the device's clock is ahead; negative if it is behind; with `clock-off`. */
  declare readonly clockOffSeconds: number | undefined;

  constructor(code: TwoFactorErrorCode, details?: TwoFactorErrorDetails) {
    const { retryAfterSeconds, clockOffSeconds, cause } = readOptions(details, NO_DETAILS);
    const [status, message] = ROWS[code];
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.statusCode = status;
    this.headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
    this.expose = status < 500;
    this.retryAfterSeconds = retryAfterSeconds;
    this.clockOffSeconds = clockOffSeconds;
    Object.defineProperty(this, BRAND, { __proto__: null } as PropertyDescriptor);
  }

  /**
   * Also recognizes errors of other copies of this package, as `OtpError` does.
   *
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return (
        super[Symbol.hasInstance](value) ||
        (Object.hasOwn(this, Symbol.hasInstance) && Object.hasOwn(value as object, BRAND))
      );
    } catch {
      return false;
    }
  }
}
