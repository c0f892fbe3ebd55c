// The one error of the two-factor flow. Web frameworks read status, headers and expose from it, so that even an error nobody handles
// is answered correctly. Neither message nor fields ever hold a secret or a code.
import { readOptions } from "../core/parameters.ts";

/**
 * The stable names of everything that {@link TwoFactorError} reports. A message may be reworded in any release, a code may not.
 *
 * What a person can cause:
 * - `code-rejected` (401): the code is wrong, malformed, or already used; or the recovery code is wrong or already used.
 * - `clock-off` (401): the codes are right, but the device's clock is not; see `clockOffSeconds`. These codes never pass later.
 * - `throttled` (429): after failures a delay runs, and the code was not looked at; or a code was asked for too early or too often. See
 *   `retryAfterSeconds`.
 * - `restricted` (429): too many failures over time. Three consecutive codes or a recovery code pass. The code was not looked at.
 * - `locked` (429): too many failures in a row. Only a recovery code passes, until `unlock`, or until a new device takes the place of the only one.
 * - `not-enrolled` (409): no device is active. This never means that no second factor is needed.
 * - `already-enrolled` (409): a device is there, and neither `add` nor `replace` was asked for; or the secret is active already.
 * - `not-pending` (409): no enrollment waits to be confirmed: there was none, it expired, or too many codes were wrong.
 * - `already-confirmed` (409): that device is active; this is a repetition.
 * - `superseded` (409): another call changed the same thing, and won: another device waits to be confirmed, for example.
 * - `device-unknown` (409): the person has no such device.
 * - `too-many-devices` (409): there are as many devices as `policy.maxDevices`.
 * - `last-device` (409): the only device cannot be removed; use `disable`.
 * - `browser-unknown` (401): this browser is not remembered. Ask for a second factor.
 * - `verification-required` (401): the last pass is missing or too long ago. Ask for a second factor.
 * - `too-many-purposes` (409): the person has codes for three other purposes already.
 * - `parameters-ignored` (409): the authenticator app ignored the parameters of the URI and shows other codes.
 *
 * What only operators can repair:
 * - `busy` (503): too many other changes of the same user at once.
 * - `store-unavailable` (503): the store took longer than `policy.storeTimeout`, or failed: the database is down, or its table is missing.
 *   `cause` is what the store threw.
 * - `sealer-unavailable` (503): the sealer failed, or took longer than `policy.sealerTimeout`.
 * - `seal-key-unknown` (500): the state was sealed with a key that this server does not have.
 * - `state-corrupt` (500): the stored state is not what this package wrote for this user.
 * - `invalid-user-id` (500): the user id is not well-formed text of 1 to 1024 UTF-8 bytes without NUL.
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

/** What some errors say besides their code. */
export interface TwoFactorErrorDetails {
  /** When the next attempt is worth making. */
  readonly retryAfterSeconds?: number | undefined;
  /** How far the device's clock is ahead; negative if it is behind. */
  readonly clockOffSeconds?: number | undefined;
  /** What the store threw. */
  readonly cause?: unknown;
}

/** One row for each code: its HTTP status and its text. Texts are generic, because some frameworks show them whatever `expose` says. */
const ROWS: Readonly<Record<TwoFactorErrorCode, readonly [status: number, message: string]>> = {
  "code-rejected": [401, "wrong or already used; wait for the next code"],
  "clock-off": [401, "the clock of the device is wrong"],
  throttled: [429, "too many attempts; try again later"],
  restricted: [429, "too many attempts; use three codes in a row or a recovery code"],
  locked: [429, "too many attempts; use a recovery code"],
  "not-enrolled": [409, "two-factor authentication is not set up"],
  "already-enrolled": [409, "two-factor authentication is set up already"],
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
  "seal-key-unknown": [500, "misconfigured"],
  "state-corrupt": [500, "stored state is damaged"],
  "invalid-user-id": [
    500,
    "user id must be text of 1 to 1024 UTF-8 bytes, well-formed, without NUL; for a number, String(id)",
  ],
};

/** The same symbol in every copy of this package and in every realm. */
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
 * Why somebody may not pass, or why something was not done.
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
  /** The stable name of what went wrong. */
  declare readonly code: TwoFactorErrorCode;
  /** The HTTP status that fits: 401, 409, 429, 500 or 503. */
  declare readonly status: number;
  /** The same as `status`, by the name that Koa, NestJS and others read. */
  declare readonly statusCode: number;
  /** For HTTP: `Retry-After`, in seconds, if there is something to wait for. */
  declare readonly headers: Readonly<Record<string, string>>;
  /** Whether the message may be shown to the person: true below status 500. */
  declare readonly expose: boolean;
  /** Whole seconds until the next attempt is worth making, at least 1; with `throttled` and `busy`. */
  declare readonly retryAfterSeconds: number | undefined;
  /** How many seconds the device's clock is ahead, negative if it is behind; with `clock-off`. */
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
   * Recognizes the errors of other copies of this package too, as `OtpError` does.
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
