// Passing in any way: the form of the input decides which.
import { readOptions } from "../core/parameters.ts";
import {
  readRemember,
  type RememberedBrowser,
  type Remembering,
  type RememberOptions,
  withBrowser,
} from "./browsers/recognizing.ts";
import { type Beginning, checkCode, checkConsecutive } from "./devices/checking.ts";
import { type Confirmed, confirm as confirmDevice, type ConfirmOptions } from "./devices/enrollment.ts";
import { denyPerson } from "./devices/passing-codes.ts";
import type { PassedBy } from "./passed.ts";
import { withNewSet } from "./recovery/recovery-codes.ts";
import { decideRecoveryCode } from "./recovery/recovering.ts";
import type { Person } from "./sealing/person.ts";
import { type Decision, grant, refusedEvent } from "./shell/decision.ts";
import { tell, timeOf, transact, type World } from "./shell/transact.ts";
import { requireId } from "./texts.ts";
import { TwoFactorError } from "./two-factor-error.ts";
import { readTyped, readTypedCode } from "./typed-code.ts";

/** Options of `verify` and `verifyConsecutive`. */
export interface VerifyOptions {
  /** The only device whose codes may pass. Default: any. */
  readonly deviceId?: string | undefined;
  /**
   * How to remember this browser, or `false`. A pass with a recovery code never remembers it.
   * Default: `false`.
   */
  readonly remember?: RememberOptions | false | undefined;
}

/** The person may pass. */
export interface Passed extends PassedBy {
  /** The remembered browser, if `remember` was given and a code passed. */
  readonly browser?: RememberedBrowser;
}

const CONSECUTIVE_CODES = 3;

export async function verify(world: World, userId: string, typed: unknown, options?: VerifyOptions): Promise<Passed> {
  const { chosen, remembering } = readVerify(options);
  const read = readTyped(typed);
  if (read.kind === "neither") return refuseMalformed(world, userId);
  return passBy(world, userId, chosen, (person, beginning) =>
    read.kind === "code"
      ? checkCode(person, read.text, beginning).then((decision) =>
          remembered(person, decision, remembering, beginning.now),
        )
      : decideRecoveryCode(person, read.text, beginning.now),
  );
}

export async function verifyConsecutive(
  world: World,
  userId: string,
  typed: unknown,
  options?: VerifyOptions,
): Promise<Passed> {
  const { chosen, remembering } = readVerify(options);
  const codes = readConsecutive(typed) ?? refuseMalformed(world, userId);
  return passBy(world, userId, chosen, async (person, beginning) =>
    remembered(person, await checkConsecutive(person, codes, beginning), remembering, beginning.now),
  );
}

interface Choice {
  readonly chosen: string | undefined;
  readonly remembering: Remembering | undefined;
}

function readVerify(options: VerifyOptions | undefined): Choice {
  const { deviceId, remember } = readOptions<{
    readonly deviceId: unknown;
    readonly remember: RememberOptions | false;
  }>(options, {
    deviceId: undefined,
    remember: false,
  });
  return {
    chosen: deviceId === undefined ? undefined : requireId(deviceId, "deviceId"),
    remembering: readRemember(remember),
  };
}

function passBy(
  world: World,
  userId: string,
  chosen: string | undefined,
  check: (person: Person, beginning: Beginning) => Promise<Decision<Passed>>,
): Promise<Passed> {
  const { limits } = world;
  return transact(world, userId, (person, now) => {
    return denyPerson(person.state, chosen) ?? check(person, { chosen, now, limits });
  });
}

/** A pass and its remembered browser are one commit. */
async function remembered(
  person: Person,
  decision: Decision<PassedBy>,
  remembering: Remembering | undefined,
  now: number,
): Promise<Decision<Passed>> {
  if (decision.kind === "denial" || !decision.next || !remembering) return decision;
  const { next, browser } = await withBrowser(person, decision.next, remembering, now);
  const { browserId } = browser;
  return grant({ ...decision.result, browser }, next, [...decision.events, { type: "browser-remembered", browserId }]);
}

function readConsecutive(typed: unknown): readonly string[] | undefined {
  if (!Array.isArray(typed) || typed.length !== CONSECUTIVE_CODES) return undefined;
  const codes = [0, 1, 2].map((index) => readTypedCode(typed[index]));
  return codes.every((code) => code !== undefined) ? codes : undefined;
}

export async function confirm(
  world: World,
  userId: string,
  typed: unknown,
  options: ConfirmOptions,
): Promise<Confirmed> {
  const given = readOptions<{ readonly deviceId: unknown }>(options, { deviceId: undefined });
  const deviceId = requireId(given.deviceId, "deviceId");
  const code = readTypedCode(typed) ?? refuseMalformed(world, userId);
  return confirmDevice(world, userId, code, deviceId, (state, vault) =>
    withNewSet(state, vault, world.limits.recoveryCodes),
  );
}

/** Called before anything is read or computed. */
function refuseMalformed(world: World, userId: string): never {
  tell(world, userId, timeOf(world), [refusedEvent("malformed")]);
  throw new TwoFactorError("code-rejected");
}
