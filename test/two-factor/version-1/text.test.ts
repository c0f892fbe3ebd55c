// The text of version 1: it is read for ever, and only if version 1 wrote it.
import { describe, expect, it } from "vitest";

import { readPolicy } from "../../../src/two-factor/policy.ts";
import { parse } from "../../../src/two-factor/state/format.ts";
import { NO_STATE, type State } from "../../../src/two-factor/state/state.ts";
import { World } from "../world.ts";
import { RECORDS } from "./records.ts";

const LIMITS = readPolicy(undefined);
const NOW = 1_800_000_000_000;

function read(body: string, now: number = NOW, limits: typeof LIMITS = LIMITS): State {
  return parse(body, now, limits);
}

const sealed = { keyId: "x".repeat(40), text: "x".repeat(280) };
const parameters = { algorithm: "SHA-256", digits: 8, period: 86_400 } as const;
const told = Array.from({ length: 10 }, (_, index) => 9_999_999_999 - index);

/** As version 1 wrote it, as large as it could be. */
function largest() {
  return {
    version: 1 as number,
    device: {
      id: "A".repeat(26),
      parameters,
      secret: sealed,
      told,
      since: 9_999_999_999_999,
      lastCounter: 9_999_999_999 as number | null,
      failures: 100,
      outstandingFailures: 1000,
      notBefore: 9_999_999_999_999,
    },
    pending: {
      id: "E".repeat(26),
      parameters,
      secret: sealed,
      told,
      expiresAt: 9_999_999_999_999,
      failures: 100,
    },
    recovery: { id: "I".repeat(26), key: sealed, hashes: Array<string>(10).fill("D".repeat(26) + "E".repeat(26)) },
  };
}

const BODY = JSON.stringify(largest());

