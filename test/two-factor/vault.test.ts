// The plaintext of a vault: it is read as it was written, and what is not one makes no device.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeBase32 } from "../../src/index.ts";
import { keyRing } from "../../src/two-factor/sealing/key-ring.ts";
import {
  decodeVault,
  encodeVault,
  KEY_BYTES,
  MOST_SECRET_BYTES,
  newVault,
  type Vault,
  withoutTokens,
} from "../../src/two-factor/sealing/vault.ts";
import { MOST_DEVICES, MOST_SEALED_CHARACTERS } from "../../src/two-factor/state/format.ts";
import { KEY, World } from "./world.ts";

function bytes(least: number, most: number = least): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: least, maxLength: most }).map((array) => new Uint8Array(array));
}

const anyId = bytes(16).map(encodeBase32);
const anyParameters = fc.record({
  algorithm: fc.constantFrom("SHA-1", "SHA-256", "SHA-512"),
  digits: fc.constantFrom(6, 7, 8),
  period: fc.integer({ min: 0, max: 86_400 }),
});
const anyDevice = fc.record({
  id: anyId,
  type: fc.constantFrom("totp", "hotp"),
  parameters: anyParameters,
  secret: bytes(10, MOST_SECRET_BYTES),
  begun: fc.constant(""),
});
const anyBegun = fc.oneof(fc.constantFrom("first", "add"), anyId);
const anyPending = fc.tuple(anyDevice, anyBegun).map(([device, begun]) => ({ ...device, begun }));
const anySealed = fc.record({
  keyId: fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/),
  text: fc.stringMatching(/^[!#-[\]-~]{1,280}$/),
});
const anyCarried = fc.record({
  purpose: fc.constantFrom("secret", "pending-secret", "recovery-codes"),
  id: anyId,
  parameters: anyParameters,
  sealed: anySealed,
  begun: fc.oneof(fc.constant(""), anyBegun),
});
const anyVault: fc.Arbitrary<Vault> = fc.record({
  key: bytes(KEY_BYTES),
  browserKey: bytes(KEY_BYTES),
  devices: fc.array(anyDevice, { maxLength: MOST_DEVICES }),
  pending: fc.option(anyPending),
  recoveryKey: fc.option(bytes(KEY_BYTES)),
  carried: fc.array(anyCarried, { maxLength: 3 }),
});

const text = (length: number): string => "x".repeat(length);

function device(index: number, secret: Uint8Array = new Uint8Array(MOST_SECRET_BYTES).fill(index + 1)) {
  const id = encodeBase32(new Uint8Array(16).fill(index));
  return {
    id,
    type: "totp",
    parameters: { algorithm: "SHA-512", digits: 8, period: 86_400 },
    secret,
    begun: "",
  } as const;
}

/**
 * As large as a vault can be: five devices and a pending one, secrets of 128 bytes, and three texts
 * of version 1.
 */
const LARGEST: Vault = {
  key: new Uint8Array(KEY_BYTES).fill(1),
  browserKey: new Uint8Array(KEY_BYTES).fill(2),
  devices: Array.from({ length: MOST_DEVICES }, (_, index) => device(index)),
  pending: { ...device(10), begun: device(0).id },
  recoveryKey: new Uint8Array(KEY_BYTES).fill(3),
  carried: (["secret", "pending-secret", "recovery-codes"] as const).map((purpose) => ({
    purpose,
    id: device(20).id,
    parameters: device(20).parameters,
    sealed: { keyId: text(40), text: text(280) },
    begun: purpose === "pending-secret" ? device(0).id : "",
  })),
};

describe("the plaintext of a vault", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(anyVault, (vault) => {
        expect(decodeVault(encodeVault(vault))).toEqual(vault);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("is two random keys where nothing else is secret yet", () => {
    const vault = newVault();
    expect(vault).toMatchObject({ devices: [], pending: null, recoveryKey: null, carried: [] });
    expect(encodeVault(vault)).toHaveLength(2 * (3 + KEY_BYTES));
    expect(vault.key).not.toEqual(vault.browserKey);
    expect(decodeVault(encodeVault(vault))).toEqual(vault);
    const other = withoutTokens(vault);
    expect(other.key).toBe(vault.key);
    expect(other.browserKey).toHaveLength(KEY_BYTES);
    expect(other.browserKey).not.toEqual(vault.browserKey);
  });

  it("shares no memory with the vault that is read from it", () => {
    const plaintext = encodeVault(LARGEST);
    const vault = decodeVault(plaintext);
    plaintext.fill(0);
    expect(vault).toEqual(LARGEST);
  });

  it("has at most 1100 bytes, with texts of version 1 at most 2500; sealed it fits into a record", async () => {
    expect(encodeVault({ ...LARGEST, carried: [] }).length).toBeLessThanOrEqual(1100);
    const plaintext = encodeVault(LARGEST);
    expect(plaintext.length).toBeLessThanOrEqual(2500);
    const sealed = await keyRing([{ id: "first", key: KEY }]).seal("first", plaintext, new Uint8Array(8));
    expect(sealed.length).toBeLessThanOrEqual(MOST_SEALED_CHARACTERS);
    expect(decodeVault(plaintext)).toEqual(LARGEST);
  });

  it("fits into a record after everything that the flow can put into one", async () => {
    const base = `"parameters":{"algorithm":"SHA-512","digits":8,"period":86400}`;
    const gone = `{"keyId":"${text(40)}","text":"${text(280)}"}`;
    const counts = `"since":5,"lastCounter":null,"failures":0,"outstandingFailures":0,"notBefore":0`;
    const world = new World();
    const body =
      `{"version":1,"device":{"id":"${device(1).id}",${base},"secret":${gone},${counts}},` +
      `"pending":{"id":"${device(2).id}",${base},"secret":${gone},"expiresAt":${world.now + 600_000},"failures":0},` +
      `"recovery":{"id":"${device(3).id}","key":${gone},"hashes":[]}}`;
    world.store.records.set("alice", { revision: "r", body });
    for (let index = 2; index <= MOST_DEVICES; index++) {
      await world.twoFactor.importDevice("alice", { secret: device(index).secret, add: true });
    }
    const { vault, devices, pending } = world.state();
    expect([devices.length, pending?.id]).toEqual([MOST_DEVICES, device(2).id]);
    expect(vault?.text.length).toBeGreaterThan(2500);
    expect(vault?.text.length).toBeLessThanOrEqual(MOST_SEALED_CHARACTERS);
    expect(await world.twoFactor.reseal("alice")).toEqual({ resealed: false, unopened: 3 });
  });
});

/** The secrets by which somebody may pass, and whose they are. */
function secretsOf(vault: Vault | undefined): string[] {
  const { devices = [], pending = null } = vault ?? {};
  return (pending ? [...devices, pending] : devices).map((each) =>
    JSON.stringify({ ...each, secret: [...each.secret] }),
  );
}

/** Both keys, as they are written. */
const KEYS = [0, 0, 32, ...LARGEST.key, 0, 0, 32, ...LARGEST.browserKey];

/** A device as it is written, up to its secret. */
function deviceBytes({ type = 0, algorithm = 0, digits = 6, begun = 0 } = {}): number[] {
  return [...new Uint8Array(16), type, algorithm, digits, 0, 0, 30, begun];
}

describe("what is not the plaintext of a vault", () => {
  const plaintext = encodeVault(LARGEST);

  it("is one with a byte more", () => {
    for (let byte = 0; byte < 256; byte++) {
      expect(decodeVault(Uint8Array.of(...plaintext, byte)), String(byte)).toBeUndefined();
      expect(decodeVault(Uint8Array.of(...plaintext, byte, 0)), String(byte)).toBeUndefined();
    }
  });

  it("is one that ends too early: it is none, or one whose last items are missing whole", () => {
    const all = secretsOf(LARGEST);
    const ends: number[] = [];
    for (let length = 0; length < plaintext.length; length++) {
      const vault = decodeVault(plaintext.slice(0, length));
      if (vault === undefined) continue;
      ends.push(length);
      expect(encodeVault(vault)).toEqual(plaintext.slice(0, length));
      for (const secret of secretsOf(vault)) expect(all).toContain(secret);
    }
    // After the keys and after each item.
    expect(ends).toHaveLength(1 + MOST_DEVICES + 1 + 1 + 3 - 1);
    expect(ends[0]).toBe(2 * (3 + KEY_BYTES));
  });

  it.each([
    ["an item of an unknown kind", [6, 0, 0]],
    ["an item of a kind far away", [255, 0, 0]],
    ["a device without content", [1, 0, 0]],
    ["a device without a secret", [1, 0, 23, ...deviceBytes()]],
    ["a device with a secret of 9 bytes", [1, 0, 32, ...deviceBytes(), ...new Uint8Array(9)]],
    ["a device with a secret of 129 bytes", [1, 0, 152, ...deviceBytes(), ...new Uint8Array(129)]],
    ["a device of an unknown type", [1, 0, 43, ...deviceBytes({ type: 2 }), ...new Uint8Array(20)]],
    ["a device of an unknown algorithm", [1, 0, 43, ...deviceBytes({ algorithm: 3 }), ...new Uint8Array(20)]],
    ["a device of five digits", [1, 0, 43, ...deviceBytes({ digits: 5 }), ...new Uint8Array(20)]],
    ["a device of nine digits", [1, 0, 43, ...deviceBytes({ digits: 9 }), ...new Uint8Array(20)]],
    ["a pending device without content", [2, 0, 0]],
    ["a pending device with a secret of 9 bytes", [2, 0, 32, ...deviceBytes(), ...new Uint8Array(9)]],
    [
      "a pending device whose beginning is as long as all",
      [2, 0, 43, ...deviceBytes({ begun: 20 }), ...new Uint8Array(20)],
    ],
    ["a pending device of an unknown type", [2, 0, 43, ...deviceBytes({ type: 2 }), ...new Uint8Array(20)]],
    ["a key of 31 bytes", [0, 0, 31, ...new Uint8Array(31)]],
    ["a key of 33 bytes", [0, 0, 33, ...new Uint8Array(33)]],
    ["a key of nothing", [0, 0, 0]],
    ["an item that is longer than the rest", [1, 0, 44, ...deviceBytes(), ...new Uint8Array(20)]],
  ])("is one with %s", (_, item) => {
    const whole = [1, 0, 43, ...deviceBytes(), ...new Uint8Array(20)];
    expect(decodeVault(Uint8Array.from([...KEYS, ...whole]))?.devices).toHaveLength(1);
    expect(decodeVault(Uint8Array.from([...KEYS, ...item]))).toBeUndefined();
  });

  it.each([
    ["nothing", []],
    ["one key", [0, 0, 32, ...LARGEST.key]],
    ["keys that are cut off", KEYS.slice(0, -1)],
  ])("is %s", (_, bytes) => {
    expect(decodeVault(Uint8Array.from(bytes))).toBeUndefined();
  });

  it("is too short for its keys", () => {
    for (let length = 0; length < 2 * KEY_BYTES; length++) expect(decodeVault(new Uint8Array(length))).toBeUndefined();
  });

  it("is any other bytes: they throw nothing, and make no device with too short or too long a secret", () => {
    const items = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), bytes(0, 200)), { maxLength: 4 });
    fc.assert(
      fc.property(bytes(0, 80), items, bytes(0, 3), (start, parts, end) => {
        const inItems = parts.flatMap(([kind, content]) => [
          kind,
          content.length >> 8,
          content.length & 255,
          ...content,
        ]);
        const vault = decodeVault(Uint8Array.from([...start, ...inItems, ...end]));
        const all = vault ? (vault.pending ? [...vault.devices, vault.pending] : vault.devices) : [];
        for (const { secret } of all) {
          expect(secret.length).toBeGreaterThanOrEqual(10);
          expect(secret.length).toBeLessThanOrEqual(MOST_SECRET_BYTES);
        }
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});
