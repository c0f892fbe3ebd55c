// Remembered browsers: which tokens are recognized, what each presentation changes, and what voids
// them.
import { describe, expect, it } from "vitest";

import { type RecognizedBrowser, type RememberOptions } from "../../src/two-factor/index.ts";
import { codeOf, codeOfRefusal, World } from "./world.ts";

const BINDING = { binding: "password 7" };
const DAY = 86_400;

class Remembering extends World {
  /** Passes by a code of the next time step and has this browser remembered. */
  async remember(options: Partial<RememberOptions> = {}): Promise<string> {
    this.pass(30);
    const { browser } = await this.twoFactor.verify("alice", this.code(), { remember: { ...BINDING, ...options } });
    return browser?.token ?? "";
  }

  recognize(token: string | undefined, binding = BINDING.binding, userId = "alice"): Promise<RecognizedBrowser> {
    return this.twoFactor.recognizeBrowser(userId, token, { binding });
  }

  get generations(): readonly number[] {
    return this.state().browsers.map(({ generation }) => generation);
  }
}

async function begin(): Promise<Remembering> {
  const world = new Remembering();
  await world.enrolled();
  return world;
}

/** The token of each generation up to the present one. */
async function tokensOf(world: Remembering, many: number): Promise<string[]> {
  const tokens = [await world.remember()];
  for (let index = 1; index < many; index++) tokens.push((await world.recognize(tokens.at(-1))).token);
  return tokens;
}

describe("remembering a browser", () => {
  it("comes with a pass, in the same commit, for 30 days", async () => {
    const world = await begin();
    world.store.calls.length = 0;
    const passed = await world.twoFactor.verify("alice", world.code(), { remember: { ...BINDING, name: "Firefox" } });
    expect(world.store.calls).toEqual(["read", "compareAndSet"]);
    const expiresAt = new Date(world.now + 30 * DAY * 1000);
    expect(passed.browser).toMatchObject({ expiresAt });
    expect((await world.twoFactor.status("alice")).browsers).toEqual([
      {
        id: passed.browser?.browserId,
        name: "Firefox",
        verifiedAt: new Date(world.now),
        lastUsedAt: new Date(world.now),
        expiresAt,
      },
    ]);
    expect(world.types()).toEqual(["passed", "browser-remembered"]);
  });

  it("comes with three codes too, and never with a recovery code or a refusal", async () => {
    const world = await begin();
    const { twoFactor } = world;
    const options = { remember: BINDING };
    expect(await twoFactor.verify("alice", world.recoveryCodes[0] ?? "", options)).not.toHaveProperty("browser");
    expect(await codeOfRefusal(twoFactor.verify("alice", world.wrongCode(), options))).toBe("code-rejected");
    expect(world.state().browsers).toEqual([]);
    const three = [world.code(-1), world.code(), world.code(1)];
    expect((await twoFactor.verifyConsecutive("alice", three, options)).browser).toBeDefined();
  });

  it("does not happen unless it is asked for", async () => {
    const world = await begin();
    for (const remember of [undefined, false] as const) {
      world.pass(30);
      expect(await world.twoFactor.verify("alice", world.code(), { remember })).not.toHaveProperty("browser");
    }
  });

  it.each([
    [true],
    [{}],
    [{ binding: "" }],
    [{ binding: 7 }],
    [{ binding: "x".repeat(1025) }],
    [{ binding: "\ud800" }],
    [{ ...BINDING, days: 0 }],
    [{ ...BINDING, days: 91 }],
    [{ ...BINDING, days: 1.5 }],
    [{ ...BINDING, name: "" }],
    [{ ...BINDING, name: "a\nb" }],
    [{ ...BINDING, years: 1 }],
  ])("is refused with remember: %j, before any code is looked at", async (remember) => {
    const world = await begin();
    const call = world.twoFactor.verify("alice", world.code(), { remember: remember as never });
    await expect(call).rejects.toMatchObject({ name: "OtpError" });
    expect(world.store.calls).toEqual([]);
  });

  it("keeps five, and gives up the one that was used least recently", async () => {
    const world = await begin();
    const tokens: string[] = [];
    for (let index = 0; index < 5; index++) tokens.push(await world.remember({ name: `browser ${index}` }));
    world.pass(60);
    await world.recognize(tokens[0]);
    await world.remember({ name: "browser 5" });
    const names = (await world.twoFactor.status("alice")).browsers.map(({ name }) => name);
    expect(names.toSorted()).toEqual(["browser 0", "browser 2", "browser 3", "browser 4", "browser 5"]);
    expect(await codeOfRefusal(world.recognize(tokens[1]))).toBe("browser-unknown");
  });

  it("gives up expired ones first", async () => {
    const world = await begin();
    await world.remember({ days: 1 });
    world.pass(2 * DAY);
    await world.remember();
    expect(world.state().browsers).toHaveLength(1);
  });
});

