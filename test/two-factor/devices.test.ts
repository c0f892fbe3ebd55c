// Several devices of one person: how they come and go, whose code passes, and what each of them
// costs.
import { describe, expect, it } from "vitest";

import { codeOf, codeOfRefusal, World } from "./world.ts";

const TOKEN_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const OTHER_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** Alice with a second time-based device, `OTHER_SECRET`. */
async function withTwo(): Promise<World & { otherId: string }> {
  const world = await new World().enrolled();
  const { deviceId } = await world.twoFactor.importDevice("alice", { secret: OTHER_SECRET, name: "tablet", add: true });
  return Object.assign(world, { otherId: deviceId });
}

/** Alice with a hardware token beside her phone. */
async function withToken(counter = 7): Promise<World & { tokenId: string }> {
  const world = await new World().enrolled();
  const { deviceId } = await world.twoFactor.importDevice("alice", {
    type: "hotp",
    secret: TOKEN_SECRET,
    counter,
    add: true,
  });
  return Object.assign(world, { tokenId: deviceId });
}

function tokenCode(counter: number): string {
  return codeOf(TOKEN_SECRET, counter);
}

describe("enrolling beside an active device", () => {
  it("needs add or replace", async () => {
    const { twoFactor } = await new World().enrolled();
    expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a" }))).toBe("already-enrolled");
    expect(await codeOfRefusal(twoFactor.importDevice("alice", { secret: OTHER_SECRET }))).toBe("already-enrolled");
  });

  it("refuses add and replace together, and other values", async () => {
    const { twoFactor, deviceId } = await new World().enrolled();
    for (const options of [
      { add: true, replace: true },
      { add: true, replace: deviceId },
      { add: "yes" },
      { replace: 5 },
      { replace: null },
      { resume: 5 },
    ]) {
      const call = twoFactor.enroll("alice", { accountName: "a", ...options } as never);
      await expect(call).rejects.toMatchObject({ name: "OtpError", code: "invalid-option" });
    }
  });

  it("adds a device, with a name; both pass, and the recovery codes stay", async () => {
    const world = await new World().enrolled();
    const { twoFactor } = world;
    const added = await twoFactor.enroll("alice", { accountName: "a", name: "tablet", add: true });
    const confirmed = await twoFactor.confirm("alice", codeOf(added.secret, world.counter), {
      deviceId: added.deviceId,
    });
    expect(confirmed).toEqual({ deviceId: added.deviceId, recoveryCodes: [] });
    world.pass(60);
    expect(await twoFactor.verify("alice", world.code())).toMatchObject({ deviceId: world.deviceId });
    expect(await twoFactor.verify("alice", codeOf(added.secret, world.counter))).toMatchObject({
      deviceId: added.deviceId,
      method: "code",
      at: new Date(world.now),
      recoveryCodesLeft: 10,
    });
    expect(await twoFactor.verify("alice", world.recoveryCodes[0] ?? "")).toMatchObject({ deviceId: null });
    expect((await twoFactor.status("alice")).devices).toMatchObject([
      { id: world.deviceId, name: null, type: "totp", lastUsedAt: new Date(world.now) },
      { id: added.deviceId, name: "tablet", type: "totp", lastUsedAt: new Date(world.now) },
    ]);
  });

  it("replaces the one that is named, and only when the new one is confirmed", async () => {
    const world = await withTwo();
    const { twoFactor, deviceId, otherId } = world;
    const { secret, deviceId: newId } = await twoFactor.enroll("alice", { accountName: "a", replace: deviceId });
    expect(await twoFactor.verify("alice", world.code())).toMatchObject({ deviceId });
    const { recoveryCodes } = await twoFactor.confirm("alice", codeOf(secret, world.counter), { deviceId: newId });
    expect(recoveryCodes).toHaveLength(10);
    expect((await twoFactor.status("alice")).devices.map(({ id }) => id)).toEqual([otherId, newId]);
    world.pass(60);
    expect(await codeOfRefusal(twoFactor.verify("alice", world.code()))).toBe("code-rejected");
    expect(await codeOfRefusal(twoFactor.verify("alice", world.recoveryCodes[0] ?? ""))).toBe("code-rejected");
    expect(await twoFactor.verify("alice", codeOf(OTHER_SECRET, world.counter))).toMatchObject({ deviceId: otherId });
  });

  it("with replace: true replaces the only device, and is refused where there are several", async () => {
    const { twoFactor, deviceId } = await withTwo();
    const call = twoFactor.enroll("alice", { accountName: "a", replace: true });
    expect(await codeOfRefusal(call)).toBe("device-unknown");
    for (const replace of ["x", "add", "first", ""]) {
      expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a", replace }))).toBe("device-unknown");
      const imported = twoFactor.importDevice("bob", { secret: OTHER_SECRET, replace });
      expect(await codeOfRefusal(imported)).toBe("device-unknown");
    }
    await twoFactor.removeDevice("alice", deviceId);
    await twoFactor.enroll("alice", { accountName: "a", replace: true });
  });

  it("is refused beyond maxDevices, when it begins and again when it ends", async () => {
    const world = await new World({ policy: { maxDevices: 2 } }).enrolled();
    const { twoFactor } = world;
    const added = await twoFactor.enroll("alice", { accountName: "a", add: true });
    await twoFactor.importDevice("alice", { secret: OTHER_SECRET, add: true });
    expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a", add: true }))).toBe("too-many-devices");
    const code = codeOf(added.secret, world.counter);
    expect(await codeOfRefusal(twoFactor.confirm("alice", code, { deviceId: added.deviceId }))).toBe(
      "too-many-devices",
    );
    const { deviceId } = await twoFactor.enroll("alice", { accountName: "a", replace: world.deviceId });
    expect((await twoFactor.status("alice")).pending).not.toBe(null);
    expect(deviceId).not.toBe(added.deviceId);
  });

  it("cannot end as a replacement of what is gone by then", async () => {
    const world = await withTwo();
    const { twoFactor } = world;
    const enrollment = await twoFactor.enroll("alice", { accountName: "a", replace: world.otherId });
    await twoFactor.removeDevice("alice", world.otherId);
    const call = twoFactor.confirm("alice", codeOf(enrollment.secret, world.counter), {
      deviceId: enrollment.deviceId,
    });
    expect(await codeOfRefusal(call)).toBe("device-unknown");
  });

  it("allows five devices, and every one of them passes", async () => {
    const world = new World();
    const secrets = ["A", "B", "C", "D", "E"].map((letter) => letter.repeat(32));
    for (const secret of secrets) await world.twoFactor.importDevice("alice", { secret, add: true });
    const sixth = world.twoFactor.importDevice("alice", { secret: OTHER_SECRET, add: true });
    expect(await codeOfRefusal(sixth)).toBe("too-many-devices");
    for (const secret of secrets) await world.twoFactor.verify("alice", codeOf(secret, world.counter));
  });
});

