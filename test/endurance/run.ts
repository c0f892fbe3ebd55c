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

import * as mysql from "halfminute/stores/mysql";
import * as postgres from "halfminute/stores/postgres";
import * as redis from "halfminute/stores/redis";

import { type TwoFactorStore } from "../../src/two-factor/index.ts";
import { connect, type Driver, storeOn } from "../stores/connections.js";
import { until } from "../stores/redis-cluster.ts";
import {
  hasMariadb,
  hasPostgres,
  hasRedis,
  redisCli,
  type Server,
  startMariadb,
  startPostgres,
  startRedis,
} from "../stores/servers.ts";
import { type Crowd, startCrowd } from "../stores/workers/crowd.ts";
import { activePerson, FIRST, type Person } from "../two-factor/storms/person.ts";
import { type Mutant, mutants } from "../two-factor/storms/mutants.js";
import { codeOf, flowOn, outcomeOf, type Outcome, randomFrom } from "../two-factor/storms/tasks.js";
import { type Clock, fastClock, POLICY, submitTicket, type Ticket } from "./tasks.js";

/** People about whom all processes of a store make requests. */
const SHARED = 16;
/** What a process does at the same time; each has people of its own, too. */
const LANES = 2;
/** The last accepted tickets, which are submitted again after each restart. */
const PROBED = 60;
/** Between the ends of two restarts: the least and the most milliseconds. */
const [LEAST_PAUSE, MOST_PAUSE] = [1000, 20_000];
const PASSES_AFTER_RESTART = 5;
const MOST_GROWTH = { heap: 4e6, resources: 20 };
const STEP = 30_000;
const HOUR_OF_STEPS = 120;

interface Kind {
  readonly isThere: () => boolean;
  readonly start: () => Promise<Server>;
  /** One for each process, in turn. They connect again after a restart. */
  readonly drivers: readonly (readonly [Driver, object])[];
  readonly options?: object;
}

const isSnapshots = (fault: string): boolean => fault === "snapshots";

/** With the settings by which data outlives a crash. */
function kindsWith(fault: string): Readonly<Record<string, Kind>> {
  return {
    PostgreSQL: { isThere: hasPostgres, start: () => startPostgres({ fsync: "on" }), drivers: [["pg", {}]] },
    MariaDB: {
      isThere: hasMariadb,
      start: () => startMariadb({ innodb_flush_log_at_trx_commit: "1" }),
      drivers: [["mysql2", {}]],
    },
    Redis: {
      isThere: hasRedis,
      start: () => startRedis(isSnapshots(fault) ? { appendonly: "no" } : { appendfsync: "always" }),
      drivers: [
        ["redis", { reconnectStrategy: 20 }],
        ["ioredis", { retryEvery: 20 }],
      ],
      options: { trustPersistence: isSnapshots(fault) },
    },
  };
}

interface Lane extends Pick<Person, "userId" | "secret"> {
  /** Whose recovery codes are used. */
  readonly kept: Person;
}

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

interface Sample {
  readonly second: number;
  readonly heap: number;
  readonly resources: number;
}

/** A store, its server and the processes of its clients. */
interface Place {
  readonly name: string;
  readonly server: Server;
  readonly store: TwoFactorStore;
  readonly crowds: readonly Crowd[];
  readonly people: readonly Person[];
  readonly lanes: readonly (readonly Lane[])[];
  /** What was accepted: people, and what passed. */
  readonly accepted: Set<string>;
  readonly newest: Ticket[];
  readonly counts: Record<string, number>;
  readonly restarts: { crash: number; restart: number };
  readonly samples: readonly Sample[][];
  readonly hearing: Set<Promise<unknown>>;
  probed: number;
  close(): Promise<void>;
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
    for (const [name, kind] of wanted) if (kind.isThere()) places.push(await openPlace(name, kind));
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

async function openPlace(name: string, { start: startServer, drivers, options = {} }: Kind): Promise<Place> {
  const server = await startServer();
  const driverOf = (index: number): readonly [Driver, object] => drivers[index % drivers.length] ?? ["pg", {}];
  const [driver, settings] = driverOf(0);
  const { connection, close } = await connect(driver, server.address, settings);
  const store = storeOn(driver, connection, { ...mysql, ...postgres, ...redis }, options);
  await ("check" in store ? store.check() : store.migrate());
  const newPerson = (role: string): Promise<Person> => activePerson(store, `${role} ${seed}`, 5);
  const people: Person[] = [];
  for (let index = 0; index < SHARED; index++) people.push(await newPerson(`shared ${index}`));
  const [crowds, lanes]: [Crowd[], Lane[][]] = [[], []];
  for (let index = 0; index < processes; index++) {
    const own: Lane[] = [];
    for (let lane = 0; lane < LANES; lane++) {
      own.push({ ...(await newPerson(`own ${index}-${lane}`)), kept: await newPerson(`kept ${index}-${lane}`) });
    }
    lanes.push(own);
    const [itsDriver, itsSettings] = driverOf(index);
    crowds.push(await startCrowd(1, { driver: itsDriver, address: server.address, settings: itsSettings, options }));
  }
  if (isSnapshots(given.fault)) await redisCli(server.address, "save");
  return {
    name,
    server,
    store,
    crowds,
    people,
    lanes,
    accepted: new Set(),
    newest: [],
    counts: {},
    restarts: { crash: 0, restart: 0 },
    samples: crowds.map(() => []),
    hearing: new Set(),
    probed: 0,
    close: async () => {
      await Promise.all(crowds.map((crowd) => crowd.stop()));
      await close();
      await server.stop();
    },
  };
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
      requireFlat(`${place.name}, process ${index}`, samples);
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

/** The first part is for what is loaded and compiled. */
function requireFlat(where: string, samples: readonly Sample[]): void {
  const settled = samples.slice(Math.ceil(samples.length / 5));
  const third = Math.floor(settled.length / 3);
  for (const what of ["heap", "resources"] as const) {
    const series = settled.map((sample) => sample[what]);
    const growth = median(series.slice(-third)) - median(series.slice(0, third));
    if (!(third > 0 && growth <= MOST_GROWTH[what])) violate(`${where}: ${what} grew by ${growth} in the run`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/** Bytes a second, by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const settled = samples.slice(Math.ceil(samples.length / 5));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, height] = [mean(settled.map(({ second }) => second)), mean(settled.map(({ heap }) => heap))];
  const above = settled.reduce((sum, { second, heap }) => sum + (second - middle) * (heap - height), 0);
  return above / settled.reduce((sum, { second }) => sum + (second - middle) ** 2, 0);
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
