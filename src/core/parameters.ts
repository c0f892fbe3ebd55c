// Options: their types, defaults and guards.
import { OtpError } from "./errors.ts";

/** The hash functions of RFC 6238 §1.2, by their WebCrypto names. */
export type Algorithm = "SHA-1" | "SHA-256" | "SHA-512";

/**
 * How many digits a code has. RFC 4226 §5.3 requires at least 6; more than 8 would not be evenly
 * distributed from 31 bits.
 */
export type Digits = 6 | 7 | 8;

/** The MAC length of each algorithm, in bytes. */
export const MAC_BYTES: Readonly<Record<Algorithm, number>> = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 };

export const DEFAULT_ALGORITHM: Algorithm = "SHA-1";
export const DEFAULT_DIGITS: Digits = 6;
export const DEFAULT_PERIOD = 30;
export const MAX_PERIOD = 86_400;
export const MAX_COUNTER: number = 2 ** 53 - 1;

/** Option names of other libraries, and their names here. */
const MEANT = {
  __proto__: null,
  window: "lookBehind, lookAhead",
  step: "period",
  epoch: "at",
  time: "at",
  timestamp: "at",
} as unknown as Readonly<Record<string, string | undefined>>;

/**
 * Returns the defaults, overridden by the caller's own options; `undefined` means the default.
 * `defaults` has every allowed name. The result has all names as own properties, so a polluted
 * `Object.prototype` is never read, and each option is read once. Anything except a plain object is
 * refused: a Date, a number or a database row would pass for "no options".
 */
export function readOptions<Options extends object>(options: object | undefined, defaults: Options): Options {
  return overwriteOptions(options, { ...defaults });
}

/**
 * The same, but overwrites `given`, an object that the caller has just made. Engines copy objects
 * of many shapes slowly, so in a program that uses many functions, {@link readOptions} takes as
 * long as a code.
 */
export function overwriteOptions<Options extends object>(options: object | undefined, given: Options): Options {
  if (options === undefined) return given;
  if (!isPlainObject(options)) throw new OtpError("invalid-options", "options must be a plain object");
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(given, name)) {
      throw new OtpError(
        "unknown-option",
        `unknown option "${name}", use ${MEANT[name] ?? Object.keys(given).join(", ")}`,
      );
    }
    const value = (options as Record<string, unknown>)[name];
    // `after: undefined` must not mean "no replay check": a misspelled column reads as undefined.
    if (value !== undefined || name === "after") (given as Record<string, unknown>)[name] = value;
  }
  return given;
}

/** Also of another realm: the prototype may be any realm's Object.prototype, or null. */
function isPlainObject(value: object | null): boolean {
  if (value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.hasOwn(prototype, "isPrototypeOf");
}

export function requireInteger(value: unknown, name: string, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw new OtpError("invalid-option", `${name} must be an integer from ${least} to ${most}`);
  }
  return value as number;
}

/** An argument, not an option, so it has its own error code. */
export function requireCounter(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new OtpError("invalid-counter", "counter must be an integer from 0 to 2^53-1");
  }
  return value as number;
}

export function requireBoolean(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new OtpError("invalid-option", `${name} must be true or false`);
  return value;
}

export function requireFunction<Value>(value: Value, name: string): NonNullable<Value> {
  if (typeof value !== "function") throw new OtpError("invalid-option", `${name} must be a function`);
  return value;
}

/** `example` names objects with these methods, for the message. */
export function requireMethods<Type extends object>(
  value: unknown,
  name: string,
  methods: readonly (string & keyof Type)[],
  example: string,
): Type {
  const missing = methods.find((method) => typeof (Object(value) as Type)[method] !== "function");
  if (missing === undefined) return value as Type;
  throw new OtpError("invalid-option", `${name} must have the method ${missing}, like ${example}`);
}

export function requireDigits(value: unknown): Digits {
  return requireInteger(value, "digits", 6, 8) as Digits;
}

export function requireAlgorithm(value: unknown): Algorithm {
  if (!isAlgorithm(value)) throw new OtpError("invalid-option", "algorithm must be SHA-1, SHA-256 or SHA-512");
  return value;
}

export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === "string" && Object.hasOwn(MAC_BYTES, value);
}

/**
 * True for a Uint8Array of any realm, so for a Buffer. Not for an ArrayBuffer, which may be a pool
 * with other data.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "Uint8Array";
}
