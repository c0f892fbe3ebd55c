// A model: every order in which the store calls of two and three concurrent operations can happen, and what must hold in each.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  createTwoFactor,
  type Sealer,
  TwoFactorError,
  type TwoFactorEvent,
  type TwoFactorRecord,
} from "../../src/two-factor/index.ts";
import { encodeBase32 } from "../../src/index.ts";
import { NO_STATE, parse, serialize, type State } from "../../src/two-factor/state.ts";
import { MORE } from "../helpers/more.ts";
import { stillTimers } from "./timers.ts";
import { codeOf, memoryStore, START } from "./world.ts";

const USER = "alice";
const POLICY = { raceRetries: 2, lookBehind: 3, recoveryCodes: 2 };
const COUNTER = Math.floor(START / 30_000);
const clock = (): Date => new Date(START);

/** Sealed texts are names of what was sealed, so that no cryptography slows the model down. */
const sealed: { readonly plaintext: Uint8Array; readonly context: Uint8Array }[] = [];
const sealer: Sealer = {
  keyIds: ["model"],
  seal: (_, plaintext, context) => Promise.resolve(String(sealed.push({ plaintext: plaintext.slice(), context }) - 1)),
  open: (_, text, context) => {
    const found = sealed[Number(text)];
    return Promise.resolve(found && Buffer.compare(found.context, context) === 0 ? found.plaintext : undefined);
  },
};

/** What an app has that shows the codes of a stored device. */
function secretIn(device: State["device"] | State["pending"] | undefined): string {
  return encodeBase32(sealed[Number(device?.secret.text)]?.plaintext ?? new Uint8Array());
}

/** Where every run begins: an active device with two failures, a pending one, and recovery codes. */
interface Beginning {
  readonly record: TwoFactorRecord;
  readonly secret: string;
  readonly pendingSecret: string;
  readonly recoveryCode: string;
  readonly wrong: string;
}

async function begin(): Promise<Beginning> {
  const store = memoryStore();
  const twoFactor = createTwoFactor({ issuer: "Acme", store, sealer, policy: POLICY, clock });
  const { secret } = await twoFactor.enroll(USER, { accountName: "a" });
  const { recoveryCodes } = await twoFactor.confirm(USER, codeOf(secret, COUNTER - 2));
  const { secret: pendingSecret } = await twoFactor.enroll(USER, { accountName: "a", replace: true });
  const near = Array.from({ length: 9 }, (_, index) => [
    codeOf(secret, COUNTER - 4 + index),
    codeOf(pendingSecret, COUNTER - 4 + index),
  ]);
  const wrong = ["123456", "123457", "123458"].find((code) => !near.flat().includes(code)) ?? "";
  const record = store.records.get(USER);
  const state = parse(record?.body);
  const device = state.device && { ...state.device, failures: 2, outstandingFailures: 2 };
  return {
    record: { revision: "begin", body: serialize({ ...state, device }) },
    secret,
    pendingSecret,
    recoveryCode: recoveryCodes[0] ?? "",
    wrong,
  };
}

type Flow = ReturnType<typeof createTwoFactor>;

const OPERATIONS = {
  right: (flow: Flow, { secret }: Beginning) => flow.verify(USER, codeOf(secret, COUNTER)),
  wrong: (flow: Flow, { wrong }: Beginning) => flow.verify(USER, wrong),
  replayed: (flow: Flow, { secret }: Beginning) => flow.verify(USER, codeOf(secret, COUNTER - 2)),
  three: (flow: Flow, { secret }: Beginning) =>
    flow.verifyConsecutive(
      USER,
      [-1, 0, 1].map((steps) => codeOf(secret, COUNTER + steps)),
    ),
  recover: (flow: Flow, { recoveryCode }: Beginning) => flow.verify(USER, recoveryCode),
  confirm: (flow: Flow, { pendingSecret }: Beginning) => flow.confirm(USER, codeOf(pendingSecret, COUNTER)),
  enroll: (flow: Flow) => flow.enroll(USER, { accountName: "a", replace: true }),
  renew: (flow: Flow) => flow.renewRecoveryCodes(USER),
  disable: (flow: Flow) => flow.disable(USER),
} as const;

type Name = keyof typeof OPERATIONS;

