// How devices come and go: enrol, confirm, replace, import, disable.
import { describe, expect, it } from "vitest";

import { decodeSecret, encodeBase32, parseOtpauthUri } from "../../src/index.ts";
import type { Confirmed, Enrollment, EnrollOptions } from "../../src/two-factor/index.ts";
import { named } from "../helpers/named.ts";
import { codeOf, codeOfRefusal, overtaken, refusal, START, World } from "./world.ts";

const FIXED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** Begins an enrollment of alice's, whose phone scans it. */
async function enroll(world: World, options: Partial<EnrollOptions> = {}): Promise<Enrollment> {
  const enrollment = await world.twoFactor.enroll("alice", { accountName: "a", ...options });
  world.secret = enrollment.secret;
  world.deviceId = enrollment.deviceId;
  return enrollment;
}

/** Confirms what the phone scanned last. */
function confirm(world: World, code: string, deviceId: string = world.deviceId): Promise<Confirmed> {
  return world.twoFactor.confirm("alice", code, { deviceId });
}

describe("enrolling", () => {
  it("gives a URI, its secret and ten minutes", async () => {
    const world = new World();
    const { deviceId, uri, secret, expiresAt } = await world.twoFactor.enroll("alice", {
      accountName: "alice@example.com",
    });
    expect(parseOtpauthUri(uri)).toEqual({
      type: "totp",
      secret,
      issuer: "Acme",
      accountName: "alice@example.com",
      parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
    });
    expect(decodeSecret(secret)).toHaveLength(20);
    expect(expiresAt).toEqual(new Date(START + 600_000));
    expect(world.events).toMatchObject([{ type: "enrolled", userId: "alice", deviceId }]);
    expect(world.state().pending?.id).toBe(deviceId);
    expect(await world.twoFactor.status("alice")).toEqual({
      state: "pending",
      devices: [],
      pending: { expiresAt },
      recoveryCodesLeft: 0,
      issuedRecoveryCodeUntil: null,
      browsers: [],
      retryAfterSeconds: 0,
    });
  });

  it.each([
    ["SHA-256", 32],
    ["SHA-512", 64],
  ] as const)("makes a secret as long as the MAC of %s", async (algorithm, length) => {
    const world = new World({ parameters: { algorithm } });
    expect(decodeSecret((await world.twoFactor.enroll("alice", { accountName: "a" })).secret)).toHaveLength(length);
  });

  it("again replaces the pending device", async () => {
    const world = new World();
    const first = await world.twoFactor.enroll("alice", { accountName: "alice" });
    const second = await world.twoFactor.enroll("alice", { accountName: "alice" });
    expect(second.secret).not.toBe(first.secret);
    expect(second.deviceId).not.toBe(first.deviceId);
    const { counter } = world;
    const before = world.store.records.get("alice");
    for (const { secret } of [first, second]) {
      expect(await refusal(confirm(world, codeOf(secret, counter), first.deviceId))).toMatchObject({
        code: "superseded",
        status: 409,
      });
    }
    expect(world.store.records.get("alice")).toBe(before);
    expect(await codeOfRefusal(confirm(world, codeOf(first.secret, counter), second.deviceId))).toBe("code-rejected");
    await confirm(world, codeOf(second.secret, counter), second.deviceId);
    expect(await codeOfRefusal(confirm(world, codeOf(first.secret, counter), first.deviceId))).toBe("not-pending");
  });

  it("again goes on if the pending device is gone meanwhile: nothing is overwritten", async () => {
    const world = new World();
    await world.twoFactor.enroll("alice", { accountName: "a" });
    const store = overtaken(world, () => world.twoFactor.disable("alice"));
    const { deviceId, secret } = await world.another({ store }).enroll("alice", { accountName: "a" });
    await confirm(world, codeOf(secret, world.counter), deviceId);
  });

  it("is superseded if another device came or went meanwhile: what is shown must be what is stored", async () => {
    const acts: readonly ((world: World) => Promise<unknown>)[] = [
      ({ twoFactor }) => twoFactor.importDevice("alice", { secret: FIXED, add: true }),
      ({ twoFactor, deviceId }) => twoFactor.removeDevice("alice", deviceId),
      ({ twoFactor }) => twoFactor.enroll("alice", { accountName: "a", add: true }),
    ];
    for (const act of acts) {
      const world = await new World().enrolled();
      await world.twoFactor.importDevice("alice", { secret: "A".repeat(32), add: true });
      const slow = world.another({ store: overtaken(world, () => act(world)) });
      const call = slow.enroll("alice", { accountName: "a", add: true });
      expect(await codeOfRefusal(call)).toBe("superseded");
    }
  });

  it("with an active device needs replace: true", async () => {
    const world = await new World().enrolled();
    const before = world.store.records.get("alice");
    for (const options of [
      { accountName: "a" },
      { accountName: "a", replace: false },
      { accountName: "a", replace: undefined },
    ]) {
      const error = await refusal(world.twoFactor.enroll("alice", options));
      expect(error).toMatchObject({ code: "already-enrolled", status: 409 });
    }
    expect(world.store.records.get("alice")).toBe(before);
    await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
  });

  it("leaves the active device working until the new one is confirmed", async () => {
    const world = await new World().enrolled();
    const [oldRecoveryCode = "", anotherOld = ""] = world.recoveryCodes;
    const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    await world.twoFactor.verify("alice", world.code());
    await world.twoFactor.verify("alice", oldRecoveryCode);
    expect((await world.twoFactor.status("alice")).state).toBe("active");
    expect((await world.twoFactor.status("alice")).pending).toEqual({ expiresAt: new Date(world.now + 600_000) });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", codeOf(secret, world.counter + 1)))).toBe(
      "code-rejected",
    );
    const confirmed = await confirm(world, codeOf(secret, world.counter), deviceId);
    expect(confirmed.deviceId).toBe(deviceId);
    const { recoveryCodes } = confirmed;
    world.pass(60);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("code-rejected");
    expect(await codeOfRefusal(world.twoFactor.verify("alice", anotherOld))).toBe("code-rejected");
    await world.twoFactor.verify("alice", codeOf(secret, world.counter));
    await world.twoFactor.verify("alice", recoveryCodes[0] ?? "");
  });

  it("does not give a new device the failures of the old one", async () => {
    const world = await new World().enrolled();
    world.setStanding(50, 900, world.now + 3600_000);
    await enroll(world, { replace: true });
    expect(world.state()).toMatchObject({ failures: 50, outstanding: 900 });
    await confirm(world, world.code());
    expect(world.state()).toMatchObject({ failures: 0, outstanding: 0, notBefore: 0 });
  });
});

