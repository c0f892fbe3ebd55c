// Verifying: what passes, what is refused, what is counted, and what is written.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { OtpKey } from "../../src/portable/hmac.ts";
import { TwoFactorError } from "../../src/two-factor/index.ts";
import { codeOf, codeOfRefusal, overtaken, refusal, World } from "./world.ts";

/** Wrong codes until a count of failures in a row, waiting for every delay. */
async function failTimes(world: World, times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    world.now = Math.max(world.now, world.state().notBefore);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.wrongCode()))).toBe("code-rejected");
  }
}

describe("a right code", () => {
  it("passes, and is spent", async () => {
    const world = await new World().enrolled();
    const code = world.code();
    expect(await world.twoFactor.verify("alice", code)).toEqual({
      method: "code",
      at: new Date(world.now),
      deviceId: world.deviceId,
      recoveryCodesLeft: 10,
    });
    expect(world.device().lastCounter).toBe(world.counter);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
  });

  it("may be typed in groups", async () => {
    const world = await new World().enrolled();
    const code = world.code();
    await world.twoFactor.verify("alice", ` ${code.slice(0, 3)} ${code.slice(3, 5)}-${code.slice(5)} `);
  });

  it("passes one step away and not two", async () => {
    for (const steps of [-1, 0, 1]) {
      const world = await new World().enrolled();
      world.pass(300);
      await world.twoFactor.verify("alice", world.code(steps));
      expect(world.device().lastCounter).toBe(world.counter + steps);
    }
    for (const steps of [-2, 2]) {
      const world = await new World().enrolled();
      world.pass(300);
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code(steps)))).toBe("code-rejected");
    }
  });

  it("has the window of the policy", async () => {
    const policy = { lookBehind: 0, lookAhead: 3 };
    for (const [steps, passes] of [
      [-1, false],
      [0, true],
      [3, true],
      [4, false],
    ] as const) {
      const world = await new World({ policy }).enrolled();
      world.pass(300);
      const outcome = world.twoFactor.verify("alice", world.code(steps));
      expect(
        await outcome.then(
          () => true,
          () => false,
        ),
        String(steps),
      ).toBe(passes);
    }
  });

  it("is told with device and counter", async () => {
    const world = await new World().enrolled();
    await world.twoFactor.verify("alice", world.code(1));
    const { deviceId } = world;
    expect(world.events).toEqual([
      {
        type: "passed",
        method: "code",
        userId: "alice",
        deviceId,
        counter: world.counter + 1,
        at: new Date(world.now),
      },
    ]);
  });

  it("does not pass for somebody else", async () => {
    const world = await new World().enrolled();
    const { secret } = world;
    await world.enrolled("bob");
    world.pass(300);
    expect(await codeOfRefusal(world.twoFactor.verify("bob", codeOf(secret, world.counter)))).toBe("code-rejected");
  });

  it("passes with other parameters", async () => {
    const parameters = { algorithm: "SHA-512", digits: 8, period: 60 } as const;
    const world = new World({ parameters });
    const { deviceId, secret, uri } = await world.twoFactor.enroll("alice", { accountName: "alice" });
    expect(uri).toContain("algorithm=SHA512&digits=8&period=60");
    const step = (): number => Math.floor(world.now / 60_000);
    await world.twoFactor.confirm("alice", codeOf(secret, step(), parameters), { deviceId });
    world.pass(60);
    await world.twoFactor.verify("alice", codeOf(secret, step(), parameters));
    expect(world.device().lastCounter).toBe(step());
    expect((await world.twoFactor.status("alice")).devices[0]?.lastUsedAt).toEqual(new Date(world.now));
  });
});

describe("a wrong code", () => {
  it("is refused, counted and told with its private reason", async () => {
    const world = await new World().enrolled();
    const error = await refusal(world.twoFactor.verify("alice", world.wrongCode()));
    expect(error).toMatchObject({
      code: "code-rejected",
      status: 401,
      message: "wrong or already used; wait for the next code",
      expose: true,
      headers: {},
      retryAfterSeconds: undefined,
    });
    expect(world.state()).toMatchObject({ failures: 1, outstanding: 3, notBefore: 0 });
    expect(world.events).toMatchObject([
      { type: "refused", reason: "wrong", deviceId: null, counter: null, userId: "alice" },
    ]);
  });

  it("looks from outside like a replayed and a spent one", async () => {
    const world = await new World().enrolled();
    const [recoveryCode = ""] = world.recoveryCodes;
    await world.twoFactor.verify("alice", world.code());
    await world.twoFactor.verify("alice", recoveryCode);
    const { twoFactor } = world;
    const typed = [world.wrongCode(), world.code(), recoveryCode, "ABCD".repeat(6), "nonsense"];
    const seen = new Set<string>();
    for (const text of typed) {
      const error = await refusal(twoFactor.verify("alice", text));
      const { name, message, code, status, expose, headers } = error;
      seen.add(JSON.stringify([name, message, code, status, expose, headers, error]));
    }
    expect(seen.size).toBe(1);
  });
});

