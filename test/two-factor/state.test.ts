// The stored document: exactly what was written, or corrupt.
import { describe, expect, it } from "vitest";

import { MOST_SEALED_CHARACTERS, MOST_TOLD, parse, serialize, type State } from "../../src/two-factor/state.ts";
import { codeOfRefusal, World, type Writable } from "./world.ts";

const sealed = { keyId: "x".repeat(40), text: "x".repeat(MOST_SEALED_CHARACTERS) };
const parameters = { algorithm: "SHA-256", digits: 8, period: 86_400 } as const;
const told = Array.from({ length: MOST_TOLD }, (_, index) => 9_999_999_999 - index);

/** As large as a document can be. */
const LARGEST: State = {
  version: 1,
  device: {
    id: "A".repeat(26),
    parameters,
    secret: sealed,
    told,
    since: 9_999_999_999_999,
    lastCounter: 9_999_999_999,
    failures: 100,
    outstandingFailures: 1000,
    notBefore: 9_999_999_999_999,
  },
  pending: { id: "A".repeat(26), parameters, secret: sealed, told, expiresAt: 9_999_999_999_999, failures: 100 },
  recovery: { id: "A".repeat(26), key: sealed, hashes: Array<string>(10).fill("A".repeat(52)) },
};

it("the largest stored document has less than 3 KB", () => {
  const body = serialize(LARGEST);
  expect(body.length).toBeLessThan(3072);
  expect(Buffer.byteLength(body)).toBe(body.length);
  expect(parse(body)).toEqual(LARGEST);
});

it("a stored document of version 0.1.0 is read, and written again as it was", () => {
  const base = `"id":"${"A".repeat(26)}","parameters":{"algorithm":"SHA-1","digits":6,"period":30},"secret":{"keyId":"k","text":"t"}`;
  const device = `{${base},"since":5,"lastCounter":null,"failures":1,"outstandingFailures":2,"notBefore":0}`;
  const pending = `{${base},"expiresAt":9,"failures":3}`;
  const recovery = `{"id":"${"B".repeat(26)}","key":{"keyId":"k","text":"t"},"hashes":[]}`;
  for (const [one, two, three] of [
    [device, pending, recovery],
    [device, "null", "null"],
    ["null", pending, "null"],
  ]) {
    const body = `{"version":1,"device":${one},"pending":${two},"recovery":${three}}`;
    expect(serialize(parse(body))).toBe(body);
  }
});

it.each([1, 30, 86_400])("a stored document may have a period of %i s", (period) => {
  const { device, pending } = LARGEST;
  const each = { ...parameters, period };
  const state: State = {
    ...LARGEST,
    device: device && { ...device, parameters: each },
    pending: pending && { ...pending, parameters: each },
  };
  expect(parse(serialize(state))).toEqual(state);
});

it("a stored document may have the highest counter", () => {
  const { device } = LARGEST;
  const state = { ...LARGEST, device: device && { ...device, lastCounter: Number.MAX_SAFE_INTEGER } };
  expect(parse(serialize(state))).toEqual(state);
});

it("a stored document without a told counter has no field for it", () => {
  const { device } = LARGEST;
  for (const none of [[], undefined]) {
    expect(serialize({ ...LARGEST, device: device && { ...device, told: none }, pending: null })).not.toContain("told");
  }
});

