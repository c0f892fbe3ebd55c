// What hints give away: a guess that is right for another time is answered, but what the answer
// tells is worth nothing.
import { describe, expect, it } from "vitest";

import { MAC_BYTES } from "../../src/core/parameters.ts";
import { encodeBase32 } from "../../src/index.ts";
import { comparisonOf } from "../../src/two-factor/devices/checking.ts";
import { judgeConfirmation, type PendingState } from "../../src/two-factor/devices/joining.ts";
import type { TwoFactor } from "../../src/two-factor/index.ts";
import { readPolicy } from "../../src/two-factor/policy.ts";
import type { DeviceSecret } from "../../src/two-factor/sealing/vault.ts";
import { NO_STATE } from "../../src/two-factor/state/state.ts";
import { codeOf, codeOfRefusal, refusal, START, World } from "./world.ts";

/** Somebody whose device waits to be confirmed. */
async function enrolling(options: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
  const world = new World(options);
  const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a" });
  world.secret = secret;
  world.deviceId = deviceId;
  world.events.length = 0;
  return world;
}

function confirm({ twoFactor, deviceId }: World, code: string, server: TwoFactor = twoFactor): Promise<unknown> {
  return server.confirm("alice", code, { deviceId });
}

describe("a counter that clock-off told", () => {
  it.each([2, 3, 10, 18])("does not confirm when its time has come, %i steps later", async (steps) => {
    const world = await enrolling();
    const guessed = world.code(steps);
    const counter = world.counter + steps;
    const error = await refusal(confirm(world, guessed));
    expect(error).toMatchObject({ code: "clock-off", clockOffSeconds: steps * 30 });
    // As soon as the window reaches it, and for as long as it does.
    world.pass((steps - 1) * 30);
    for (let step = 0; step < 3; step++) {
      expect(await codeOfRefusal(confirm(world, guessed)), String(step)).toBe("code-rejected");
      expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "replayed", counter });
      expect(world.state()).toMatchObject({ devices: [], pending: { failures: step + 2 } });
      world.pass(step === 2 ? 0 : 30);
    }
    // The owner, whose clock is right now, is only a code away.
    await confirm(world, world.code());
  });

  it("does not confirm on a server whose clock is a minute behind", async () => {
    for (const steps of [-2, -3]) {
      const world = await enrolling();
      const behind = world.another({ clock: () => new Date(world.now - 60_000) });
      const guessed = world.code(steps);
      expect(await codeOfRefusal(confirm(world, guessed))).toBe("clock-off");
      expect(await codeOfRefusal(confirm(world, guessed, behind))).toBe("code-rejected");
    }
  });

  it("is remembered beside others, by whichever servers they were told", async () => {
    const world = await enrolling();
    const steps = [2, 4, 6, 8, 10, 12];
    const guessed = steps.map((step) => world.code(step));
    const answers = guessed.map((code) => codeOfRefusal(confirm(world, code, world.another())));
    expect(await Promise.all(answers)).toEqual(steps.map(() => "clock-off"));
    expect(new Set(world.state().pending?.told)).toEqual(new Set(steps.map((step) => world.counter + step)));
    world.pass(60);
    for (const [index, code] of guessed.slice(0, 3).entries()) {
      expect(await codeOfRefusal(confirm(world, code)), String(index)).toBe("code-rejected");
      world.pass(60);
    }
    await confirm(world, world.code(-1));
  });

  it("is told again, and remembered once", async () => {
    const world = await enrolling();
    for (let times = 1; times <= 2; times++) {
      const error = await refusal(confirm(world, world.code(5)));
      expect(error).toMatchObject({ code: "clock-off", clockOffSeconds: 150 });
      expect(world.state().pending).toMatchObject({ failures: times, told: [world.counter + 5] });
    }
  });

  it("is told no more than ten times: what cannot be remembered is not told", async () => {
    const world = await enrolling({ policy: { pendingAttempts: 100 } });
    const tell = (steps: number): Promise<string> => codeOfRefusal(confirm(world, world.code(steps)));
    for (let steps = 2; steps < 12; steps++) expect(await tell(steps)).toBe("clock-off");
    expect(await tell(12)).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "wrong", counter: null });
    expect(await tell(2)).toBe("clock-off");
    expect(world.state().pending).toMatchObject({ failures: 12, told: { length: 10 } });
  });

  it("is told up to ten digits: what cannot be remembered is not told", async () => {
    const world = new World({ parameters: { period: 1 } });
    world.now = 9_999_999_990_000;
    for (const [counter, code] of [
      [9_999_999_999, "clock-off"],
      [10_000_000_000, "code-rejected"],
    ] as const) {
      const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a" });
      const call = world.twoFactor.confirm("alice", codeOf(secret, counter), { deviceId });
      expect(await codeOfRefusal(call)).toBe(code);
    }
  });

  it("does not pass once the owner has confirmed, and is forgotten when it is spent anyway", async () => {
    const world = await enrolling();
    const [behind, ahead, later] = [world.code(-5), world.code(5), world.code(7)];
    for (const code of [behind, ahead, later]) {
      expect(await codeOfRefusal(confirm(world, code))).toBe("clock-off");
    }
    await confirm(world, world.code());
    const told = [world.counter + 5, world.counter + 7];
    expect(world.device().told).toEqual(told);
    world.pass(150);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", ahead))).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "replay-seen", counter: told[0] });
    expect(world.state().failures).toBe(0);
    await world.twoFactor.verify("alice", world.code(1));
    expect(world.device().told).toEqual([told[1]]);
    world.pass(60);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", later))).toBe("code-rejected");
    await world.twoFactor.verify("alice", world.code(1));
    expect(world.device().told).toEqual([]);
  });

  it("stays told when the secret is sealed anew", async () => {
    const world = await enrolling();
    await codeOfRefusal(confirm(world, world.code(2)));
    const newKey = new Uint8Array(32).fill(9);
    const oldKey = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
    const keys = [
      { id: "second", key: newKey },
      { id: "first", key: oldKey },
    ];
    const guessed = world.code(2);
    const server = world.another({ sealingKeys: keys });
    expect(await server.reseal("alice")).toEqual({ resealed: true, unopened: 0 });
    world.pass(60);
    expect(await codeOfRefusal(confirm(world, guessed, server))).toBe("code-rejected");
  });
});