describe("text that is not a code", () => {
  const junk = [
    "",
    " ",
    "12345",
    "123456789",
    "12345a",
    "٠٠٠٠٠٠",
    "+12345",
    "1e5",
    "123.456",
    "123_456",
    "ABCD-EFGH",
    "ABCD".repeat(6) + "A",
    "ABC1".repeat(6),
    "ABC9".repeat(6),
    "ÄBCD".repeat(6),
    " ".repeat(60) + "123456",
    "1".repeat(1e6),
    undefined,
    null,
    123456,
    123456n,
    true,
    ["123456"],
    { toString: () => "123456" },
    new String("123456"),
    Symbol("x"),
  ];

  it.each(junk.map((typed, index) => ({ typed, index })))(
    "is refused before anything is read (case $index)",
    async ({ typed }) => {
      const world = await new World().enrolled();
      const error = await refusal(world.twoFactor.verify("alice", typed as string));
      expect(error.code).toBe("code-rejected");
      expect(world.store.calls).toEqual([]);
      expect(world.events).toMatchObject([{ type: "refused", reason: "malformed", deviceId: null }]);
      expect(await codeOfRefusal(world.twoFactor.confirm("alice", typed as string, { deviceId: world.deviceId }))).toBe(
        "code-rejected",
      );
      const three = ["123456", "123456", typed as string];
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", three))).toBe("code-rejected");
      expect(world.store.calls).toEqual([]);
    },
  );

  it("of 64 characters is read, of 65 not", async () => {
    const world = await new World().enrolled();
    expect(await codeOfRefusal(world.twoFactor.verify("alice", " ".repeat(59) + world.code()))).toBe("code-rejected");
    expect(world.store.calls).toEqual([]);
    await world.twoFactor.verify("alice", " ".repeat(58) + world.code());
  });

  it("for this device costs nothing", async () => {
    const world = await new World().enrolled();
    const before = world.store.records.get("alice");
    expect(await codeOfRefusal(world.twoFactor.verify("alice", "1234567"))).toBe("code-rejected");
    expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", ["123456", "123456", "1234567"]))).toBe(
      "code-rejected",
    );
    expect(world.store.records.get("alice")).toBe(before);
    expect(world.events).toMatchObject([{ reason: "malformed" }, { reason: "malformed" }]);
  });
});

describe("a replay", () => {
  it("is refused at every second of the window, uncounted and unwritten, with an event", async () => {
    const world = await new World().enrolled();
    world.now = Math.floor(world.now / 30_000) * 30_000;
    const counter = world.counter + 1; // the earliest moment at which it passes
    const code = codeOf(world.secret, counter);
    await world.twoFactor.verify("alice", code);
    const before = world.store.records.get("alice");
    world.events.length = 0;
    for (let second = 0; second < 90; second++, world.now += 1000) {
      expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    }
    expect(world.store.records.get("alice")).toBe(before);
    const subject = { userId: "alice", deviceId: world.deviceId, counter };
    expect(world.events).toHaveLength(180);
    for (let second = 0; second < 90; second++) {
      expect(world.events[second * 2]).toMatchObject({ type: "refused", reason: "replayed", ...subject });
      expect(world.events[second * 2 + 1]).toMatchObject({ type: "replay-seen", ...subject });
    }
    // Now it has left the window, and is as wrong as any other.
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    expect(world.state().failures).toBe(1);
  });

  it("is a code of the window's past after a later one was used, too", async () => {
    const world = await new World().enrolled();
    world.pass(300);
    await world.twoFactor.verify("alice", world.code(1));
    for (const steps of [-1, 0, 1]) {
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code(steps)))).toBe("code-rejected");
    }
    expect(world.types().filter((type) => type === "replay-seen")).toHaveLength(3);
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });

  it("is one by a space or hyphen too", async () => {
    const world = await new World().enrolled();
    const code = world.code();
    await world.twoFactor.verify("alice", code);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", `${code.slice(0, 3)} ${code.slice(3)}`))).toBe(
      "code-rejected",
    );
    expect(world.types()).toContain("replay-seen");
  });
});

describe("two steps of one window with the same code", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  const collisions = [
    [58261606, 58261608, "905913"],
    [58292673, 58292675, "813623"],
    [59061240, 59061241, "963181"],
    [61331809, 61331811, "768734"],
    [62075368, 62075369, "235522"],
    [62207444, 62207446, "152079"],
    [63266190, 63266192, "877900"],
    [63376892, 63376894, "029261"],
  ] as const;

  it.each(collisions)(
    "%d and %d: the higher is spent, and the code never passes twice",
    async (lower, higher, code) => {
      const world = new World();
      await world.twoFactor.importDevice("alice", { secret });
      world.now = (higher - 1) * 30_000;
      await world.twoFactor.verify("alice", code);
      expect(world.device().lastCounter).toBe(higher);
      for (; world.now < (higher + 2) * 30_000; world.now += 5000) {
        expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
      }
      expect(lower).toBeLessThan(higher);
    },
  );

  it.each(collisions)(
    "%d and %d: a code that was used at the lower is not a code at the higher",
    async (lower, higher, code) => {
      const world = new World();
      await world.twoFactor.importDevice("alice", { secret });
      world.now = (lower - 1) * 30_000; // the higher may lie outside the window yet
      await world.twoFactor.verify("alice", code);
      const { lastCounter } = world.device();
      expect(lastCounter).toBe(higher - lower === 1 ? (lower === lastCounter ? lower : higher) : lower);
      for (; world.now < (lower + 2) * 30_000; world.now += 5000) {
        expect(await codeOfRefusal(world.twoFactor.verify("alice", code)), String(world.now)).toBe("code-rejected");
      }
      expect(world.state().failures).toBe(0);
    },
  );
});

