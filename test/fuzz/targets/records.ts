// Stored records with damage, of both versions: each call answers `state-corrupt` and writes
// nothing, or the damage is harmless. Whoever passes has a right code, token or recovery code.
import assert from "node:assert/strict";

import fc from "fast-check";

import type { TwoFactor, TwoFactorStore } from "../../../src/two-factor/index.ts";
import type { State } from "../../../src/two-factor/state/state.ts";
import { memoryStore } from "../../two-factor/in-memory.ts";
import { anything, damagedText } from "../inputs.ts";
import {
  BINDING,
  codeAt,
  FLIPPED,
  hiddenOf,
  ISSUED,
  type KnownDevice,
  lettersOf,
  type Sample,
  SAMPLES,
  stepAt,
} from "../samples.ts";
import { property, type Target } from "../target.ts";
import type { Watch } from "../watch.ts";

/** What a call is given, chosen for a sample by a number. */
interface Attempt {
  readonly kind: string;
  readonly call: (flow: TwoFactor) => Promise<unknown>;
  /** Whether an answer is justified by what the person has, with the state before and after. */
  readonly isRight: (answer: never, before: State, after: State | undefined) => boolean;
}

interface Passed {
  readonly method: string;
  readonly deviceId: string | null;
}

const ALWAYS = (): boolean => true;

function pick<Value>(values: readonly Value[], choice: number): Value | undefined {
  return values[choice % values.length];
}

/** Right codes, codes nearby and digits of nobody. */
function typedCode(sample: Sample, choice: number): string {
  const device = pick([...sample.devices, ...(sample.pending ? [sample.pending] : [])], choice) ?? NOBODY;
  const offset = (Math.floor(choice / 8) % 9) - 3;
  const digits = device.parameters.digits;
  if (choice % 5 === 0) return String(choice % 10 ** digits).padStart(digits, "0");
  return codeAt(device, device.type === "hotp" ? 10 + offset : stepAt(device, sample.now) + offset);
}

const NOBODY: KnownDevice = {
  id: "",
  type: "totp",
  secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
};

/** The counter that is used up after a pass of a device, if the codes are its codes up to there. */
function usedBy(
  codes: readonly string[],
  device: KnownDevice | undefined,
  after: State | undefined,
): number | undefined {
  const counter = after?.devices.find(({ id }) => id === device?.id)?.lastCounter ?? undefined;
  if (device === undefined || counter === undefined) return undefined;
  const isRight = codes.every((code, index) => code === codeAt(device, counter - codes.length + 1 + index));
  return isRight ? counter : undefined;
}

/** Several records are of a person of one name: one may be put in the place of another. */
function personOf({ userId }: Sample): readonly Sample[] {
  return SAMPLES.filter((each) => each.userId === userId);
}

function devicesOf(sample: Sample): readonly KnownDevice[] {
  return personOf(sample).flatMap(({ devices, pending = [] }) => [...devices, pending].flat());
}

function isRightPass(sample: Sample, codes: readonly string[], passed: Passed, before: State, after?: State): boolean {
  if (passed.method === "recovery-code") {
    const letters = lettersOf(codes[0] ?? "");
    const left = (state?: State): number => (state?.recovery?.hashes.length ?? 0) + (state?.recovery?.issued ? 1 : 0);
    const codesOfPerson = personOf(sample).flatMap(({ recoveryCodes }) => recoveryCodes);
    return codesOfPerson.some((code) => lettersOf(code) === letters) && left(after) < left(before);
  }
  const device = devicesOf(sample).find(({ id }) => id === passed.deviceId);
  const counter = usedBy(codes, device, after);
  if (device === undefined || counter === undefined) return false;
  const spent = before.devices.find(({ id }) => id === device.id);
  const last = spent?.lastCounter ?? -1;
  if (counter <= last || spent?.told.includes(counter)) return false;
  const far = codes.length === 1 ? 1 : 4000;
  return device.type === "hotp"
    ? counter <= last + (codes.length === 1 ? 5 : 1000)
    : Math.abs(counter - stepAt(device, sample.now)) <= far;
}

