// The face of the two-factor flow: options are read and copied here, and every method checks whom it is about.
import { OtpError } from "../core/errors.ts";
import { buildLabel } from "../otpauth/label.ts";
import { readOptions, requireFunction, requireMethods } from "../core/parameters.ts";
import type { Passed } from "./decide-verify.ts";
import type { TwoFactorEventHandler } from "./events.ts";
import {
  confirm,
  disable,
  enroll,
  importDevice,
  renewRecoveryCodes,
  reseal,
  status,
  verify,
  verifyConsecutive,
} from "./operations.ts";
import { PLAIN_PARAMETERS, readParameters } from "./device-parameters.ts";
import { type Limits, type Policy, readPolicy } from "./policy.ts";
import type {
  Enrollment,
  EnrollOptions,
  ImportOptions,
  NewRecoveryCodes,
  ParameterOptions,
  Resealed,
  TwoFactorStatus,
} from "./results.ts";
import { keyRing, type Sealer, type SealingKey, type Vault, vaultOf } from "./sealing.ts";
import type { World } from "./shell.ts";
import type { TwoFactorStore } from "./store.ts";
import { requireUserId } from "./user-id.ts";

/**
 * Options of {@link createTwoFactor}. They are copied: changing them later changes nothing. `store` and `sealer` stay the objects that
 * they are; their methods are looked up at each call.
 */
export interface TwoFactorOptions {
  /** The name of the service, as authenticator apps show it, without a colon. */
  readonly issuer: string;
  /** Where the state is kept. */
  readonly store: TwoFactorStore;
  /** Keys of 32 bytes that are not in the database. The first one seals, all of them open. Either this or `sealer`. */
  readonly sealingKeys?: readonly SealingKey[] | undefined;
  /** A key management service. Either this or `sealingKeys`. */
  readonly sealer?: Sealer | undefined;
  /** Limits that differ from the defaults. */
  readonly policy?: Policy | undefined;
  /** Tells the time. All servers should agree on it to a second or so. Default: the system's clock. */
  readonly clock?: (() => Date) | undefined;
  /** Hears what happened, after it was committed. What it throws, returns or rejects with changes nothing. */
  readonly onEvent?: TwoFactorEventHandler | undefined;
  /** How codes of new devices are computed. Default: SHA-1, 6 digits, 30 seconds, which alone work in every app. */
  readonly parameters?: ParameterOptions | undefined;
}

/**
 * The two-factor flow of one service. Every method rejects with a {@link TwoFactorError} rather than resolve to a no, so that a
 * forgotten check lets nobody in. What a program got wrong rejects with an `OtpError`.
 *
 * All of them may reject with `invalid-user-id`, `store-unavailable` and, but for `disable`, `state-corrupt`; all but `status`
 * with `busy`. What needs the secret may reject with `sealer-unavailable` and `seal-key-unknown`.
 */
