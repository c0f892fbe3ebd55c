// Sealing: a stored text opens only as what it was sealed for, and a missing key or sealer is never
// a wrong code.
import { webcrypto } from "node:crypto";

import { afterEach, describe, expect, it, vi } from "vitest";

import { encodeBase32 } from "../../src/core/base32.ts";
import { decodeSecret } from "../../src/core/secret.ts";
import {
  createTwoFactor,
  type Sealer,
  type SealingKey,
  type TwoFactor,
  type TwoFactorStore,
} from "../../src/two-factor/index.ts";
import { keyRing } from "../../src/two-factor/sealing/key-ring.ts";
import { encodeVault, newVault } from "../../src/two-factor/sealing/vault.ts";
import type { Browser, State } from "../../src/two-factor/state/state.ts";
import { MEMBERS, polluted, VALUES } from "../helpers/polluted.ts";
import { stillTimers } from "./timers.ts";
import { codeOf, codeOfRefusal, KEY, memoryStore, OTHER_KEY, refusal, World, type Writable } from "./world.ts";

const FIXED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const OTHER_SECRET = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";

const PLAIN_DEVICE = {
  id: "A".repeat(26),
  type: "totp",
  parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
  secret: new Uint8Array(20).fill(5),
  begun: "",
} as const;

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
    const oneSmall = text.replace(/[A-Z]/, (letter) => letter.toLowerCase());
    for (const small of [text.toLowerCase(), oneSmall]) {
      expect(await ring.open("first", small, context)).toBe(undefined);
    }
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
      "an id with quotes beside a good one",
      [
        { id: "a", key: KEY },
        { id: '"', key: KEY },
      ],
    ],
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
    const code = expect.stringMatching(/^(?:invalid-options?|unknown-option)$/) as string;
    expect(create(sealingKeys)).toThrow(expect.objectContaining({ name: "OtpError", code }) as Error);
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
    expect(create(keys("first"), sealer)).toThrow("give either sealingKeys, which encrypt, or a sealer");
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
    const { deviceId } = world;
    const { browser } = await world.twoFactor.verify("alice", world.code(), { remember: { binding: "b" } });
    await world.twoFactor.issueCode("alice", { purpose: "email", request: "r" });
    const pending = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    const first = await world.twoFactor.enroll("bob", { accountName: "b" });
    world.pass(60);
    const before = new Map(world.store.records);
    const { vault: sealed } = world.state();
    const other = world.another({ sealingKeys: keys("second") });
    const three = [world.code(-2), world.code(-1), world.code()];
    for (const call of [
      other.verify("alice", world.code()),
      other.verify("alice", world.wrongCode()),
      other.verify("alice", world.recoveryCodes[0] ?? ""),
      other.verify("alice", "ABCD".repeat(6)),
      other.verifyConsecutive("alice", three),
      other.recognizeBrowser("alice", browser?.token, { binding: "b" }),
      other.forgetBrowsers("alice"),
      other.issueCode("alice", { purpose: "email", request: "r" }),
      other.issueCode("alice", { purpose: "sms", request: "r" }),
      other.verifyIssuedCode("alice", "12345678", { purpose: "email", request: "r" }),
      other.enroll("alice", { accountName: "a", replace: true }),
      other.enroll("alice", { accountName: "a", resume: pending.deviceId }),
      other.confirm("alice", "123456", { deviceId: pending.deviceId }),
      other.confirm("bob", "123456", { deviceId: first.deviceId }),
      other.importDevice("alice", { secret: FIXED, add: true }),
      other.removeDevice("alice", pending.deviceId),
      other.renewRecoveryCodes("alice"),
      other.issueRecoveryCode("alice", { hours: 1 }),
      other.unlock("alice"),
      other.reseal("alice"),
      other.reseal("bob"),
    ]) {
      expect(await refusal(call)).toMatchObject({ code: "seal-key-unknown", status: 500, expose: false });
    }
    expect(world.types()).not.toContain("state-corrupt");
    expect(world.store.records).toEqual(before);
    // What opens nothing needs no key.
    expect((await other.status("alice")).state).toBe("active");
    await other.renameDevice("alice", deviceId, "phone");
    await other.forgetBrowser("alice", browser?.browserId ?? "");
    expect(world.state()).toMatchObject({ vault: sealed, devices: [{ name: "phone" }], browsers: [] });
    await other.disable("alice");
    await other.disable("bob");
  });

  it("with the right name and other bytes is state-corrupt", async () => {
    const world = await new World().enrolled();
    const other = world.another({ sealingKeys: [{ id: "first", key: OTHER_KEY }] });
    expect(await codeOfRefusal(other.verify("alice", world.code()))).toBe("state-corrupt");
    expect(world.events).toMatchObject([{ type: "state-corrupt", userId: "alice" }]);
  });

  const keyId = (world: World): string | undefined => world.state().vault?.keyId;

  it("that is older opens, and a login takes everything to the first; denials never do", async () => {
    const world = await new World({ sealingKeys: keys("first") }).enrolled();
    const { secret, deviceId } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    const both = world.another({ sealingKeys: keys("second", "first") });
    world.pass(300);
    world.events.length = 0;
    const before = world.state().vault;
    const far = [20, 21, 22].map((steps) => world.code(steps));
    for (const [call, code] of [
      [() => both.verify("alice", world.wrongCode()), "code-rejected"],
      [() => both.verify("alice", "ABCD".repeat(6)), "code-rejected"],
      [() => both.verifyConsecutive("alice", far), "clock-off"],
      [() => both.verifyConsecutive("alice", [world.code(-1), world.code(), world.wrongCode()]), "code-rejected"],
      [() => both.confirm("alice", "123456", { deviceId }), "code-rejected"],
      [() => both.enroll("alice", { accountName: "a" }), "already-enrolled"],
    ] as const) {
      expect(await codeOfRefusal(call())).toBe(code);
      expect(world.state().vault).toEqual(before);
    }
    expect(world.types()).not.toContain("resealed");
    expect(world.state()).toMatchObject({ failures: 2, pending: { failures: 1 }, devices: [{ told: { length: 3 } }] });
    world.pass(60);
    world.events.length = 0;
    await both.verify("alice", world.code());
    expect(keyId(world)).toBe("second");
    expect(world.types()).toEqual(["passed", "resealed"]);
    expect(world.events[1]).toMatchObject({ type: "resealed", userId: "alice", deviceId: null, counter: null });
    // Everything of the person moved: recovery codes and the pending device too.
    const second = world.another({ sealingKeys: keys("second") });
    world.events.length = 0;
    await second.verify("alice", world.recoveryCodes[1] ?? "");
    expect(world.types()).toEqual(["passed", "recovery-code-used"]);
    await second.confirm("alice", codeOf(secret, world.counter), { deviceId });
    world.pass(60);
    await second.verify("alice", codeOf(secret, world.counter));
  });

  it("that is older is left behind by every login, whatever it is by", async () => {
    for (const login of [
      (world: World, both: TwoFactor) => both.verify("alice", world.code()),
      (world: World, both: TwoFactor) => both.verify("alice", world.code(), { remember: { binding: "b" } }),
      (world: World, both: TwoFactor) => both.verify("alice", world.recoveryCodes[0] ?? ""),
      (world: World, both: TwoFactor) =>
        both.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]),
    ]) {
      const world = await new World({ sealingKeys: keys("first") }).enrolled();
      world.pass(120);
      await login(world, world.another({ sealingKeys: keys("second", "first") }));
      expect(keyId(world)).toBe("second");
      expect(world.types().at(-1)).toBe("resealed");
      world.pass(120);
      await world.another({ sealingKeys: keys("second") }).verify("alice", world.code());
    }
  });

  it("that is older is left behind by reseal, which writes nothing a second time", async () => {
    const world = await new World({ sealingKeys: keys("first") }).enrolled();
    await world.twoFactor.enroll("bob", { accountName: "b" });
    await world.twoFactor.issueCode("carol", { purpose: "email", request: "r" });
    const both = world.another({ sealingKeys: keys("second", "first") });
    for (const userId of ["alice", "bob", "carol"]) {
      world.events.length = 0;
      const before = world.state(userId);
      expect(await both.reseal(userId)).toEqual({ resealed: true, unopened: 0 });
      expect(world.events).toMatchObject([{ type: "resealed", userId }]);
      const { vault, ...rest } = world.state(userId);
      expect(vault?.keyId).toBe("second");
      expect({ ...rest, vault: before.vault }).toEqual(before);
      world.store.calls.length = 0;
      expect(await both.reseal(userId)).toEqual({ resealed: false, unopened: 0 });
      expect(world.store.calls).toEqual(["read"]);
      expect(world.events).toHaveLength(1);
    }
    expect(await codeOfRefusal(both.reseal("stranger"))).toBe("not-enrolled");
    // Where only the count of codes is left that were sent today, nothing is sealed.
    await both.disable("carol");
    expect(world.state("carol")).toMatchObject({ vault: null, issued: [{ count: 1 }] });
    expect(await codeOfRefusal(both.reseal("carol"))).toBe("not-enrolled");
  });

  it("seals with another nonce each time", async () => {
    const world = new World();
    vi.restoreAllMocks();
    const texts = new Set<string>();
    for (let index = 0; index < 50; index++) {
      await world.twoFactor.importDevice(`user ${index}`, { secret: FIXED });
      texts.add(world.state(`user ${index}`).vault?.text.slice(0, 19) ?? "");
    }
    expect(texts.size).toBe(50);
  });
});

