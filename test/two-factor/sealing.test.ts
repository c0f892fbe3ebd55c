// Sealing: what is stored opens only as what it was sealed for, and a key or a sealer that is missing is never a wrong code.
import { webcrypto } from "node:crypto";

import { afterEach, describe, expect, it, vi } from "vitest";

import { decodeSecret } from "../../src/core/secret.ts";
import { createTwoFactor, type Sealer, type SealingKey, type TwoFactorStore } from "../../src/two-factor/index.ts";
import { contextOf, keyRing, type Purpose } from "../../src/two-factor/sealing.ts";
import { parse, type Sealed, type State } from "../../src/two-factor/state.ts";
import { MEMBERS, polluted, VALUES } from "../helpers/polluted.ts";
import { stillTimers } from "./timers.ts";
import { codeOf, codeOfRefusal, KEY, memoryStore, OTHER_KEY, refusal, World, type Writable } from "./world.ts";

const FIXED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

afterEach(() => {
  vi.unstubAllGlobals();
});

function keys(...ids: string[]): SealingKey[] {
  return ids.map((id) => ({ id, key: id === "first" ? KEY : OTHER_KEY }));
}

describe("a sealed text", () => {
  it("opens in no other spelling: left-over bits are not dropped here", async () => {
    const ring = keyRing(keys("first"));
    const context = new Uint8Array(8);
    const text = await ring.seal("first", new Uint8Array(20).fill(7), context);
    expect(await ring.open("first", text, context)).toEqual(new Uint8Array(20).fill(7));
    // 48 bytes are 76 letters and four bits: the last letter has one bit that says nothing.
    expect(text).toHaveLength(77);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const spelling = text.slice(0, -1) + letters.charAt(letters.indexOf(text.slice(-1)) ^ 1);
    expect(decodeSecret(spelling)).toEqual(decodeSecret(text));
    expect(await ring.open("first", spelling, context)).toBe(undefined);
    expect(await ring.open("first", text.toLowerCase(), context)).toBe(undefined);
  });
});

describe("sealing keys", () => {
  const create = (sealingKeys: unknown, sealer?: unknown) => () =>
    createTwoFactor({ issuer: "Acme", store: memoryStore(), sealingKeys, sealer } as never);

  it.each([
    ["absent keys", undefined],
    ["an empty list", []],
    ["a key in place of a list", { id: "a", key: KEY }],
    ["no key", [{ id: "a" }]],
    ["no id", [{ key: KEY }]],
    ["a short key", [{ id: "a", key: KEY.slice(1) }]],
    ["a long key", [{ id: "a", key: new Uint8Array(33).fill(1) }]],
    ["zeros", [{ id: "a", key: new Uint8Array(32) }]],
    ["text", [{ id: "a", key: "x".repeat(32) }]],
    ["a buffer that may be a pool", [{ id: "a", key: KEY.slice().buffer }]],
    ["an empty id", [{ id: "", key: KEY }]],
    ["a long id", [{ id: "x".repeat(41), key: KEY }]],
    ["an id with quotes", [{ id: '"', key: KEY }]],
    [
      "duplicate ids",
      [
        { id: "a", key: KEY },
        { id: "a", key: OTHER_KEY },
      ],
    ],
    [
      "a bad second key",
      [
        { id: "a", key: KEY },
        { id: "b", key: KEY.slice(1) },
      ],
    ],
    ["an unknown field", [{ id: "a", key: KEY, secret: 1 }]],
    ["a hole", [undefined]],
  ])("are refused: %s", (_, sealingKeys) => {
    expect(create(sealingKeys)).toThrow(expect.objectContaining({ name: "OtpError" }) as Error);
  });

  it("may be WebCrypto keys of 256 bits", async () => {
    const key = await webcrypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["encrypt", "decrypt"]);
    const world = await new World({ sealingKeys: [{ id: "first", key }] }).enrolled();
    await world.twoFactor.verify("alice", world.code());
    world.pass(60);
    await world.another().verify("alice", world.code()); // the same key as bytes
    const bad = [
      await webcrypto.subtle.importKey("raw", KEY.slice(16), "AES-GCM", false, ["encrypt", "decrypt"]),
      await webcrypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["decrypt"]),
      await webcrypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["encrypt"]),
      await webcrypto.subtle.importKey("raw", KEY, "AES-CBC", false, ["encrypt", "decrypt"]),
      await webcrypto.subtle.importKey("raw", KEY, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
      {},
      null,
    ];
    for (const each of bad) expect(create([{ id: "a", key: each }])).toThrow(/AES-GCM/);
  });

  it("and a sealer exclude each other", () => {
    const sealer = { keyIds: ["a"], seal: () => "", open: () => undefined };
    expect(create(keys("first"), sealer)).toThrow(/either/);
    expect(create(undefined, sealer)).not.toThrow();
    for (const wrong of [
      {},
      { ...sealer, seal: 1 },
      { ...sealer, open: undefined },
      { ...sealer, keyIds: "a" },
      { ...sealer, keyIds: ["a", "a"] },
      5,
    ]) {
      expect(create(undefined, wrong)).toThrow(expect.objectContaining({ name: "OtpError" }) as Error);
    }
  });

  it("are copied", async () => {
    const key = KEY.slice();
    const list = [{ id: "first", key }];
    const world = new World({ sealingKeys: list });
    key.fill(0);
    list.length = 0;
    await world.enrolled();
    await world.another().verify("alice", world.code());
  });
});