describe("the delay", () => {
  it("is min(2^(n-4), 3600) seconds after the n-th failure in a row", async () => {
    const world = await new World().enrolled();
    for (let failures = 1; failures <= 20; failures++) {
      await failTimes(world, 1);
      const seconds = failures < 4 ? 0 : Math.min(2 ** (failures - 4), 3600);
      expect(world.state().notBefore).toBe(seconds === 0 ? 0 : world.now + seconds * 1000);
      expect((await world.twoFactor.status("alice")).retryAfterSeconds).toBe(seconds);
    }
  });

  it("refuses right and wrong codes alike: unseen, uncounted, unwritten, to the last millisecond", async () => {
    const world = await new World().enrolled();
    await failTimes(world, 6); // 4 seconds
    const before = world.store.records.get("alice");
    for (const [milliseconds, retryAfterSeconds] of [
      [0, 4],
      [1, 4],
      [1000, 3],
      [3000, 1],
      [3999, 1],
    ] as const) {
      const start = world.now;
      world.now += milliseconds;
      world.store.calls.length = 0;
      for (const code of [world.code(), world.wrongCode(), "1234567"]) {
        const error = await refusal(world.twoFactor.verify("alice", code));
        expect(error).toMatchObject({
          code: "throttled",
          status: 429,
          expose: true,
          retryAfterSeconds,
          headers: { "Retry-After": String(retryAfterSeconds) },
        });
      }
      expect(world.store.calls).toEqual(["read", "read", "read"]);
      world.now = start;
    }
    expect(world.store.records.get("alice")).toBe(before);
    expect(world.events.at(-1)).toMatchObject({ type: "throttled", retryAfterSeconds: 1, userId: "alice" });
    world.pass(4);
    expect((await world.twoFactor.status("alice")).retryAfterSeconds).toBe(0);
    world.pass(10);
    expect((await world.twoFactor.status("alice")).retryAfterSeconds).toBe(0);
    await world.twoFactor.verify("alice", world.code());
  });

  it("and the count in a row end with a success", async () => {
    const world = await new World().enrolled();
    await failTimes(world, 7);
    world.pass(8);
    await world.twoFactor.verify("alice", world.code());
    expect(world.state()).toMatchObject({ failures: 0, notBefore: 0, outstanding: 18 });
    await failTimes(world, 3);
    expect((await world.twoFactor.status("alice")).retryAfterSeconds).toBe(0);
  });

  it("is ignored if it is more than a minute further away than itself: a clock was wrong", async () => {
    const year = 365 * 86_400_000;
    for (const [notBefore, passes] of [
      [year, true],
      [64_001, true],
      [64_000, false],
      [4001, false],
      [4000, false],
      [1, false],
      [0, true],
      [-year, true],
    ] as const) {
      const world = await new World().enrolled();
      world.setStanding(6, 18, world.now + notBefore);
      const outcome = world.twoFactor.verify("alice", world.code());
      expect(
        await outcome.then(
          () => true,
          () => false,
        ),
        String(notBefore),
      ).toBe(passes);
    }
  });
});

describe("a server whose clock lags", () => {
  it("keeps the delay, and asks nobody to wait for longer than it", async () => {
    for (const lag of [1, 10, 59]) {
      const world = await new World().enrolled();
      world.pass(300);
      await failTimes(world, 6);
      world.pass(-lag);
      const error = await refusal(world.twoFactor.verify("alice", world.code()));
      expect(error).toMatchObject({ code: "throttled", retryAfterSeconds: 4 });
      expect((await world.twoFactor.status("alice")).retryAfterSeconds).toBe(4);
    }
  });
});

