// A model: every order in which the store calls of two and three concurrent operations can happen,
// and what must hold in each.
import { createHmac } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { decodeSecret, encodeBase32 } from "../../src/index.ts";
import type { Confirmed, Enrollment } from "../../src/two-factor/devices/enrollment.ts";
import {
  createTwoFactor,
  type Sealer,
  type TwoFactor,
  TwoFactorError,
  type TwoFactorEvent,
  type TwoFactorRecord,
} from "../../src/two-factor/index.ts";
import type { IssuedCode } from "../../src/two-factor/issued/issued-codes.ts";
import type { Passed } from "../../src/two-factor/passing.ts";
import { readPolicy, windowCounters } from "../../src/two-factor/policy.ts";
import type { IssuedRecoveryCode, NewRecoveryCodes } from "../../src/two-factor/recovery/recovering.ts";
import { decodeVault, type Vault } from "../../src/two-factor/sealing/vault.ts";
import { parse, serialize } from "../../src/two-factor/state/format.ts";
import { type Browser, type Issued, NO_STATE, type State } from "../../src/two-factor/state/state.ts";
import { MORE } from "../helpers/more.ts";
import { stillTimers } from "./timers.ts";
import { codeOf, memoryStore, START } from "./world.ts";

const USER = "alice";
const POLICY = { raceRetries: 2, lookBehind: 3, recoveryCodes: 2, maxDevices: 4 };
const LIMITS = readPolicy(POLICY);
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

function stateOf(record: TwoFactorRecord | undefined): State | undefined {
  return record && parse(record.body, START, LIMITS);
}

function vaultOf(state: State | undefined): Vault | undefined {
  const found = state?.vault && sealed[Number(state.vault.text)];
  return found ? decodeVault(found.plaintext) : undefined;
}

/** What an app has that shows the codes of a stored device, active or pending. */
function secretIn(state: State | undefined, deviceId: string): string | undefined {
  const { devices = [], pending = null } = vaultOf(state) ?? {};
  const device = [...devices, pending].find((each) => each?.id === deviceId);
  return device ? encodeBase32(device.secret) : undefined;
}

/**
 * How the pending device was begun: beside others, in the place of the first one, or as the first
 * one. Version 1 had one device, and one to replace it.
 */
const KINDS = ["adding", "replacing", "first", "version 1"] as const;
type Kind = (typeof KINDS)[number];

/**
 * Where every run begins: two failures, a pending device, and a code that the app sent and may send
 * again. But for the kind `first` there are three active devices too, recovery codes, one from
 * support, and a browser with its fourth token.
 */
interface Beginning {
  readonly kind: Kind;
  readonly record: TwoFactorRecord;
  readonly secret: string;
  readonly deviceId: string;
  readonly secondId: string;
  readonly hotpId: string;
  readonly pendingId: string;
  readonly pendingSecret: string;
  readonly recoveryCode: string;
  readonly issuedRecoveryCode: string;
  readonly browserId: string;
  /** The first token is at 0. */
  readonly tokens: readonly string[];
  readonly issuedCode: string;
  readonly wrong: string;
}

const SECOND = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const HOTP = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK";
const IMPORTED = "ONSWG4TFOQQGS3LQN5ZHIZLEONSWG4TF";
const HOTP_COUNTER = 10;
const GENERATION = 4;
const BINDING = { binding: "password 1" };
const SAME = { purpose: "mail", request: "first" };
const OTHER = { purpose: "mail", request: "other" };
const FAILURES = 2;
const OUTSTANDING = 40;

async function begin(kind: Kind): Promise<Beginning> {
  return kind === "version 1" ? beginVersion1() : beginVersion2(kind);
}

async function beginVersion2(kind: Kind): Promise<Beginning> {
  const store = memoryStore();
  const flow = createTwoFactor({ issuer: "Acme", store, sealer, policy: POLICY, clock });
  const active = kind === "first" ? NOBODY : await activate(flow);
  const { deviceId: pendingId, secret: pendingSecret } = await flow.enroll(USER, {
    accountName: "a",
    ...(kind === "adding" && { add: true }),
    ...(kind === "replacing" && { replace: active.deviceId }),
  });
  const { code: issuedCode } = await flow.issueCode(USER, SAME);
  const state = stateOf(store.records.get(USER)) ?? NO_STATE;
  const body = serialize({
    ...state,
    failures: FAILURES,
    outstanding: OUTSTANDING,
    issued: state.issued.map((each) => ({ ...each, resendAt: START })),
  });
  const wrong = wrongFor(active.secret, pendingSecret);
  return { ...active, kind, record: { revision: "begin", body }, pendingId, pendingSecret, issuedCode, wrong };
}

function wrongFor(...secrets: string[]): string {
  const near = [...secrets, SECOND].flatMap((secret) => codesOf(secret, COUNTER - 10));
  const ahead = [HOTP, IMPORTED].flatMap((secret) => codesOf(secret, 0));
  return ["123456", "123457", "123458"].find((code) => ![...near, ...ahead].includes(code)) ?? "";
}

/**
 * As version 1 wrote it: every secret is sealed by itself, and failures are counted, not chances.
 */
