// What a program gets wrong always throws, and what it may get wrong changes nothing else.
import { afterEach, describe, expect, it } from "vitest";

import {
  createTwoFactor,
  guessProbability,
  OtpError,
  type Policy,
  requireRecent,
  type TwoFactor,
  type TwoFactorRecord,
  type TwoFactorStore,
} from "../../src/two-factor/index.ts";
import { named } from "../helpers/named.ts";
import { codeOfRefusal, KEY, memoryStore, World } from "./world.ts";

const sealingKeys = [{ id: "first", key: KEY }];

function create(options: object): () => unknown {
  return () => createTwoFactor({ issuer: "Acme", store: memoryStore(), sealingKeys, ...options });
}

function otpError(code: string): Error {
  return expect.objectContaining({ name: "OtpError", code }) as Error;
}

describe("options of createTwoFactor", () => {
  it.each(
    named<[code: string, options: object]>([
      ["invalid-account", { issuer: undefined }],
      ["invalid-account", { issuer: "" }],
      ["invalid-account", { issuer: " " }],
      ["invalid-account", { issuer: "a:b" }],
      ["invalid-account", { issuer: "\uD800" }],
      ["invalid-account", { issuer: 5 }],
      ["invalid-option", { store: undefined }],
      ["invalid-option", { store: {} }],
      ["invalid-option", { store: { read: () => undefined } }],
      ["invalid-option", { store: { compareAndSet: () => true } }],
      ["invalid-option", { clock: new Date() }],
      ["invalid-option", { onEvent: "log" }],
      ["invalid-options", { policy: 5 }],
      ["unknown-option", { policy: { window: 1 } }],
      ["invalid-options", { parameters: "SHA-1" }],
      ["unknown-option", { parameters: { t0: 5 } }],
      ["invalid-option", { parameters: { digits: 9 } }],
      ["invalid-option", { parameters: { period: 0 } }],
      ["invalid-option", { parameters: { algorithm: "SHA1" } }],
      ["unknown-option", { sealingKey: KEY }],
    ]),
  )("are refused by their error: %s", (_, [code, options]) => {
    expect(create(options)).toThrow(otpError(code));
  });

  it.each<[what: string, options: object, message: string]>([
    [
      "a pool for a store",
      { store: { query: () => undefined } },
      "store must have the method read, like sqliteStore(db), postgresStore(pool) or another of halfminute/stores/*",
    ],
    ["a key for a list", { sealingKeys: KEY }, "sealingKeys must be an array of one or more { id, key }"],
    [
      "one key for a list",
      { sealingKeys: { id: "a", key: KEY } },
      "sealingKeys must be an array of one or more { id, key }",
    ],
    ["no key", { sealingKeys: [] }, "sealingKeys must be an array of one or more { id, key }"],
    [
      "a function for a sealer",
      { sealingKeys: undefined, sealer: () => "" },
      "sealer must have the method seal, like a Sealer",
    ],
  ])("have a message that says what to give instead of %s", (_, options, message) => {
    expect(create(options)).toThrow(expect.objectContaining({ name: "OtpError", message }) as Error);
  });

  it("lead a number as user id to String(id)", async () => {
    const twoFactor = createTwoFactor({ issuer: "Acme", store: memoryStore(), sealingKeys });
    const error: unknown = await twoFactor.verify(1 as never, "123456").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid-user-id", status: 500, statusCode: 500 });
    expect((error as Error).message).toContain("for a number use String(id)");
  });

  it("must be a plain object", () => {
    for (const options of [undefined, null, 5, "x", new Date(), [], memoryStore]) {
      expect(() => createTwoFactor(options as never)).toThrow(expect.objectContaining({ name: "OtpError" }) as Error);
    }
  });

  it("may be undefined where there is a default", () => {
    const optional = {
      policy: undefined,
      clock: undefined,
      onEvent: undefined,
      parameters: undefined,
      sealer: undefined,
    };
    expect(create(optional)).not.toThrow();
  });

  it("are copied: changing them later changes nothing", async () => {
    const world = new World();
    const policy: { pendingLifetime: number } = { pendingLifetime: 60 };
    const parameters: { digits: 6 | 8 } = { digits: 6 };
    const options = {
      issuer: "Acme",
      store: world.store,
      sealingKeys,
      policy,
      parameters,
      clock: () => new Date(world.now),
    };
    const twoFactor = createTwoFactor(options);
    policy.pendingLifetime = 86_400;
    parameters.digits = 8;
    options.issuer = "Evil";
    options.clock = () => new Date(0);
    const { uri, expiresAt } = await twoFactor.enroll("alice", { accountName: "a" });
    expect(expiresAt.getTime()).toBe(world.now + 60_000);
    expect(uri).toContain("issuer=Acme");
    expect(uri).not.toContain("digits");
  });

  it("give methods that need no this and cannot be replaced", async () => {
    const world = await new World().enrolled();
    const verify = Reflect.get(world.twoFactor, "verify") as (...typed: string[]) => Promise<unknown>;
    await verify("alice", world.code());
    expect(Object.isFrozen(world.twoFactor)).toBe(true);
  });

  it("keep a store and a sealer as they are: their methods have their this", async () => {
    class Store implements TwoFactorStore {
      readonly #inner = memoryStore();
      read(userId: string): Promise<TwoFactorRecord | undefined> {
        return this.#inner.read(userId);
      }
      compareAndSet(...call: Parameters<TwoFactorStore["compareAndSet"]>): Promise<boolean> {
        return this.#inner.compareAndSet(...call);
      }
    }
    const twoFactor = new World().another({ store: new Store() });
    await twoFactor.enroll("alice", { accountName: "a" });
    expect((await twoFactor.status("alice")).state).toBe("pending");
  });
});

