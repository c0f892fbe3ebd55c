// Asking again before something dangerous: how long ago a person passed.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireFunction, requireInteger } from "../core/parameters.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS } from "./policy.ts";
import { TwoFactorError } from "./two-factor-error.ts";

/** Options of {@link requireRecent}. */
export interface RecentOptions {
  /** How long ago it may be at most, in seconds: an integer from 1 to 2592000 (30 days). */
  readonly within: number;
  /** The present moment. Default: the system's clock. */
  readonly clock?: (() => Date) | undefined;
}

const MOST_SECONDS = 2_592_000;
/** As `toISOString` and `JSON.stringify` write a moment. */
const MOMENT = /^(\d{4}-\d\d-\d\d)T[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/**
 * Makes sure that a person has passed a second factor recently; throws otherwise. Use it before
 * changes to devices, recovery codes, password or e-mail address.
 *
 * @param passedAt - When: `passed.at` from the session, as a `Date` or as the text that JSON makes
 * of one.
 * @param options - How long ago it may be, and the clock.
 * @throws {@link TwoFactorError} `verification-required` if the moment is missing, malformed, too
 * long ago, or more than a minute in the future.
 * @throws {@link OtpError} `invalid-option` for a number instead of a moment, and for the options;
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

/** In Unix milliseconds; NaN for what is not a moment. */
function momentOf(passedAt: unknown): number {
  if (Object.prototype.toString.call(passedAt) === "[object Date]") return Number(passedAt);
  const [, day] = (typeof passedAt === "string" && MOMENT.exec(passedAt)) || [];
  return day && isDay(day) ? Date.parse(passedAt as string) : NaN;
}

/** Engines take the thirtieth of February for a day of March. */
function isDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00Z`);
  return midnight >= 0 && new Date(midnight).toISOString().startsWith(day);
}
