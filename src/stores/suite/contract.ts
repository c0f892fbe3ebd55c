// The promises of a store, in the order of docs/guide/stores/own-store.md. Each case of the suite
// tests some of them.

export const CONTRACT: readonly string[] = [
  "`read(userId)` resolves to the record as it was last committed, or to `undefined`. Never from a replica, and always a copy.",
  "`compareAndSet(userId, expected, next)` replaces the record by `next` only if its revision is `expected`.",
  "`expected` `undefined`: only if there is no record. `next` `undefined`: removes it. Both: `true` if there is no record, and nothing is written.",
  "It resolves to `true` for exactly one of any racers, and to `false` for all others, who change nothing.",
  "Looking and writing are one step of the database. Reading first and then writing loses updates.",
  "`true` means durable: no transaction that somebody else can roll back, no cache that is written later.",
  "If it cannot tell whether it wrote, it rejects. So does every failure.",
  "User ids are 1 to 1024 bytes of UTF-8 without NUL, compared byte by byte: `A` is not `a`, `1` is not `01`.",
  "Revisions are texts of at most 64 characters, compared exactly. They never come twice.",
  "The body is JSON text of at most 8192 bytes of UTF-8. It comes back as it was, byte for byte: no `jsonb`.",
];

/** The numbers of promises, which count from one, with their texts. */
export function promised(numbers: readonly number[]): string[] {
  return numbers.map((number) => `${number}. ${CONTRACT[number - 1] ?? ""}`);
}