describe("an enrollment belongs to the session that saw it", () => {
  it("shows the same secret again with resume, and writes nothing", async () => {
    const world = new World();
    const { twoFactor, store } = world;
    const shown = await twoFactor.enroll("alice", { accountName: "a", name: "phone" });
    store.calls.length = 0;
    world.events.length = 0;
    expect(await twoFactor.enroll("alice", { accountName: "a", resume: shown.deviceId })).toEqual(shown);
    expect([store.calls, world.events]).toEqual([["read"], []]);
  });

  it("is superseded for a session that saw another one, by confirm and by resume", async () => {
    const world = new World();
    const { twoFactor } = world;
    const mine = await twoFactor.enroll("alice", { accountName: "a" });
    const theirs = await twoFactor.enroll("alice", { accountName: "a" });
    expect(
      await codeOfRefusal(
        twoFactor.confirm("alice", codeOf(theirs.secret, world.counter), { deviceId: mine.deviceId }),
      ),
    ).toBe("superseded");
    expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a", resume: mine.deviceId }))).toBe(
      "superseded",
    );
    expect(world.state().pending?.failures).toBe(0);
  });

  it("is already confirmed at any time afterwards", async () => {
    const world = await new World().enrolled();
    const { twoFactor, deviceId } = world;
    world.pass(100_000_000);
    expect(await codeOfRefusal(twoFactor.confirm("alice", world.code(), { deviceId }))).toBe("already-confirmed");
    await twoFactor.enroll("alice", { accountName: "a", add: true });
    expect(await codeOfRefusal(twoFactor.confirm("alice", world.code(), { deviceId }))).toBe("already-confirmed");
    const resumed = twoFactor.enroll("alice", { accountName: "a", resume: deviceId });
    expect(await codeOfRefusal(resumed)).toBe("already-confirmed");
  });

  it("is not pending when it expired, was given up, or never was", async () => {
    const world = new World({ policy: { pendingAttempts: 1 } });
    const { twoFactor } = world;
    const shown = await twoFactor.enroll("alice", { accountName: "a" });
    world.secret = shown.secret;
    expect(await codeOfRefusal(twoFactor.confirm("alice", world.wrongCode(), { deviceId: shown.deviceId }))).toBe(
      "code-rejected",
    );
    expect(await codeOfRefusal(twoFactor.confirm("alice", world.code(), { deviceId: shown.deviceId }))).toBe(
      "not-pending",
    );
    expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a", resume: shown.deviceId }))).toBe(
      "not-pending",
    );
    const again = await twoFactor.enroll("alice", { accountName: "a" });
    world.pass(600);
    expect(
      await codeOfRefusal(
        twoFactor.confirm("alice", codeOf(again.secret, world.counter), { deviceId: again.deviceId }),
      ),
    ).toBe("not-pending");
    expect(await codeOfRefusal(twoFactor.confirm("bob", "123456", { deviceId: shown.deviceId }))).toBe("not-pending");
  });

  it("must be named by the program", async () => {
    const { twoFactor } = await new World().enrolled();
    for (const options of [undefined, {}, { deviceId: undefined }, { deviceId: 5 }, "id"]) {
      await expect(twoFactor.confirm("alice", "123456", options as never)).rejects.toMatchObject({ name: "OtpError" });
    }
  });

  it("does not show its id in the status", async () => {
    const { twoFactor } = new World();
    const { deviceId, expiresAt } = await twoFactor.enroll("alice", { accountName: "a" });
    const status = await twoFactor.status("alice");
    expect(status.pending).toEqual({ expiresAt });
    expect(JSON.stringify(status)).not.toContain(deviceId);
  });
});

