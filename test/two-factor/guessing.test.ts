// A year of guessing: the best strategy against the very decisions of the flow, and what
// guessProbability says of it.
import { describe, expect, it } from "vitest";

import { encodeBase32 } from "../../src/index.ts";
import { guessProbability, type Policy } from "../../src/two-factor/index.ts";
import { comparisonOf } from "../../src/two-factor/devices/checking.ts";
import {
  type Attempt,
  decideCode,
  decideConsecutive,
  denyCodeUnseen,
} from "../../src/two-factor/devices/passing-codes.ts";
import { type Limits, readPolicy, windowCounters } from "../../src/two-factor/policy.ts";
import { mostGuesses } from "../../src/two-factor/guess-probability.ts";
import type { DeviceSecret } from "../../src/two-factor/sealing/vault.ts";
import { waitSeconds } from "../../src/two-factor/state/standing.ts";
import { type Device, type DeviceType, NO_STATE, type State } from "../../src/two-factor/state/state.ts";
import { MORE } from "../helpers/more.ts";
import { codeOf } from "./world.ts";

const DAY = 86_400_000;
const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const BYTES = Uint8Array.from(Buffer.from("12345678901234567890"));

/**
 * The owner's devices: the first shows the codes of SECRET, the others those of secrets of their
 * own.
 */
function secretsOf(types: readonly DeviceType[]): readonly DeviceSecret[] {
  return types.map((type, index) => ({
    id: String.fromCharCode(65 + index).repeat(26),
    type,
    parameters: { algorithm: "SHA-1", digits: 6, period: type === "totp" ? 30 : 0 },
    secret: index === 0 ? BYTES : new Uint8Array(20).fill(index),
    begun: "",
  }));
}

function activeDevice({ id, type }: DeviceSecret): Device {
  return { id, name: null, type, since: BEGIN, lastUsedAt: null, lastCounter: null, told: [] };
}

/**
 * A person in time, on the real decisions. Guesses are wrong on purpose: it is counted how many are
 * looked at.
 */
class Siege {
  state: State;
  guesses = 0;
  readonly limits: Limits;
  readonly #secrets: readonly DeviceSecret[];

  constructor(limits: Limits, types: readonly DeviceType[] = ["totp"]) {
    this.limits = limits;
    this.#secrets = secretsOf(types);
    this.state = { ...NO_STATE, devices: this.#secrets.map(activeDevice) };
  }

  /** Whether a guess is looked at. */
  guess(now: number): boolean {
    const attempt = this.#attempt(now);
    if (denyCodeUnseen(attempt.state, attempt.now, attempt.limits)) return false;
    const shown = this.#shown(now);
    const code = WRONG.find((each) => !shown.has(each)) ?? "";
    const { kind, next } = decideCode(attempt, code);
    expect(kind).toBe("denial");
    if (next) this.state = next;
    this.guesses++;
    return true;
  }

  /** The owner comes, by three codes where one is refused. */
  login(now: number): void {
    const counter = Math.floor(now / 30_000);
    const attempt = this.#attempt(now);
    const three = [-2, -1, 0].map((steps) => codeOf(SECRET, counter + steps));
    const decision = denyCodeUnseen(attempt.state, attempt.now, attempt.limits)
      ? decideConsecutive(attempt, three)
      : decideCode(attempt, codeOf(SECRET, counter));
    expect(decision.kind).toBe("grant");
    if (decision.next) this.state = decision.next;
  }

  #attempt(now: number): Attempt {
    const { state, limits } = this;
    const comparisons = state.devices.map((device, index) => {
      const secret = this.#secrets[index] as DeviceSecret;
      return [device, comparisonOf(secret, device, now, limits)] as const;
    });
    return { state, chosen: undefined, comparisons, now, limits };
  }

  /** All codes of all windows. No code of a counter-based device ever passes here. */
  #shown(now: number): ReadonlySet<string> {
    const { lookBehind, lookAhead, hotpLookAhead } = this.limits;
    const first = Math.floor(now / 30_000) - lookBehind;
    const ofTime = Array.from({ length: lookBehind + lookAhead + 1 }, (_, index) => first + index);
    const ofCounter = Array.from({ length: hotpLookAhead + 1 }, (_, index) => index);
    return new Set(
      this.#secrets.flatMap(({ type, secret }) =>
        (type === "totp" ? ofTime : ofCounter).map((counter) => codeOf(encodeBase32(secret), counter)),
      ),
    );
  }
}

