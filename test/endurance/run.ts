// npm run test:endurance: an hour of storms on the two-factor flow, over PostgreSQL, MariaDB and
// Redis at the same time, by several processes of clients for each, while the servers are stopped
// and killed at random moments. Nothing may be accepted twice, nobody may be shut out, and nothing
// may leak. CONTRIBUTING.md says more.
//
//   --seconds N     how long; an hour, under CI a minute
//   --seed N        repeats the choices of a run, as far as processes can be repeated
//   --processes N   of clients, for each store
//   --stores A,B    only these
//   --fault NAME    of the stores in the clients (mutants.js), or `snapshots`: a Redis that goes
//                   back to a snapshot of the beginning; to see that a run fails
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { until } from "../stores/redis-cluster.ts";
import { type Crowd } from "../stores/workers/crowd.ts";
import { FIRST } from "../two-factor/storms/person.ts";
import { type Mutant, mutants } from "../two-factor/storms/mutants.js";
import { codeOf, flowOn, outcomeOf, type Outcome, randomFrom } from "../two-factor/storms/tasks.js";
import { growthIn, slopeOf } from "./growth.ts";
import { kindsWith, openPlace, type Place } from "./place.ts";
import { type Clock, fastClock, POLICY, submitTicket, type Ticket } from "./tasks.js";

/** The last accepted tickets, which are submitted again after each restart. */
const PROBED = 60;
/** Between the ends of two restarts: the least and the most milliseconds. */
const [LEAST_PAUSE, MOST_PAUSE] = [1000, 20_000];
const PASSES_AFTER_RESTART = 5;
const STEP = 30_000;
const HOUR_OF_STEPS = 120;

/** What a process of clients tells. */
interface Report {
  readonly accepted?: Ticket;
  readonly share?: Ticket;
  readonly fault?: string;
  readonly warning?: string;
  readonly heap?: number;
  readonly resources?: number;
  readonly counts?: Readonly<Record<string, number>>;
}

