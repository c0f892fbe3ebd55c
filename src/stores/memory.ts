// Two-factor records in the memory of one process: for tests and experiments.
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";

/**
 * Creates a store that keeps its records in memory. They are lost when the process ends, and no
 * other process sees them: use it for tests, never in production.
 *
 * @returns A new, empty store.
 * @example
 * ```ts
 * import { memoryStore } from "halfminute/stores/memory";
 *
 * const store = memoryStore();
 * console.log(await store.compareAndSet("alice", undefined, { revision: "1", body: "{}" })); // true
 * console.log(await store.compareAndSet("alice", undefined, { revision: "2", body: "{}" })); // false
 * console.log(await store.read("alice")); // { revision: '1', body: '{}' }
 * ```
 */
export function memoryStore(): TwoFactorStore {
  const records = new Map<string, TwoFactorRecord>();
  // Nothing is awaited between reading and writing, so each call is atomic. Records are copied in
  // and out.
  return {
    read: (userId) => Promise.resolve(copyOf(records.get(userId))),
    compareAndSet: (userId, expected, next) => {
      if (records.get(userId)?.revision !== expected) return Promise.resolve(false);
      const kept = copyOf(next);
      if (kept) records.set(userId, kept);
      else records.delete(userId);
      return Promise.resolve(true);
    },
  };
}

function copyOf(record: TwoFactorRecord | undefined): TwoFactorRecord | undefined {
  return record && { revision: record.revision, body: record.body };
}

export type { TwoFactorRecord, TwoFactorStore };
