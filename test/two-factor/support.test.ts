// What support can do, and what it cannot: unlock, hand over a recovery code.
import { describe, expect, it } from "vitest";

import { codeOfRefusal, World } from "./world.ts";

describe("unlock", () => {
  it("ends a lock and a delay, and nothing that is outstanding", async () => {
    const world = await new World().enrolled();
    world.setStanding(100, 300, world.now + 3_600_000);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("locked");
    await world.twoFactor.unlock("alice");
    expect(world.types()).toContain("unlocked");
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 300, notBefore: 0 });
    await world.twoFactor.verify("alice", world.code());
  });

  it("leaves a restricted person restricted", async () => {
    const world = await new World().enrolled();
    world.setStanding(0, 900);
    await world.twoFactor.unlock("alice");
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("restricted");
  });

  it("a hundred times gives no more guesses than restrictAfter allows", async () => {
    const world = await new World().enrolled();
    let guesses = 0;
    for (let unlocks = 0; unlocks < 100; unlocks++) {
      for (let code = "code-rejected"; code === "code-rejected";) {
        code = await codeOfRefusal(world.twoFactor.verify("alice", world.wrongCode(guesses % 200)));
        if (code === "code-rejected") guesses++;
      }
      await world.twoFactor.unlock("alice");
    }
    expect(guesses).toBe(300);
    expect((await world.twoFactor.status("alice")).state).toBe("restricted");
  });

  it("needs somebody with a device", async () => {
    const world = new World();
    await world.twoFactor.enroll("alice", { accountName: "a" });
    expect(await codeOfRefusal(world.twoFactor.unlock("alice"))).toBe("not-enrolled");
    expect(await codeOfRefusal(world.twoFactor.unlock("bob"))).toBe("not-enrolled");
  });
});

it("nobody without a device waits for anything", async () => {
  const world = new World();
  await world.twoFactor.issueCode("alice", { purpose: "sign-in", request: "r" });
  world.setStanding(10, 30, world.now + 1000);
  expect((await world.twoFactor.status("alice")).retryAfterSeconds).toBe(0);
});

describe("a recovery code from support", () => {
  it("passes once within its hours, beside the person's own", async () => {
    const world = await new World().enrolled();
    const { recoveryCode, expiresAt } = await world.twoFactor.issueRecoveryCode("alice", { hours: 72 });
    expect(expiresAt).toEqual(new Date(world.now + 72 * 3_600_000));
    expect((await world.twoFactor.status("alice")).issuedRecoveryCodeUntil).toEqual(expiresAt);
    world.pass(72 * 3600 - 1);
    const passed = await world.twoFactor.verify("alice", recoveryCode.toLowerCase());
    expect(passed).toMatchObject({ method: "recovery-code", deviceId: null, recoveryCodesLeft: 10 });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", recoveryCode))).toBe("code-rejected");
    expect(world.types().filter((type) => type.startsWith("recovery"))).toEqual([
      "recovery-code-issued",
      "recovery-code-used",
    ]);
    expect((await world.twoFactor.status("alice")).issuedRecoveryCodeUntil).toBe(null);
  });

  it("is over after its hours, and with more time left than there ever is", async () => {
    const world = await new World().enrolled();
    const { recoveryCode, expiresAt } = await world.twoFactor.issueRecoveryCode("alice", { hours: 72 });
    for (const [now, passes] of [
      [world.now - 60_001, false],
      [world.now - 60_000, true],
      [expiresAt.getTime(), false],
      [expiresAt.getTime() - 1, true],
    ] as const) {
      world.now = now;
      const until = (await world.twoFactor.status("alice")).issuedRecoveryCodeUntil;
      expect(until).toEqual(passes ? expiresAt : null);
      if (!passes) expect(await codeOfRefusal(world.twoFactor.verify("alice", recoveryCode))).toBe("code-rejected");
    }
    await world.twoFactor.verify("alice", recoveryCode);
  });

  it("is void if somebody moved its end in the database", async () => {
    const world = await new World().enrolled();
    const { recoveryCode } = await world.twoFactor.issueRecoveryCode("alice", { hours: 1 });
    world.pass(3601);
    world.edit(({ recovery }) => Object.assign(recovery?.issued ?? {}, { expiresAt: world.now + 60_000 }));
    expect(await codeOfRefusal(world.twoFactor.verify("alice", recoveryCode))).toBe("code-rejected");
  });

  it("is one at a time, and void with a new set", async () => {
    const world = await new World().enrolled();
    const first = await world.twoFactor.issueRecoveryCode("alice", { hours: 1 });
    const second = await world.twoFactor.issueRecoveryCode("alice", { hours: 1 });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", first.recoveryCode))).toBe("code-rejected");
    await world.twoFactor.renewRecoveryCodes("alice");
    expect(await codeOfRefusal(world.twoFactor.verify("alice", second.recoveryCode))).toBe("code-rejected");
  });

  it("passes while the person is locked and restricted, and resets nothing", async () => {
    const world = await new World().enrolled();
    const { recoveryCode } = await world.twoFactor.issueRecoveryCode("alice", { hours: 1 });
    world.setStanding(100, 900, world.now + 1000);
    await world.twoFactor.verify("alice", recoveryCode);
    expect(world.state()).toMatchObject({ failures: 100, outstanding: 900 });
  });

  it("needs somebody with a device, and has a time of 1 to 72 hours", async () => {
    const world = await new World().enrolled();
    expect(await codeOfRefusal(world.twoFactor.issueRecoveryCode("bob", { hours: 1 }))).toBe("not-enrolled");
    for (const hours of [0, 73, 1.5, "1", undefined]) {
      const call = world.twoFactor.issueRecoveryCode("alice", { hours: hours as number });
      await expect(call).rejects.toMatchObject({ code: "invalid-option" });
    }
  });

  it("works for an imported device, which has no codes of its own", async () => {
    const world = new World();
    await world.twoFactor.importDevice("alice", { secret: "A".repeat(32) });
    const { recoveryCode } = await world.twoFactor.issueRecoveryCode("alice", { hours: 1 });
    expect(await world.twoFactor.verify("alice", recoveryCode)).toMatchObject({ recoveryCodesLeft: 0 });
  });
});