describe("recognizing a browser", () => {
  it("answers a fresh token and when the person passed, which never moves", async () => {
    const world = await begin();
    let token = await world.remember({ days: 10 });
    const verifiedAt = new Date(world.now);
    const expiresAt = new Date(world.now + 10 * DAY * 1000);
    for (let day = 0; day < 10; day++) {
      const recognized = await world.recognize(token);
      expect(recognized).toMatchObject({ verifiedAt, expiresAt });
      expect(recognized).not.toHaveProperty("method");
      expect(recognized).not.toHaveProperty("at");
      expect(recognized.token).not.toBe(token);
      ({ token } = recognized);
      world.pass(DAY);
    }
    expect(await codeOfRefusal(world.recognize(token))).toBe("browser-unknown");
    expect((await world.twoFactor.status("alice")).browsers).toEqual([]);
  });

  it("resets no count and moves no counter", async () => {
    const world = await begin();
    const token = await world.remember();
    world.setStanding(3, 100);
    const before = world.state();
    await world.recognize(token);
    expect({ ...world.state(), browsers: [] }).toEqual({ ...before, browsers: [] });
  });

  it("works while the person is locked or restricted", async () => {
    const world = await begin();
    const { token } = await world.recognize(await world.remember());
    world.setStanding(100, 900);
    await world.recognize(token);
  });

  it.each([undefined, null, "", 5, {}, "x", "a.b.c", "A".repeat(26), "x".repeat(1_000_000)])(
    "refuses what has not the shape of a token before anything is read (%#)",
    async (token) => {
      const world = await begin();
      expect(await codeOfRefusal(world.recognize(token as string))).toBe("browser-unknown");
      expect(world.store.calls).toEqual([]);
    },
  );

  it("refuses a token in anything but text", async () => {
    const world = await begin();
    const token = await world.remember();
    world.store.calls.length = 0;
    for (const wrapped of [[token], Object(token), { toString: () => token }]) {
      expect(await codeOfRefusal(world.recognize(wrapped as string))).toBe("browser-unknown");
    }
    expect(world.store.calls).toEqual([]);
    await world.recognize(token);
  });

  it.each([{}, { binding: 5 }, { binding: "" }, undefined])("refuses the program's options %j", async (options) => {
    const world = await begin();
    const call = world.twoFactor.recognizeBrowser("alice", undefined, options as never);
    await expect(call).rejects.toMatchObject({ name: "OtpError" });
  });

  it("refuses a token with any character changed, and removes nothing", async () => {
    const world = await begin();
    const token = await world.remember();
    const before = world.state();
    for (let index = 0; index < token.length; index++) {
      for (const other of ["A", "B", "2", "7"]) {
        if (token[index] === other) continue;
        const changed = token.slice(0, index) + other + token.slice(index + 1);
        expect(await codeOfRefusal(world.recognize(changed))).toBe("browser-unknown");
      }
    }
    expect(world.state()).toEqual(before);
    await world.recognize(token);
  });

  it("refuses an invented browser without opening anything", async () => {
    const world = await begin();
    const token = await world.remember();
    const invented = `${"A".repeat(26)}${token.slice(26)}`;
    expect(await codeOfRefusal(world.recognize(invented))).toBe("browser-unknown");
    expect(await codeOfRefusal(world.recognize(token, BINDING.binding, "bob"))).toBe("browser-unknown");
  });

  it("refuses a browser whose expiry or moment somebody moved in the database", async () => {
    const world = await begin();
    const token = await world.remember({ days: 1 });
    for (const move of [{ expiresAt: world.now + 80 * DAY * 1000 }, { verifiedAt: world.now - 1 }]) {
      const record = world.store.records.get("alice");
      world.edit(({ browsers }) => Object.assign(browsers[0] ?? {}, move));
      expect(await codeOfRefusal(world.recognize(token))).toBe("browser-unknown");
      if (record) world.store.records.set("alice", record);
    }
    await world.recognize(token);
  });

  it("ignores an expiry further ahead than there ever is", async () => {
    const world = await begin();
    const token = await world.remember({ days: 90 });
    world.now -= 60_001;
    expect(await codeOfRefusal(world.recognize(token))).toBe("browser-unknown");
    world.now += 1;
    await world.recognize(token);
  });
});

