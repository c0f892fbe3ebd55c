// The contract of a two-factor store as a test suite, for any test runner and any store.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireFunction } from "../core/parameters.ts";
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";
import { cases, type Parts } from "./suite/cases.ts";
import { brief, briefly } from "./suite/checks.ts";
import { promised } from "./suite/contract.ts";

/** Options of {@link storeConformance}. */
export interface StoreConformanceOptions {
  /** Registers a test: `test` of Vitest, Jest, `node:test` and most others. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Creates another store on the same records as the given one, with its own connection. */
  readonly secondConnection?: (store: TwoFactorStore) => TwoFactorStore | Promise<TwoFactorStore>;
  /** Creates a store whose connection is closed or leads nowhere. */
  readonly brokenStore?: () => TwoFactorStore | Promise<TwoFactorStore>;
  /**
   * For a store that keeps records only for existing users: 2 to 1000 different ids of users
   * without a record. The cases use only these. By default the suite uses made-up ids, including
   * ones that databases confuse.
   */
  readonly userIds?: readonly string[];
  /**
   * Reports a case that lacks `secondConnection` or `brokenStore`: usually `test.skip`. Called with
   * the name and a function that does nothing. Without `skip` both are required, so that no case is
   * silently left out.
   */
  readonly skip?: (name: string, run: () => Promise<void>) => unknown;
}

/**
 * A time limit for one case, in milliseconds: thirty times what a local server needs. For
 * `jest.setTimeout`, or Vitest's `vi.setConfig({ testTimeout })`, because their default of 5
 * seconds is short for a remote database.
 */
export const STORE_CASE_TIMEOUT = 60_000;

/**
 * Registers the tests that every two-factor store must pass: absent, inserted, replaced and removed
 * records; races; unusual ids and large bodies; broken and second connections. It has its own
 * assertions, and needs nothing but the language.
 *
 * The store should be empty. Each case removes what it wrote. Run the cases one after another. A
 * failure names the numbers of the broken promises of the contract, see {@link storePromises}, and
 * omits the written bodies. See also {@link STORE_CASE_TIMEOUT}.
 *
 * @param makeStore - A function that returns the store under test, ready for use. Called once for
 * each case; it may return the same store each time.
 * @param options - `test`, and `secondConnection` and `brokenStore`, or `skip` in place of a
 * missing one.
 * @throws {@link index!OtpError | OtpError} `invalid-options`, `unknown-option`; `invalid-option`
 * for a missing option, one that is not a function, or user ids that are not 2 to 1000 different
 * strings.
 * @example
 * ```ts
 * import { storeConformance } from "halfminute/stores/conformance";
 * import { memoryStore } from "halfminute/stores/memory";
 *
 * const tests = new Map<string, () => Promise<void>>(); // a minimal test runner
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
  for (const [name, hook] of Object.entries(hooks)) requireFunction(hook ?? skip, hook ? name : `${name} or skip`);
  if (userIds !== undefined) requireUserIds(userIds);

  for (const { name, needs, promises, run } of cases) {
    if (needs !== undefined && hooks[needs] === undefined) {
      skip?.(`${name} (SKIPPED: no ${needs})`, () => Promise.resolve());
      continue;
    }
    test(name, async () => {
      const store = await makeStore();
      const second = secondConnection ? await secondConnection(store) : store;
      if (needs === "secondConnection" && second === store)
        throw new Error("secondConnection must return another store, not the given one");
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
 * Returns the promises of the contract that a case of the suite tests.
 *
 * @param caseName - The name that {@link storeConformance} passed to `test`.
 * @returns Sentences of the contract, with their numbers.
 * @throws {@link index!OtpError | OtpError} `invalid-option` for an unknown name.
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
  if (!found) throw new OtpError("invalid-option", "caseName must be the name of a case");
  return promised(found.promises);
}

function requireUserIds(userIds: readonly string[]): void {
  const ids: readonly unknown[] = Array.isArray(userIds) ? userIds : [];
  const isFit = ids.length >= 2 && ids.length <= 1000 && new Set(ids).size === ids.length;
  if (isFit && ids.every((id) => typeof id === "string" && id !== "")) return;
  throw new OtpError("invalid-option", "userIds must be 2 to 1000 different strings, not empty");
}

const NAMES: Partial<StoreConformanceOptions> = {
  test: undefined,
  secondConnection: undefined,
  brokenStore: undefined,
  userIds: undefined,
  skip: undefined,
} as object;

export type { TwoFactorRecord, TwoFactorStore };
