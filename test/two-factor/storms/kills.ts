// Processes are killed at random moments in the middle of their work. Each reports every outcome as
// soon as it has it, so afterwards all is known but one attempt: it may have been committed or not,
// but nothing else may be.
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "vitest";

import { type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { type Place } from "../../stores/processes.ts";
import { type Server } from "../../stores/servers.ts";
import { type Crowd, startCrowd } from "../../stores/workers/crowd.ts";
import { type Mutant } from "./mutants.js";
import {
  followBrowser,
  followMail,
  known,
  MOST_SUBMITTED_AGAIN,
  rememberBrowser,
  settleBrowser,
  settleMail,
  type Trails,
} from "./kills-trails.ts";
import { activePerson, at, deviceOf, FIRST, holdsSecret, type Person, stateOf } from "./person.ts";
import { codeOf, outcomeOf, type Outcome, randomFrom } from "./tasks.js";

/**
 * A fault of the store, and whose: of those who submit codes, who are sent codes, or whose browsers
 * come back.
 */
interface Broken {
  readonly mutant: Mutant;
  readonly of: "codes" | "mail" | "browsers";
}

export interface Killing extends Pick<Place, "start" | "store"> {
  readonly kills: number;
  readonly seed: number;
  readonly broken?: Broken;
}

export interface Crashing extends Omit<Killing, "kills"> {
  readonly crashes: number;
  readonly server: Pick<Server, "crash">;
}

/** All of them are about one person, and each is about one of its own, too. */
const LANES = 3;
/** What each person submits over and over: never so many wrong codes that a delay begins. */
const KINDS = ["right", "wrong", "wrong", "right", "right"] as const;
/** How many chances a wrong code has, and a right one takes off. */
const WINDOW = 3;
/** The UTC day, by its number, on which the first code is sent. */
const FIRST_DAY = 20_000;
/** At most so many more outcomes are waited for before a process is killed. */
const MOST_REPORTS = 12;
const MOST_MILLISECONDS = 4;

/** More than a process ever submits before it is killed. */
const STEPS_A_KILL = 1000;

type Report = Outcome & { readonly counter: number };

/** What should be stored of a device, by what was reported. */
interface Counts {
  readonly lastCounter: number;
  readonly failures: number;
  readonly outstanding: number;
}

/** A process, the person whom only it is about, and what it said since somebody looked. */
interface Lane {
  readonly own: Person;
  counts: Counts;
  /** The next attempt, by its counter: of its own, and of the one that all share. */
  next: number;
  nextShared: number;
  reports: Report[];
  sharedReports: Report[];
  /** What else the process does: it sends codes, and a browser of somebody comes back. */
  readonly trails: Trails;
  crowd: Crowd;
  wake: () => void;
}

/** The person whom all lanes are about. */
interface Shared {
  readonly person: Person;
  /** Counters of codes that passed, by whomever. */
  readonly passed: Set<number>;
  lastCounter: number;
}

/** Printed, so that a storm that failed can be run again with its moments: STORM_SEED. */
export function newSeed(): number {
  const seed = Number(process.env["STORM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`STORM_SEED=${seed}`);
  return seed;
}

/** Kills one process after the other. */
export async function killing({ kills, seed, ...place }: Killing): Promise<void> {
  const random = randomFrom(seed);
  await withLanes({ seed, kills, ...place }, async (lanes, settle) => {
    for (let kill = 0; kill < kills; kill++) {
      const lane = lanes[Math.floor(random() * LANES)] as Lane;
      await reported(lane, 1 + Math.floor(random() * MOST_REPORTS));
      await sleep(random() * MOST_MILLISECONDS);
      await lane.crowd.kill(0);
      await settle(lane);
    }
  });
}

/**
 * Kills the server in the middle of what all processes do. Their connections break, and they end.
 */
export async function crashing({ crashes, server, ...place }: Crashing): Promise<void> {
  const random = randomFrom(place.seed);
  await withLanes({ kills: crashes, ...place }, async (lanes, settle) => {
    for (let crash = 0; crash < crashes; crash++) {
      await Promise.all(lanes.map((lane) => reported(lane, 1 + Math.floor(random() * MOST_REPORTS))));
      await sleep(random() * MOST_MILLISECONDS);
      await server.crash();
      await Promise.all(lanes.map(({ crowd }) => crowd.kill(0)));
      for (const lane of lanes) await settle(lane);
    }
  });
}

/**
 * `settle` looks whether all is right after the process of a lane was killed, and sets a new one to
 * work.
 */
async function withLanes(
  { start, store, seed, kills, broken }: Killing,
  storm: (lanes: readonly Lane[], settle: (lane: Lane) => Promise<void>) => Promise<void>,
): Promise<void> {
  const name = `${broken?.of ?? ""} ${seed}`;
  const steps = kills * STEPS_A_KILL;
  const person = await activePerson(store, `shared ${name}`, steps);
  const shared: Shared = { person, passed: new Set(), lastCounter: FIRST - 1 };
  const lanes: Lane[] = [];
  try {
    for (let index = 0; index < LANES; index++) {
      lanes.push({
        own: await activePerson(store, `own ${index} ${name}`, steps),
        counts: { lastCounter: FIRST - 1, failures: 0, outstanding: 0 },
        next: FIRST,
        nextShared: FIRST,
        reports: [],
        sharedReports: [],
        trails: {
          mailed: `mailed ${index} ${name}`,
          day: FIRST_DAY,
          mail: [],
          visitor: await rememberBrowser(store, await activePerson(store, `visitor ${index} ${name}`, 1), 0),
          visits: [],
        },
        crowd: await startCrowd(1, start),
        wake: () => undefined,
      });
    }
    for (const lane of lanes) submit(lane, shared, broken);
    await storm(lanes, async (lane) => {
      await settleOwn(store, lane);
      await settleShared(store, shared, lane, lanes);
      await settleMail(store, lane.trails);
      await settleBrowser(store, lane.trails);
      lane.crowd = await startCrowd(1, start);
      submit(lane, shared, broken);
    });
  } finally {
    await Promise.all(lanes.map(({ crowd }) => crowd.stop()));
  }
}

/** Sets the process of a lane to work. */
function submit(lane: Lane, { person }: Shared, broken: Broken | undefined): void {
  const mutantOf = (of: Broken["of"]): Mutant => (broken?.of === of ? broken.mutant : "none");
  const follow = ({ userId, secret }: Person, first: number, kinds: readonly string[], reports: Report[]): void => {
    const onReport = (report: unknown): void => {
      reports.push(report as Report);
      lane.wake();
    };
    const input = { userId, secret, first, kinds, mutant: mutantOf("codes") };
    lane.crowd.one(0, "submit", input, onReport).catch(() => undefined); // it is killed
  };
  lane.reports = [];
  lane.sharedReports = [];
  follow(lane.own, lane.next, KINDS, lane.reports);
  follow(person, lane.nextShared, ["right"], lane.sharedReports);
  followMail(lane.crowd, lane.trails, mutantOf("mail"));
  followBrowser(lane.crowd, lane.trails, mutantOf("browsers"));
}

/** Waits until the lane has so many more outcomes of its own. */
async function reported(lane: Lane, more: number): Promise<void> {
  const enough = lane.reports.length + more;
  while (lane.reports.length < enough) {
    await new Promise<void>((resolve) => {
      lane.wake = resolve;
    });
  }
}

/**
 * Nobody else writes about this person: what is stored must be what was reported, and perhaps one
 * attempt more.
 */
async function settleOwn(store: TwoFactorStore, lane: Lane): Promise<void> {
  const { userId, deviceId, secret } = lane.own;
  const passed: number[] = [];
  for (const report of known(lane.reports)) {
    expect(report).toMatchObject(expectedOf(report.counter));
    lane.counts = after(lane.counts, report.counter);
    lane.next = report.counter + 1;
    if (report.refused === undefined) passed.push(report.counter);
  }

  // What the process had sent may be committed even now, until somebody else has written. So this
  // writes, then looks.
  const unknown = lane.next++;
  const possible = [after(lane.counts, unknown)];
  if (kindOf(unknown) === "right") {
    await submitUnknown(store, lane.own, unknown);
    passed.push(unknown);
  } else {
    possible.push(lane.counts);
  }
  while (kindOf(lane.next) !== "right") lane.next++;
  const last = lane.next++;
  await at(store, last).verify(userId, codeOf(secret, last));

  const state = await stateOf(store, userId);
  const { failures, outstanding, devices } = state;
  lane.counts = { lastCounter: devices[0]?.lastCounter ?? -1, failures, outstanding };
  expect(possible.map((counts) => after(counts, last))).toContainEqual(lane.counts);
  expect(await holdsSecret(userId, state, deviceId, secret)).toBe(true);
  for (const counter of [...passed, last].slice(-MOST_SUBMITTED_AGAIN)) await expectSpent(store, lane.own, counter);
}

/** The other processes write about this person even while this looks. */
async function settleShared(
  store: TwoFactorStore,
  shared: Shared,
  killed: Lane,
  lanes: readonly Lane[],
): Promise<void> {
  const { person, passed } = shared;
  const news: number[] = [];
  const pass = (counter: number): void => {
    expect([counter, passed.has(counter)]).toEqual([counter, false]);
    passed.add(counter);
    news.push(counter);
  };
  for (const lane of lanes) {
    for (const { counter, refused } of known(lane.sharedReports.splice(0))) {
      if (refused === undefined) pass(counter);
      lane.nextShared = counter + 1;
    }
  }
  const unknown = killed.nextShared;
  if ((await submitUnknown(store, person, unknown)).refused === undefined) pass(unknown);
  // Where the others are by now, so that they meet again.
  killed.nextShared = Math.max(...lanes.map(({ nextShared }) => nextShared)) + 1;

  const device = await deviceOf(store, person.userId);
  expect(device.lastCounter).toBeGreaterThanOrEqual(Math.max(shared.lastCounter, ...news.slice(-MOST_REPORTS)));
  const state = await stateOf(store, person.userId);
  expect(state).toMatchObject({ failures: 0, outstanding: 0 });
  expect(await holdsSecret(person.userId, state, person.deviceId, person.secret)).toBe(true);
  shared.lastCounter = device.lastCounter ?? -1;
  for (const counter of [...news.slice(-MOST_SUBMITTED_AGAIN), unknown]) await expectSpent(store, person, counter);
}

/** It may have passed already. After this it has. */
function submitUnknown(store: TwoFactorStore, { userId, secret }: Person, counter: number): Promise<Outcome> {
  return outcomeOf(at(store, counter).verify(userId, codeOf(secret, counter)));
}

async function expectSpent(store: TwoFactorStore, { userId, secret }: Person, counter: number): Promise<void> {
  const outcome = await outcomeOf(at(store, counter).verify(userId, codeOf(secret, counter)));
  expect({ counter, ...outcome }).toEqual({ counter, refused: "code-rejected" });
}

function kindOf(counter: number): (typeof KINDS)[number] {
  return KINDS[counter % KINDS.length] ?? "wrong";
}

function expectedOf(counter: number): Outcome {
  return kindOf(counter) === "right" ? { passed: { method: "code" } } : { refused: "code-rejected" };
}

/** What an attempt makes of the counts. */
function after({ failures, outstanding, ...counts }: Counts, counter: number): Counts {
  if (kindOf(counter) === "wrong") {
    return { ...counts, failures: failures + 1, outstanding: outstanding + WINDOW };
  }
  return { lastCounter: counter, failures: 0, outstanding: Math.max(outstanding - WINDOW, 0) };
}