/** One of the operations under way: it waits at a store call, or it is over. */
class Actor {
  readonly name: Name;
  readonly events: TwoFactorEvent[] = [];
  readonly reads: (State | undefined)[] = [];
  readonly commits: Commit[] = [];
  waiting: { readonly isRead: boolean; readonly go: () => void } | undefined;
  result: unknown;
  error: TwoFactorError | undefined;
  #wake: () => void = () => undefined;

  constructor(name: Name) {
    this.name = name;
  }

  /** Until it waits at the store again, or is over. */
  async step(act: () => void): Promise<void> {
    this.waiting = undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      act();
    });
  }

  wait<Value>(isRead: boolean, call: () => Value): Promise<Value> {
    return new Promise((resolve) => {
      this.waiting = {
        isRead,
        go: () => {
          resolve(call());
        },
      };
      this.#wake();
    });
  }

  start(work: () => Promise<unknown>): void {
    work().then(
      (result) => {
        this.result = result;
        this.#wake();
      },
      (error: unknown) => {
        if (!(error instanceof TwoFactorError)) throw error;
        this.error = error;
        this.#wake();
      },
    );
  }

  get outcome(): string {
    return this.error?.code ?? "done";
  }
}

interface Commit {
  readonly actor: Actor;
  readonly before: State | undefined;
  readonly after: State | undefined;
}

interface Run {
  readonly actors: readonly Actor[];
  readonly commits: readonly Commit[];
  readonly record: TwoFactorRecord | undefined;
  /** At each step: who was taken, and who could have been. */
  readonly steps: readonly { readonly taken: number; readonly possible: readonly number[] }[];
}

/** One run: at each step the actor that the path names, and behind its end always the first that is possible. */
async function run(names: readonly Name[], beginning: Beginning, path: readonly number[]): Promise<Run> {
  let record: TwoFactorRecord | undefined = beginning.record;
  const commits: Commit[] = [];
  const stateOf = (each: TwoFactorRecord | undefined): State | undefined => each && parse(each.body);
  const actors = names.map((name) => new Actor(name));
  for (const actor of actors) {
    const store = {
      read: () =>
        actor.wait(true, () => {
          actor.reads.push(stateOf(record));
          return record;
        }),
      compareAndSet: (_: string, expected: string | undefined, next: TwoFactorRecord | undefined) =>
        actor.wait(false, () => {
          if (record?.revision !== expected) return false;
          const commit = { actor, before: stateOf(record), after: stateOf(next) };
          commits.push(commit);
          actor.commits.push(commit);
          record = next;
          return true;
        }),
    };
    const onEvent = (event: TwoFactorEvent): unknown => actor.events.push(event);
    const flow = createTwoFactor({ issuer: "Acme", store, sealer, policy: POLICY, clock, onEvent });
    await actor.step(() => {
      actor.start(() => OPERATIONS[actor.name](flow, beginning));
    });
  }
  const steps: { taken: number; possible: number[] }[] = [];
  for (let last: { index: number; isRead: boolean } | undefined; ;) {
    const possible = actors.flatMap(({ waiting }, index) => {
      // Two reads in a row: their order makes no difference, so only one of the two is run.
      const isSwapped = last?.isRead === true && waiting?.isRead === true && index < last.index;
      return waiting && !isSwapped ? [index] : [];
    });
    if (!actors.some(({ waiting }) => waiting)) break;
    if (possible.length === 0) return { actors: [], commits, record, steps }; // another run has this order
    const taken = path[steps.length] ?? possible[0] ?? 0;
    steps.push({ taken, possible });
    const actor = actors[taken];
    const waiting = actor?.waiting;
    if (!actor || !waiting) throw new Error("a run is not what it was before");
    last = { index: taken, isRead: waiting.isRead };
    await actor.step(waiting.go);
  }
  return { actors, commits, record, steps };
}

/** All runs, each handed to a check. */
async function explore(names: readonly Name[], beginning: Beginning, check: (run: Run) => void): Promise<number> {
  let runs = 0;
  for (let path: readonly number[] | undefined = []; path;) {
    const finished: Run = await run(names, beginning, path);
    if (finished.actors.length > 0) runs++;
    check(finished);
    path = nextPath(finished.steps);
  }
  return runs;
}

