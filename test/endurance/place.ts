// The stores of an endurance run, each with its server, its people and its clients.
import * as mysql from "halfminute/stores/mysql";
import * as postgres from "halfminute/stores/postgres";
import * as redis from "halfminute/stores/redis";

import { type TwoFactorStore } from "../../src/two-factor/index.ts";
import { connect, type Driver, storeOn } from "../stores/connections.js";
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
import { activePerson, type Person } from "../two-factor/storms/person.ts";
import { type Sample } from "./growth.ts";
import { type Ticket } from "./tasks.js";

/** People about whom all processes of a store make requests. */
const SHARED = 16;
/** What a process does at the same time; each has people of its own, too. */
const LANES = 2;
export interface Kind {
  readonly isThere: () => boolean;
  readonly start: () => Promise<Server>;
  /** One for each process, in turn. They connect again after a restart. */
  readonly drivers: readonly (readonly [Driver, object])[];
  readonly options?: object;
}

const isSnapshots = (fault: string): boolean => fault === "snapshots";

/** With the settings by which data outlives a crash. */
export function kindsWith(fault: string): Readonly<Record<string, Kind>> {
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

/** A store, its server and the processes of its clients. */
export interface Place {
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

/** What is chosen for a run. */
export interface Choices {
  readonly seed: number;
  readonly processes: number;
  readonly fault: string;
}

export async function openPlace(
  name: string,
  { start: startServer, drivers, options = {} }: Kind,
  { seed, processes, fault }: Choices,
): Promise<Place> {
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
  if (isSnapshots(fault)) await redisCli(server.address, "save");
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