describe("a text of version 1", () => {
  it("is read: what was sealed is carried, and failures are chances of three counters", () => {
    const device = { id: "A".repeat(26), name: null, type: "totp", since: 9_999_999_999_999, told } as const;
    expect(read(BODY)).toEqual({
      ...NO_STATE,
      version1: [
        { purpose: "secret", id: "A".repeat(26), parameters, sealed, begun: "" },
        { purpose: "pending-secret", id: "E".repeat(26), parameters, sealed, begun: "A".repeat(26) },
        { purpose: "recovery-codes", id: "A".repeat(26), parameters, sealed, begun: "" },
      ],
      failures: 100,
      outstanding: 3000,
      notBefore: 9_999_999_999_999,
      devices: [{ ...device, lastUsedAt: null, lastCounter: 9_999_999_999 }],
      pending: { id: "E".repeat(26), name: null, expiresAt: 9_999_999_999_999, failures: 100, told },
      recovery: { hashes: Array(10).fill("D".repeat(26)), issued: null },
    });
  });

  it("is read in each of its shapes, without told counters too", () => {
    const base = `"parameters":{"algorithm":"SHA-1","digits":6,"period":30},"secret":{"keyId":"k","text":"t"}`;
    const counts = `"since":5,"lastCounter":null,"failures":1,"outstandingFailures":2,"notBefore":0`;
    const device = `{"id":"${"A".repeat(26)}",${base},${counts}}`;
    const pending = `{"id":"${"E".repeat(26)}",${base},"expiresAt":${NOW + 1},"failures":3}`;
    const recovery = `{"id":"${"I".repeat(26)}","key":{"keyId":"k","text":"t"},"hashes":[]}`;
    const textOf = (one: string, two: string, three: string): string =>
      `{"version":1,"device":${one},"pending":${two},"recovery":${three}}`;
    const plain = { algorithm: "SHA-1", digits: 6, period: 30 };
    const carried = { parameters: plain, sealed: { keyId: "k", text: "t" } };
    const active = {
      failures: 1,
      outstanding: 6,
      devices: [
        { id: "A".repeat(26), name: null, type: "totp", since: 5, lastUsedAt: null, lastCounter: null, told: [] },
      ],
    };
    const waiting = { id: "E".repeat(26), name: null, expiresAt: NOW + 1, failures: 3, told: [] };
    const ofDevice = { ...carried, purpose: "secret", id: "A".repeat(26), begun: "" };
    const ofCodes = { ...carried, purpose: "recovery-codes", id: "A".repeat(26), begun: "" };
    const ofPending = { ...carried, purpose: "pending-secret", id: "E".repeat(26) };
    expect(read(textOf(device, pending, recovery))).toEqual({
      ...NO_STATE,
      ...active,
      version1: [ofDevice, { ...ofPending, begun: "A".repeat(26) }, ofCodes],
      pending: waiting,
      recovery: { hashes: [], issued: null },
    });
    expect(read(textOf(device, "null", "null"))).toEqual({ ...NO_STATE, ...active, version1: [ofDevice] });
    expect(read(textOf("null", pending, "null"))).toEqual({
      ...NO_STATE,
      version1: [{ ...ofPending, begun: "first" }],
      pending: waiting,
    });
    // One that expired is gone: the key that sealed it may be too.
    expect(read(textOf("null", pending, "null"), NOW + 1)).toEqual({ ...NO_STATE, version1: [] });
    expect(read(textOf(device, pending, "null"), NOW + 1)).toEqual({ ...NO_STATE, ...active, version1: [ofDevice] });
  });

  it("is read with a failure for as many chances as the window has counters, up to a limit", () => {
    const outstanding = (failures: number, policy = {}): number => {
      const body = BODY.replace('"outstandingFailures":1000', `"outstandingFailures":${failures}`);
      return read(body, NOW, readPolicy(policy)).outstanding;
    };
    expect(outstanding(7)).toBe(21);
    expect(outstanding(7, { lookBehind: 0, lookAhead: 0 })).toBe(7);
    expect(outstanding(7, { lookBehind: 10, lookAhead: 10 })).toBe(147);
    expect(outstanding(8e15)).toBe(1e9);
  });

  it.each([1, 30, 86_400])("may have a period of %i s", (period) => {
    const body = BODY.replaceAll('"period":86400', `"period":${period}`);
    const [first, second] = read(body).version1 ?? [];
    expect([first?.parameters.period, second?.parameters.period]).toEqual([period, period]);
  });

  it("has its last use at the time of the last counter, unless there is no such date", () => {
    const body = BODY.replace('"lastCounter":9999999999', '"lastCounter":20000');
    expect(read(body).devices).toMatchObject([{ lastCounter: 20_000, lastUsedAt: 20_000 * 86_400_000 }]);
  });

  it("may have the highest counter, which is at no date", () => {
    const body = BODY.replace('"lastCounter":9999999999', `"lastCounter":${Number.MAX_SAFE_INTEGER}`);
    expect(read(body).devices).toMatchObject([{ lastCounter: Number.MAX_SAFE_INTEGER, lastUsedAt: null }]);
  });

  it.each(RECORDS.map(({ name, ...record }) => [name, record] as const))(
    "has the status that it had: %s",
    async (_, known) => {
      const { now, userId, record, status: before, policy = {} } = known;
      const { restrictAfter } = policy;
      const world = new World({ policy: { ...policy, restrictAfter: restrictAfter && 3 * restrictAfter } });
      world.now = now;
      world.store.records.set(userId, record);
      const status = await world.twoFactor.status(userId);
      expect(status).toMatchObject({
        state: before.state,
        recoveryCodesLeft: before.recoveryCodesLeft,
        retryAfterSeconds: before.retryAfterSeconds,
        issuedRecoveryCodeUntil: null,
        browsers: [],
      });
      const textOf = (moment: Date | null = null): string | null => moment && moment.toISOString();
      const [device] = status.devices;
      expect(textOf(status.pending?.expiresAt)).toBe(before.pendingUntil);
      expect(textOf(device?.since)).toBe(before.activeSince);
      expect(textOf(device?.lastUsedAt)).toBe(before.lastCodeAt);
      expect(world.store.records.get(userId)).toBe(record);
    },
  );
});

