// Reads and checks the options of speakeasy callers. Absent, `undefined` and `null` are the same,
// as in speakeasy.
import { OtpError } from "../core/errors.ts";
import { type Algorithm, DEFAULT_PERIOD, MAX_COUNTER, requireCounter, requireInteger } from "../core/parameters.ts";

/** Every option of speakeasy; `undefined` where it was not given. */
export type Given = Readonly<Record<keyof typeof ABSENT, unknown>>;

// prettier-ignore
const ABSENT = {
  secret: undefined, key: undefined, encoding: undefined, counter: undefined, algorithm: undefined, digits: undefined,
  length: undefined, digest: undefined, token: undefined, window: undefined, time: undefined, step: undefined,
  epoch: undefined, initial_time: undefined, symbols: undefined, name: undefined, otpauth_url: undefined, qr_codes: undefined,
  google_auth_qr: undefined, label: undefined, issuer: undefined, type: undefined, period: undefined,
};

/**
 * Names that speakeasy never had but this package's other functions do: ignoring them would harm
 * the caller.
 */
const FOREIGN: readonly (readonly [name: string, advice: string])[] = [
  ["at", "time, in seconds"],
  ["timestamp", "time, in seconds"],
  ["t0", "epoch, in seconds"],
  ["lookBehind", "window"],
  ["lookAhead", "window"],
  ["after", "verifyTotp of halfminute/sync, which has it"],
  ["byteLength", "length, in characters"],
  ["accountName", "label or name"],
];

/**
 * Unknown names are ignored, as in speakeasy: one object may serve several calls. Each value is
 * read once.
 */
export function readGiven(options: unknown): Given {
  if (typeof options !== "object" || options === null)
    throw new OtpError("invalid-options", "options must be an object");
  for (const [name, advice] of FOREIGN) {
    if (valueOf(options, name) === undefined) continue;
    throw new OtpError("unknown-option", `unknown option "${name}", use ${advice}`);
  }
  return Object.fromEntries(
    Object.keys(ABSENT).map((name) => [name, givenOf(valueOf(options, name), EMPTY_IS_ABSENT.includes(name))]),
  ) as Given;
}

/**
 * Options where empty text means the default. For a secret, a token or a number it is a mistake.
 */
const EMPTY_IS_ABSENT: readonly string[] = ["encoding", "algorithm", "type", "issuer"];

function givenOf(value: unknown, isEmptyAbsent: boolean): unknown {
  return value === "" && isEmptyAbsent ? undefined : value;
}

/** An own or inherited value, but not from Object.prototype, which may be polluted. */
function valueOf(options: object, name: string): unknown {
  let holder: object | null = options;
  while (holder !== null && !Object.hasOwn(holder, "isPrototypeOf")) {
    if (Object.hasOwn(holder, name)) return (options as Readonly<Record<string, unknown>>)[name] ?? undefined;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/** Refuses an option that this call ignores, unless its value is in effect anyway. */
export function refuseIgnored(name: string, value: unknown, meant: string, inForce: unknown): void {
  if (value === undefined || asNumber(value) === inForce) return;
  throw new OtpError("unknown-option", `${name} has no effect here, use ${meant}`);
}

/** Databases and forms return numbers as text. */
function asNumber(value: unknown): unknown {
  return typeof value === "string" && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
}

export function integerOf(value: unknown, name: string, least: number, most: number): number {
  return requireInteger(asNumber(value), name, least, most);
}

export function counterOf(value: unknown): number {
  return requireCounter(asNumber(value ?? 0));
}

const DEFAULT_DIGITS = 6;
/** 31 bits have at most ten digits. */
const MOST_DIGITS = 10;

export function digitsOf(value: unknown): number {
  return integerOf(value ?? DEFAULT_DIGITS, "digits", 1, MOST_DIGITS);
}

function stepOf(value: unknown, name: string): number {
  return integerOf(value ?? DEFAULT_PERIOD, name, 1, MAX_COUNTER);
}

const ALGORITHMS = { __proto__: null, sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as unknown as Readonly<
  Record<string, Algorithm | undefined>
>;

export function algorithmOf(value: unknown): Algorithm {
  const algorithm = ALGORITHMS[typeof value === "string" ? value.toLowerCase() : value === undefined ? "sha1" : ""];
  if (!algorithm) throw new OtpError("invalid-option", "algorithm must be sha1, sha256 or sha512");
  return algorithm;
}

/** The number of whole steps: RFC 6238 §4.2. */
export function timeCounter({ time, step, epoch, initial_time, period }: Given): number {
  const seconds = stepOf(step, "step");
  refuseIgnored("period", period, "step", seconds);
  const now = time === undefined ? Date.now() / 1000 : secondsOf(time, "time");
  const elapsed = now - secondsOf(epoch ?? initial_time ?? 0, "epoch");
  const counter = Math.floor(elapsed / seconds);
  if (!(elapsed >= 0 && counter <= MAX_COUNTER)) throw new OtpError("invalid-option", "time must not be before epoch");
  return counter;
}

/** Seconds may have a fraction, as in `Date.now() / 1000`. */
function secondsOf(value: unknown, name: string): number {
  const seconds = typeof value === "string" && /^[0-9]{1,16}(\.[0-9]+)?$/.test(value) ? Number(value) : value;
  if (!Number.isFinite(seconds)) throw new OtpError("invalid-option", `${name} must be a number of seconds`);
  return seconds as number;
}