describe("a sealing key", () => {
  it("that is not there is seal-key-unknown, 500, and not a wrong code", async () => {
    const world = await new World({ sealingKeys: keys("first") }).enrolled();
    const before = world.store.records.get("alice");
    const other = world.another({ sealingKeys: keys("second") });
    const three = [world.code(-2), world.code(-1), world.code()];
    for (const call of [
      other.verify("alice", world.code()),
      other.verify("alice", world.wrongCode()),
      other.verify("alice", world.recoveryCodes[0] ?? ""),
      other.verifyConsecutive("alice", three),
      other.reseal("alice"),
    ]) {
      expect(await refusal(call)).toMatchObject({ code: "seal-key-unknown", status: 500, expose: false });
    }
    await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    expect(await codeOfRefusal(other.confirm("alice", "123456"))).toBe("seal-key-unknown");
    await world.twoFactor.enroll("bob", { accountName: "b" });
    expect(await codeOfRefusal(other.confirm("bob", "123456"))).toBe("seal-key-unknown");
    expect(world.state().device).toEqual(parse(before?.body).device);
    // What opens nothing needs no key.
    expect((await other.status("alice")).state).toBe("active");
  });

  it("with the right name and other bytes is state-corrupt", async () => {
    const world = await new World().enrolled();
    const other = world.another({ sealingKeys: [{ id: "first", key: OTHER_KEY }] });
    expect(await codeOfRefusal(other.verify("alice", world.code()))).toBe("state-corrupt");
    expect(world.events).toMatchObject([{ type: "state-corrupt", userId: "alice" }]);
  });

  it("that is older opens, and a login takes the secret to the first; the rest moves with reseal", async () => {
    const world = await new World({ sealingKeys: keys("first") }).enrolled();
    const both = world.another({ sealingKeys: keys("second", "first") });
    const ids = (): (string | undefined)[] => [world.state().device?.secret.keyId, world.state().recovery?.key.keyId];
    await codeOfRefusal(both.verify("alice", world.wrongCode()));
    expect(ids()).toEqual(["first", "first"]);
    await both.verify("alice", world.recoveryCodes[0] ?? "");
    expect(ids()).toEqual(["first", "first"]);
    world.events.length = 0;
    await both.verify("alice", world.code());
    expect(ids()).toEqual(["second", "first"]);
    expect(world.types()).toEqual(["passed", "resealed"]);
    world.events.length = 0;
    expect(await both.reseal("alice")).toEqual({ resealed: true });
    expect(ids()).toEqual(["second", "second"]);
    expect(world.types()).toEqual(["resealed"]);
    world.store.calls.length = 0;
    expect(await both.reseal("alice")).toEqual({ resealed: false });
    expect(world.store.calls).toEqual(["read"]);
    const second = world.another({ sealingKeys: keys("second") });
    world.pass(60);
    world.events.length = 0;
    await second.verify("alice", world.code());
    await second.verify("alice", world.recoveryCodes[1] ?? "");
    expect(world.types()).toEqual(["passed", "passed", "recovery-code-used"]);
  });

  it("is changed by three codes in a row and for pending devices too", async () => {
    const world = await new World({ sealingKeys: keys("first") }).enrolled();
    const { secret } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    const both = world.another({ sealingKeys: keys("second", "first") });
    world.pass(60);
    await both.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]);
    expect(world.state().device?.secret.keyId).toBe("second");
    expect(await both.reseal("alice")).toEqual({ resealed: true });
    expect(world.state().pending?.secret.keyId).toBe("second");
    const second = world.another({ sealingKeys: keys("second") });
    await second.confirm("alice", codeOf(secret, world.counter));
    world.pass(60);
    await second.verify("alice", codeOf(secret, world.counter));
  });

  it("that is gone is not missed by a pending device that expired: reseal drops it", async () => {
    const world = await new World({ sealingKeys: keys("first") }).enrolled();
    await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    await world.twoFactor.enroll("bob", { accountName: "b" });
    world.pass(599);
    const both = world.another({ sealingKeys: keys("second", "first") });
    await both.verify("alice", world.code());
    await both.renewRecoveryCodes("alice");
    const second = world.another({ sealingKeys: keys("second") });
    expect(await codeOfRefusal(second.reseal("alice"))).toBe("seal-key-unknown");
    world.pass(1);
    const { device, recovery } = world.state();
    expect(await second.reseal("alice")).toEqual({ resealed: true });
    expect(world.state()).toEqual({ version: 1, device, pending: null, recovery });
    expect(await second.reseal("bob")).toEqual({ resealed: true });
    expect(world.store.records.has("bob")).toBe(false);
    expect(await second.reseal("alice")).toEqual({ resealed: false });
  });

  it("seals with another nonce each time", async () => {
    const world = new World();
    vi.restoreAllMocks();
    const texts = new Set<string>();
    for (let index = 0; index < 50; index++) {
      await world.twoFactor.importDevice(`user ${index}`, { secret: FIXED });
      texts.add(world.state(`user ${index}`).device?.secret.text.slice(0, 19) ?? "");
    }
    expect(texts.size).toBe(50);
  });
});

