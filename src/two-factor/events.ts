// What happened, for logs, alarms and notices to the person. An event has the private reason that
// an error hides, but never a code, a token or a secret.

/**
 * Why somebody was refused. For logs; the person is told less.
 *
 * - `malformed`: what was typed does not have the shape of a code.
 * - `wrong`: not a code of any device's window, or of the device that was chosen; or not three
 *   codes in a row.
 * - `replayed`: not newer than the last accepted code, or a code that `clock-off` or
 *   `parameters-ignored` was the answer to.
 * - `recovery-code-wrong`: not one of the recovery codes that are left.
 * - `restricted`, `locked`: refused unseen.
 * - `not-enrolled`, `not-pending`, `device-unknown`: there is no such device to check it with.
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
 * - `malformed`: what was typed is not eight digits.
 * - `not-issued`: no code is under way: there was none, it expired, was spent or used up.
 * - `other-request`: the code under way belongs to another request.
 * - `wrong`: it is another code.
 */
export type IssuedCodeRefusal = "malformed" | "not-issued" | "other-request" | "wrong";

/** By what somebody passed. */
export type TwoFactorMethod = "code" | "recovery-code" | "consecutive-codes";

/** What an event of a remembered browser has. */
export interface BrowserFields {
  /** Which one. */
  readonly browserId: string;
}

/** What an event of a code that the app sends has. */
export interface PurposeFields {
  /** What the code is for. */
  readonly purpose: string;
}

/** The types of events, and what each has besides its subject. */
export interface TwoFactorEventFields {
  /** A secret was made and shown; the device is pending. */
  readonly enrolled: unknown;
  /** A device is active from now on. Tell the person. */
  readonly confirmed: {
    /** Whether it was taken over by `importDevice`. */
    readonly imported: boolean;
  };
  /** A device, or a pending one, is gone. Tell the person. */
  readonly "device-removed": unknown;
  /** A device has another name. */
  readonly "device-renamed": unknown;
  /** Somebody may pass. */
  readonly passed: {
    /** By what. */
    readonly method: TwoFactorMethod;
  };
  /** Somebody may not pass. */
  readonly refused: {
    /** Why. */
    readonly reason: RefusalReason;
  };
  /** An attempt was refused unseen, because a delay runs; or a code was asked for too early. */
  readonly throttled: {
    /** How long it runs still. */
    readonly retryAfterSeconds: number;
  };
  /** The failure just counted was one too many over time. Tell the person. */
  readonly restricted: unknown;
  /** The failure just counted was one too many in a row. Tell the person. */
  readonly locked: unknown;
  /** A third of the way to `restricted` or `locked`. Whoever guesses knows the password. */
  readonly "failures-mounting": {
    /** How many failures in a row, or outstanding chances, there are. */
    readonly failures: number;
    /** How many there may be. */
    readonly limit: number;
  };
  /** Somebody passed by a recovery code. Tell the person. */
  readonly "recovery-code-used": {
    /** How many are left. */
    readonly recoveryCodesLeft: number;
  };
  /** There are new recovery codes, and the old ones are void. Tell the person. */
  readonly "recovery-codes-renewed": unknown;
  /** Support has a recovery code to hand over. Tell the person. */
  readonly "recovery-code-issued": unknown;
  /** Support ended a lock or a delay, and all browsers are forgotten. Tell the person. */
  readonly unlocked: unknown;
  /** A browser is remembered. Tell the person. */
  readonly "browser-remembered": BrowserFields;
  /** A remembered browser came back. */
  readonly "browser-recognized": BrowserFields;
  /**
   * A token was used that its browser has replaced: it was copied. The browser is forgotten. Tell
   * the person.
   */
  readonly "browser-token-reused": BrowserFields;
  /** A browser is forgotten; `null` if all are. */
  readonly "browsers-forgotten": {
    /** Which one. */
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
   * A code was given that is not newer than the last accepted one, or that a hint such as
   * `clock-off` was the answer to.
   */
  readonly "replay-seen": unknown;
  /** An authenticator app ignored the parameters of the URI. */
  readonly "parameters-ignored": unknown;
  /**
   * Right codes of a wrong time. Many of these from many people mean that the server's clock is
   * wrong.
   */
  readonly "clock-off": {
    /** How far the device's clock is ahead; negative if it is behind. */
    readonly seconds: number;
  };
  /** The stored state is not what this package wrote for this user. */
  readonly "state-corrupt": unknown;
  /** The state is sealed with the first key now. */
  readonly resealed: unknown;
  /** The state was removed. Tell the person. */
  readonly disabled: unknown;
}

/** Whom and what an event is about. */
export interface TwoFactorEventSubject {
  /** When, by `clock`. */
  readonly at: Date;
  /** Whose second factor. */
  readonly userId: string;
  /**
   * Which device: an opaque name, made at enrollment. `null` where there is none, or none was
   * looked for.
   */
  readonly deviceId: string | null;
  /** The counter that a right code belongs to; `null` where none matched. */
  readonly counter: number | null;
}

/** That an event is of a type. */
export interface TwoFactorEventType<Type> {
  /** What happened. */
  readonly type: Type;
}

/** What is told of something that happened: its type, and the fields of that type. */
export type TwoFactorEventDetails = {
  readonly [Type in keyof TwoFactorEventFields]: TwoFactorEventType<Type> & TwoFactorEventFields[Type];
}[keyof TwoFactorEventFields];

/** Something that happened, told after it was committed. */
export type TwoFactorEvent = TwoFactorEventSubject & TwoFactorEventDetails;

/** Hears what happened. What it throws, returns or rejects with changes nothing. */
export type TwoFactorEventHandler = (event: TwoFactorEvent) => unknown;

/** An event as a decision makes it: it knows neither the user nor, always, a device. */
export type DecidedEvent = TwoFactorEventDetails & { readonly deviceId?: string; readonly counter?: number };

export function emit(handler: TwoFactorEventHandler, userId: string, now: number, event: DecidedEvent): void {
  const full: TwoFactorEvent = Object.freeze({ deviceId: null, counter: null, ...event, userId, at: new Date(now) });
  // Neither what it throws nor what it rejects with reaches anybody.
  try {
    const answer = handler(full);
    if (answer !== undefined)
      new Promise((resolve) => {
        resolve(answer);
      }).catch(() => undefined);
  } catch {
    // As if it had not been asked.
  }
}