describe("the tokens of one browser", () => {
  it("the present one steps, the one before is answered the same and writes nothing", async () => {
    const world = await begin();
    const [first = "", second = ""] = await tokensOf(world, 2);
    const record = world.store.records.get("alice");
    expect((await world.recognize(first)).token).toBe(second);
    world.pass(20 * DAY); // a lost answer, retried weeks later
    expect((await world.recognize(first)).token).toBe(second);
    expect(world.store.records.get("alice")).toBe(record);
    expect(world.generations).toEqual([2]);
  });

  it("two tabs at the same moment get one token", async () => {
    const world = await begin();
    const token = await world.remember();
    const both = await Promise.all([world.recognize(token), world.recognize(token)]);
    expect(both[0].token).toBe(both[1].token);
    expect(world.generations).toEqual([2]);
  });

  it("the one two before is answered for a minute after the last step: requests that overtake each other", async () => {
    const world = await begin();
    const [first = "", , third = ""] = await tokensOf(world, 3);
    world.pass(60);
    expect((await world.recognize(first)).token).toBe(third);
    world.pass(1);
    expect(await codeOfRefusal(world.recognize(first))).toBe("browser-unknown");
    expect(world.state().browsers).toEqual([]);
  });

  it("the one two before is answered to a server whose clock is at most a minute behind", async () => {
    const world = await begin();
    const [first = "", , third = ""] = await tokensOf(world, 3);
    world.now -= 60_000;
    expect((await world.recognize(first)).token).toBe(third);
    world.now -= 1;
    expect(await codeOfRefusal(world.recognize(first))).toBe("browser-unknown");
    expect(world.state().browsers).toEqual([]);
  });

  it("a lower genuine one means theft: the browser is removed, with an event", async () => {
    const world = await begin();
    const [stolen = "", , , present = ""] = await tokensOf(world, 4);
    const another = await world.remember();
    world.events.length = 0;
    expect(await codeOfRefusal(world.recognize(stolen))).toBe("browser-unknown");
    expect(world.events).toMatchObject([{ type: "browser-token-reused", browserId: present.slice(0, 26) }]);
    expect(await codeOfRefusal(world.recognize(present))).toBe("browser-unknown");
    expect(world.state().browsers).toHaveLength(1);
    await world.recognize(another);
  });

  it("a thief with a copy and the owner cannot both go on", async () => {
    for (const thiefFirst of [true, false]) {
      const world = await begin();
      const [, copied = ""] = await tokensOf(world, 2);
      const [one, other] = thiefFirst ? (["thief", "owner"] as const) : (["owner", "thief"] as const);
      const tokens = { thief: copied, owner: copied };
      for (let step = 0; step < 3; step++) {
        tokens[one] = (await world.recognize(tokens[one])).token;
        world.pass(3600);
      }
      expect(await codeOfRefusal(world.recognize(tokens[other]))).toBe("browser-unknown");
      expect(await codeOfRefusal(world.recognize(tokens[one]))).toBe("browser-unknown");
    }
  });

  it("a wrong MAC beside a known id and an old number removes nothing", async () => {
    const world = await begin();
    const tokens = await tokensOf(world, 4);
    const forged = `${(tokens[0] ?? "").slice(0, 29)}${(tokens[1] ?? "").slice(29)}`;
    expect(await codeOfRefusal(world.recognize(forged))).toBe("browser-unknown");
    await world.recognize(tokens[3]);
  });

  it("a higher genuine one, of a database that was restored since, goes on from there", async () => {
    const world = await begin();
    const first = await world.remember();
    const backup = world.store.records.get("alice");
    const second = await world.recognize(first);
    const third = await world.recognize(second.token);
    if (backup) world.store.records.set("alice", backup);
    const fourth = await world.recognize(third.token);
    expect(fourth.token.split(".")[1]).toBe("4");
    expect(world.generations).toEqual([4]);
    expect((await world.recognize(third.token)).token).toBe(fourth.token);
  });

  it("an answer lost at each step costs nothing", async () => {
    const world = await begin();
    let token = await world.remember();
    for (let step = 0; step < 20; step++) {
      await world.recognize(token); // lost
      world.pass(3600);
      ({ token } = await world.recognize(token));
    }
    expect(world.generations).toEqual([21]);
  });
});