describe("a polluted Object.prototype", () => {
  it.each(MEMBERS)("changes nothing that is sealed, opened or compared: %s", async (name) => {
    for (const value of VALUES) {
      const world = await new World().enrolled();
      await polluted(name, value, async () => {
        await world.twoFactor.importDevice("bob", { secret: FIXED });
        await world.twoFactor.verify("alice", world.code());
        await world.twoFactor.verify("alice", world.recoveryCodes[0] ?? "");
        await world.twoFactor.renewRecoveryCodes("alice");
      });
      // A nonce of 12 bytes, a secret of 20 and a tag of 16, in base32.
      expect(world.state("bob").device?.secret.text, String(value)).toHaveLength(77);
      world.pass(30);
      await world.twoFactor.verify("alice", world.code());
    }
  });
});

describe("what was swapped or edited in the database is state-corrupt, never a login", () => {
  /** Two people, one with a pending device beside the active one. */
  async function world(): Promise<World> {
    const made = new World();
    await made.enrolled("bob");
    await made.enrolled("alice");
    await made.twoFactor.enroll("alice", { accountName: "a", replace: true });
    return made;
  }

  const flip = (sealed: Writable<Sealed>, at: number): void => {
    const letter = sealed.text[at] === "A" ? "B" : "A";
    sealed.text = sealed.text.slice(0, at) + letter + sealed.text.slice(at + 1);
  };

  const edits: Record<string, (alice: Writable<State>, bob: Writable<State>) => void> = {
    "another person's secret": (alice, bob) => {
      if (alice.device && bob.device) alice.device.secret = bob.device.secret;
    },
    "another person's device": (alice, bob) => {
      alice.device = bob.device;
    },
    "the pending secret": (alice) => {
      if (alice.device && alice.pending) alice.device.secret = alice.pending.secret;
    },
    "the pending device": (alice) => {
      if (alice.device && alice.pending) {
        Object.assign(alice.device, { id: alice.pending.id, secret: alice.pending.secret });
      }
    },
    "the recovery key for the secret": (alice) => {
      if (alice.device && alice.recovery) alice.device.secret = alice.recovery.key;
    },
    "other digits": (alice) => {
      if (alice.device) alice.device.parameters.digits = 8;
    },
    "another period": (alice) => {
      if (alice.device) alice.device.parameters.period = 31;
    },
    "another algorithm": (alice) => {
      if (alice.device) alice.device.parameters.algorithm = "SHA-256";
    },
    "another device id": (alice, bob) => {
      if (alice.device && bob.device) alice.device.id = bob.device.id;
    },
    "one letter of the nonce": (alice) => {
      if (alice.device) flip(alice.device.secret, 0);
    },
    "one letter of the secret": (alice) => {
      if (alice.device) flip(alice.device.secret, 30);
    },
    "a shorter text": (alice) => {
      if (alice.device) alice.device.secret.text = "AAAAAAAA";
    },
    "not base32": (alice) => {
      if (alice.device) alice.device.secret.text = "a-b";
    },
  };

  it("if it is the active device in place of a pending one", async () => {
    const made = await world();
    made.edit(({ device, pending }) => {
      if (device && pending) Object.assign(pending, { id: device.id, secret: device.secret });
    });
    expect(await codeOfRefusal(made.twoFactor.confirm("alice", made.code()))).toBe("state-corrupt");
  });

  it("if it is the pending device, which is not let in by its own code", async () => {
    const made = await world();
    const { secret } = await made.twoFactor.enroll("alice", { accountName: "a", replace: true });
    made.edit((alice) => edits["the pending device"]?.(alice, alice));
    expect(await codeOfRefusal(made.twoFactor.verify("alice", codeOf(secret, made.counter)))).toBe("state-corrupt");
  });

  it.each(Object.keys(edits))("if it is %s", async (name) => {
    const made = await world();
    const bob = made.state("bob") as Writable<State>;
    made.edit((alice) => edits[name]?.(alice, bob));
    const before = made.store.records.get("alice");
    for (const code of [made.code(), made.wrongCode()]) {
      made.events.length = 0;
      // Other digits show before anything is opened: the code that is typed then has too few.
      const typed = name === "other digits" ? `${code}00` : code;
      expect(await refusal(made.twoFactor.verify("alice", typed))).toMatchObject({
        code: "state-corrupt",
        status: 500,
      });
      expect(made.types()).toEqual(["state-corrupt"]);
    }
    expect(made.store.records.get("alice")).toBe(before);
  });

  it.each(["another person's recovery key", "the secret for the recovery key", "one letter of the recovery key"])(
    "if it is %s",
    async (name) => {
      const made = await world();
      const bob = made.state("bob");
      made.edit((alice) => {
        const { recovery, device } = alice;
        if (!recovery || !device || !bob.recovery) return;
        if (name.startsWith("another")) Object.assign(recovery, bob.recovery);
        if (name.startsWith("the secret")) recovery.key = device.secret;
        if (name.startsWith("one")) flip(recovery.key, 40);
      });
      for (const code of [made.recoveryCodes[0] ?? "", "ABCD".repeat(6)]) {
        expect(await codeOfRefusal(made.twoFactor.verify("alice", code))).toBe("state-corrupt");
      }
    },
  );

  it("if it is a pending secret or its parameters", async () => {
    for (const change of [{ digits: 8 }, { period: 60 }] as const) {
      const made = await world();
      made.edit(({ pending }) => Object.assign(pending?.parameters ?? {}, change));
      expect(await codeOfRefusal(made.twoFactor.confirm("alice", "12345678"))).toBe("state-corrupt");
    }
  });
});

