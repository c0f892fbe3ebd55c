// The strength of the limits: the odds of an attacker who knows the password and guesses codes in
// the best way.
import { powerOfTen } from "../core/code.ts";
import { OtpError } from "../core/errors.ts";
import { DEFAULT_DIGITS, type Digits, readOptions, requireDigits, requireInteger } from "../core/parameters.ts";
import { type Limits, type Policy, readPolicy, windowCounters } from "./policy.ts";
import { MOST_DEVICES } from "./state/format.ts";
import { CHANCES_OFF, delaySeconds } from "./state/standing.ts";
import type { DeviceType } from "./state/state.ts";

/** Options of {@link guessProbability}. */
export interface GuessOptions {
  /** The duration of the attack in days: an integer from 1 to 3650. */
  readonly days: number;
  /** The number of the owner's logins per day, evenly spread: from 0 to 1000. */
  readonly loginsPerDay: number;
  /** The number of digits in a code: 6, 7 or 8. Default: 6. */
  readonly digits?: Digits | undefined;
  /** The types of the person's devices, 1 to 5. Default: `["totp"]`. */
  readonly devices?: readonly DeviceType[] | undefined;
}

const SECONDS_PER_DAY = 86_400;
const NUMBERS = 2 ** 31;

/**
 * Computes the probability that an attacker who knows the password, and guesses in the best way,
 * finds a code.
 *
 * The best way is to guess as early and as often as the limits allow: immediately after each of the
 * owner's logins, stopping one failure before the lock until the very end, and always up to the
 * limit of outstanding chances, which each login of the owner lowers by three. With more devices a
 * guess has more chances, but there are fewer guesses. Which codes are guessed matters little: 2^31
 * is not a multiple of 10^digits, which favors some codes (with 6 digits 483648 of the million) by
 * one part in 2147 each; every guess is assumed to be one of those. The owner is assumed to keep
 * logging in, with three codes when one is refused, and to ignore all notices.
 *
 * @param policy - The limits; `undefined` for the defaults.
 * @param options - Days, logins per day, digits of a code, and devices.
 * @returns A probability from 0 to 1.
 * @throws {@link OtpError} `invalid-options`, `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { guessProbability } from "halfminute/two-factor";
 *
 * const odds = guessProbability(undefined, { days: 365, loginsPerDay: 1 });
 * console.log(Math.round(1 / odds)); // 502
 * ```
 * @see RFC 4226 §7.3, appendix A.4.3; NIST SP 800-63B-4 §3.2.2
 */
export function guessProbability(policy: Policy | undefined, options: GuessOptions): number {
  const limits = readPolicy(policy);
  const given = readOptions<Guessing>(options, GUESSING);
  requireInteger(given.days, "days", 1, 3650);
  if (!(typeof given.loginsPerDay === "number" && given.loginsPerDay >= 0 && given.loginsPerDay <= 1000)) {
    throw new OtpError("invalid-option", "loginsPerDay must be a number from 0 to 1000");
  }
  const chances = chancesOf(given.devices).reduce((sum, type) => sum + windowCounters(type, limits), 0);
  const odds = (chances * Math.ceil(NUMBERS / powerOfTen(requireDigits(given.digits)))) / NUMBERS;
  // 1 - (1 - odds)^guesses, without the rounding of small odds.
  return -Math.expm1(mostGuesses(limits, given.days, given.loginsPerDay, chances) * Math.log1p(-odds));
}

interface Guessing extends Required<Pick<GuessOptions, "days" | "loginsPerDay">> {
  readonly digits: number;
  readonly devices: unknown;
}

const GUESSING: Guessing = { days: NaN, loginsPerDay: NaN, digits: DEFAULT_DIGITS, devices: ["totp"] };

function chancesOf(devices: unknown): readonly DeviceType[] {
  const types: readonly unknown[] = Array.isArray(devices) ? [...(devices as unknown[])] : [];
  if (types.length < 1 || types.length > MOST_DEVICES || !types.every((type) => type === "totp" || type === "hotp")) {
    throw new OtpError("invalid-option", `devices must be an array of 1 to ${MOST_DEVICES} types, each totp or hotp`);
  }
  return types;
}

/** The maximum number of checked guesses, if each has that many chances. */
export function mostGuesses(limits: Limits, days: number, loginsPerDay: number, chances: number): number {
  const logins = Math.floor(days * loginsPerDay);
  const secondsBetween = logins === 0 ? days * SECONDS_PER_DAY : SECONDS_PER_DAY / loginsPerDay;
  const perInterval = mostInARow(limits, secondsBetween);
  const left = (outstanding: number): number => Math.ceil(Math.max(limits.restrictAfter - outstanding, 0) / chances);
  let guesses = 0;
  let outstanding = 0;
  for (let login = 0; login < logins; login++) {
    // One less than the lock: the owner's login resets the count.
    const now = Math.min(perInterval, limits.lockAfter - 1, left(outstanding));
    guesses += now;
    outstanding = Math.max(outstanding + now * chances - CHANCES_OFF, 0);
  }
  // After the last login there is no reason to hold back.
  return guesses + Math.min(perInterval, limits.lockAfter, left(outstanding));
}

/** The number of consecutive failures that fit into a time, with their delays. */
function mostInARow(limits: Limits, seconds: number): number {
  let failures = 1;
  for (let passed = delaySeconds(1, limits); passed < seconds && failures < limits.lockAfter; failures++) {
    passed += delaySeconds(failures + 1, limits);
  }
  return failures;
}