/** The deepest step at which another actor is left to be taken. */
function nextPath(steps: Run["steps"]): number[] | undefined {
  for (let depth = steps.length - 1; depth >= 0; depth--) {
    const { taken, possible } = steps[depth] ?? { taken: 0, possible: [] };
    const next = possible.find((each) => each > taken);
    if (next !== undefined) return [...steps.slice(0, depth).map((step) => step.taken), next];
  }
  return undefined;
}

/** What must hold after every run. */
function faults({ actors, commits }: Run, beginning: Beginning): string[] {
  const found: string[] = [];
  const must = (holds: boolean, fault: string): void => {
    if (!holds) found.push(fault);
  };
  const passed = actors.flatMap(({ events }) => events.filter(({ type }) => type === "passed" || type === "confirmed"));
  const counters = passed.flatMap(({ deviceId, counter }) =>
    counter === null ? [] : [`${deviceId ?? ""} ${counter}`],
  );
  must(new Set(counters).size === counters.length, "a counter was accepted twice");
  const recovered = actors.filter(({ name, outcome }) => name === "recover" && outcome === "done");
  must(recovered.length <= 1, "a recovery code was spent twice");
  for (const actor of actors) {
    const { name, outcome, events } = actor;
    must(events.length > 0 || outcome !== "done" || name === "disable", `${name} passed without an event`);
    must(actor.commits.length <= 1, `${name} committed twice`);
    const isWrong = events.some((event) => event.type === "refused" && event.reason === "wrong");
    // Three wrong codes are not counted.
    const isCounted = outcome === "done" || (isWrong && name !== "three");
    const [commit] = actor.commits;
    // To disable what another has disabled changes nothing.
    const isIdle = name === "disable" && actor.reads.at(-1) === undefined;
    must((commit !== undefined) === (isCounted && !isIdle), `${name}, ${outcome}: not what was committed`);
    if (commit) found.push(...commitFaults(commit, beginning));
  }
  for (const [index, { before }] of commits.entries()) {
    const previous = index === 0 ? parse(beginning.record.body) : commits[index - 1]?.after;
    must(JSON.stringify(before) === JSON.stringify(previous), "a commit was lost");
  }
  return found;
}

/** What one commit may do to the state. */
function commitFaults({ actor, before, after }: Commit, beginning: Beginning): string[] {
  const { name, outcome, reads, result } = actor;
  const found: string[] = [];
  const must = (holds: boolean, fault: string): void => {
    if (!holds) found.push(`${name}, ${outcome}: ${fault}`);
  };
  const same = (...fields: ("device" | "pending" | "recovery")[]): void => {
    for (const field of fields)
      must(JSON.stringify((before ?? NO_STATE)[field]) === JSON.stringify(after?.[field]), `changed ${field}`);
  };
  const first = reads[0];
  const [device, next] = [before?.device, after?.device];
  if (name === "disable") {
    must(after === undefined, "left something");
    return found;
  }
  if (name !== "confirm") must((device?.id ?? null) === (next?.id ?? null), "changed the device");
  if (outcome !== "done") {
    same("recovery");
    if (name === "confirm") {
      must(after?.pending?.failures === (before?.pending?.failures ?? 0) + 1, "was not counted");
      same("device");
    } else {
      same("pending");
      must(next?.failures === (device?.failures ?? 0) + 1, "was not counted in the row");
      must(next?.outstandingFailures === (device?.outstandingFailures ?? 0) + 1, "is not outstanding");
      must(next?.lastCounter === device?.lastCounter, "spent a counter");
    }
    return found;
  }
  if (name === "right" || name === "three") {
    same("pending", "recovery");
    must((next?.lastCounter ?? 0) > (device?.lastCounter ?? 0), "did not spend its counter");
    must(next?.failures === 0 && next.outstandingFailures === (device?.outstandingFailures ?? 0) - 1, "is miscounted");
  }
  if (name === "recover") {
    same("device", "pending");
    must(after?.recovery?.id === before?.recovery?.id, "changed the set");
    must(after?.recovery?.hashes.length === (before?.recovery?.hashes.length ?? 0) - 1, "spent not one recovery code");
  }
  if (name === "enroll") {
    same("device", "recovery");
    const shown = (result as { secret: string }).secret;
    must(secretIn(after?.pending) === shown, "showed what is not stored");
    must(before?.device?.id === first?.device?.id, "replaces another device than it was asked to");
    must(!before?.pending || before.pending.id === first?.pending?.id, "overwrote somebody else's enrolment");
  }
  if (name === "renew") {
    same("device", "pending");
    must(before?.recovery?.id === first?.recovery?.id, "overwrote somebody else's recovery codes");
    must(after?.recovery?.id !== before?.recovery?.id, "kept the old recovery codes");
  }
  if (name === "confirm") {
    must(after?.pending === null && next?.id === before?.pending?.id, "activated another device");
    must(next?.lastCounter === COUNTER && next.failures === 0, "did not spend its code");
    must(after?.recovery?.hashes.length === 2, "has no recovery codes");
    must(secretIn(next) === beginning.pendingSecret, "activated another secret");
  }
  return found;
}