describe("what voids a browser", () => {
  it("another binding makes it unknown, and the same one recognizes it again", async () => {
    const world = await begin();
    const token = await world.remember();
    expect(await codeOfRefusal(world.recognize(token, "password 8"))).toBe("browser-unknown");
    await world.recognize(token);
  });

  it("forgetBrowser forgets that one, forgetBrowsers all of them", async () => {
    const world = await begin();
    const tokens = [await world.remember(), await world.remember(), await world.remember()];
    world.events.length = 0;
    const [browserId = ""] = (tokens[0] ?? "").split(".");
    await world.twoFactor.forgetBrowser("alice", browserId);
    await world.twoFactor.forgetBrowser("alice", browserId);
    await world.twoFactor.forgetBrowser("bob", browserId);
    expect(await codeOfRefusal(world.recognize(tokens[0]))).toBe("browser-unknown");
    await world.recognize(tokens[1]);
    await world.twoFactor.forgetBrowsers("alice");
    await world.twoFactor.forgetBrowsers("bob");
    for (const token of tokens) expect(await codeOfRefusal(world.recognize(token))).toBe("browser-unknown");
    const forgotten = world.events.filter(({ type }) => type === "browsers-forgotten");
    expect(forgotten).toMatchObject([{ browserId }, { browserId: null }]);
  });

  const voiding: Record<string, (world: Remembering) => Promise<unknown>> = {
    forgetBrowsers: ({ twoFactor }) => twoFactor.forgetBrowsers("alice"),
    unlock: ({ twoFactor }) => twoFactor.unlock("alice"),
    "replacing the device": async (world) => {
      const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
      await world.twoFactor.confirm("alice", codeOf(secret, world.counter), { deviceId });
    },
    "importing a replacement": ({ twoFactor }) =>
      twoFactor.importDevice("alice", { secret: "A".repeat(32), replace: true }),
    "removing a device": async ({ twoFactor }) => {
      const { deviceId } = await twoFactor.importDevice("alice", { secret: "A".repeat(32), add: true });
      await twoFactor.removeDevice("alice", deviceId);
    },
    "disable and a new enrollment": async (world) => {
      await world.twoFactor.disable("alice");
      await world.enrolled();
    },
  };

  it.each(Object.entries(voiding))("%s voids all for ever, even if the list is put back", async (_, act) => {
    const world = await begin();
    const token = await world.remember();
    const { browsers } = world.state();
    await act(world);
    expect(world.state().browsers).toEqual([]);
    expect(await codeOfRefusal(world.recognize(token))).toBe("browser-unknown");
    world.edit((state) => {
      state.browsers = structuredClone(browsers) as never;
    });
    expect(await codeOfRefusal(world.recognize(token))).toBe("browser-unknown");
  });

  it("adding a device and a pending enrollment do not", async () => {
    const world = await begin();
    let token = await world.remember();
    await world.twoFactor.importDevice("alice", { secret: "A".repeat(32), add: true });
    const { deviceId, secret } = await world.twoFactor.enroll("alice", { accountName: "a", add: true });
    ({ token } = await world.recognize(token));
    await world.twoFactor.confirm("alice", codeOf(secret, world.counter), { deviceId });
    ({ token } = await world.recognize(token));
    await world.twoFactor.renewRecoveryCodes("alice");
    await world.recognize(token);
  });
});