describe("the sealer", () => {
  /** How often each call opened and sealed. */
  async function counted(world: World, opens: string[], call: Promise<unknown>): Promise<string> {
    opens.length = 0;
    await call.catch((error: unknown) => {
      expect(error).toMatchObject({ name: "TwoFactorError" });
    });
    world.pass(60);
    return opens.join();
  }

  it("opens once for an attempt, and seals only what has changed", async () => {
    const calls: string[] = [];
    const ring = keyRing(keys("first"));
    const sealer: Sealer = {
      keyIds: ring.keyIds,
      seal: (...words) => {
        calls.push("seal");
        return ring.seal(...words);
      },
      open: (...words) => {
        calls.push("open");
        return ring.open(...words);
      },
    };
    const world = new World({ sealer });
    const { twoFactor } = world;
    const count = (call: Promise<unknown>): Promise<string> => counted(world, calls, call);

    expect(await count(twoFactor.verify("alice", "123456"))).toBe("");
    const enrolled = twoFactor.enroll("alice", { accountName: "a" });
    expect(await count(enrolled)).toBe("seal");
    const { deviceId, secret } = await enrolled;
    world.secret = secret;
    expect(await count(twoFactor.enroll("alice", { accountName: "a", resume: deviceId }))).toBe("open");
    expect(await count(twoFactor.confirm("alice", world.wrongCode(), { deviceId }))).toBe("open");
    const confirmed = twoFactor.confirm("alice", world.code(), { deviceId });
    expect(await count(confirmed)).toBe("open,seal");
    const [recoveryCode = ""] = (await confirmed).recoveryCodes;
    expect(await count(twoFactor.confirm("alice", world.code(), { deviceId }))).toBe("");

    expect(await count(twoFactor.verify("alice", world.code()))).toBe("open");
    expect(await count(twoFactor.verify("alice", world.wrongCode()))).toBe("open");
    expect(await count(twoFactor.verify("alice", "1234567"))).toBe("open");
    expect(await count(twoFactor.verify("alice", "nonsense"))).toBe("");
    expect(await count(twoFactor.verify("alice", recoveryCode))).toBe("open");
    expect(await count(twoFactor.verify("alice", recoveryCode))).toBe("open");
    const three = [world.code(-2), world.code(-1), world.code()];
    expect(await count(twoFactor.verifyConsecutive("alice", three))).toBe("open");
    const remembered = twoFactor.verify("alice", world.code(), { remember: { binding: "b" } });
    expect(await count(remembered)).toBe("open");
    const { browser } = await remembered;
    expect(await count(twoFactor.recognizeBrowser("alice", browser?.token, { binding: "b" }))).toBe("open");
    expect(await count(twoFactor.recognizeBrowser("alice", "junk", { binding: "b" }))).toBe("");
    const unknown = `${"A".repeat(26)}.1.${"A".repeat(52)}`;
    expect(await count(twoFactor.recognizeBrowser("alice", unknown, { binding: "b" }))).toBe("");
    expect(await count(twoFactor.forgetBrowser("alice", browser?.browserId ?? ""))).toBe("");
    expect(await count(twoFactor.forgetBrowsers("alice"))).toBe("open,seal");
    expect(await count(twoFactor.issueCode("alice", { purpose: "email", request: "r" }))).toBe("open");
    expect(await count(twoFactor.issueCode("bob", { purpose: "email", request: "r" }))).toBe("seal");
    const about = { purpose: "email", request: "r" };
    expect(await count(twoFactor.verifyIssuedCode("alice", "12345678", about))).toBe("open");
    expect(await count(twoFactor.renewRecoveryCodes("alice"))).toBe("open");
    expect(await count(twoFactor.issueRecoveryCode("alice", { hours: 1 }))).toBe("open");
    expect(await count(twoFactor.importDevice("alice", { secret: FIXED, add: true }))).toBe("open,seal");
    expect(await count(twoFactor.renameDevice("alice", deviceId, "phone"))).toBe("");
    expect(await count(twoFactor.removeDevice("alice", deviceId))).toBe("open,seal");
    expect(await count(twoFactor.unlock("alice"))).toBe("open,seal");
    expect(await count(twoFactor.reseal("alice"))).toBe("open");
    expect(await count(twoFactor.status("alice"))).toBe("");
    world.setStanding(10, 30, world.now + 1000);
    expect(await count(twoFactor.verify("alice", codeOf(FIXED, world.counter)))).toBe("");
    world.setStanding(0, 900);
    expect(await count(twoFactor.verify("alice", codeOf(FIXED, world.counter)))).toBe("");
    expect(await count(twoFactor.disable("alice"))).toBe("");
  });

  it("opens again for each race that was lost, and no more", async () => {
    const opens: string[] = [];
    const ring = keyRing(keys("first"));
    const world = await new World().enrolled();
    const sealer: Sealer = {
      ...ring,
      open: (...words) => {
        opens.push("open");
        return ring.open(...words);
      },
    };
    let lost = 0;
    const store: TwoFactorStore = {
      read: (...words) => world.store.read(...words),
      compareAndSet: (...words) => (lost++ < 3 ? Promise.resolve(false) : world.store.compareAndSet(...words)),
    };
    await world.another({ sealer, store }).verify("alice", world.code());
    expect(opens).toHaveLength(4);
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
      // A nonce of 12 bytes, two keys of 35, a device of 26 and its secret of 20, and a tag of 16,
      // in base32.
      expect(world.state("bob").vault?.text, String(value)).toHaveLength(231);
      world.pass(30);
      await world.twoFactor.verify("alice", world.code());
    }
  });
});

