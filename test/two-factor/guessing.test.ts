// A year of guessing: the best strategy against the very decisions of the flow, and what guessProbability says about it.
import { describe, expect, it } from "vitest";

import { guessProbability, type Policy } from "../../src/two-factor/index.ts";
import { decideCode, decideConsecutive, denyCodeUnseen } from "../../src/two-factor/decide-verify.ts";
import { type ActiveState } from "../../src/two-factor/predicates.ts";
import { readPolicy, type Limits } from "../../src/two-factor/policy.ts";
import { mostGuesses } from "../../src/two-factor/guess-probability.ts";
import { CALM, waitSeconds } from "../../src/two-factor/throttle.ts";
import { codeOf } from "./world.ts";

const DAY = 86_400_000;
const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const BYTES = Uint8Array.from(Buffer.from("12345678901234567890"));

const ACTIVE: ActiveState = {
  version: 1,
  device: {
    id: "A".repeat(26),
    parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
    since: BEGIN,
    lastCounter: null,
    secret: { keyId: "a", text: "a" },
    ...CALM,
  },
  pending: null,
  recovery: null,
};

/** One device in time, on the real decisions. The attacker's guesses are wrong on purpose: it is counted how many are looked at. */
class Siege {
  state: ActiveState = ACTIVE;
  guesses = 0;
  readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Whether a guess is looked at. */
  guess(now: number): boolean {
    const window = [-1, 0, 1].map((steps) => codeOf(SECRET, Math.floor(now / 30_000) + steps));
    const code = ["123456", "123457", "123458", "123459"].find((each) => !window.includes(each)) ?? "";
    if (denyCodeUnseen(this.state, code, now, this.limits)) return false;
    const { next } = decideCode(this.state, code, this.#comparison(now));
    if (next?.device) this.state = { ...next, device: next.device };
    this.guesses++;
    return true;
  }

  /** The owner comes, by three codes where one is refused. */
  login(now: number): void {
    const counter = Math.floor(now / 30_000);
    const code = codeOf(SECRET, counter);
    const decision = denyCodeUnseen(this.state, code, now, this.limits)
      ? decideConsecutive(
          this.state,
          [-2, -1, 0].map((steps) => codeOf(SECRET, counter + steps)),
          this.#comparison(now),
        )
      : decideCode(this.state, code, this.#comparison(now));
    expect(decision.kind).toBe("grant");
    if (decision.next?.device) this.state = { ...decision.next, device: decision.next.device };
  }

  #comparison(now: number): Parameters<typeof decideCode>[2] {
    return { secret: BYTES, parameters: this.state.device.parameters, now, limits: this.limits };
  }
}

/** How many failures in a row, and how many outstanding ones, an attacker is ready to risk before the next login. */
interface Strategy {
  readonly inARow: number;
  readonly outstanding: number;
}

function besiege(limits: Limits, days: number, loginsPerDay: number, strategy: Strategy): number {
  const siege = new Siege(limits);
  const logins = Math.floor(days * loginsPerDay);
  for (let login = 1; login <= logins + 1; login++) {
    const isLast = login > logins;
    // The time after the last login is as long as that between two.
    const length = logins === 0 ? days * DAY : DAY / loginsPerDay;
    const from = BEGIN + (login - 1) * length;
    const until = from + length;
    assault(siege, from, until, isLast ? { inARow: Infinity, outstanding: Infinity } : strategy);
    if (!isLast) siege.login(until);
  }
  return siege.guesses;
}

/** Guesses as soon as each is looked at, until the strategy says stop. */
function assault(siege: Siege, from: number, until: number, { inARow, outstanding }: Strategy): void {
  for (let now = from; now < until; now += Math.max(waitSeconds(siege.state.device, now, siege.limits) * 1000, 0)) {
    const { failures, outstandingFailures } = siege.state.device;
    if (failures >= inARow || outstandingFailures >= outstanding || !siege.guess(now)) return;
  }
}

describe("a year of guessing", () => {
  const limits = readPolicy(undefined);
  const greedy: Strategy = { inARow: limits.lockAfter - 1, outstanding: limits.restrictAfter };

  it.each([
    [0, 100, 3300],
    [1, 665, 500],
    [2, 1030, 320],
    [10, 3950, 85],
  ])("with %d logins a day: %d guesses are looked at, 1 in about %d", (logins, guesses, about) => {
    expect(besiege(limits, 365, logins, greedy)).toBe(guesses);
    expect(mostGuesses(limits, 365, logins)).toBe(guesses);
    const odds = guessProbability(undefined, { days: 365, loginsPerDay: logins });
    const perGuess = (3 * Math.ceil(2 ** 31 / 1e6)) / 2 ** 31;
    expect(odds).toBeCloseTo(1 - (1 - perGuess) ** guesses, 10);
    expect(Math.abs(1 / odds / about - 1)).toBeLessThan(0.02);
  });

  it("no other strategy gets more guesses", () => {
    for (const logins of [1, 2]) {
      const best = mostGuesses(limits, 100, logins);
      for (const inARow of [1, 4, 30, 99]) {
        for (const outstanding of [1, 150, 299]) {
          expect(besiege(limits, 100, logins, { inARow, outstanding })).toBeLessThanOrEqual(best);
        }
      }
    }
  });

  it("whoever goes to the lock gets 100 guesses, and none ever after", () => {
    const siege = new Siege(limits);
    assault(siege, BEGIN, BEGIN + 365 * DAY, { inARow: Infinity, outstanding: Infinity });
    expect(siege.guesses).toBe(100);
    expect(siege.guess(BEGIN + 400 * DAY)).toBe(false);
  });
});

it.each<[Policy, number, number]>([
  [{ lockAfter: 10, restrictAfter: 20 }, 30, 1],
  [{ delayAfter: 1, maxDelay: 86_400 }, 20, 3],
  [{ maxDelay: 1 }, 10, 0.5],
  [{ maxDelay: 86_400 }, 10, 5],
  [{ restrictAfter: 1000 }, 100, 0.25],
  [{ lockAfter: 5 }, 3, 100],
  // Here what fits between two logins is the limit; in the last two rows a guess would be looked at just when the owner comes.
  [{}, 1, 10],
  [{ restrictAfter: 1000 }, 5, 6],
  [{ delayAfter: 1, maxDelay: 86_400 }, 3, 4],
  [{ delayAfter: 1, maxDelay: 1259 }, 1, 1],
  [{ maxDelay: 3555 }, 1, 2],
])("with %j, %d days and %d logins a day the closed number is that of the simulation", (policy, days, logins) => {
  const limits = readPolicy(policy);
  const greedy = { inARow: limits.lockAfter - 1, outstanding: limits.restrictAfter };
  expect(besiege(limits, days, logins, greedy)).toBe(mostGuesses(limits, days, logins));
});

it.each<[Policy, number, number, number]>([
  // Failures without a delay, those of 1, 2, 4, … seconds, those of the longest delay: they begin before the next login.
  [{}, 1, 10, (4 + 12 + 1) * 11],
  [{ delayAfter: 1, maxDelay: 86_400 }, 3, 4, 15 * 13],
  [{ delayAfter: 1, maxDelay: 1259 }, 1, 1, (1 + 10 + 67) * 2],
])(
  "with %j, %d days and %d logins a day no more guesses than %d fit between the logins",
  (policy, days, logins, most) => {
    expect(mostGuesses(readPolicy(policy), days, logins)).toBe(most);
  },
);

describe("guessProbability", () => {
  const odds = (policy?: Policy, digits?: 6 | 7 | 8): number =>
    guessProbability(policy, { days: 365, loginsPerDay: 1, digits });

  it("grows with the window and shrinks with the digits", () => {
    expect(odds({ lookBehind: 2 }) / odds()).toBeCloseTo(4 / 3, 2);
    expect(odds({ lookAhead: 0 }) / odds()).toBeCloseTo(2 / 3, 2);
    expect(odds({}, 6) / odds({}, 7)).toBeCloseTo(10, 1);
    expect(odds({}, 7) / odds({}, 8)).toBeGreaterThan(9.7);
  });

  it("is small, exact and never above one", () => {
    const once = guessProbability(
      { lockAfter: 5, delayAfter: 1, maxDelay: 86_400, lookBehind: 0, lookAhead: 0 },
      { days: 1, loginsPerDay: 0, digits: 8 },
    );
    expect(once).toBeCloseTo((5 * 22) / 2 ** 31, 12);
    const often = guessProbability({ lookBehind: 10, lookAhead: 10, maxDelay: 1 }, { days: 3650, loginsPerDay: 1000 });
    expect(often).toBeGreaterThan(0.99);
    expect(often).toBeLessThanOrEqual(1);
  });
});
