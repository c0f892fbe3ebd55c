// The interface of speakeasy 2.0.0 on the synchronous face, so that its users change one line. It answers as speakeasy does
// where that is right, and throws where speakeasy guesses. Names only, no logic.
import { _counter, digest, hotp, totp } from "./speakeasy/codes.ts";
import { generateSecret, generateSecretASCII } from "./speakeasy/generate.ts";
import type { Hotp, Speakeasy, Totp } from "./speakeasy/types.ts";
import { otpauthURL } from "./speakeasy/url.ts";

export { OtpError, type OtpErrorCode } from "./errors.ts";
export type { DigestBytes } from "./speakeasy/codes.ts";
export type {
  Algorithm,
  Delta,
  DigestOptions,
  Encoding,
  GeneratedSecret,
  GeneratedSecretWithOtpAuthUrl,
  GenerateSecretOptions,
  GenerateSecretWithOtpAuthUrlOptions,
  Hotp,
  HotpOptions,
  HotpVerifyOptions,
  OtpauthURLOptions,
  SharedOptions,
  Speakeasy,
  TimeOptions,
  Totp,
  TotpOptions,
  TotpVerifyOptions,
} from "./speakeasy/types.ts";
export { _counter, digest, generateSecret, generateSecretASCII, hotp, otpauthURL, totp };

/** The same as `hotp`. */
export const counter: Hotp = hotp;

/** The same as `totp`. */
export const time: Totp = totp;

/** The former name of `generateSecret`. */
export const generate_key: typeof generateSecret = generateSecret;

/** The former name of `generateSecretASCII`. */
export const generate_key_ascii: typeof generateSecretASCII = generateSecretASCII;

/** All of it in one object, as `require("speakeasy")` gave it. */
const speakeasy: Speakeasy = {
  ...{ digest, hotp, counter, _counter, totp, time },
  ...{ generateSecret, generate_key, generateSecretASCII, generate_key_ascii, otpauthURL },
};

export default speakeasy;
