// Taking over a device that the person uses already: from another library, or a hardware token.
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

/** Options of `importDevice`. */
export interface ImportOptions extends JoiningOptions {
  /** The secret that the device has already: base32 text or bytes, 10 to 128 bytes. */
  readonly secret: Secret;
  /** Whether its codes depend on the time or on a counter. Default: `"totp"`. */
  readonly type?: DeviceType | undefined;
  /**
   * How its codes are computed. Default: the parameters of `createTwoFactor`. A counter-based
   * device has no period.
   */
  readonly parameters?: ParameterOptions | undefined;
  /** For a counter-based device, which needs it: the counter of its next code, from 0 to 2^53-1. */
  readonly counter?: number | undefined;
  /**
   * For a time-based device: the counter of the last code that was accepted elsewhere, at most 10
   * time steps after the present one. Leave it out, or give `null`, if it is not known. A present
   * `undefined` throws: a misspelled column must not allow replays.
   */
  readonly after?: number | null;
}

/** What `importDevice` gives. */
export interface Imported {
  /** Names the device. */
  readonly deviceId: string;
}

/** No window that a code was accepted in reaches further. */
const MOST_LOOK_AHEAD = 10;

const IMPORT = {
  secret: undefined,
  type: "totp",
  parameters: undefined,
  counter: undefined,
  after: null,
  name: undefined,
  add: false,
  replace: false,
} as unknown as Required<ImportOptions>;

export async function importDevice(world: World, userId: string, options: ImportOptions): Promise<Imported> {
  const given = readOptions(options, IMPORT);
  const joining = readJoining(given);
  const type = requireType(given.type);
  const parameters = parametersOf(type, given.parameters, world);
  const lastCounter = lastCounterOf(given, parameters.period, timeOf(world));
  const bytes = secretBytes(given.secret, LEAST_SECRET_BYTES);
  if (bytes.length > MOST_SECRET_BYTES) {
    throw new OtpError("invalid-secret", `secret must have ${MOST_SECRET_BYTES} or fewer bytes`);
  }
  const secret: DeviceSecret = { id: randomId(), type, parameters, secret: bytes, begun: "" };
  return transact(world, userId, async (person, now): Promise<Decision<Imported>> => {
    const { state } = person;
    const begun = beginning(state, joining, world.limits);
    if (typeof begun !== "string") return begun;
    const opened = await person.openVault();
    // One code would be spent on one of them and pass by the other; in its own place, what is spent
    // would be good again.
    if (opened.devices.some((each) => isSameSecret(each, secret))) return deny("already-enrolled");
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
  if (given?.period !== undefined) throw new OtpError("invalid-option", "period must be left out for type hotp");
  return { ...parameters, period: 0 };
}

/** The last counter that is spent. */
function lastCounterOf({ type, counter, after }: Required<ImportOptions>, period: number, now: number): number | null {
  if (type === "totp") {
    if (counter !== undefined)
      throw new OtpError("invalid-option", "counter must be left out for type totp: use after");
    return after === null ? null : requireReached(after, period, now);
  }
  if (after !== null) throw new OtpError("invalid-option", "after must be left out for type hotp: use counter");
  const next = requireInteger(counter, "counter", 0, MAX_COUNTER);
  return next === 0 ? null : next - 1;
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