describe("what was swapped or edited in the database is state-corrupt, never a login", () => {
  /**
   * Two people. Alice has a device of each type, one that she removed, and one that waits to be
   * confirmed.
   */
  async function world(): Promise<World & { readonly removed: State }> {
    const made = new World();
    await made.enrolled("bob");
    await made.enrolled("alice");
    await made.twoFactor.importDevice("alice", { secret: FIXED, type: "hotp", counter: 0, add: true });
    const { deviceId } = await made.twoFactor.importDevice("alice", { secret: OTHER_SECRET, add: true });
    const removed = made.state();
    await made.twoFactor.removeDevice("alice", deviceId);
    await made.twoFactor.enroll("alice", { accountName: "a", add: true });
    return Object.assign(made, { removed });
  }

  const flip = (text: string, at: number): string => {
    const index = at < 0 ? text.length + at : at;
    return `${text.slice(0, index)}${text[index] === "A" ? "B" : "A"}${text.slice(index + 1)}`;
  };

  type Edit = (alice: Writable<State>, others: { readonly bob: State; readonly removed: State }) => void;

  const textEdit =
    (change: (text: string) => string): Edit =>
    ({ vault }) => {
      if (vault) vault.text = change(vault.text);
    };

  const edits: Record<string, Edit> = {
    "another person's vault": (alice, { bob }) => {
      alice.vault = bob.vault;
    },
    "another person's vault with its devices": (alice, { bob }) => {
      alice.vault = bob.vault;
      alice.devices = structuredClone(bob.devices) as Writable<State>["devices"];
      alice.pending = null;
    },
    "another person's record": (alice, { bob }) => {
      Object.assign(alice, bob);
    },
    "another person's device besides": (alice, { bob }) => {
      alice.devices.push(...(structuredClone(bob.devices) as Writable<State>["devices"]));
    },
    "another person's device in place of one": (alice, { bob }) => {
      alice.devices.splice(0, 1, ...(structuredClone(bob.devices) as Writable<State>["devices"]));
    },
    "a removed device that is put back": (alice, { removed }) => {
      alice.devices.push(...(structuredClone(removed.devices.slice(2)) as Writable<State>["devices"]));
    },
    "a removed device in place of one": (alice, { removed }) => {
      alice.devices.splice(1, 1, ...(structuredClone(removed.devices.slice(2)) as Writable<State>["devices"]));
    },
    "a removed device by an older vault alone": (alice, { removed }) => {
      alice.vault = removed.vault;
      alice.pending = null;
    },
    "one device less": (alice) => {
      alice.devices.pop();
    },
    "the pending device as an active one": (alice) => {
      const { pending } = alice;
      if (!pending) return;
      const row = { type: "totp", since: 0, lastUsedAt: null, lastCounter: null } as const;
      alice.devices.push({ id: pending.id, name: null, told: [], ...row });
      alice.pending = null;
    },
    "the pending device as an active one besides, by another id": (alice) => {
      alice.devices.push({
        id: "B".repeat(26),
        name: null,
        told: [],
        type: "totp",
        since: 0,
        lastUsedAt: null,
        lastCounter: null,
      });
    },
    "no pending device": (alice) => {
      alice.pending = null;
    },
    "another pending device": ({ pending }) => {
      if (pending) pending.id = "B".repeat(26);
    },
    "an active device as the pending one": (alice) => {
      const [device] = alice.devices.splice(0, 1);
      if (alice.pending && device) alice.pending.id = device.id;
    },
    "type hotp for totp": ({ devices: [device] }) => {
      if (device) device.type = "hotp";
    },
    "type totp for hotp": ({ devices: [, device] }) => {
      if (device) device.type = "totp";
    },
    "types that changed places": ({ devices: [one, other] }) => {
      if (one && other) [one.type, other.type] = [other.type, one.type];
    },
    "another device id": ({ devices: [device] }) => {
      if (device) device.id = "B".repeat(26);
    },
    "the name of another key that is there": ({ vault }) => {
      if (vault) vault.keyId = "second";
    },
    "no vault": (alice) => {
      alice.vault = null;
    },
    "the devices in another order": ({ devices }) => {
      devices.reverse();
    },
    "one letter of the nonce": textEdit((text) => flip(text, 0)),
    "one letter of the keys": textEdit((text) => flip(text, 40)),
    "one letter of a secret": textEdit((text) => flip(text, 220)),
    "one letter of the tag": textEdit((text) => flip(text, -8)),
    "a shorter text": textEdit((text) => text.slice(0, -8)),
    "a longer text": textEdit((text) => `${text}AAAAAAAA`),
    "a text that is too short for a tag": textEdit(() => "AAAAAAAA"),
    "a text in lower case": textEdit((text) => text.toLowerCase()),
    "not base32": textEdit(() => "a-b"),
  };

  it.each(Object.keys(edits))("if it is %s", async (name) => {
    const made = await world();
    const bob = made.state("bob");
    made.edit((alice) => edits[name]?.(alice, { bob, removed: made.removed }));
    const before = made.store.records.get("alice");
    const server = made.another({ sealingKeys: keys("first", "second") });
    for (const call of [
      () => server.verify("alice", made.code()),
      () => server.verify("alice", made.wrongCode()),
      () => server.verify("alice", codeOf(FIXED, 0)),
      () => server.verify("alice", codeOf(OTHER_SECRET, made.counter)),
      () => server.verify("alice", made.recoveryCodes[0] ?? ""),
      () => server.verify("alice", "ABCD".repeat(6)),
      () => server.verifyConsecutive("alice", [made.code(-2), made.code(-1), made.code()]),
      () => server.renewRecoveryCodes("alice"),
      () => server.issueRecoveryCode("alice", { hours: 1 }),
      () => server.issueCode("alice", { purpose: "email", request: "r" }),
      () => server.enroll("alice", { accountName: "a", add: true }),
      () => server.importDevice("alice", { secret: OTHER_SECRET, add: true }),
      () => server.forgetBrowsers("alice"),
      () => server.unlock("alice"),
      () => server.reseal("alice"),
    ]) {
      made.events.length = 0;
      expect(await refusal(call())).toMatchObject({ code: "state-corrupt", status: 500 });
      expect(made.types()).toEqual(["state-corrupt"]);
    }
    expect(made.store.records.get("alice")).toBe(before);
  });

  it("if it is the pending device, whose own code confirms nothing", async () => {
    for (const change of [
      (alice: Writable<State>) => alice.devices.pop(),
      (alice: Writable<State>) => Object.assign(alice.devices[0] ?? {}, { type: "hotp" }),
    ]) {
      const made = await world();
      const { deviceId, secret } = await made.twoFactor.enroll("alice", { accountName: "a", add: true });
      made.edit(change);
      const call = made.twoFactor.confirm("alice", codeOf(secret, made.counter), { deviceId });
      expect(await codeOfRefusal(call)).toBe("state-corrupt");
      const resumed = made.twoFactor.enroll("alice", { accountName: "a", resume: deviceId });
      expect(await codeOfRefusal(resumed)).toBe("state-corrupt");
    }
  });

  it("if it is a pending device whose row got the id of another session's", async () => {
    const made = await world();
    const { deviceId } = await made.twoFactor.enroll("bob", { accountName: "b", add: true });
    made.edit(({ pending }) => {
      if (pending) pending.id = deviceId;
    });
    expect(await codeOfRefusal(made.twoFactor.confirm("alice", "123456", { deviceId }))).toBe("state-corrupt");
  });

  it("but what is edited of recovery codes and browsers lets nobody pass", async () => {
    const made = await world();
    const bobs = await new World().enrolled("bob");
    const { browser } = await made.twoFactor.verify("alice", made.code(), { remember: { binding: "b" } });
    const hashes = made.state().recovery?.hashes ?? [];
    // Hashes are those of the person's key: neither another person's nor invented ones are of use.
    made.edit(({ recovery }) => {
      if (recovery) recovery.hashes = [...(bobs.state("bob").recovery?.hashes ?? [])];
    });
    for (const code of [bobs.recoveryCodes[0] ?? "", made.recoveryCodes[0] ?? ""]) {
      expect(await codeOfRefusal(made.twoFactor.verify("alice", code))).toBe("code-rejected");
    }
    made.edit(({ recovery }) => {
      if (recovery) recovery.hashes = [...hashes];
    });
    await made.twoFactor.verify("alice", made.recoveryCodes[0] ?? "");
    const later = (change: (row: Writable<Browser>) => void): void => {
      made.edit(({ browsers: [row] }) => {
        if (row) change(row);
      });
    };
    const good = made.state().browsers[0];
    for (const change of [
      (row: Writable<Browser>) => (row.expiresAt += 1),
      (row: Writable<Browser>) => (row.verifiedAt += 1),
      (row: Writable<Browser>) => (row.id = "E".repeat(26)),
    ]) {
      later(change);
      const call = made.twoFactor.recognizeBrowser("alice", browser?.token, { binding: "b" });
      expect(await codeOfRefusal(call)).toBe("browser-unknown");
      later((row) => Object.assign(row, good));
    }
    await made.twoFactor.recognizeBrowser("alice", browser?.token, { binding: "b" });
  });
});

