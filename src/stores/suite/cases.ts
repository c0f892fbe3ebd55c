// The cases of the suite. Nothing here depends on a test runner or a database.
import { type TwoFactorRecord, type TwoFactorStore } from "../../two-factor/store.ts";
import { answers, type Read, rejects, requireBoolean, same, shown, stored } from "./checks.ts";
import { freshId, freshRevision, LARGEST_BODY, oddBody, oddIds, recordOf } from "./samples.ts";

export interface Parts {
  readonly store: TwoFactorStore;
  /** A store on the same records through another connection, if there is one. */
  readonly second: TwoFactorStore;
  readonly brokenStore: (() => TwoFactorStore | Promise<TwoFactorStore>) | undefined;
  /** If given, the only users that may be used, all different. */
  readonly userIds: readonly string[] | undefined;
}

export interface Case {
  readonly name: string;
  /** The promises of the contract that it tests: numbers of contract.ts. */
  readonly promises: readonly number[];
  /** The hook that the case requires. */
  readonly needs?: "secondConnection" | "brokenStore";
  readonly run: (parts: Parts) => Promise<void>;
}

const RACERS = 50;
const WRITERS = 4;
const INCREMENTS = 60;
const READERS = 3;
/**
 * Generous: between two writes of one writer, the others may each win, and scheduling is random.
 */
const MOST_TRIES = 100 * INCREMENTS;