describe("the policy", () => {
  const ranges: Record<keyof Policy, readonly [usual: number, least: number, most: number]> = {
    lookBehind: [1, 0, 10],
    lookAhead: [1, 0, 10],
    delayAfter: [4, 1, 10],
    maxDelay: [3600, 1, 86_400],
    lockAfter: [100, 5, 100],
    restrictAfter: [900, 30, 3000],
    hotpLookAhead: [4, 0, 10],
    maxDevices: [5, 1, 5],
    pendingLifetime: [600, 60, 86_400],
    pendingAttempts: [10, 1, 100],
    recoveryCodes: [10, 1, 10],
    issuedCodeLifetime: [600, 60, 3600],
    issuedCodeAttempts: [5, 1, 10],
    issuedCodesPerDay: [10, 1, 100],
    issuedCodeResend: [60, 1, 600],
    raceRetries: [8, 0, 100],
    storeTimeout: [5000, 100, 60_000],
    sealerTimeout: [5000, 100, 60_000],
  };

  it.each(Object.entries(ranges))("%s has its default and its range", (name, [usual, least, most]) => {
    for (const value of [least, usual, most, undefined]) expect(create({ policy: { [name]: value } })).not.toThrow();
    for (const value of [least - 1, most + 1, usual + 0.5, NaN, Infinity, String(usual), null, true, BigInt(usual)]) {
      expect(create({ policy: { [name]: value } })).toThrow(otpError("invalid-option"));
      expect(create({ policy: { [name]: value } })).toThrow(new RegExp(`${name}.* from ${least} to ${most}`));
    }
  });
});