describe("what a stranger with the password tries", () => {
  it("a stranger enrolls, and the owner's page resumes: it is told, and shows no other secret", async () => {
    const world = new World();
    const owner = await world.twoFactor.enroll("alice", { accountName: "a" });
    const stranger = await world.twoFactor.enroll("alice", { accountName: "a" });
    const resumed = world.twoFactor.enroll("alice", { accountName: "a", resume: owner.deviceId });
    expect(await codeOfRefusal(resumed)).toBe("superseded");
    // Nor does the owner's code for the stranger's secret confirm anything in the owner's session.
    const code = codeOf(stranger.secret, world.counter);
    const call = world.twoFactor.confirm("alice", code, { deviceId: owner.deviceId });
    expect(await codeOfRefusal(call)).toBe("superseded");
  });

  it("a stranger's first enrollment cannot be confirmed after an import", async () => {
    const world = new World();
    const stranger = await world.twoFactor.enroll("alice", { accountName: "a" });
    await world.twoFactor.importDevice("alice", { secret: OTHER_SECRET });
    const code = codeOf(stranger.secret, world.counter);
    const call = world.twoFactor.confirm("alice", code, { deviceId: stranger.deviceId });
    expect(await codeOfRefusal(call)).toBe("already-enrolled");
    expect((await world.twoFactor.status("alice")).devices).toHaveLength(1);
  });

  it("a migration that is run twice imports once", async () => {
    const world = new World();
    const imported = (): Promise<unknown> => world.twoFactor.importDevice("alice", { secret: OTHER_SECRET });
    await imported();
    const before = world.state();
    expect(await codeOfRefusal(imported())).toBe("already-enrolled");
    expect(world.state()).toEqual(before);
  });
});

describe("names", () => {
  it.each(["phone", 'my "old" phone', "back\\slash", "☎️ 電話", "x".repeat(128), "é".repeat(64), '"'.repeat(64)])(
    "may be %s",
    async (name) => {
      const { twoFactor, deviceId } = await new World().enrolled();
      await twoFactor.renameDevice("alice", deviceId, name);
      expect((await twoFactor.status("alice")).devices).toMatchObject([{ name }]);
    },
  );

  it.each([
    "",
    " ",
    "x".repeat(129),
    "é".repeat(65),
    '"'.repeat(65),
    "a\nb",
    "\u202eabc",
    "\ud800",
    5,
    null,
    undefined,
    {},
  ])("may not be %j", async (name) => {
    const { twoFactor, deviceId } = await new World().enrolled();
    await expect(twoFactor.renameDevice("alice", deviceId, name as string)).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining("name") as string,
    });
    if (name === undefined) return;
    const enrolled = twoFactor.enroll("alice", { accountName: "a", add: true, name: name as string });
    await expect(enrolled).rejects.toMatchObject({ code: "invalid-option" });
  });

  it("change for active and pending devices, and for no others", async () => {
    const world = await new World().enrolled();
    const { twoFactor, deviceId, events } = world;
    const added = await twoFactor.enroll("alice", { accountName: "a", add: true });
    await twoFactor.renameDevice("alice", added.deviceId, "tablet");
    await twoFactor.confirm("alice", codeOf(added.secret, world.counter), { deviceId: added.deviceId });
    await twoFactor.renameDevice("alice", deviceId, "phone");
    expect((await twoFactor.status("alice")).devices).toMatchObject([{ name: "phone" }, { name: "tablet" }]);
    expect(events.filter(({ type }) => type === "device-renamed")).toMatchObject([
      { deviceId: added.deviceId },
      { deviceId },
    ]);
    expect(await codeOfRefusal(twoFactor.renameDevice("alice", "x", "y"))).toBe("device-unknown");
    expect(await codeOfRefusal(twoFactor.renameDevice("bob", deviceId, "y"))).toBe("device-unknown");
  });
});

