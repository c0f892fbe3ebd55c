// The contract of a two-factor store as a test suite, for any test runner and for anybody's store.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireFunction } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { cases, type Parts } from "./suite/cases.ts";
import { brief, briefly } from "./suite/checks.ts";
import { promised } from "./suite/contract.ts";

/** What {@link storeConformance} works with. */
export interface StoreConformanceOptions {
  /** Registers a test: `test` of Vitest, Jest, `node:test` and most others. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Another store over the same records as the given one, but on a connection of its own. */
  readonly secondConnection?: (store: TwoFactorStore) => TwoFactorStore | Promise<TwoFactorStore>;
  /** A store whose connection was closed or leads nowhere. */
  readonly brokenStore?: () => TwoFactorStore | Promise<TwoFactorStore>;
  /**
   * For a store that keeps records only for users that are there: 2 to 1000 of them, without a record. The cases use these and no
   * others. By default the suite makes ids up, with what databases confuse.
   */
  readonly userIds?: readonly string[];
  /**
   * Reports a case that lacks `secondConnection` or `brokenStore`: usually `test.skip`. It is called with the name and a function that
   * does nothing. Without it both must be given, so that nothing is left out unseen.
   */
  readonly skip?: (name: string, run: () => Promise<void>) => unknown;
}

/**
 * A time limit for one case, in milliseconds: thirty times what it takes on a local server. For `jest.setTimeout`, or Vitest's
 * `vi.setConfig({ testTimeout })`, whose own limits of 5 seconds are short for a database that is far away.
 */
export const STORE_CASE_TIMEOUT = 60_000;

/**
 * Registers the tests that every two-factor store must pass: what is absent, inserted, replaced and removed; races; odd
 * ids and large bodies; broken and second connections. It makes no assertion but its own, and needs nothing but the language.
 *
 * The store should be empty. Each case removes what it wrote. Run them one after another. A failure names the promises of the
 * contract that it breaks by their numbers, see {@link storePromises}, and leaves out the bodies that it wrote. See {@link STORE_CASE_TIMEOUT}, too.
 *
 * @param makeStore gives the store under test, ready for use; called once for each case, and may give the same one each time
 * @param options `test`, then `secondConnection`, `brokenStore` or `skip`, and perhaps `userIds`, see {@link StoreConformanceOptions}
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`, or `invalid-option` for something that is not a function, for one of the three that is missing, and for user ids that are not 2 to 1000 different texts
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
  const { secondConnection, brokenStore, skip, userIds, ...given } = readOptions<Partial<StoreConformanceOptions>>(
    options,
    NAMES,
  );
  const test = requireFunction(given.test, "test");
  const hooks = { secondConnection, brokenStore };
  for (const [name, hook] of Object.entries(hooks)) requireFunction(hook ?? skip, hook ? name : `${name}, or skip,`);
  if (userIds !== undefined) requireUserIds(userIds);

  for (const { name, needs, promises, run } of cases) {
    if (needs !== undefined && hooks[needs] === undefined) {
      skip?.(`${name} (SKIPPED: there is no ${needs})`, () => Promise.resolve());
      continue;
    }
    test(name, async () => {
      const store = await makeStore();
      const second = secondConnection ? await secondConnection(store) : store;
      if (needs === "secondConnection" && second === store) throw new Error("secondConnection gave the same store");
      const bodies = new Set<string>();
      const [first, other] = [briefly(store, bodies), briefly(second, bodies)];
      const parts = { store: first, second: other, brokenStore, userIds } satisfies Parts;
      await run(parts).catch((error: unknown) => {
        throw new Error(`${brief(error)} (contract: ${promises.join(", ")})`);
      });
    });
  }
}

/**
 * Says which promises of the contract a case of the suite stands for.
 *
 * @param caseName the name that {@link storeConformance} gave to `test`
 * @returns sentences of the contract, with their numbers
 * @throws {@link index!OtpError | OtpError} `invalid-option` for a name that no case has
 * @example
 * ```ts
 * import { storePromises } from "halfminute/stores/conformance";
 *
 * const [first] = storePromises("of 50 racers that insert, exactly one wins");
 * console.log(first?.slice(0, 55)); // 4. It resolves to `true` for exactly one of any racers,
 * ```
 */
export function storePromises(caseName: string): readonly string[] {
  const found = cases.find(({ name }) => name === caseName);
  if (!found) throw new OtpError("invalid-option", "caseName must be the name of a case of the suite");
  return promised(found.promises);
}

function requireUserIds(userIds: readonly string[]): void {
  const ids: readonly unknown[] = Array.isArray(userIds) ? userIds : [];
  const isFit = ids.length >= 2 && ids.length <= 1000 && new Set(ids).size === ids.length;
  if (isFit && ids.every((id) => typeof id === "string" && id !== "")) return;
  throw new OtpError("invalid-option", "userIds must be a list of 2 to 1000 different texts");
}

const NAMES: Partial<StoreConformanceOptions> = {
  test: undefined,
  secondConnection: undefined,
  brokenStore: undefined,
  userIds: undefined,
  skip: undefined,
} as object;

export type { TwoFactorRecord, TwoFactorStore };
