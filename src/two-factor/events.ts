// Events for logs, alerts and notices to the person. An event has the private reason that an error
// hides, but never a code, a token or a secret.

/**
 * Why an attempt was refused. For logs: the error tells the person less.
 *
 * - `malformed`: the input does not have the form of a code, or is not a string (such as a JSON
 *   number).
 * - `wrong`: not a code in the window of any device, or of the chosen device; or not three
 *   consecutive codes.
 * - `replayed`: not newer than the last accepted code, or answered before with `clock-off` or
 *   `parameters-ignored`.
 * - `recovery-code-wrong`: not one of the remaining recovery codes.
 * - `restricted`, `locked`: refused without checking the code.
 * - `not-enrolled`, `not-pending`, `device-unknown`: there is no such device.
 */
export type RefusalReason =
  | "malformed"
  | "wrong"
  | "replayed"
  | "recovery-code-wrong"
  | "restricted"
  | "locked"
  | "not-enrolled"
  | "not-pending"
  | "device-unknown";

/**
 * Why a code that the app sent was refused.
 *
 * - `malformed`: the input is not a string of eight digits.
 * - `not-issued`: no code is valid: there was none, or it expired, passed or was used up.
 * - `other-request`: the valid code belongs to another request.
 * - `wrong`: not the code.
 */
export type IssuedCodeRefusal = "malformed" | "not-issued" | "other-request" | "wrong";

/** How a person passed. */
export type TwoFactorMethod = "code" | "recovery-code" | "consecutive-codes";

/** The fields of an event about a remembered browser. */
export interface BrowserFields {
  /** The browser. */
  readonly browserId: string;
}

/** The fields of an event about a code that the app sends. */
export interface PurposeFields {
  /** The purpose of the code. */
  readonly purpose: string;
}

/** The types of events, with the fields of each besides its subject. */
export interface TwoFactorEventFields {
  /** A secret was generated and shown; the device is pending. */
  readonly enrolled: unknown;
  /** A device is now active. Notify the person. */
  readonly confirmed: {
    /** Whether it was imported by `importDevice`. */
    readonly imported: boolean;
  };
  /** An active or pending device was removed. Notify the person. */
  readonly "device-removed": unknown;
  /** A device was renamed. */
  readonly "device-renamed": unknown;
  /** A person may pass. */
  readonly passed: {
    /** How. */
    readonly method: TwoFactorMethod;
  };
  /** A person may not pass. */
  readonly refused: {
    /** Why. */
    readonly reason: RefusalReason;
  };
  /**
   * An attempt was refused without checking it, because a delay is running; or a code was requested
   * too early.
   */
  readonly throttled: {
    /** Whole seconds until the next attempt is checked. */
    readonly retryAfterSeconds: number;
  };
  /** This failure reached the limit over time. Notify the person. */
  readonly restricted: unknown;
  /** This failure reached the limit of consecutive ones. Notify the person. */
  readonly locked: unknown;
  /** Failures have reached a third of `restricted` or `locked`. The guesser knows the password. */
  readonly "failures-mounting": {
    /** The number of consecutive failures, or of outstanding chances. */
    readonly failures: number;
    /** The limit. */
    readonly limit: number;
  };
  /** A person passed with a recovery code. Notify the person. */
  readonly "recovery-code-used": {
    /** How many are left. */
    readonly recoveryCodesLeft: number;
  };
  /** New recovery codes were made; the old ones are invalid. Notify the person. */
  readonly "recovery-codes-renewed": unknown;
  /** A recovery code was made for support to hand over. Notify the person. */
  readonly "recovery-code-issued": unknown;
  /** A lock or delay was ended, and all browsers were forgotten. Notify the person. */
  readonly unlocked: unknown;
  /** A browser was remembered. Notify the person. */
  readonly "browser-remembered": BrowserFields;
  /** A remembered browser came back. */
  readonly "browser-recognized": BrowserFields;
  /**
   * A token was used after its browser had replaced it twice, so it was copied. The browser was
   * forgotten. Notify the person.
   */
  readonly "browser-token-reused": BrowserFields;
  /** A browser was forgotten, or all. */
  readonly "browsers-forgotten": {
    /** The browser; `null` for all. */
    readonly browserId: string | null;
  };
  /** A code was made for the app to send. */
  readonly "code-issued": PurposeFields;
  /** A code that the app sent was right. */
  readonly "issued-code-passed": PurposeFields;
  /** A code that the app sent was refused. */
  readonly "issued-code-refused": PurposeFields & {
    /** Why. */
    readonly reason: IssuedCodeRefusal;
  };
  /**
   * A code was used that is not newer than the last accepted one, or was answered before with a
   * hint such as `clock-off`.
   */
  readonly "replay-seen": unknown;
  /** An authenticator app ignored the parameters of the URI. */
  readonly "parameters-ignored": unknown;
  /**
   * Codes were right for a wrong time. Many of these from many people mean that the server's clock
   * is wrong.
   */
  readonly "clock-off": {
    /** How many seconds the device's clock is ahead; negative if it is behind. */
    readonly seconds: number;
  };
  /** The stored state is not what this package wrote for this user. */
  readonly "state-corrupt": unknown;
  /** The state was encrypted with the first key. */
  readonly resealed: unknown;
  /** The state was removed. Notify the person. */
  readonly disabled: unknown;
}

/** The subject of an event. */
export interface TwoFactorEventSubject {
  /** When it happened, by `clock`. */
  readonly at: Date;
  /** The user's id. */
  readonly userId: string;
  /** The id of the device; `null` if no device is involved. */
  readonly deviceId: string | null;
  /** The counter of a right code; `null` if none matched. */
  readonly counter: number | null;
}

/** The type of an event. */
export interface TwoFactorEventType<Type> {
  /** The event's type. */
  readonly type: Type;
}

/** The details of an event: its type, and the fields of that type. */
export type TwoFactorEventDetails = {
  readonly [Type in keyof TwoFactorEventFields]: TwoFactorEventType<Type> & TwoFactorEventFields[Type];
}[keyof TwoFactorEventFields];

/** An event, reported after it was committed. */
export type TwoFactorEvent = TwoFactorEventSubject & TwoFactorEventDetails;

/** Called after each committed change. Its result and errors are ignored. */
export type TwoFactorEventHandler = (event: TwoFactorEvent) => unknown;

/** An event as a decision makes it: without the user, and often without a device. */
export type DecidedEvent = TwoFactorEventDetails & { readonly deviceId?: string; readonly counter?: number };

export function emit(handler: TwoFactorEventHandler, userId: string, now: number, event: DecidedEvent): void {
  const full: TwoFactorEvent = Object.freeze({ deviceId: null, counter: null, ...event, userId, at: new Date(now) });
  // Exceptions and rejections of the handler are ignored.
  try {
    const answer = handler(full);
    if (answer !== undefined)
      new Promise((resolve) => {
        resolve(answer);
      }).catch(() => undefined);
  } catch {
    // Ignored.
  }
}