describe("confirming", () => {
  it("makes the device active, spends the code and gives recovery codes", async () => {
    const world = new World();
    await enroll(world);
    const { deviceId } = world;
    const code = world.code(-1);
    const confirmed = await confirm(world, code);
    expect(confirmed.deviceId).toBe(deviceId);
    expect(confirmed.recoveryCodes).toHaveLength(10);
    expect(world.events.at(-1)).toMatchObject({
      type: "confirmed",
      imported: false,
      userId: "alice",
      deviceId,
      counter: world.counter - 1,
    });
    expect(await world.twoFactor.status("alice")).toEqual({
      state: "active",
      devices: [
        { id: deviceId, name: null, type: "totp", since: new Date(world.now), lastUsedAt: new Date(world.now) },
      ],
      pending: null,
      recoveryCodesLeft: 10,
      issuedRecoveryCodeUntil: null,
      browsers: [],
      retryAfterSeconds: 0,
    });
    expect(world.device().lastCounter).toBe(world.counter - 1);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ type: "replay-seen" });
  });

  it("again is already-confirmed, whatever the code, for as long as the device is active", async () => {
    const world = await new World().enrolled();
    const before = world.store.records.get("alice");
    // A clock that was ahead when it was confirmed, the life of an enrollment, and years.
    for (const seconds of [0, -121, -3600, 599, 600, 10 * 365 * 86_400]) {
      world.now = world.device().since + seconds * 1000;
      for (const code of [world.code(-2), world.code(), world.wrongCode()]) {
        expect(await refusal(confirm(world, code))).toMatchObject({ code: "already-confirmed", status: 409 });
      }
    }
    expect(world.store.records.get("alice")).toBe(before);
    expect(world.store.calls).not.toContain("compareAndSet");
    expect(world.events).toEqual([]);
    const { deviceId: replaced } = world;
    await enroll(world, { replace: true });
    await confirm(world, world.code());
    expect(await codeOfRefusal(confirm(world, world.code(), replaced))).toBe("not-pending");
  });

  it("again is already-confirmed beside an enrollment that waits, which keeps its tries", async () => {
    const world = await new World().enrolled();
    const { deviceId } = world;
    await enroll(world, { replace: true });
    for (const code of [world.code(), world.wrongCode()]) {
      expect(await codeOfRefusal(confirm(world, code, deviceId))).toBe("already-confirmed");
    }
    expect(world.state().pending?.failures).toBe(0);
    await confirm(world, world.code());
  });

  it("of another session's device is superseded, and takes none of its tries", async () => {
    const world = new World();
    const { deviceId } = await enroll(world);
    await enroll(world);
    for (const code of [world.code(), world.wrongCode()]) {
      for (const other of [deviceId, "", "x", "A".repeat(26), "__proto__", world.deviceId.toLowerCase()]) {
        expect(await codeOfRefusal(confirm(world, code, other))).toBe("superseded");
      }
    }
    expect(world.state().pending?.failures).toBe(0);
    await confirm(world, world.code());
  });

  it("of nothing is not-pending", async () => {
    const world = new World();
    expect(await refusal(confirm(world, "123456", "A".repeat(26)))).toMatchObject({
      code: "not-pending",
      status: 409,
    });
    expect(world.events).toMatchObject([{ type: "refused", reason: "not-pending" }]);
  });

  it("is possible for ten minutes", async () => {
    const world = new World();
    await enroll(world);
    world.now += 600_000;
    expect(await codeOfRefusal(confirm(world, world.code()))).toBe("not-pending");
    expect((await world.twoFactor.status("alice")).state).toBe("none");
    world.now -= 1;
    await confirm(world, world.code());
  });

  it("is impossible if it waits for longer than it may: a clock was ahead when it was made", async () => {
    const world = new World();
    await enroll(world);
    world.pass(-61);
    expect(await codeOfRefusal(confirm(world, world.code()))).toBe("not-pending");
    expect(await world.twoFactor.status("alice")).toMatchObject({ state: "none", pending: null });
    world.pass(1); // two servers may differ by a minute
    await confirm(world, world.code());
  });

  it("late, beside an active device, is not a repetition", async () => {
    const world = await new World({ policy: { pendingLifetime: 60 } }).enrolled();
    const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    world.pass(60);
    expect(await codeOfRefusal(confirm(world, codeOf(secret, world.counter), deviceId))).toBe("not-pending");
    await world.twoFactor.verify("alice", world.code());
  });

  it("takes ten wrong codes, and then the enrollment is given up", async () => {
    const world = new World();
    await enroll(world);
    for (let wrong = 1; wrong <= 10; wrong++) {
      expect((await world.twoFactor.status("alice")).state).toBe("pending");
      expect(await codeOfRefusal(confirm(world, world.wrongCode()))).toBe("code-rejected");
      const { deviceId } = world;
      expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "wrong", deviceId });
    }
    expect(await world.twoFactor.status("alice")).toMatchObject({ state: "none", pending: null });
    const before = world.store.records.get("alice");
    expect(await codeOfRefusal(confirm(world, world.code()))).toBe("not-pending");
    expect(world.store.records.get("alice")).toBe(before);
    // It keeps nothing from being put in its place.
    await enroll(world);
    await confirm(world, world.code());
  });

  it("wrongly ten times leaves room for an import", async () => {
    const world = new World({ policy: { pendingAttempts: 1 } });
    await enroll(world);
    await codeOfRefusal(confirm(world, world.wrongCode()));
    await world.twoFactor.importDevice("alice", { secret: FIXED });
    await world.twoFactor.verify("alice", codeOf(FIXED, world.counter));
    expect(await codeOfRefusal(confirm(world, world.code()))).toBe("not-pending");
    expect(await world.twoFactor.status("alice")).toMatchObject({ state: "active", pending: null });
  });

  it("of a device that was given up or expired is no repetition, though another is active", async () => {
    for (const fail of [
      async (world: World) => {
        await codeOfRefusal(confirm(world, world.wrongCode()));
      },
      (world: World) => {
        world.edit(({ pending }) => {
          if (pending) pending.expiresAt = world.now;
        });
        return Promise.resolve();
      },
    ]) {
      const world = await new World({ policy: { pendingAttempts: 1 } }).enrolled();
      expect(await codeOfRefusal(confirm(world, world.code()))).toBe("already-confirmed");
      await enroll(world, { replace: true });
      await fail(world);
      for (const code of [world.code(), world.wrongCode()]) {
        expect(await codeOfRefusal(confirm(world, code))).toBe("not-pending");
      }
    }
  });

  it("wrongly ten times leaves an active device as it was", async () => {
    const world = await new World().enrolled();
    await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    const before = world.state();
    const { pending } = before;
    world.deviceId = pending?.id ?? "";
    for (let wrong = 1; wrong <= 9; wrong++) await codeOfRefusal(confirm(world, world.wrongCode()));
    expect(world.state().pending?.failures).toBe(9);
    await codeOfRefusal(confirm(world, world.wrongCode()));
    expect(world.state()).toEqual({ ...before, pending: { ...pending, failures: 10 } });
    expect((await world.twoFactor.status("alice")).pending).toBeNull();
    await world.twoFactor.verify("alice", world.code());
  });

  it("with malformed input costs nothing", async () => {
    const world = new World();
    await enroll(world);
    expect(await codeOfRefusal(confirm(world, "1234567"))).toBe("code-rejected");
    expect(world.state().pending?.failures).toBe(0);
    expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "malformed" });
  });

  it("notices an app that ignores the parameters", async () => {
    for (const parameters of [{ algorithm: "SHA-256" }, { digits: 8 }, { period: 60 }] as const) {
      const world = new World({ parameters });
      const { secret } = await enroll(world);
      const error = await refusal(confirm(world, codeOf(secret, world.counter)));
      expect(error).toMatchObject({ code: "parameters-ignored", status: 409 });
      const { deviceId } = world;
      expect(world.events.at(-1)).toMatchObject({ type: "parameters-ignored", userId: "alice", deviceId });
      expect(world.state().pending?.failures).toBe(1);
      expect(world.state().devices).toEqual([]);
    }
  });

  it.each([{}, { algorithm: "SHA-256" }, { digits: 8 }, { period: 60 }] as const)(
    "with %j takes a wrong code for nothing else",
    async (parameters) => {
      const world = new World({ parameters });
      const { secret } = await enroll(world);
      const { digits = 6, period = 30 }: { digits?: number; period?: number } = parameters;
      const steps = Array.from({ length: 241 }, (_, index) => Math.floor(START / 1000 / period) + index - 120);
      const near = new Set(steps.map((counter) => codeOf(secret, counter, parameters)));
      const wrong =
        [0, 1, 2].map((nth) => world.wrongCode(nth)).find((code) => !near.has(code.padStart(digits, "0"))) ?? "";
      expect(await codeOfRefusal(confirm(world, wrong.padStart(digits, "0")))).toBe("code-rejected");
      expect(world.events.at(-1)).toMatchObject({ type: "refused", reason: "wrong" });
      // Of six digits where there should be eight, it is not counted.
      expect(await codeOfRefusal(confirm(world, wrong))).toBe("code-rejected");
      expect(world.state().pending?.failures).toBe(digits === 6 ? 2 : 1);
    },
  );

  it("says how far a wrong clock is off, and accepts nothing", async () => {
    for (const [steps, code] of [
      [2, "clock-off"],
      [-2, "clock-off"],
      [100, "clock-off"],
      [-100, "clock-off"],
      [101, "code-rejected"],
      [-101, "code-rejected"],
    ] as const) {
      const world = new World();
      await enroll(world);
      const error = await refusal(confirm(world, world.code(steps)));
      expect(error.code, String(steps)).toBe(code);
      expect(error.clockOffSeconds).toBe(code === "clock-off" ? steps * 30 : undefined);
      expect(world.state()).toMatchObject({ devices: [], recovery: null, pending: { failures: 1 } });
      if (code === "clock-off") {
        const subject = { userId: "alice", deviceId: world.state().pending?.id, counter: world.counter + steps };
        expect(world.events.at(-1)).toMatchObject({ type: "clock-off", seconds: steps * 30, ...subject });
      }
    }
  });
});

