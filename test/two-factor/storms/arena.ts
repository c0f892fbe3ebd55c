// Where storms blow, and what they are made of.
import { type Policy, type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { type Crowd } from "../../stores/workers/crowd.ts";
import { type Mutant } from "./mutants.js";
import { type Attempts, type Call, type Outcome, twoFactorTasks } from "./tasks.js";

/** Where a storm blows. */
export interface Arena {
  readonly crowd: Pick<Crowd, "one">;
  readonly processes: number;
  /** Submissions by each process at once. */
  readonly racers: number;
  readonly rounds: number;
  /** Wrong codes at once, of all processes together. */
  readonly guesses: number;
  /** Sees what the processes do, from this one. */
  readonly store: TwoFactorStore;
  readonly mutant?: Mutant;
}

/**
 * A storm throws if something does not hold, so that a store with a fault can be shown to fail it.
 */
export type Storms = Readonly<Record<string, (arena: Arena) => Promise<void>>>;

/** Calls of all processes at one moment. */
export async function attack(
  arena: Arena,
  moment: number,
  callsOf: (index: number) => readonly Call[],
  policy?: Policy,
  isHeard = false,
): Promise<Outcome[]> {
  const each = Array.from({ length: arena.processes }, (_, index) =>
    ask(arena, index, { at: moment, calls: callsOf(index), policy, isHeard }),
  );
  return (await Promise.all(each)).flat();
}

/** The same call over and over. */
export function attackAlike(
  arena: Arena,
  moment: number,
  call: Call,
  racers: number = arena.racers,
): Promise<Outcome[]> {
  return attack(arena, moment, () => Array.from({ length: racers }, () => call));
}

export function ask({ crowd, mutant }: Arena, index: number, attempts: Attempts): Promise<Outcome[]> {
  return crowd.one(index, "attempt", { ...attempts, mutant });
}

/**
 * How many passed, and how many were refused by each code. What the store said is told with what it
 * rejected.
 */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { refused, cause } of outcomes) {
    const name = [refused ?? "passed", ...(cause === undefined ? [] : [cause])].join(": ");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function passedOf<Value>(outcomes: readonly Outcome[]): Value[] {
  return outcomes.filter(({ refused }) => refused === undefined).map(({ passed }) => passed as Value);
}

/**
 * Servers in this process, for a database that only one process can use. What they are told and say
 * goes through JSON all the same.
 */
export function crowdInProcess(storeOf: (index: number) => TwoFactorStore): Pick<Crowd, "one"> {
  return {
    one: async <Value>(index: number, _task: string, input?: object) => {
      const told = JSON.parse(JSON.stringify(input)) as Attempts;
      const said = await twoFactorTasks.attempt({ store: storeOf(index) }, told);
      return JSON.parse(JSON.stringify(said)) as Value;
    },
  };
}

/** A small arena in this process. */
export function arenaOf(store: TwoFactorStore, mutant: Mutant = "none"): Arena {
  return { store, crowd: crowdInProcess(() => store), processes: 4, racers: 10, rounds: 2, guesses: 100, mutant };
}