describe("wrong options of the methods", () => {
  it.each([
    ["invalid-account", undefined],
    ["invalid-account", {}],
    ["invalid-account", { accountName: "a:b" }],
    ["invalid-account", { accountName: "" }],
    ["invalid-account", { accountName: 5 }],
    ["invalid-options", "alice@example.com"],
    ["invalid-option", { accountName: "a", replace: 1 }],
    ["invalid-option", { accountName: "a", replace: null }],
    ["invalid-option", { accountName: "a", replace: ["x"] }],
    ["invalid-option", { accountName: "a", add: 1 }],
    ["invalid-option", { accountName: "a", add: "true" }],
    ["invalid-option", { accountName: "a", add: null }],
    ["invalid-option", { accountName: "a", add: true, replace: true }],
    ["invalid-option", { accountName: "a", add: true, replace: "x" }],
    ["invalid-option", { accountName: "a", add: true, replace: "" }],
    ["invalid-option", { accountName: "a", name: "" }],
    ["invalid-option", { accountName: "a", name: " " }],
    ["invalid-option", { accountName: "a", name: null }],
    ["invalid-option", { accountName: "a", name: 5 }],
    ["invalid-option", { accountName: "a", name: "a\nb" }],
    ["invalid-option", { accountName: "a", name: "a\u0085b" }],
    ["invalid-option", { accountName: "a", name: "\uD800" }],
    ["invalid-option", { accountName: "a", name: "x".repeat(129) }],
    ["invalid-option", { accountName: "a", name: "ä".repeat(65) }],
    ["invalid-option", { accountName: "a", name: '"'.repeat(65) }],
    ["invalid-option", { accountName: "a", resume: 5 }],
    ["invalid-option", { accountName: "a", resume: true }],
    ["invalid-option", { accountName: "a", resume: null }],
    ["unknown-option", { accountName: "a", overwrite: true }],
  ])("are refused by enroll as %s: %j", async (code, options) => {
    const world = new World();
    await expect(world.twoFactor.enroll("alice", options as never)).rejects.toMatchObject({ name: "OtpError", code });
    expect(world.store.calls).toEqual([]);
  });

  it.each(["x".repeat(128), "ä".repeat(64), '"'.repeat(64), "\\".repeat(64), "\u{1F511}".repeat(32)])(
    "are none where a name has 128 bytes: %s",
    async (name) => {
      const world = new World();
      await world.twoFactor.importDevice("alice", { secret: "GEZDGNBVGY3TQOJQ", name });
      await world.twoFactor.enroll("alice", { accountName: "a", add: true, name });
      expect((await world.twoFactor.status("alice")).devices[0]?.name).toBe(name);
      expect(world.state().pending?.name).toBe(name);
    },
  );

  it("are none where replace is the text of no device: that is device-unknown", async () => {
    const world = await new World().enrolled();
    for (const replace of ["true", "", "A".repeat(26), world.deviceId.toLowerCase()]) {
      const { twoFactor } = world;
      expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a", replace }))).toBe("device-unknown");
      expect(await codeOfRefusal(twoFactor.importDevice("alice", { secret: "GEZDGNBVGY3TQOJQ", replace }))).toBe(
        "device-unknown",
      );
    }
  });

  it.each([
    ["invalid-option", undefined],
    ["invalid-option", {}],
    ["invalid-option", { deviceId: undefined }],
    ["invalid-option", { deviceId: null }],
    ["invalid-option", { deviceId: 5 }],
    ["invalid-option", { deviceId: ["x"] }],
    ["invalid-options", "x"],
    ["unknown-option", { deviceId: "x", id: "x" }],
  ])("are refused by confirm as %s: %j", async (code, options) => {
    const world = new World();
    for (const typed of ["123456", "nonsense"]) {
      await expect(world.twoFactor.confirm("alice", typed, options as never)).rejects.toMatchObject({
        name: "OtpError",
        code,
      });
    }
    expect(world.store.calls).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it.each([
    ["invalid-option", { deviceId: null }],
    ["invalid-option", { deviceId: 5 }],
    ["invalid-options", "x"],
    ["unknown-option", { after: 5 }],
    ["invalid-option", { remember: true }],
    ["invalid-option", { remember: {} }],
    ["invalid-option", { remember: { binding: "" } }],
    ["invalid-option", { remember: { binding: "ä".repeat(513) } }],
    ["invalid-option", { remember: { binding: "b", days: 0 } }],
    ["invalid-option", { remember: { binding: "b", days: 91 } }],
    ["invalid-option", { remember: { binding: "b", name: "" } }],
    ["unknown-option", { remember: { binding: "b", day: 1 } }],
  ])("are refused by verify and verifyConsecutive as %s: %j", async (code, options) => {
    const world = await new World().enrolled();
    const three = [world.code(-2), world.code(-1), world.code()];
    for (const call of [
      world.twoFactor.verify("alice", world.code(), options as never),
      world.twoFactor.verify("alice", world.recoveryCodes[0] ?? "", options as never),
      world.twoFactor.verifyConsecutive("alice", three, options as never),
    ]) {
      await expect(call).rejects.toMatchObject({ name: "OtpError", code });
    }
    expect(world.store.calls).toEqual([]);
    await world.twoFactor.verify("alice", world.code());
  });

  it.each([
    ["invalid-secret", undefined],
    ["invalid-secret", {}],
    ["unknown-option", { secret: "GEZDGNBVGY3TQOJQ", lastCounter: 5 }],
    ["invalid-options", "GEZDGNBVGY3TQOJQ"],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: "steam" }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: null }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", counter: 5 }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: "hotp" }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: "hotp", counter: -1 }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: "hotp", counter: 2 ** 53 }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: "hotp", counter: 0, after: 5 }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", type: "hotp", counter: 0, parameters: { period: 30 } }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", add: true, replace: true }],
    ["invalid-option", { secret: "GEZDGNBVGY3TQOJQ", name: "\n" }],
  ])("are refused by importDevice as %s: %j", async (code, options) => {
    const world = new World();
    await expect(world.twoFactor.importDevice("alice", options as never)).rejects.toMatchObject({
      name: "OtpError",
      code,
    });
    expect(world.store.calls).toEqual([]);
  });

  it.each([
    ["invalid-option", {}],
    ["invalid-option", { days: 0, loginsPerDay: 1 }],
    ["invalid-option", { days: 1.5, loginsPerDay: 1 }],
    ["invalid-option", { days: 3651, loginsPerDay: 1 }],
    ["invalid-option", { days: 1 }],
    ["invalid-option", { days: 1, loginsPerDay: -1 }],
    ["invalid-option", { days: 1, loginsPerDay: 1001 }],
    ["invalid-option", { days: 1, loginsPerDay: "1" }],
    ["invalid-option", { days: 1, loginsPerDay: 1, digits: 5 }],
    ["unknown-option", { days: 1, logins: 1 }],
    ["invalid-option", { days: 1, loginsPerDay: 1, devices: [] }],
    ["invalid-option", { days: 1, loginsPerDay: 1, devices: "totp" }],
    ["invalid-option", { days: 1, loginsPerDay: 1, devices: ["sms"] }],
    ["invalid-option", { days: 1, loginsPerDay: 1, devices: ["totp", "sms"] }],
    ["invalid-option", { days: 1, loginsPerDay: 1, devices: Array(6).fill("totp") }],
    ["invalid-option", undefined],
    ["invalid-options", 5],
  ])("are refused by guessProbability as %s: %j", (code, options) => {
    expect(() => guessProbability(undefined, options as never)).toThrow(otpError(code));
  });
});