async function beginVersion1(): Promise<Beginning> {
  const [deviceId, pendingId] = [`${"D".repeat(25)}A`, `${"P".repeat(25)}A`];
  const [secret, pendingSecret] = ["KRSXG5CTMVRXEZLUKN2W4ZDFOJZVI2DF", "OBSW4ZDJNZTWCZDFOZUWGZJRGIZTINJW"];
  const parameters = { algorithm: "SHA-1", digits: 6, period: 30 };
  const sealVersion1 = async (purpose: string, id: string, plaintext: Uint8Array): Promise<object> => {
    const context = JSON.stringify(["halfminute/two-factor 1", purpose, USER, id, "SHA-1", 6, 30]);
    return { keyId: "model", text: await sealer.seal("model", plaintext, new TextEncoder().encode(context)) };
  };
  const [key, recoveryCode] = [new Uint8Array(32).fill(7), "ABCD".repeat(6)];
  const hash = encodeBase32(createHmac("sha256", key).update(decodeSecret(recoveryCode)).digest());
  const device = {
    id: deviceId,
    parameters,
    secret: await sealVersion1("secret", deviceId, decodeSecret(secret)),
    since: START - 60_000,
    lastCounter: COUNTER - 2,
    failures: FAILURES,
    outstandingFailures: FAILURES,
    notBefore: 0,
  };
  const pending = {
    id: pendingId,
    parameters,
    secret: await sealVersion1("pending-secret", pendingId, decodeSecret(pendingSecret)),
    expiresAt: START + 60_000,
    failures: 0,
  };
  const recovery = {
    id: `${"R".repeat(25)}A`,
    key: await sealVersion1("recovery-codes", deviceId, key),
    hashes: [hash, "A".repeat(52)],
  };
  const body = JSON.stringify({ version: 1, device, pending, recovery });
  const [wrong, issuedCode] = [wrongFor(secret, pendingSecret), ""];
  const made = { secret, deviceId, pendingId, pendingSecret, recoveryCode, issuedCode, wrong };
  return { ...NOBODY, ...made, kind: "version 1", record: { revision: "begin", body } };
}

function codesOf(secret: string, first: number): string[] {
  return Array.from({ length: 20 }, (_, index) => codeOf(secret, first + index));
}

const NOBODY = {
  secret: SECOND,
  deviceId: "",
  secondId: "",
  hotpId: "",
  recoveryCode: "",
  issuedRecoveryCode: "",
  browserId: "",
  tokens: [] as readonly string[],
};

async function activate(flow: TwoFactor): Promise<typeof NOBODY> {
  const { deviceId, secret } = await flow.enroll(USER, { accountName: "a" });
  const { recoveryCodes } = await flow.confirm(USER, codeOf(secret, COUNTER - 2), { deviceId });
  const { deviceId: secondId } = await flow.importDevice(USER, { secret: SECOND, add: true });
  const hotp = { secret: HOTP, type: "hotp", counter: HOTP_COUNTER, add: true } as const;
  const { deviceId: hotpId } = await flow.importDevice(USER, hotp);
  const { browser } = await flow.verify(USER, codeOf(SECOND, COUNTER - 1), { remember: BINDING });
  const tokens = [browser?.token ?? ""];
  while (tokens.length < GENERATION) tokens.push((await flow.recognizeBrowser(USER, tokens.at(-1), BINDING)).token);
  return {
    secret,
    deviceId,
    secondId,
    hotpId,
    recoveryCode: recoveryCodes[0] ?? "",
    issuedRecoveryCode: (await flow.issueRecoveryCode(USER, { hours: 1 })).recoveryCode,
    browserId: browser?.browserId ?? "",
    tokens,
  };
}

