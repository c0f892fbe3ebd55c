// Codes that the app sends: made, limited and checked, for one purpose and one request.
import { describe, expect, it } from "vitest";

import { createTwoFactor, type IssuedCode } from "../../src/two-factor/index.ts";
import { codeOfRefusal, KEY, refusal, World } from "./world.ts";

const LOGIN = { purpose: "sign-in", request: "8f1c" };
const DAY = 86_400;

function issue(world: World, options = LOGIN, userId = "alice"): Promise<IssuedCode> {
  return world.twoFactor.issueCode(userId, options);
}

function check(world: World, code: string, options = LOGIN, userId = "alice"): Promise<unknown> {
  return world.twoFactor.verifyIssuedCode(userId, code, options);
}

function otherThan(code: string): string {
  return code.slice(0, 7) + String((Number(code.slice(7)) + 1) % 10);
}

describe("a code that the app sends", () => {
  it("has eight digits and is good for ten minutes, also for a person without a device", async () => {
    const world = new World();
    const { code, expiresAt, resendAt } = await issue(world);
    expect(code).toMatch(/^\d{8}$/);
    expect(expiresAt).toEqual(new Date(world.now + 600_000));
    expect(resendAt).toEqual(new Date(world.now + 60_000));
    expect(await world.twoFactor.status("alice")).toMatchObject({ state: "none", devices: [], pending: null });
    world.pass(599);
    expect(await check(world, ` ${code.slice(0, 4)} ${code.slice(4)} `)).toEqual({ purpose: "sign-in" });
    expect(world.types()).toEqual(["code-issued", "issued-code-passed"]);
    expect(world.events[0]).toMatchObject({ purpose: "sign-in", userId: "alice", deviceId: null });
  });

  it("passes once", async () => {
    const world = new World();
    const { code } = await issue(world);
    await check(world, code);
    expect(await codeOfRefusal(check(world, code))).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "issued-code-refused", reason: "not-issued" });
  });

  it("is over after its time", async () => {
    const world = new World();
    const { code } = await issue(world);
    world.pass(600);
    expect(await codeOfRefusal(check(world, code))).toBe("code-rejected");
  });

  it("is another one if somebody moved its end in the database", async () => {
    const world = new World();
    const { code } = await issue(world);
    world.pass(601);
    world.edit(({ issued: [row] }) => Object.assign(row ?? {}, { expiresAt: world.now + 60_000 }));
    expect(await codeOfRefusal(check(world, code))).toBe("code-rejected");
  });

  it("is not believed with more time left than there ever is", async () => {
    const world = new World();
    const { code } = await issue(world);
    world.now -= 61_000;
    expect(await codeOfRefusal(check(world, code))).toBe("code-rejected");
    world.now += 1000;
    await check(world, code);
  });

  it("passes after four wrong ones", async () => {
    const world = new World();
    const { code } = await issue(world);
    for (let tries = 0; tries < 4; tries++) {
      expect(await codeOfRefusal(check(world, otherThan(code)))).toBe("code-rejected");
      expect(world.events.at(-1)).toMatchObject({ type: "issued-code-refused", reason: "wrong" });
    }
    await check(world, code);
  });

  it("is used up after five wrong ones, and asking again makes another", async () => {
    const world = new World();
    const { code } = await issue(world);
    for (let tries = 0; tries < 5; tries++) {
      expect(await codeOfRefusal(check(world, otherThan(code)))).toBe("code-rejected");
    }
    expect(await codeOfRefusal(check(world, code))).toBe("code-rejected");
    const again = await issue(world);
    expect(again.code).not.toBe(code);
    await check(world, again.code);
    expect(world.state().issued).toMatchObject([{ count: 2 }]);
  });

  it("spent is never handed out again: asking again makes another, one more of the ten", async () => {
    const world = new World();
    const { code } = await issue(world);
    await check(world, code);
    expect((await issue(world)).code).not.toBe(code);
    expect(world.state().issued).toMatchObject([{ count: 2 }]);
  });

  it.each([
    "",
    "1234567",
    "123456789",
    "abcdefgh",
    "１２３４５６７８９",
    undefined,
    null,
    12345678,
    {},
    "1".repeat(1_000_000),
  ])("what is not eight digits is refused before anything is read (%#)", async (typed) => {
    const world = new World();
    expect(await codeOfRefusal(check(world, typed as string))).toBe("code-rejected");
    expect(world.store.calls).toEqual([]);
    expect(world.events).toMatchObject([{ type: "issued-code-refused", reason: "malformed" }]);
  });

  it.each([
    [{ purpose: "", request: "r" }],
    [{ purpose: "x".repeat(33), request: "r" }],
    [{ purpose: 'a"b', request: "r" }],
    [{ purpose: "é", request: "r" }],
    [{ purpose: "p", request: "" }],
    [{ purpose: "p", request: "x".repeat(257) }],
    [{ purpose: "p", request: "\ud800" }],
    [{ purpose: "p" }],
    [{ request: "r" }],
    [{ ...LOGIN, extra: 1 }],
    [undefined],
  ])("the program's options %j are refused", async (options) => {
    const { twoFactor } = new World();
    await expect(twoFactor.issueCode("alice", options as never)).rejects.toMatchObject({ name: "OtpError" });
    const check = twoFactor.verifyIssuedCode("alice", "12345678", options as never);
    await expect(check).rejects.toMatchObject({ name: "OtpError" });
  });

  it("may have any purpose of printable ASCII", async () => {
    const world = new World();
    const options = { purpose: " new-browser: [a-z] #1 ~!".padEnd(32, "x"), request: "é".repeat(128) };
    await check(world, (await issue(world, options)).code, options);
  });
});

