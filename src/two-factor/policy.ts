// The limits of the two-factor flow: what an app may choose, what is chosen for it, and how far it may go.
import { readOptions, requireInteger } from "../core/parameters.ts";

/** The limits that an app may choose. Every one has a default that is meant to be kept. */
export interface Policy {
  /** How many time steps before the present one may match: an integer from 0 to 10. Default: 1. */
  readonly lookBehind?: number | undefined;
  /** How many time steps after the present one may match: an integer from 0 to 10. Default: 1. */
  readonly lookAhead?: number | undefined;
  /** After how many failures in a row the delay starts, at one second: an integer from 1 to 10. Default: 4. */
  readonly delayAfter?: number | undefined;
  /** The longest delay, in seconds: an integer from 1 to 86400. Each failure doubles the delay up to it. Default: 3600. */
  readonly maxDelay?: number | undefined;
  /** After how many failures in a row the device is locked: an integer from 5 to 100. Default: 100 (NIST SP 800-63B-4 §3.2.2). */
  readonly lockAfter?: number | undefined;
  /** At how many outstanding failures the device is restricted: an integer from 10 to 1000. Default: 300. */
  readonly restrictAfter?: number | undefined;
  /** How long an enrolment waits to be confirmed, in seconds: an integer from 60 to 86400. Default: 600. */
  readonly pendingLifetime?: number | undefined;
  /** After how many wrong codes an enrolment is given up: an integer from 1 to 100. Default: 10. */
  readonly pendingAttempts?: number | undefined;
  /** How many recovery codes there are: an integer from 1 to 10. Default: 10. */
  readonly recoveryCodes?: number | undefined;
  /** How often a lost race is run again: an integer from 0 to 100. Default: 8. */
  readonly raceRetries?: number | undefined;
  /** How long a call of the store may take, in milliseconds: an integer from 100 to 60000. Default: 5000. */
  readonly storeTimeout?: number | undefined;
  /** How long a call of the sealer may take, in milliseconds: an integer from 100 to 60000. Default: 5000. */
  readonly sealerTimeout?: number | undefined;
}

/** A policy with everything filled in. */
export type Limits = { readonly [Name in keyof Policy]-?: number };

/**
 * The clocks of an app's servers may differ by a little. For one that lags a delay or an enrolment ends later than it should, and what
 * just happened is yet to come; only what is further away than this was written by a clock that was wrong.
 */
export const CLOCK_DIFFERENCE_MILLISECONDS = 60_000;

/** One row for each limit: its default, the least and the most it may be. */
const ROWS: Readonly<Record<keyof Limits, readonly [usual: number, least: number, most: number]>> = {
  lookBehind: [1, 0, 10],
  lookAhead: [1, 0, 10],
  delayAfter: [4, 1, 10],
  maxDelay: [3600, 1, 86_400],
  lockAfter: [100, 5, 100],
  restrictAfter: [300, 10, 1000],
  pendingLifetime: [600, 60, 86_400],
  pendingAttempts: [10, 1, 100],
  recoveryCodes: [10, 1, 10],
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
