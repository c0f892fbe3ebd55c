// The public face of the two-factor flow. Names only, no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export { createTwoFactor, type TwoFactor, type TwoFactorOptions } from "./create.ts";
export type { Passed } from "./decide-verify.ts";
export { TwoFactorError, type TwoFactorErrorCode, type TwoFactorErrorDetails } from "./two-factor-error.ts";
export type {
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
export type { Policy } from "./policy.ts";
export type {
  Enrollment,
  EnrollOptions,
  ImportOptions,
  NewRecoveryCodes,
  ParameterOptions,
  Resealed,
  TwoFactorState,
  TwoFactorStatus,
} from "./results.ts";
export type { Sealer, SealingKey } from "./sealing.ts";
export type { TwoFactorRecord, TwoFactorStore } from "./store.ts";
