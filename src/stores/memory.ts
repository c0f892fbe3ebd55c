// Two-factor records in the memory of one process: for tests and for trying things out.
import { type TwoFactorRecord, type TwoFactorStore } from "../two-factor/store.ts";

/**
 * Makes a store that keeps its records in memory. All is lost with the process, and no other process sees it: for tests,
 * never for an application that people rely on.
 *
 * @returns a new, empty store
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
  // Nothing is awaited between looking and writing, so nothing comes between. What goes in and out is copied.
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