function verifying(sample: Sample, typed: unknown): Attempt {
  return {
    kind: "verify",
    call: (flow) => flow.verify(sample.userId, typed as string),
    isRight: (passed, before, after) => isRightPass(sample, [String(typed)], passed, before, after),
  };
}

function inARow(sample: Sample, choice: number): Attempt {
  const device = pick(sample.devices, choice) ?? NOBODY;
  const from = (device.type === "hotp" ? 10 : stepAt(device, sample.now)) + (Math.floor(choice / 4) % 9) - 4;
  const codes = [0, 1, 2].map((index) => codeAt(device, from + index));
  if (choice % 3 === 0) codes[choice % 4] = typedCode(sample, choice);
  return {
    kind: "verifyConsecutive",
    call: (flow) => flow.verifyConsecutive(sample.userId, codes.slice(0, 3)),
    isRight: (passed, before, after) => isRightPass(sample, codes.slice(0, 3), passed, before, after),
  };
}

function recognizing(sample: Sample, token: string | undefined, binding = BINDING): Attempt {
  return {
    kind: "recognizeBrowser",
    call: (flow) => flow.recognizeBrowser(sample.userId, token, { binding }),
    isRight: ({ verifiedAt, expiresAt }: { readonly verifiedAt: Date; readonly expiresAt: Date }) =>
      binding === BINDING &&
      sample.browsers.some(
        (each) =>
          each.token === token && each.verifiedAt === Number(verifiedAt) && each.expiresAt === Number(expiresAt),
      ),
  };
}

/** From what a code that the app sends is made. */
function makingOf({ issued }: State): string {
  const { nonce, expiresAt } = issued.find(({ purpose }) => purpose === ISSUED.purpose) ?? {};
  return JSON.stringify({ nonce, expiresAt });
}

function verifyingIssued(sample: Sample, code: string, about = ISSUED): Attempt {
  return {
    kind: "verifyIssuedCode",
    call: (flow) => flow.verifyIssuedCode(sample.userId, code, about),
    // Only with the nonce and the expiry with which it was made.
    isRight: (_, before) =>
      code === sample.issuedCode && about === ISSUED && makingOf(before) === makingOf(sample.read(sample.body)),
  };
}

function confirming(sample: Sample, code: string): Attempt {
  const { pending = NOBODY, userId, now } = sample;
  return {
    kind: "confirm",
    call: (flow) => flow.confirm(userId, code, { deviceId: pending.id }),
    isRight: (_, before, after) => {
      const counter = usedBy([code], pending, after);
      return (
        counter !== undefined && Math.abs(counter - stepAt(pending, now)) <= 1 && before.pending?.id === pending.id
      );
    },
  };
}

/** The calls that let nobody pass. */
function managing({ userId, devices, pending }: Sample, choice: number): Attempt {
  const deviceId = pick([...devices, pending ?? NOBODY], choice)?.id ?? "";
  const calls: Readonly<Record<string, Attempt["call"]>> = {
    status: (flow) => flow.status(userId),
    enroll: (flow) => flow.enroll(userId, { accountName: "a", add: true }),
    resume: (flow) => flow.enroll(userId, { accountName: "a", resume: pending?.id ?? "" }),
    replace: (flow) => flow.enroll(userId, { accountName: "a", replace: deviceId }),
    importDevice: (flow) => flow.importDevice(userId, { secret: NOBODY.secret, add: true }),
    renameDevice: (flow) => flow.renameDevice(userId, deviceId, "another"),
    removeDevice: (flow) => flow.removeDevice(userId, deviceId),
    forgetBrowser: (flow) => flow.forgetBrowser(userId, deviceId),
    forgetBrowsers: (flow) => flow.forgetBrowsers(userId),
    issueCode: (flow) => flow.issueCode(userId, pick([ISSUED, { purpose: "other", request: "r" }], choice) ?? ISSUED),
    renewRecoveryCodes: (flow) => flow.renewRecoveryCodes(userId),
    issueRecoveryCode: (flow) => flow.issueRecoveryCode(userId, { hours: 2 }),
    unlock: (flow) => flow.unlock(userId),
    reseal: (flow) => flow.reseal(userId),
    disable: (flow) => flow.disable(userId),
  };
  const [kind, call] = pick(Object.entries(calls), Math.floor(choice / 8)) ?? ["status", () => Promise.resolve()];
  return { kind, call, isRight: ALWAYS };
}