const SECRET = "GEZDGNBVGY3TQOJQ";
const REMEMBER = { binding: "b" };

/** The code and the message of what a call throws or rejects with. */
async function mistakeOf(call: (twoFactor: TwoFactor) => unknown): Promise<readonly [string, string] | undefined> {
  try {
    await call(new World().twoFactor);
  } catch (error) {
    if (error instanceof OtpError) return [error.code, error.message];
    throw error;
  }
  return undefined;
}

const wrong = (value: unknown): never => value as never;
const remembering =
  (remember: unknown) =>
  (twoFactor: TwoFactor): Promise<unknown> =>
    twoFactor.verify("alice", "123456", { remember: wrong(remember) });
const importing =
  (options: object) =>
  (twoFactor: TwoFactor): Promise<unknown> =>
    twoFactor.importDevice("alice", wrong({ secret: SECRET, ...options }));
const guessing = (options: object) => (): unknown =>
  guessProbability(undefined, wrong({ days: 1, loginsPerDay: 1, ...options }));
const withKeys =
  (...keys: unknown[]) =>
  (): unknown =>
    create({ sealingKeys: keys })();
const withSealer = (sealer: object) => (): unknown => create({ sealingKeys: undefined, sealer })();

const KEY_NEEDED = "key of sealingKeys must be 32 bytes, or a 256-bit AES-GCM key with usages encrypt and decrypt";
const AES_GCM = { name: "AES-GCM", length: 256 };
const NAME_NEEDED = "name must be a non-blank string of 1 to 128 UTF-8 bytes without control characters";

