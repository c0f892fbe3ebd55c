// The otpauth URL in speakeasy's form: the label as given, and only the given parameters.
import { encodeBase32 } from "../core/base32.ts";
import { OtpError } from "../core/errors.ts";
import { algorithmOf, counterOf, digitsOf, type Given, integerOf, readGiven, refuseIgnored } from "./given.ts";
import { secretOf } from "./encodings.ts";
import type { OtpauthURLOptions } from "./types.ts";

/**
 * Builds the URL that authenticator apps read from a QR code. It contains the secret: treat it as a
 * secret. Draw the QR code with `halfminute/qr`, which sends it to no server.
 *
 * @param options - Secret, label, issuer, type, counter and parameters. The default `encoding` is
 * `ascii`.
 * @returns An `otpauth://` URL.
 * @throws {@link OtpError} `invalid-secret`, `secret-too-short`; `invalid-account` for label,
 * issuer or type; `invalid-counter` for a missing or wrong counter of `hotp`; `invalid-options`,
 * `unknown-option`, `invalid-option`.
 * @example
 * ```ts
 * import { otpauthURL } from "halfminute/speakeasy";
 *
 * const url = otpauthURL({ secret: "JBSWY3DPEHPK3PXP", encoding: "base32", label: "Acme:alice@example.com", issuer: "Acme" });
 * console.log(url); // otpauth://totp/Acme:alice@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Acme
 * ```
 * @see Key URI Format (Google Authenticator wiki)
 */
export function otpauthURL(options: OtpauthURLOptions): string {
  const given = readGiven(options);
  refuseOtherNames(given);
  return buildURL(secretOf(given), given.label, given);
}

/** These would change the codes, but the URL would not tell the app. */
function refuseOtherNames({ key, secret, length, digits, step, period }: Given): void {
  if (key !== undefined && key !== secret) throw new OtpError("unknown-option", "key has no effect here, use secret");
  refuseIgnored("length", length, "digits", digitsOf(digits));
  refuseIgnored("step", step, "period", periodOf(period ?? 30));
}

/** The URL's fields other than secret and label. All are present, so that none is inherited. */
export type URLParameters = Pick<Given, "type" | "issuer" | "counter" | "algorithm" | "digits" | "period">;

export function buildURL(secret: Uint8Array, label: unknown, parameters: URLParameters): string {
  const { issuer, algorithm, digits, period, counter } = parameters;
  const type = typeOf(parameters.type ?? "totp");
  const query = {
    secret: encodeBase32(secret),
    issuer: encodeName(textOf(issuer ?? "", "issuer"), /[^]+/g) || undefined,
    algorithm: algorithm === undefined ? undefined : algorithmOf(algorithm).replace("-", ""),
    digits: digits === undefined ? undefined : digitsOf(digits),
    period: period === undefined ? undefined : periodOf(period),
    counter: type === "hotp" ? requiredCounter(counter) : undefined,
  };
  const name = encodeName(textOf(label, "label"), OUTSIDE_LABELS).replace(/^\//, "");
  if (name === "") throw new OtpError("invalid-account", "label must not be empty");
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return `otpauth://${type}/${name}?${pairs.map(([key, value]) => `${key}=${String(value)}`).join("&")}`;
}

/**
 * What RFC 3986 §3.3 does not allow in a path. Encoded characters stay as they are: callers encode
 * labels themselves.
 */
const OUTSIDE_LABELS = /%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=:@/%-]+/gi;

function encodeName(name: string, outside: RegExp): string {
  try {
    return name.replace(outside, encodeURIComponent);
  } catch {
    throw new OtpError("invalid-account", "label and issuer must be well-formed Unicode");
  }
}

export function textOf(value: unknown, name: string): string {
  if (typeof value !== "string") throw new OtpError("invalid-account", `${name} must be a string`);
  return value;
}

function typeOf(value: unknown): "totp" | "hotp" {
  const type = typeof value === "string" ? value.toLowerCase() : undefined;
  if (type !== "totp" && type !== "hotp") throw new OtpError("invalid-account", "type must be totp or hotp");
  return type;
}

function requiredCounter(counter: unknown): number {
  if (counter === undefined) throw new OtpError("invalid-counter", "hotp must have a counter");
  return counterOf(counter);
}

/** The largest period that speakeasy writes. */
const MOST_SECONDS = 2 ** 31 - 1;

function periodOf(value: unknown): number {
  return integerOf(value, "period", 1, MOST_SECONDS);
}
