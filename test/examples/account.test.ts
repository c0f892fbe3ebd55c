// examples/account by itself: what no request can bring about at will, such as time and the end of
// a program.
import { generateTotp, timeStep } from "halfminute";
import { memoryStore } from "halfminute/stores/memory";
import { createTwoFactor, TwoFactorError } from "halfminute/two-factor";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openAccount, type Session, type User } from "../../examples/account/account.ts";
import { answerTo, cookiesOf, textsOf } from "../../examples/account/answers.ts";
import { networkOf } from "../../examples/account/limits.ts";
import { EMAILS, PASSWORD } from "./browser.ts";
import { people } from "./people.ts";

const [EMAIL = ""] = EMAILS;
const CREDENTIALS = { email: EMAIL, password: PASSWORD };
const noCookie = () => undefined;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function open(beforeFlag?: () => Promise<void>) {
  const options = { store: memoryStore(), sealingKeys: [{ id: "1", key: new Uint8Array(32).fill(7) }] };
  const { users, ...rest } = people(beforeFlag);
  return {
    account: openAccount({ users, ...options }),
    flow: createTwoFactor({ issuer: "Acme", ...options }),
    users,
    ...rest,
  };
}

async function owning({ account }: Pick<ReturnType<typeof open>, "account">) {
  const { session: first } = await account.signIn(CREDENTIALS, noCookie);
  const { session: shown, body } = await account.enroll(first, {});
  const { session, body: confirmed } = await account.confirm(shown, { code: await generateTotp(body.secret) });
  const next = await generateTotp(body.secret, { at: timeStep().endsAt });
  return { session, secret: body.secret, next, recoveryCodes: [...confirmed.recoveryCodes] };
}

const signInFirst = { status: 401, code: "sign-in-first" };

describe("sessions end", () => {
  it.each([
    ["half a login", 5],
    ["a whole one", 60],
  ])("%s after %i minutes", async (kind, minutes) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { account } = open();
    const { recoveryCodes } = await owning({ account });
    let { session } = await account.signIn(CREDENTIALS, noCookie);
    if (kind === "a whole one") ({ session } = await account.passCode(session, { code: recoveryCodes.pop() }));
    vi.advanceTimersByTime(minutes * 60_000 - 1);
    expect(session.endsAt).toBe(Date.now() + 1);
    vi.advanceTimersByTime(1);
    await expect(account.passCode(session, { code: recoveryCodes.pop() })).rejects.toMatchObject(signInFirst);
    await expect(account.person(session)).rejects.toMatchObject(signInFirst);
  });

  it("with their user, and without a session there is nobody", async () => {
    const { account } = open();
    const { session } = await account.signIn(CREDENTIALS, noCookie);
    const nobody: Session = { ...session, userId: "nobody" };
    for (const each of [nobody, undefined]) await expect(account.person(each)).rejects.toMatchObject(signInFirst);
  });
});

describe("what overlaps", () => {
  it("turning off while another session changes the stamp disables nothing", async () => {
    let isHeld = false;
    const world = open(async () => {
      if (isHeld) await world.changePassword(EMAIL);
      isHeld = false;
    });
    const { session, next } = await owning(world);
    isHeld = true;
    await expect(world.account.turnOff(session, { code: next })).rejects.toMatchObject(signInFirst);
    expect((await world.flow.status(EMAIL)).devices).toHaveLength(1);
    expect((await world.users.find(EMAIL))?.hasTwoFactor).toBe(true);
  });

  it("a session of a flag that somebody else set meanwhile is no good", async () => {
    let isHeld = false;
    const world = open(async () => {
      if (isHeld) await world.changePassword(EMAIL);
      isHeld = false;
    });
    const { session: first } = await world.account.signIn(CREDENTIALS, noCookie);
    const { session: shown, body } = await world.account.enroll(first, {});
    isHeld = true;
    const { session } = await world.account.confirm(shown, { code: await generateTotp(body.secret) });
    await expect(world.account.person(session)).rejects.toMatchObject(signInFirst);
  });

  it("a flag that a login sets while the factor is turned off is cleared", async () => {
    const world = open();
    const { session, recoveryCodes } = await owning(world);
    await world.users.setTwoFactor(EMAIL, (await stampOf(world)) ?? 0, false); // the flag was not set
    const { session: half } = await world.account.signIn(CREDENTIALS, noCookie);
    await expect(world.account.person(session)).rejects.toMatchObject(signInFirst);
    const find = world.users.find.bind(world.users);
    vi.spyOn(world.users, "setTwoFactor").mockImplementationOnce(async (id, stamp, on) => {
      await world.flow.disable(id);
      vi.restoreAllMocks();
      return world.users.setTwoFactor(id, stamp, on);
    });
    await world.account.passCode(half, { code: recoveryCodes.pop() });
    expect((await find(EMAIL))?.hasTwoFactor).toBe(false);
  });

  const stampOf = async ({ users }: Pick<ReturnType<typeof open>, "users">) => (await users.find(EMAIL))?.stamp;
});