export const cases: readonly Case[] = [
  {
    name: "a user without a record reads as undefined",
    promises: [1],
    run: inOrder(async ({ store }, id) => {
      await stored(store, id, undefined, "of a user who was never written");
    }),
  },
  {
    name: "a record is inserted where there is none, and never over another",
    promises: [3],
    run: inOrder(async ({ store }, id) => {
      const [first, second] = [recordOf("first"), recordOf("second")];
      await answers(store, id, undefined, first, true, "an insert where there is nothing");
      await stored(store, id, first, "after an insert");
      await answers(store, id, undefined, second, false, "an insert where there is a record");
      await answers(store, id, undefined, first, false, "the same insert again");
      await stored(store, id, first, "after an insert that lost");
    }),
  },
  {
    name: "a record is replaced only if its revision is the expected one",
    promises: [2],
    run: inOrder(async ({ store }, id) => {
      const [first, second, third] = [recordOf("first"), recordOf("second"), recordOf("third")];
      await answers(store, id, first.revision, second, false, "a replacement where there is nothing");
      await stored(store, id, undefined, "after a replacement of nothing");
      await answers(store, id, undefined, first, true, "an insert");
      await answers(store, id, freshRevision(), second, false, "a replacement of a revision that never was");
      await stored(store, id, first, "after a replacement that lost");
      await answers(store, id, first.revision, second, true, "a replacement of the stored revision");
      await stored(store, id, second, "after a replacement");
      await answers(store, id, first.revision, third, false, "a replacement of an older revision");
      await stored(store, id, second, "after a replacement of an older revision");
    }),
  },
  {
    name: "a record is removed only if its revision is the expected one",
    promises: [3],
    run: inOrder(async ({ store }, id) => {
      const [first, second] = [recordOf("first"), recordOf("second")];
      await answers(store, id, first.revision, undefined, false, "a removal where there is nothing");
      await answers(store, id, undefined, first, true, "an insert");
      await answers(store, id, first.revision, second, true, "a replacement");
      await answers(store, id, first.revision, undefined, false, "a removal of an older revision");
      await stored(store, id, second, "after a removal that lost");
      await answers(store, id, second.revision, undefined, true, "a removal of the stored revision");
      await stored(store, id, undefined, "after a removal");
      await answers(store, id, second.revision, undefined, false, "the same removal again");
    }),
  },
  {
    name: "where no record is expected and none is given, nothing is written",
    promises: [3],
    run: inOrder(async ({ store }, id) => {
      const kept = recordOf("kept");
      await answers(store, id, undefined, undefined, true, "nothing in place of nothing");
      await stored(store, id, undefined, "after nothing was written");
      await answers(store, id, undefined, kept, true, "an insert");
      await answers(store, id, undefined, undefined, false, "nothing in place of a record that is not expected");
      await stored(store, id, kept, "after nothing was written over it");
    }),
  },
  {
    name: "removal and re-creation never confuse revisions",
    promises: [2, 9],
    run: inOrder(async ({ store }, id) => {
      const [first, second, third] = [recordOf("same"), recordOf("same"), recordOf("same")];
      await answers(store, id, undefined, first, true, "an insert");
      await answers(store, id, first.revision, undefined, true, "its removal");
      await answers(store, id, first.revision, third, false, "a replacement of what was removed");
      await stored(store, id, undefined, "after a replacement of what was removed");
      await answers(store, id, undefined, second, true, "a second insert");
      await answers(store, id, first.revision, third, false, "a replacement of the record before the removal");
      await answers(store, id, first.revision, undefined, false, "a removal of the record before the removal");
      await answers(store, id, undefined, third, false, "a third insert");
      await stored(store, id, second, "after a second insert");
    }),
  },
  {
    name: "revisions are compared exactly",
    promises: [9],
    run: inOrder(async ({ store }, id) => {
      const revision = `Ab"'\\ é😀${"x".repeat(62)}`.slice(0, 62); // leaves room for the longer variants below
      const kept = { revision, body: "{}" };
      await answers(store, id, undefined, kept, true, "an insert with a revision of 62 characters");
      const others = [revision.toLowerCase(), `${revision} `, ` ${revision}`, revision.slice(0, 61), "%"];
      for (const other of others) {
        await answers(store, id, other, recordOf("other"), false, `a replacement of ${JSON.stringify(other)}`);
        await answers(store, id, other, undefined, false, `a removal of ${JSON.stringify(other)}`);
      }
      await stored(store, id, kept, "after replacements of similar revisions");
      const full = { revision: `${revision}zz`, body: "{}" };
      await answers(store, id, revision, full, true, "a replacement by a revision of 64 characters");
      await answers(store, id, full.revision.slice(0, 63), recordOf("other"), false, "a replacement of 63 of them");
      await stored(store, id, full, "with a revision of 64 characters");
    }),
  },
  {
    name: "what is read is a copy",
    promises: [1],
    run: inOrder(async ({ store }, id) => {
      const given = { ...recordOf("given") };
      const kept = { ...given };
      await answers(store, id, undefined, given, true, "an insert");
      given.body = "changed by the writer";
      Reflect.set(Object(await store.read(id)) as object, "body", "changed by the reader"); // if it can be
      await stored(store, id, kept, "after the written and read objects were changed");
    }),
  },
  {
    name: `of ${RACERS} racers that insert, exactly one wins`,
    promises: [4, 5],
    run: inOrder(async (parts, id) => {
      await oneWins(parts, id, undefined, recordOf);
    }),
  },
  {
    name: `of ${RACERS} racers that replace, exactly one wins`,
    promises: [4, 5],
    run: inOrder(async (parts, id) => {
      const first = recordOf("first");
      await answers(parts.store, id, undefined, first, true, "an insert");
      await oneWins(parts, id, first.revision, recordOf);
    }),
  },
  {
    name: `of ${RACERS} racers that replace or remove, exactly one wins`,
    promises: [4, 5],
    run: inOrder(async (parts, id) => {
      const first = recordOf("first");
      await answers(parts.store, id, undefined, first, true, "an insert");
      await oneWins(parts, id, first.revision, (racer) => (racer % 2 === 1 ? undefined : recordOf(racer)));
    }),
  },
  {
    name: `no update is lost among ${INCREMENTS} interleaved increments`,
    promises: [4, 5],
    run: inOrder(async ({ store, second }, id) => {
      const written = new Map<string, string>(); // bodies by revision
      const recordAfter = (count: number): TwoFactorRecord => {
        const next = { revision: freshRevision(), body: JSON.stringify([count, freshRevision()]) };
        written.set(next.revision, next.body);
        return next;
      };
      const readWhole = async (through: TwoFactorStore): Promise<TwoFactorRecord> => {
        const read = await through.read(id);
        if (read === undefined) throw new Error("a record disappeared that nothing removed");
        if (written.get(read.revision) === read.body) return read;
        throw new Error("a revision was read with a body that was not written with it");
      };
      const countIn = ({ body }: TwoFactorRecord): number => (JSON.parse(body) as [number])[0];

      await answers(store, id, undefined, recordAfter(0), true, "an insert");
      let [triesLeft, writing] = [MOST_TRIES, WRITERS];
      const increment = async (through: TwoFactorStore): Promise<void> => {
        while (triesLeft-- > 0) {
          const read = await readWhole(through);
          if (await through.compareAndSet(id, read.revision, recordAfter(countIn(read) + 1))) return;
        }
        throw new Error(`no win after ${MOST_TRIES} tries: one racer must win`);
      };
      const write = async (through: TwoFactorStore): Promise<void> => {
        try {
          for (let count = 0; count < INCREMENTS / WRITERS; count++) await increment(through);
        } finally {
          writing--;
        }
      };
      // Readers run out of step with the writers, so they see a record that is written in two
      // steps.
      const look = async (through: TwoFactorStore, pause: number): Promise<void> => {
        while (writing > 0) {
          await readWhole(through);
          for (let step = 0; step < pause; step++) await Promise.resolve();
        }
      };
      await together(WRITERS + READERS, (index) => {
        const through = index % 2 === 0 ? store : second;
        return index < WRITERS ? write(through) : look(through, index - WRITERS);
      });
      same(countIn(await readWhole(store)), INCREMENTS, `the number after ${INCREMENTS} increments`);
    }),
  },
  {
    name: "user ids are distinct",
    promises: [8],
    run: async ({ store, userIds }: Parts): Promise<void> => {
      const ids = userIds ?? oddIds();
      const rows = ids.map((id, index) => ({ id, label: shown(id), record: recordOf(`of id ${index}`) }));
      const each = (run: (row: (typeof rows)[number]) => Promise<void>): Promise<void> =>
        together(rows.length, (index) => run(rows[index] as (typeof rows)[number]));
      await each(({ id, label }) => stored(store, id, undefined, `of ${label}, in a store that should be empty`));
      try {
        // One after another: if the store confuses two ids, the second insert finds a record.
        for (const { id, label, record } of rows)
          await answers(store, id, undefined, record, true, `an insert for ${label}`);
        await each(({ id, label, record }) => stored(store, id, record, `of ${label}`));
      } finally {
        await each(({ id }) => removed(store, id));
      }
      await each(({ id, label }) => stored(store, id, undefined, `of ${label}, after its removal`));
    },
  },
  {
    name: `a body of ${LARGEST_BODY} bytes comes back byte for byte`,
    promises: [10],
    run: inOrder(async ({ store }, id) => {
      const [large, small] = [
        { revision: freshRevision(), body: oddBody() },
        { revision: freshRevision(), body: '{"b":1.0,  "a":1e2,"b":2}\n' },
      ];
      await answers(store, id, undefined, large, true, "an insert of the largest body");
      await stored(store, id, large, "of the largest body");
      await answers(store, id, large.revision, small, true, "a replacement by JSON with spaces, in no order");
      await stored(store, id, small, "of JSON with spaces, in no order");
    }),
  },
  {
    name: "a failing connection rejects",
    promises: [7],
    needs: "brokenStore",
    run: async ({ brokenStore, userIds }: Parts): Promise<void> => {
      const broken = await brokenStore?.();
      if (broken === undefined) throw new Error("brokenStore must return a store");
      const [id, record] = [userIds?.[0] ?? freshId(), recordOf("never")];
      await rejects(() => broken.read(id), "read");
      await rejects(() => broken.compareAndSet(id, undefined, record), "an insert");
      await rejects(() => broken.compareAndSet(id, record.revision, recordOf("next")), "a replacement");
      await rejects(() => broken.compareAndSet(id, record.revision, undefined), "a removal");
    },
  },
  {
    name: "a committed write is seen by a second connection",
    promises: [1, 6],
    needs: "secondConnection",
    run: inOrder(async ({ store, second }, id) => {
      const [first, next, last] = [recordOf("first"), recordOf("next"), recordOf("last")];
      await stored(second, id, undefined, "of an unknown user, through the second connection");
      await answers(store, id, undefined, first, true, "an insert");
      await stored(second, id, first, "through the second connection, after an insert");
      await answers(store, id, first.revision, next, true, "a replacement");
      await stored(second, id, next, "through the second connection, after a replacement");
      await answers(second, id, next.revision, last, true, "a replacement through the second connection");
      await stored(store, id, last, "through the first connection, after that");
      await answers(second, id, last.revision, undefined, true, "a removal through the second connection");
      await stored(store, id, undefined, "through the first connection, after a removal through the second");
    }),
  },
];

