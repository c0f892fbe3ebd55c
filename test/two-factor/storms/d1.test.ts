// The storms over D1: many requests at once to a Worker in workerd, and one database.
import { afterAll, beforeAll, describe, it } from "vitest";

import { type D1Store, d1Store } from "../../../src/stores/d1.ts";
import { hasWorkerd, startWorker, type Worker } from "../../helpers/workerd.ts";
import { type Arena } from "./arena.ts";
import { storms } from "./storms.ts";

describe.runIf(hasWorkerd())("D1", () => {
  let worker: Worker;
  let store: D1Store;
  beforeAll(async () => {
    worker = await startWorker("test/two-factor/storms/d1-worker.ts", { d1Databases: { DB: "one" } });
    store = d1Store(await worker.getD1Database("DB"));
    await store.migrate();
  });
  afterAll(() => worker.dispose());

  const crowd: Arena["crowd"] = {
    one: async <Value>(_index: number, _task: string, input?: object) => {
      const response = await worker.dispatchFetch("http://localhost/", { method: "POST", body: JSON.stringify(input) });
      return (await response.json()) as Value;
    },
  };
  it.each(Object.entries(storms))("%s", (_, storm) =>
    storm({ store, crowd, processes: 4, racers: 5, rounds: 1, guesses: 50 }),
  );
});
