// An account becomes an `otpauth://` URI. Parameters that equal the default are left out: some apps refuse or ignore them.
import { encodeBase32 } from "../base32.ts";
import { OtpError } from "../errors.ts";
import {
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  readOptions,
  requireAlgorithm,
  requireCounter,
  requireDigits,
  requirePeriod,
} from "../parameters.ts";
import { secretBytes } from "../secret.ts";
import { type OtpauthAccountInput, STEAM_PARAMETERS } from "./account.ts";
import { buildLabel, encode } from "./label.ts";

/** How {@link buildOtpauthUri} writes. */
export interface OtpauthUriOptions {
  /** The URI scheme. `apple-otpauth` opens Apple's Passwords app; its issuer should be the service's domain. Default: `otpauth`. */
  readonly scheme?: "otpauth" | "apple-otpauth" | undefined;
}

/**
 * Writes the URI that authenticator apps read from a QR code. It holds the secret: treat it like one.
 *
 * @param account - Secret, names and parameters. Only SHA-1, 6 digits and 30 seconds work in every app.
 * @param options - The URI scheme.
 * @returns An `otpauth://` URI.
 * @throws {@link OtpError} `invalid-account` for the type or a name; `invalid-secret`, `secret-too-short`;
 * `invalid-counter`; `invalid-options`, `unknown-option`, `invalid-option` for fields, parameters and options.
 * @example
 * ```ts
 * import { buildOtpauthUri } from "halfminute";
 *
 * const uri = buildOtpauthUri({ secret: "JBSWY3DPEHPK3PXP", issuer: "Acme Co", accountName: "alice" });
 * console.log(uri); // otpauth://totp/Acme%20Co:alice?secret=JBSWY3DPEHPK3PXP&issuer=Acme%20Co
 * ```
 * @see Key URI Format (Google Authenticator wiki); draft-linuxgemini-otpauth-uri
 */
export function buildOtpauthUri(account: OtpauthAccountInput, options?: OtpauthUriOptions): string {
  const { scheme = "otpauth" } = readOptions<{ scheme?: string | undefined }>(options, ["scheme"]);
  if (scheme !== "otpauth" && scheme !== "apple-otpauth") {
    throw new OtpError("invalid-option", "scheme must be otpauth or apple-otpauth");
  }
  const given = readOptions<UncheckedAccount>(account, ACCOUNT_FIELDS);
  const { type = "totp", secret, issuer, accountName, parameters, counter } = given;
  const label = buildLabel(issuer, accountName);
  const query = {
    secret: encodeBase32(secretBytes(secret, 1)),
    issuer: issuer as string | undefined,
    ...parametersOf(type, parameters, counter),
  };
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${scheme}://${String(type)}/${label}?${pairs.map(([name, value]) => `${name}=${encode(String(value))}`).join("&")}`;
}

/** What arrives from a caller who has no compiler. */
interface UncheckedAccount {
  readonly type?: unknown;
  readonly secret?: unknown;
  readonly issuer?: unknown;
  readonly accountName?: unknown;
  readonly parameters?: Partial<Record<"algorithm" | "digits" | "period", unknown>> | undefined;
  readonly counter?: unknown;
}

const ACCOUNT_FIELDS = ["type", "secret", "issuer", "accountName", "parameters", "counter"];

type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/** The query parameters of a type; undefined where they equal the default. */
function parametersOf(
  type: unknown,
  parameters: UncheckedAccount["parameters"] = {},
  counter: unknown,
): QueryParameters {
  if (type !== "hotp" && counter !== undefined) {
    throw new OtpError("invalid-counter", "only an account of type hotp has a counter");
  }
  switch (type) {
    case "totp": {
      const given = readOptions(parameters, ["algorithm", "digits", "period"]);
      return { ...shapeOf(given), period: unless(DEFAULT_PERIOD, requirePeriod(given.period)) };
    }
    case "hotp": {
      const given = readOptions(parameters, ["algorithm", "digits"]);
      return { ...shapeOf(given), counter: requireCounter(counter) };
    }
    case "steam":
      requireSteamParameters(parameters);
      // Twice, with the type: some readers know the one and some the other, and all others refuse rather than show digits.
      return { encoder: "steam" };
    default:
      throw new OtpError("invalid-account", "type must be totp, hotp or steam");
  }
}

function shapeOf(given: { algorithm?: unknown; digits?: unknown }): QueryParameters {
  const algorithm = unless(DEFAULT_ALGORITHM, requireAlgorithm(given.algorithm));
  return { algorithm: algorithm?.replace("-", ""), digits: unless(DEFAULT_DIGITS, requireDigits(given.digits)) };
}

function unless<Value>(usual: Value, value: Value): Value | undefined {
  return value === usual ? undefined : value;
}

function requireSteamParameters(parameters: Partial<Record<string, unknown>>): void {
  const given = readOptions(parameters, Object.keys(STEAM_PARAMETERS));
  for (const [name, fixed] of Object.entries(STEAM_PARAMETERS)) {
    const value = given[name];
    if (value !== undefined && value !== fixed) {
      throw new OtpError("invalid-option", `${name} of a steam account must be ${String(fixed)}`);
    }
  }
}