const NAMES = Object.keys(OPERATIONS) as Name[];
const PAIRS = NAMES.flatMap((first, index) => NAMES.slice(index).map((second) => [first, second] as const));
/** All of them with `npm run test:all`, otherwise every third. */
const TRIPLES = PAIRS.flatMap((pair) =>
  NAMES.slice(NAMES.indexOf(pair[1])).map((third) => [...pair, third] as const),
).filter((_, index) => MORE > 1 || index % 3 === 0);

let beginning: Beginning;

beforeEach(async () => {
  stillTimers();
  beginning = await begin();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function exploreAll(names: readonly Name[]): Promise<{ runs: number; outcomes: Set<string> }> {
  const outcomes = new Set<string>();
  const runs = await explore(names, beginning, (finished) => {
    if (finished.actors.length === 0) return;
    const outcome = finished.actors.map((actor) => `${actor.name} ${actor.outcome}`).join(", ");
    outcomes.add(outcome);
    expect(faults(finished, beginning), `${outcome}, by ${finished.steps.map(({ taken }) => taken).join("")}`).toEqual(
      [],
    );
  });
  return { runs, outcomes };
}

describe("two operations at once", () => {
  it.each(PAIRS)("are right in every order: %s and %s", async (...names) => {
    const { runs } = await exploreAll(names);
    expect(runs).toBeGreaterThan(0);
  });

  it.each([
    [["right", "right"], ["right done, right code-rejected"]],
    [
      ["right", "three"],
      ["right done, three code-rejected", "right code-rejected, three done"],
    ],
    [["recover", "recover"], ["recover done, recover code-rejected"]],
    [
      ["enroll", "enroll"],
      ["enroll done, enroll done", "enroll done, enroll superseded"],
    ],
    [
      ["renew", "renew"],
      ["renew done, renew done", "renew done, renew superseded"],
    ],
    [["confirm", "confirm"], ["confirm done, confirm already-confirmed"]],
    [
      ["confirm", "enroll"],
      ["confirm done, enroll done", "confirm done, enroll superseded", "confirm superseded, enroll done"],
    ],
    [["wrong", "wrong"], ["wrong code-rejected, wrong code-rejected"]],
    [["disable", "disable"], ["disable done, disable done"]],
  ] as const)("%j can end as %j, and never pass twice", async (names, expected) => {
    const { outcomes } = await exploreAll(names);
    for (const each of expected) expect(Array.from(outcomes)).toContain(each);
    expect(outcomes).not.toContain("right done, right done");
    expect(outcomes).not.toContain("recover done, recover done");
    expect(outcomes).not.toContain("confirm done, confirm done");
  });
});

describe("three operations at once", () => {
  it.each(TRIPLES)("are right in every order: %s, %s and %s", async (...names) => {
    const { runs } = await exploreAll(names);
    expect(runs).toBeGreaterThan(0);
  });
});

describe("the model of the operations", () => {
  it("finds a flow that does not commit before it answers", async () => {
    const wrong = await run(["right", "right"], beginning, [0, 1, 0, 1]);
    // As if both had been told that they committed.
    for (const actor of wrong.actors) Object.assign(actor, { error: undefined });
    expect(faults(wrong, beginning)).not.toEqual([]);
  });

  it("runs every order: of two that read and write, six; with the second reading first pruned", async () => {
    const { runs, outcomes } = await exploreAll(["recover", "enroll"]);
    expect(outcomes).toEqual(new Set(["recover done, enroll done"]));
    expect(runs).toBe(4);
  });
});
