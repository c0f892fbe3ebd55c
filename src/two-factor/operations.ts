// What each method does: which state it looks at, what it opens, which decision it asks for, what it seals. No rule is decided here.
import { OtpError } from "../core/errors.ts";
import { encodeBase32 } from "../core/base32.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { MAC_BYTES, MAX_COUNTER, readOptions, requireBoolean, requireInteger } from "../core/parameters.ts";
import { randomBytes } from "../core/platform.ts";
import { secretBytes } from "../core/secret.ts";
import { LEAST_SECRET_BYTES } from "../core/verification.ts";
import {
  type Confirmation,
  decideConfirmation,
  decideEnrollment,
  decideImport,
  decideRenewal,
  denyConfirmation,
  denyEnrollment,
  denyImport,
  judgeConfirmation,
} from "./decide-enrollment.ts";
import {
  decideCode,
  decideConsecutive,
  decideRecoveryCode,
  denyCodeUnseen,
  denyConsecutiveUnseen,
  notEnrolled,
  type Passed,
} from "./decide-verify.ts";
import { type Decision, deny, grant, refusedEvent } from "./decision.ts";
import { TwoFactorError } from "./two-factor-error.ts";
import { hashInSet, makeRecoverySet } from "./recovery-codes.ts";
import {
  comparisonOf,
  MOST_SECRET_BYTES,
  pendingComparisonOf,
  sealForUse,
  sealOnce,
  withFreshSeal,
  withFreshSeals,
} from "./sealed-devices.ts";
import { readState, tell, timeOf, transact, transactRecord, type World } from "./shell.ts";
import { hasDevice, isSuperseded, isWaiting } from "./predicates.ts";
import { parse, type State } from "./state.ts";
import { readParameters } from "./device-parameters.ts";
import type {
  Enrollment,
  EnrollOptions,
  ImportOptions,
  NewRecoveryCodes,
  Resealed,
  TwoFactorStatus,
} from "./results.ts";
import { statusOf } from "./status.ts";
import type { TwoFactorRecord } from "./store.ts";
import { readTyped, readTypedCode } from "./attempt.ts";

const CONSECUTIVE_CODES = 3;

/** No window that a code was accepted in reaches further. */
const MOST_LOOK_AHEAD = 10;

export async function enroll(world: World, userId: string, options: EnrollOptions): Promise<Enrollment> {
  const { accountName, ...given } = readOptions<Required<EnrollOptions>>(options, ENROLL);
  const replace = requireBoolean(given.replace, "replace");
  const { issuer, parameters, limits } = world;
  const bytes = randomBytes(MAC_BYTES[parameters.algorithm]);
  const secret = encodeBase32(bytes);
  const uri = buildOtpauthUri({ secret, issuer, accountName, parameters });
  const newDevice = sealOnce(world, "pending-secret", userId, bytes, parameters);
  const isOvertaken = comparedWithFirst(isSuperseded);
  return transact(world, userId, async (state, now) => {
    if (isOvertaken(state)) return deny("superseded");
    const denial = denyEnrollment(state, replace);
    if (denial) return denial;
    const expiresAt = now + limits.pendingLifetime * 1000;
    const pending = { ...(await newDevice()), expiresAt, failures: 0 };
    return decideEnrollment(state, pending, { uri, secret, expiresAt: new Date(expiresAt) });
  });
}

const ENROLL = { accountName: undefined as unknown as string, replace: false };

export async function confirm(world: World, userId: string, typed: unknown): Promise<NewRecoveryCodes> {
  const code = readTypedCode(typed) ?? refuseMalformed(world, userId);
  const { limits, vault } = world;
  const isOvertaken = comparedWithFirst(isSuperseded);
  return transact(world, userId, async (state, now) => {
    if (!state || !isWaiting(state.pending, now, limits)) return denyConfirmation(state, now, limits);
    if (isOvertaken(state)) return deny("superseded");
    const { pending } = state;
    const comparison = await pendingComparisonOf(world, userId, pending, now);
    const judged: Confirmation = judgeConfirmation({ ...state, pending }, code, comparison);
    if (judged.kind === "denial") return judged;
    const { recovery, recoveryCodes } = await makeRecoverySet(vault, userId, pending, limits.recoveryCodes);
    const confirmed = await sealForUse(world, userId, pending, comparison);
    return decideConfirmation(confirmed, judged.counter, recovery, now, { recoveryCodes });
  });
}

export function verify(world: World, userId: string, typed: unknown): Promise<Passed> {
  const read = readTyped(typed);
  if (read.kind === "neither") return refuseMalformed(world, userId);
  return read.kind === "code" ? verifyCode(world, userId, read.text) : verifyRecoveryCode(world, userId, read.text);
}

function verifyCode(world: World, userId: string, code: string): Promise<Passed> {
  return transact(world, userId, async (state, now) => {
    if (!state || !hasDevice(state)) return notEnrolled();
    const denial = denyCodeUnseen(state, code, now, world.limits);
    if (denial) return denial;
    const comparison = await comparisonOf(world, userId, state.device, now);
    return withFreshSeal(world, userId, decideCode(state, code, comparison), comparison);
  });
}

