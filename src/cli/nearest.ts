// Finds the name that was probably meant. A message repeats an argument only if it is close to such
// a name: anything else may be a secret.

/** Names that other programs have for these options. */
const MEANT: Readonly<Partial<Record<string, string>>> = {
  border: "margin",
  ecc: "error-correction",
  epoch: "t0",
  file: "secret-file",
  name: "account",
  secret: "secret-file",
  step: "period",
  time: "at",
  timestamp: "at",
  window: "look-ahead",
};

/** Advice for options of oathtool that have no counterpart. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["totp", "TOTP is the default, and --algorithm sets its hash"],
  ["hotp", "--counter makes it HOTP"],
  ["verbose", "--json prints more"],
]);

export function elsewhere(typed: string): string | undefined {
  return ELSEWHERE.get(typed);
}

/**
 * The nearest known name, at most two slips away; `undefined` if there is none. Names of other
 * programs must be nearer.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,30}$/i.test(typed)) return undefined;
  const own = names.map((name) => ({ name, slips: distance(typed, name), most: (name.length - 1) / 2 }));
  const others = Object.entries(MEANT).map(([word, name = ""]) => {
    return { name, slips: distance(typed, word), most: (word.length - 1) / 3 };
  });
  const near = [...own, ...others].filter(
    ({ name, slips, most }) => names.includes(name) && slips <= Math.min(2, most),
  );
  const begun = (name: string): number => (name.startsWith(typed) ? 0 : 1);
  return near.sort((one, other) => one.slips - other.slips || begun(one.name) - begun(other.name))[0]?.name;
}

/** Letters to add, drop, change or swap with the next, one row of the table at a time. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of Array.from(from).entries()) {
    const next = [above + 1];
    for (const [index, other] of Array.from(to).entries()) {
      const isSwap = letter === to[index - 1] && from[above - 1] === other;
      const swap = isSwap ? (before[index - 1] ?? 0) + 1 : Infinity;
      const change = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, change, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? 0;
}
