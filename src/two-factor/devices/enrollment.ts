// Enrolling and confirming a device: what each call reads, opens and seals.
import { encodeBase32 } from "../../core/base32.ts";
import { OtpError } from "../../core/errors.ts";
import { MAC_BYTES, readOptions, requireBoolean } from "../../core/parameters.ts";
import { randomBytes } from "../../core/platform.ts";
import { buildOtpauthUri } from "../../otpauth/build.ts";
import { randomId } from "../sealing/authentication.ts";
import type { Person } from "../sealing/person.ts";
import type { DeviceSecret, Vault } from "../sealing/vault.ts";
import { type Decision, deny, grant } from "../shell/decision.ts";
import { comparedWithFirst, transact, type World } from "../shell/transact.ts";
import type { Device, State } from "../state/state.ts";
import { readName, requireId } from "../texts.ts";
import { comparisonOf } from "./checking.ts";
import { type Confirmation, judgeConfirmation, type PendingState, withJoined, withoutPending } from "./joining.ts";
import { ADD, beginning, denyBeginning, denyPending, isSuperseded } from "./pending.ts";
import { toldAbove } from "./told.ts";

/** How a new device joins existing ones. */
export interface JoiningOptions {
  /**
   * The name that the person chose for the device: 1 to 128 UTF-8 bytes without control characters.
   * Default: none.
   */
  readonly name?: string | undefined;
  /**
   * Whether to add it to the active devices. Ask the person for a second factor first. Default:
   * `false`.
   */
  readonly add?: boolean | undefined;
  /**
   * The active device to replace: its id, or `true` if there is at most one. Ask the person for a
   * second factor first. Default: `false`.
   */
  readonly replace?: string | boolean | undefined;
}

/** Options of `enroll`. */
export interface EnrollOptions extends JoiningOptions {
  /**
   * The account name that the authenticator app shows: a name or e-mail address without a colon.
   */
  readonly accountName: string;
  /**
   * The `deviceId` of a pending enrollment, to return its secret again; it keeps its other options.
   * Default: none, so a new secret is generated.
   */
  readonly resume?: string | undefined;
}

/** The result of `enroll`: show it once, and store only `deviceId`, in the session. */
export interface Enrollment {
  /** The id of the device. Store it in the session that shows the secret: `confirm` needs it. */
  readonly deviceId: string;
  /** The URI for a QR code. It contains the secret. */
  readonly uri: string;
  /** The secret in base32, for people who cannot scan. */
  readonly secret: string;
  /** When the enrollment expires. */
  readonly expiresAt: Date;
}

/** Options of `confirm`. */
export interface ConfirmOptions {
  /** The `deviceId` that `enroll` returned in this session. */
  readonly deviceId: string;
}

/** The result of `confirm`. */
export interface Confirmed {
  /** The id of the device, which is now active. */
  readonly deviceId: string;
  /**
   * Recovery codes; each passes once: show them once, and never store them. Empty for an added
   * device.
   */
  readonly recoveryCodes: readonly string[];
}

const ENROLL = {
  accountName: undefined,
  name: undefined,
  add: false,
  replace: false,
  resume: undefined,
} as unknown as Required<EnrollOptions>;

export async function enroll(world: World, userId: string, options: EnrollOptions): Promise<Enrollment> {
  const given = readOptions(options, ENROLL);
  const joining = readJoining(given);
  const { parameters, limits } = world;
  const bytes = randomBytes(MAC_BYTES[parameters.algorithm]);
  const secret = { id: randomId(), type: "totp", parameters, secret: bytes } as const;
  const fresh = shown(world, secret, given.accountName);
  if (given.resume !== undefined) return resume(world, userId, requireId(given.resume, "resume"), given.accountName);
  const isOvertaken = comparedWithFirst(isSuperseded);
  return transact(world, userId, async (person, now): Promise<Decision<Enrollment>> => {
    const { state } = person;
    if (isOvertaken(state)) return deny("superseded");
    const begun = beginning(state, joining, limits);
    if (typeof begun !== "string") return begun;
    const expiresAt = now + limits.pendingLifetime * 1000;
    const { next, vault } = withoutPending(state, await person.openVault());
    return grant(
      { ...fresh, expiresAt: new Date(expiresAt) },
      { ...next, pending: { id: secret.id, name: joining.name, told: [], expiresAt, failures: 0 } },
      [{ type: "enrolled", deviceId: secret.id }],
      { ...vault, pending: { ...secret, begun } },
    );
  });
}