it("a confirmation that is sent twice sets the flag, though the program ends in the first", async () => {
  const { account, users } = open();
  const { session: first } = await account.signIn(CREDENTIALS, noCookie);
  const { session: shown, body } = await account.enroll(first, {});
  const code = await generateTotp(body.secret);
  vi.spyOn(users, "setTwoFactor").mockImplementationOnce(() => Promise.reject(new Error("ended")));
  const both = await Promise.allSettled([account.confirm(shown, { code }), account.confirm(shown, { code })]);
  const reasons = both.map((each) => each.status === "rejected" && (each.reason as Error).message);
  expect(reasons.toSorted()).toEqual(["already confirmed", "ended"]);
  expect((await users.find(EMAIL))?.hasTwoFactor).toBe(true);
});

it("a program that ends between the flag and the device still asks for the code", async () => {
  const { account, flow, users } = open();
  const { session, next } = await owning({ account });
  vi.spyOn(users, "setTwoFactor").mockImplementationOnce(() => Promise.reject(new Error("ended")));
  await expect(account.turnOff(session, { code: next })).rejects.toThrow("ended");
  expect((await flow.status(EMAIL)).devices).toHaveLength(1);
  const user = (await users.find(EMAIL)) as User;
  await users.setTwoFactor(EMAIL, user.stamp, false); // or right after the flag
  expect((await account.signIn(CREDENTIALS, noCookie)).body).toEqual({ next: "/login/code" });
});

describe("answers", () => {
  it("say nothing of faults, and log them", () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const down = new TwoFactorError("store-unavailable", { cause: new Error("canary") });
    for (const [error, status] of [
      [down, 503],
      [new Error("canary"), 500],
      [{ status: 503, message: "canary" }, 503],
      ["canary", 500],
      [undefined, 500],
    ] as const) {
      expect(answerTo(error)).toEqual({
        status: status === 503 && error !== down ? 500 : status,
        headers: {},
        body: { error: "try-again-later" },
      });
    }
    expect(log).toHaveBeenCalledTimes(5);
  });

  it("take texts of the body itself, and nothing that it inherits", () => {
    const none = { email: "", password: "", code: "", remember: false };
    const inheriting = Object.create({ code: "123456", remember: true }) as unknown;
    for (const body of [
      inheriting,
      { code: ["1"], remember: "true" },
      { email: "a\0", password: "\0" },
      "code",
      null,
      undefined,
    ]) {
      expect(textsOf(body)).toEqual(none);
    }
    expect(textsOf({ code: "1", remember: true })).toEqual({ ...none, code: "1", remember: true });
  });

  it("find cookies by their whole name", () => {
    const cookie = cookiesOf("a=1; __Host-a=2;b=3=4; __proto__=5");
    expect(["a", "__Host-a", "b", "Host-a", "toString"].map(cookie)).toEqual(["1", "2", "3=4", undefined, undefined]);
    expect(cookiesOf(undefined)("a")).toBeUndefined();
  });
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::6", "2001:db8:1:2"],
  ["2001:db8::6", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["1::2:3:4:5:6", "1:0:0:2"],
])("%s is of %s", (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