describe("the lock", () => {
  it("comes with the hundredth failure in a row, and neither time nor right codes open it", async () => {
    const world = await new World().enrolled();
    await failTimes(world, 99);
    expect((await world.twoFactor.status("alice")).state).toBe("active");
    await failTimes(world, 1);
    expect((await world.twoFactor.status("alice")).state).toBe("locked");
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: "locked", userId: "alice", deviceId: null }) as object,
    );
    const before = world.store.records.get("alice");
    world.pass(3600 * 24 * 365);
    const three = [world.code(-2), world.code(-1), world.code()];
    for (const outcome of [
      world.twoFactor.verify("alice", world.code()),
      world.twoFactor.verify("alice", world.wrongCode()),
      world.twoFactor.verifyConsecutive("alice", three),
    ]) {
      expect(await refusal(outcome)).toMatchObject({ code: "locked", status: 429, headers: {} });
    }
    expect(world.store.records.get("alice")).toBe(before);
    expect(world.events.slice(-3)).toMatchObject(Array(3).fill({ type: "refused", reason: "locked" }));
  });

  it("lets recovery codes pass, stays, and ends with a new device", async () => {
    const world = await new World().enrolled();
    world.setStanding(100, 300);
    await world.twoFactor.verify("alice", world.recoveryCodes[3] ?? "");
    expect((await world.twoFactor.status("alice")).state).toBe("locked");
    const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "alice", replace: true });
    world.secret = secret;
    await world.twoFactor.confirm("alice", world.code(), { deviceId });
    world.pass(30);
    await world.twoFactor.verify("alice", world.code());
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });
});

describe("outstanding chances", () => {
  it("grow by three with a failure, shrink by three with a success, and are never negative", async () => {
    const world = await new World().enrolled();
    const outstanding = (): number => world.state().outstanding;
    await world.twoFactor.verify("alice", world.code());
    expect(outstanding()).toBe(0);
    await failTimes(world, 3);
    expect(outstanding()).toBe(9);
    for (const left of [6, 3, 0, 0]) {
      world.pass(60);
      await world.twoFactor.verify("alice", world.code());
      expect(outstanding()).toBe(left);
    }
  });

  it("restrict the person at 900: codes are refused unseen, three in a row and recovery codes pass", async () => {
    const world = await new World().enrolled();
    world.setStanding(0, 897);
    expect((await world.twoFactor.status("alice")).state).toBe("active");
    await failTimes(world, 1);
    expect(world.events.map(({ type }) => type)).toEqual(["refused", "restricted"]);
    expect((await world.twoFactor.status("alice")).state).toBe("restricted");
    const before = world.store.records.get("alice");
    for (const code of [world.code(), world.wrongCode()]) {
      expect(await refusal(world.twoFactor.verify("alice", code))).toMatchObject({ code: "restricted", status: 429 });
    }
    expect(world.store.records.get("alice")).toBe(before);
    expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "restricted" });
    await world.twoFactor.verify("alice", world.recoveryCodes[0] ?? "");
    expect((await world.twoFactor.status("alice")).state).toBe("restricted");
    world.pass(90);
    await world.twoFactor.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]);
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 897 });
    world.pass(30);
    await world.twoFactor.verify("alice", world.code());
  });

  it("beyond 900 are told no second time", async () => {
    const world = await new World().enrolled();
    world.pass(300);
    world.setStanding(0, 897);
    await failTimes(world, 1);
    expect(world.types()).toEqual(["refused", "restricted"]);
    world.events.length = 0;
    const codes = [world.code(-1), world.code(), world.wrongCode()];
    expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
    expect(world.state().outstanding).toBe(903);
    expect(world.types()).toEqual(["refused"]);
  });

  it("are told at a third of either limit", async () => {
    const world = await new World().enrolled();
    world.setStanding(32, 96);
    await failTimes(world, 1);
    expect(world.types()).not.toContain("failures-mounting");
    await failTimes(world, 1);
    expect(world.events.at(-1)).toMatchObject({ type: "failures-mounting", failures: 34, limit: 100 });
    world.setStanding(0, 297);
    world.events.length = 0;
    await failTimes(world, 1);
    expect(world.events.at(-1)).toMatchObject({ type: "failures-mounting", failures: 300, limit: 900 });
    await failTimes(world, 1);
    expect(world.types().filter((type) => type === "failures-mounting")).toHaveLength(1);
  });
});