describe("removing a device", () => {
  it("lets no code of it pass again, and the others stay", async () => {
    const world = await withTwo();
    const { twoFactor, otherId, events } = world;
    await twoFactor.removeDevice("alice", otherId);
    expect(await codeOfRefusal(twoFactor.verify("alice", codeOf(OTHER_SECRET, world.counter)))).toBe("code-rejected");
    world.pass(60);
    await twoFactor.verify("alice", world.code());
    expect(events.filter(({ type }) => type === "device-removed")).toMatchObject([{ deviceId: otherId }]);
  });

  it("removes a pending one, whose code confirms nothing then", async () => {
    const world = await new World().enrolled();
    const { twoFactor } = world;
    const added = await twoFactor.enroll("alice", { accountName: "a", add: true });
    await twoFactor.removeDevice("alice", added.deviceId);
    const call = twoFactor.confirm("alice", codeOf(added.secret, world.counter), { deviceId: added.deviceId });
    expect(await codeOfRefusal(call)).toBe("not-pending");
    expect((await twoFactor.status("alice")).pending).toBe(null);
  });

  it("refuses the last one, and resolves for what is gone", async () => {
    const { twoFactor, deviceId, otherId, events, store } = await withTwo();
    await twoFactor.removeDevice("alice", otherId);
    events.length = 0;
    store.calls.length = 0;
    await twoFactor.removeDevice("alice", otherId);
    await twoFactor.removeDevice("bob", otherId);
    expect([events, store.calls]).toEqual([[], ["read", "read"]]);
    expect(await codeOfRefusal(twoFactor.removeDevice("alice", deviceId))).toBe("last-device");
  });
});

