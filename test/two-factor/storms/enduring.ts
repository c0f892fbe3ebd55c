// People who go on while the store fails and comes back, and what became of every record of theirs.
import { expect } from "vitest";

import { type TwoFactorRecord, type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { until } from "../../stores/redis-cluster.ts";
import { type Start, startCrowd } from "../../stores/workers/crowd.ts";
import { type Mutant } from "./mutants.js";
import { activePerson, FIRST, type Person } from "./person.ts";
import { type Outcome } from "./tasks.js";

const PROCESSES = 2;
/** More than anybody submits before it ends. */
const STEPS = 4000;

interface Write {
  readonly found: TwoFactorRecord;
  readonly next: TwoFactorRecord;
  readonly isCommitted: boolean;
}

interface Report {
  readonly counter: number;
  readonly outcomes: readonly [Outcome, Outcome];
  readonly writes: readonly Write[];
}

export interface Endurer {
  readonly person: Person;
  readonly first: TwoFactorRecord;
  readonly reports: Report[];
}

/** A record that was written, or perhaps written. */
interface Entry {
  readonly record: TwoFactorRecord;
  readonly counter: number;
  isCommitted: boolean;
}

/** What was thought committed, and was gone later. */
interface Loss {
  /** Of the first that is gone, in the order of all that the person wrote. */
  readonly from: number;
  readonly counters: readonly number[];
}

export interface Enduring {
  readonly store: TwoFactorStore;
  readonly start: Start;
  readonly userIds: readonly string[];
  readonly mutant?: Mutant;
}

/** Runs a storm until `during` is over. */
export async function enduring(
  { store, start, userIds, mutant = "none" }: Enduring,
  during: (people: readonly Endurer[]) => Promise<void>,
): Promise<readonly Endurer[]> {
  const people: Endurer[] = [];
  for (const userId of userIds) {
    const person = await activePerson(store, userId, STEPS);
    people.push({ person, first: (await store.read(userId)) as TwoFactorRecord, reports: [] });
  }
  const crowd = await startCrowd(PROCESSES, start);
  try {
    const faults: unknown[] = [];
    for (const [index, { person, reports }] of people.entries()) {
      const { userId, secret } = person;
      const input = { userId, secret, first: FIRST, mutant };
      crowd
        .one(index % PROCESSES, "endure", input, (report) => reports.push(report as Report))
        .catch((error: unknown) => faults.push(error));
    }
    await goOn(people, 5);
    await during(people);
    expect(faults).toEqual([]);
  } finally {
    await Promise.all(Array.from({ length: PROCESSES }, (_, index) => crowd.kill(index)));
  }
  return people;
}

/** Waits until everybody has passed so many times more. */
export async function goOn(people: readonly Endurer[], more: number): Promise<void> {
  const passes = ({ reports }: Endurer): number =>
    reports.filter(({ outcomes }) => outcomes.some(({ refused }) => refused === undefined)).length;
  const enough = people.map((each) => passes(each) + more);
  await until(
    () => Promise.resolve(people.every((each, index) => passes(each) >= (enough[index] ?? 0))),
    `everybody goes on: ${people.map((each) => JSON.stringify(each.reports.at(-1)?.outcomes)).join()}`,
  );
}

/** How many records of a person are known to be written. */
export function committedOf({ reports }: Endurer): number {
  return reports.flatMap(({ writes }) => writes).filter(({ isCommitted }) => isCommitted).length;
}

/**
 * Follows the records of a person. Each must stand in the place of one that was there: whole, and not taken back before.
 * What was taken back is told.
 */
export function lossesOf({ first, reports }: Endurer): readonly Loss[] {
  let line: Entry[] = [{ record: first, counter: FIRST - 1, isCommitted: true }];
  const losses: Loss[] = [];
  let committed = 0;
  for (const { counter, writes } of reports) {
    for (const { found, next, isCommitted } of writes) {
      const at = line.findLastIndex(({ record }) => record.revision === found.revision);
      expect({ counter, found: line[at]?.record }).toEqual({ counter, found });
      const gone = line.slice(at + 1).filter((entry) => entry.isCommitted);
      if (gone.length > 0) losses.push({ from: committed - gone.length, counters: gone.map((each) => each.counter) });
      line = line.filter((entry) => !gone.includes(entry));
      if (line[at]) line[at].isCommitted = true;
      line.push({ record: next, counter, isCommitted });
      committed += isCommitted ? 1 : 0;
    }
  }
  return losses;
}

/** No code passes twice, but for those whose first pass is lost; and nothing else happens than that the store fails. */
export function expectOnePass({ reports }: Endurer, losses: readonly Loss[]): void {
  const lost = new Set(losses.flatMap(({ counters }) => counters));
  for (const { counter, outcomes } of reports) {
    const [once, again] = outcomes.map(({ refused }) => refused ?? "passed");
    expect({ counter, once }).toEqual({ counter, once: expect.stringMatching(/^(passed|store-unavailable)$/) });
    const allowed = once === "passed" && !lost.has(counter) ? [] : ["passed"];
    expect([...allowed, "code-rejected", "store-unavailable"], `counter ${counter}`).toContain(again);
  }
}
