// Option text becomes a value: decimal integers, moments, algorithm names. Ranges are the core's to check.
import type { Algorithm, Digits } from "../core/parameters.ts";
import { UsageError } from "./usage-error.ts";

export type Given = ReadonlyMap<string, string>;

/** Digits and nothing else: no sign, no `0x10`, no `1e3`, no spaces, not empty. */
export function readInteger(given: Given, name: string): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) {
    throw new UsageError(`--${name} must be a decimal integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return value;
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

export function readChoice<Choice extends string>(
  given: Given,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = given.get(name) ?? choices[0];
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new UsageError(`--${name} must be one of ${choices.join(", ")}`);
  return choice;
}

/** A date alone is its first moment in UTC. A time of day without a zone is another moment in each zone. */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** `@` and Unix seconds, or an ISO 8601 date or date and time. */
export function readMoment(given: Given, name: string): Date | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  if (text.startsWith("@")) return fromSeconds(text.slice(1), name);
  const [, day, time, zone] = MOMENT.exec(text) ?? [];
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

/** Options that the situation has no use for are refused: they were given for a reason. */
export function refuse(given: Given, names: readonly string[], why: string): void {
  const found = names.find((name) => given.has(name));
  if (found !== undefined) throw new UsageError(`--${found}: ${why}`);
}
