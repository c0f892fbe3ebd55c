// Requiring a recent pass before a sensitive action.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireFunction, requireInteger } from "../core/parameters.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS } from "./policy.ts";
import { TwoFactorError } from "./two-factor-error.ts";

/** Options of {@link requireRecent}. */
export interface RecentOptions {
  /** The maximum age of the pass in seconds: an integer from 1 to 2592000 (30 days). */
  readonly within: number;
  /** Returns the current time. Default: the system clock. */
  readonly clock?: (() => Date) | undefined;
}

const MOST_SECONDS = 2_592_000;
/** A time as `toISOString` and `JSON.stringify` write it. */
const MOMENT = /^(\d{4}-\d\d-\d\d)T[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/**
 * Throws unless the person passed a second factor recently. Call it before changes to devices,
 * recovery codes, password or e-mail address.
 *
 * @param passedAt - The time of the pass: `passed.at` from the session, as a `Date` or as its JSON
 * text.
 * @param options - The maximum age in seconds, and the clock.
 * @throws {@link TwoFactorError} `verification-required` if the time is missing, malformed, too
 * old, or more than a minute in the future.
 * @throws {@link OtpError} `invalid-option` if `passedAt` is a number, and for the options;
 * `invalid-options`, `unknown-option`.
 * @example
 * ```ts
 * import { requireRecent } from "halfminute/two-factor";
 *
 * requireRecent(new Date(), { within: 300 }); // returns: that was less than five minutes ago
 * ```
 * @see NIST SP 800-63B-4 §4.1; OWASP ASVS 7.5.1
 */
export function requireRecent(passedAt: Date | string | null | undefined, options: RecentOptions): void {
  const given = readOptions<Unchecked>(options, { within: undefined, clock: () => new Date() });
  const within = requireInteger(given.within, "within", 1, MOST_SECONDS) * 1000;
  const now = Number((requireFunction(given.clock, "clock") as () => Date)());
  if (typeof passedAt === "number") {
    throw new OtpError("invalid-option", "passedAt must be a Date or its ISO text, not a number");
  }
  const age = now - momentOf(passedAt);
  if (!(age <= within && age >= -CLOCK_DIFFERENCE_MILLISECONDS)) throw new TwoFactorError("verification-required");
}

interface Unchecked {
  readonly within: unknown;
  readonly clock: unknown;
}

/** In Unix milliseconds; NaN if it is not a time. */
function momentOf(passedAt: unknown): number {
  if (Object.prototype.toString.call(passedAt) === "[object Date]") return Number(passedAt);
  const found = typeof passedAt === "string" ? MOMENT.exec(passedAt) : null;
  return found && isDay(found[1] as string) ? Date.parse(found[0]) : NaN;
}

/** Engines read February 30 as a day of March. */
function isDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00Z`);
  return midnight >= 0 && new Date(midnight).toISOString().startsWith(day);
}
