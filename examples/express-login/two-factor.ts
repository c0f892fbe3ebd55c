// The flow of halfminute, and the flag that goes with it.
import { qrDataUrl } from "halfminute/qr";
import {
  createTwoFactor,
  type EnrollOptions,
  type JoiningOptions,
  type NewRecoveryCodes,
  type Passed,
  type RecognizedBrowser,
  type SealingKey,
  type TwoFactor,
  TwoFactorError,
} from "halfminute/two-factor";

import type { Database } from "./database/database.ts";
import { type History, openHistory } from "./history.ts";
import { notify, type SendMail } from "./mail.ts";
import type { User, Users } from "./users.ts";

/** One code or recovery code, or three codes in a row. */
export type Typed = string | readonly string[];

/** What is shown to set up an authenticator app. */
export interface Setup {
  readonly uri: string;
  readonly qr: string;
  readonly secret: string;
  /** For the session that is shown the secret: only that session can confirm the device. */
  readonly deviceId: string;
}

export interface SecondFactor {
  /** The flow itself, for all that has nothing to do with the flag. */
  readonly flow: TwoFactor;
  isNeeded(user: User): Promise<boolean>;
  /**
   * Resolves only if the person may pass. With a name for it, the browser is remembered, unless it
   * was a recovery code.
   */
  signIn(user: User, typed: Typed, browserName?: string): Promise<Passed & { readonly user: User }>;
  /** Whether the person passed in this browser not long ago; nothing if not. */
  recognize(user: User, token: string | undefined): Promise<RecognizedBrowser | undefined>;
  /**
   * Begins to set up a device. `resume` is one that this session was shown: it is shown again while
   * it waits.
   */
  begin(user: User, joining: JoiningOptions, resume?: string): Promise<Setup>;
  /** The same again, for the session that was shown it; nothing if it no longer waits. */
  shown(user: User, deviceId: string): Promise<Setup | undefined>;
  /** The recovery codes are empty for a device beside others. */
  confirm(user: User, code: string, deviceId: string): Promise<NewRecoveryCodes & { readonly user: User }>;
  removeDevice(user: User, deviceId: string): Promise<User>;
  turnOff(user: User): Promise<User>;
  history(user: User): Promise<History>;
}

export function openSecondFactor(
  database: Database,
  users: Users,
  sealingKeys: readonly SealingKey[],
  sendMail: SendMail,
): SecondFactor {
  const history = openHistory(database);
  const twoFactor = createTwoFactor({
    issuer: "Halfminute demo",
    store: database.twoFactorStore,
    sealingKeys,
    onEvent: async (event) => {
      if (event.type === "replay-seen") return; // comes with a refusal
      await Promise.all([history.write(event), notify(event, users, sendMail)]).catch(() => {
        console.error("An event could not be written to the history, or nobody could be told of it.");
      });
    },
  });

  const hasDevice = async ({ id }: User): Promise<boolean> => (await twoFactor.status(id)).devices.length > 0;

  /**
   * A flag without a device would lock the person out: somebody signed in with a code while the
   * factor was turned off.
   */
  const withoutLooseFlag = async (user: User): Promise<User> =>
    user.hasTwoFactor && !(await hasDevice(user)) ? users.setTwoFactor(user, false) : user;

  /** The device is active, but the program ended before the flag was written. */
  const catchUp = async (error: unknown, user: User): Promise<never> => {
    const isActive = error instanceof TwoFactorError && ["already-confirmed", "already-enrolled"].includes(error.code);
    const now = isActive ? await users.find(user.id) : undefined;
    if (now && !now.hasTwoFactor) await users.setTwoFactor(now, true);
    throw error;
  };

  const enroll = async (user: User, options: Partial<EnrollOptions>): Promise<Setup> => {
    const { deviceId, uri, secret } = await twoFactor.enroll(user.id, { accountName: user.name, ...options });
    return { deviceId, uri, secret, qr: qrDataUrl(uri, { scale: 5 }) };
  };
  const shown = (user: User, resume: string): Promise<Setup | undefined> =>
    enroll(user, { resume }).catch(() => undefined);

  return {
    flow: twoFactor,
    shown,
    // A flag that is off may not have been written before the program ended: then a device decides.
    isNeeded: async (user) => user.hasTwoFactor || (await hasDevice(user)),
    async signIn(user, typed, browserName) {
      const remember = browserName !== undefined && { binding: bindingOf(user), name: browserName };
      const passed =
        typeof typed === "string"
          ? await twoFactor.verify(user.id, typed, { remember })
          : await twoFactor.verifyConsecutive(user.id, typed, { remember });
      const isRecovery = passed.method === "recovery-code"; // ends no lock by itself; but whoever has one is not the guesser
      if (isRecovery && (await twoFactor.status(user.id)).state === "locked") await twoFactor.unlock(user.id);
      const now = user.hasTwoFactor ? user : await withoutLooseFlag(await users.setTwoFactor(user, true));
      return { ...passed, user: now };
    },
    recognize: (user, token) =>
      twoFactor.recognizeBrowser(user.id, token, { binding: bindingOf(user) }).catch((error: unknown) => {
        if (error instanceof TwoFactorError && error.code === "browser-unknown") return undefined;
        throw error;
      }),
    async begin(user, joining, resume) {
      const again = resume === undefined ? undefined : await shown(user, resume);
      return again ?? enroll(user, joining).catch((error: unknown) => catchUp(error, user));
    },
    async confirm(user, code, deviceId) {
      const confirming = twoFactor.confirm(user.id, code, { deviceId });
      const { recoveryCodes } = await confirming.catch((error: unknown) => catchUp(error, user));
      return { recoveryCodes, user: await users.setTwoFactor(user, true) };
    },
    async removeDevice(user, deviceId) {
      await twoFactor.removeDevice(user.id, deviceId);
      return users.setTwoFactor(user, true); // ends the sessions elsewhere
    },
    async turnOff(user) {
      // The flag first: if what follows fails, the device is still asked for.
      const next = await users.setTwoFactor(user, false);
      await twoFactor.disable(user.id);
      return withoutLooseFlag((await users.find(user.id)) ?? next);
    },
    history: (user) => history.read(user.id),
  };
}

/** Another password, and no browser is remembered any more. */
export function bindingOf({ passwordVersion }: User): string {
  return `password ${passwordVersion}`;
}