const MISTAKES: readonly (readonly [call: (twoFactor: TwoFactor) => unknown, code: string, message: string])[] = [
  [
    create({ issuer: undefined }),
    "invalid-account",
    "issuer must be non-blank text without colons and control characters",
  ],
  [
    create({ store: { read: () => undefined } }),
    "invalid-option",
    "store must have the method compareAndSet, like sqliteStore(db), postgresStore(pool) or another of halfminute/stores/*",
  ],
  [create({ clock: 5 }), "invalid-option", "clock must be a function"],
  [create({ onEvent: 5 }), "invalid-option", "onEvent must be a function"],
  [create({ parameters: { period: 0 } }), "invalid-option", "period must be an integer from 1 to 86400"],
  [create({ sealingKeys: undefined }), "invalid-option", "give either sealingKeys, which encrypt, or a sealer"],
  [withSealer({ seal: () => "" }), "invalid-option", "sealer must have the method open, like a Sealer"],
  [
    withSealer({ seal: () => "", open: () => undefined }),
    "invalid-option",
    "sealer.keyIds must have one or more key ids, each 1 to 40 letters, digits and _ . : / -",
  ],
  [
    withSealer({ seal: () => "", open: () => undefined, keyIds: ["a", "a"] }),
    "invalid-option",
    "sealer.keyIds must have different key ids",
  ],
  [
    withKeys({ id: "a b", key: KEY }),
    "invalid-option",
    "sealingKeys must have one or more key ids, each 1 to 40 letters, digits and _ . : / -",
  ],
  [withKeys({ id: "a", key: KEY }, { id: "a", key: KEY }), "invalid-option", "sealingKeys must have different key ids"],
  [withKeys({ id: "a", key: KEY.subarray(1) }), "invalid-option", "key of sealingKeys must be 32 random bytes, not 31"],
  [
    withKeys({ id: "a", key: new Uint8Array(32) }),
    "invalid-option",
    "key of sealingKeys must be random bytes, not zeros",
  ],
  [
    withKeys({ id: "a", key: "x" }),
    "invalid-option",
    "key of sealingKeys must be bytes, not a string: decode its hex or base64 first",
  ],
  [withKeys({ id: "a", key: {} }), "invalid-option", KEY_NEEDED],
  [withKeys({ id: "a", key: null }), "invalid-option", KEY_NEEDED],
  [withKeys({ id: "a", key: { algorithm: AES_GCM } }), "invalid-option", KEY_NEEDED],
  [withKeys({ id: "a", key: { algorithm: AES_GCM, usages: "encrypt decrypt" } }), "invalid-option", KEY_NEEDED],
  [
    withKeys({ id: 5, key: KEY }),
    "invalid-option",
    "sealingKeys must have one or more key ids, each 1 to 40 letters, digits and _ . : / -",
  ],
  [remembering(true), "invalid-option", "remember must be { binding } or false"],
  [remembering({}), "invalid-option", "binding must be a string of 1 to 1024 UTF-8 bytes"],
  [remembering({ ...REMEMBER, days: 91 }), "invalid-option", "days must be an integer from 1 to 90"],
  [remembering({ ...REMEMBER, name: "" }), "invalid-option", NAME_NEEDED],
  [
    (twoFactor) => twoFactor.verify("alice", "123456", { deviceId: wrong(5) }),
    "invalid-option",
    "deviceId must be a string",
  ],
  [
    (twoFactor) => twoFactor.confirm("alice", "123456", { deviceId: wrong(5) }),
    "invalid-option",
    "deviceId must be a string",
  ],
  [(twoFactor) => twoFactor.renameDevice("alice", wrong(5), "name"), "invalid-option", "deviceId must be a string"],
  [(twoFactor) => twoFactor.renameDevice("alice", "x", ""), "invalid-option", NAME_NEEDED],
  [(twoFactor) => twoFactor.removeDevice("alice", wrong(5)), "invalid-option", "deviceId must be a string"],
  [(twoFactor) => twoFactor.forgetBrowser("alice", wrong(5)), "invalid-option", "browserId must be a string"],
  [
    (twoFactor) => twoFactor.enroll("alice", { accountName: "a", resume: wrong(5) }),
    "invalid-option",
    "resume must be a string",
  ],
  [
    (twoFactor) => twoFactor.issueCode("alice", { purpose: '"', request: "r" }),
    "invalid-option",
    'purpose must be 1 to 32 printable ASCII characters except " and \\',
  ],
  [
    (twoFactor) => twoFactor.issueCode("alice", { purpose: wrong(5), request: "r" }),
    "invalid-option",
    'purpose must be 1 to 32 printable ASCII characters except " and \\',
  ],
  [
    (twoFactor) => twoFactor.issueCode("alice", { purpose: "p", request: "" }),
    "invalid-option",
    "request must be a string of 1 to 256 UTF-8 bytes",
  ],
  [
    (twoFactor) => twoFactor.issueRecoveryCode("alice", { hours: 73 }),
    "invalid-option",
    "hours must be an integer from 1 to 72",
  ],
  [importing({ replace: 5 }), "invalid-option", "replace must be a device id, true or false"],
  [importing({ add: true, replace: true }), "invalid-option", "add and replace must not both be given"],
  [importing({ add: 5 }), "invalid-option", "add must be true or false"],
  [importing({ secret: new Uint8Array(129) }), "invalid-secret", "secret must have at most 128 bytes"],
  [importing({ type: "steam" }), "invalid-option", "type must be totp or hotp"],
  [
    importing({ type: "hotp", counter: 0, parameters: { period: 30 } }),
    "invalid-option",
    "period must not be given for type hotp",
  ],
  [importing({ counter: 5 }), "invalid-option", "counter must not be given for type totp: use after"],
  [
    importing({ type: "hotp", counter: 5, after: 4 }),
    "invalid-option",
    "after must not be given for type hotp: use counter",
  ],
  [importing({ type: "hotp" }), "invalid-option", `counter must be an integer from 0 to ${2 ** 53 - 1}`],
  [importing({ after: -1 }), "invalid-option", `after must be an integer from 0 to ${2 ** 53 - 1}`],
  [
    importing({ after: 2 ** 40 }),
    "invalid-option",
    "after must be a counter, at most 10 time steps after the current one, not Unix seconds",
  ],
  [
    () => new World().another({ clock: () => wrong(5) }).status("alice"),
    "invalid-option",
    "clock must return a valid Date, not before 1970",
  ],
  [guessing({ days: 0 }), "invalid-option", "days must be an integer from 1 to 3650"],
  [guessing({ loginsPerDay: -1 }), "invalid-option", "loginsPerDay must be a number from 0 to 1000"],
  [guessing({ digits: 9 }), "invalid-option", "digits must be an integer from 6 to 8"],
  [guessing({ devices: [] }), "invalid-option", "devices must be an array of 1 to 5 types, each totp or hotp"],
  [
    () => {
      requireRecent(wrong(5), { within: 1 });
    },
    "invalid-option",
    "passedAt must be a Date or its ISO text, not a number",
  ],
  [
    () => {
      requireRecent(null, { within: 0 });
    },
    "invalid-option",
    "within must be an integer from 1 to 2592000",
  ],
  [
    () => {
      requireRecent(null, { within: 1, clock: wrong(5) });
    },
    "invalid-option",
    "clock must be a function",
  ],
];

