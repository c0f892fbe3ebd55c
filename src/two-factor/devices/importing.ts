// Importing a device that the person already uses: from another library, or a hardware token.
import { OtpError } from "../../core/errors.ts";
import { MAX_COUNTER, readOptions, requireInteger } from "../../core/parameters.ts";
import { secretBytes } from "../../core/secret.ts";
import { LEAST_SECRET_BYTES } from "../../core/verification.ts";
import type { Secret } from "../../core/secret.ts";
import { randomId } from "../sealing/authentication.ts";
import { type DeviceSecret, MOST_SECRET_BYTES } from "../sealing/vault.ts";
import { type Decision, deny, grant } from "../shell/decision.ts";
import { timeOf, transact, type World } from "../shell/transact.ts";
import type { DeviceType } from "../state/state.ts";
import { type ParameterOptions, readParameters } from "./device-parameters.ts";
import { activeDevice, type JoiningOptions, readJoining } from "./enrollment.ts";
import { withJoined } from "./joining.ts";
import { isSameSecret } from "./matching.ts";
import { beginning } from "./pending.ts";

interface ImportBase extends JoiningOptions {
  /** The secret that the device already has: base32 text or bytes, 10 to 128 bytes. */
  readonly secret: Secret;
}

/** A time-based device to import. */
export interface TotpImportOptions extends ImportBase {
  /** Codes depend on the time. May be omitted. */
  readonly type?: "totp" | undefined;
  /** The parameters of the device. Default: those of `createTwoFactor`. */
  readonly parameters?: ParameterOptions | undefined;
  /** Only for a counter-based device. */
  readonly counter?: undefined;
  /**
   * The counter of the last code that was accepted elsewhere: at most 10 time steps after
   * the current one. Omit it, or give `null`, if it is not known. An explicit `undefined`
   * throws, so that a misspelled column cannot allow replays.
   */
  readonly after?: number | null;
}

/** A counter-based device to import. */
export interface HotpImportOptions extends ImportBase {
  /** Codes depend on a counter. */
  readonly type: "hotp";
  /** The parameters of the device, without a period. Default: those of `createTwoFactor`. */
  readonly parameters?: Omit<ParameterOptions, "period"> | undefined;
  /** The counter of its next code: an integer from 0 to 2^53−1. */
  readonly counter: number;
  /** Only for a time-based device. */
  readonly after?: null;
}

/** Options of `importDevice`. */
export type ImportOptions = TotpImportOptions | HotpImportOptions;

/** The result of `importDevice`. */
export interface Imported {
  /** The id of the device. */
  readonly deviceId: string;
}

/** No window in which a code was accepted reaches further. */
const MOST_LOOK_AHEAD = 10;

interface GivenOptions extends Required<JoiningOptions> {
  readonly secret: unknown;
  readonly type: unknown;
  readonly parameters: ParameterOptions | undefined;
  readonly counter: unknown;
  readonly after: unknown;
}

const IMPORT = {
  secret: undefined,
  type: "totp",
  parameters: undefined,
  counter: undefined,
  after: null,
  name: undefined,
  add: false,
  replace: false,
} as unknown as GivenOptions;

export async function importDevice(world: World, userId: string, options: ImportOptions): Promise<Imported> {
  const given = readOptions<GivenOptions>(options, IMPORT);
  const joining = readJoining(given);
  const type = requireType(given.type);
  const parameters = parametersOf(type, given.parameters, world);
  const lastCounter = lastCounterOf(type, given, parameters.period, timeOf(world));
  const bytes = secretBytes(given.secret, LEAST_SECRET_BYTES);
  if (bytes.length > MOST_SECRET_BYTES) {
    throw new OtpError("invalid-secret", `secret must have at most ${MOST_SECRET_BYTES} bytes`);
  }
  const secret: DeviceSecret = { id: randomId(), type, parameters, secret: bytes, begun: "" };
  return transact(world, userId, async (person, now): Promise<Decision<Imported>> => {
    const { state } = person;
    const begun = beginning(state, joining, world.limits);
    if (typeof begun !== "string") return begun;
    const opened = await person.openVault();
    // With the same secret twice, a used code would pass on the other device; replacing itself,
    // used codes would be valid again.
    const { devices, pending } = opened;
    if ([...devices, ...(pending ? [pending] : [])].some((each) => isSameSecret(each, secret))) {
      return deny("already-enrolled");
    }
    const device = activeDevice(secret, { name: joining.name, lastCounter, told: [] }, now, null);
    const { next, vault } = withJoined(state, opened, device, secret, begun);
    return grant({ deviceId: device.id }, next, [{ type: "confirmed", imported: true, deviceId: device.id }], vault);
  });
}

function requireType(type: unknown): DeviceType {
  if (type === "totp" || type === "hotp") return type;
  throw new OtpError("invalid-option", "type must be totp or hotp");
}

function parametersOf(type: DeviceType, given: ParameterOptions | undefined, world: World): DeviceSecret["parameters"] {
  const parameters = readParameters(given, world.parameters);
  if (type === "totp") return parameters;
  if (given?.period !== undefined) throw new OtpError("invalid-option", "period must not be given for type hotp");
  return { ...parameters, period: 0 };
}

/** The last used counter. */
function lastCounterOf(type: DeviceType, { counter, after }: GivenOptions, period: number, now: number): number | null {
  if (type === "totp") {
    if (counter !== undefined)
      throw new OtpError("invalid-option", "counter must not be given for type totp: use after");
    return after === null ? null : requireReached(after, period, now);
  }
  if (after !== null) throw new OtpError("invalid-option", "after must not be given for type hotp: use counter");
  const next = requireInteger(counter, "counter", 0, MAX_COUNTER);
  return next === 0 ? null : next - 1;
}

/** Far in the future, it would refuse every code for years. Most likely it is in seconds. */
function requireReached(after: unknown, period: number, now: number): number {
  const counter = requireInteger(after, "after", 0, MAX_COUNTER);
  if (counter <= Math.floor(now / 1000 / period) + MOST_LOOK_AHEAD) return counter;
  throw new OtpError(
    "invalid-option",
    `after must be a counter, at most ${MOST_LOOK_AHEAD} time steps after the current one, not Unix seconds`,
  );
}
