// Turns the text of options into values: decimal integers, moments, algorithm names. The core
// checks most ranges.
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { Choice } from "./option.ts";
import { UsageError } from "./usage-error.ts";

export type Given = ReadonlyMap<string, string>;

/** Digits and nothing else: no sign, no `0x10`, no `1e3`, no spaces, not empty. */
export function readInteger(given: Given, name: string): number | undefined {
  const text = given.get(name);
  return text === undefined ? undefined : integerFrom(text, name);
}

function integerFrom(text: string, name: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) {
    throw new UsageError(`--${name} must be a decimal integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return value;
}

export function readIntegerTo(given: Given, name: string, most: number): number | undefined {
  const value = readInteger(given, name);
  if (value !== undefined && value > most) throw new UsageError(`--${name} must be an integer from 0 to ${most}`);
  return value;
}

/** Seconds, as `30` or, for oathtool, `30s`. */
export function readPeriod(given: Given): number | undefined {
  const text = given.get("period");
  return text === undefined ? undefined : integerFrom(text.replace(/(?<=[0-9])s$/, ""), "period");
}

/** Unix seconds, or a moment. */
export function readT0(given: Given): number | undefined {
  const text = given.get("t0");
  if (text === undefined || !/[@:]|\d-\d/.test(text)) return readInteger(given, "t0");
  const seconds = momentFrom(text, "t0").getTime() / 1000;
  if (!Number.isInteger(seconds) || seconds < 0) {
    throw new UsageError("--t0 must be a whole second, in 1970 or later");
  }
  return seconds;
}

/** The core refuses all but three of them. */
export function readDigits(given: Given): Digits | undefined {
  return readInteger(given, "digits") as Digits | undefined;
}

/** `SHA-1` as the core writes it, `SHA1` as URIs write it, in either case. */
export function readAlgorithm(given: Given): Algorithm | undefined {
  const text = given.get("algorithm");
  if (text === undefined) return undefined;
  const size = /^sha-?(1|256|512)$/i.exec(text)?.[1];
  if (size === undefined) throw new UsageError("--algorithm must be SHA-1, SHA-256 or SHA-512");
  return `SHA-${size}` as Algorithm;
}

export function readChoice<Value extends string>(given: Given, { name, choices }: Choice<Value>): Value {
  const text = given.get(name) ?? choices[0];
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new UsageError(`--${name} must be one of ${choices.join(", ")}`);
  return choice;
}

/**
 * A date alone is its first moment in UTC. A time of day without a zone would be a different moment
 * in each zone.
 */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** `undefined` for `now`: the clock is read later, because reading a secret may take time. */
export function readMoment(given: Given, name: string): Date | undefined {
  const text = given.get(name);
  return text === undefined || text === "now" ? undefined : momentFrom(text, name);
}

/**
 * `@` and Unix seconds, or an ISO 8601 date or date and time; ` UTC` may stand for `Z`, as oathtool
 * prints it.
 */
function momentFrom(text: string, name: string): Date {
  if (text.startsWith("@")) return fromSeconds(text.slice(1), name);
  const [, day, time, zone] = MOMENT.exec(text.replace(/ UTC$/, "Z")) ?? [];
  if (time !== undefined && zone === undefined) {
    throw new UsageError(`--${name} has a time but no time zone; end it with Z or an offset such as +01:00`);
  }
  const moment = new Date(time === undefined ? `${day ?? ""}T00:00Z` : `${day ?? ""}T${time}${zone ?? ""}`);
  if (day === undefined || !isInCalendar(day) || Number.isNaN(moment.getTime())) {
    throw new UsageError(
      `--${name} must be a date such as 2026-01-31, a time such as 2026-01-31T12:00:00Z, or @ and Unix seconds`,
    );
  }
  return moment;
}

function fromSeconds(text: string, name: string): Date {
  const moment = new Date(/^[0-9]+$/.test(text) ? Number(text) * 1000 : NaN);
  if (Number.isNaN(moment.getTime())) {
    throw new UsageError(`--${name} must have whole Unix seconds after the @, up to 8640000000000`);
  }
  return moment;
}

/** `Date` reads 31 February as a day in March. */
function isInCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** An option that would have no effect is refused: it was given for a reason. */
export function refuse(given: Given, names: readonly string[], why: string): void {
  const found = names.find((name) => given.has(name));
  if (found !== undefined) throw new UsageError(`--${found}: ${why}`);
}