it.each(MISTAKES.map(([call, code, message]) => [message, code, call] as const))(
  "a mistake is told: %s",
  async (message, code, call) => {
    expect(await mistakeOf(call)).toEqual([code, message]);
  },
);

describe("a polluted Object.prototype", () => {
  const pollution: Record<string, unknown> = {
    result: { method: "code" },
    kind: "grant",
    next: {},
    refusal: undefined,
    granted: true,
    ok: true,
    lookBehind: 10,
    lookAhead: 10,
    lockAfter: 5,
    replace: true,
    after: null,
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    accountName: "mallory",
    lastCounter: null,
    failures: 0,
    device: {},
    devices: [{ id: "x" }],
    outstanding: 0,
    version1: [],
    vault: {},
    carried: [],
    browserKey: new Uint8Array(32),
    key: new Uint8Array(32),
    browsers: [{ id: "x" }],
    issued: { hash: "x", expiresAt: 1e15 },
    hashes: ["x"],
    name: "x",
    type: "hotp",
    add: true,
    resume: "x",
    remember: { binding: "x" },
    binding: "x",
    days: 90,
    chosen: "x",
    hours: 1,
    begun: "first",
    id: "x",
    recovery: null,
    pending: null,
    digits: 8,
    retryAfterSeconds: 5,
    clockOffSeconds: 5,
    cause: "x",
    deviceId: "x",
    counter: 1,
    text: "123456",
    revision: "1",
    body: "{}",
    told: 5,
    sealer: {},
    sealingKeys: [],
    policy: { lookBehind: 10 },
    clock: () => new Date(0),
    onEvent: 5,
    parameters: { digits: 8 },
  };

  afterEach(() => {
    for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name);
  });

  it.each(Object.keys(pollution))("by %s lets nobody in, and nobody fail", async (name) => {
    const world = await new World().enrolled();
    const [right, wrong, far] = [world.code(), world.wrongCode(), world.code(8)];
    Object.defineProperty(Object.prototype, name, { value: pollution[name], configurable: true, writable: true });
    const twoFactor = createTwoFactor({
      issuer: "Acme",
      store: world.store,
      sealingKeys,
      clock: () => new Date(world.now),
    });
    expect(await codeOfRefusal(twoFactor.verify("alice", wrong))).toBe("code-rejected");
    expect(await codeOfRefusal(twoFactor.verify("alice", far))).toBe("code-rejected");
    expect(await codeOfRefusal(twoFactor.verify("alice", "nonsense"))).toBe("code-rejected");
    expect(await codeOfRefusal(twoFactor.verify("nobody", right))).toBe("not-enrolled");
    expect(await codeOfRefusal(twoFactor.verify("alice", "ABCD".repeat(6)))).toBe("code-rejected");
    expect(await codeOfRefusal(twoFactor.enroll("alice", { accountName: "a" }))).toBe("already-enrolled");
    expect(await twoFactor.verify("alice", right)).toEqual({
      method: "code",
      at: new Date(world.now),
      deviceId: world.deviceId,
      recoveryCodesLeft: 10,
    });
    expect(await codeOfRefusal(twoFactor.verify("alice", right))).toBe("code-rejected");
  });
});