describe("additional data", () => {
  it("differs whenever anything in it differs", () => {
    const parameters = { algorithm: "SHA-1", digits: 6, period: 30 } as const;
    const contexts: [Purpose, string, { id: string; parameters: typeof parameters }][] = [];
    for (const purpose of ["secret", "pending-secret", "recovery-codes"] as const) {
      for (const userId of ["a", 'a","b', "a\\", "ä", "b"]) {
        for (const id of ["A", "B", 'b","A']) contexts.push([purpose, userId, { id, parameters }]);
      }
    }
    const texts = contexts.map((context) => Buffer.from(contextOf(...context)).toString("latin1"));
    expect(new Set(texts).size).toBe(contexts.length);
    const device = { id: "A", parameters: { ...parameters, period: 31 } };
    expect(Buffer.from(contextOf("secret", "ä", device)).toString("utf8")).toBe(
      '["halfminute/two-factor 1","secret","ä","A","SHA-1",6,31]',
    );
  });
});

describe("the names of a sealer's keys", () => {
  it("are read once", async () => {
    const lists = [["good"], ["not allowed: spaces"], 5];
    let reads = 0;
    const sealer: Sealer = {
      get keyIds() {
        return lists[reads++] as string[];
      },
      seal: () => Promise.resolve("sealed"),
      open: () => Promise.resolve(new Uint8Array(20)),
    };
    const world = new World({ sealer });
    await world.twoFactor.importDevice("alice", { secret: FIXED });
    expect(world.state().device?.secret.keyId).toBe("good");
    expect(reads).toBe(1);
  });
});

