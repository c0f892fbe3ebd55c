// What a person reads when something is refused.
import { TwoFactorError, type TwoFactorErrorCode } from "halfminute/two-factor";

import type { Typed } from "./two-factor.ts";

/** What a person reads who was refused. */
export interface Problem {
  readonly text: string;
  readonly waitSeconds?: number | undefined;
  /** What the page offers first, instead of the field for a code. */
  readonly instead?: "three-codes" | "recovery-code" | "new-recovery-codes";
}

/** What can be said about it and what was typed; everything else goes on to the last handler. */
export function problemOf(error: unknown, typed?: Typed): Problem {
  const problem = explain(error, typed);
  if (!problem) throw error;
  return problem;
}

/** The same for a code by mail. */
export function mailProblemOf(error: unknown): Problem {
  const problem = problemOf(error);
  const { code, retryAfterSeconds: waitSeconds } = error as TwoFactorError;
  if (code === "throttled") return { text: "No further code can be sent yet.", waitSeconds };
  return code === "code-rejected" ? { text: NOT_MAILED } : problem;
}

/** What was wrong with what was typed. Nothing for what only operators can repair. */
function explain(error: unknown, typed: Typed = ""): Problem | undefined {
  if (!(error instanceof TwoFactorError) || !error.expose) return undefined;
  const { code, clockOffSeconds: off = 0, retryAfterSeconds: waitSeconds } = error;
  const isRecoveryCode = typeof typed === "string" && /[a-z]/i.test(typed);
  if (code === "code-rejected" && isRecoveryCode) return { text: SPENT, instead: "recovery-code" };
  if (code === "throttled") return { text: "Too many wrong codes.", waitSeconds };
  if (code === "clock-off") return { text: `Your phone's clock is off by about ${Math.abs(off)} seconds. ${CLOCK}` };
  return PROBLEMS[code] ?? { text: error.message };
}

const SPENT = "That recovery code is wrong or was already used: enter another one.";
const NOT_MAILED = "That code is wrong or too old: enter the one from the newest mail, or have another one sent.";
const CLOCK = "Set it to automatic, then try again.";
export const MAKE_NEW = "Two-factor sign-in is already on. If you saw no recovery codes, make new ones.";
const OVER = "This set-up is over: too old, too many wrong codes, or begun again elsewhere. Start again.";
const PROBLEMS: Readonly<Partial<Record<TwoFactorErrorCode, Problem>>> = {
  "code-rejected": { text: "That code is wrong or was already used: enter the next one that your app shows." },
  restricted: {
    text: "Too many failures. Enter three codes in a row, or a recovery code. Then choose a new password: somebody may know yours.",
    instead: "three-codes",
  },
  locked: {
    text: "Too many failures. Enter a recovery code, or ask support to unlock your account.",
    instead: "recovery-code",
  },
  "not-enrolled": { text: "Your second factor cannot be checked. Ask for help; nobody is let in without it." },
  "already-enrolled": { text: MAKE_NEW, instead: "new-recovery-codes" },
  "already-confirmed": { text: MAKE_NEW, instead: "new-recovery-codes" },
  "not-pending": { text: OVER },
  superseded: { text: OVER },
  "device-unknown": { text: "That authenticator app no longer exists." },
  "too-many-devices": { text: "You have five authenticator apps. Remove one first." },
  "last-device": {
    text: "This is your only authenticator app. Add another one first, or turn off two-factor sign-in.",
  },
};
