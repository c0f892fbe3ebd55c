// The public API of `halfminute/two-factor`. Only re-exports, no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export type {
  RecognizedBrowser,
  RecognizeOptions,
  RememberedBrowser,
  RememberOptions,
} from "./browsers/recognizing.ts";
export { createTwoFactor, type TwoFactorOptions } from "./create.ts";
export type { ParameterOptions } from "./devices/device-parameters.ts";
export type { Confirmed, ConfirmOptions, Enrollment, EnrollOptions, JoiningOptions } from "./devices/enrollment.ts";
export type { HotpImportOptions, Imported, ImportOptions, TotpImportOptions } from "./devices/importing.ts";
export type {
  BrowserFields,
  IssuedCodeRefusal,
  PurposeFields,
  RefusalReason,
  TwoFactorEvent,
  TwoFactorEventDetails,
  TwoFactorEventFields,
  TwoFactorEventHandler,
  TwoFactorEventSubject,
  TwoFactorEventType,
  TwoFactorMethod,
} from "./events.ts";
export { type GuessOptions, guessProbability } from "./guess-probability.ts";
export type { IssuedCode, IssuedCodeOptions, VerifiedIssuedCode } from "./issued/issued-codes.ts";
export type { PassedBy } from "./passed.ts";
export type { Passed, VerifyOptions } from "./passing.ts";
export type { Policy } from "./policy.ts";
export { type RecentOptions, requireRecent } from "./recent.ts";
export type { IssuedRecoveryCode, IssueRecoveryCodeOptions, NewRecoveryCodes } from "./recovery/recovering.ts";
export type { SealingKey } from "./sealing/key-ring.ts";
export type { Sealer } from "./sealing/sealer.ts";
export type { DeviceType } from "./state/state.ts";
export type { TwoFactorBrowser, TwoFactorDevice, TwoFactorPending, TwoFactorState, TwoFactorStatus } from "./status.ts";
export type { TwoFactorRecord, TwoFactorStore } from "./store.ts";
export type { Resealed } from "./support.ts";
export type { TwoFactor } from "./two-factor.ts";
export { TwoFactorError, type TwoFactorErrorCode, type TwoFactorErrorDetails } from "./two-factor-error.ts";