const { values: given } = parseArgs({
  options: {
    seconds: { type: "string", default: process.env["CI"] ? "60" : "3600" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    processes: { type: "string", default: "2" },
    stores: { type: "string", default: "PostgreSQL,MariaDB,Redis" },
    fault: { type: "string", default: "none" },
  },
});
const [seconds, seed, processes] = [given.seconds, given.seed, given.processes].map(Number) as [number, number, number];
/** When the storm begins, in Unix milliseconds; before that, never. */
let start = Infinity;
const violations: string[] = [];
const secondsNow = (): number => Math.max(0, (Date.now() - start) / 1000);
const isOver = (): boolean => secondsNow() >= seconds || violations.length > 0;

process.on("warning", ({ name, message }) => {
  warned("the driver", `${name}: ${message}`);
});
await main();

async function main(): Promise<void> {
  const kinds = kindsWith(given.fault);
  const wanted = given.stores.split(",").map((name) => [name, kinds[name] ?? unknownStore(name)] as const);
  console.log(`${seconds} s, ${processes} processes for each store; --seed ${seed} repeats it`);
  const places: Place[] = [];
  try {
    for (const [name, kind] of wanted)
      if (kind.isThere()) places.push(await openPlace(name, kind, { seed, processes, fault: given.fault }));
    if (places.length > 0) await storm(places);
    for (const place of places) summarize(place);
  } catch (error) {
    violate(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    for (const place of places) await place.close();
  }
  console.log(violations.length > 0 ? `FAILED: ${violations.length} (--seed ${seed})` : "nothing was violated");
  process.exit(violations.length > 0 ? 1 : 0); // after a failure, a restart may still wait for its server
}

function unknownStore(name: string): never {
  throw new Error(`--stores: there is no ${name}`);
}

function violate(what: string): void {
  if (violations.push(what) <= 20) console.error(`VIOLATED after ${secondsNow().toFixed(1)} s: ${what}`);
}

function warned(where: string, warning: string): void {
  if (warning.startsWith("MaxListenersExceededWarning")) violate(`${where}: ${warning}`);
  else console.warn(`${where}: ${warning}`);
}

async function storm(places: readonly Place[]): Promise<void> {
  start = Date.now();
  const clock: Clock = { start, first: FIRST };
  const blowing = places.flatMap((place, at) =>
    place.crowds.map((crowd, index) => blow(place, crowd, index, clock, seed + 1000 * at + index)),
  );
  const restarting = places.map((place, at) => restartOver(place, randomFrom(seed * 31 + at)));
  const telling = tellOver(places);
  // A process that ends before it is told to has failed.
  await Promise.race([Promise.all([...restarting, telling]), Promise.all(blowing).then(() => never(isOver))]);
  await Promise.all(restarting);
  await Promise.all(places.flatMap(({ crowds }) => crowds.map((crowd) => crowd.one(0, "calm"))));
  await Promise.all(blowing);
  for (const place of places) {
    await Promise.all(place.hearing);
    await probe(place);
    await everybodyPasses(place, clock);
    place.samples.forEach((samples, index) => {
      for (const growth of growthIn(samples)) violate(`${place.name}, process ${index}: ${growth}`);
    });
  }
}

async function never(isRight: () => boolean): Promise<void> {
  if (!isRight()) throw new Error("the clients ended too early");
  await sleep(2 ** 30, undefined, { ref: false });
}

async function blow(place: Place, crowd: Crowd, index: number, clock: Clock, itsSeed: number): Promise<void> {
  const input = {
    name: `${index} ${seed}`,
    seed: itsSeed,
    clock,
    people: place.people,
    lanes: place.lanes[index],
    mutant: given.fault in mutants ? (given.fault as Mutant) : "none",
    sampleEvery: Math.min(5000, seconds * 20),
  };
  await crowd.one(0, "blow", input, (report) => {
    hear(place, index, report as Report);
  });
}

function hear(place: Place, index: number, { accepted, share, fault, warning, heap, resources, counts }: Report): void {
  if (accepted) accept(place, accepted);
  if (share) {
    const others = place.crowds.filter((_, other) => other !== index);
    for (const other of others) follow(place, other.one(0, "hear", { ticket: share }));
  }
  if (fault !== undefined) violate(`${place.name}: ${fault}`);
  if (warning !== undefined) warned(place.name, warning);
  if (heap !== undefined && resources !== undefined) {
    place.samples[index]?.push({ second: secondsNow(), heap, resources });
  }
  for (const [code, many] of Object.entries(counts ?? {})) place.counts[code] = (place.counts[code] ?? 0) + many;
}

function follow({ name, hearing }: Place, call: Promise<unknown>): void {
  const heard = call
    .catch((error: unknown) => {
      if (violations.length === 0) violate(`${name}: ${String(error)}`);
    })
    .finally(() => hearing.delete(heard));
  hearing.add(heard);
}

/** Messages have no codes in them, so neither has this. */
function accept({ name, accepted, newest }: Place, ticket: Ticket): void {
  const { kind, userId, code, counter } = ticket;
  const key = `${userId} ${counter ?? code}`;
  if (accepted.has(key)) violate(`${name}: accepted twice: ${kind} ${counter ?? ""} of "${userId}"`);
  accepted.add(key);
  newest.push(ticket);
  if (newest.length > PROBED) newest.shift();
}

/** Stops the server in order, or kills it, until the time is over. */
async function restartOver(place: Place, random: () => number): Promise<void> {
  const most = Math.min(MOST_PAUSE, seconds * 100);
  for (let index = 0; ; index++) {
    const pause = LEAST_PAUSE + random() * most;
    const isKilled = index < 2 ? index === 0 : random() < 0.5;
    await sleep(Math.min(pause, Math.max(0, seconds - secondsNow()) * 1000));
    if (isOver()) return;
    const way = isKilled ? "crash" : "restart";
    await place.server[way]();
    place.restarts[way]++;
    await probe(place);
    const enough = place.accepted.size + PASSES_AFTER_RESTART;
    await until(
      () => Promise.resolve(place.accepted.size >= enough || violations.length > 0),
      `${place.name} goes on after a restart`,
    );
  }
}

/** What was accepted is spent, even for somebody whose clock shows that moment. */
async function probe(place: Place): Promise<void> {
  for (const ticket of [...place.newest]) {
    const { kind, userId } = ticket;
    const { passed, refused } = await known(() => submitTicket(flowAt(place, ticket.at), ticket));
    if (passed !== undefined) violate(`${place.name}: accepted again after a restart: ${kind} of "${userId}"`);
    if (refused === "code-rejected") place.probed++;
  }
}

function flowAt({ store }: Place, at: number): ReturnType<typeof flowOn> {
  return flowOn(store, () => at, POLICY);
}

/** Connections that the restart broke may fail once more each. */
async function known(call: () => Promise<unknown>): Promise<Outcome> {
  for (let tries = 0; ; tries++) {
    const outcome = await outcomeOf(call());
    if (outcome.refused !== "store-unavailable") return outcome;
    if (tries === 100) throw new Error(`the store does not come back: ${outcome.cause ?? ""}`);
    await sleep(50);
  }
}

/** After the storm, when all delays are over, everybody has all that they need. */
async function everybodyPasses(place: Place, clock: Clock): Promise<void> {
  const counter = Math.floor(fastClock(clock)() / STEP) + HOUR_OF_STEPS;
  const flow = flowAt(place, (counter + 0.5) * STEP);
  const owners = place.lanes.flat();
  for (const { userId, secret } of [...place.people, ...owners, ...owners.map(({ kept }) => kept)]) {
    const { refused } = await known(() => flow.verify(userId, codeOf(secret, counter)));
    if (refused !== undefined) violate(`${place.name}: a fresh code of "${userId}" is refused: ${refused}`);
  }
  for (const { kept } of owners) {
    const [code = ""] = (await flow.renewRecoveryCodes(kept.userId)).recoveryCodes;
    const { refused } = await known(() => flow.verify(kept.userId, code));
    if (refused !== undefined) violate(`${place.name}: a new recovery code is refused: ${refused}`);
  }
}

async function tellOver(places: readonly Place[]): Promise<void> {
  const every = Math.max(10, seconds / 60);
  for (let next = every; !isOver();) {
    await sleep(100);
    if (secondsNow() < next) continue;
    next += every;
    console.log(`${secondsNow().toFixed(0)} s  ${places.map(lineOf).join("; ")}`);
  }
}

function lineOf({ name, counts, restarts, samples }: Place): string {
  const { passed = 0, ...refused } = counts;
  const codes = Object.entries(refused).map(([code, many]) => `${many} ${code}`);
  const heaps = samples.map((each) => ((each.at(-1)?.heap ?? 0) / 1e6).toFixed(1));
  const many = `${restarts.crash} killed, ${restarts.restart} stopped`;
  return `${name}: ${passed} passed, ${codes.join(", ")}, ${many}, heaps ${heaps.join("/")} MB`;
}

function summarize(place: Place): void {
  const attempts = Object.values(place.counts).reduce((sum, many) => sum + many, 0);
  const slopes = place.samples.map((samples) => ((slopeOf(samples) * 3600) / 1e6).toFixed(2));
  console.log(`${lineOf(place)}
  ${attempts} calls, ${place.accepted.size} accepted once, ${place.probed} refused after a restart, slopes ${slopes.join("/")} MB an hour`);
}
