// A store that fails in every way at every call, for every method: nobody passes without a commit
// that is known.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { TwoFactor, TwoFactorRecord, TwoFactorStore } from "../../src/two-factor/index.ts";
import { MORE } from "../helpers/more.ts";
import { stillTimers, type StillTimers } from "./timers.ts";
import { codeOf, type MemoryStore, OTHER_KEY, KEY, refusal, World } from "./world.ts";

let timers: StillTimers;

beforeEach(() => {
  timers = stillTimers();
  // Random bytes are the same in every test: beyond those that the persons are made of, which are
  // made once.
  globalThis.crypto.getRandomValues(new Uint8Array(20_000));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

type Fault = (call: () => Promise<never>) => Promise<never>;

const never = (): Promise<never> => new Promise(() => undefined);
const lose = (): Promise<never> => {
  timers.expire();
  return never();
};
const answer = (value: unknown): Promise<never> => Promise.resolve(value as never);

/** Faults without effect on what is stored. */
const WITHOUT_EFFECT: Record<string, Fault> = {
  throws: () => {
    throw new Error("connection refused");
  },
  rejects: () => Promise.reject(new Error("connection refused")),
  "rejects with text": async () => {
    await Promise.resolve();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- drivers do such things
    throw "connection refused";
  },
  hangs: lose,
};

/** Faults of reading. */
const READ_FAULTS: Record<string, Fault> = {
  ...WITHOUT_EFFECT,
  "answers late": async (call) => {
    timers.expire();
    await new Promise((resolve) => setImmediate(resolve));
    return call();
  },
  "answers null": () => answer(null),
  "answers text": () => answer("{}"),
  "answers what cannot be looked at": () =>
    answer({
      get revision(): string {
        throw new Error("detached");
      },
      body: "{}",
    }),
  "answers without a body": () => answer({ revision: "1" }),
  "answers without a revision": () => answer({ body: "{}" }),
};

/** Faults of writing after which nothing is written. */
const WRITE_FAULTS: Record<string, Fault> = {
  ...WITHOUT_EFFECT,
  "answers undefined": () => answer(undefined),
  "answers 1": () => answer(1),
  'answers "true"': () => answer("true"),
  "answers null": () => answer(null),
};

/** Faults of writing after which all is written. */
const WRITTEN_FAULTS: Record<string, Fault> = {
  "commits and throws": async (call) => {
    await call();
    throw new Error("connection reset");
  },
  "commits and hangs": async (call) => {
    await call();
    return lose();
  },
  "commits and answers false": async (call) => {
    await call();
    return answer(false);
  },
  "commits and answers undefined": async (call) => {
    await call();
    return answer(undefined);
  },
};

/** A store on the same records whose n-th calls fail. */
function faulty(store: MemoryStore, faults: Readonly<Record<number, Fault>>): TwoFactorStore & { calls: string[] } {
  const calls: string[] = [];
  const through = <Value>(name: string, call: () => Promise<Value>): Promise<Value> => {
    const fault = faults[calls.push(name) - 1];
    return fault ? fault(call as () => Promise<never>) : call();
  };
  return {
    calls,
    read: (userId) => through("read", () => store.read(userId)),
    compareAndSet: (...parameters) => through("compareAndSet", () => store.compareAndSet(...parameters)),
  };
}

/** What the persons have, besides what the world knows of alice. */
interface Known {
  readonly secondId: string;
  readonly browserId: string;
  /** The first one is at 0, the present one at 3. */
  readonly tokens: readonly string[];
  readonly issuedCode: string;
  readonly issuedRecoveryCode: string;
  /** Pending devices of carol, dora and frank. */
  readonly pending: Readonly<Record<string, { readonly deviceId: string; readonly secret: string }>>;
}

type Operation = (twoFactor: TwoFactor, world: World, known: Known) => Promise<unknown>;

const SECOND = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const HOTP = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK";
const HOTP_COUNTER = 10;
const BINDING = { binding: "password 1" };
const MAIL = { purpose: "mail", request: "first" };

function confirming(userId: string, isRight = true): Operation {
  return (twoFactor, world, { pending }) => {
    const { deviceId = "", secret = "" } = pending[userId] ?? {};
    const code = isRight ? codeOf(secret, world.counter) : world.wrongCode();
    return twoFactor.confirm(userId, code, { deviceId });
  };
}

function recognizing(generation: number): Operation {
  return (twoFactor, _, { tokens }) => twoFactor.recognizeBrowser("alice", tokens[generation - 1], BINDING);
}

/** Every method in every way that it can go, and what comes out. */
const OPERATIONS: Record<string, readonly [outcome: string, operation: Operation]> = {
  "enroll, first": ["done", (twoFactor) => twoFactor.enroll("bob", { accountName: "b" })],
  "enroll, adding": ["done", (twoFactor) => twoFactor.enroll("alice", { accountName: "a", add: true })],
  "enroll, replacing": [
    "done",
    (twoFactor, { deviceId }) => twoFactor.enroll("alice", { accountName: "a", replace: deviceId }),
  ],
  "enroll, replacing the only one": [
    "done",
    (twoFactor) => twoFactor.enroll("erin", { accountName: "e", replace: true }),
  ],
  "enroll, resuming": [
    "done",
    (twoFactor, _, { pending }) => twoFactor.enroll("carol", { accountName: "c", resume: pending["carol"]?.deviceId }),
  ],
  "enroll, refused": ["already-enrolled", (twoFactor) => twoFactor.enroll("alice", { accountName: "a" })],
  "enroll, too many": ["too-many-devices", (twoFactor) => twoFactor.enroll("laura", { accountName: "l", add: true })],
  "confirm, right": ["done", confirming("carol")],
  "confirm, right, beside others": ["done", confirming("frank")],
  "confirm, right, in the place of another": ["done", confirming("mike")],
  "confirm, wrong": ["code-rejected", confirming("carol", false)],
  "confirm, wrong once too often": ["code-rejected", confirming("dora", false)],
  "confirm, of another clock": [
    "clock-off",
    (twoFactor, { counter }, { pending }) => {
      const { deviceId = "", secret = "" } = pending["carol"] ?? {};
      return twoFactor.confirm("carol", codeOf(secret, counter + 50), { deviceId });
    },
  ],
  "confirm, nothing pending": ["not-pending", (twoFactor) => twoFactor.confirm("bob", "123456", { deviceId: "none" })],
  "confirm, malformed": [
    "code-rejected",
    (twoFactor, _, { pending }) => twoFactor.confirm("carol", "1", { deviceId: pending["carol"]?.deviceId ?? "" }),
  ],
  renameDevice: ["done", (twoFactor, { deviceId }) => twoFactor.renameDevice("alice", deviceId, "phone")],
  "renameDevice, unknown": ["device-unknown", (twoFactor) => twoFactor.renameDevice("alice", "none", "phone")],
  removeDevice: ["done", (twoFactor, _, { secondId }) => twoFactor.removeDevice("alice", secondId)],
  "removeDevice, pending": [
    "done",
    (twoFactor, _, { pending }) => twoFactor.removeDevice("frank", pending["frank"]?.deviceId ?? ""),
  ],
  "removeDevice, gone": ["done", (twoFactor) => twoFactor.removeDevice("alice", "none")],
  "removeDevice, the last one": [
    "last-device",
    async (twoFactor, world) => twoFactor.removeDevice("erin", world.device("erin").id),
  ],
  importDevice: ["done", (twoFactor) => twoFactor.importDevice("bob", { secret: "GEZDGNBVGY3TQOJQ" })],
  "importDevice, adding": [
    "done",
    (twoFactor) => twoFactor.importDevice("alice", { secret: "GEZDGNBVGY3TQOJQ", type: "hotp", counter: 0, add: true }),
  ],
  "importDevice, the same secret": [
    "already-enrolled",
    (twoFactor) => twoFactor.importDevice("alice", { secret: SECOND, add: true }),
  ],
  "verify, right": ["done", (twoFactor, world) => twoFactor.verify("alice", world.code())],
  "verify, right on the device": [
    "done",
    (twoFactor, { counter }, { secondId }) =>
      twoFactor.verify("alice", codeOf(SECOND, counter), { deviceId: secondId }),
  ],
  "verify, right on another device": [
    "code-rejected",
    (twoFactor, { counter, deviceId }) => twoFactor.verify("alice", codeOf(SECOND, counter), { deviceId }),
  ],
  "verify, unknown device": [
    "device-unknown",
    (twoFactor, world) => twoFactor.verify("alice", world.code(), { deviceId: "none" }),
  ],
  "verify, counter": ["done", (twoFactor) => twoFactor.verify("alice", codeOf(HOTP, HOTP_COUNTER + 4))],
  "verify, counter replayed": [
    "code-rejected",
    (twoFactor) => twoFactor.verify("alice", codeOf(HOTP, HOTP_COUNTER - 1)),
  ],
  "verify, remembering": ["done", (twoFactor, world) => twoFactor.verify("alice", world.code(), { remember: BINDING })],
  "verify, wrong": ["code-rejected", (twoFactor, world) => twoFactor.verify("alice", world.wrongCode())],
  "verify, replayed": ["code-rejected", (twoFactor, world) => twoFactor.verify("alice", world.code(-1))],
  "verify, recovery code": ["done", (twoFactor, world) => twoFactor.verify("alice", world.recoveryCodes[0] ?? "")],
  "verify, recovery code from support": [
    "done",
    (twoFactor, _, { issuedRecoveryCode }) => twoFactor.verify("alice", issuedRecoveryCode),
  ],
  "verify, wrong recovery code": ["code-rejected", (twoFactor) => twoFactor.verify("alice", "ABCD".repeat(6))],
  "verify, throttled": ["throttled", (twoFactor, world) => twoFactor.verify("grace", world.code())],
  "verify, locked": ["locked", (twoFactor, world) => twoFactor.verify("heidi", world.code())],
  "verify, restricted": ["restricted", (twoFactor, world) => twoFactor.verify("ivan", world.code())],
  "verify, nobody": ["not-enrolled", (twoFactor) => twoFactor.verify("nobody", "123456")],
  "verify, malformed": ["code-rejected", (twoFactor) => twoFactor.verify("alice", "")],
  "verifyConsecutive, right": [
    "done",
    (twoFactor, world) => twoFactor.verifyConsecutive("erin", [world.code(-1), world.code(), world.code(1)]),
  ],
  "verifyConsecutive, right while restricted": [
    "done",
    (twoFactor, world) =>
      twoFactor.verifyConsecutive("ivan", [world.code(-1), world.code(), world.code(1)], { remember: BINDING }),
  ],
  "verifyConsecutive, two right": [
    "code-rejected",
    (twoFactor, world) => twoFactor.verifyConsecutive("erin", [world.code(-1), world.code(), world.wrongCode()]),
  ],
  "verifyConsecutive, of another clock": [
    "clock-off",
    (twoFactor, world) => twoFactor.verifyConsecutive("erin", [world.code(50), world.code(51), world.code(52)]),
  ],
  "verifyConsecutive, counters": [
    "done",
    (twoFactor) =>
      twoFactor.verifyConsecutive(
        "alice",
        [500, 501, 502].map((counter) => codeOf(HOTP, counter)),
      ),
  ],
  "verifyConsecutive, wrong": [
    "code-rejected",
    (twoFactor, world) =>
      twoFactor.verifyConsecutive("alice", [world.wrongCode(), world.wrongCode(1), world.wrongCode(2)]),
  ],
  "recognizeBrowser, present token": ["done", recognizing(4)],
  "recognizeBrowser, token before": ["done", recognizing(3)],
  "recognizeBrowser, stolen token": ["browser-unknown", recognizing(1)],
  "recognizeBrowser, unknown": [
    "browser-unknown",
    (twoFactor, _, { tokens }) => twoFactor.recognizeBrowser("erin", tokens[3], BINDING),
  ],
  "recognizeBrowser, another binding": [
    "browser-unknown",
    (twoFactor, _, { tokens }) => twoFactor.recognizeBrowser("alice", tokens[3], { binding: "password 2" }),
  ],
  "recognizeBrowser, malformed": [
    "browser-unknown",
    (twoFactor) => twoFactor.recognizeBrowser("alice", undefined, BINDING),
  ],
  forgetBrowser: ["done", (twoFactor, _, { browserId }) => twoFactor.forgetBrowser("alice", browserId)],
  "forgetBrowser, gone": ["done", (twoFactor) => twoFactor.forgetBrowser("alice", "none")],
  forgetBrowsers: ["done", (twoFactor) => twoFactor.forgetBrowsers("alice")],
  "forgetBrowsers, nobody": ["done", (twoFactor) => twoFactor.forgetBrowsers("nobody")],
  "issueCode, first": ["done", (twoFactor) => twoFactor.issueCode("nobody", MAIL)],
  "issueCode, same request": ["done", (twoFactor) => twoFactor.issueCode("alice", MAIL)],
  "issueCode, other request": ["done", (twoFactor) => twoFactor.issueCode("alice", { ...MAIL, request: "other" })],
  "issueCode, too soon": ["throttled", (twoFactor) => twoFactor.issueCode("judy", { ...MAIL, purpose: "2" })],
  "issueCode, too many purposes": [
    "too-many-purposes",
    (twoFactor) => twoFactor.issueCode("judy", { ...MAIL, purpose: "4" }),
  ],
  "verifyIssuedCode, right": [
    "done",
    (twoFactor, _, { issuedCode }) => twoFactor.verifyIssuedCode("alice", issuedCode, MAIL),
  ],
  "verifyIssuedCode, wrong": [
    "code-rejected",
    (twoFactor, _, { issuedCode }) =>
      twoFactor.verifyIssuedCode("alice", issuedCode === "12345678" ? "12345679" : "12345678", MAIL),
  ],
  "verifyIssuedCode, other request": [
    "code-rejected",
    (twoFactor, _, { issuedCode }) => twoFactor.verifyIssuedCode("alice", issuedCode, { ...MAIL, request: "other" }),
  ],
  "verifyIssuedCode, not issued": [
    "code-rejected",
    (twoFactor, _, { issuedCode }) => twoFactor.verifyIssuedCode("erin", issuedCode, MAIL),
  ],
  "verifyIssuedCode, malformed": ["code-rejected", (twoFactor) => twoFactor.verifyIssuedCode("alice", "1234567", MAIL)],
  status: ["done", (twoFactor) => twoFactor.status("alice")],
  renewRecoveryCodes: ["done", (twoFactor) => twoFactor.renewRecoveryCodes("alice")],
  "renewRecoveryCodes, nobody": ["not-enrolled", (twoFactor) => twoFactor.renewRecoveryCodes("nobody")],
  issueRecoveryCode: ["done", (twoFactor) => twoFactor.issueRecoveryCode("alice", { hours: 1 })],
  "issueRecoveryCode, nobody": ["not-enrolled", (twoFactor) => twoFactor.issueRecoveryCode("nobody", { hours: 1 })],
  unlock: ["done", (twoFactor) => twoFactor.unlock("heidi")],
  "unlock, nobody": ["not-enrolled", (twoFactor) => twoFactor.unlock("nobody")],
  disable: ["done", (twoFactor) => twoFactor.disable("erin")],
  "disable, codes were sent today": ["done", (twoFactor) => twoFactor.disable("alice")],
  "disable, disabled": ["done", (twoFactor) => twoFactor.disable("kim")],
  "disable, nobody": ["done", (twoFactor) => twoFactor.disable("nobody")],
  reseal: ["done", (twoFactor) => twoFactor.reseal("alice")],
  "reseal, nothing to do": ["done", (twoFactor) => twoFactor.reseal("erin")],
  "reseal, nobody": ["not-enrolled", (twoFactor) => twoFactor.reseal("nobody")],
};

/** What is refused before anything is read. */
const MALFORMED: readonly string[] = ["verify", "confirm", "recognizeBrowser", "verifyIssuedCode"].map(
  (method) => `${method}, malformed`,
);

interface Prepared {
  readonly world: World;
  readonly known: Known;
}

/** Alice has everything, and others are in every other state that matters. */
async function prepare(): Promise<Prepared> {
  const world = await new World().enrolled();
  const { twoFactor, secret, counter } = world;
  await twoFactor.verify("alice", world.code(-1));
  const { deviceId: secondId } = await twoFactor.importDevice("alice", { secret: SECOND, add: true });
  const hotp = { secret: HOTP, type: "hotp", counter: HOTP_COUNTER, add: true } as const;
  await twoFactor.importDevice("alice", hotp);
  const { browser } = await twoFactor.verify("alice", codeOf(SECOND, counter - 1), { remember: BINDING });
  const tokens = [browser?.token ?? ""];
  while (tokens.length < 4) tokens.push((await twoFactor.recognizeBrowser("alice", tokens.at(-1), BINDING)).token);
  const { code: issuedCode } = await twoFactor.issueCode("alice", MAIL);
  const { recoveryCode: issuedRecoveryCode } = await twoFactor.issueRecoveryCode("alice", { hours: 1 });
  world.edit((state) => {
    for (const each of state.issued) each.resendAt = world.now;
  });
  const twoKeys = world.another({ sealingKeys: keys() });
  await twoKeys.importDevice("erin", { secret });
  const pending: Record<string, { deviceId: string; secret: string }> = {};
  for (const userId of ["frank", "mike"]) await twoFactor.importDevice(userId, { secret });
  for (const userId of ["carol", "dora"]) pending[userId] = await twoFactor.enroll(userId, { accountName: userId });
  pending["frank"] = await twoFactor.enroll("frank", { accountName: "frank", add: true });
  pending["mike"] = await twoFactor.enroll("mike", { accountName: "mike", replace: true });
  world.edit((state) => {
    Object.assign(state.pending ?? {}, { failures: 9 });
  }, "dora");
  const standings = {
    grace: { failures: 4, outstanding: 12, notBefore: world.now + 1000 },
    heidi: { failures: 100, outstanding: 300, notBefore: 0 },
    ivan: { failures: 1, outstanding: 900, notBefore: 0 },
  };
  for (const [userId, standing] of Object.entries(standings)) {
    await twoFactor.importDevice(userId, { secret });
    world.edit((state) => Object.assign(state, standing), userId);
  }
  for (const purpose of ["1", "2", "3"]) await twoFactor.issueCode("judy", { ...MAIL, purpose });
  await twoFactor.issueCode("kim", MAIL);
  await twoFactor.disable("kim");
  for (const index of [0, 1, 2, 3, 4]) {
    const one = { secret: new Uint8Array(20).fill(index + 1), add: true };
    await twoFactor.importDevice("laura", one);
  }
  world.events.length = 0;
  const known = { secondId, browserId: browser?.browserId ?? "", tokens, issuedCode, issuedRecoveryCode, pending };
  return { world, known };
}

let prepared: Promise<Prepared> | undefined;

/** Another world that is as far. */
function copyOf({ now, secret, deviceId, recoveryCodes, store }: World): World {
  const world = Object.assign(new World(), { now, secret, deviceId, recoveryCodes });
  for (const [userId, record] of store.records) world.store.records.set(userId, record);
  return world;
}

function keys(): { id: string; key: Uint8Array }[] {
  return [
    { id: "second", key: OTHER_KEY },
    { id: "first", key: KEY },
  ];
}

interface Run {
  /** What came out: `done`, or the error's code. */
  readonly outcome: string;
  readonly calls: readonly string[];
  /** Whether what is stored has changed. */
  readonly isWritten: boolean;
  readonly events: readonly string[];
  readonly world: World;
}

async function run(name: string, faults: Readonly<Record<number, Fault>>): Promise<Run> {
  const { world: original, known } = await (prepared ??= prepare());
  const world = copyOf(original);
  const before = new Map(world.store.records);
  const store = faulty(world.store, faults);
  const twoFactor = world.another({ store, sealingKeys: keys() });
  const call = operationOf(name)(twoFactor, world, known);
  const outcome = await call.then(
    () => "done",
    (error: unknown) => refusal(Promise.reject(error as Error)).then(({ code }) => code),
  );
  return { outcome, calls: store.calls, isWritten: differ(before, world.store.records), events: world.types(), world };
}

function operationOf(name: string): Operation {
  const [, operation] = OPERATIONS[name] ?? [];
  if (!operation) throw new Error(name);
  return operation;
}

function differ(before: Map<string, TwoFactorRecord>, after: Map<string, TwoFactorRecord>): boolean {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].some((name) => before.get(name)?.revision !== after.get(name)?.revision);
}

describe.each(Object.keys(OPERATIONS))("the operation %s", (name) => {
  it("reads once and writes at most once when nothing fails", async () => {
    const { calls, isWritten, outcome } = await run(name, {});
    expect(outcome).toBe(OPERATIONS[name]?.[0]);
    const reads = MALFORMED.includes(name) ? [] : ["read"];
    expect(calls).toEqual(isWritten ? ["read", "compareAndSet"] : reads);
  });

  it("is store-unavailable when reading fails", async () => {
    if (MALFORMED.includes(name)) return; // nothing is read
    for (const [fault, act] of Object.entries(READ_FAULTS)) {
      const failed = await run(name, { 0: act });
      expect(failed, fault).toMatchObject({ outcome: "store-unavailable", isWritten: false, events: [] });
    }
  });

  it("is store-unavailable when writing fails, and no second attempt is made", async () => {
    if (!(await run(name, {})).isWritten) return;
    for (const [fault, act] of Object.entries(WRITE_FAULTS)) {
      const failed = await run(name, { 1: act });
      expect(failed, fault).toMatchObject({ outcome: "store-unavailable", isWritten: false, events: [] });
      expect(failed.calls).toEqual(["read", "compareAndSet", "read"]);
    }
  });

  it("is what it would have been when writing failed but had committed", async () => {
    const usual = await run(name, {});
    if (!usual.isWritten) return;
    for (const [fault, act] of Object.entries(WRITTEN_FAULTS)) {
      const failed = await run(name, { 1: act });
      if (name === "disable" && fault === "commits and answers false") {
        // The store says that somebody else was faster. So it was, and nothing is left to do.
        expect(failed.outcome).toBe("done");
        continue;
      }
      expect(failed, fault).toMatchObject({ outcome: usual.outcome, isWritten: true, events: usual.events });
      expect(failed.calls).toEqual(["read", "compareAndSet", "read"]);
    }
  });

  it("is store-unavailable when it cannot be known", async () => {
    if (!(await run(name, {})).isWritten) return;
    for (const [fault, act] of Object.entries({ ...WRITE_FAULTS, ...WRITTEN_FAULTS })) {
      // All pairs with `npm run test:all`: what reading answers then is looked at in the same place
      // for all of them.
      for (const [secondFault, secondAct] of Object.entries(READ_FAULTS).slice(0, MORE > 1 ? undefined : 2)) {
        const failed = await run(name, { 1: act, 2: secondAct });
        expect(failed, `${fault}, then ${secondFault}`).toMatchObject({ outcome: "store-unavailable", events: [] });
      }
    }
  });

  it("is store-unavailable when the commit comes after the answer, and then it counts against the person", async () => {
    const usual = await run(name, {});
    if (!usual.isWritten) return;
    let commit: () => Promise<unknown> = never;
    const late: Fault = (call) => {
      commit = call;
      return lose();
    };
    const failed = await run(name, { 1: late });
    expect(failed).toMatchObject({ outcome: "store-unavailable", isWritten: false, events: [] });
    expect(await commit()).toBe(true);
    if (usual.outcome !== "done") return;
    const { known } = await (prepared ??= prepare());
    const again = operationOf(name)(failed.world.another({ sealingKeys: keys() }), failed.world, known);
    if (name.startsWith("verify")) expect((await refusal(again)).code).toBe("code-rejected");
    // The answer was lost, and so the token is given out once more.
    if (name !== "recognizeBrowser, present token") await again.catch(() => undefined);
    else expect(((await again) as { token: string }).token.split(".").slice(0, 2)).toEqual([known.browserId, "5"]);
  });

  it("runs a lost race again, as often as the policy says, and is busy then", async () => {
    const usual = await run(name, {});
    if (!usual.isWritten) return;
    const lost: Fault = () => answer(false);
    const once = await run(name, { 1: lost });
    expect(once).toMatchObject({ outcome: usual.outcome, isWritten: true, events: usual.events });
    expect(once.calls).toEqual(["read", "compareAndSet", "read", "compareAndSet"]);
    const eight = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [index * 2 + 1, lost]));
    expect(await run(name, eight)).toMatchObject({ outcome: usual.outcome, isWritten: true, events: usual.events });
    const nine = await run(name, { ...eight, 17: lost });
    expect(nine).toMatchObject({ outcome: "busy", isWritten: false, events: [] });
    expect(nine.calls).toHaveLength(19);
  });
});

