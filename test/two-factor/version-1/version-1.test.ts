// Records that version 0.1.0 wrote are read, pass, fail and recover, and become version 2 with
// nothing lost.
import { describe, expect, it } from "vitest";

import { generateHotp } from "../../../src/sync.ts";
import {
  createTwoFactor,
  type Policy,
  type Sealer,
  type TwoFactor,
  type TwoFactorStatus,
} from "../../../src/two-factor/index.ts";
import { readPolicy } from "../../../src/two-factor/policy.ts";
import { keyRing } from "../../../src/two-factor/sealing/key-ring.ts";
import { parse } from "../../../src/two-factor/state/format.ts";
import { type State } from "../../../src/two-factor/state/state.ts";
import { readVersion1 } from "../../../src/two-factor/state/version-1.ts";
import { codeOfRefusal, memoryStore, type MemoryStore, World } from "../world.ts";
import { longSealer } from "./long-sealer.mjs";
import { KEYS, type KnownDevice, RECORDS, type RecordOfVersion1 } from "./records.ts";

/**
 * The same limits as those the record was written under: version 1 counted failures, version 2
 * counts their chances.
 */
function policyOf({ policy }: RecordOfVersion1): Policy {
  return policy?.restrictAfter === undefined ? { ...policy } : { ...policy, restrictAfter: policy.restrictAfter * 3 };
}

interface Opened {
  readonly flow: TwoFactor;
  readonly store: MemoryStore;
  now: number;
  readonly state: () => State;
}

function open(entry: RecordOfVersion1, keyIds: readonly string[] = entry.keyIds): Opened {
  const store = memoryStore(new Map([[entry.userId, entry.record]]));
  const sealing = entry.sealer
    ? { sealer: longSealer(keyIds) }
    : { sealingKeys: keyIds.map((id) => ({ id, key: KEYS.get(id) ?? new Uint8Array(32).fill(7) })) };
  const policy = policyOf(entry);
  const opened: Opened = {
    store,
    now: entry.now,
    flow: createTwoFactor({ issuer: "Acme", store, policy, clock: () => new Date(opened.now), ...sealing }),
    state: () => parse(store.records.get(entry.userId)?.body, opened.now, readPolicy(policy)),
  };
  return opened;
}

function codeAt({ secret, parameters: { algorithm, digits, period } }: KnownDevice, now: number, steps = 0): string {
  return generateHotp(secret, Math.floor(now / 1000 / period) + steps, { algorithm, digits });
}

function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => String((error as { code?: unknown }).code ?? error),
  );
}

/** What status says, in the words of version 1. */
function inOldWords({ state, devices, pending, recoveryCodesLeft, retryAfterSeconds }: TwoFactorStatus): unknown {
  const [device] = devices;
  return JSON.parse(
    JSON.stringify({
      state,
      activeSince: device?.since ?? null,
      lastCodeAt: device?.lastUsedAt ?? null,
      recoveryCodesLeft,
      retryAfterSeconds,
      pendingUntil: pending?.expiresAt ?? null,
    }),
  );
}

/** Everything but how it is sealed, and when the next code is looked at. */
function clearPartOf(state: State): State {
  return { ...state, vault: null, version1: null, notBefore: 0 };
}

it("there are records of every kind", () => {
  expect(RECORDS.length).toBeGreaterThanOrEqual(30);
  const states = new Set(RECORDS.map(({ status }) => status.state));
  expect(states).toEqual(new Set(["none", "pending", "active", "restricted", "locked"]));
});