describe("three consecutive codes", () => {
  const last = (world: World, steps = 0): string[] => [world.code(steps - 2), world.code(steps - 1), world.code(steps)];

  it("pass during a delay; spend the last counter, reset the row, take three off the outstanding", async () => {
    const world = await new World().enrolled();
    await failTimes(world, 20);
    const start = world.now;
    world.pass(120);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("throttled");
    const passed = await world.twoFactor.verifyConsecutive("alice", last(world));
    const { deviceId } = world;
    const at = new Date(world.now);
    expect(passed).toEqual({ method: "consecutive-codes", at, deviceId, recoveryCodesLeft: 10 });
    expect(world.state()).toMatchObject({
      failures: 0,
      notBefore: 0,
      outstanding: 57,
      devices: [{ lastCounter: world.counter, lastUsedAt: world.now }],
    });
    expect(world.now - start).toBe(120_000);
    expect(world.events.at(-1)).toMatchObject({ type: "passed", method: "consecutive-codes", counter: world.counter });
  });

  describe("of which somebody has seen two, and guesses the third,", () => {
    const places = [-1, 0, 1].flatMap((steps) => [0, 1, 2].map((guessed) => [steps, guessed] as const));

    it.each(places)(
      "spend the two and count once, where they would pass: the last is %i, guessed is %i",
      async (...where) => {
        const [steps, guessed] = where;
        const world = await new World().enrolled();
        world.pass(100 * 30); // so that all of them lie above the last accepted one
        const codes = last(world, steps);
        codes[guessed] = world.wrongCode();
        // However often: two codes give one guess, and shut nobody out.
        for (let tries = 0; tries < 150; tries++) {
          expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
        }
        const highest = world.counter + steps - (guessed === 2 ? 1 : 0);
        expect(world.state()).toMatchObject({ failures: 1, outstanding: 3, devices: [{ lastCounter: highest }] });
        expect(world.store.calls.filter((call) => call === "compareAndSet")).toHaveLength(1);
        // What was learnt by it is worth nothing: the right third one to them does not pass.
        expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", last(world, steps)))).toBe(
          "code-rejected",
        );
        world.pass((steps + 3) * 30);
        expect(await world.twoFactor.verifyConsecutive("alice", last(world))).toMatchObject({
          method: "consecutive-codes",
        });
      },
    );

    it.each([
      [-50, 2],
      [-20, 0],
      [40, 1],
    ])(
      "are uncounted and unwritten where they could not pass: the last is %i, guessed is %i",
      async (steps, guessed) => {
        const world = await new World().enrolled();
        world.pass(100 * 30);
        const before = world.store.records.get("alice");
        const codes = last(world, steps);
        codes[guessed] = world.wrongCode();
        expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
        expect(world.store.records.get("alice")).toBe(before);
      },
    );

    it("are uncounted and unwritten when one of the two is spent", async () => {
      const world = await new World().enrolled();
      await world.twoFactor.verify("alice", world.code(1));
      const before = world.store.records.get("alice");
      for (const codes of [
        [world.code(0), world.code(1), world.wrongCode()],
        [world.wrongCode(), world.code(1), world.code(2)],
      ]) {
        expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
      }
      expect(world.store.records.get("alice")).toBe(before);
    });

    it("are as much work, and tell the app as much, whether it is right or wrong", async () => {
      const world = await new World().enrolled();
      world.pass(6000);
      await world.twoFactor.verify("alice", world.code());
      const macs = vi.spyOn(OtpKey, "truncatedMac");
      const seen: unknown[] = [];
      for (const guess of [world.code(1), world.wrongCode(1)]) {
        macs.mockClear();
        world.events.length = 0;
        const codes = [world.code(-1), world.code(), guess];
        expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
        seen.push([macs.mock.calls.length, world.types()]);
      }
      expect(seen[0]).toEqual(seen[1]);
      expect(seen[0]).toEqual([expect.any(Number), ["refused"]]);
    });
  });

  it("are uncounted and unwritten when wrong", async () => {
    const world = await new World().enrolled();
    const before = world.store.records.get("alice");
    world.pass(300);
    for (const codes of [
      [world.wrongCode(), world.wrongCode(1), world.wrongCode(2)],
      [world.code(-2), world.wrongCode(1), world.wrongCode(2)],
      [world.wrongCode(), world.code(-1), world.wrongCode(2)],
      [world.wrongCode(), world.wrongCode(1), world.code()],
      [world.code(), world.code(-1), world.code(-2)],
      [world.code(-5), world.code(-1), world.code(2)],
    ]) {
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
    }
    expect(world.store.records.get("alice")).toBe(before);
    expect(world.store.calls).not.toContain("compareAndSet");
    expect(world.events).toMatchObject(Array(6).fill({ type: "refused", reason: "wrong" }));
  });

  it("end in the ordinary window", async () => {
    for (const [steps, code] of [
      [-1, undefined],
      [1, undefined],
      [-2, "clock-off"],
      [2, "clock-off"],
      [100, "clock-off"],
      [-100, "clock-off"],
      [101, "code-rejected"],
      [-101, "code-rejected"],
    ] as const) {
      const world = await new World().enrolled();
      world.pass(10_000);
      const before = world.store.records.get("alice");
      const outcome = world.twoFactor.verifyConsecutive("alice", last(world, steps));
      if (code === undefined) await outcome;
      else expect(await codeOfRefusal(outcome), String(steps)).toBe(code);
      if (code === "code-rejected") expect(world.store.records.get("alice")).toBe(before);
      if (code !== "clock-off") continue;
      const after = world.store.records.get("alice");
      world.events.length = 0;
      const error = await refusal(world.twoFactor.verifyConsecutive("alice", last(world, steps)));
      expect(error).toMatchObject({ status: 401, statusCode: 401, clockOffSeconds: steps * 30 });
      expect(world.events).toMatchObject([{ type: "clock-off", seconds: steps * 30, counter: world.counter + steps }]);
      expect(world.store.records.get("alice")).toBe(after);
    }
  });

  it("are a replay if they were used, however wide the window is", async () => {
    const world = await new World({ policy: { lookAhead: 3 } }).enrolled();
    const three = [1, 2, 3].map((steps) => world.code(steps));
    await world.twoFactor.verifyConsecutive("alice", three);
    world.events.length = 0;
    expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", three))).toBe("code-rejected");
    expect(world.types()).toEqual(["refused", "replay-seen"]);
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });

  it("tell how far the clock of their own device is off, beside others of other periods", async () => {
    const world = await new World().enrolled();
    await world.twoFactor.importDevice("alice", { secret: "A".repeat(32), parameters: { period: 60 }, add: true });
    world.pass(6000);
    const step = Math.floor(world.now / 60_000) + 10;
    const codes = [-2, -1, 0].map((steps) => codeOf("A".repeat(32), step + steps));
    expect(await refusal(world.twoFactor.verifyConsecutive("alice", codes))).toMatchObject({ clockOffSeconds: 600 });
  });

  it("lie above the last accepted counter, each of them", async () => {
    for (const [behind, passes] of [
      [3, true],
      [2, false],
      [1, false],
      [0, false],
    ] as const) {
      const world = await new World().enrolled();
      world.pass(300);
      world.edit(({ devices: [device] }) => {
        if (device) device.lastCounter = world.counter - behind;
      });
      const outcome = world.twoFactor.verifyConsecutive("alice", last(world));
      expect(
        await outcome.then(
          () => true,
          () => false,
        ),
        String(behind),
      ).toBe(passes);
      const { deviceId } = world;
      if (!passes) expect(world.events.at(0)).toMatchObject({ type: "refused", reason: "replayed", deviceId });
      // What is spent as a whole was sent again.
      expect(world.types().includes("replay-seen")).toBe(behind === 0);
    }
  });

  it("with a spent one among them do not tell whether another is right", async () => {
    const world = await new World().enrolled();
    world.pass(6000);
    await world.twoFactor.verify("alice", world.code(-1));
    const right = (steps: number) => world.code(steps);
    for (const now of [-70, -3, -1, 0, 1, 3, 70]) {
      const step = -1 - now; // of the last accepted code, as seen from now
      world.pass(now * 30);
      for (const first of [step - 60, step - 5, step - 3, step - 2, step - 1, step]) {
        const three = [right(first), right(first + 1), right(first + 2)];
        for (const position of [undefined, 0, 1, 2]) {
          const codes = three.map((code, index) => (index === position ? world.wrongCode() : code));
          const error = await refusal(world.twoFactor.verifyConsecutive("alice", codes));
          expect([error.code, error.clockOffSeconds], `${now} ${first} ${position}`).toEqual([
            "code-rejected",
            undefined,
          ]);
        }
      }
      world.pass(-now * 30);
    }
  });

  it("that all lie above the last accepted counter tell of a wrong clock, on both sides of the window", async () => {
    const world = await new World().enrolled();
    world.pass(6000);
    world.edit(({ devices: [device] }) => {
      if (device) device.lastCounter = world.counter - 20;
    });
    for (const [steps, code] of [
      [-18, "code-rejected"],
      [-17, "clock-off"],
      [2, "clock-off"],
    ] as const) {
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", last(world, steps)))).toBe(code);
    }
  });

  it("answer the same to everything with a spent code in it", async () => {
    const world = await new World().enrolled();
    world.pass(6000);
    const { counter, twoFactor } = world;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -110, max: 110 }),
        fc.integer({ min: -110, max: 110 }),
        fc.integer({ min: 0, max: 2 }),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        async (spentUntil, below, position, isRight) => {
          world.edit(({ devices: [device] }) => {
            if (device) device.lastCounter = counter + spentUntil;
          });
          // The code at the position is right and not above the last accepted one; the others are
          // right or wrong.
          const first = spentUntil - Math.abs(below) - position;
          const codes = isRight.map((right, index) =>
            right || index === position ? world.code(first + index) : world.wrongCode(index),
          );
          const error = await refusal(twoFactor.verifyConsecutive("alice", codes));
          expect([error.code, error.clockOffSeconds]).toEqual(["code-rejected", undefined]);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it("are refused unless they are three codes of the app", async () => {
    const world = await new World().enrolled();
    world.pass(300);
    const [first = "", second = "", third = ""] = last(world);
    const withHole: string[] = [];
    [withHole[0], withHole[2]] = [first, third];
    const withRecoveryCode = [first, second, world.recoveryCodes[0] ?? ""];
    const junk = [
      undefined,
      null,
      "123456",
      [],
      [first],
      [second, third],
      [world.code(-3), first, second, third],
      withHole,
    ];
    for (const codes of [...junk, withRecoveryCode, { length: 3, 0: first, 1: second, 2: third }]) {
      world.store.calls.length = 0;
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes as string[]))).toBe("code-rejected");
      expect(world.store.calls).toEqual([]);
    }
    await world.twoFactor.verifyConsecutive("alice", [first, second, third]);
  });
});