describe("additional data", () => {
  it("differs whenever the user differs, and names its purpose and version", async () => {
    const users = ["a", 'a","b', "a\\", "ä", "b", 'vault","a', "\n"];
    const texts: string[] = [];
    const sealer: Sealer = {
      keyIds: ["one"],
      seal: (_, __, context) => Promise.resolve(`sealed${texts.push(Buffer.from(context).toString("utf8"))}`),
      open: () => Promise.resolve(undefined),
    };
    const world = new World({ sealer });
    for (const userId of users) await world.twoFactor.importDevice(userId, { secret: FIXED });
    expect(new Set(texts).size).toBe(users.length);
    expect(texts).toEqual(users.map((userId) => JSON.stringify(["halfminute/two-factor 2", "vault", userId])));
    expect(texts[3]).toBe('["halfminute/two-factor 2","vault","ä"]');
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
    expect(world.state().vault?.keyId).toBe("good");
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
    expect(world.state().vault?.text).toBe("kms/1#1"); // by the enrollment and by the confirmation
  });

  it.each([
    ["Uint8Array", (bytes: Uint8Array) => Uint8Array.from(bytes)],
    ["Buffer", (bytes: Uint8Array) => Buffer.from(bytes)],
  ])("may wipe the %s that it opened, and what it sealed", async (_name, copyOf) => {
    const kept = service();
    const wiped = (bytes: Uint8Array): Uint8Array => {
      setImmediate(() => bytes.fill(0));
      return bytes;
    };
    const keyIds = ["kms/1"];
    const sealer = (): Sealer => ({
      keyIds,
      seal: (keyId, plaintext, context) => kept.seal(keyId, wiped(plaintext), wiped(context)),
      open: async (keyId, sealed, context) =>
        wiped(copyOf((await kept.open(keyId, sealed, wiped(context))) as Uint8Array)),
    });
    const world = await new World({ sealer: sealer() }).enrolled();
    const nobody = encodeBase32(new Uint8Array(20));
    for (const [call, typed] of [
      ["a code", () => world.code()],
      ["a recovery code", () => world.recoveryCodes[0] ?? ""],
      ["a code, to be remembered", () => world.code()],
      ["a recovery code", () => world.recoveryCodes[1] ?? ""],
    ] as const) {
      world.now += 60_000;
      keyIds.unshift(`kms/${keyIds.length + 1}`); // so each pass seals again
      const twoFactor = world.another({ sealer: sealer() });
      const remember = call.endsWith("remembered") && { binding: "password" };
      expect(await codeOfRefusal(twoFactor.verify("alice", codeOf(nobody, world.counter))), call).toBe("code-rejected");
      await twoFactor.verify("alice", typed(), { remember });
    }
  });

  it("must answer with bytes: not an array of them, nor those that went to another thread", async () => {
    const sealer = service();
    const world = await new World({ sealer }).enrolled();
    for (const spoiled of [
      (bytes: Uint8Array) => [...bytes],
      (bytes: Uint8Array) => {
        const copy = Uint8Array.from(bytes);
        structuredClone(copy, { transfer: [copy.buffer] });
        return copy;
      },
    ]) {
      sealer.answer = <Value>(value: Value) => Promise.resolve(spoiled(value as Uint8Array) as Value);
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("state-corrupt");
    }
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
      const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
      const before = world.store.records.get("alice");
      sealer.answer = fail;
      const three = [world.code(-2), world.code(-1), world.code()];
      for (const call of [
        () => world.twoFactor.verify("alice", world.code()),
        () => world.twoFactor.verify("alice", world.wrongCode()),
        () => world.twoFactor.verify("alice", world.recoveryCodes[0] ?? ""),
        () => world.twoFactor.verifyConsecutive("alice", three),
        () => world.twoFactor.confirm("alice", codeOf(secret, world.counter), { deviceId }),
        () => world.twoFactor.issueRecoveryCode("alice", { hours: 1 }),
        () => world.twoFactor.issueCode("alice", { purpose: "email", request: "r" }),
        () => world.twoFactor.issueCode("bob", { purpose: "email", request: "r" }),
        () => world.twoFactor.removeDevice("alice", deviceId),
        () => world.twoFactor.forgetBrowsers("alice"),
        () => world.twoFactor.unlock("alice"),
        () => world.twoFactor.reseal("alice"),
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
      const { vault } = world.state();
      expect(await newer.verify("alice", world.code()), name).toEqual({
        method: "code",
        at: new Date(world.now),
        deviceId: world.deviceId,
        recoveryCodesLeft: 10,
      });
      expect(world.types()).toEqual(["passed"]);
      world.pass(120);
      await newer.verifyConsecutive("alice", [world.code(-2), world.code(-1), world.code()]);
      expect(world.types()).toEqual(["passed", "passed"]);
      await newer.verify("alice", world.recoveryCodes[0] ?? "");
      expect(world.types().slice(2)).toEqual(["passed", "recovery-code-used"]);
      expect(world.state()).toMatchObject({ vault, devices: [{ lastCounter: world.counter }] });
      await expect(newer.reseal("alice"), name).rejects.toMatchObject({
        code: name === "answers nonsense" ? "invalid-option" : "sealer-unavailable",
      });
    }
  });

  it("may answer with as many as 4096 characters", async () => {
    const text = "x".repeat(4096);
    const sealer = { keyIds: ["a"], seal: () => Promise.resolve(text), open: () => Promise.resolve(undefined) };
    const world = new World({ sealer });
    await world.twoFactor.importDevice("alice", { secret: FIXED });
    expect(world.state().vault).toEqual({ keyId: "a", text });
  });

  it("answers too much with 4097, and is told so", async () => {
    const sealer = {
      keyIds: ["a"],
      seal: () => Promise.resolve("x".repeat(4097)),
      open: () => Promise.resolve(undefined),
    };
    const call = new World({ sealer }).twoFactor.importDevice("alice", { secret: FIXED });
    await expect(call).rejects.toMatchObject({
      code: "invalid-option",
      message:
        "sealer.seal must resolve to 1 to 4096 printable ASCII characters without spaces, quotes and backslashes",
    });
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
    const devices = [{ ...PLAIN_DEVICE, id: "B".repeat(26) }];
    const vaults = [
      new Uint8Array(64),
      encodeVault(newVault()),
      encodeVault({ ...newVault(), devices }),
      encodeVault({ ...newVault(), devices: [{ ...PLAIN_DEVICE, id: world.deviceId, type: "hotp" }] }),
      encodeVault({
        ...newVault(),
        devices: [{ ...PLAIN_DEVICE, id: world.deviceId }],
        pending: { ...PLAIN_DEVICE, id: "C".repeat(25) + "A", begun: "add" },
      }),
      encodeVault({ ...newVault(), devices: [{ ...PLAIN_DEVICE, id: world.deviceId }, ...devices] }),
    ];
    for (const opened of [new Uint8Array(9), new Uint8Array(129), "text", null, [1], new ArrayBuffer(20), ...vaults]) {
      sealer.answer = () => Promise.resolve(opened as never);
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("state-corrupt");
    }
    sealer.answer = () => Promise.resolve(new Uint8Array(31) as never);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.recoveryCodes[0] ?? ""))).toBe("state-corrupt");
    for (const sealed of ["", "a b", 'a"', "a\\", "ä", "x".repeat(4097), 5, undefined, new Uint8Array(3)]) {
      sealer.answer = () => Promise.resolve(sealed as never);
      const call = world.twoFactor.enroll("bob", { accountName: "b" });
      await expect(call).rejects.toMatchObject({ name: "OtpError", code: "invalid-option" });
    }
    expect(world.store.records.has("bob")).toBe(false);
  });
});
