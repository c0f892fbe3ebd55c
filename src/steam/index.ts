// The public API of `halfminute/steam`. Only re-exports, no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export type { Match, ReplayOptions } from "../core/verification.ts";
export type { OtpKey, SecretOrKey } from "../portable/keys.ts";
export {
  type Base64Secret,
  generateSteamCode,
  type GenerateSteamCodeOptions,
  type SteamSecret,
  verifySteamCode,
  type VerifySteamCodeOptions,
} from "./steam-code.ts";
