// The API of speakeasy 2.0.0 on the synchronous API, so that its users change one line. It gives
// speakeasy's results where those are right, and throws where speakeasy guesses. Only re-exports,
// no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export { _counter, digest, type DigestBytes, hotp, totp } from "./codes.ts";
export { generateSecret, generateSecretASCII } from "./generate.ts";
export { counter, generate_key, generate_key_ascii, type Speakeasy, speakeasy as default, time } from "./object.ts";
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
  TimeOptions,
  Totp,
  TotpOptions,
  TotpVerifyOptions,
} from "./types.ts";
export { otpauthURL } from "./url.ts";