describe("a counter that parameters-ignored told", () => {
  it.each([7, 8] as const)("does not confirm: its code of %i digits ends in the one of six", async (digits) => {
    const world = await enrolling({ parameters: { digits } });
    const own = (steps: number): string => codeOf(world.secret, world.counter + steps, { digits });
    expect(own(1).endsWith(world.code(1))).toBe(true);
    expect(await codeOfRefusal(confirm(world, world.code(1)))).toBe("parameters-ignored");
    expect(await codeOfRefusal(confirm(world, own(1)))).toBe("code-rejected");
    expect(world.state()).toMatchObject({ devices: [], pending: { failures: 2, told: [world.counter + 1] } });
    await confirm(world, own(0));
  });

  it("is not told when too much would have to be remembered", async () => {
    const world = await enrolling({ parameters: { digits: 8 }, policy: { lookAhead: 10, pendingAttempts: 100 } });
    const tell = (steps: number): Promise<string> => codeOfRefusal(confirm(world, world.code(steps)));
    for (let steps = 0; steps < 10; steps++) expect(await tell(steps)).toBe("parameters-ignored");
    expect(await tell(10)).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "wrong", deviceId: world.deviceId });
  });

  it.each([{ algorithm: "SHA-256" }, { period: 60 }] as const)(
    "confirms with %j: the codes have nothing in common",
    async (parameters) => {
      const world = await enrolling({ parameters });
      expect(await codeOfRefusal(confirm(world, world.code()))).toBe("parameters-ignored");
      expect(world.state().pending?.told).toEqual([]);
      const counter = Math.floor(world.now / 1000 / ("period" in parameters ? parameters.period : 30));
      await confirm(world, codeOf(world.secret, counter, parameters));
    },
  );
});