describe("one code, several devices", () => {
  it("a right code of one device moves no counter of another", async () => {
    const world = await withTwo();
    const before = world.state().devices[1];
    await world.twoFactor.verify("alice", world.code());
    expect(world.state().devices[1]).toEqual(before);
  });

  it("an unknown deviceId is refused before any code is looked at, and costs nothing", async () => {
    const world = await withTwo();
    const { twoFactor, store } = world;
    store.calls.length = 0;
    world.events.length = 0;
    for (const code of [world.code(), world.wrongCode(), world.recoveryCodes[0] ?? ""]) {
      expect(await codeOfRefusal(twoFactor.verify("alice", code, { deviceId: "x" }))).toBe("device-unknown");
    }
    const three = [world.code(-1), world.code(), world.code(1)];
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", three, { deviceId: "x" }))).toBe("device-unknown");
    expect(store.calls).toEqual(["read", "read", "read", "read"]);
    expect(world.events).toMatchObject(Array(4).fill({ type: "refused", reason: "device-unknown", deviceId: null }));
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });

  it("a code that fits only another device than the chosen one counts and moves nothing", async () => {
    const world = await withTwo();
    const { twoFactor, otherId } = world;
    const devices = world.state().devices;
    expect(await codeOfRefusal(twoFactor.verify("alice", world.code(), { deviceId: otherId }))).toBe("code-rejected");
    expect(world.state()).toMatchObject({ failures: 1, outstanding: 6, devices });
    const three = [world.code(-1), world.code(), world.code(1)];
    const call = twoFactor.verifyConsecutive("alice", three, { deviceId: otherId });
    expect(await codeOfRefusal(call)).toBe("code-rejected");
    expect(world.state()).toMatchObject({ failures: 2, outstanding: 12, devices });
    // It still passes where it belongs.
    expect(await twoFactor.verify("alice", world.code(), { deviceId: world.deviceId })).toMatchObject({
      method: "code",
    });
  });

  it("a code that fits two devices spends both, and passes as the chosen one", async () => {
    // Two secrets with one code at one counter.
    const world = new World();
    const { counter } = world;
    const codes = new Map<string, string>();
    const pair = Array.from({ length: 20_000 }, (_, index) => {
      const secret = `AAAAAAAAAAAAAAAA${index
        .toString(32)
        .toUpperCase()
        .padStart(8, "A")
        .replace(/[018 9]/g, "Z")}`;
      const code = codeOf(secret, counter);
      const other = codes.get(code);
      codes.set(code, secret);
      return other && other !== secret ? ([other, secret] as const) : undefined;
    }).find((each) => each !== undefined);
    const [one = "", two = ""] = pair ?? [];
    const { twoFactor } = world;
    await twoFactor.importDevice("alice", { secret: one });
    const { deviceId } = await twoFactor.importDevice("alice", { secret: two, add: true });
    const code = codeOf(two, counter);
    expect(codeOf(one, counter)).toBe(code);
    expect(await twoFactor.verify("alice", code, { deviceId })).toMatchObject({ deviceId });
    expect(world.state().devices.map(({ lastCounter }) => lastCounter)).toEqual([counter, counter]);
    expect(await codeOfRefusal(twoFactor.verify("alice", code))).toBe("code-rejected");
    expect(world.state().failures).toBe(0);
  });

  it("a code spent on any device is a replay, whichever is chosen", async () => {
    const world = await withTwo();
    await world.twoFactor.verify("alice", world.code());
    world.events.length = 0;
    const again = world.twoFactor.verify("alice", world.code(), { deviceId: world.otherId });
    expect(await codeOfRefusal(again)).toBe("code-rejected");
    expect(world.types()).toEqual(["refused", "replay-seen"]);
    expect(world.state().failures).toBe(0);
  });

  it("a failure costs the windows of all devices, a success takes three off", async () => {
    const world = await withToken();
    await world.twoFactor.importDevice("alice", { secret: OTHER_SECRET, add: true });
    await codeOfRefusal(world.twoFactor.verify("alice", world.wrongCode()));
    expect(world.state().outstanding).toBe(3 + 5 + 3);
    await world.twoFactor.verify("alice", world.code());
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 8 });
  });

  it("devices may have codes of different lengths", async () => {
    const world = await new World().enrolled();
    const { twoFactor } = world;
    const parameters = { digits: 8, algorithm: "SHA-256" } as const;
    const { deviceId } = await twoFactor.importDevice("alice", { secret: OTHER_SECRET, parameters, add: true });
    const long = codeOf(OTHER_SECRET, world.counter, parameters);
    expect(await twoFactor.verify("alice", long)).toMatchObject({ deviceId });
    expect(await twoFactor.verify("alice", world.code())).toMatchObject({ deviceId: world.deviceId });
    expect(await codeOfRefusal(twoFactor.verify("alice", "1234567"))).toBe("code-rejected");
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });
});

describe("what a new device changes for guessing", () => {
  it("a first device, and replacing the only one, clears all counts", async () => {
    const world = await new World().enrolled();
    world.setStanding(50, 800);
    const { twoFactor } = world;
    const enrollment = await twoFactor.enroll("alice", { accountName: "a", replace: true });
    await twoFactor.confirm("alice", codeOf(enrollment.secret, world.counter), { deviceId: enrollment.deviceId });
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0, notBefore: 0 });
    world.setStanding(50, 800);
    await twoFactor.importDevice("alice", { secret: OTHER_SECRET, replace: enrollment.deviceId });
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0, notBefore: 0 });
  });

  it("adding one, replacing one of several, and removing one clears nothing", async () => {
    const world = await withTwo();
    const { twoFactor } = world;
    const counts = { failures: 3, outstanding: 800 };
    world.setStanding(3, 800);
    const added = await twoFactor.enroll("alice", { accountName: "a", add: true });
    await twoFactor.confirm("alice", codeOf(added.secret, world.counter), { deviceId: added.deviceId });
    expect(world.state()).toMatchObject(counts);
    const { deviceId } = await twoFactor.importDevice("alice", { secret: "B".repeat(32), replace: world.otherId });
    expect(world.state()).toMatchObject(counts);
    await twoFactor.removeDevice("alice", deviceId);
    expect(world.state()).toMatchObject(counts);
  });
});

