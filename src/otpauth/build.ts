// Builds an `otpauth://` URI from an account. Parameters that equal the default are omitted: some
// apps refuse or ignore them.
import { encodeBase32 } from "../core/base32.ts";
import { OtpError } from "../core/errors.ts";
import {
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  MAX_PERIOD,
  readOptions,
  requireAlgorithm,
  requireCounter,
  requireDigits,
  requireInteger,
} from "../core/parameters.ts";
import { secretBytes } from "../core/secret.ts";
import {
  ACCOUNT,
  type OtpauthAccountInput,
  STEAM_PARAMETERS,
  type SteamParameters,
  type UncheckedAccount,
} from "./account.ts";
import { buildLabel, isImage } from "./label.ts";

/** Options of {@link buildOtpauthUri}. */
export interface OtpauthUriOptions {
  /**
   * The URI scheme. `apple-otpauth` opens Apple's Passwords app; its issuer should be the service's
   * domain. Default: `otpauth`.
   */
  readonly scheme?: "otpauth" | "apple-otpauth" | undefined;
}

/**
 * Builds the URI that authenticator apps read from a QR code. It contains the secret: treat it as a
 * secret.
 *
 * @param account - Secret, names and parameters. Only SHA-1, 6 digits and 30 seconds work in every
 * app.
 * @param options - The URI scheme.
 * @returns An `otpauth://` URI.
 * @throws {@link OtpError} `invalid-account` for the type, names or image; `invalid-secret`,
 * `secret-too-short`; `invalid-counter`; `invalid-options`, `unknown-option`, `invalid-option` for
 * fields, parameters and options.
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
  const { scheme } = readOptions<{ scheme: string }>(options, { scheme: "otpauth" });
  if (scheme !== "otpauth" && scheme !== "apple-otpauth") {
    throw new OtpError("invalid-option", "scheme must be otpauth or apple-otpauth");
  }
  const { type, secret, issuer, accountName, image, parameters, counter } = readOptions<UncheckedAccount>(
    account,
    ACCOUNT,
  );
  const label = buildLabel(issuer, accountName);
  const query = {
    secret: encodeBase32(secretBytes(secret, 1)),
    issuer: issuer as string | undefined,
    ...parametersOf(type, parameters, counter),
    image: requireImage(image),
  };
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${scheme}://${String(type)}/${label}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&")}`;
}

function requireImage(image: unknown): string | undefined {
  if (image === undefined || isImage(image)) return image;
  throw new OtpError("invalid-account", "image must be an https URL");
}

const CODE = { algorithm: DEFAULT_ALGORITHM, digits: DEFAULT_DIGITS };

type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/** The query parameters of a type; undefined where they equal the default. */
function parametersOf(type: unknown, parameters: object | undefined, counter: unknown): QueryParameters {
  if (type !== "hotp" && counter !== undefined) {
    throw new OtpError("invalid-counter", "counter is only for hotp");
  }
  switch (type) {
    case "totp": {
      const { period, ...code } = readOptions(parameters, { ...CODE, period: DEFAULT_PERIOD });
      return {
        ...codeParameters(code),
        period: unless(DEFAULT_PERIOD, requireInteger(period, "period", 1, MAX_PERIOD)),
      };
    }
    case "hotp":
      return { ...codeParameters(readOptions(parameters, CODE)), counter: requireCounter(counter) };
    case "steam":
      requireSteamParameters(readOptions(parameters, STEAM_PARAMETERS));
      // In the type and again here: some readers know one and some the other; all others refuse
      // instead of showing digits.
      return { encoder: "steam" };
    default:
      throw new OtpError("invalid-account", "type must be totp, hotp or steam");
  }
}

function codeParameters({ algorithm, digits }: typeof CODE): QueryParameters {
  return {
    algorithm: unless(DEFAULT_ALGORITHM, requireAlgorithm(algorithm))?.replace("-", ""),
    digits: unless(DEFAULT_DIGITS, requireDigits(digits)),
  };
}

function unless<Value>(usual: Value, value: Value): Value | undefined {
  return value === usual ? undefined : value;
}

function requireSteamParameters(given: Readonly<Record<keyof SteamParameters, unknown>>): void {
  const { algorithm, digits, period } = STEAM_PARAMETERS;
  if (given.algorithm !== algorithm || given.digits !== digits || given.period !== period) {
    throw new OtpError("invalid-option", "parameters of type steam are fixed");
  }
}