describe("somebody who knows two codes of the future, and tests a third by clock-off,", () => {
  it.each([0, 1, 2])("cannot use any of the three: guessed is %i", async (guessed) => {
    const world = await new World().enrolled();
    world.pass(300);
    const three = [19, 20, 21].map((steps) => world.code(steps));
    const wrong = three.map((code, index) => (index === guessed ? world.wrongCode() : code));
    expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", wrong))).toBe("code-rejected");
    const told = [21, 20, 19].map((steps) => world.counter + steps);
    for (let times = 1; times <= 2; times++) {
      expect(await refusal(world.twoFactor.verifyConsecutive("alice", three))).toMatchObject({
        code: "clock-off",
        clockOffSeconds: 630,
      });
      expect(world.state()).toMatchObject({ devices: [{ told }], failures: 0, outstanding: 0 });
    }
    expect(world.store.calls.filter((call) => call === "compareAndSet")).toHaveLength(1);
    world.pass(600);
    for (const code of three) expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", three))).toBe("code-rejected");
    world.pass(60);
    await world.twoFactor.verify("alice", world.code());
    expect(world.device().told).toEqual([]);
  });

  it("cannot learn a fourth: beside told ones a right guess and a wrong one count and spend alike", async () => {
    for (const isRight of [true, false]) {
      const world = await new World().enrolled();
      world.pass(300);
      const [, second = "", third = ""] = [19, 20, 21].map((steps) => world.code(steps));
      await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", [world.code(19), second, third]));
      world.pass(21 * 30);
      const guess = isRight ? world.code(1) : world.wrongCode();
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", [second, third, guess]))).toBe(
        "code-rejected",
      );
      expect(world.state()).toMatchObject({ failures: 1, outstanding: 3 });
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code(isRight ? 1 : 0)))).toBe("code-rejected");
      world.pass(60);
      await world.twoFactor.verify("alice", world.code());
    }
  });

  it("is told no more than can be remembered", async () => {
    const world = await new World().enrolled();
    world.pass(300);
    const tell = (last: number): Promise<string> =>
      codeOfRefusal(
        world.twoFactor.verifyConsecutive(
          "alice",
          [-2, -1, 0].map((step) => world.code(last + step)),
        ),
      );
    for (const last of [10, 13, 16]) expect(await tell(last)).toBe("clock-off");
    expect(await tell(19)).toBe("code-rejected");
    expect(await tell(17)).toBe("clock-off"); // one more fits
    expect(await tell(18)).toBe("code-rejected");
    const three = [-2, -1, 0].map((step) => world.code(step));
    await world.twoFactor.verifyConsecutive("alice", three); // these pass all the same
  });

  it("is told no more of all devices together than can be remembered", async () => {
    const world = await new World().enrolled();
    const secrets = ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"];
    for (const secret of secrets) await world.twoFactor.importDevice("alice", { secret, add: true });
    world.pass(300);
    const tell = (secret: string, last: number): Promise<string> => {
      const codes = [-2, -1, 0].map((step) => codeOf(secret, world.counter + last + step));
      return codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes));
    };
    const [first = "", second = ""] = secrets;
    for (const last of [10, 13, 16]) expect(await tell(first, last)).toBe("clock-off");
    for (const last of [10, 13, 16]) expect(await tell(second, last)).toBe("clock-off");
    expect(await tell(world.secret, 10)).toBe("code-rejected"); // 18 are told, and three more would be 21
    expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "wrong", counter: null });
    expect(await tell(second, 17)).toBe("clock-off"); // one more
    expect(await tell(first, 9)).toBe("clock-off"); // and the last
    expect(world.state().devices.map(({ told }) => told.length)).toEqual([0, 10, 10]);
    // What a login spends leaves room.
    world.pass(16 * 30);
    await world.twoFactor.verify("alice", codeOf(first, world.counter + 1));
    expect(world.state().devices.map(({ told }) => told.length)).toEqual([0, 0, 10]);
    expect(await tell(world.secret, 10)).toBe("clock-off");
  });
});

describe("5000 enrollments that somebody guesses at", () => {
  // So that there is something to count, guesses are codes of the last and the next hour. Of these
  // the window holds three: a guess that is looked at once confirms with odds of 3 in 221, and one
  // that is used again when a hint has told its time, with none.
  const NEAR = 110;
  const limits = readPolicy(undefined);
  const parameters = { algorithm: "SHA-1", digits: 6, period: 30 } as const;

  let seed = 20_260_101;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };

  it("confirm with the odds of the plain window, whatever use is made of hints", () => {
    const counts = { guesses: 0, inWindow: 0, confirmed: 0, used: 0, usedConfirmed: 0 };
    for (let enrollment = 0; enrollment < 5000; enrollment++) {
      const bytes = Uint8Array.from({ length: MAC_BYTES["SHA-1"] }, () => random(256));
      const secret: DeviceSecret = { id: "A".repeat(26), type: "totp", parameters, secret: bytes, begun: "" };
      let now = START;
      let state: PendingState = {
        ...NO_STATE,
        pending: { id: "A".repeat(26), name: null, expiresAt: START + 600_000, failures: 0, told: [] },
      };
      const attempt = (counter: number): boolean => {
        const code = codeOf(encodeBase32(bytes), counter);
        const spent = { lastCounter: null, told: state.pending.told };
        const judged = judgeConfirmation(state, code, comparisonOf(secret, spent, now, limits));
        if (judged.kind === "match") return true;
        const pending = judged.next?.pending;
        if (pending) state = { ...state, pending };
        return false;
      };
      for (let guess = 0; guess < 2; guess++) {
        const steps = random(2 * NEAR + 1) - NEAR;
        const counter = Math.floor(now / 30_000) + steps;
        counts.guesses++;
        const isInWindow = Math.abs(steps) <= limits.lookAhead;
        if (isInWindow) counts.inWindow++;
        const isConfirmed = attempt(counter);
        expect(isConfirmed).toBe(isInWindow);
        if (isConfirmed) {
          counts.confirmed++;
          break;
        }
        // What was told is used at its time, or at once by a server that is a minute behind.
        const until = (counter - 1) * 30_000;
        if (until > now && until < state.pending.expiresAt) now = until;
        else if (steps === -2 || steps === -3) now -= 60_000;
        else continue;
        counts.used++;
        if (attempt(counter)) counts.usedConfirmed++;
      }
    }
    const expected = (counts.guesses * 3) / (2 * NEAR + 1);
    expect(Math.abs(counts.confirmed - expected)).toBeLessThan(3 * Math.sqrt(expected));
    expect(counts.confirmed).toBe(counts.inWindow);
    expect(counts.used).toBeGreaterThan(800);
    expect(counts.usedConfirmed).toBe(0);
  });
});