function attemptOf(sample: Sample, kind: number, choice: number, junk: unknown): Attempt {
  const { browsers, recoveryCodes, spentRecoveryCodes, issuedCode } = sample;
  const others = SAMPLES[choice % 2]?.browsers ?? [];
  switch (kind) {
    case 0:
    case 1:
      return verifying(sample, typedCode(sample, choice));
    case 2:
      return verifying(
        sample,
        pick([...recoveryCodes, ...spentRecoveryCodes, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"], choice),
      );
    case 3:
      return verifying(sample, junk);
    case 4:
      return inARow(sample, choice);
    case 5:
    case 6: {
      const token = pick([...browsers, ...others], choice)?.token ?? "";
      const wrong = token.slice(0, -1) + (token.endsWith("A") ? "Q" : "A");
      const binding = choice % 11 === 0 ? "password 8" : BINDING;
      return recognizing(sample, choice % 7 === 0 ? wrong : token, binding);
    }
    case 7: {
      const about = pick(
        [ISSUED, ISSUED, { ...ISSUED, request: "login 2" }, { ...ISSUED, purpose: "text message" }],
        choice,
      );
      return verifyingIssued(sample, choice % 3 === 0 ? "12345678" : issuedCode, about);
    }
    case 8:
      return confirming(sample, typedCode(sample, choice));
    default:
      return managing(sample, choice);
  }
}

/** Calls with what is right, and the same with what is wrong. */
function allAttempts(sample: Sample): { readonly right: readonly Attempt[]; readonly wrong: readonly Attempt[] } {
  const { devices, recoveryCodes, browsers, issuedCode, pending, now } = sample;
  const codes = devices.map((device) => codeAt(device, device.type === "hotp" ? 11 : stepAt(device, now) + 1));
  const token = browsers.at(-1)?.token;
  return {
    right: [
      { kind: "status", call: (flow) => flow.status(sample.userId), isRight: ALWAYS },
      ...codes.map((code) => verifying(sample, code)),
      ...recoveryCodes.slice(-1).map((code) => verifying(sample, code)),
      ...(token === undefined ? [] : [recognizing(sample, token), verifyingIssued(sample, issuedCode)]),
      ...(pending ? [confirming(sample, codeAt(pending, stepAt(pending, now) + 1))] : []),
    ],
    wrong: [
      ...codes.map((code) => verifying(sample, code.slice(0, -1) + (code.endsWith("1") ? "2" : "1"))),
      verifying(sample, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"),
      ...(token === undefined ? [] : [recognizing(sample, token, "password 8")]),
      verifyingIssued(sample, "12345678"),
    ],
  };
}

function readOrNot(sample: Sample, body: unknown): State | undefined {
  try {
    return sample.read(body);
  } catch (error) {
    assert.equal((error as { readonly code?: unknown }).code, "state-corrupt");
    return undefined;
  }
}

/** These do not read the record first, or do not need it whole. */
const NEED_NO_RECORD = ["disable", "verify", "confirm", "verifyConsecutive", "verifyIssuedCode", "recognizeBrowser"];

/** Makes the call on a record with that body; whether it resolved. */
async function expectHarmless(sample: Sample, body: string, attempt: Attempt, watch: Watch): Promise<boolean> {
  const { userId } = sample;
  let store = memoryStore();
  const hidden = hiddenOf(sample);
  const { value, code } = await watch.call(async () => {
    store = memoryStore(new Map([[userId, { revision: "1", body }]]));
    return { answer: await attempt.call(sample.flow(store)) };
  }, hidden);
  const left = store.records.get(userId);
  const before = readOrNot(sample, body);
  if (!before) {
    const isBefore = NEED_NO_RECORD.includes(attempt.kind) && ["code-rejected", "browser-unknown"].includes(code ?? "");
    assert.ok(
      attempt.kind === "disable" || code === "state-corrupt" || isBefore,
      `${attempt.kind}: ${code ?? "resolves"}`,
    );
    assert.ok(attempt.kind === "disable" || left?.body === body, "a corrupt record was changed");
    return false;
  }
  const after = left && sample.read(left.body); // what was written can be read
  if (value) {
    assert.ok(attempt.isRight(value.answer as never, before, after), `${attempt.kind} resolves, and must not`);
    if (attempt.kind === "status") for (const text of hidden) assert.ok(!JSON.stringify(value.answer).includes(text));
  }
  return value !== undefined;
}

/** A value in the parsed text, by its place. */
interface Place {
  readonly parent: Record<string, unknown>;
  readonly name: string;
}

function placesIn(value: unknown, places: Place[] = []): readonly Place[] {
  if (typeof value !== "object" || value === null) return places;
  for (const name of Object.keys(value)) {
    const parent = value as Record<string, unknown>;
    places.push({ parent, name });
    placesIn(parent[name], places);
  }
  return places;
}

const VALUES: readonly unknown[] = [
  null,
  0,
  1,
  -1,
  2,
  1.5,
  1e300,
  2 ** 53,
  2 ** 53 - 1,
  9_999_999_999,
  60_000_000,
  59_999_999,
  60_000_003,
  1_800_000_045_000,
  "",
  "0",
  "totp",
  "hotp",
  "SHA-256",
  "first",
  "A".repeat(26),
  "A".repeat(5000),
  "\ud800",
  "__proto__",
  true,
  false,
  [],
  {},
];

interface Edit {
  readonly at: number;
  readonly kind: "set" | "drop" | "swap" | "double" | "nudge" | "add";
  readonly value: unknown;
  readonly other: number;
}

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("set", "drop", "swap", "double", "nudge", "nudge", "add"),
    value: fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue()),
    other: fc.nat(),
  }),
  { minLength: 1, maxLength: 3 },
);

