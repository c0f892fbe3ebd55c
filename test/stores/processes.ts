// What must hold when several processes of the operating system use one database at once.
import { afterAll, beforeAll, expect, it } from "vitest";

import { type TwoFactorStore } from "../../src/two-factor/store.ts";
import { size } from "./sizes.ts";
import { type Crowd, type Start, startCrowd } from "./workers/crowd.ts";

const { processes, rounds, racers, increments, timeout } = size;

export interface Place {
  readonly start: Start;
  /** Sees what the processes do, from this one. */
  readonly store: TwoFactorStore;
  /** A store with another table, which is not made yet. For the databases that have tables. */
  readonly withTable?: (table: string) => TwoFactorStore;
}

/** Registers the tests. `open` is called once, before them. */
export function processTests(open: () => Promise<Place>, hasTables = true): void {
  let crowd: Crowd;
  let place: Place;
  let store: TwoFactorStore;

  beforeAll(async () => {
    place = await open();
    store = place.store;
    crowd = await startCrowd(processes, place.start);
  });
  afterAll(() => crowd.stop());

  it(`of ${processes} processes with ${racers} racers each, one wins: ${rounds} times`, { timeout }, async () => {
    for (let round = 0; round < rounds; round++) {
      const userId = `race ${round}`;
      const [inserted, ...tooMany] = (await crowd.all<string[]>("race", { userId, racers })).flat();
      expect(tooMany).toEqual([]);
      expect(await store.read(userId)).toEqual({ revision: inserted, body: '"racer"' });

      const wins = (await crowd.all<string[]>("race", { userId, racers, expected: inserted })).flat();
      expect(wins).toHaveLength(1);
      expect((await store.read(userId))?.revision).toBe(wins[0]);
    }
  });

  it(`of ${processes} processes with ${increments} increments each, none is lost`, { timeout }, async () => {
    const userId = "count";
    expect(await store.compareAndSet(userId, undefined, { revision: "first", body: "0" })).toBe(true);
    const steps = (await crowd.all<[string, string][]>("increment", { userId, times: increments })).flat();
    const last = await store.read(userId);
    expect(last?.body).toBe(String(processes * increments));
    // One chain from the first revision to the last: no revision was replaced twice.
    const next = new Map(steps);
    expect(next.size).toBe(processes * increments);
    let [revision, length] = ["first", 0];
    for (let to = next.get(revision); to !== undefined; to = next.get(revision), length++) revision = to;
    expect([revision, length]).toEqual([last?.revision, next.size]);
  });
  it("a process that is killed in the middle leaves a whole record, and blocks nobody", { timeout }, async () => {
    const userId = "killed";
    expect(await store.compareAndSet(userId, undefined, { revision: "first", body: "0" })).toBe(true);
    const pair = await startCrowd(2, place.start);
    try {
      const endless = pair.one(0, "increment", { userId, times: 1e9 }).catch((error: unknown) => error);
      const before = await pair.one<unknown[]>(1, "increment", { userId, times: 20 });
      await pair.kill(0);
      expect(await endless).toMatchObject({ message: "the worker process ended" });
      const killedAt = Number((await store.read(userId))?.body);
      const after = await pair.one<[string, string][]>(1, "increment", { userId, times: 20 });
      expect(before).toHaveLength(20);
      const last = await store.read(userId);
      expect(last?.revision).toBe(after.at(-1)?.[1]);
      // What the server had received of it may have been written after it was gone.
      expect([killedAt + 20, killedAt + 21]).toContain(Number(last?.body));
    } finally {
      await pair.stop();
    }
  });

  if (!hasTables) return;
  it(`migrate() in ${processes} processes at once makes one table: ${rounds} times`, { timeout }, async () => {
    for (let round = 0; round < rounds; round++) {
      const table = `round_${round}`;
      await crowd.all("migrate", { options: { table } });
      await crowd.all("migrate", { options: { table } });
      const made = place.withTable?.(table);
      expect(await made?.compareAndSet("alice", undefined, { revision: "1", body: "{}" })).toBe(true);
    }
  });
}