describe("recovery codes", () => {
  it("are ten of six groups of four base32 characters, all different", async () => {
    const { recoveryCodes } = await new World().enrolled();
    expect(recoveryCodes).toHaveLength(10);
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$/);
  });

  it("pass once each, in any case, with spaces or hyphens", async () => {
    const world = await new World().enrolled();
    const spellings = [
      (code: string) => code,
      (code: string) => code.toLowerCase(),
      (code: string) => code.replaceAll("-", ""),
      (code: string) => code.replaceAll("-", " "),
      (code: string) => `  ${code.replaceAll("-", " - ")} `,
      (code: string) => Array.from(code.replaceAll("-", "")).join(" "),
    ];
    for (const [index, spell] of spellings.entries()) {
      const code = world.recoveryCodes[index] ?? "";
      world.events.length = 0;
      const left = 9 - index;
      expect(await world.twoFactor.verify("alice", spell(code))).toEqual({
        method: "recovery-code",
        at: new Date(world.now),
        deviceId: null,
        recoveryCodesLeft: left,
      });
      expect(world.types()).toEqual(["passed", "recovery-code-used"]);
      expect(world.events[0]).toMatchObject({ method: "recovery-code", deviceId: null });
      expect(world.events.at(-1)).toMatchObject({ recoveryCodesLeft: left, userId: "alice", counter: null });
      for (const again of spellings) {
        expect(await codeOfRefusal(world.twoFactor.verify("alice", again(code)))).toBe("code-rejected");
      }
      expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "recovery-code-wrong" });
    }
    expect((await world.twoFactor.status("alice")).recoveryCodesLeft).toBe(4);
  });

  it("pass with 0 for O and 8 for B, and with no other digit for a letter", async () => {
    const world = await new World().enrolled();
    const spelled = world.recoveryCodes.map((code) => code.replaceAll("O", "0").replaceAll("B", "8"));
    expect(spelled.join("")).toMatch(/0.*8|8.*0/);
    const withOne = world.recoveryCodes.map((code) => code.replaceAll(/[IL]/g, "1"));
    const changed = withOne.filter((code) => code.includes("1"));
    expect(changed).not.toEqual([]);
    for (const code of changed) {
      expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    }
    expect(world.store.calls).toEqual([]);
    for (const code of spelled) {
      await world.twoFactor.verify("alice", code);
      expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    }
    expect((await world.twoFactor.status("alice")).recoveryCodesLeft).toBe(0);
  });

  it("are unthrottled, and a wrong one writes nothing", async () => {
    const world = await new World().enrolled();
    await failTimes(world, 10);
    const before = world.store.records.get("alice");
    for (let index = 0; index < 20; index++) {
      expect(await codeOfRefusal(world.twoFactor.verify("alice", "ABCD-".repeat(6)))).toBe("code-rejected");
    }
    expect(world.store.records.get("alice")).toBe(before);
    await world.twoFactor.verify("alice", world.recoveryCodes[0] ?? "");
    // It says nothing about the devices, so the delay goes on.
    expect(world.state()).toMatchObject({ failures: 10, outstanding: 30 });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("throttled");
  });

  it("are void when they were renewed", async () => {
    const world = await new World().enrolled();
    const [old = ""] = world.recoveryCodes;
    const { recoveryCodes } = await world.twoFactor.renewRecoveryCodes("alice");
    expect(world.events).toMatchObject([{ type: "recovery-codes-renewed", userId: "alice" }]);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", old))).toBe("code-rejected");
    await world.twoFactor.verify("alice", recoveryCodes[9] ?? "");
  });

  it("are renewed by one of two calls, and by none beside a change of devices", async () => {
    const imported = new World();
    await imported.twoFactor.importDevice("alice", { secret: "A".repeat(32) });
    const withCodes = await new World().enrolled();
    const meanwhile: readonly ((world: World) => Promise<unknown>)[] = [
      ({ twoFactor }) => twoFactor.renewRecoveryCodes("alice"),
      ({ twoFactor }) => twoFactor.importDevice("alice", { secret: "B".repeat(32), replace: true }),
    ];
    for (const world of [imported, withCodes]) {
      for (const act of meanwhile) {
        const slow = world.another({ store: overtaken(world, () => act(world)) });
        expect(await codeOfRefusal(slow.renewRecoveryCodes("alice"))).toBe("superseded");
      }
      await world.twoFactor.renewRecoveryCodes("alice");
    }
  });

  it("are of one person", async () => {
    const world = await new World().enrolled();
    const [alices = ""] = world.recoveryCodes;
    await world.enrolled("bob");
    expect(await codeOfRefusal(world.twoFactor.verify("bob", alices))).toBe("code-rejected");
    await world.twoFactor.verify("alice", alices);
  });

  it("can be fewer", async () => {
    const world = await new World({ policy: { recoveryCodes: 2 } }).enrolled();
    expect(world.recoveryCodes).toHaveLength(2);
    for (const code of world.recoveryCodes) await world.twoFactor.verify("alice", code);
    expect((await world.twoFactor.status("alice")).recoveryCodesLeft).toBe(0);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.recoveryCodes[0] ?? ""))).toBe("code-rejected");
  });
});

