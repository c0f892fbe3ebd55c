// The contract of a two-factor store as a test suite, for any test runner and for anybody's store.
import { readOptions, requireFunction } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { cases, type Parts } from "./suite/cases.ts";

/** What {@link storeConformance} works with. */
export interface StoreConformanceOptions {
  /** Registers a test: `test` of Vitest, Jest, `node:test` and most others. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Another store over the same records as the given one, but on a connection of its own. */
  readonly secondConnection?: (store: TwoFactorStore) => TwoFactorStore | Promise<TwoFactorStore>;
  /** A store whose connection was closed or leads nowhere. */
  readonly brokenStore?: () => TwoFactorStore | Promise<TwoFactorStore>;
  /**
   * Reports a case that lacks `secondConnection` or `brokenStore`: usually `test.skip`. It is called with the name and a function that
   * does nothing. Without it both must be given, so that nothing is left out unseen.
   */
  readonly skip?: (name: string, run: () => Promise<void>) => unknown;
}

/**
 * Registers the tests that every two-factor store must pass: what is absent, inserted, replaced and removed; races; odd
 * ids and large bodies; broken and second connections. It makes no assertion but its own, and needs nothing but the language.
 *
 * The user ids are random, and one case uses fixed ones, so the store should be empty. Each case removes what it wrote. Races make thousands of
 * calls: give a slow database a longer time limit.
 *
 * @param makeStore gives the store under test, ready for use; called once for each case, and may give the same one each time
 * @param options `test`, and `secondConnection`, `brokenStore` or `skip`, see {@link StoreConformanceOptions}
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for something that is no function, or for one of the three that is missing
 * @example
 * ```ts
 * import { storeConformance } from "halfminute/stores/conformance";
 * import { memoryStore } from "halfminute/stores/memory";
 *
 * const tests = new Map<string, () => Promise<void>>(); // a runner of two lines
 * const test = (name: string, run: () => Promise<void>) => tests.set(name, run);
 * storeConformance(memoryStore, { test, skip: () => undefined });
 * for (const run of tests.values()) await run(); // throws if the store is wrong
 * console.log(tests.has("of 50 racers that insert, exactly one wins")); // true
 * ```
 */
export function storeConformance(
  makeStore: () => TwoFactorStore | Promise<TwoFactorStore>,
  options: StoreConformanceOptions,
): void {
  requireFunction(makeStore, "makeStore");
  const { secondConnection, brokenStore, skip, ...given } = readOptions<Partial<StoreConformanceOptions>>(
    options,
    NAMES,
  );
  const test = requireFunction(given.test, "test");
  const hooks = { secondConnection, brokenStore };
  for (const [name, hook] of Object.entries(hooks)) requireFunction(hook ?? skip, hook ? name : `${name}, or skip,`);

  for (const { name, needs, run } of cases) {
    if (needs !== undefined && hooks[needs] === undefined) {
      skip?.(`${name} (SKIPPED: there is no ${needs})`, () => Promise.resolve());
      continue;
    }
    test(name, async () => {
      const store = await makeStore();
      const second = secondConnection ? await secondConnection(store) : store;
      await run({ store, second, ...(brokenStore && { brokenStore }) } satisfies Parts);
    });
  }
}

const NAMES: Partial<StoreConformanceOptions> = {
  test: undefined,
  secondConnection: undefined,
  brokenStore: undefined,
  skip: undefined,
} as object;

export type { TwoFactorRecord, TwoFactorStore };