it("three codes of the first minutes of 1970 pass, the first of which is that of counter 0", async () => {
  const world = new World();
  world.now = 60_000;
  await world.twoFactor.importDevice("alice", { secret: FIXED });
  await world.twoFactor.verifyConsecutive(
    "alice",
    [0, 1, 2].map((counter) => codeOf(FIXED, counter)),
  );
});

it("a device can be enrolled and confirmed in the first second of 1970, and wrong clocks be told", async () => {
  for (const [steps, code] of [
    [0, undefined],
    [2, "clock-off"],
    [100, "clock-off"],
    [101, "code-rejected"],
  ] as const) {
    const world = new World();
    world.now = 0;
    await enroll(world);
    const outcome = confirm(world, world.code(steps));
    if (code === undefined) await outcome;
    else expect(await codeOfRefusal(outcome)).toBe(code);
  }
});

describe("importing a device", () => {
  it("makes a device active at once, without recovery codes", async () => {
    const world = new World();
    const { deviceId } = await world.twoFactor.importDevice("alice", { secret: FIXED });
    world.secret = FIXED;
    expect(world.events).toMatchObject([{ type: "confirmed", imported: true, deviceId }]);
    expect(await world.twoFactor.status("alice")).toMatchObject({
      state: "active",
      devices: [{ id: deviceId, name: null, type: "totp", since: new Date(world.now), lastUsedAt: null }],
      recoveryCodesLeft: 0,
    });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", "ABCD".repeat(6)))).toBe("code-rejected");
    expect(world.events.at(-1)).toMatchObject({ reason: "recovery-code-wrong" });
    expect(await world.twoFactor.verify("alice", world.code())).toEqual({
      method: "code",
      at: new Date(world.now),
      deviceId,
      recoveryCodesLeft: 0,
    });
    const { recoveryCodes } = await world.twoFactor.renewRecoveryCodes("alice");
    expect(await world.twoFactor.verify("alice", recoveryCodes[0] ?? "")).toMatchObject({ recoveryCodesLeft: 9 });
  });

  it("takes the last counter along", async () => {
    const world = new World();
    world.secret = FIXED;
    await world.twoFactor.importDevice("alice", { secret: FIXED, after: world.counter });
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("code-rejected");
    await world.twoFactor.verify("alice", world.code(1));
    const before = world.store.records.size;
    const misspelled = { secret: FIXED, after: undefined } as never;
    await expect(world.twoFactor.importDevice("bob", misspelled)).rejects.toMatchObject({ code: "invalid-option" });
    for (const after of [-1, 1.5, "5", NaN]) {
      const options = { secret: FIXED, after: after as number };
      await expect(world.twoFactor.importDevice("bob", options)).rejects.toMatchObject({ code: "invalid-option" });
    }
    for (const after of [world.counter + 11, Math.floor(world.now / 1000), world.now, Number.MAX_SAFE_INTEGER]) {
      const error: unknown = await world.twoFactor
        .importDevice("bob", { secret: FIXED, after })
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ name: "OtpError", code: "invalid-option" });
      expect(String(error)).toContain("after must be a counter, at most 10 time steps after the current one");
    }
    await world.twoFactor.importDevice("carol", { secret: FIXED, after: world.counter + 10 });
    world.store.records.delete("carol");
    await world.twoFactor.importDevice("bob", { secret: FIXED, after: null });
    expect(world.store.records.size).toBe(before + 1);
  });

  it("takes secrets of 10 to 128 bytes, as text or bytes", async () => {
    const world = new World();
    for (const length of [10, 20, 128]) {
      const secret = encodeBase32(new Uint8Array(length).fill(length));
      await world.twoFactor.importDevice(`user ${length}`, { secret });
      await world.twoFactor.verify(`user ${length}`, codeOf(secret, world.counter));
    }
    await world.twoFactor.importDevice("bytes", { secret: new Uint8Array(20).fill(20) });
    await world.twoFactor.verify("bytes", codeOf(encodeBase32(new Uint8Array(20).fill(20)), world.counter));
    const refused = {
      "secret-too-short": [new Uint8Array(9).fill(1), "", "JBSWY3DP"],
      "invalid-secret": [new Uint8Array(129).fill(1), "not base32!", undefined, null, 5],
    };
    for (const [code, secrets] of Object.entries(refused)) {
      for (const secret of secrets) {
        const options = { secret: secret as string };
        await expect(world.twoFactor.importDevice("x", options)).rejects.toMatchObject({ name: "OtpError", code });
      }
    }
    expect(world.store.records.has("x")).toBe(false);
  });

  it("takes parameters that differ", async () => {
    const world = new World();
    const parameters = { algorithm: "SHA-256", digits: 8 } as const;
    await world.twoFactor.importDevice("alice", { secret: FIXED, parameters });
    await world.twoFactor.verify("alice", codeOf(FIXED, world.counter, parameters));
    for (const wrong of [{ digits: 5 }, { period: 0 }, { algorithm: "MD5" }, { window: 1 }]) {
      const options = { secret: FIXED, parameters: wrong as never };
      await expect(world.twoFactor.importDevice("bob", options)).rejects.toMatchObject({ name: "OtpError" });
    }
  });

  it("refuses where a device is active", async () => {
    const world = await new World().enrolled();
    const before = world.store.records.get("alice");
    expect(await codeOfRefusal(world.twoFactor.importDevice("alice", { secret: FIXED }))).toBe("already-enrolled");
    expect(world.store.records.get("alice")).toBe(before);
  });

  it("goes ahead of a first device that waits to be confirmed, which then comes too late", async () => {
    const world = new World();
    await enroll(world);
    await world.twoFactor.importDevice("alice", { secret: FIXED });
    expect(await codeOfRefusal(confirm(world, world.code()))).toBe("already-enrolled");
    expect(world.state().devices).toHaveLength(1);
    await world.twoFactor.verify("alice", codeOf(FIXED, world.counter));
  });
});