export interface TwoFactor {
  /**
   * Makes a secret for a new device, which is pending until {@link TwoFactor.confirm}. An active device keeps working until then.
   *
   * @param userId - Whose: opaque well-formed text of 1 to 1024 UTF-8 bytes without NUL.
   * @param options - The account name, and whether an active device may be replaced.
   * @returns The URI for a QR code and the secret: show them once.
   * @throws {@link TwoFactorError} `already-enrolled` without `replace`; `superseded` if another call enrolled at the same time.
   */
  enroll(userId: string, options: EnrollOptions): Promise<Enrollment>;
  /**
   * Makes the pending device the active one, by a code that proves that the app has the secret. The code is spent, and recovery
   * codes of a device before are void.
   *
   * @param userId - Whose.
   * @param code - What the person typed.
   * @returns New recovery codes: show them once.
   * @throws {@link TwoFactorError} `code-rejected`; `clock-off` and `parameters-ignored`, which count as wrong codes too, and whose
   * codes never confirm or pass later;
   * `not-pending`; `already-confirmed` for a repetition: the factor is on, so remember that, let the person `verify` with the next
   * code, and only then call `renewRecoveryCodes` for codes that can be shown; `superseded` if another call enrolled at the same
   * time.
   */
  confirm(userId: string, code: string): Promise<NewRecoveryCodes>;
  /**
   * Lets a person pass by a code or a recovery code. Resolves only if the person may pass.
   *
   * @param userId - Who wants to pass, after the password was right.
   * @param codeOrRecoveryCode - What the person typed. Anything that is neither in shape is refused before anything is read.
   * @returns By what the person passed, and how many recovery codes are left.
   * @throws {@link TwoFactorError} `code-rejected`, `throttled`, `restricted`, `locked`, `not-enrolled`.
   */
  verify(userId: string, codeOrRecoveryCode: string): Promise<Passed>;
  /**
   * Lets a person pass by three codes in a row, also during a delay and while the device is restricted. They are too hard to guess to
   * be counted. But if two of them are right and would be part of a pass, the third may have been guessed: the two are spent, and that
   * counts as a failure. Codes that `clock-off` was the answer to never pass later. With a spent code among them the answer is
   * `code-rejected`, whatever the others are. Resolves only if the person may pass.
   *
   * @param userId - Who wants to pass, after the password was right.
   * @param codes - Three codes in the order in which the device showed them.
   * @returns By what the person passed, and how many recovery codes are left.
   * @throws {@link TwoFactorError} `code-rejected`, `clock-off`, `locked`, `not-enrolled`.
   */
  verifyConsecutive(userId: string, codes: readonly string[]): Promise<Passed>;
  /**
   * Tells where somebody's second factor stands. Opens nothing and changes nothing.
   *
   * @param userId - Whose.
   * @returns What there is to show.
   * @throws {@link TwoFactorError} `store-unavailable`, `state-corrupt`.
   */
  status(userId: string): Promise<TwoFactorStatus>;
  /**
   * Makes new recovery codes; the old ones are void. Ask the person for a second factor first.
   *
   * @param userId - Whose.
   * @returns New recovery codes: show them once.
   * @throws {@link TwoFactorError} `not-enrolled`; `superseded` if another call made some, or changed the device, at the same time.
   */
  renewRecoveryCodes(userId: string): Promise<NewRecoveryCodes>;
  /**
   * Removes all state, a damaged one too. Does nothing if there is none. Ask the person for a second factor first.
   *
   * @param userId - Whose.
   * @throws {@link TwoFactorError} `store-unavailable`, `busy`.
   */
  disable(userId: string): Promise<void>;
  /**
   * Seals everything of a user with the first key. Verifying does so on the way for the secret, when it differs.
   *
   * @param userId - Whose.
   * @returns Whether anything was sealed by another key.
   * @throws {@link TwoFactorError} `not-enrolled`, `seal-key-unknown`, `sealer-unavailable`.
   */
  reseal(userId: string): Promise<Resealed>;
  /**
   * Takes over a device that the person uses already. It is active at once, and has no recovery codes: `renewRecoveryCodes` makes
   * some.
   *
   * @param userId - Whose.
   * @param options - The secret, parameters that differ, and the last counter that was accepted elsewhere.
   * @throws {@link TwoFactorError} `already-enrolled` if a device is active or waits to be confirmed.
   */
  importDevice(userId: string, options: ImportOptions): Promise<void>;
}

/**
 * Makes the two-factor flow of a service: enrolment, verification that stays right when several servers check codes at once,
 * recovery codes, and limits for guessing.
 *
 * @param options - The issuer, the store, the keys that seal secrets, and what differs from the defaults.
 * @returns The methods of the flow. They need no `this`.
 * @throws {@link OtpError} `invalid-options`, `unknown-option`, `invalid-option` for the options; `invalid-account` for the issuer.
 * @example
 * ```ts
 * import { generateTotp } from "halfminute";
 * import { createTwoFactor, type TwoFactorRecord } from "halfminute/two-factor";
 *
 * const records = new Map<string, TwoFactorRecord>(); // one process, no disk: for trying things out
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
 * const { secret } = await twoFactor.enroll("alice", { accountName: "alice@example.com" });
 * const { recoveryCodes } = await twoFactor.confirm("alice", await generateTotp(secret));
 * console.log(await twoFactor.verify("alice", recoveryCodes[0] ?? "")); // { method: 'recovery-code', recoveryCodesLeft: 9 }
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
    verify: about(verify),
    verifyConsecutive: about(verifyConsecutive),
    status: about(status),
    renewRecoveryCodes: about(renewRecoveryCodes),
    disable: about(disable),
    reseal: about(reseal),
    importDevice: about(importDevice),
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

function worldOf(options: object): World {
  const given = readOptions(options, OPTIONS);
  buildLabel(given.issuer, "account"); // has the rules of a name
  if (given.issuer === undefined)
    throw new OtpError("invalid-account", "issuer must be text, not blank, without a colon");
  const limits = readPolicy(given.policy as Policy | undefined);
  return {
    issuer: given.issuer as string,
    parameters: readParameters(given.parameters as object | undefined, PLAIN_PARAMETERS),
    store: requireMethods<TwoFactorStore>(given.store, "store", ["read", "compareAndSet"], "postgresStore(pool)"),
    vault: vaultFrom(given, limits),
    limits,
    clock: requireFunction(given.clock, "clock") as () => Date,
    onEvent: requireFunction(given.onEvent, "onEvent") as TwoFactorEventHandler,
  };
}

function vaultFrom({ sealer, sealingKeys }: Unchecked, { sealerTimeout }: Limits): Vault {
  if ((sealer === undefined) === (sealingKeys === undefined)) {
    throw new OtpError("invalid-option", "either sealingKeys or sealer must be given");
  }
  const own =
    sealer === undefined
      ? keyRing(sealingKeys)
      : requireMethods<Sealer>(sealer, "sealer", ["seal", "open"], "a Sealer");
  return vaultOf(own, sealerTimeout);
}