describe("somebody without a device", () => {
  it("never passes", async () => {
    const world = new World();
    const calls = (): Promise<unknown>[] => [
      world.twoFactor.verify("nobody", "123456"),
      world.twoFactor.verify("nobody", "ABCD".repeat(6)),
      world.twoFactor.verifyConsecutive("nobody", ["123456", "123456", "123456"]),
      world.twoFactor.renewRecoveryCodes("nobody"),
    ];
    for (const call of calls()) {
      expect(await refusal(call)).toMatchObject({ code: "not-enrolled", status: 409 });
    }
    expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "not-enrolled", userId: "nobody" });
    expect(world.store.records.size).toBe(0);
    await world.twoFactor.enroll("nobody", { accountName: "nobody" });
    for (const call of calls()) expect(await codeOfRefusal(call)).toBe("not-enrolled");
    expect(await codeOfRefusal(world.twoFactor.reseal("stranger"))).toBe("not-enrolled");
  });
});

describe("a clock", () => {
  it("that jumps an hour ahead and back refuses what was spent, and no delay outlives itself", async () => {
    const world = await new World().enrolled();
    world.pass(3600);
    await world.twoFactor.verify("alice", world.code());
    await failTimes(world, 5);
    world.pass(-3600);
    // The delay was written by a clock that was wrong. Codes of this hour are not newer than the
    // last one.
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "replay-seen" });
    await world.twoFactor.verify("alice", world.recoveryCodes[0] ?? "");
    world.pass(3630);
    await world.twoFactor.verify("alice", world.code(1));
  });

  it("that jumps an hour back refuses what was spent, and accepts again when time has caught up", async () => {
    const world = await new World().enrolled();
    const code = world.code();
    await world.twoFactor.verify("alice", code);
    world.pass(-3600);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code(1)))).toBe("code-rejected");
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    world.pass(3600);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    world.pass(30);
    await world.twoFactor.verify("alice", world.code());
  });

  it("knows no daylight saving and no time zone", async () => {
    const zone = process.env["TZ"];
    try {
      // The hours in which Berlin's and New York's clocks are put forward and back.
      for (const TZ of ["Europe/Berlin", "America/New_York", "UTC", "Pacific/Kiritimati"]) {
        process.env["TZ"] = TZ;
        for (const change of [
          "2026-03-29T01:00:00Z",
          "2026-10-25T01:00:00Z",
          "2026-03-08T07:00:00Z",
          "2026-11-01T06:00:00Z",
        ]) {
          const world = new World();
          world.now = Date.parse(change) - 3600_000;
          await world.enrolled();
          for (let minute = 0; minute < 180; minute += 20, world.now += 1200000) {
            await world.twoFactor.verify("alice", world.code());
            await failTimes(world, 4);
            expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code(1)))).toBe("throttled");
          }
        }
      }
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  it("is the system's by default", async () => {
    const world = new World();
    const twoFactor = world.another({ clock: undefined });
    const { expiresAt } = await twoFactor.enroll("alice", { accountName: "alice" });
    expect(Math.abs(expiresAt.getTime() - Date.now() - 600_000)).toBeLessThan(60_000);
  });

  it("that tells no time is the program's fault", async () => {
    const world = await new World().enrolled();
    for (const time of [new Date(NaN), Date.now(), undefined, "2026-01-01", new Date(-1), { getTime: () => 5 }]) {
      const twoFactor = world.another({ clock: () => time as Date });
      await expect(twoFactor.verify("alice", world.code())).rejects.toMatchObject({
        name: "OtpError",
        code: "invalid-option",
      });
    }
  });
});

