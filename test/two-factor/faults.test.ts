// A store that fails in every way at every call, for every method: nobody passes without a commit that is known.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { decodeSecret } from "../../src/index.ts";
import type { TwoFactor, TwoFactorRecord, TwoFactorStore } from "../../src/two-factor/index.ts";
import { contextOf, keyRing, vaultOf } from "../../src/two-factor/sealing.ts";
import { stillTimers, type StillTimers } from "./timers.ts";
import { codeOf, type MemoryStore, OTHER_KEY, KEY, refusal, World } from "./world.ts";

let timers: StillTimers;

beforeEach(() => {
  timers = stillTimers();
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

/** Every method in every way that it can go. */
const OPERATIONS: Record<string, (twoFactor: TwoFactor, world: World) => Promise<unknown>> = {
  "enroll, first": (twoFactor) => twoFactor.enroll("bob", { accountName: "b" }),
  "enroll, replacing": (twoFactor) => twoFactor.enroll("alice", { accountName: "a", replace: true }),
  "enroll, refused": (twoFactor) => twoFactor.enroll("alice", { accountName: "a" }),
  "confirm, right": (twoFactor, world) => twoFactor.confirm("carol", codeOf(world.secret, world.counter)),
  "confirm, wrong": (twoFactor, world) => twoFactor.confirm("carol", world.wrongCode()),
  "confirm, wrong once too often": (twoFactor, world) => twoFactor.confirm("dora", world.wrongCode()),
  "verify, right": (twoFactor, world) => twoFactor.verify("alice", world.code()),
  "verify, wrong": (twoFactor, world) => twoFactor.verify("alice", world.wrongCode()),
  "verify, replayed": (twoFactor, world) => twoFactor.verify("alice", world.code(-1)),
  "verify, recovery code": (twoFactor, world) => twoFactor.verify("alice", world.recoveryCodes[0] ?? ""),
  "verify, wrong recovery code": (twoFactor) => twoFactor.verify("alice", "ABCD".repeat(6)),
  "verify, nobody": (twoFactor) => twoFactor.verify("nobody", "123456"),
  "verify, malformed": (twoFactor) => twoFactor.verify("alice", ""),
  "verifyConsecutive, right": (twoFactor, world) =>
    twoFactor.verifyConsecutive("erin", [world.code(-1), world.code(), world.code(1)]),
  "verifyConsecutive, wrong": (twoFactor, world) =>
    twoFactor.verifyConsecutive("alice", [world.wrongCode(), world.wrongCode(1), world.wrongCode(2)]),
  status: (twoFactor) => twoFactor.status("alice"),
  renewRecoveryCodes: (twoFactor) => twoFactor.renewRecoveryCodes("alice"),
  disable: (twoFactor) => twoFactor.disable("alice"),
  "disable, nobody": (twoFactor) => twoFactor.disable("nobody"),
  reseal: (twoFactor) => twoFactor.reseal("alice"),
  "reseal, nothing to do": (twoFactor) => twoFactor.reseal("erin"),
  importDevice: (twoFactor) => twoFactor.importDevice("bob", { secret: "GEZDGNBVGY3TQOJQ" }),
};

/** Alice is active, carol and dora wait to be confirmed, erin was imported; all have one secret. */
async function prepare(): Promise<World> {
  const world = await new World().enrolled();
  const { secret } = world;
  const twoKeys = world.another({ sealingKeys: keys() });
  await twoKeys.importDevice("erin", { secret });
  const vault = vaultOf(keyRing([{ id: "first", key: KEY }]), 5000);
  for (const userId of ["carol", "dora"]) {
    await world.twoFactor.enroll(userId, { accountName: userId });
    const { pending } = world.state(userId);
    if (!pending) throw new Error("nothing is pending");
    const sealed = await vault.seal(decodeSecret(secret), contextOf("pending-secret", userId, pending));
    world.edit((state) => {
      Object.assign(state.pending ?? {}, { secret: sealed, failures: userId === "dora" ? 9 : 0 });
    }, userId);
  }
  await world.twoFactor.verify("alice", world.code(-1));
  world.events.length = 0;
  return world;
}

let prepared: Promise<World> | undefined;

/** Another world that is as far. */
function copyOf({ now, secret, recoveryCodes, store }: World): World {
  const world = Object.assign(new World(), { now, secret, recoveryCodes });
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
  const world = copyOf(await (prepared ??= prepare()));
  const before = new Map(world.store.records);
  const store = faulty(world.store, faults);
  const twoFactor = world.another({ store, sealingKeys: keys() });
  const call = OPERATIONS[name]?.(twoFactor, world) ?? Promise.reject(new Error(name));
  const outcome = await call.then(
    () => "done",
    (error: unknown) => refusal(Promise.reject(error as Error)).then(({ code }) => code),
  );
  return { outcome, calls: store.calls, isWritten: differ(before, world.store.records), events: world.types(), world };
}

function differ(before: Map<string, TwoFactorRecord>, after: Map<string, TwoFactorRecord>): boolean {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].some((name) => before.get(name)?.revision !== after.get(name)?.revision);
}

describe.each(Object.keys(OPERATIONS))("the operation %s", (name) => {
  it("reads once and writes at most once when nothing fails", async () => {
    const { calls, isWritten, outcome } = await run(name, {});
    expect(outcome).not.toBe("state-corrupt"); // what was prepared is what the flow writes
    const reads = name === "verify, malformed" ? [] : ["read"];
    expect(calls).toEqual(isWritten ? ["read", "compareAndSet"] : reads);
  });

  it("is store-unavailable when reading fails", async () => {
    if (name === "verify, malformed") return; // nothing is read
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
      for (const [secondFault, secondAct] of Object.entries(READ_FAULTS)) {
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
    if (usual.outcome !== "done" || !name.startsWith("verify")) return;
    const again = OPERATIONS[name]?.(failed.world.twoFactor, failed.world) ?? never();
    const { code } = await refusal(again.catch((error: unknown) => Promise.reject(error as Error)));
    expect(["code-rejected", "seal-key-unknown"]).toContain(code);
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
    world.setThrottle(limit === "locked" ? 99 : 4, 299);
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
  const world = await prepare();
  const reason = new Error("canary");
  const twoFactor = world.another({ store: { ...world.store, read: () => Promise.reject(reason) } });
  const error = await refusal(twoFactor.verify("alice", world.code()));
  expect(error).toMatchObject({ status: 503, expose: false, message: "temporarily unavailable", cause: reason });
  expect(JSON.stringify(error)).not.toContain("canary");
});

it("busy says when to come back", async () => {
  const world = await prepare();
  const store = { ...world.store, compareAndSet: () => Promise.resolve(false) };
  const twoFactor = world.another({ store, policy: { raceRetries: 0 } });
  const error = await refusal(twoFactor.verify("alice", world.code()));
  expect(error).toMatchObject({ code: "busy", status: 503, expose: false, headers: { "Retry-After": "1" } });
});

it("a revision is 128 random bits, another one for each attempt", async () => {
  const world = await prepare();
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
