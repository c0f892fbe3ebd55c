// What the two-factor flow asks of a database: one document for each user, read and replaced whole.

/** All two-factor state of one user. */
export interface TwoFactorRecord {
  /**
   * Names this version of the record: well-formed text without NUL, at most 64 characters. It never
   * comes twice.
   */
  readonly revision: string;
  /**
   * JSON text of at most 8192 bytes of UTF-8. Opaque to the store, which gives it back as it was.
   */
  readonly body: string;
}

/** Keeps the records. Anything that can replace a row only if it has not changed can be one. */
export interface TwoFactorStore {
  /**
   * The record of a user as it was last committed, or `undefined`. Never from a replica that may
   * lag behind.
   */
  read(userId: string): Promise<TwoFactorRecord | undefined>;
  /**
   * Writes `next` only if the stored revision is still `expected`; `undefined` as `expected` means
   * that there is no record, and as `next` that it is removed. Resolves to `true` for exactly one
   * of any racers, and `true` means durable: never inside a transaction that somebody else can roll
   * back. It rejects if it cannot know.
   */
  compareAndSet(userId: string, expected: string | undefined, next: TwoFactorRecord | undefined): Promise<boolean>;
}
