// The public API of the package: asynchronous, on WebCrypto. Only re-exports, no logic.
export { type Base32Options, decodeBase32, encodeBase32 } from "./core/base32.ts";
export { OtpError, type OtpErrorCode } from "./core/errors.ts";
export type {
  HotpAccount,
  HotpAccountInput,
  HotpParameters,
  OtpauthAccount,
  OtpauthAccountInput,
  SteamAccount,
  SteamAccountInput,
  SteamParameters,
  TotpAccount,
  TotpAccountInput,
  TotpParameters,
} from "./otpauth/account.ts";
export { buildOtpauthUri, type OtpauthUriOptions } from "./otpauth/build.ts";
export { parseOtpauthUri } from "./otpauth/parse.ts";
export type { Algorithm, Digits } from "./core/parameters.ts";
export type { WebCryptoKey } from "./core/platform.ts";
export { decodeSecret, generateSecret, type Secret, type SecretOptions } from "./core/secret.ts";
export { timeStep, type TimeOptions, type TimeStep } from "./core/time-step.ts";
export type {
  CodeOptions,
  GenerateHotpOptions,
  GenerateTotpOptions,
  Match,
  ReplayOptions,
  ResynchronizeHotpOptions,
  ResynchronizeTotpOptions,
  VerifyHotpOptions,
  VerifyTotpOptions,
} from "./core/verification.ts";
export { importKey, type SecretOrKey } from "./webcrypto/keys.ts";
export { generateHotp, resynchronizeHotp, verifyHotp } from "./webcrypto/hotp.ts";
export { generateTotp, resynchronizeTotp, verifyTotp } from "./webcrypto/totp.ts";