describe("its request", () => {
  it("gets the same code again while it lives: a lost answer costs nothing", async () => {
    const world = new World();
    const first = await issue(world);
    world.pass(60);
    const again = await issue(world);
    expect(again).toEqual({ ...first, resendAt: new Date(world.now + 60_000) });
    expect(world.state().issued).toMatchObject([{ count: 1 }]);
  });

  it("is throttled before resendAt, with when to come back", async () => {
    const world = new World();
    await issue(world);
    world.pass(20);
    expect(await refusal(issue(world))).toMatchObject({ code: "throttled", retryAfterSeconds: 40 });
    world.now -= 600_000; // a clock was wrong: nobody waits for that
    await issue(world);
  });

  it("is throttled by the clock of another server up to a minute ahead, and no further", async () => {
    const world = new World();
    await issue(world);
    world.pass(200);
    await issue(world);
    world.now -= 60_000;
    expect(await refusal(issue(world))).toMatchObject({ code: "throttled", retryAfterSeconds: 120 });
    world.now -= 1;
    await issue(world);
  });

  it("is replaced by another one, whose code it is not", async () => {
    const world = new World();
    const other = { ...LOGIN, request: "77aa" };
    const first = await issue(world);
    const second = await issue(world, other);
    expect(second.code).not.toBe(first.code);
    expect(await codeOfRefusal(check(world, first.code))).toBe("code-rejected");
    expect(await codeOfRefusal(check(world, second.code))).toBe("code-rejected");
    expect(await codeOfRefusal(check(world, first.code, other))).toBe("code-rejected");
    await check(world, second.code, other);
  });

  it("of another login is refused and counts for nothing", async () => {
    const world = new World();
    const { code } = await issue(world);
    const record = world.store.records.get("alice");
    for (let tries = 0; tries < 100; tries++) {
      const attack = check(world, otherThan(code), { ...LOGIN, request: `attack ${tries}` });
      expect(await codeOfRefusal(attack)).toBe("code-rejected");
    }
    expect(await codeOfRefusal(check(world, code, { ...LOGIN, request: "attack" }))).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "issued-code-refused", reason: "other-request" });
    expect(world.store.records.get("alice")).toBe(record);
    await check(world, code);
  });

  it("of one purpose is not one of another, nor of another person", async () => {
    const world = new World();
    const { code } = await issue(world);
    expect(await codeOfRefusal(check(world, code, { ...LOGIN, purpose: "new mail" }))).toBe("code-rejected");
    expect(await codeOfRefusal(check(world, code, LOGIN, "bob"))).toBe("code-rejected");
    await issue(world, LOGIN, "bob");
    expect(await codeOfRefusal(check(world, code, LOGIN, "bob"))).toBe("code-rejected");
  });
});