/** The text with fields missing, doubled, exchanged, of another type, or a little different. */
function edited(body: string, changes: readonly Edit[]): string {
  const root = { body: JSON.parse(body) as unknown };
  for (const { at, kind, value, other } of changes) {
    const places = placesIn(root);
    const place = pick(places, at);
    const second = pick(places, other);
    if (!place || !second) continue;
    const { parent, name } = place;
    const now = parent[name];
    if (kind === "set") parent[name] = value;
    if (kind === "add") parent[`more${other % 3}`] = value;
    if (kind === "nudge") parent[name] = typeof now === "number" ? now + (other % 7) - 3 : value;
    if (kind === "drop" && Array.isArray(parent)) parent.splice(Number(name), 1);
    if (kind === "drop" && !Array.isArray(parent)) Reflect.deleteProperty(parent, name);
    if (kind === "double" && Array.isArray(parent)) parent.push(structuredClone(now));
    if (kind === "swap") {
      const [one, two] = [structuredClone(now), structuredClone(second.parent[second.name])];
      parent[name] = two;
      second.parent[second.name] = one;
    }
  }
  return JSON.stringify(root.body);
}

/** Fields of one person in the record of another. */
function mixed(body: string, other: string, fields: readonly string[]): string {
  const [own, others] = [body, other].map((text) => JSON.parse(text) as Record<string, unknown>);
  for (const field of fields) if (own && others && field in own) own[field] = others[field];
  return JSON.stringify(own);
}

const FIELDS = ["version", "vault", "devices", "pending", "recovery", "browsers", "issued", "device", "failures"];
/** Those of version 2 have most in them, so they come as often as all others. */
const sample = fc.oneof(fc.constantFrom(...SAMPLES.slice(0, 2)), fc.constantFrom(...SAMPLES));
const broken = sample.chain((each) =>
  fc
    .oneof(
      { weight: 4, arbitrary: edits.map((changes) => edited(each.body, changes)) },
      {
        weight: 3,
        arbitrary: damagedText([each.body], ["0", "1", "A", "null", ",", '"', "[", "]", "{", "}", "\\u0041", " "]),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...SAMPLES), fc.subarray(FIELDS, { minLength: 1 }))
          .map(([other, fields]) => mixed(each.body, other.body, fields)),
      },
      { weight: 1, arbitrary: fc.constantFrom(...SAMPLES).map(({ body }) => body) },
      { weight: 1, arbitrary: fc.json() },
    )
    .map((body) => ({ each, body })),
);
const junk = fc.oneof(anything, fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9]{6,8}$/));

