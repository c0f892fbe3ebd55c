// The thin shell: read, decide, commit, and only then release the outcome. A lost race is retried;
// a failure of the store is never a pass.
import { encodeBase32 } from "../../core/base32.ts";
import { OtpError } from "../../core/errors.ts";
import { randomBytes } from "../../core/platform.ts";
import type { TotpParameters } from "../../otpauth/account.ts";
import { type DecidedEvent, emit, type TwoFactorEventHandler } from "../events.ts";
import type { Limits } from "../policy.ts";
import { type Person, personOf } from "../sealing/person.ts";
import type { BoundedSealer } from "../sealing/sealer.ts";
import { parse, serialize } from "../state/format.ts";
import { NO_STATE, type State } from "../state/state.ts";
import type { TwoFactorRecord, TwoFactorStore } from "../store.ts";
import { TwoFactorError } from "../two-factor-error.ts";
import { pause, within } from "../within.ts";
import type { Decision } from "./decision.ts";

/** The environment of all operations, made once from the options. */
export interface World {
  readonly issuer: string;
  readonly parameters: TotpParameters;
  readonly store: TwoFactorStore;
  readonly sealer: BoundedSealer;
  readonly limits: Limits;
  readonly clock: () => Date;
  readonly onEvent: TwoFactorEventHandler;
}

/** Decides on one reading of the state. May be called again with a later one. */
export type Step<Result> = (person: Person, now: number) => Decision<Result> | Promise<Decision<Result>>;

/** The same on the record, for operations that do not need its state. */
export type RecordStep<Result> = (
  record: TwoFactorRecord | undefined,
  now: number,
) => Decision<Result> | Promise<Decision<Result>>;

const REVISION_BYTES = 16;
const LONGEST_PAUSE_MILLISECONDS = 64;

export function transact<Result>(world: World, userId: string, step: Step<Result>): Promise<Result> {
  return transactRecord(world, userId, async (record, now) => {
    const person = personOf(world.sealer, userId, stateIn(world, record, now));
    return sealed(person, await step(person, now));
  });
}

function stateIn({ limits }: World, record: TwoFactorRecord | undefined, now: number): State {
  return record ? parse(record.body, now, limits) : NO_STATE;
}

async function sealed<Result>(person: Person, decision: Decision<Result>): Promise<Decision<Result>> {
  if (!decision.next) return decision;
  const [next, isResealed] = await person.seal(decision.next, decision.vault, decision.kind === "grant");
  if (next === decision.next) return decision;
  return { ...decision, next, events: isResealed ? [...decision.events, { type: "resealed" }] : decision.events };
}

export async function transactRecord<Result>(world: World, userId: string, step: RecordStep<Result>): Promise<Result> {
  let record = await readRecord(world, userId);
  for (let retry = 0; ; retry++) {
    const now = timeOf(world);
    const decision = await reportCorruption(world, userId, now, () => step(record, now));
    if (decision.next === undefined) return release(world, userId, decision, now);
    const next = decision.next && {
      revision: encodeBase32(randomBytes(REVISION_BYTES)),
      body: serialize(decision.next),
    };
    const commit = await tryCommit(world, userId, record?.revision, next);
    if (commit.kind === "committed") return release(world, userId, decision, now);
    if (commit.kind === "lost") await pause(randomMilliseconds(retry));
    record = await readRecord(world, userId);
    if (isOurs(record, next, commit)) return release(world, userId, decision, now);
    if (commit.kind === "unknown") throw storeUnavailable(commit.cause);
    if (retry >= world.limits.raceRetries) throw new TwoFactorError("busy", { retryAfterSeconds: 1 });
  }
}

/** Tells whether a later state differs from the first one that this call saw. */
export function comparedWithFirst(isChanged: (first: State, state: State) => boolean): (state: State) => boolean {
  let first: State | undefined;
  return (state) => {
    first ??= state;
    return isChanged(first, state);
  };
}

export async function readState(world: World, userId: string): Promise<State> {
  const record = await readRecord(world, userId);
  const now = timeOf(world);
  return reportCorruption(world, userId, now, () => stateIn(world, record, now));
}

export function tell(world: World, userId: string, now: number, events: readonly DecidedEvent[]): void {
  for (const event of events) emit(world.onEvent, userId, now, event);
}

/** The time of the app's clock, in Unix milliseconds. */
export function timeOf({ clock }: World): number {
  const moment: unknown = clock();
  const now = Object.prototype.toString.call(moment) === "[object Date]" ? Number(moment) : NaN;
  if (!(now >= 0)) throw new OtpError("invalid-option", "clock must return a valid Date, not before 1970");
  return now;
}

function release<Result>(world: World, userId: string, decision: Decision<Result>, now: number): Result {
  tell(world, userId, now, decision.events);
  if (decision.kind === "grant") return decision.result;
  const { code, ...details } = decision.refusal;
  throw new TwoFactorError(code, details);
}

async function reportCorruption<Value>(
  world: World,
  userId: string,
  now: number,
  call: () => Value | Promise<Value>,
): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TwoFactorError && error.code === "state-corrupt") {
      tell(world, userId, now, [{ type: "state-corrupt" }]);
    }
    throw error;
  }
}

async function readRecord({ store, limits }: World, userId: string): Promise<TwoFactorRecord | undefined> {
  const reading = await within<unknown>(limits.storeTimeout, () => store.read(userId));
  if (reading.kind === "failed") throw storeUnavailable(reading.cause);
  return reading.value === undefined ? undefined : requireRecord(reading.value);
}

function storeUnavailable(cause: unknown): TwoFactorError {
  return new TwoFactorError("store-unavailable", { cause });
}

/** A store with any other answer is broken, and must not pass for an empty one. */
function requireRecord(record: unknown): TwoFactorRecord {
  try {
    const { revision, body } = Object(record) as Partial<TwoFactorRecord>;
    if (typeof revision === "string" && typeof body === "string") return { revision, body };
  } catch {
    // An unreadable value is not a record either.
  }
  throw storeUnavailable(new Error("read must resolve to a record or undefined"));
}

type Commit =
  { readonly kind: "committed" } | { readonly kind: "lost" } | { readonly kind: "unknown"; readonly cause: unknown };

/**
 * Only `true` is a commit, and only `false` a lost race. After anything else the outcome is
 * unknown.
 */
async function tryCommit(
  { store, limits }: World,
  userId: string,
  expected: string | undefined,
  next: TwoFactorRecord | null,
): Promise<Commit> {
  const writing = await within<unknown>(limits.storeTimeout, () =>
    store.compareAndSet(userId, expected, next ?? undefined),
  );
  if (writing.kind === "failed") return { kind: "unknown", cause: writing.cause };
  if (writing.value === true) return { kind: "committed" };
  if (writing.value === false) return { kind: "lost" };
  return { kind: "unknown", cause: new Error("compareAndSet must resolve to true or false") };
}

/**
 * Whether the stored record is the one that this attempt wrote. Then it had committed, whatever the
 * store answered.
 */
function isOurs(record: TwoFactorRecord | undefined, next: TwoFactorRecord | null, commit: Commit): boolean {
  // A removal has no revision. If the record is gone, who removed it does not matter, except that
  // after a lost race it was another call.
  if (next === null) return record === undefined && commit.kind === "unknown";
  return record?.revision === next.revision;
}

/** Up to 2, 4, 8, … milliseconds, so that losers do not collide again. */
function randomMilliseconds(retry: number): number {
  const longest = Math.min(2 ** (retry + 1), LONGEST_PAUSE_MILLISECONDS);
  return ((randomBytes(1)[0] as number) / 255) * longest;
}