describe.each(RECORDS.map((entry) => [entry.name, entry] as const))("a record of version 1: %s", (_, entry) => {
  const { userId, active, pending, status, recoveryCodes, spentRecoveryCodes, lastCode } = entry;

  it("has the same status, and reading it writes nothing", async () => {
    const opened = open(entry);
    expect(inOldWords(await opened.flow.status(userId))).toEqual(status);
    expect(opened.store.records.get(userId)).toBe(entry.record);
  });

  it("passes or is refused by the next code as before, and is version 2 then", async () => {
    if (!active) return;
    const opened = open(entry);
    opened.now += status.retryAfterSeconds * 1000 + 2 * active.parameters.period * 1000;
    const before = opened.state();
    const expected = ["locked", "restricted"].includes(status.state) ? status.state : "done";
    expect(await outcome(opened.flow.verify(userId, codeAt(active, opened.now)))).toBe(expected);
    if (expected !== "done") return;
    const after = opened.state();
    expect(after.version1).toBe(null);
    expect(after).toMatchObject({
      failures: 0,
      outstanding: Math.max(before.outstanding - 3, 0),
      recovery: before.recovery,
      pending: before.pending,
    });
    // The next one passes from the new record alone.
    opened.now += 2 * active.parameters.period * 1000;
    expect(await outcome(opened.flow.verify(userId, codeAt(active, opened.now)))).toBe("done");
  });

  it("is version 2 after a wrong code too, with nothing lost", async () => {
    if (!active || ["locked", "restricted"].includes(status.state)) return;
    const opened = open(entry);
    opened.now += status.retryAfterSeconds * 1000;
    const before = opened.state();
    const near = new Set(
      Array.from({ length: 60 }, (_each, index) =>
        codeAt(active, opened.now, Math.max(index - 30, -Math.floor(opened.now / 1000 / active.parameters.period))),
      ),
    );
    const wrong = ["000000", "000001", "000002"]
      .map((code) => code.padStart(active.parameters.digits, "0"))
      .find((code) => !near.has(code));
    expect(await outcome(opened.flow.verify(userId, wrong ?? ""))).toBe("code-rejected");
    const after = opened.state();
    expect(opened.store.records.get(userId)?.body).toMatch(/^\{"version":2,/);
    const counted = { failures: before.failures + 1, outstanding: before.outstanding + 3 };
    expect(clearPartOf(after)).toEqual(clearPartOf({ ...before, ...counted }));
  });

  it("refuses the last code as a replay", async () => {
    if (!active || !lastCode || status.state !== "active" || status.retryAfterSeconds > 0) return;
    const opened = open(entry);
    const [device] = opened.state().devices;
    opened.now = (device?.lastCounter ?? 0) * active.parameters.period * 1000;
    expect(await outcome(opened.flow.verify(userId, lastCode))).toBe("code-rejected");
    expect(opened.store.records.get(userId)).toBe(entry.record);
  });

  it("passes by three codes in a row, even while it is restricted", async () => {
    if (!active) return;
    const opened = open(entry);
    opened.now += 4 * active.parameters.period * 1000;
    const codes = [-2, -1, 0].map((steps) => codeAt(active, opened.now, steps));
    const expected = status.state === "locked" ? "locked" : "done";
    expect(await outcome(opened.flow.verifyConsecutive(userId, codes))).toBe(expected);
  });

  it("passes by each recovery code once, and by none that is spent", async () => {
    const opened = open(entry);
    for (const code of recoveryCodes) expect(await outcome(opened.flow.verify(userId, code))).toBe("done");
    const refused = active ? "code-rejected" : "not-enrolled";
    for (const code of [...recoveryCodes, ...spentRecoveryCodes]) {
      expect(await outcome(opened.flow.verify(userId, code))).toBe(refused);
    }
    if (recoveryCodes.length > 0) expect(opened.store.records.get(userId)?.body).toMatch(/^\{"version":2,/);
  });

  it("keeps its recovery codes when it becomes version 2 by another call, until they are renewed", async () => {
    if (!active) return;
    const opened = open(entry);
    expect(await opened.flow.reseal(userId)).toEqual({ resealed: true, unopened: 0 });
    expect(await opened.flow.reseal(userId)).toEqual({ resealed: false, unopened: 0 });
    const [first, second] = recoveryCodes;
    if (first) expect(await outcome(opened.flow.verify(userId, first))).toBe("done");
    const renewed = await opened.flow.renewRecoveryCodes(userId);
    if (second) expect(await outcome(opened.flow.verify(userId, second))).toBe("code-rejected");
    expect(await outcome(opened.flow.verify(userId, renewed.recoveryCodes[0] ?? ""))).toBe("done");
  });

  it("lets what is pending be confirmed", async () => {
    if (!pending) return;
    const opened = open(entry);
    const id = opened.state().pending?.id ?? "";
    const expected = status.pendingUntil === null ? "not-pending" : "done";
    const code = codeAt(pending, opened.now);
    expect(await outcome(opened.flow.confirm(userId, code, { deviceId: id }))).toBe(expected);
    if (expected !== "done") return;
    expect(opened.state()).toMatchObject({ version1: null, pending: null, failures: 0, outstanding: 0 });
    expect(opened.state().devices.map((each) => each.id)).toEqual([id]); // the device before was to be replaced
    opened.now += pending.parameters.period * 1000;
    expect(await outcome(opened.flow.verify(userId, codeAt(pending, opened.now)))).toBe("done");
  });

  it("is corrupt for somebody else", async () => {
    if (!active || status.state !== "active" || entry.sealer) return;
    const opened = open({ ...entry, userId: "mallory" });
    opened.now += status.retryAfterSeconds * 1000 + 60_000;
    expect(await codeOfRefusal(opened.flow.verify("mallory", codeAt(active, opened.now)))).toBe("state-corrupt");
  });

  it("stays with the keys that are there when an old one is gone", async () => {
    if (!active || entry.sealer || status.state !== "active" || status.retryAfterSeconds > 0) return;
    const { device } = JSON.parse(entry.record.body) as { device: { secret: { keyId: string } } };
    const opened = open(entry, ["another"]);
    opened.now += 2 * active.parameters.period * 1000;
    expect(await outcome(opened.flow.verify(userId, codeAt(active, opened.now)))).toBe("seal-key-unknown");
    // A write that needs nothing sealed carries it along, and it opens when the key is back.
    await opened.flow.renameDevice(userId, opened.state().devices[0]?.id ?? "", "phone");
    expect(opened.store.records.get(userId)?.body).toMatch(/^\{"version":2,"vault":\{"keyId":"another"/);
    expect(await outcome(opened.flow.verify(userId, codeAt(active, opened.now)))).toBe("seal-key-unknown");
    expect(await opened.flow.reseal(userId)).toMatchObject({ resealed: false });
    const back = createTwoFactor({
      issuer: "Acme",
      store: opened.store,
      clock: () => new Date(opened.now),
      policy: policyOf(entry),
      sealingKeys: ["another", ...entry.keyIds].map((id) => ({
        id,
        key: KEYS.get(id) ?? new Uint8Array(32).fill(7),
      })),
    });
    expect(entry.keyIds).toContain(device.secret.keyId);
    expect(await outcome(back.verify(userId, codeAt(active, opened.now)))).toBe("done");
    for (const code of recoveryCodes.slice(0, 2)) expect(await outcome(back.verify(userId, code))).toBe("done");
    // What was opened is in the vault now.
    opened.now += active.parameters.period * 1000;
    expect(await outcome(opened.flow.verify(userId, codeAt(active, opened.now)))).toBe("done");
  });
});

describe("of a record of version 1", () => {
  const rotated = RECORDS.find(({ record: { body } }) => {
    const { device, recovery } = JSON.parse(body) as Record<
      string,
      { secret?: { keyId: string }; key?: { keyId: string } } | null
    >;
    return device?.secret && recovery?.key && device.secret.keyId !== recovery.key.keyId;
  });

  it("a key that is gone for the recovery codes only stops no code, and is told to whoever uses one", async () => {
    const entry = rotated as RecordOfVersion1;
    const { device } = JSON.parse(entry.record.body) as { device: { secret: { keyId: string } } };
    const opened = open(entry, [device.secret.keyId]);
    const active = entry.active as KnownDevice;
    opened.now += 2 * active.parameters.period * 1000;
    expect(await outcome(opened.flow.verify(entry.userId, codeAt(active, opened.now)))).toBe("done");
    const [first = "", second = ""] = entry.recoveryCodes;
    expect(await outcome(opened.flow.verify(entry.userId, first))).toBe("seal-key-unknown");
    // A code that support hands over is of the new kind.
    const { recoveryCode } = await opened.flow.issueRecoveryCode(entry.userId, { hours: 1 });
    expect(await outcome(opened.flow.verify(entry.userId, recoveryCode))).toBe("done");
    const renewed = open({ ...entry, record: opened.store.records.get(entry.userId) ?? entry.record }, [
      device.secret.keyId,
    ]);
    expect(await renewed.flow.reseal(entry.userId)).toEqual({ resealed: false, unopened: 1 });
    await renewed.flow.renewRecoveryCodes(entry.userId);
    expect(await renewed.flow.reseal(entry.userId)).toEqual({ resealed: false, unopened: 0 });
    expect(await outcome(renewed.flow.verify(entry.userId, second))).toBe("code-rejected");
    const back = { ...entry, record: opened.store.records.get(entry.userId) ?? entry.record };
    const reopened = open(back);
    expect(await outcome(reopened.flow.verify(entry.userId, second))).toBe("done");
  });

  it("a key that is gone for the device only stops no recovery code, and a wrong one is a wrong one", async () => {
    const entry = rotated as RecordOfVersion1;
    const { recovery } = JSON.parse(entry.record.body) as { recovery: { key: { keyId: string } } };
    const { flow, now } = open(entry, [recovery.key.keyId]);
    expect(await outcome(flow.verify(entry.userId, codeAt(entry.active as KnownDevice, now)))).toBe("seal-key-unknown");
    expect(await outcome(flow.verify(entry.userId, "ABCD".repeat(6)))).toBe("code-rejected");
    const [first = ""] = entry.recoveryCodes;
    expect(await outcome(flow.verify(entry.userId, first))).toBe("done");
    expect(await outcome(flow.verify(entry.userId, first))).toBe("code-rejected");
  });

  it("a device whose text cannot be opened, beside another: which codes are looked at, and what they cost", async () => {
    const entry = RECORDS.find(({ name }) => name === "active, just confirmed") as RecordOfVersion1;
    const active = entry.active as KnownDevice;
    const opened = open(entry, ["another"]);
    opened.now += 2 * active.parameters.period * 1000;
    const [first] = opened.state().devices;
    const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const { deviceId } = await opened.flow.importDevice(entry.userId, { secret, add: true });
    const other: KnownDevice = { secret, parameters: active.parameters };
    // Its key is gone. By itself it says so; beside the other, its code is a wrong one: guesses
    // must not be free.
    const code = codeAt(active, opened.now);
    const chosen = { deviceId: first?.id ?? "" };
    expect(await outcome(opened.flow.verify(entry.userId, code, chosen))).toBe("seal-key-unknown");
    expect(opened.state().failures).toBe(0);
    expect(await outcome(opened.flow.verify(entry.userId, code, { deviceId }))).toBe("code-rejected");
    expect(await outcome(opened.flow.verify(entry.userId, code))).toBe("code-rejected");
    expect(opened.state().failures).toBe(2);
    expect(await outcome(opened.flow.verify(entry.userId, codeAt(other, opened.now)))).toBe("done");
    await opened.flow.renewRecoveryCodes(entry.userId);

    // Its key is there again, but the service fails for it: then nothing is looked at, and nothing
    // counts.
    const keys = ["another", ...entry.keyIds].map((id) => ({ id, key: KEYS.get(id) ?? new Uint8Array(32).fill(7) }));
    const ring = keyRing(keys);
    let isDown = true;
    const sealer: Sealer = {
      ...ring,
      open: (id, ...words) =>
        isDown && id !== "another" ? Promise.reject(new Error("down")) : ring.open(id, ...words),
    };
    const clock = (): Date => new Date(opened.now);
    const back = createTwoFactor({ issuer: "Acme", store: opened.store, clock, sealer });
    opened.now += 2 * active.parameters.period * 1000;
    for (const each of [active, other]) {
      const call = back.verify(entry.userId, codeAt(each, opened.now));
      expect(await outcome(call)).toBe("sealer-unavailable");
    }
    expect(opened.state().failures).toBe(0);
    isDown = false;
    expect(await outcome(back.verify(entry.userId, codeAt(active, opened.now)))).toBe("done");
    expect(await outcome(back.verify(entry.userId, codeAt(other, opened.now)))).toBe("done");
  });

  it("a pending device whose text cannot be opened says why, whatever became of the active one", async () => {
    const entry = RECORDS.find(
      ({ active, pending, sealer, status }) => active && pending && !sealer && status.pendingUntil,
    ) as RecordOfVersion1;
    const opened = open(entry, ["another"]);
    const deviceId = opened.state().pending?.id ?? "";
    const code = codeAt(entry.pending as KnownDevice, entry.now);
    const calls = (flow: TwoFactor): Promise<unknown>[] => [
      flow.confirm(entry.userId, code, { deviceId }),
      flow.enroll(entry.userId, { accountName: "a", resume: deviceId }),
    ];
    for (const call of calls(opened.flow)) expect(await outcome(call)).toBe("seal-key-unknown");
    const sealer: Sealer = {
      keyIds: entry.keyIds,
      seal: () => Promise.resolve("sealed"),
      open: (_id, _text, context) =>
        Buffer.from(context).includes('"pending-secret"')
          ? Promise.reject(new Error("down"))
          : Promise.resolve(undefined),
    };
    const clock = (): Date => new Date(entry.now);
    const other = createTwoFactor({ issuer: "Acme", store: opened.store, clock, policy: policyOf(entry), sealer });
    for (const call of calls(other)) expect(await outcome(call)).toBe("sealer-unavailable");
    expect(opened.store.records.get(entry.userId)).toBe(entry.record);
  });

  it("a last counter up to that of the last date says when the device was used", async () => {
    const entry = RECORDS.find(({ name }) => name === "active, just confirmed") as RecordOfVersion1;
    const last = 8.64e15;
    const counter = last / 1000 / (entry.active as KnownDevice).parameters.period;
    for (const [lastCounter, lastUsedAt] of [
      [counter, new Date(last)],
      [counter + 1, null],
    ] as const) {
      const body = entry.record.body.replace(/"lastCounter":\d+/, `"lastCounter":${lastCounter}`);
      const { flow } = open({ ...entry, record: { ...entry.record, body } });
      expect((await flow.status(entry.userId)).devices).toMatchObject([{ lastUsedAt }]);
    }
  });

  it("texts whose keys are gone stay when another device is removed, and go with their own", async () => {
    const entry = rotated as RecordOfVersion1;
    const opened = open(entry, ["another"]);
    const first = opened.state().devices[0]?.id ?? "";
    const other = await opened.flow.importDevice(entry.userId, { secret: "A".repeat(32), add: true });
    const third = await opened.flow.importDevice(entry.userId, { secret: "B".repeat(32), add: true });
    expect(await opened.flow.reseal(entry.userId)).toMatchObject({ unopened: 2 });
    await opened.flow.removeDevice(entry.userId, third.deviceId);
    expect(await opened.flow.reseal(entry.userId)).toMatchObject({ unopened: 2 });
    await opened.flow.removeDevice(entry.userId, first);
    expect(await opened.flow.reseal(entry.userId)).toMatchObject({ unopened: 1 });
    expect(opened.state().devices.map(({ id }) => id)).toEqual([other.deviceId]);
    // The recovery codes pass when their key is back.
    const back = open({ ...entry, record: opened.store.records.get(entry.userId) ?? entry.record }, [
      "another",
      ...entry.keyIds,
    ]);
    expect(await outcome(back.flow.verify(entry.userId, entry.recoveryCodes[0] ?? ""))).toBe("done");
  });

  it("a text that the service opens only later, or as something else, is told with the right error", async () => {
    const entry = rotated as RecordOfVersion1;
    const ring = keyRing(entry.keyIds.map((id) => ({ id, key: KEYS.get(id) ?? new Uint8Array(32).fill(7) })));
    let fails = 1;
    const late: Sealer["open"] = (...call) => (fails-- > 0 ? Promise.reject(new Error("down")) : ring.open(...call));
    for (const [ofRecoveryCodes, code] of [
      [late, "sealer-unavailable"],
      [() => Promise.resolve(new Uint8Array(31)), "state-corrupt"],
      [() => Promise.resolve(undefined), "state-corrupt"],
    ] as const) {
      const open: Sealer["open"] = (id, text, context) =>
        Buffer.from(context).includes('"recovery-codes"')
          ? ofRecoveryCodes(id, text, context)
          : ring.open(id, text, context);
      const store = memoryStore(new Map([[entry.userId, entry.record]]));
      const clock = (): Date => new Date(entry.now);
      const sealer = { ...ring, open };
      const flow = createTwoFactor({ issuer: "Acme", store, clock, policy: policyOf(entry), sealer });
      expect(await outcome(flow.verify(entry.userId, entry.recoveryCodes[0] ?? ""))).toBe(code);
    }
  });

  it("two servers of version 2 at the same moment make one record, and lose nothing", async () => {
    const entry = RECORDS.find(({ name }) => name === "active, just confirmed") as RecordOfVersion1;
    const opened = open(entry);
    const active = entry.active as KnownDevice;
    opened.now += 2 * active.parameters.period * 1000;
    const code = codeAt(active, opened.now);
    const [recoveryCode = ""] = entry.recoveryCodes;
    const outcomes = await Promise.all([
      outcome(opened.flow.verify(entry.userId, code)),
      outcome(opened.flow.verify(entry.userId, code)),
      outcome(opened.flow.verify(entry.userId, recoveryCode)),
      outcome(opened.flow.verify(entry.userId, recoveryCode)),
    ]);
    expect(outcomes.toSorted()).toEqual(["code-rejected", "code-rejected", "done", "done"]);
    expect(opened.state()).toMatchObject({ version1: null, recovery: { hashes: { length: 9 } } });
  });

  it("an expired pending device is dropped unopened, whatever became of its key", async () => {
    const entry = RECORDS.find(
      ({ active, pending, status }) => active && pending && status.pendingUntil,
    ) as RecordOfVersion1;
    const opened = open(entry);
    opened.now += 1_000_000;
    const active = entry.active as KnownDevice;
    expect(await outcome(opened.flow.verify(entry.userId, codeAt(active, opened.now)))).toBe("done");
    expect(opened.state()).toMatchObject({ version1: null, pending: null });
  });
});

it("a reader of version 1 refuses a record of version 2", async () => {
  const world = await new World().enrolled();
  const body = world.store.records.get("alice")?.body ?? "";
  expect(body).toMatch(/^\{"version":2,/);
  expect(readVersion1(body, world.now, readPolicy(undefined))).toBe(undefined);
});