function shown(
  { issuer }: World,
  { id, parameters, secret: bytes }: Pick<DeviceSecret, "id" | "parameters" | "secret">,
  accountName: string,
): Omit<Enrollment, "expiresAt"> {
  const secret = encodeBase32(bytes);
  return { deviceId: id, uri: buildOtpauthUri({ secret, issuer, accountName, parameters }), secret };
}

/**
 * The session that saw the secret may see it again while the device is pending, so that reloading
 * the page does not invalidate a scanned QR code.
 */
function resume(world: World, userId: string, deviceId: string, accountName: string): Promise<Enrollment> {
  return transact(world, userId, async (person, now): Promise<Decision<Enrollment>> => {
    const { state } = person;
    const denial = denyPending(state, deviceId, now, world.limits);
    if (denial) return denial;
    const { pending } = state as PendingState;
    const secret = await pendingSecretOf(person);
    return grant({ ...shown(world, secret, accountName), expiresAt: new Date(pending.expiresAt) }, undefined, []);
  });
}

async function pendingSecretOf(person: Person): Promise<DeviceSecret> {
  const { pending, carried } = await person.openVault();
  const closed = carried.find(({ purpose }) => purpose === "pending-secret");
  return pending ?? person.refuseCarried(closed as never);
}

/** Makes recovery codes for a person with a first device or a replacement. */
export type MakeRecoveryCodes = (
  state: State,
  vault: Vault,
) => Promise<{ readonly next: State; readonly vault: Vault; readonly recoveryCodes: readonly string[] }>;

export function confirm(
  world: World,
  userId: string,
  code: string,
  deviceId: string,
  makeRecoveryCodes: MakeRecoveryCodes,
): Promise<Confirmed> {
  const { limits } = world;
  return transact(world, userId, async (person, now): Promise<Decision<Confirmed>> => {
    const { state } = person;
    const denial = denyPending(state, deviceId, now, limits);
    if (denial) return denial;
    const { pending } = state as PendingState;
    const secret = await pendingSecretOf(person);
    const { begun } = secret;
    const changed = denyBeginning(state.devices, begun, limits.maxDevices);
    if (changed) return changed;
    const spent = { lastCounter: null, told: pending.told };
    const comparison = comparisonOf(secret, spent, now, limits);
    const judged: Confirmation = judgeConfirmation(state as PendingState, code, comparison);
    if (judged.kind === "denial") return judged;
    const { counter } = judged;
    const emptied = withoutPending(state, await person.openVault());
    // The confirming code is used up: it must not also be the first login.
    const used = { name: pending.name, lastCounter: counter, told: toldAbove(counter, pending) };
    const device = activeDevice(secret, used, now, now);
    const joined = withJoined(emptied.next, emptied.vault, device, { ...secret, begun: "" }, begun);
    const { next, vault, recoveryCodes } =
      begun === ADD ? { ...joined, recoveryCodes: [] } : await makeRecoveryCodes(joined.next, joined.vault);
    const event = { type: "confirmed", imported: false, deviceId: device.id, counter } as const;
    return grant({ deviceId: device.id, recoveryCodes }, next, [event], vault);
  });
}

export function activeDevice(
  { id, type }: DeviceSecret,
  { name, lastCounter, told }: Pick<Device, "name" | "lastCounter" | "told">,
  since: number,
  lastUsedAt: number | null,
): Device {
  return { id, name, type, since, lastUsedAt, lastCounter, told };
}

export interface Joining {
  readonly name: string | null;
  readonly add: boolean;
  readonly replace: string | boolean;
}

export function readJoining({ name, add, replace }: JoiningOptions): Joining {
  if (typeof replace !== "string" && typeof replace !== "boolean") {
    throw new OtpError("invalid-option", "replace must be a device id, true or false");
  }
  if (requireBoolean(add, "add") && replace !== false) {
    throw new OtpError("invalid-option", "add and replace must not both be given");
  }
  return { name: readName(name), add: add as boolean, replace };
}
