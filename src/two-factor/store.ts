// The two-factor flow's interface to a database: one document per user, read and replaced as a
// whole.

/** All two-factor state of one user. */
export interface TwoFactorRecord {
  /**
   * Identifies this version of the record: well-formed text without NUL, at most 64 characters,
   * never repeated.
   */
  readonly revision: string;
  /** JSON text of at most 8192 bytes of UTF-8. Opaque to the store, which returns it unchanged. */
  readonly body: string;
}

/**
 * Stores the records. Any database that can replace a row only if it has not changed can be one.
 */
export interface TwoFactorStore {
  /**
   * Returns the last committed record of a user, or `undefined`. Never from a replica, which may
   * lag.
   */
  read(userId: string): Promise<TwoFactorRecord | undefined>;
  /**
   * Writes `next` only if the stored revision is still `expected`. `undefined` as `expected` means
   * that there is no record, and as `next` removes the record. Resolves to `true` for exactly one
   * of any racers, and `true` means durable: never inside a transaction that other code can roll
   * back. If it cannot tell whether it wrote, it rejects.
   */
  compareAndSet(userId: string, expected: string | undefined, next: TwoFactorRecord | undefined): Promise<boolean>;
}