describe("how many there are", () => {
  it("ten a day for each purpose, whether right, wrong or never used", async () => {
    const world = new World();
    world.now = Math.ceil(world.now / 1000 / DAY) * DAY * 1000 + 3_600_000; // one in the morning, UTC
    for (let count = 0; count < 10; count++) {
      const options = { ...LOGIN, request: `login ${count}` };
      const { code } = await issue(world, options);
      if (count % 2) await check(world, code, options);
    }
    const eleventh = await refusal(issue(world, { ...LOGIN, request: "login 10" }));
    expect(eleventh).toMatchObject({ code: "throttled", status: 429, retryAfterSeconds: 23 * 3600 });
    await issue(world, { ...LOGIN, purpose: "other" });
    world.pass(23 * 3600);
    await issue(world, { ...LOGIN, request: "login 10" });
  });

  it("the counts outlive devices, pending ones, and turning off and on", async () => {
    const world = await new World({ policy: { issuedCodesPerDay: 2 } }).enrolled();
    await issue(world);
    await issue(world, { ...LOGIN, request: "b" });
    await world.twoFactor.disable("alice");
    expect(world.state()).toMatchObject({ devices: [], vault: null, issued: [{ count: 2 }] });
    world.events.length = 0;
    await world.twoFactor.disable("alice"); // nothing is left to turn off
    expect(world.events).toEqual([]);
    expect(await codeOfRefusal(issue(world, { ...LOGIN, request: "c" }))).toBe("throttled");
    await world.enrolled();
    expect(await codeOfRefusal(issue(world, { ...LOGIN, request: "c" }))).toBe("throttled");
    world.pass(DAY);
    await world.twoFactor.disable("alice");
    expect(world.store.records.size).toBe(0);
  });

  it("a code that was under way is over after disable", async () => {
    const world = await new World().enrolled();
    const { code } = await issue(world);
    await world.twoFactor.disable("alice");
    expect(await codeOfRefusal(check(world, code))).toBe("code-rejected");
  });

  it("three purposes a person: a fourth is refused, and evicts none", async () => {
    const world = new World();
    for (const purpose of ["a", "b", "c"]) await issue(world, { ...LOGIN, purpose });
    expect(await codeOfRefusal(issue(world, { ...LOGIN, purpose: "d" }))).toBe("too-many-purposes");
    await issue(world, { ...LOGIN, purpose: "a", request: "another" });
    expect(
      world
        .state()
        .issued.map(({ purpose }) => purpose)
        .toSorted(),
    ).toEqual(["a", "b", "c"]);
    world.pass(3600);
    expect(await codeOfRefusal(issue(world, { ...LOGIN, purpose: "d" }))).toBe("too-many-purposes");
    world.pass(DAY); // nothing of them is left to remember
    await issue(world, { ...LOGIN, purpose: "d" });
  });

  it("a clock that is a little ahead at midnight does not make another ten", async () => {
    const world = new World({ policy: { issuedCodesPerDay: 1 } });
    const midnight = Math.ceil(world.now / 1000 / DAY) * DAY * 1000;
    world.now = midnight + 10_000;
    await issue(world);
    world.now = midnight - 20_000; // another server
    expect(await codeOfRefusal(issue(world, { ...LOGIN, request: "b" }))).toBe("throttled");
    world.now = midnight - 60_000;
    expect(await codeOfRefusal(issue(world, { ...LOGIN, request: "b" }))).toBe("throttled");
    world.now -= 1; // a count from a wrong clock is ignored
    await issue(world, { ...LOGIN, request: "b" });
  });

  it("a clock that was a day ahead makes no count forgotten while there is room for another purpose", async () => {
    const world = new World({ policy: { issuedCodesPerDay: 1 } });
    await issue(world);
    world.pass(DAY);
    await issue(world, { ...LOGIN, purpose: "other" });
    world.pass(-DAY);
    expect(await codeOfRefusal(issue(world, { ...LOGIN, request: "b" }))).toBe("throttled");
  });
});

describe("issued codes and the devices", () => {
  it("right ones ten times a day move no count", async () => {
    const world = await new World().enrolled();
    world.setStanding(3, 100, world.now + 1);
    const before = world.state();
    for (let count = 0; count < 10; count++) {
      const options = { ...LOGIN, request: `login ${count}` };
      await check(world, (await issue(world, options)).code, options);
    }
    expect({ ...world.state(), issued: [] }).toEqual({ ...before, issued: [] });
  });

  it("wrong ones 100 times lock nobody", async () => {
    const world = await new World().enrolled();
    for (let count = 0; count < 100; count++) {
      if (count % 50 === 0) world.pass(DAY);
      const options = { ...LOGIN, request: `login ${Math.floor(count / 5)}` };
      const { code } = await issue(world, options).catch(() => ({ code: "00000000" }));
      expect(await codeOfRefusal(check(world, otherThan(code), options))).toBe("code-rejected");
    }
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
    await world.twoFactor.verify("alice", world.code());
  });

  it("verify never accepts one, nor does verifyIssuedCode a device's", async () => {
    const parameters = { digits: 8 } as const;
    const world = new World({ parameters });
    await world.twoFactor.importDevice("alice", { secret: "A".repeat(32) });
    const { code } = await issue(world);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    expect(world.state().failures).toBe(1);
    await check(world, code);
  });

  it("the result is not a pass", async () => {
    const world = await new World().enrolled();
    const result = await check(world, (await issue(world)).code);
    expect(result).not.toHaveProperty("method");
    expect(result).not.toHaveProperty("at");
  });
});

it("another server makes the same code, from what is stored", async () => {
  const world = new World();
  const { code } = await issue(world);
  const other = createTwoFactor({
    issuer: "Acme",
    store: world.store,
    clock: () => new Date(world.now),
    sealingKeys: [{ id: "first", key: KEY }],
  });
  world.pass(60);
  expect((await other.issueCode("alice", LOGIN)).code).toBe(code);
});