const OPERATIONS = {
  right: (flow: TwoFactor, { secret }: Beginning) => flow.verify(USER, codeOf(secret, COUNTER)),
  wrong: (flow: TwoFactor, { wrong }: Beginning) => flow.verify(USER, wrong),
  replayed: (flow: TwoFactor, { secret }: Beginning) => flow.verify(USER, codeOf(secret, COUNTER - 2)),
  three: (flow: TwoFactor, { secret }: Beginning) => flow.verifyConsecutive(USER, threeOf(secret)),
  second: (flow: TwoFactor, { secondId }: Beginning) =>
    flow.verify(USER, codeOf(SECOND, COUNTER), { deviceId: secondId }),
  hotp: (flow: TwoFactor) => flow.verify(USER, codeOf(HOTP, HOTP_COUNTER + 1)),
  remember: (flow: TwoFactor, { secret }: Beginning) =>
    flow.verify(USER, codeOf(secret, COUNTER), { remember: BINDING }),
  recover: (flow: TwoFactor, { recoveryCode }: Beginning) => flow.verify(USER, recoveryCode),
  recoverIssued: (flow: TwoFactor, { issuedRecoveryCode }: Beginning) => flow.verify(USER, issuedRecoveryCode),
  confirm: (flow: TwoFactor, { pendingId, pendingSecret }: Beginning) =>
    flow.confirm(USER, codeOf(pendingSecret, COUNTER), { deviceId: pendingId }),
  confirmWrong: (flow: TwoFactor, { pendingId, wrong }: Beginning) =>
    flow.confirm(USER, wrong, { deviceId: pendingId }),
  enroll: (flow: TwoFactor, { kind, deviceId }: Beginning) =>
    flow.enroll(USER, { accountName: "a", replace: kind === "first" ? false : deviceId }),
  add: (flow: TwoFactor) => flow.enroll(USER, { accountName: "a", add: true }),
  importOne: (flow: TwoFactor) => flow.importDevice(USER, { secret: IMPORTED, type: "hotp", counter: 0, add: true }),
  remove: (flow: TwoFactor, { secondId }: Beginning) => flow.removeDevice(USER, secondId),
  removePending: (flow: TwoFactor, { pendingId }: Beginning) => flow.removeDevice(USER, pendingId),
  rename: (flow: TwoFactor, { secondId }: Beginning) => flow.renameDevice(USER, secondId, "other"),
  renew: (flow: TwoFactor) => flow.renewRecoveryCodes(USER),
  issueRecovery: (flow: TwoFactor) => flow.issueRecoveryCode(USER, { hours: 2 }),
  unlock: (flow: TwoFactor) => flow.unlock(USER),
  disable: (flow: TwoFactor) => flow.disable(USER),
  present: (flow: TwoFactor, { tokens }: Beginning) => flow.recognizeBrowser(USER, tokens[3], BINDING),
  before: (flow: TwoFactor, { tokens }: Beginning) => flow.recognizeBrowser(USER, tokens[2], BINDING),
  stolen: (flow: TwoFactor, { tokens }: Beginning) => flow.recognizeBrowser(USER, tokens[0], BINDING),
  forget: (flow: TwoFactor, { browserId }: Beginning) => flow.forgetBrowser(USER, browserId),
  forgetAll: (flow: TwoFactor) => flow.forgetBrowsers(USER),
  issueSame: (flow: TwoFactor) => flow.issueCode(USER, SAME),
  issueOther: (flow: TwoFactor) => flow.issueCode(USER, OTHER),
  issuedRight: (flow: TwoFactor, { issuedCode }: Beginning) => flow.verifyIssuedCode(USER, issuedCode, SAME),
  issuedWrong: (flow: TwoFactor, { issuedCode }: Beginning) =>
    flow.verifyIssuedCode(USER, issuedCode === "12345678" ? "12345679" : "12345678", SAME),
} as const;

function threeOf(secret: string): string[] {
  return [-1, 0, 1].map((steps) => codeOf(secret, COUNTER + steps));
}

type Name = keyof typeof OPERATIONS;

/**
 * What an operation tells when it has committed, and which fields of the state it may change then.
 */
const COMMITTED: Readonly<Record<Name, readonly [events: string, fields: string]>> = {
  right: ["passed", "standing devices"],
  wrong: ["refused", "standing"],
  replayed: ["none", "none"],
  three: ["passed", "standing devices"],
  second: ["passed", "standing devices"],
  hotp: ["passed", "standing devices"],
  remember: ["passed browser-remembered", "standing devices browsers"],
  recover: ["passed recovery-code-used", "recovery"],
  recoverIssued: ["passed recovery-code-used", "recovery"],
  confirm: ["confirmed", "vault standing devices pending recovery browsers"],
  confirmWrong: ["refused", "pending"],
  enroll: ["enrolled", "vault pending"],
  add: ["enrolled", "vault pending"],
  importOne: ["confirmed", "vault standing devices"],
  remove: ["device-removed", "vault devices browsers"],
  removePending: ["device-removed", "vault devices pending browsers"],
  rename: ["device-renamed", "devices"],
  renew: ["recovery-codes-renewed", "recovery"],
  issueRecovery: ["recovery-code-issued", "recovery"],
  unlock: ["unlocked", "vault standing browsers"],
  disable: ["disabled", "vault standing devices pending recovery browsers issued"],
  present: ["browser-recognized", "browsers"],
  before: ["browser-recognized", "none"],
  stolen: ["browser-token-reused", "browsers"],
  forget: ["browsers-forgotten", "browsers"],
  forgetAll: ["browsers-forgotten", "vault browsers"],
  issueSame: ["code-issued", "vault issued"],
  issueOther: ["code-issued", "vault issued"],
  issuedRight: ["issued-code-passed", "issued"],
  issuedWrong: ["issued-code-refused", "issued"],
};