const WRONG: readonly string[] = Array.from({ length: 200 }, (_, index) => String(123_456 + index));

/**
 * How many failures in a row, and how many outstanding chances, an attacker is ready to risk before
 * the next login.
 */
interface Strategy {
  readonly inARow: number;
  readonly outstanding: number;
}

function besiege(
  limits: Limits,
  days: number,
  loginsPerDay: number,
  strategy: Strategy,
  types?: readonly DeviceType[],
): number {
  const siege = new Siege(limits, types);
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
  for (let now = from; now < until; now += Math.max(waitSeconds(siege.state, now, siege.limits) * 1000, 0)) {
    const { state } = siege;
    if (state.failures >= inARow || state.outstanding >= outstanding || !siege.guess(now)) return;
  }
}

describe("a year of guessing", () => {
  const limits = readPolicy(undefined);
  const greedy: Strategy = { inARow: limits.lockAfter - 1, outstanding: limits.restrictAfter };

  it.each([
    [0, 100, 3300],
    [1, 665, 500],
    [2, 1030, 320],
    ...(MORE > 1 ? [[10, 3950, 85] as const] : []), // takes five seconds
  ] as const)("with %d logins a day: %d guesses are looked at, 1 in about %d", (logins, guesses, about) => {
    expect(besiege(limits, 365, logins, greedy)).toBe(guesses);
    expect(mostGuesses(limits, 365, logins, 3)).toBe(guesses);
    const odds = guessProbability(undefined, { days: 365, loginsPerDay: logins });
    const perGuess = (3 * Math.ceil(2 ** 31 / 1e6)) / 2 ** 31;
    expect(odds).toBeCloseTo(1 - (1 - perGuess) ** guesses, 10);
    expect(Math.abs(1 / odds / about - 1)).toBeLessThan(0.02);
  });

  it("no other strategy gets more guesses", () => {
    for (const logins of [1, 2]) {
      const best = mostGuesses(limits, 100, logins, 3);
      for (const inARow of [1, 4, 30, 99]) {
        for (const outstanding of [1, 3, 4, 450, 897, 899]) {
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

describe("with several devices", () => {
  const limits = readPolicy(undefined);
  const chancesOf = (types: readonly DeviceType[]): number =>
    types.reduce((sum, type) => sum + windowCounters(type, limits), 0);

  it.each<[readonly DeviceType[], number, number, number]>([
    [["totp"], 3, 665, 500],
    [["totp", "totp"], 6, 333, 501],
    [["totp", "hotp"], 8, 250, 501],
    [["totp", "totp", "totp"], 9, 222, 502],
    [["totp", "totp", "totp", "totp", "totp"], 15, 133, 505],
    [["totp", "hotp", "hotp", "hotp", "hotp"], 23, 87, 505],
  ])(
    "%j there are %d chances a guess, and %d guesses in a year with a login a day: still about 1 in %d",
    (types, chances, guesses, about) => {
      expect(chancesOf(types)).toBe(chances);
      // 900 chances to begin with, and 3 for each of 365 logins; the last guess may go beyond.
      expect(guesses).toBe(Math.ceil((900 + 3 * 365) / chances));
      const greedy: Strategy = { inARow: limits.lockAfter - 1, outstanding: limits.restrictAfter };
      expect(mostGuesses(limits, 365, 1, chances)).toBe(guesses);
      const days = MORE > 1 ? 365 : 90;
      expect(besiege(limits, days, 1, greedy, types)).toBe(mostGuesses(limits, days, 1, chances));
      const odds = guessProbability(undefined, { days: 365, loginsPerDay: 1, devices: types });
      const perGuess = (chances * Math.ceil(2 ** 31 / 1e6)) / 2 ** 31;
      expect(odds).toBeCloseTo(1 - (1 - perGuess) ** guesses, 10);
      expect(Math.abs(1 / odds / about - 1)).toBeLessThan(0.02);
    },
  );

  const SETS: readonly (readonly DeviceType[])[] = [
    ...Array.from({ length: 5 }, (_, index) => Array<DeviceType>(index + 1).fill("totp")),
    ["totp", "hotp"],
    ["totp", "totp", "hotp", "hotp"],
  ];

  it.each(SETS.map((devices) => [devices.join(", "), devices] as const))(
    "%s: with no login, and with ten a day, the closed number is that of the simulation",
    (_, devices) => {
      const greedy: Strategy = { inARow: limits.lockAfter - 1, outstanding: limits.restrictAfter };
      for (const [days, logins] of [
        [365, 0],
        [MORE > 1 ? 60 : 10, 10],
      ] as const) {
        const guesses = mostGuesses(limits, days, logins, chancesOf(devices));
        expect(besiege(limits, days, logins, greedy, devices)).toBe(guesses);
      }
    },
  );

  it("a counter-based device alone is as hard to guess at", () => {
    // Its owner's logins are by codes of a counter: here only what a failure and a success change
    // is looked at.
    const oneIn = (devices: readonly DeviceType[]): number =>
      1 / guessProbability(undefined, { days: 365, loginsPerDay: 1, devices });
    expect(Math.abs(oneIn(["hotp"]) / oneIn(["totp"]) - 1)).toBeLessThan(0.01);
  });
});

it.each<[Policy, number, number]>([
  [{ lockAfter: 10, restrictAfter: 60 }, 30, 1],
  [{ delayAfter: 1, maxDelay: 86_400 }, 20, 3],
  [{ maxDelay: 1 }, 10, 0.5],
  [{ maxDelay: 86_400 }, 10, 5],
  [{ restrictAfter: 3000 }, 100, 0.25],
  [{ lockAfter: 5 }, 3, 100],
  [{ lockAfter: 5 }, 10, 1],
  [{ delayAfter: 1, maxDelay: 86_400 }, 2, 0],
  // A limit that is no multiple of what a guess adds.
  [{ restrictAfter: 100 }, 30, 1],
  [{ restrictAfter: 31, lookAhead: 0 }, 30, 1],
  [{ restrictAfter: 300, lookBehind: 2, lookAhead: 2 }, 50, 2],
  // Here what fits between two logins is the limit; in the last two rows a guess would be looked at
  // just when the owner comes.
  [{}, 1, 10],
  [{ restrictAfter: 3000 }, 5, 6],
  [{ delayAfter: 1, maxDelay: 86_400 }, 3, 4],
  [{ delayAfter: 1, maxDelay: 1259 }, 1, 1],
  [{ maxDelay: 3555 }, 1, 2],
])("with %j, %d days and %d logins a day the closed number is that of the simulation", (policy, days, logins) => {
  const limits = readPolicy(policy);
  const greedy = { inARow: limits.lockAfter - 1, outstanding: limits.restrictAfter };
  expect(besiege(limits, days, logins, greedy)).toBe(mostGuesses(limits, days, logins, windowCounters("totp", limits)));
});

it.each<[Policy, number, number, number]>([
  // Failures without a delay, those of 1, 2, 4, … seconds, those of the longest delay: they begin
  // before the next login.
  [{}, 1, 10, (4 + 12 + 1) * 11],
  [{ delayAfter: 1, maxDelay: 86_400 }, 3, 4, 15 * 13],
  [{ delayAfter: 1, maxDelay: 1259 }, 1, 1, (1 + 10 + 67) * 2],
])(
  "with %j, %d days and %d logins a day no more guesses than %d fit between the logins",
  (policy, days, logins, most) => {
    expect(mostGuesses(readPolicy(policy), days, logins, 3)).toBe(most);
  },
);

describe("guessProbability", () => {
  const odds = (policy?: Policy, digits?: 6 | 7 | 8): number =>
    guessProbability(policy, { days: 365, loginsPerDay: 1, digits });

  it("hardly changes with the window, because chances are counted, and not guesses", () => {
    for (const policy of [{ lookBehind: 2 }, { lookAhead: 0 }, { lookBehind: 10, lookAhead: 10 }]) {
      expect(Math.abs(odds(policy) / odds() - 1)).toBeLessThan(0.02);
    }
    expect(odds({ restrictAfter: 1800 }) / odds()).toBeCloseTo((1800 + 3 * 365) / (900 + 3 * 365), 2);
  });

  it("grows with the window where the lock comes first, and shrinks with the digits", () => {
    const locked = (policy?: Policy): number => guessProbability(policy, { days: 365, loginsPerDay: 0 });
    expect(locked({ lookBehind: 2 }) / locked()).toBeCloseTo(4 / 3, 2);
    expect(locked({ lookAhead: 0 }) / locked()).toBeCloseTo(2 / 3, 2);
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
