// A Worker that runs the conformance suite against the store, inside workerd.
import { storeConformance } from "halfminute/stores/conformance";
import { type D1Binding, d1Store } from "halfminute/stores/d1";

interface Bindings {
  readonly DB: D1Binding;
  /** The same database, bound once more. */
  readonly SECOND: D1Binding;
  /** One without tables. */
  readonly EMPTY: D1Binding;
}

export interface Outcome {
  readonly passed: readonly string[];
  readonly failures: readonly string[];
}

async function outcome(env: Bindings): Promise<Outcome> {
  const tests = new Map<string, () => Promise<void>>();
  await Promise.all([d1Store(env.DB).migrate(), d1Store(env.SECOND).migrate()]);
  await d1Store(env.DB).migrate();
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