function verifyRecoveryCode(world: World, userId: string, code: string): Promise<Passed> {
  return transact(world, userId, async (state) => {
    if (!state || !hasDevice(state)) return notEnrolled();
    const { device, recovery } = state;
    const hash = recovery ? await hashInSet(world.vault, userId, device, recovery, code) : undefined;
    return decideRecoveryCode(state, hash);
  });
}

export async function verifyConsecutive(world: World, userId: string, typed: unknown): Promise<Passed> {
  const codes = readConsecutive(typed) ?? refuseMalformed(world, userId);
  return transact(world, userId, async (state, now) => {
    if (!state || !hasDevice(state)) return notEnrolled();
    const denial = denyConsecutiveUnseen(state, codes, world.limits);
    if (denial) return denial;
    const comparison = await comparisonOf(world, userId, state.device, now);
    return withFreshSeal(world, userId, decideConsecutive(state, codes, comparison), comparison);
  });
}

function readConsecutive(typed: unknown): readonly string[] | undefined {
  if (!Array.isArray(typed) || typed.length !== CONSECUTIVE_CODES) return undefined;
  const codes = [0, 1, 2].map((index) => readTypedCode(typed[index]));
  return codes.every((code) => code !== undefined) ? codes : undefined;
}

/** Before anything is read or computed. */
function refuseMalformed(world: World, userId: string): never {
  tell(world, userId, timeOf(world), [refusedEvent("malformed", null)]);
  throw new TwoFactorError("code-rejected");
}

export async function status(world: World, userId: string): Promise<TwoFactorStatus> {
  return statusOf(await readState(world, userId), timeOf(world), world.limits);
}

export function renewRecoveryCodes(world: World, userId: string): Promise<NewRecoveryCodes> {
  const { limits, vault } = world;
  const isOvertaken = comparedWithFirst(
    (first, state) => first?.device?.id !== state?.device?.id || first?.recovery?.id !== state?.recovery?.id,
  );
  return transact(world, userId, async (state) => {
    if (isOvertaken(state)) return deny("superseded");
    if (!state || !hasDevice(state)) return notEnrolled();
    return decideRenewal(await makeRecoverySet(vault, userId, state.device, limits.recoveryCodes), state);
  });
}

/** The way out of a corrupt state too: what is removed need not be read. */
export function disable(world: World, userId: string): Promise<undefined> {
  return transactRecord(world, userId, (record) => {
    if (!record) return grant(undefined, undefined, []);
    return grant(undefined, null, [{ type: "disabled", ...deviceOf(record) }]);
  });
}

function deviceOf({ body }: TwoFactorRecord): { readonly deviceId?: string } {
  try {
    const { device } = parse(body);
    return device ? { deviceId: device.id } : {};
  } catch {
    return {};
  }
}

export function reseal(world: World, userId: string): Promise<Resealed> {
  return transact(world, userId, async (state, now): Promise<Decision<Resealed>> => {
    if (!state) return notEnrolled();
    const next = await withFreshSeals(world, userId, state, now);
    if (next === state) return grant({ resealed: false }, undefined, []);
    return grant({ resealed: true }, next, [{ type: "resealed", ...(state.device && { deviceId: state.device.id }) }]);
  });
}

export async function importDevice(world: World, userId: string, options: ImportOptions): Promise<undefined> {
  const given = readOptions<UncheckedImport>(options, { secret: undefined, parameters: undefined, after: null });
  const parameters = readParameters(given.parameters, world.parameters);
  const after = given.after === null ? null : requireReached(given.after, parameters.period, timeOf(world));
  const bytes = secretBytes(given.secret, LEAST_SECRET_BYTES);
  if (bytes.length > MOST_SECRET_BYTES) {
    throw new OtpError("invalid-secret", `secret must have ${MOST_SECRET_BYTES} or fewer bytes`);
  }
  const newDevice = sealOnce(world, "secret", userId, bytes, parameters);
  return transact(
    world,
    userId,
    async (state, now) => denyImport(state, now, world.limits) ?? decideImport(await newDevice(), after, now),
  );
}

/** Far in the future it would refuse every code for years. Most likely it counts seconds. */
function requireReached(after: unknown, period: number, now: number): number {
  const counter = requireInteger(after, "after", 0, MAX_COUNTER);
  if (counter <= Math.floor(now / 1000 / period) + MOST_LOOK_AHEAD) return counter;
  throw new OtpError(
    "invalid-option",
    `after must be at most ${MOST_LOOK_AHEAD} time steps after the present one: a counter, not Unix seconds`,
  );
}

interface UncheckedImport {
  readonly secret: unknown;
  readonly parameters: object | undefined;
  readonly after: unknown;
}

/** Asks about a later state whether it still is what this call began with. */
function comparedWithFirst(
  isChanged: (first: State | undefined, state: State | undefined) => boolean,
): (state: State | undefined) => boolean {
  let first: { readonly state: State | undefined } | undefined;
  return (state) => {
    first ??= { state };
    return isChanged(first.state, state);
  };
}
