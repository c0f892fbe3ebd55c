// Creates the two-factor flow: reads and copies the options, and wraps every method in a check of
// the user id.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireFunction, requireMethods } from "../core/parameters.ts";
import { buildLabel } from "../otpauth/label.ts";
import { forgetBrowser, forgetBrowsers, recognizeBrowser } from "./browsers/recognizing.ts";
import { removeDevice, renameDevice } from "./devices/changing.ts";
import { type ParameterOptions, PLAIN_PARAMETERS, readParameters } from "./devices/device-parameters.ts";
import { enroll } from "./devices/enrollment.ts";
import { importDevice } from "./devices/importing.ts";
import type { TwoFactorEventHandler } from "./events.ts";
import { issueCode, verifyIssuedCode } from "./issued/issued-codes.ts";
import { confirm, verify, verifyConsecutive } from "./passing.ts";
import { type Limits, type Policy, readPolicy } from "./policy.ts";
import { issueRecoveryCode, renewRecoveryCodes } from "./recovery/recovering.ts";
import { keyRing, type SealingKey } from "./sealing/key-ring.ts";
import { type BoundedSealer, boundSealer, type Sealer } from "./sealing/sealer.ts";
import type { World } from "./shell/transact.ts";
import { status } from "./status.ts";
import type { TwoFactorStore } from "./store.ts";
import { disable, reseal, unlock } from "./support.ts";
import type { TwoFactor } from "./two-factor.ts";
import { requireUserId } from "./texts.ts";

/**
 * Options of {@link createTwoFactor}. They are copied: changing them later has no effect. `store`
 * and `sealer` are not copied; their methods are looked up at each call.
 */
export interface TwoFactorOptions {
  /** The name of the service that authenticator apps show, without a colon. */
  readonly issuer: string;
  /** The store for the state. */
  readonly store: TwoFactorStore;
  /**
   * Encryption keys of 32 bytes, which must not be in the database. The first one encrypts (seals),
   * all of them decrypt. Give either this or `sealer`.
   */
  readonly sealingKeys?: readonly SealingKey[] | undefined;
  /** A key management service that encrypts. Give either this or `sealingKeys`. */
  readonly sealer?: Sealer | undefined;
  /** Limits that differ from the defaults. */
  readonly policy?: Policy | undefined;
  /**
   * Returns the current time. The servers' clocks should agree to about a second. Default: the
   * system clock.
   */
  readonly clock?: (() => Date) | undefined;
  /** Called after each committed change. Its result and errors are ignored. */
  readonly onEvent?: TwoFactorEventHandler | undefined;
  /**
   * The parameters of new devices. Default: SHA-1, 6 digits, 30 seconds, the only ones that work in
   * every app.
   */
  readonly parameters?: ParameterOptions | undefined;
}

/**
 * Creates the two-factor flow of a service: enrollment of several devices, verification that is
 * safe with several servers, recovery codes, remembered browsers, codes that the app sends, and
 * limits on guessing.
 *
 * @param options - The issuer, the store, the encryption keys, and any settings that differ from
 * the defaults.
 * @returns The methods of the flow. They do not use `this`.
 * @throws {@link OtpError} `invalid-options`, `unknown-option`, `invalid-option` for the options;
 * `invalid-account` for the issuer.
 * @example
 * ```ts
 * import { generateTotp } from "halfminute";
 * import { createTwoFactor, type TwoFactorRecord } from "halfminute/two-factor";
 *
 * const records = new Map<string, TwoFactorRecord>(); // one process, no disk: only for experiments
 * const twoFactor = createTwoFactor({
 *   issuer: "Acme",
 *   sealingKeys: [{ id: "2026-11", key: crypto.getRandomValues(new Uint8Array(32)) }], // from the environment
 *   store: {
 *     async read(userId) {
 *       return records.get(userId);
 *     },
 *     async compareAndSet(userId, expected, next) {
 *       if (records.get(userId)?.revision !== expected) return false;
 *       if (next) records.set(userId, next);
 *       else records.delete(userId);
 *       return true;
 *     },
 *   },
 * });
 *
 * const { deviceId, secret } = await twoFactor.enroll("alice", { accountName: "alice@example.com" });
 * const { recoveryCodes } = await twoFactor.confirm("alice", await generateTotp(secret), { deviceId });
 * const passed = await twoFactor.verify("alice", recoveryCodes[0] ?? "");
 * console.log(passed.method, passed.recoveryCodesLeft); // recovery-code 9
 * ```
 * @see RFC 6238 §5.2; RFC 4226 §7.3; NIST SP 800-63B-4 §3.1.4, §3.2.2
 */
export function createTwoFactor(options: TwoFactorOptions): TwoFactor {
  const world = worldOf(options);
  const about =
    <Rest extends unknown[], Result>(operation: (world: World, userId: string, ...rest: Rest) => Promise<Result>) =>
    async (userId: string, ...rest: Rest): Promise<Result> => {
      requireUserId(userId);
      return operation(world, userId, ...rest);
    };
  return Object.freeze({
    enroll: about(enroll),
    confirm: about(confirm),
    renameDevice: about(renameDevice),
    removeDevice: about(removeDevice),
    importDevice: about(importDevice),
    verify: about(verify),
    verifyConsecutive: about(verifyConsecutive),
    recognizeBrowser: about(recognizeBrowser),
    forgetBrowser: about(forgetBrowser),
    forgetBrowsers: about(forgetBrowsers),
    issueCode: about(issueCode),
    verifyIssuedCode: about(verifyIssuedCode),
    renewRecoveryCodes: about(renewRecoveryCodes),
    issueRecoveryCode: about(issueRecoveryCode),
    unlock: about(unlock),
    status: about(status),
    disable: about(disable),
    reseal: about(reseal),
  });
}

type Unchecked = { readonly [Name in keyof TwoFactorOptions]-?: unknown };

const OPTIONS: Unchecked = {
  issuer: undefined,
  store: undefined,
  sealingKeys: undefined,
  sealer: undefined,
  policy: undefined,
  clock: () => new Date(),
  onEvent: () => undefined,
  parameters: undefined,
};

const SOME_STORE = "sqliteStore(db), postgresStore(pool) or another of halfminute/stores/*";

function worldOf(options: object): World {
  const given = readOptions(options, OPTIONS);
  buildLabel(given.issuer, "account"); // checks the rules of a name
  if (given.issuer === undefined)
    throw new OtpError("invalid-account", "issuer must be non-blank text without colons and control characters");
  const limits = readPolicy(given.policy as Policy | undefined);
  return {
    issuer: given.issuer as string,
    parameters: readParameters(given.parameters as object | undefined, PLAIN_PARAMETERS),
    store: requireMethods<TwoFactorStore>(given.store, "store", ["read", "compareAndSet"], SOME_STORE),
    sealer: sealerFrom(given, limits),
    limits,
    clock: requireFunction(given.clock, "clock") as () => Date,
    onEvent: requireFunction(given.onEvent, "onEvent") as TwoFactorEventHandler,
  };
}

function sealerFrom({ sealer, sealingKeys }: Unchecked, { sealerTimeout }: Limits): BoundedSealer {
  if ((sealer === undefined) === (sealingKeys === undefined)) {
    throw new OtpError("invalid-option", "give either sealingKeys, which encrypt, or a sealer");
  }
  const own =
    sealer === undefined
      ? keyRing(sealingKeys)
      : requireMethods<Sealer>(sealer, "sealer", ["seal", "open"], "a Sealer");
  return boundSealer(own, sealerTimeout);
}
