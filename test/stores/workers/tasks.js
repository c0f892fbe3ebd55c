// What a worker process can be told to do: (world, input) → a value for JSON. To add one, add a
// function.
//
//   world   { driver, address, connection, store, withOptions(options) → another store }: of this
// process alone           report(what)   said to the parent before the task is done
import { enduranceTasks } from "../../endurance/tasks.js";
import { twoFactorTasks } from "../../two-factor/storms/tasks.js";

export const tasks = {
  ...twoFactorTasks,
  ...enduranceTasks,

  /** Of a store with other options on the same connection. */
  migrate: async ({ withOptions }, { options }) => withOptions(options).migrate(),

  read: async ({ store }, { userId }) => store.read(userId),

  /** Many racers of this process against all others: every revision that won. */
  race: async ({ store }, { userId, expected, racers }) => {
    const wins = [];
    const race = async () => {
      const next = recordOf("racer");
      if (await store.compareAndSet(userId, expected, next)) wins.push(next.revision);
    };
    await Promise.all(Array.from({ length: racers }, race));
    return wins;
  },

  /**
   * Adds one to the number in the body, as often as it is told: which revision was replaced by
   * which.
   */
  increment: async ({ store }, { userId, times }) => {
    const steps = [];
    while (steps.length < times) {
      const { revision, body } = await store.read(userId);
      const next = recordOf(JSON.parse(body) + 1);
      if (await store.compareAndSet(userId, revision, next)) steps.push([revision, next.revision]);
    }
    return steps;
  },
};

let revisions = 0;

function recordOf(content) {
  return { revision: `${process.pid}-${revisions++}`, body: JSON.stringify(content) };
}