it("a limit that is reached is told, also when only the second reading proves that it was committed", async () => {
  const world = await new World().enrolled();
  for (const limit of ["locked", "restricted"] as const) {
    if (limit === "locked") world.setStanding(99, 3);
    else world.setStanding(3, 899);
    world.events.length = 0;
    const compareAndSet: TwoFactorStore["compareAndSet"] = async (...change) => {
      await world.store.compareAndSet(...change);
      throw new Error("connection reset");
    };
    const twoFactor = world.another({ store: { ...world.store, compareAndSet } });
    expect((await refusal(twoFactor.verify("alice", world.wrongCode()))).code).toBe("code-rejected");
    expect(world.types()).toContain(limit);
  }
});

it("the store's error is the cause, and not in the message", async () => {
  const { world } = await prepare();
  const reason = new Error("canary");
  for (const method of ["read", "compareAndSet"]) {
    const twoFactor = world.another({ store: { ...world.store, [method]: () => Promise.reject(reason) } });
    const error = await refusal(twoFactor.verify("alice", world.code()));
    expect(error).toMatchObject({ status: 503, expose: false, message: "temporarily unavailable", cause: reason });
    expect(JSON.stringify(error)).not.toContain("canary");
  }
});

it("what a store answers that it must not is told in the cause", async () => {
  const { world } = await prepare();
  const { store } = world;
  for (const [broken, message] of [
    [{ ...store, read: () => answer(null) }, "read must resolve to a record or undefined"],
    [{ ...store, compareAndSet: () => answer(1) }, "compareAndSet must resolve to true or false"],
    [{ ...store, read: lose }, "timed out"],
  ] as const) {
    const { cause } = await refusal(world.another({ store: broken }).verify("alice", world.code()));
    expect(cause).toMatchObject({ name: "Error", message });
  }
});

