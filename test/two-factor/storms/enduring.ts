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
  /** What is there after the storm. */
  last: TwoFactorRecord | undefined;
}

/** A record that was written, or perhaps written. */
interface Entry {
  readonly record: TwoFactorRecord;
  readonly counter: number;
  isCommitted: boolean;
}

/** What was thought committed, and was gone later. */
interface Loss {
  /**
   * How many had been committed when the last one that is kept was, and when the loss was noticed.
   */
  readonly kept: number;
  readonly committed: number;
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
    people.push({ person, first: (await store.read(userId)) as TwoFactorRecord, reports: [], last: undefined });
  }
  const crowd = await startCrowd(PROCESSES, start);
  try {
    const ends = people.map(({ person: { userId, secret }, reports }, index) => {
      const input = { userId, secret, first: FIRST, mutant };
      return crowd.one(index % PROCESSES, "endure", input, (report) => reports.push(report as Report));
    });
    const storm = goOn(people, 5).then(() => during(people));
    await Promise.race([storm, Promise.all(ends)]);
    await crowd.all("rest");
    await Promise.all([storm, ...ends]);
  } finally {
    await crowd.stop();
  }
  for (const each of people) each.last = await store.read(each.person.userId);
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

/** The revisions of a person that are known to be written, in their order. */
export function committedOf({ reports }: Endurer): readonly string[] {
  const writes = reports.flatMap((report) => report.writes);
  return writes.filter(({ isCommitted }) => isCommitted).map(({ next }) => next.revision);
}

/**
 * Follows the records of a person. Each must stand in the place of one that was there: whole, and
 * not taken back before. What was taken back is told.
 */
export function lossesOf({ first, reports, last }: Endurer): readonly Loss[] {
  let line: Entry[] = [{ record: first, counter: FIRST - 1, isCommitted: true }];
  const losses: Loss[] = [];
  let committed = 0;
  const find = (found: TwoFactorRecord | undefined): void => {
    const at = line.findLastIndex(({ record }) => record.revision === found?.revision);
    expect(line[at]?.record).toEqual(found);
    const gone = line.slice(at + 1).filter((entry) => entry.isCommitted);
    if (gone.length > 0) {
      losses.push({ kept: committed - gone.length, committed, counters: gone.map((each) => each.counter) });
    }
    line = line.filter((entry) => !gone.includes(entry));
    if (line[at]) line[at].isCommitted = true;
  };
  for (const { counter, writes } of reports) {
    for (const { found, next, isCommitted } of writes) {
      find(found);
      line.push({ record: next, counter, isCommitted });
      committed += isCommitted ? 1 : 0;
    }
  }
  find(last);
  return losses;
}

/**
 * No code passes twice, but for those whose first pass is lost; and nothing else happens than that
 * the store fails.
 */
export function expectOnePass({ reports }: Endurer, losses: readonly Loss[]): void {
  const lost = new Set(losses.flatMap(({ counters }) => counters));
  for (const { counter, outcomes } of reports) {
    const [once, again] = outcomes.map(({ refused }) => refused ?? "passed");
    expect(["passed", "store-unavailable"], `counter ${counter}`).toContain(once);
    const allowed = once === "passed" && !lost.has(counter) ? [] : ["passed"];
    expect([...allowed, "code-rejected", "store-unavailable"], `counter ${counter}`).toContain(again);
  }
}