describe("importing", () => {
  it("refuses a secret that waits to be confirmed", async () => {
    const world = await new World().enrolled();
    const { secret, deviceId } = await world.twoFactor.enroll("alice", { accountName: "a", add: true });
    const imported = world.twoFactor.importDevice("alice", { secret, add: true });
    expect(await codeOfRefusal(imported)).toBe("already-enrolled");
    await world.twoFactor.confirm("alice", codeOf(secret, world.counter), { deviceId });
    expect(world.state().devices).toHaveLength(2);
  });

  it("refuses a secret that is active already, also as what HMAC takes for the same one", async () => {
    const { twoFactor } = new World();
    const bytes = Uint8Array.from({ length: 20 }, (_, index) => index + 1);
    await twoFactor.importDevice("alice", { secret: bytes });
    const padded = Uint8Array.from([...bytes, 0, 0]);
    for (const options of [
      { secret: bytes },
      { secret: padded },
      { secret: bytes, type: "hotp", counter: 0 },
      { secret: bytes, parameters: { algorithm: "SHA-512", digits: 8 } },
    ] as const) {
      expect(await codeOfRefusal(twoFactor.importDevice("alice", { ...options, add: true }))).toBe("already-enrolled");
    }
    // In its own place, codes that are spent would be good again.
    expect(await codeOfRefusal(twoFactor.importDevice("alice", { secret: bytes, replace: true }))).toBe(
      "already-enrolled",
    );
  });

  it.each([
    [{ type: "motp" }, "type"],
    [{ type: "hotp" }, "counter"],
    [{ type: "hotp", counter: -1 }, "counter"],
    [{ type: "hotp", counter: 2 ** 53 }, "counter"],
    [{ type: "hotp", counter: "5" }, "counter"],
    [{ type: "hotp", counter: 5, after: 4 }, "after"],
    [{ type: "hotp", counter: 5, parameters: { period: 30 } }, "period"],
    [{ counter: 5 }, "counter"],
    [{ after: undefined }, "after"],
    [{ after: 1_800_000_000 }, "after"],
  ])("refuses %j", async (options, named) => {
    const call = new World().twoFactor.importDevice("alice", { secret: TOKEN_SECRET, ...options } as never);
    await expect(call).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining(named) as string,
    });
  });
});