it("after a lost race there is a pause of up to 2, 4, 8, … 64 milliseconds", async () => {
  const { world } = await prepare();
  const pauses: number[] = [];
  vi.stubGlobal("setTimeout", (callback: () => void, milliseconds: number) => {
    if (milliseconds >= 100) return; // a time limit
    pauses.push(milliseconds);
    queueMicrotask(callback);
  });
  const server = world.another({ store: { ...world.store, compareAndSet: () => Promise.resolve(false) } });
  for (const [byte, expected] of [
    [255, [2, 4, 8, 16, 32, 64, 64, 64, 64]],
    [51, [0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 12.8, 12.8, 12.8]],
  ] as const) {
    pauses.length = 0;
    vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation((array) => {
      (array as unknown as Uint8Array).fill(byte);
      return array;
    });
    expect((await refusal(server.verify("alice", world.code()))).code).toBe("busy");
    expect(pauses).toEqual(expected);
  }
  // And none after one whose end is not known.
  pauses.length = 0;
  const failing = world.another({ store: { ...world.store, compareAndSet: () => Promise.reject(new Error("down")) } });
  expect((await refusal(failing.verify("alice", world.code()))).code).toBe("store-unavailable");
  expect(pauses).toEqual([]);
});

it("a call of the store that has ended in time leaves no timer behind", async () => {
  const { world } = await prepare();
  const running = new Set<unknown>();
  vi.stubGlobal("setTimeout", () => {
    const timer = {};
    running.add(timer);
    return timer;
  });
  vi.stubGlobal("clearTimeout", (timer: unknown) => running.delete(timer));
  const slowly = <Value>(call: () => Promise<Value>): Promise<Value> =>
    new Promise((resolve) => setImmediate(resolve)).then(call);
  const store: TwoFactorStore = {
    read: (userId) => slowly(() => world.store.read(userId)),
    compareAndSet: (...change) => slowly(() => world.store.compareAndSet(...change)),
  };
  await world.another({ store }).verify("alice", world.code());
  expect(running.size).toBe(0);
});