describe("a sealer of one's own", () => {
  /** A key management service that keeps what it was given, and answers as it is told. */
  function service(): Sealer & { answer: <Value>(value: Value) => Promise<Value> } {
    const kept = new Map<string, { plaintext: Uint8Array; context: string }>();
    const sealer = {
      keyIds: ["kms/1"],
      answer: <Value>(value: Value) => Promise.resolve(value),
      seal(keyId: string, plaintext: Uint8Array, context: Uint8Array) {
        const name = `${keyId}#${kept.size}`;
        kept.set(name, { plaintext: plaintext.slice(), context: Buffer.from(context).toString("hex") });
        return sealer.answer(name);
      },
      open(_: string, sealed: string, context: Uint8Array) {
        const found = kept.get(sealed);
        return sealer.answer(found?.context === Buffer.from(context).toString("hex") ? found.plaintext : undefined);
      },
    };
    return sealer;
  }

  it("works", async () => {
    const world = await new World({ sealer: service() }).enrolled();
    await world.twoFactor.verify("alice", world.code());
    await world.twoFactor.verify("alice", world.recoveryCodes[0] ?? "");
    expect(world.state().device?.secret.text).toBe("kms/1#2");
  });

  function waysToFail(): Record<string, () => Promise<never>> {
    const timers = stillTimers();
    return {
      throws: () => {
        throw new Error("canary");
      },
      rejects: () => Promise.reject(new Error("canary")),
      hangs: () => {
        timers.expire();
        return new Promise(() => undefined);
      },
    };
  }

  it("of a runtime without timers is unavailable, and nothing is left unheard", async () => {
    const sealer = service();
    const world = await new World({ sealer }).enrolled();
    sealer.answer = () => new Promise(() => undefined);
    vi.stubGlobal("setTimeout", undefined);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("sealer-unavailable");
  });

  it("that throws, rejects or hangs is sealer-unavailable: no pass, no wrong code, nothing written", async () => {
    const failures = waysToFail();
    for (const [name, fail] of Object.entries(failures)) {
      const sealer = service();
      const world = await new World({ sealer }).enrolled();
      const { secret } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
      const before = world.store.records.get("alice");
      sealer.answer = fail;
      const three = [world.code(-2), world.code(-1), world.code()];
      for (const call of [
        () => world.twoFactor.verify("alice", world.code()),
        () => world.twoFactor.verify("alice", world.wrongCode()),
        () => world.twoFactor.verify("alice", world.recoveryCodes[0] ?? ""),
        () => world.twoFactor.verifyConsecutive("alice", three),
        () => world.twoFactor.confirm("alice", codeOf(secret, world.counter)),
        () => world.twoFactor.renewRecoveryCodes("alice"),
        () => world.twoFactor.enroll("alice", { accountName: "a", replace: true }),
        () => world.twoFactor.importDevice("bob", { secret: FIXED }),
      ]) {
        const error = await refusal(call());
        expect(error, name).toMatchObject({ code: "sealer-unavailable", status: 503, expose: false });
        expect(error.cause).toBeUndefined();
      }
      expect(world.store.records.get("alice")).toBe(before);
      expect(world.store.records.size).toBe(1);
    }
  });

  it("that cannot seal keeps nobody out whose secret it can open; only reseal needs it", async () => {
    const failures = { ...waysToFail(), "answers nonsense": () => Promise.resolve(5 as never) };
    for (const [name, seal] of Object.entries(failures)) {
      const sealer = service();
      const world = await new World({ sealer }).enrolled();
      const newer = world.another({
        sealer: { keyIds: ["new", ...sealer.keyIds], open: sealer.open.bind(sealer), seal },
      });
      const { text } = world.state().device?.secret ?? {};
      expect(await newer.verify("alice", world.code()), name).toEqual({ method: "code", recoveryCodesLeft: 10 });
      expect(world.types()).toEqual(["passed"]);
      world.pass(120);
      await newer.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]);
      expect(world.types()).toEqual(["passed", "passed"]);
      expect(world.state().device).toMatchObject({ lastCounter: world.counter, secret: { text } });
      await expect(newer.reseal("alice"), name).rejects.toMatchObject({
        code: name === "answers nonsense" ? "invalid-option" : "sealer-unavailable",
      });
    }
  });

  it("that answers late is as one that hangs", async () => {
    const timers = stillTimers();
    const sealer = service();
    const world = await new World({ sealer }).enrolled();
    const before = world.store.records.get("alice");
    sealer.answer = async (value) => {
      timers.expire();
      await new Promise((resolve) => setImmediate(resolve));
      return value;
    };
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("sealer-unavailable");
    expect(world.store.records.get("alice")).toBe(before);
  });

  it("has as long as the policy says", async () => {
    const limits: number[] = [];
    const sealer = service();
    const policy = { sealerTimeout: 1234, storeTimeout: 4321 };
    const world = await new World({ sealer, policy }).enrolled();
    const real = setTimeout;
    vi.stubGlobal("setTimeout", (callback: () => void, milliseconds: number) => {
      limits.push(milliseconds);
      return real(callback, milliseconds);
    });
    await world.twoFactor.verify("alice", world.code());
    expect(limits).toEqual([]); // none of them had to wait
    world.pass(30);
    const later = <Value>(call: () => Promise<Value>): Promise<Value> =>
      new Promise((resolve) => setImmediate(resolve)).then(call);
    const store: TwoFactorStore = {
      read: (...words) => later(() => world.store.read(...words)),
      compareAndSet: (...words) => later(() => world.store.compareAndSet(...words)),
    };
    sealer.answer = (value) => later(() => Promise.resolve(value));
    await world.another({ sealer, policy, store }).verify("alice", world.code());
    expect(limits).toEqual([4321, 1234, 4321]);
  });

  it("that answers with something else is found out", async () => {
    const sealer = service();
    const world = await new World({ sealer }).enrolled();
    for (const opened of [new Uint8Array(9), new Uint8Array(129), "text", null, [1], new ArrayBuffer(20)]) {
      sealer.answer = () => Promise.resolve(opened as never);
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("state-corrupt");
    }
    sealer.answer = () => Promise.resolve(new Uint8Array(31) as never);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.recoveryCodes[0] ?? ""))).toBe("state-corrupt");
    for (const sealed of ["", "a b", 'a"', "a\\", "ä", "x".repeat(281), 5, undefined, new Uint8Array(3)]) {
      sealer.answer = () => Promise.resolve(sealed as never);
      const call = world.twoFactor.enroll("bob", { accountName: "b" });
      await expect(call).rejects.toMatchObject({ name: "OtpError", code: "invalid-option" });
    }
    expect(world.store.records.has("bob")).toBe(false);
  });
});
