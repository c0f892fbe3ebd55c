// All that this app does with halfminute: the flow, the flag that goes with it, and what a person reads when something is refused.
import { qrDataUrl } from "halfminute/qr";
import {
  createTwoFactor,
  type NewRecoveryCodes,
  type Passed,
  type SealingKey,
  TwoFactorError,
  type TwoFactorErrorCode,
  type TwoFactorStatus,
} from "halfminute/two-factor";

import type { Database } from "./database/database.ts";
import { type History, openHistory } from "./history.ts";
import type { User, Users } from "./users.ts";

/** One code or recovery code, or three codes in a row. */
export type Typed = string | readonly string[];

/** What is shown once to turn it on. */
export interface Setup {
  readonly uri: string;
  readonly qr: string;
  readonly secret: string;
  /** Stands for this enrollment, and may be kept: the time when it ends. */
  readonly enrollment: number;
}

export interface SecondFactor {
  isNeeded(user: User): Promise<boolean>;
  /** Resolves only if the person may pass. */
  signIn(user: User, typed: Typed): Promise<User>;
  /** Also for another device: then a second factor is asked for first. */
  begin(user: User, typed: Typed): Promise<Setup>;
  /** Only for the enrollment that the session was shown. */
  confirm(user: User, code: string, enrollment: number): Promise<NewRecoveryCodes & { readonly user: User }>;
  renewRecoveryCodes(user: User, typed: Typed): Promise<NewRecoveryCodes>;
  turnOff(user: User, typed: Typed): Promise<User>;
  status(user: User): Promise<TwoFactorStatus>;
  history(user: User): Promise<History>;
}

export function openSecondFactor(database: Database, users: Users, sealingKeys: readonly SealingKey[]): SecondFactor {
  const history = openHistory(database);
  const twoFactor = createTwoFactor({
    issuer: "Halfminute demo",
    store: database.twoFactorStore,
    sealingKeys,
    onEvent: async (event) => {
      if (event.type === "replay-seen") return; // comes with a refusal
      await history.write(event).catch(() => {
        console.error("An event could not be written to the history.");
      });
    },
  });

  const pass = (user: User, typed: Typed): Promise<Passed> =>
    typeof typed === "string" ? twoFactor.verify(user.id, typed) : twoFactor.verifyConsecutive(user.id, typed);

  /** The device is active, but an answer was lost on the way, before the flag was written. */
  const catchUp = async (error: unknown, user: User): Promise<never> => {
    const isActive = error instanceof TwoFactorError && ["already-confirmed", "already-enrolled"].includes(error.code);
    const now = isActive ? await users.find(user.id) : undefined;
    if (now && !now.hasTwoFactor) await users.setTwoFactor(now, true);
    throw error;
  };

  return {
    // A flag that is off may not have been written before the program ended: then the device tells.
    isNeeded: async (user) => user.hasTwoFactor || (await twoFactor.status(user.id)).activeSince !== null,
    // Whoever passed by a device whose flag was not written has the flag again.
    signIn: (user, typed) => pass(user, typed).then(() => (user.hasTwoFactor ? user : users.setTwoFactor(user, true))),
    async begin(user, typed) {
      if (user.hasTwoFactor) await pass(user, typed);
      const options = { accountName: user.name, replace: user.hasTwoFactor };
      const shown = await twoFactor.enroll(user.id, options).catch((error: unknown) => catchUp(error, user));
      const { uri, secret, expiresAt } = shown;
      return { uri, secret, qr: qrDataUrl(uri, { scale: 5 }), enrollment: expiresAt.getTime() };
    },
    async confirm(user, code, enrollment) {
      // Begun again in another session, which was shown another secret: this one must not even guess its code.
      const { pendingUntil } = await twoFactor.status(user.id);
      if (pendingUntil && pendingUntil.getTime() !== enrollment) throw new TwoFactorError("superseded");
      const codes = await twoFactor.confirm(user.id, code).catch((error: unknown) => catchUp(error, user));
      return { ...codes, user: await users.setTwoFactor(user, true) };
    },
    renewRecoveryCodes: (user, typed) => pass(user, typed).then(() => twoFactor.renewRecoveryCodes(user.id)),
    async turnOff(user, typed) {
      await pass(user, typed);
      // The flag first: if what follows fails, the device is still asked for. A flag without a device would shut the person out.
      const next = await users.setTwoFactor(user, false);
      await twoFactor.disable(user.id);
      return next;
    },
    status: (user) => twoFactor.status(user.id),
    history: (user) => history.read(user.id),
  };
}

/** What to tell a person who was refused. */
export interface Problem {
  readonly text: string;
  readonly waitSeconds?: number | undefined;
  /** What the page offers first, instead of the field for a code. */
  readonly instead?: "three-codes" | "recovery-code" | "new-recovery-codes";
}

/** What was wrong with what was typed. Nothing for what only operators can mend. */
export function explain(error: unknown, typed: Typed = ""): Problem | undefined {
  if (!(error instanceof TwoFactorError) || !error.expose) return undefined;
  const { code, clockOffSeconds: off = 0, retryAfterSeconds: waitSeconds } = error;
  const isRecoveryCode = typeof typed === "string" && /[a-z]/i.test(typed);
  if (code === "code-rejected" && isRecoveryCode) return { text: SPENT, instead: "recovery-code" };
  if (code === "throttled") return { text: "Too many wrong codes.", waitSeconds };
  if (code === "clock-off") return { text: `Your phone's clock is off by about ${Math.abs(off)} seconds. ${CLOCK}` };
  return PROBLEMS[code] ?? { text: error.message };
}

const SPENT = "That recovery code is wrong or was already used. Each works once; enter another one.";
const CLOCK = "Set it to automatic, then try again.";
export const MAKE_NEW = "Two-factor sign-in is already on. If you saw no recovery codes, make new ones.";
const OVER = "This set-up is over: too old, too many wrong codes, or begun again elsewhere. Start again.";
const PROBLEMS: Readonly<Partial<Record<TwoFactorErrorCode, Problem>>> = {
  "code-rejected": { text: "That code is wrong or was already used. Wait for the next code and enter that one." },
  restricted: {
    text: "Too many failures. Enter three codes in a row, or a recovery code. Then choose a new password: somebody may know yours.",
    instead: "three-codes",
  },
  locked: { text: "Too many failures. Enter a recovery code, then set up your app again.", instead: "recovery-code" },
  "not-enrolled": { text: "Your second factor cannot be checked. Ask for help; nobody is let in without it." },
  "already-enrolled": { text: MAKE_NEW, instead: "new-recovery-codes" },
  "already-confirmed": { text: MAKE_NEW, instead: "new-recovery-codes" },
  "not-pending": { text: OVER },
  superseded: { text: OVER },
};