/** What a broken store may resolve to. */
const strangeRecord = fc.oneof(
  anything,
  fc.record({ revision: anything, body: anything }, { requiredKeys: [] }),
  fc.record({ revision: fc.constant("1"), body: anything }),
);

/** The record of one person in the place of another: nobody passes with what that one has. */
async function moveAll(watch: Watch): Promise<number> {
  const moved = SAMPLES.slice(0, 2).map((each, index) => ({ ...each, userId: SAMPLES[1 - index]?.userId ?? "" }));
  const cases = moved.flatMap((each) => allAttempts(each).right.map((attempt) => ({ each, attempt })));
  for (const { each, attempt } of cases) {
    const isAnswered = await expectHarmless(each, each.body, attempt, watch);
    assert.ok(attempt.kind === "status" || !isAnswered, `${attempt.kind} with the record of another person`);
  }
  return cases.length;
}

async function flipAll(
  watch: Watch,
  { isLong, seed }: { readonly isLong: boolean; readonly seed: number },
): Promise<number> {
  let cases = await moveAll(watch);
  for (const each of FLIPPED) {
    const { right, wrong } = allAttempts(each);
    for (const attempt of right) {
      // So what is refused below is refused for the damage.
      assert.ok(await expectHarmless(each, each.body, attempt, watch), `${each.name}: ${attempt.kind}`);
    }
    for (let at = 0; at < each.body.length; at++) {
      for (const bit of isLong ? [0, 1, 2, 3, 4, 5, 6, 7] : [(at + seed) % 7]) {
        const flipped = String.fromCharCode(each.body.charCodeAt(at) ^ (1 << bit));
        const body = each.body.slice(0, at) + flipped + each.body.slice(at + 1);
        const isRead = readOrNot(each, body) !== undefined;
        // One after the other takes its turn, so each is made on some bytes of every field.
        const turns = [right[cases % right.length], isRead ? wrong[cases % wrong.length] : undefined];
        for (const attempt of turns) if (attempt) await expectHarmless(each, body, attempt, watch);
        cases++;
      }
    }
  }
  return cases;
}

export const records: Target = {
  name: "records",
  exhaust: flipAll,
  properties: [
    property(
      fc.tuple(broken, fc.nat({ max: 10 }), fc.nat({ max: 1e9 }), junk),
      async ([{ each, body }, kind, choice, typed], watch) => {
        await expectHarmless(each, body, attemptOf(each, kind, choice, typed), watch);
      },
    ),
    // Nothing is damaged but what is typed.
    property(
      fc.tuple(sample, fc.nat({ max: 10 }), fc.nat({ max: 1e9 }), junk),
      async ([each, kind, choice, typed], watch) => {
        await expectHarmless(each, each.body, attemptOf(each, kind, choice, typed), watch);
      },
    ),
    property(
      fc.tuple(sample, strangeRecord, fc.nat({ max: 10 }), fc.nat({ max: 1e9 })),
      async ([each, record, kind, choice], watch) => {
        const store: TwoFactorStore = {
          read: () => Promise.resolve(record as undefined),
          compareAndSet: () => Promise.reject(new Error("nothing may be written")),
        };
        if (record === undefined) return; // nobody
        const attempt = attemptOf(each, kind, choice, "123456");
        const { code } = await watch.call(() => attempt.call(each.flow(store)), hiddenOf(each));
        const codes = ["store-unavailable", "state-corrupt", "code-rejected", "browser-unknown"];
        assert.ok(codes.includes(code ?? ""), `${attempt.kind}: ${code ?? "resolves"}`);
      },
    ),
  ],
};
