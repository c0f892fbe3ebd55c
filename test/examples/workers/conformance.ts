// A Worker that runs the conformance suite of the stores against the example's store, inside workerd.
import { storeConformance } from "halfminute/stores/conformance";

import { d1Store, type Database } from "../../../examples/hono-workers/d1-store.ts";

interface Bindings {
  readonly DB: Database;
  /** The same database, bound once more. */
  readonly SECOND: Database;
  /** One without tables. */
  readonly EMPTY: Database;
}

export interface Outcome {
  readonly passed: readonly string[];
  readonly failures: readonly string[];
}

async function outcome(env: Bindings): Promise<Outcome> {
  const tests = new Map<string, () => Promise<void>>();
  storeConformance(() => d1Store(env.DB), {
    test: (name, run) => tests.set(name, run),
    secondConnection: () => d1Store(env.SECOND),
    brokenStore: () => d1Store(env.EMPTY),
  });
  const passed: string[] = [];
  const failures: string[] = [];
  for (const [name, run] of tests) {
    await run().then(
      () => passed.push(name),
      (error: unknown) => failures.push(`${name}: ${String(error)}`),
    );
  }
  return { passed, failures };
}

/** The answers of this Worker are all that is used of `Response`, which Node's types know too. */
export default {
  fetch: async (_request: unknown, env: Bindings): Promise<Response> => Response.json(await outcome(env)),
};