describe("a text of version 1 is corrupt", () => {
  type Text = ReturnType<typeof largest>;
  const edits: Record<string, (text: Text) => unknown> = {
    "of an unknown version": (text) => Object.assign(text, { version: 0 }),
    "of version 2 in the shape of version 1": (text) => Object.assign(text, { version: 2 }),
    "without a version": (text) => Object.assign(text, { version: undefined }),
    "with another field": (text) => Object.assign(text, { extra: 1 }),
    "without a device field": (text) => Object.assign(text, { device: undefined }),
    "without a recovery field": (text) => Object.assign(text, { recovery: undefined }),
    "with nothing in it": (text) => Object.assign(text, { device: null, pending: null, recovery: null }),
    "with recovery codes of no device": (text) => Object.assign(text, { device: null }),
    "whose device is a number": (text) => Object.assign(text, { device: 0 }),
    "whose pending is false": (text) => Object.assign(text, { pending: false }),
    "whose pending is a list": (text) => Object.assign(text, { pending: [] }),
    "whose recovery is text": (text) => Object.assign(text, { recovery: "" }),
    "with one id twice": (text) => Object.assign(text.pending, { id: text.device.id }),
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
    "whose secret is too long": { secret: { keyId: "a", text: "x".repeat(281) } },
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
    "whose hashes are as long as those of version 2": { hashes: ["A".repeat(26)] },
    "whose hashes are numbers": { hashes: [5] },
    "with eleven hashes": { hashes: Array(11).fill("A".repeat(52)) },
    "whose recovery has no id": { id: undefined },
    "whose recovery key is missing": { key: undefined },
    "whose recovery id is short": { id: "A".repeat(25) },
    "whose recovery key is too long": { key: { keyId: "a", text: "x".repeat(281) } },
  };
  const all: [string, (text: Text) => unknown][] = [
    ...Object.entries(edits),
    ...Object.entries(deviceEdits).map(([name, edit]): [string, (text: Text) => unknown] => [
      name,
      ({ device }) => Object.assign(device, edit),
    ]),
    ...Object.entries(pendingEdits).map(([name, edit]): [string, (text: Text) => unknown] => [
      name,
      ({ pending }) => Object.assign(pending, edit),
    ]),
    ...Object.entries(recoveryEdits).map(([name, edit]): [string, (text: Text) => unknown] => [
      name,
      ({ recovery }) => Object.assign(recovery, edit),
    ]),
  ];

  const CORRUPT = expect.objectContaining({ name: "TwoFactorError", code: "state-corrupt" }) as Error;

  it.each(all)("if it is one %s", (_, edit) => {
    const text = structuredClone(largest());
    edit(text);
    expect(() => read(JSON.stringify(text))).toThrow(CORRUPT);
  });

  it.each([
    `${BODY} `,
    ` ${BODY}`,
    BODY.slice(0, -1),
    BODY + BODY,
    BODY.replace('"failures":100', '"failures":1e2'),
    BODY.replace("{", '{"version":1,'),
    BODY.replace(",", ", "),
    BODY.replace('"version":1,', ""),
    `${BODY.slice(0, -1)},"version":1}`,
    `${BODY.slice(0, -1)},"__proto__":{}}`,
  ])("if it is not what version 1 wrote (case %#)", (text) => {
    expect(() => read(text)).toThrow(CORRUPT);
  });

  it("unless it is spelled as version 1 spelled it, whatever character is changed, doubled or missing", () => {
    const others = ['"', ",", "0", "1", "A", "a", "-", ".", " ", "\\", "{", "}", "\0", "é"];
    const accepted: string[] = [];
    for (let index = 0; index < BODY.length; index++) {
      const [before, after] = [BODY.slice(0, index), BODY.slice(index + 1)];
      for (const text of ["", ...others].flatMap((one) => [before + one + after, before + one + BODY.slice(index)])) {
        if (isRead(text)) accepted.push(text);
      }
    }
    expect(accepted.length).toBeGreaterThan(1000);
    expect(accepted.filter((text) => JSON.stringify(JSON.parse(text)) !== text)).toEqual([]);
  });
});

function isRead(text: string): boolean {
  try {
    read(text);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "state-corrupt") throw error;
    return false;
  }
}