/** One of the operations under way: it waits at a store call, or it is over. */
class Actor {
  readonly name: Name;
  readonly events: TwoFactorEvent[] = [];
  readonly reads: (State | undefined)[] = [];
  readonly commits: Commit[] = [];
  /** How many commits there were when it last read or wrote. */
  seen = 0;
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

/**
 * One run: at each step the actor that the path names, and behind its end always the first that is
 * possible.
 */
async function run(names: readonly Name[], beginning: Beginning, path: readonly number[]): Promise<Run> {
  let record: TwoFactorRecord | undefined = beginning.record;
  const commits: Commit[] = [];
  const actors = names.map((name) => new Actor(name));
  for (const actor of actors) {
    const store = {
      read: () =>
        actor.wait(true, () => {
          actor.reads.push(stateOf(record));
          actor.seen = commits.length;
          return record;
        }),
      compareAndSet: (_: string, expected: string | undefined, next: TwoFactorRecord | undefined) =>
        actor.wait(false, () => {
          if (record?.revision !== expected) return false;
          const commit = { actor, before: stateOf(record), after: stateOf(next) };
          commits.push(commit);
          actor.commits.push(commit);
          actor.seen = commits.length;
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
async function explore(
  names: readonly Name[],
  beginning: Beginning,
  check: (run: Run) => Promise<void>,
): Promise<number> {
  let runs = 0;
  for (let path: readonly number[] | undefined = []; path;) {
    const finished: Run = await run(names, beginning, path);
    if (finished.actors.length > 0) runs++;
    await check(finished);
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
async function faults(finished: Run, beginning: Beginning): Promise<string[]> {
  const { actors, commits, record } = finished;
  const found: string[] = [];
  const must = (holds: boolean, fault: string): void => {
    if (!holds) found.push(fault);
  };
  const counters = actors.flatMap((actor) => acceptedBy(actor));
  must(new Set(counters).size === counters.length, "a counter was accepted twice");
  for (const once of ["recover", "recoverIssued", "issuedRight", "confirm"] as const) {
    const done = actors.filter(({ name, outcome }) => name === once && outcome === "done");
    must(done.length <= 1, `${once} was done twice`);
  }
  for (const actor of actors) found.push(...actorFaults(actor, beginning));
  for (const [index, { before }] of commits.entries()) {
    const previous = index === 0 ? stateOf(beginning.record) : commits[index - 1]?.after;
    must(isSame(before, previous), "a commit was lost");
  }
  must(isSame(stateOf(record), commits.length === 0 ? stateOf(beginning.record) : commits.at(-1)?.after), "was lost");
  found.push(...(await shownFaults(finished, beginning)));
  return found;
}

function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}

/** Counters that are spent by what an actor was told. */
function acceptedBy({ events, name }: Actor): string[] {
  return events.flatMap(({ type, deviceId, counter }) => {
    if ((type !== "passed" && type !== "confirmed") || counter === null) return [];
    const steps = name === "three" ? [0, 1, 2] : [0];
    return steps.map((step) => `${deviceId ?? ""} ${counter - step}`);
  });
}

/** What one operation may answer, tell and commit. */
function actorFaults(actor: Actor, beginning: Beginning): string[] {
  const { outcome, events, commits } = actor;
  const name = nameOf(actor, beginning);
  const told = events.map(({ type }) => type).join(" ");
  const [commit] = commits;
  const found: string[] = [];
  const must = (holds: boolean, fault: string): void => {
    if (!holds) found.push(`${name}, ${outcome}: ${fault}`);
  };
  must(commits.length <= 1, "committed twice");
  if (commit) {
    must(told === COMMITTED[name][0], `told ${told}`);
    must((outcome !== "done") === DENIALS.includes(name), "is not what was committed");
    found.push(...commitFaults(commit, beginning));
  } else {
    must(outcome !== "done" || isIdle(actor, beginning), "is done without a commit");
    must(outcome !== "busy", "gave up");
    must(IDLE_EVENTS.includes(told), `told ${told} without a commit`);
    must(outcome !== "code-rejected" || name !== "confirmWrong" || told === "", "was not counted");
  }
  return found;
}

/** The code that the app sent last, unless it is spent. */
function codeUnderWay(state: State | undefined): Issued | undefined {
  return state?.issued.find(({ expiresAt }) => expiresAt > 0);
}

/**
 * Any code is a wrong one where its device, or the code that the app sent, has just been replaced.
 */
function nameOf({ name, outcome, reads }: Actor, { deviceId, record }: Beginning): Name {
  const isOfFirst = name === "right" || name === "remember" || name === "replayed";
  const isReplaced = reads.at(-1)?.devices.every(({ id }) => id !== deviceId);
  if (isOfFirst && isReplaced && outcome === "code-rejected") return "wrong";
  const [began, found] = [stateOf(record), reads.at(-1)].map((state) => codeUnderWay(state)?.nonce);
  return name === "issuedRight" && outcome === "code-rejected" && found !== began ? "issuedWrong" : name;
}

/** What is counted though the answer is no. */
const DENIALS: readonly Name[] = ["wrong", "confirmWrong", "stolen", "issuedWrong"];
const IDLE_EVENTS: readonly string[] = [
  "",
  "refused",
  "refused replay-seen",
  "throttled",
  "issued-code-refused",
  "browser-recognized",
];

/** Whether there was nothing left to do when it last looked. */
function isIdle({ name, reads, result }: Actor, { browserId, secondId, pendingId }: Beginning): boolean {
  const state = reads.at(-1);
  const { devices, pending, browsers, issued } = state ?? NO_STATE;
  const browser = browsers.find(({ id }) => id === browserId);
  if (name === "disable") return !state || (devices.length === 0 && !pending && !state.vault && issued.length > 0);
  if (name === "remove") return devices.every(({ id }) => id !== secondId);
  if (name === "removePending") return [...devices, pending].every((each) => each?.id !== pendingId);
  if (name === "forget") return !browser;
  if (name === "forgetAll") return devices.length === 0;
  // The token that its browser has already.
  if (name === "present" || name === "before") return generationIn(result) === browser?.generation;
  return false;
}

function generationIn(result: unknown): number {
  return Number((result as { readonly token: string }).token.split(".")[1]);
}

/** What one commit may do to the state. */
function commitFaults({ actor, before, after }: Commit, beginning: Beginning): string[] {
  const { outcome, reads, result } = actor;
  const name = nameOf(actor, beginning);
  const { kind } = beginning;
  const found: string[] = [];
  const must = (holds: boolean, fault: string): void => {
    if (!holds) found.push(`${name}, ${outcome}: ${fault}`);
  };
  const [from, to] = [before ?? NO_STATE, after ?? NO_STATE];
  const first = reads[0] ?? NO_STATE;
  const changeable = COMMITTED[name][1].split(" ");
  for (const field of ["vault", "devices", "pending", "recovery", "browsers", "issued"] as const) {
    // Any commit makes version 2 of a record of version 1.
    const isUpgrade = from.version1 !== null && to.vault !== null;
    // New recovery codes void the old ones, and so their key goes.
    const isLastOfOld = name === "renew" && !!vaultOf(before)?.recoveryKey;
    must(
      (field === "vault" && (isUpgrade || isLastOfOld)) || changeable.includes(field) || isSame(from[field], to[field]),
      `changed ${field}`,
    );
  }
  must(to.version1 === null, "is of version 1");
  for (const [id, secret] of [
    [beginning.deviceId, beginning.secret],
    [beginning.secondId, SECOND],
    [beginning.hotpId, HOTP],
  ] as const) {
    must(!idsIn(to).includes(id) || secretIn(after, id) === secret, "lost a secret");
  }
  if (name.startsWith("issue") && from.vault) must(isSame(from.vault, to.vault), "sealed without a reason");
  found.push(...vaultFaults({ actor, before, after }, beginning));
  must(isSame(standingIn(to), standingAfter(name, from, to)), "is miscounted");
  for (const each of to.browsers) found.push(...browserFaults(name, each, from, first));
  if (name === "disable") {
    must(isSame({ ...to, issued: [] }, NO_STATE), "left something");
    must(
      to.issued.every(({ expiresAt }) => expiresAt === 0),
      "left a code",
    );
    return found;
  }
  const spent = ["right", "three", "second", "hotp", "remember"];
  if (spent.includes(name)) {
    const [changed, ...others] = to.devices.filter((each, index) => !isSame(each, from.devices[index]));
    const old = from.devices.find(({ id }) => id === changed?.id);
    must(others.length === 0 && (changed?.lastCounter ?? 0) > (old?.lastCounter ?? 0), "did not spend its counter");
    must(
      isSame({ ...changed, lastCounter: 0, lastUsedAt: 0 }, { ...old, lastCounter: 0, lastUsedAt: 0 }),
      "changed it",
    );
  }
  if (name === "recover") must(isSame(to.recovery?.issued, from.recovery?.issued), "spent the code from support");
  if (name === "recover") must(lengthIn(to) === lengthIn(from) - 1, "spent not one recovery code");
  if (name === "recoverIssued") must(isSame(to.recovery, { ...from.recovery, issued: null }), "spent another code");
  if (name === "enroll" || name === "add") {
    must(secretIn(after, to.pending?.id ?? "") === (result as Enrollment).secret, "showed what is not stored");
    must(isSame(idsIn(from), idsIn(first)), "comes to other devices than it was asked to");
    must(!from.pending || from.pending.id === first.pending?.id, "overwrote somebody else's enrollment");
  }
  if (name === "importOne") must(isSame(idsIn(to).slice(0, -1), idsIn(from)), "changed other devices");
  if (name === "remove")
    must(
      isSame(
        idsIn(to),
        idsIn(from).filter((id) => id !== beginning.secondId),
      ),
      "removed another",
    );
  if (name === "remove" || name === "unlock" || name === "forgetAll") must(to.browsers.length === 0, "kept a browser");
  if (name === "removePending") must(to.pending?.id !== beginning.pendingId, "kept the pending device");
  if (name === "renew") {
    const known = [...(first.recovery?.hashes ?? [])];
    must(
      from.recovery?.hashes.every((hash) => known.includes(hash)) ?? true,
      "overwrote somebody else's recovery codes",
    );
    must(lengthIn(to) === 2 && to.recovery?.issued === null, "kept the old recovery codes");
    must(!vaultOf(after)?.recoveryKey, "kept the key of the old recovery codes");
  }
  if (name === "issueRecovery") must(isSame(to.recovery?.hashes, from.recovery?.hashes), "changed the other codes");
  if (name === "confirm") {
    must(to.pending === null && to.devices.at(-1)?.id === from.pending?.id, "activated another device");
    must(to.devices.at(-1)?.lastCounter === COUNTER, "did not spend its code");
    must(secretIn(after, beginning.pendingId) === beginning.pendingSecret, "activated another secret");
    const kept = idsIn(from).filter((id) => kind === "adding" || id !== beginning.deviceId);
    must(isSame(idsIn(to).slice(0, -1), kept), "changed other devices");
    if (kind === "adding") must(isSame([to.recovery, to.browsers], [from.recovery, from.browsers]), "lost something");
    else must(lengthIn(to) === 2 && to.browsers.length === 0, "kept what was there");
  }
  if (name === "confirmWrong") must(to.pending?.failures === (from.pending?.failures ?? 0) + 1, "was not counted");
  const [code, next] = [from, to].map(codeUnderWay);
  if (name === "issuedWrong") must(next?.tries === (code?.tries ?? 0) + 1 && next.nonce === code?.nonce, "is no try");
  if (name === "issuedRight") must(next === undefined, "kept its code");
  if (name === "issueSame" || name === "issueOther") {
    const more = next?.nonce === code?.nonce ? 0 : 1;
    must(to.issued[0]?.count === (from.issued[0]?.count ?? 0) + more, "is miscounted");
  }
  return found;
}

function idsIn({ devices }: State): string[] {
  return devices.map(({ id }) => id);
}

function lengthIn({ recovery }: State): number {
  return recovery?.hashes.length ?? 0;
}

/** The vault has the devices of the record, and keys that change only where tokens are voided. */
function vaultFaults({ actor, before, after }: Commit, beginning: Beginning): string[] {
  const name = nameOf(actor, beginning);
  const [old, vault] = [vaultOf(before), vaultOf(after)];
  if (!vault) return after && (after.devices.length > 0 || after.pending) ? [`${name}: has no vault`] : [];
  const found: string[] = [];
  const devices = vault.devices.map(({ id, type }) => [id, type]);
  const stored = after?.devices.map(({ id, type }) => [id, type]);
  if (!isSame(devices, stored)) found.push(`${name}: the vault has other devices`);
  if (vault.pending?.id !== after?.pending?.id) found.push(`${name}: the vault has another pending device`);
  if (!old) return found;
  const isGone = vault.devices.length < old.devices.length + Number(JOINING.includes(name));
  const voids = name === "unlock" || name === "forgetAll" || isGone;
  if (!isSame(old.key, vault.key)) found.push(`${name}: changed the key`);
  if (isSame(old.browserKey, vault.browserKey) === voids) found.push(`${name}: the key of tokens is wrong`);
  for (const device of vault.devices) {
    const known = [...old.devices, old.pending].find((each) => each?.id === device.id);
    if (known && !isSame(known.secret, device.secret)) found.push(`${name}: changed a secret`);
  }
  return found;
}

/** A confirmed or imported device is one more, unless it replaces one. */
const JOINING: readonly Name[] = ["confirm", "importOne"];

type Counts = Pick<State, "failures" | "outstanding" | "notBefore">;

function standingIn({ failures, outstanding, notBefore }: Counts): Counts {
  return { failures, outstanding, notBefore };
}

/** What an operation makes of the counts. */
function standingAfter(name: Name, from: State, to: State): Counts {
  const { failures, outstanding } = from;
  if (name === "disable") return standingIn(NO_STATE);
  if (name === "unlock") return { failures: 0, outstanding, notBefore: 0 };
  if (name === "wrong") {
    const chances = from.devices.reduce((sum, { type }) => sum + windowCounters(type, LIMITS), 0);
    const notBefore = failures + 1 < 4 ? 0 : START + 1000 * 2 ** (failures - 3);
    return { failures: failures + 1, outstanding: outstanding + chances, notBefore };
  }
  if (name === "confirm" || name === "importOne") return standingIn(to.devices.length === 1 ? NO_STATE : from);
  const isPass = ["right", "three", "second", "hotp", "remember"].includes(name);
  return isPass ? { failures: 0, outstanding: Math.max(outstanding - 3, 0), notBefore: 0 } : standingIn(from);
}

/**
 * A browser's generation steps by one, only by its present token, and never back. A forgotten one
 * does not return.
 */
function browserFaults(name: Name, browser: Browser, from: State, first: State): string[] {
  const { id, generation } = browser;
  const old = from.browsers.find((each) => each.id === id);
  if (!old) {
    const isNew = name === "remember" && generation === 1 && first.browsers.every((each) => each.id !== id);
    return isNew ? [] : [`${name}: a browser came back`];
  }
  const steps = name === "present" && old.generation === GENERATION ? 1 : 0;
  const isRight = generation === old.generation + steps && isSame({ ...old, generation }, { ...browser });
  return isRight ? [] : [`${name}: a browser has another token`];
}

/** What makes worthless what an operation has shown, by a later commit. */
const SUPERSEDED_BY: Partial<Record<Name, string>> = {
  confirm: "renew disable",
  enroll: "enroll add confirm disable",
  add: "enroll add confirm disable",
  renew: "renew confirm disable",
  issueRecovery: "issueRecovery renew confirm disable",
  remember: "forgetAll unlock remove confirm disable",
  present: "forgetAll unlock remove confirm disable forget stolen",
  before: "forgetAll unlock remove confirm disable forget stolen",
  issueSame: "issueOther issuedRight disable",
  issueOther: "issueSame disable",
};

/** Whatever was shown is good at the end, unless a later commit took its place: then it is not. */
async function shownFaults({ actors, commits, record }: Run, beginning: Beginning): Promise<string[]> {
  const found: string[] = [];
  for (const { name, outcome, result, seen } of actors) {
    const isShown = name === "confirm" ? (result as Confirmed | undefined)?.recoveryCodes.length !== 0 : true;
    const superseding = SUPERSEDED_BY[name]?.split(" ");
    if (outcome !== "done" || !superseding || !isShown) continue;
    // To add a device leaves everything else as it is.
    const isGood = !commits
      .slice(seen)
      .map(({ actor }) => nameOf(actor, beginning))
      .some((later) => superseding.includes(later) && !isHarmless(name, later, beginning));
    const store = memoryStore(new Map(record ? [[USER, record]] : []));
    const flow = createTwoFactor({ issuer: "Acme", store, sealer, policy: POLICY, clock });
    const works = await isTaken(name, result, flow).catch((error: unknown) => {
      if (error instanceof TwoFactorError) return false;
      throw error;
    });
    if (works !== isGood) found.push(`${name}: what it showed is ${works ? "still" : "not"} good`);
  }
  return found;
}

function isHarmless(shown: Name, later: Name, { kind }: Beginning): boolean {
  return later === "confirm" && kind === "adding" && shown !== "enroll" && shown !== "add";
}

/** Tries what was shown. */
async function isTaken(name: Name, result: unknown, flow: TwoFactor): Promise<boolean> {
  switch (name) {
    case "enroll":
    case "add": {
      const { deviceId, secret } = result as Enrollment;
      return (await flow.enroll(USER, { accountName: "a", resume: deviceId })).secret === secret;
    }
    case "confirm":
    case "renew": {
      const { recoveryCodes } = result as NewRecoveryCodes;
      for (const code of recoveryCodes) await flow.verify(USER, code);
      return recoveryCodes.length === 2;
    }
    case "issueRecovery":
      await flow.verify(USER, (result as IssuedRecoveryCode).recoveryCode);
      return true;
    case "remember": {
      const { browser } = result as Passed;
      return (await flow.recognizeBrowser(USER, browser?.token, BINDING)).browserId === browser?.browserId;
    }
    case "present":
    case "before":
      return (await flow.recognizeBrowser(USER, (result as { token: string }).token, BINDING)).token !== "";
    default: {
      const { code } = result as IssuedCode;
      return (await flow.verifyIssuedCode(USER, code, name === "issueSame" ? SAME : OTHER)).purpose === "mail";
    }
  }
}

const NAMES = Object.keys(OPERATIONS) as Name[];
/** All that somebody can do who has no device yet. */
const FIRST_NAMES: readonly Name[] = [
  "confirm",
  "confirmWrong",
  "enroll",
  "importOne",
  "removePending",
  "disable",
  "issueSame",
  "issueOther",
  "issuedRight",
  "issuedWrong",
];

/** All that somebody can do whose record version 1 wrote. */
const VERSION_1_NAMES: readonly Name[] = [
  "right",
  "wrong",
  "replayed",
  "three",
  "remember",
  "recover",
  "confirm",
  "confirmWrong",
  "enroll",
  "add",
  "importOne",
  "removePending",
  "renew",
  "issueRecovery",
  "unlock",
  "disable",
  "forgetAll",
  "issueSame",
  "issueOther",
];

function pairsOf(names: readonly Name[]): (readonly [Name, Name])[] {
  return names.flatMap((first, index) => names.slice(index).map((second) => [first, second] as const));
}

function triplesOf(names: readonly Name[]): (readonly [Name, Name, Name])[] {
  return pairsOf(names).flatMap(([first, second]) =>
    names.slice(names.indexOf(second)).map((third) => [first, second, third] as const),
  );
}

/** Operations that get in each other's way. */
const GROUPS: readonly (readonly Name[])[] = [
  ["right", "three", "remember", "wrong", "second", "hotp", "unlock"],
  ["recover", "recoverIssued", "renew", "issueRecovery", "confirm", "disable"],
  ["enroll", "add", "confirm", "importOne", "remove", "removePending", "disable"],
  ["remember", "present", "before", "stolen", "forget", "forgetAll", "remove"],
  ["issueSame", "issueOther", "issuedRight", "issuedWrong", "disable"],
];
/** All of them with `npm run test:all`, otherwise some. */
const EACH = MORE > 1 ? 1 : 21;
const TRIPLES = GROUPS.flatMap(triplesOf).filter((_, index) => index % EACH === 0);

const beginnings = new Map<Kind, Beginning>();
let kept = 0;

/** They are made once: what they are made of is the same in every test. */
async function beginningOf(kind: Kind): Promise<Beginning> {
  const made = beginnings.get(kind) ?? (await begin(kind));
  beginnings.set(kind, made);
  return made;
}

beforeEach(async () => {
  stillTimers();
  for (const kind of KINDS) await beginningOf(kind);
  kept ||= sealed.length;
  sealed.length = kept;
  // Random bytes are the same in every test: beyond those that the beginnings are made of.
  globalThis.crypto.getRandomValues(new Uint8Array(20_000));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function exploreAll(
  names: readonly Name[],
  kind: Kind = "adding",
): Promise<{ runs: number; outcomes: Set<string> }> {
  const outcomes = new Set<string>();
  const beginning = await beginningOf(kind);
  const runs = await explore(names, beginning, async (finished) => {
    if (finished.actors.length === 0) return;
    const outcome = finished.actors.map((actor) => `${actor.name} ${actor.outcome}`).join(", ");
    outcomes.add(outcome);
    const found = await faults(finished, beginning);
    if (found.length === 0) return;
    expect(found, `${outcome}, by ${finished.steps.map(({ taken }) => taken).join("")}`).toEqual([]);
  });
  return { runs, outcomes };
}

describe("two operations at once", () => {
  it.each(NAMES)("are right in every order: %s and any other", async (first) => {
    const others = NAMES.slice(NAMES.indexOf(first));
    for (const second of others.filter((_, index) => MORE > 1 || index % 2 === 0)) {
      expect((await exploreAll([first, second])).runs).toBeGreaterThan(0);
    }
  });

  it.each(NAMES)("are right in every order where a device is replaced: confirm and %s", async (other) => {
    expect((await exploreAll(["confirm", other], "replacing")).runs).toBeGreaterThan(0);
  });

  it.each(VERSION_1_NAMES)("are right in every order over a record of version 1: %s and any other", async (first) => {
    const others = VERSION_1_NAMES.slice(VERSION_1_NAMES.indexOf(first));
    for (const second of others.filter((_, index) => MORE > 1 || index % 3 === 0)) {
      expect((await exploreAll([first, second], "version 1")).runs).toBeGreaterThan(0);
    }
  });

  it.each(pairsOf(FIRST_NAMES))("are right in every order without a device: %s and %s", async (...names) => {
    expect((await exploreAll(names, "first")).runs).toBeGreaterThan(0);
  });

  it.each([
    [["right", "right"], ["right done, right code-rejected"]],
    [["second", "second"], ["second done, second code-rejected"]],
    [["hotp", "hotp"], ["hotp done, hotp code-rejected"]],
    [["right", "second"], ["right done, second done"]],
    [
      ["right", "remember"],
      ["right done, remember code-rejected", "right code-rejected, remember done"],
    ],
    [
      ["right", "three"],
      ["right done, three code-rejected", "right code-rejected, three done"],
    ],
    [["recover", "recover"], ["recover done, recover code-rejected"]],
    [["recover", "recoverIssued"], ["recover done, recoverIssued done"]],
    [["recoverIssued", "recoverIssued"], ["recoverIssued done, recoverIssued code-rejected"]],
    [
      ["recoverIssued", "issueRecovery"],
      ["recoverIssued done, issueRecovery done", "recoverIssued code-rejected, issueRecovery done"],
    ],
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
      ["confirm", "add"],
      ["confirm done, add superseded", "confirm superseded, add done"],
    ],
    [
      ["confirm", "importOne"],
      ["confirm done, importOne too-many-devices", "confirm too-many-devices, importOne done"],
    ],
    [["importOne", "importOne"], ["importOne done, importOne too-many-devices"]],
    [["remove", "remove"], ["remove done, remove done"]],
    [
      ["remove", "second"],
      ["remove done, second done", "remove done, second device-unknown"],
    ],
    [["present", "present"], ["present done, present done"]],
    [["present", "before"], ["present done, before done"]],
    [
      ["present", "stolen"],
      ["present done, stolen browser-unknown", "present browser-unknown, stolen browser-unknown"],
    ],
    [
      ["present", "forgetAll"],
      ["present done, forgetAll done", "present browser-unknown, forgetAll done"],
    ],
    [["issueSame", "issueSame"], ["issueSame done, issueSame throttled"]],
    [["issueSame", "issueOther"], ["issueSame done, issueOther done"]],
    [["issueOther", "issueOther"], ["issueOther done, issueOther throttled"]],
    [["issuedRight", "issuedRight"], ["issuedRight done, issuedRight code-rejected"]],
    [
      ["issuedRight", "issueOther"],
      ["issuedRight done, issueOther done", "issuedRight code-rejected, issueOther done"],
    ],
    [["wrong", "wrong"], ["wrong code-rejected, wrong code-rejected"]],
    [["disable", "disable"], ["disable done, disable done"]],
  ] as const)("%j can end as %j, and never pass twice", async (names, expected) => {
    const { outcomes } = await exploreAll(names);
    for (const each of expected) expect(Array.from(outcomes)).toContain(each);
    for (const once of ["right", "second", "hotp", "recover", "recoverIssued", "confirm", "issuedRight"]) {
      expect(outcomes).not.toContain(`${once} done, ${once} done`);
    }
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
    const beginning = await beginningOf("adding");
    const wrong = await run(["right", "right"], beginning, [0, 1, 0, 1]);
    // As if both had been told that they committed.
    for (const actor of wrong.actors) Object.assign(actor, { error: undefined });
    expect(await faults(wrong, beginning)).not.toEqual([]);
  });

  it.each(["enroll", "renew", "issueRecovery", "remember", "issueOther"] as const)(
    "finds that what %s showed is not stored",
    async (name) => {
      const beginning = await beginningOf("adding");
      const finished = await run([name, "rename"], beginning, []);
      expect(await faults(finished, beginning)).toEqual([]);
      expect(await faults({ ...finished, record: beginning.record }, beginning)).toContain(
        `${name}: what it showed is not good`,
      );
    },
  );

  it("runs every order: of two that read and write, six; with the second reading first pruned", async () => {
    const { runs, outcomes } = await exploreAll(["recover", "add"]);
    expect(outcomes).toEqual(new Set(["recover done, add done"]));
    expect(runs).toBe(4);
  });
});