it("the stored state of one device stays under 1300 bytes and does not grow with logins", async () => {
  const world = await new World().enrolled();
  await world.twoFactor.verify("alice", world.code());
  const { length } = world.store.records.get("alice")?.body ?? "";
  for (let login = 0; login < 200; login++) {
    world.pass(60);
    await world.twoFactor.verify("alice", world.code());
    await failTimes(world, 1);
  }
  const { body = "" } = world.store.records.get("alice") ?? {};
  expect(world.device().lastCounter).toBe(world.counter);
  expect(body.length - length).toBeLessThan(4); // digits of the count
  expect(length).toBeLessThan(1300);
});

it("an error of another copy of this package is one too, and of a class of one's own only its own", () => {
  const error = new TwoFactorError("busy");
  const foreign = Object.defineProperty(new Error("foreign"), Symbol.for("halfminute.TwoFactorError"), {});
  class Own extends TwoFactorError {}
  const own = new Own("busy");
  const isOne = (value: unknown): boolean => value instanceof TwoFactorError;
  expect([error, foreign, own].map(isOne)).toEqual([true, true, true]);
  expect([undefined, null, 5, "busy", {}, new Error("busy")].map(isOne)).toEqual(Array(6).fill(false));
  expect([error, foreign, own].map((value) => value instanceof Own)).toEqual([false, false, true]);
});

it("an error of the two-factor flow is an Error, and not an OtpError", async () => {
  const error = await refusal(new World().twoFactor.verify("alice", "123456"));
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("TwoFactorError");
  expect(new TwoFactorError("busy", { retryAfterSeconds: 1 })).toMatchObject({
    status: 503,
    expose: false,
    headers: { "Retry-After": "1" },
  });
  expect(Object.keys(new TwoFactorError("busy"))).not.toContain("cause");
  expect(Object.hasOwn(new TwoFactorError("busy"), "cause")).toBe(false);
});