/** A case about one user, whose record is removed afterwards. */
function inOrder(run: (parts: Parts, id: string) => Promise<void>): Case["run"] {
  return async (parts) => {
    const id = parts.userIds?.[0] ?? freshId();
    try {
      await run(parts, id);
    } finally {
      await removed(parts.store, id);
    }
  };
}

async function removed(store: TwoFactorStore, id: string): Promise<void> {
  try {
    const left = await store.read(id);
    if (left) await store.compareAndSet(id, left.revision, undefined);
  } catch {
    // The case reports what is wrong; this only cleans up.
  }
}

async function oneWins(
  { store, second }: Parts,
  id: string,
  expected: string | undefined,
  nextOf: (racer: number) => Read,
): Promise<void> {
  const wins: { readonly next: Read }[] = [];
  await together(RACERS, async (racer) => {
    const next = nextOf(racer);
    const answer = await (racer % 2 === 0 ? store : second).compareAndSet(id, expected, next);
    if (requireBoolean(answer, "of a racer")) wins.push({ next });
  });
  same(wins.length, 1, `the number of winners among ${RACERS}`);
  await stored(store, id, wins[0]?.next, "after the race");
}

/**
 * Starts all at the same time and waits for all even if one fails: no call may still run when the
 * case ends.
 */
async function together(many: number, run: (index: number) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(Array.from({ length: many }, (_, index) => run(index)));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