describe("disabling two-factor authentication", () => {
  it("removes everything, once", async () => {
    const world = await new World().enrolled();
    await world.twoFactor.disable("alice");
    expect(world.store.records.size).toBe(0);
    expect(world.events).toMatchObject([{ type: "disabled", userId: "alice", deviceId: null }]);
    world.store.calls.length = 0;
    await world.twoFactor.disable("alice");
    expect(world.store.calls).toEqual(["read"]);
    expect(world.events).toHaveLength(1);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("not-enrolled");
    expect((await world.twoFactor.status("alice")).state).toBe("none");
  });

  it("works on a pending device and on a damaged state", async () => {
    const world = new World();
    await world.twoFactor.enroll("alice", { accountName: "a" });
    await world.twoFactor.disable("alice");
    world.store.records.set("alice", { revision: "1", body: "damaged" });
    await world.twoFactor.disable("alice");
    expect(world.store.records.size).toBe(0);
    expect(world.events.slice(1)).toMatchObject([
      { type: "disabled", deviceId: null },
      { type: "disabled", deviceId: null },
    ]);
  });
});

describe("users", () => {
  it.each(
    named([
      "a",
      "0",
      " ",
      "ä".repeat(512),
      "x".repeat(1024),
      "\u{1F600}".repeat(256),
      "__proto__",
      "constructor",
      '"],["',
      "\n",
    ]),
  )("may be called %s", async (_, userId) => {
    const world = await new World().enrolled(userId);
    await world.twoFactor.verify(userId, world.code());
  });

  it.each(
    named<unknown>([
      "",
      "x".repeat(1025),
      "ä".repeat(513),
      "a\0b",
      "\uD800",
      "a\uDC00",
      "\u{1F600}".repeat(257),
      undefined,
      null,
      5,
      {},
      ["a"],
    ]),
  )("may not be called %s", async (_, wrong) => {
    const world = new World();
    const userId = wrong as string;
    const { twoFactor } = world;
    for (const call of [
      () => twoFactor.enroll(userId, { accountName: "a" }),
      () => twoFactor.confirm(userId, "123456", { deviceId: "x" }),
      () => twoFactor.renameDevice(userId, "x", "name"),
      () => twoFactor.removeDevice(userId, "x"),
      () => twoFactor.recognizeBrowser(userId, `${"A".repeat(26)}.1.${"A".repeat(52)}`, { binding: "b" }),
      () => twoFactor.forgetBrowser(userId, "x"),
      () => twoFactor.forgetBrowsers(userId),
      () => twoFactor.issueCode(userId, { purpose: "email", request: "r" }),
      () => twoFactor.verifyIssuedCode(userId, "12345678", { purpose: "email", request: "r" }),
      () => twoFactor.issueRecoveryCode(userId, { hours: 1 }),
      () => twoFactor.unlock(userId),
      () => twoFactor.verify(userId, "123456"),
      () => twoFactor.verifyConsecutive(userId, ["123456", "123456", "123456"]),
      () => twoFactor.status(userId),
      () => twoFactor.renewRecoveryCodes(userId),
      () => twoFactor.disable(userId),
      () => twoFactor.reseal(userId),
      () => twoFactor.importDevice(userId, { secret: FIXED }),
    ]) {
      const error = await refusal(call()); // and never throws at once
      expect(error).toMatchObject({ code: "invalid-user-id", status: 500, expose: false });
    }
    expect(world.store.calls).toEqual([]);
  });
});
