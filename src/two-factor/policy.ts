// The limits of the two-factor flow: their defaults and ranges.
import { readOptions, requireInteger } from "../core/parameters.ts";

/** The limits that an app may change. Keep the defaults unless you have a reason. */
export interface Policy {
  /** How many time steps before the current one may match: an integer from 0 to 10. Default: 1. */
  readonly lookBehind?: number | undefined;
  /** How many time steps after the current one may match: an integer from 0 to 10. Default: 1. */
  readonly lookAhead?: number | undefined;
  /**
   * The number of consecutive failures after which delays start, at one second: an integer from 1
   * to 10. Default: 4.
   */
  readonly delayAfter?: number | undefined;
  /**
   * The longest delay in seconds, up to which each failure doubles the delay: an integer from 1 to
   * 86400. Default: 3600.
   */
  readonly maxDelay?: number | undefined;
  /**
   * The number of consecutive failures after which the person is locked: an integer from 5 to 100.
   * Default: 100 (NIST SP 800-63B-4 §3.2.2).
   */
  readonly lockAfter?: number | undefined;
  /**
   * The number of outstanding chances at which the person is restricted: an integer from 30 to
   * 3000. Default: 900. A failure adds the number of counters in the windows of all devices: by
   * default three for a time-based device, five for a counter-based one. A login with a code
   * subtracts three.
   */
  readonly restrictAfter?: number | undefined;
  /**
   * How many counters after the next one may also match, for counter-based devices: an integer from
   * 0 to 10. Default: 4.
   */
  readonly hotpLookAhead?: number | undefined;
  /** The maximum number of active devices: an integer from 1 to 5. Default: 5. */
  readonly maxDevices?: number | undefined;
  /**
   * How long an enrollment can be confirmed, in seconds: an integer from 60 to 86400. Default: 600.
   */
  readonly pendingLifetime?: number | undefined;
  /** The number of wrong codes that end an enrollment: an integer from 1 to 100. Default: 10. */
  readonly pendingAttempts?: number | undefined;
  /** The number of recovery codes: an integer from 1 to 10. Default: 10. */
  readonly recoveryCodes?: number | undefined;
  /**
   * How long a code that the app sends is valid, in seconds: an integer from 60 to 3600. Default:
   * 600.
   */
  readonly issuedCodeLifetime?: number | undefined;
  /**
   * The number of wrong tries that use up a code that the app sends: an integer from 1 to 10.
   * Default: 5.
   */
  readonly issuedCodeAttempts?: number | undefined;
  /**
   * The maximum number of codes that the app sends for one purpose on one UTC day: an integer from
   * 1 to 100. Default: 10.
   */
  readonly issuedCodesPerDay?: number | undefined;
  /**
   * How long to wait before sending a code again, in seconds: an integer from 1 to 600. Default:
   * 60.
   */
  readonly issuedCodeResend?: number | undefined;
  /** How often a lost race is retried: an integer from 0 to 100. Default: 8. */
  readonly raceRetries?: number | undefined;
  /**
   * How long a call of the store may take, in milliseconds: an integer from 100 to 60000. Default:
   * 5000.
   */
  readonly storeTimeout?: number | undefined;
  /**
   * How long a call of the sealer may take, in milliseconds: an integer from 100 to 60000. Default:
   * 5000.
   */
  readonly sealerTimeout?: number | undefined;
}

/** A policy with all limits filled in. */
export type Limits = { readonly [Name in keyof Policy]-?: number };

/**
 * How far the clocks of an app's servers may differ. To a slow one, a recent event is in the
 * future, and a delay or an enrollment seems to end later; a time further away than this was
 * written with a wrong clock.
 */
export const CLOCK_DIFFERENCE_MILLISECONDS = 60_000;

/** For each limit: its default, minimum and maximum. */
const ROWS: Readonly<Record<keyof Limits, readonly [usual: number, least: number, most: number]>> = {
  lookBehind: [1, 0, 10],
  lookAhead: [1, 0, 10],
  delayAfter: [4, 1, 10],
  maxDelay: [3600, 1, 86_400],
  lockAfter: [100, 5, 100],
  restrictAfter: [900, 30, 3000],
  hotpLookAhead: [4, 0, 10],
  maxDevices: [5, 1, 5],
  pendingLifetime: [600, 60, 86_400],
  pendingAttempts: [10, 1, 100],
  recoveryCodes: [10, 1, 10],
  issuedCodeLifetime: [600, 60, 3600],
  issuedCodeAttempts: [5, 1, 10],
  issuedCodesPerDay: [10, 1, 100],
  issuedCodeResend: [60, 1, 600],
  raceRetries: [8, 0, 100],
  storeTimeout: [5000, 100, 60_000],
  sealerTimeout: [5000, 100, 60_000],
};

/** The limits of a policy, checked. */
export function readPolicy(policy: Policy | undefined): Limits {
  const names = Object.keys(ROWS) as (keyof Limits)[];
  const given = readOptions(policy, Object.fromEntries(names.map((name) => [name, ROWS[name][0]])) as Limits);
  for (const name of names) {
    const [, least, most] = ROWS[name];
    requireInteger(given[name], name, least, most);
  }
  return given;
}

/** The number of counters that a single code of such a device is compared with. */
export function windowCounters(type: "totp" | "hotp", limits: Limits): number {
  return type === "totp" ? limits.lookBehind + limits.lookAhead + 1 : limits.hotpLookAhead + 1;
}