describe("a counter-based device", () => {
  it("passes within its look-ahead, never behind, and goes one above", async () => {
    const world = await withToken(7);
    const { twoFactor, tokenId } = world;
    for (const counter of [6, 12]) {
      expect(await codeOfRefusal(twoFactor.verify("alice", tokenCode(counter)))).toBe("code-rejected");
    }
    expect(world.state().failures).toBe(1); // 6 is compared as the last accepted one: a replay
    expect(await twoFactor.verify("alice", tokenCode(11))).toMatchObject({ deviceId: tokenId, method: "code" });
    expect(world.state().devices[1]).toMatchObject({ lastCounter: 11, lastUsedAt: world.now, type: "hotp" });
    for (const counter of [7, 8, 9, 10]) {
      expect(await codeOfRefusal(twoFactor.verify("alice", tokenCode(counter)))).toBe("code-rejected");
    }
  });

  it("whose form was sent twice is not charged for it", async () => {
    const world = await withToken();
    const { twoFactor, events } = world;
    await twoFactor.verify("alice", tokenCode(8));
    events.length = 0;
    expect(await codeOfRefusal(twoFactor.verify("alice", tokenCode(8)))).toBe("code-rejected");
    expect(world.types()).toEqual(["refused", "replay-seen"]);
    const three = [tokenCode(9), tokenCode(10), tokenCode(11)];
    await twoFactor.verifyConsecutive("alice", three);
    events.length = 0;
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", three))).toBe("code-rejected");
    expect(world.types()).toEqual(["refused", "replay-seen"]);
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });

  it("imported before its first code passes from counter 0 on", async () => {
    const world = new World();
    await world.twoFactor.importDevice("alice", { type: "hotp", secret: TOKEN_SECRET, counter: 0 });
    expect(world.state().devices[0]).toMatchObject({ lastCounter: null });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", tokenCode(5)))).toBe("code-rejected");
    await world.twoFactor.verify("alice", tokenCode(0));
    expect(await codeOfRefusal(world.twoFactor.verify("alice", tokenCode(0)))).toBe("code-rejected");
    await world.twoFactor.verify("alice", tokenCode(5));
  });

  it("passes by its first three codes in a row", async () => {
    const world = await withToken(0);
    const { tokenId } = world;
    const call = world.twoFactor.verifyConsecutive("alice", [0, 1, 2].map(tokenCode));
    expect(await call).toMatchObject({ deviceId: tokenId });
  });

  it("may have codes of other parameters", async () => {
    const world = new World();
    const parameters = { algorithm: "SHA-256", digits: 8 } as const;
    const hotp = { type: "hotp", secret: TOKEN_SECRET, counter: 7, parameters } as const;
    await world.twoFactor.importDevice("alice", hotp);
    await world.twoFactor.verify("alice", codeOf(TOKEN_SECRET, 7, parameters));
    const three = [100, 101, 102].map((counter) => codeOf(TOKEN_SECRET, counter, parameters));
    await world.twoFactor.verifyConsecutive("alice", three);
  });

  it("passes by three codes in a row anywhere in its next 1000, and not beyond", async () => {
    const world = await withToken(7);
    const { twoFactor } = world;
    const threeFrom = (counter: number): string[] => [0, 1, 2].map((steps) => tokenCode(counter + steps));
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", threeFrom(1005)))).toBe("code-rejected");
    expect(await twoFactor.verifyConsecutive("alice", threeFrom(1004))).toMatchObject({ method: "consecutive-codes" });
    expect(world.state().devices[1]?.lastCounter).toBe(1006);
    // Below what is spent nothing passes any more.
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", threeFrom(500)))).toBe("code-rejected");
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
  });

  it("counts a right pair beside a wrong code, moves nothing, and spends the two", async () => {
    const world = await withToken(7);
    const { twoFactor, tokenId } = world;
    const wrong = world.wrongCode();
    for (const [nth, codes] of [
      [tokenCode(100), tokenCode(101), wrong],
      [tokenCode(110), wrong, tokenCode(112)],
      [wrong, tokenCode(121), tokenCode(122)],
    ].entries()) {
      expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
      expect(world.state()).toMatchObject({ failures: nth + 1, outstanding: 8 * (nth + 1) });
      expect(world.state().devices[1]).toMatchObject({ lastCounter: 6 });
    }
    expect(world.state().devices[1]?.told).toEqual([100, 101, 110, 112, 121, 122]);
    // Whoever guessed a pair cannot try third codes beside it, nor is it worth anything later.
    const third = [tokenCode(100), tokenCode(101), tokenCode(102)];
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", third))).toBe("code-rejected");
    const again = [tokenCode(100), tokenCode(101), world.wrongCode(1)];
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", again))).toBe("code-rejected");
    world.setStanding(0, 0);
    // The owner passes by the next single code, and by three others.
    expect(await twoFactor.verify("alice", tokenCode(7))).toMatchObject({ deviceId: tokenId });
    await twoFactor.verifyConsecutive("alice", [tokenCode(97), tokenCode(98), tokenCode(99)]);
    expect(await codeOfRefusal(twoFactor.verify("alice", tokenCode(100)))).toBe("code-rejected");
    expect(await twoFactor.verify("alice", tokenCode(102))).toMatchObject({ deviceId: tokenId });
    expect(world.state().devices[1]?.told).toEqual([110, 112, 121, 122]);
  });

  it("with five pairs spent takes no codes before them, and all after them", async () => {
    for (const after of [145, 1142]) {
      const world = await withToken(7);
      const { twoFactor } = world;
      for (let pair = 0; pair < 5; pair++) {
        expect(world.state().devices[1]).toMatchObject({ lastCounter: 6 });
        const codes = [tokenCode(100 + 10 * pair), tokenCode(101 + 10 * pair), world.wrongCode(pair)];
        expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
        expect(world.state().failures).toBe(1);
        world.setStanding(0, 0);
      }
      expect(world.state().devices[1]).toMatchObject({ lastCounter: 141, told: [] });
      for (const spent of [7, 140, 141]) {
        expect(await codeOfRefusal(twoFactor.verify("alice", tokenCode(spent)))).toBe("code-rejected");
      }
      world.setStanding(0, 0);
      await twoFactor.verify("alice", tokenCode(142));
      await twoFactor.verifyConsecutive("alice", [tokenCode(after - 2), tokenCode(after - 1), tokenCode(after)]);
    }
  });

  it("keeps what was told above the last pair", async () => {
    const world = await withToken(7);
    for (const [pair, first] of [500, 510, 520, 530, 200].entries()) {
      const codes = [tokenCode(first), tokenCode(first + 1), world.wrongCode(pair)];
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
      world.setStanding(0, 0);
    }
    const told = [500, 501, 510, 511, 520, 521, 530, 531];
    expect(world.state().devices[1]).toMatchObject({ lastCounter: 201, told });
  });

  it("passes again after mistakes that each take a press", async () => {
    const world = await withToken(0);
    let next = 0;
    for (let mistake = 0; mistake < 12; mistake++, next += 4) {
      const codes = [tokenCode(next), tokenCode(next + 1), tokenCode(next + 3)];
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
      world.setStanding(0, 0);
    }
    await world.twoFactor.verifyConsecutive("alice", [tokenCode(next), tokenCode(next + 1), tokenCode(next + 2)]);
  });

  it("counts the right third code beside a known pair as a failure", async () => {
    const world = await withToken(100);
    const three = [110, 111, 112].map(tokenCode);
    const submit = (codes: readonly string[]): Promise<string | undefined> =>
      codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes));
    expect(await submit([...three.slice(0, 2), world.wrongCode()])).toBe("code-rejected");
    expect(world.state().failures).toBe(1);
    expect(await submit(three)).toBe("code-rejected");
    expect(world.state().failures).toBe(2);
  });

  it("takes no three codes where one more counter could be remembered, but not two", async () => {
    const world = await withToken(112);
    const three = (first: number): string[] => [first, first + 1, first + 2].map(tokenCode);
    const told = [112, 120, 121, 130, 131, 140, 141, 150, 151];
    world.edit(({ devices: [, token] }) => Object.assign(token ?? {}, { told }));
    // Neither a pair that could not be spent, nor the third code beside a known pair, is answered.
    for (const codes of [[tokenCode(200), tokenCode(201), world.wrongCode()], three(200), three(120)]) {
      world.events.length = 0;
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
      expect(world.events).toMatchObject([{ type: "refused", reason: "wrong" }]);
    }
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
    await world.twoFactor.verify("alice", tokenCode(113));
    await world.twoFactor.verifyConsecutive("alice", three(200));
  });

  it("takes no three codes where the pair could have more digits than can be remembered", async () => {
    for (const [counter, passes] of [
      [9_999_998_998, true],
      [9_999_998_999, false],
    ] as const) {
      const world = await withToken(counter);
      const call = world.twoFactor.verifyConsecutive(
        "alice",
        [0, 1, 2].map((step) => tokenCode(counter + step)),
      );
      if (passes) await call;
      else expect(await codeOfRefusal(call)).toBe("code-rejected");
    }
  });

  it("has third codes beside a known pair looked at once, however many are tried", async () => {
    const world = await withToken(0);
    let looked = 0;
    for (let nth = 0; nth < 50; nth++) {
      const { outstanding } = world.state();
      const codes = [tokenCode(700), tokenCode(701), String(100_000 + nth)];
      expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", codes))).toBe("code-rejected");
      if (world.state().outstanding > outstanding) looked++;
    }
    expect(looked).toBe(1);
  });

  it("does not count three wrong codes, nor a pair that is partly spent", async () => {
    const world = await withToken(7);
    const { twoFactor } = world;
    const wrong = [0, 1, 2].map((nth) => world.wrongCode(nth));
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", wrong))).toBe("code-rejected");
    const partly = [tokenCode(6), tokenCode(7), tokenCode(8)]; // 6 is spent
    expect(await codeOfRefusal(twoFactor.verifyConsecutive("alice", partly))).toBe("code-rejected");
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0 });
    await twoFactor.verify("alice", tokenCode(7));
  });

  it("at the last counters there are passes and ends", async () => {
    const world = new World();
    const last = Number.MAX_SAFE_INTEGER;
    await world.twoFactor.importDevice("alice", { type: "hotp", secret: TOKEN_SECRET, counter: last - 1 });
    await world.twoFactor.verify("alice", tokenCode(last));
    expect(world.state().devices[0]?.lastCounter).toBe(last);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", tokenCode(last)))).toBe("code-rejected");
    const three = [last - 2, last - 1, last].map(tokenCode);
    expect(await codeOfRefusal(world.twoFactor.verifyConsecutive("alice", three))).toBe("code-rejected");
  });

  it("looks ahead as far as the policy says", async () => {
    for (const hotpLookAhead of [0, 10]) {
      const world = new World({ policy: { hotpLookAhead } });
      await world.twoFactor.importDevice("alice", { type: "hotp", secret: TOKEN_SECRET, counter: 7 });
      const beyond = world.twoFactor.verify("alice", tokenCode(8 + hotpLookAhead));
      expect(await codeOfRefusal(beyond)).toBe("code-rejected");
      expect(world.state().outstanding).toBe(hotpLookAhead + 1);
      await world.twoFactor.verify("alice", tokenCode(7 + hotpLookAhead));
    }
  });
});