it("of two calls that disable, one tells", async () => {
  const { world } = await prepare();
  world.events.length = 0;
  await Promise.all([world.twoFactor.disable("erin"), world.twoFactor.disable("erin")]);
  expect(world.types()).toEqual(["disabled"]);
});

it("busy says when to come back", async () => {
  const { world } = await prepare();
  const store = { ...world.store, compareAndSet: () => Promise.resolve(false) };
  const twoFactor = world.another({ store, policy: { raceRetries: 0 } });
  const error = await refusal(twoFactor.verify("alice", world.code()));
  expect(error).toMatchObject({ code: "busy", status: 503, expose: false, headers: { "Retry-After": "1" } });
});

it("a revision is 128 random bits, another one for each attempt", async () => {
  const { world } = await prepare();
  const revisions: (string | undefined)[] = [];
  const store: TwoFactorStore = {
    read: (userId) => world.store.read(userId),
    compareAndSet: (_, __, next) => {
      revisions.push(next?.revision);
      return Promise.resolve(false);
    },
  };
  await refusal(world.another({ store }).verify("alice", world.code()));
  expect(revisions).toHaveLength(9);
  expect(new Set(revisions).size).toBe(9);
  for (const revision of revisions) expect(revision).toMatch(/^[A-Z2-7]{26}$/);
});
