// Servers whose clocks differ: what is promised up to a minute, what is lost beyond it, and what
// holds always.
import { describe, expect, it } from "vitest";

import type { TwoFactor } from "../../src/two-factor/index.ts";
import { readPolicy } from "../../src/two-factor/policy.ts";
import { delaySeconds } from "../../src/two-factor/state/standing.ts";
import { codeOf, codeOfRefusal, refusal, World } from "./world.ts";

const LIMITS = readPolicy(undefined);

/** Two servers on one store, one as far ahead of the real time as the other is behind it. */
class Pair {
  readonly world = new World();
  readonly ahead: TwoFactor;
  readonly behind: TwoFactor;
  readonly #half: number;

  constructor(secondsApart: number) {
    this.#half = (secondsApart * 1000) / 2;
    this.ahead = this.world.another({ clock: () => new Date(this.world.now + this.#half) });
    this.behind = this.world.another({ clock: () => new Date(this.world.now - this.#half) });
  }

  /** Of a device that the server ahead made active. */
  async enrolled(): Promise<this> {
    const { world } = this;
    await this.enroll(this.ahead);
    await this.confirm(this.ahead, this.code(1));
    world.pass(300);
    return this;
  }

  async enroll(server: TwoFactor): Promise<void> {
    const { deviceId, secret } = await server.enroll("alice", { accountName: "a" });
    this.world.secret = secret;
    this.world.deviceId = deviceId;
  }

  confirm(server: TwoFactor, code: string): Promise<unknown> {
    return server.confirm("alice", code, { deviceId: this.world.deviceId });
  }

  /** The right code for the server ahead (1) or behind (-1). */
  code(side: 1 | -1): string {
    return codeOf(this.world.secret, Math.floor((this.world.now + side * this.#half) / 30_000));
  }

  /** A code of no window. */
  wrongCode(): string {
    const { world } = this;
    const windows = [-1, 1].flatMap((side) =>
      [-1, 0, 1].map((step) => codeOf(world.secret, Math.floor((world.now + side * this.#half) / 30_000) + step)),
    );
    return ["123456", "123457", "123458"].find((code) => !windows.includes(code)) ?? "";
  }
}

/**
 * Guesses as soon as a server looks at one. The seconds until so many failures, or until there can
 * be no more.
 */
async function besiege(pair: Pair, servers: readonly TwoFactor[], failures: number): Promise<number> {
  const { world } = pair;
  const start = world.now;
  while (world.state().failures < failures) {
    const waits: number[] = [];
    for (const server of servers) {
      const { code, retryAfterSeconds = 0 } = await refusal(server.verify("alice", pair.wrongCode()));
      if (code === "locked") return (world.now - start) / 1000;
      waits.push(retryAfterSeconds);
      if (world.state().failures === failures) break;
    }
    world.pass(Math.min(...waits));
  }
  return (world.now - start) / 1000;
}

/** The delays between the first and the last of so many failures. */
function delays(failures: number): number {
  return Array.from({ length: failures - 1 }, (_, index) => delaySeconds(index + 1, LIMITS)).reduce((a, b) => a + b, 0);
}

async function fastest(secondsApart: number, failures: number): Promise<number> {
  const times: number[] = [];
  for (const isAheadFirst of [true, false]) {
    const pair = await new Pair(secondsApart).enrolled();
    const servers = isAheadFirst ? [pair.ahead, pair.behind] : [pair.behind, pair.ahead];
    times.push(await besiege(pair, servers, failures));
  }
  return Math.min(...times);
}

describe("servers whose clocks differ by up to a minute", () => {
  it.each([0, 1, 59, 60])("by %i s: guesses take as long as their delays, less that difference once", async (apart) => {
    for (const failures of [5, 10, 20, 50, 100]) {
      const time = await fastest(apart, failures);
      expect(time, String(failures)).toBeGreaterThanOrEqual(delays(failures) - apart);
      expect(time, String(failures)).toBeLessThanOrEqual(delays(failures) + apart);
    }
  });

  it.each([0, 1, 59, 60])("by %i s: what one enrolled the other confirms", async (apart) => {
    for (const side of [1, -1] as const) {
      const pair = new Pair(apart);
      const [from, to] = side === 1 ? [pair.behind, pair.ahead] : [pair.ahead, pair.behind];
      await pair.enroll(from);
      await pair.confirm(to, pair.code(side));
      // And a repetition is one on both.
      expect(await codeOfRefusal(pair.confirm(from, "123456"))).toBe("already-confirmed");
    }
  });
});

describe("servers whose clocks differ by more", () => {
  it("by 61 s: one that is behind does not keep the delays of the other: nearly twice as many guesses", async () => {
    const time = await fastest(61, 50);
    expect(time).toBeLessThan(0.55 * delays(50));
    expect(time).toBeGreaterThan(0.45 * delays(50));
  });

  it.each([3600, 3700])("by %i s, the longest delay or more: there is none between two guesses", async (apart) => {
    expect(await fastest(apart, 100)).toBe(0);
  });

  it("by 61 s: what one enrolled waits at the other until it may be", async () => {
    const pair = new Pair(61);
    await pair.enroll(pair.ahead);
    expect(await codeOfRefusal(pair.confirm(pair.behind, pair.code(-1)))).toBe("not-pending");
    pair.world.pass(1);
    await pair.confirm(pair.behind, pair.code(-1));
  });
});

describe.each([0, 59, 60, 61, 3700])("whatever the difference: %i s", (apart) => {
  it("a hundred failures in a row lock the person on both", async () => {
    const pair = await new Pair(apart).enrolled();
    await besiege(pair, [pair.ahead, pair.behind], 101);
    expect(pair.world.state().failures).toBe(100);
    expect(await codeOfRefusal(pair.ahead.verify("alice", pair.code(1)))).toBe("locked");
    expect(await codeOfRefusal(pair.behind.verify("alice", pair.code(-1)))).toBe("locked");
    pair.world.pass(1_000_000);
    expect(await codeOfRefusal(pair.behind.verify("alice", pair.code(-1)))).toBe("locked");
  });

  it("900 outstanding chances restrict the person on both", async () => {
    const pair = await new Pair(apart).enrolled();
    pair.world.setStanding(0, 900);
    expect(await codeOfRefusal(pair.ahead.verify("alice", pair.code(1)))).toBe("restricted");
    expect(await codeOfRefusal(pair.behind.verify("alice", pair.code(-1)))).toBe("restricted");
  });

  it("a counter passes once, and none below it after it", async () => {
    const pair = await new Pair(apart).enrolled();
    const { world, ahead, behind } = pair;
    world.pass(4000);
    const [ofBehind, ofAhead] = [pair.code(-1), pair.code(1)];
    await ahead.verify("alice", ofAhead);
    for (const server of [ahead, behind]) {
      for (const code of [ofAhead, ofBehind]) {
        expect(await codeOfRefusal(server.verify("alice", code))).toBe("code-rejected");
      }
    }
    world.pass(apart + 60); // until the clock behind shows more than the other did
    await behind.verify("alice", pair.code(-1));
    expect(await codeOfRefusal(ahead.verify("alice", ofAhead))).toBe("code-rejected");
  });

  it("an enrollment is given up after ten wrong codes", async () => {
    const pair = new Pair(apart);
    await pair.enroll(pair.behind);
    const pending = (): number => pair.world.state().pending?.failures ?? 0;
    for (let guess = 0; guess < 30; guess++) {
      await codeOfRefusal(pair.confirm(pair.ahead, pair.wrongCode()));
      await codeOfRefusal(pair.confirm(pair.behind, pair.wrongCode()));
    }
    expect(pending()).toBe(10);
    expect(await codeOfRefusal(pair.confirm(pair.behind, pair.code(-1)))).toBe("not-pending");
  });

  it("a delay that a wrong clock wrote asks nobody to wait for longer than it", async () => {
    const pair = await new Pair(apart).enrolled();
    await besiege(pair, [pair.ahead], 14);
    const { retryAfterSeconds } = await pair.behind.status("alice");
    expect(retryAfterSeconds).toBe(apart <= 60 ? delaySeconds(14, LIMITS) : 0);
  });
});

describe("a clock that is set back after a login", () => {
  it.each([60, 3600, 5 * 86_400, 40 * 86_400])(
    "by %i seconds refuses codes, and is not a mistake of the program",
    async (seconds) => {
      const world = await new World().enrolled();
      await world.twoFactor.verify("alice", world.code());
      world.pass(-seconds);
      const three = [world.code(-2), world.code(-1), world.code()];
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", three))).toBe("code-rejected");
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("code-rejected");
    },
  );
});
