// What docs/compliance.md and docs/guide/operations/ say and no other test shows: over several
// servers, in time, and at rest.
import { createHmac } from "node:crypto";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { decodeSecret, encodeBase32 } from "../../src/index.ts";
import type { Sealer, TwoFactor } from "../../src/two-factor/index.ts";
import { stillTimers } from "./timers.ts";
import { codeOf, codeOfRefusal, OTHER_KEY, refusal, World } from "./world.ts";

beforeEach(() => {
  stillTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** How calls to some servers at once came out. */
async function outcomesOf(servers: readonly TwoFactor[], call: (server: TwoFactor) => Promise<unknown>) {
  const outcomes = await Promise.all(
    servers.map((server) =>
      call(server).then(
        () => "passed",
        (error: unknown) => (error as { code: string }).code,
      ),
    ),
  );
  return outcomes.toSorted();
}

describe("several servers at once", () => {
  it("count every guess, and no more are looked at than one by one", async () => {
    const world = await new World().enrolled();
    const servers = Array.from({ length: 20 }, () => world.another());
    const wrong = world.wrongCode();
    const outcomes = await outcomesOf(servers, (server) => server.verify("alice", wrong));
    expect(outcomes).toEqual([...Array<string>(4).fill("code-rejected"), ...Array<string>(16).fill("throttled")]);
    expect(world.state()).toMatchObject({ failures: 4, outstanding: 12 });
    expect(await codeOfRefusal(world.another().verify("alice", world.code()))).toBe("throttled");
  });

  it("let one in by one code", async () => {
    const world = await new World().enrolled();
    const servers = Array.from({ length: 10 }, () => world.another());
    const outcomes = await outcomesOf(servers, (server) => server.verify("alice", world.code()));
    expect(outcomes).toEqual([...Array<string>(9).fill("code-rejected"), "passed"]);
    expect(world.state().failures).toBe(0);
  });

  it("let one in by one recovery code", async () => {
    const world = await new World().enrolled();
    const servers = Array.from({ length: 10 }, () => world.another());
    const outcomes = await outcomesOf(servers, (server) => server.verify("alice", world.recoveryCodes[0] ?? ""));
    expect(outcomes).toEqual([...Array<string>(9).fill("code-rejected"), "passed"]);
    expect(world.state().recovery?.hashes).toHaveLength(9);
  });
});

describe("a code that is spent", () => {
  it("is spent only by a right code", async () => {
    const world = await new World().enrolled();
    const before = world.device().lastCounter;
    await codeOfRefusal(world.twoFactor.verify("alice", world.wrongCode()));
    expect(world.device().lastCounter).toBe(before);
    await world.twoFactor.verify("alice", world.code(-1));
    await world.twoFactor.verify("alice", world.code());
  });

  it("is spent for one person, and for nobody else who has the same code", async () => {
    const world = new World();
    for (const userId of ["alice", "bob"]) await world.twoFactor.importDevice(userId, { secret: SECRET });
    const code = codeOf(SECRET, world.counter);
    await world.twoFactor.verify("alice", code);
    await world.twoFactor.verify("bob", code);
    for (const userId of ["alice", "bob"]) {
      expect(await codeOfRefusal(world.twoFactor.verify(userId, code))).toBe("code-rejected");
    }
  });

  it("comes back with an older database: codes until their window ends, recovery codes until renewed", async () => {
    const world = await new World().enrolled();
    const snapshot = world.store.records.get("alice");
    if (!snapshot) throw new Error("there is a record");
    const code = world.code(1);
    const [recoveryCode = ""] = world.recoveryCodes;
    await world.twoFactor.verify("alice", code);
    await world.twoFactor.verify("alice", recoveryCode);

    world.store.records.set("alice", snapshot);
    await world.twoFactor.verify("alice", code);
    world.store.records.set("alice", snapshot);
    world.pass(90); // both sides of the window, and the step itself
    expect(await codeOfRefusal(world.twoFactor.verify("alice", code))).toBe("code-rejected");
    await world.twoFactor.verify("alice", recoveryCode);

    world.store.records.set("alice", snapshot);
    await world.twoFactor.renewRecoveryCodes("alice");
    expect(await codeOfRefusal(world.twoFactor.verify("alice", recoveryCode))).toBe("code-rejected");
  });
});

describe("the life of a code", () => {
  it.each([
    ["90 seconds with the default window", {}, 90],
    ["30 seconds without a window", { lookBehind: 0, lookAhead: 0 }, 30],
  ])("is %s", async (_, policy, seconds) => {
    const world = new World({ policy });
    await world.twoFactor.importDevice("alice", { secret: SECRET });
    const snapshot = world.store.records.get("alice");
    if (!snapshot) throw new Error("there is a record");
    const { counter } = world;
    const code = codeOf(SECRET, counter);
    const passed: number[] = [];
    for (world.now = (counter - 3) * 30_000; world.now < (counter + 4) * 30_000; world.now += 1000) {
      world.store.records.set("alice", snapshot);
      const outcome = await world.twoFactor.verify("alice", code).catch(() => undefined);
      if (outcome) passed.push(world.now / 1000);
    }
    const [first = 0] = passed;
    expect(passed).toEqual(Array.from({ length: seconds }, (__, index) => first + index));
    expect(first).toBe(counter * 30 - (seconds - 30) / 2);
  });

  it("is told by the clock of the server, whatever else a caller gives", async () => {
    const world = await new World().enrolled();
    world.pass(300);
    type Loose = Record<"verify" | "verifyConsecutive", (...values: unknown[]) => Promise<unknown>>;
    const twoFactor = world.twoFactor as unknown as Loose;
    const past = world.now - 240_000;
    const codes = [-10, -9, -8].map((steps) => world.code(steps));
    for (const time of [{ at: new Date(past), now: past, lookBehind: 10 }, new Date(past), past]) {
      for (const call of [
        twoFactor.verify("alice", codes[2], time),
        twoFactor.verifyConsecutive("alice", codes, time),
      ]) {
        await expect(call).rejects.toMatchObject({ name: "OtpError" });
      }
      await expect(twoFactor.verify("alice", codes[2], {}, time)).rejects.toMatchObject({ code: "code-rejected" });
      await expect(twoFactor.verifyConsecutive("alice", codes, {}, time)).rejects.toMatchObject({ code: "clock-off" });
    }
    expect(world.types()).not.toContain("passed");
  });
});

describe("what is random", () => {
  it("has 160, 256 or 512 bits in a new secret, as many as its MAC", async () => {
    for (const [algorithm, bytes] of [
      ["SHA-1", 20],
      ["SHA-256", 32],
      ["SHA-512", 64],
    ] as const) {
      const { secret } = await new World({ parameters: { algorithm } }).twoFactor.enroll("alice", { accountName: "a" });
      expect(decodeSecret(secret)).toHaveLength(bytes);
    }
  });

  it("comes from crypto.getRandomValues, every bit of it", async () => {
    vi.spyOn(Math, "random").mockImplementation(() => expect.unreachable());
    const world = new World();
    vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation((array) => {
      (array as unknown as Uint8Array).fill(0xff);
      return array;
    });
    const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a" });
    expect(secret).toBe("7".repeat(32));
    expect(deviceId).toBe(encodeBase32(new Uint8Array(16).fill(0xff)));
    const { recoveryCodes } = await world.twoFactor.confirm("alice", codeOf(secret, world.counter), { deviceId });
    expect(recoveryCodes).toEqual(Array(10).fill("7777-7777-7777-7777-7777-7777"));
  });

  it("is kept of a recovery code as an HMAC-SHA-256, whose key only the sealer opens", async () => {
    const sealed: Uint8Array[] = [];
    const sealer: Sealer = {
      keyIds: ["one"],
      seal: (_, plaintext) => Promise.resolve(String(sealed.push(plaintext.slice()) - 1)),
      open: (_, text) => Promise.resolve(sealed[Number(text)]),
    };
    const world = await new World({ sealer }).enrolled();
    const { recovery, vault } = world.state();
    // The plaintext begins with the key of the person, behind its kind and length.
    const key = sealed[Number(vault?.text)]?.subarray(3, 35) ?? new Uint8Array();
    expect(key).toHaveLength(32);
    const oracle = (code: string): string => {
      const message = `["recovery-code","${code.replaceAll("-", "")}",0]`;
      return encodeBase32(new Uint8Array(createHmac("sha256", key).update(message).digest())).slice(0, 26);
    };
    expect(recovery?.hashes).toEqual(world.recoveryCodes.map(oracle));
    for (const code of world.recoveryCodes) expect(decodeSecret(code)).toHaveLength(15);
  });
});

describe("whether somebody has a second factor", () => {
  const seen = async (call: Promise<unknown>): Promise<string> => {
    const { message, code, status, headers, expose } = await refusal(call);
    return JSON.stringify([message, code, status, headers, expose]);
  };

  it("cannot be told by malformed codes, and can by well-formed ones", async () => {
    const world = await new World().enrolled();
    const { twoFactor } = world;
    for (const malformed of ["", "12345", "ABCD-EFGH"]) {
      expect(await seen(twoFactor.verify("nobody", malformed))).toBe(await seen(twoFactor.verify("alice", malformed)));
    }
    // So the flow belongs behind the password.
    expect(await codeOfRefusal(twoFactor.verify("alice", world.wrongCode()))).toBe("code-rejected");
    expect(await codeOfRefusal(twoFactor.verify("nobody", world.wrongCode()))).toBe("not-enrolled");
  });
});

describe("a sealing key that was lost", () => {
  it("lets nobody pass, until two-factor authentication is turned off and set up again", async () => {
    const world = await new World().enrolled();
    const server = world.another({ sealingKeys: [{ id: "second", key: OTHER_KEY }] });
    const [old = ""] = world.recoveryCodes;
    for (const typed of [world.code(), old]) {
      expect(await codeOfRefusal(server.verify("alice", typed))).toBe("seal-key-unknown");
    }
    for (const call of [
      server.renewRecoveryCodes("alice"),
      server.issueRecoveryCode("alice", { hours: 1 }),
      server.enroll("alice", { accountName: "alice", replace: true }),
      server.importDevice("alice", { secret: SECRET, replace: true }),
      server.unlock("alice"),
    ]) {
      expect(await codeOfRefusal(call)).toBe("seal-key-unknown");
    }
    expect(world.store.calls).not.toContain("compareAndSet");
    await server.disable("alice");
    const { deviceId, secret } = await server.enroll("alice", { accountName: "alice" });
    const { recoveryCodes } = await server.confirm("alice", codeOf(secret, world.counter), { deviceId });
    await server.verify("alice", codeOf(secret, world.counter + 1));
    await server.verify("alice", recoveryCodes[0] ?? "");
    expect(await codeOfRefusal(server.verify("alice", old))).toBe("code-rejected");
  });
});

describe("a policy that changes", () => {
  it("locks and restricts by the counts that are stored, and unlocks", async () => {
    const world = await new World().enrolled();
    world.setStanding(20, 60);
    expect((await world.another({ policy: { lockAfter: 20 } }).status("alice")).state).toBe("locked");
    expect((await world.another({ policy: { lockAfter: 21 } }).status("alice")).state).toBe("active");
    expect((await world.another({ policy: { restrictAfter: 61 } }).status("alice")).state).toBe("active");
    expect((await world.another({ policy: { restrictAfter: 60 } }).status("alice")).state).toBe("restricted");
    expect((await world.twoFactor.status("alice")).state).toBe("active");
  });

  it("ends a delay that is longer than it allows", async () => {
    const world = await new World().enrolled();
    world.setStanding(14, 42, world.now + 1_024_000);
    expect(await codeOfRefusal(world.twoFactor.verify("alice", world.code()))).toBe("throttled");
    await world.another({ policy: { maxDelay: 60 } }).verify("alice", world.code());
  });

  it("leaves active devices, enrollments that wait and sets of recovery codes as they are", async () => {
    const world = await new World().enrolled();
    const { expiresAt } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
    const changed = world.another({
      policy: { pendingLifetime: 540, recoveryCodes: 2, lookAhead: 3 },
      parameters: { digits: 8, period: 60 },
    });
    expect(await changed.status("alice")).toMatchObject({ pending: { expiresAt }, recoveryCodesLeft: 10 });
    // One that is shorter by more than clocks may differ ends them: they have more time left than
    // there is.
    const shorter = world.another({ policy: { pendingLifetime: 539 } });
    expect(await shorter.status("alice")).toMatchObject({ pending: null });
    await changed.verify("alice", world.code(3));
    // A wider window makes nothing good again that was spent.
    for (const steps of [0, 1, 2, 3]) {
      expect(await codeOfRefusal(changed.verify("alice", world.code(steps)))).toBe("code-rejected");
    }
  });
});