describe("a stored document is corrupt", () => {
  const edits: Record<string, (state: Writable<State>) => unknown> = {
    "of an unknown version": (state) => Object.assign(state, { version: 2 }),
    "without a version": (state) => Object.assign(state, { version: undefined }),
    "with another field": (state) => Object.assign(state, { extra: 1 }),
    "without a device field": (state) => Object.assign(state, { device: undefined }),
    "without a recovery field": (state) => Object.assign(state, { recovery: undefined }),
    "with nothing in it": (state) => Object.assign(state, { device: null, pending: null, recovery: null }),
    "with recovery codes of no device": (state) => Object.assign(state, { device: null }),
    "whose device is a number": (state) => Object.assign(state, { device: 0 }),
    "whose pending is false": (state) => Object.assign(state, { pending: false }),
    "whose pending is a list": (state) => Object.assign(state, { pending: [] }),
    "whose recovery is text": (state) => Object.assign(state, { recovery: "" }),
  };
  const deviceEdits: Record<string, object> = {
    "without a last counter": { lastCounter: undefined },
    "whose last counter is text": { lastCounter: "5" },
    "whose last counter is negative": { lastCounter: -1 },
    "whose failures are text": { failures: "1" },
    "whose failures are negative": { failures: -1 },
    "whose failures are not an integer": { failures: 1.5 },
    "without failures": { failures: undefined },
    "without outstanding failures": { outstandingFailures: undefined },
    "whose outstanding failures are null": { outstandingFailures: null },
    "without a not-before": { notBefore: undefined },
    "whose since is too large": { since: 2 ** 60 },
    "whose last counter is too large": { lastCounter: 2 ** 53 },
    "whose key has a long name": { secret: { keyId: "a".repeat(41), text: "x" } },
    "whose id is short": { id: "A" },
    "whose id is a number": { id: 5 },
    "with five digits": { parameters: { ...parameters, digits: 5 } },
    "with digits in text": { parameters: { ...parameters, digits: "6" } },
    "with a period of 0": { parameters: { ...parameters, period: 0 } },
    "with a period of two days": { parameters: { ...parameters, period: 172_800 } },
    "with another algorithm": { parameters: { ...parameters, algorithm: "MD5" } },
    "with a parameter more": { parameters: { ...parameters, t0: 5 } },
    "without parameters": { parameters: undefined },
    "without a secret": { secret: undefined },
    "whose secret is empty": { secret: { keyId: "a", text: "" } },
    "whose secret is too long": { secret: { keyId: "a", text: "x".repeat(MOST_SEALED_CHARACTERS + 1) } },
    "whose key has no name": { secret: { keyId: "", text: "x" } },
    "with another field in its device": { extra: 1 },
    "with an empty list of told counters": { told: [] },
    "with too many told counters": { told: [...told, 1] },
    "whose told counters are null": { told: null },
    "whose told counter is not a list": { told: 5 },
    "whose told counter is text": { told: ["5"] },
    "whose told counter is negative": { told: [-1] },
    "whose told counter is null": { told: [null] },
    "whose told counter is too large": { told: [5, 2 ** 53] },
  };
  const pendingEdits: Record<string, object> = {
    "whose pending has no expiry": { expiresAt: undefined },
    "whose pending failures are text": { failures: "0" },
    "whose pending has no id": { id: "" },
    "whose pending id is long": { id: "A".repeat(27) },
    "whose pending expiry is too large": { expiresAt: 2 ** 53 },
    "whose pending has too many told counters": { told: [...told, 1] },
    "whose pending has a period of a million": { parameters: { ...parameters, period: 1_000_000 } },
  };
  const recoveryEdits: Record<string, object> = {
    "whose hashes are text": { hashes: "A".repeat(52) },
    "whose hashes are short": { hashes: ["A".repeat(51)] },
    "whose hashes are numbers": { hashes: [5] },
    "with eleven hashes": { hashes: Array(11).fill("A".repeat(52)) },
    "whose recovery has no id": { id: undefined },
    "whose recovery key is missing": { key: undefined },
    "whose recovery id is short": { id: "A".repeat(25) },
    "whose recovery key is too long": { key: { keyId: "a", text: "x".repeat(MOST_SEALED_CHARACTERS + 1) } },
  };
  const all = [
    ...Object.entries(edits),
    ...Object.entries(deviceEdits).map(
      ([name, edit]) => [name, (state: Writable<State>) => Object.assign(state.device ?? {}, edit)] as const,
    ),
    ...Object.entries(pendingEdits).map(
      ([name, edit]) => [name, (state: Writable<State>) => Object.assign(state.pending ?? {}, edit)] as const,
    ),
    ...Object.entries(recoveryEdits).map(
      ([name, edit]) => [name, (state: Writable<State>) => Object.assign(state.recovery ?? {}, edit)] as const,
    ),
  ];

  it.each(all.map(([name, edit]) => ({ name, edit })))("if it is one $name", ({ edit }) => {
    const state = structuredClone(LARGEST) as Writable<State>;
    edit(state);
    expect(() => parse(JSON.stringify(state))).toThrow(expect.objectContaining({ code: "state-corrupt" }) as Error);
  });

  const body = serialize(LARGEST);
  it.each([
    "",
    "null",
    "5",
    "[]",
    "{}",
    '"text"',
    "{",
    `${body} `,
    ` ${body}`,
    body.slice(0, -1),
    body + body,
    body.replace('"failures":100', '"failures":1e2'),
    body.replace("{", '{"version":1,'),
    body.replace(",", ", "),
    body.replace('"version":1,', ""),
    `${body.slice(0, -1)},"version":1}`,
    `${body.slice(0, -1)},"__proto__":{}}`,
  ])("if it is not what serialize writes (case %#)", (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: "state-corrupt", message: "stored state is damaged" }) as Error,
    );
  });

  it("unless it is what serialize writes, whatever character of it is changed, doubled or missing", () => {
    const others = ['"', ",", "0", "1", "A", "a", "-", ".", " ", "\\", "{", "}", "\0", "é"];
    const wrong: string[] = [];
    for (let index = 0; index < body.length; index++) {
      const [before, after] = [body.slice(0, index), body.slice(index + 1)];
      for (const text of ["", ...others].flatMap((one) => [before + one + after, before + one + body.slice(index)])) {
        if (writtenAgain(text) !== text) wrong.push(text);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("if it has wrong content, however long it is", () => {
    const hashes = '"A",'.repeat(4_000_000); // more than a regular expression can take
    const long = body.replace('"hashes":[', `"hashes":[${hashes}`);
    expect(() => parse(long)).toThrow(expect.objectContaining({ code: "state-corrupt" }) as Error);
  });

  it.each([undefined, null, 5, {}, [body], Object(body)])("if it is not text (%#)", (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: "state-corrupt" }) as Error);
  });

  it("for every method but disable, with an event and nothing written", async () => {
    const world = await new World().enrolled();
    const damaged = {
      revision: "r",
      body: (world.store.records.get("alice")?.body ?? "").replace('"version":1', '"version":2'),
    };
    world.store.records.set("alice", damaged);
    const { twoFactor } = world;
    for (const call of [
      () => twoFactor.enroll("alice", { accountName: "a", replace: true }),
      () => twoFactor.confirm("alice", "123456"),
      () => twoFactor.verify("alice", world.code()),
      () => twoFactor.verify("alice", world.recoveryCodes[0] ?? ""),
      () => twoFactor.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]),
      () => twoFactor.status("alice"),
      () => twoFactor.renewRecoveryCodes("alice"),
      () => twoFactor.reseal("alice"),
      () => twoFactor.importDevice("alice", { secret: "GEZDGNBVGY3TQOJQ" }),
    ]) {
      world.events.length = 0;
      expect(await codeOfRefusal(call())).toBe("state-corrupt");
      expect(world.events).toMatchObject([{ type: "state-corrupt", userId: "alice" }]);
    }
    expect(world.store.records.get("alice")).toBe(damaged);
  });
});

/** Of what is corrupt, the text itself. */
function writtenAgain(text: string): string {
  try {
    return serialize(parse(text));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "state-corrupt") throw error;
    return text;
  }
}

it("one state has one stored text, whatever the order of its fields", () => {
  const reversed = (value: unknown): unknown =>
    value === null || typeof value !== "object" || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([name, each]) => [name, reversed(each)]),
        );
  const other = reversed(LARGEST) as State;
  expect(JSON.stringify(other)).not.toBe(JSON.stringify(LARGEST));
  expect(serialize(other)).toBe(serialize(LARGEST));
});
