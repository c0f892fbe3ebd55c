// The storms over D1 in workerd. The servers are in this process; each call of theirs goes into the runtime.
import { afterAll, beforeAll, describe, it } from "vitest";

import { type D1Store, d1Store } from "../../../src/stores/d1.ts";
import { hasWorkerd, startScript, type Worker } from "../../helpers/workerd.ts";
import { arenaOf } from "./arena.ts";
import { storms } from "./storms.ts";

describe.runIf(hasWorkerd())("D1", () => {
  let worker: Worker;
  let store: D1Store;
  beforeAll(async () => {
    worker = await startScript("export default { fetch: () => new Response('') };", { d1Databases: { DB: "one" } });
    store = d1Store(await worker.getD1Database("DB"));
    await store.migrate();
  });
  afterAll(() => worker.dispose());

  it.each(Object.entries(storms))("%s", (_, storm) => storm(arenaOf(store)));
});
