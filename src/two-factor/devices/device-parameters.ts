// The parameters of codes, which go into the URI and are stored with the device.
import type { TotpParameters } from "../../otpauth/account.ts";
import {
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  MAX_PERIOD,
  readOptions,
  requireAlgorithm,
  requireDigits,
  requireInteger,
} from "../../core/parameters.ts";

/** The parameters that every authenticator app supports. */
export const PLAIN_PARAMETERS: TotpParameters = {
  algorithm: DEFAULT_ALGORITHM,
  digits: DEFAULT_DIGITS,
  period: DEFAULT_PERIOD,
};

/** The parameters of a device. Each may be omitted. */
export type ParameterOptions = { readonly [Name in keyof TotpParameters]?: TotpParameters[Name] | undefined };

export function readParameters(given: object | undefined, usual: TotpParameters): TotpParameters {
  const { algorithm, digits, period } = readOptions(given, usual);
  return {
    algorithm: requireAlgorithm(algorithm),
    digits: requireDigits(digits),
    period: requireInteger(period, "period", 1, MAX_PERIOD),
  };
}
