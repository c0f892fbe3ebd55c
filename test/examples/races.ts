// What a login with the password alone may win while the second factor is turned on: nothing, in
// whatever order the statements run. One suite for every example and for the sample of the guide.
import { generateTotp, timeStep } from "halfminute";
import type { TwoFactorStore } from "halfminute/two-factor";
import { beforeAll, describe, expect, it } from "vitest";

import { PASSWORD, type Route, type Send, START } from "./browser.ts";

/**
 * Where a request can be held: a login behind its look whether a second factor is needed, a second
 * step behind the check of its code, a confirmation behind the write of the record or before the
 * flag is set.
 */
export type Point = "login" | "code" | "record" | "flag";

/** Holds the next request that comes to a point. Others go through. */
interface Hold {
  readonly reached: Promise<void>;
  /** Lets it go on, or fail there. */
  readonly release: (fails?: boolean) => Promise<void>;
}

export interface Contestants {
  readonly send: Send;
  hold(point: Point): Promise<Hold>;
}

const ROUNDS = 25;
export const RACERS = Array.from({ length: ROUNDS + 5 }, (_, index) => `racer-${index}@example.com`);
const [FIRST = "", SECOND = "", THIRD = "", FOURTH = "", FIFTH = "", ...OTHERS] = RACERS;

/** Holds inside this process: `pass` is called at every point. */
export function holds(): { hold: Contestants["hold"]; pass: (point: Point) => Promise<void> } {
  let next: { point: Point; pass: () => Promise<void> } | undefined;
  return {
    hold(point) {
      let release: Hold["release"] | undefined;
      const reached = new Promise<void>((reach) => {
        const isReleased = new Promise<void>((resolve, reject) => {
          release = async (fails = false) => {
            if (fails) reject(new Error("the connection is gone"));
            else resolve();
            await isReleased.catch(() => undefined);
          };
        });
        next = {
          point,
          pass: () => {
            reach();
            return isReleased;
          },
        };
      });
      if (!release) throw new Error("promises begin when they are made");
      return Promise.resolve({ reached, release });
    },
    async pass(point) {
      if (next?.point !== point) return;
      const { pass } = next;
      next = undefined;
      await pass();
    },
  };
}

/** For an app whose sessions are in memory: its last wait before it makes one is for the store. */
export function heldStore(store: TwoFactorStore, pass: (point: Point) => Promise<void>): TwoFactorStore {
  return {
    async read(userId) {
      const record = await store.read(userId);
      await pass("login");
      return record;
    },
    async compareAndSet(...values) {
      const isWritten = await store.compareAndSet(...values);
      await pass("code");
      await pass("record");
      return isWritten;
    },
  };
}

/**
 * `canFailAtFlag`: the flag is set by a call that can wait or fail, and there is a way to turn the
 * second factor off.
 */
export function describeRaces(
  name: string,
  start: () => Promise<Contestants> | Contestants,
  { canFailAtFlag = true } = {},
): void {
  describe(`${name}: races`, () => {
    let contestants: Contestants;
    beforeAll(async () => {
      contestants = await start();
    }, START);

    function browserOf(email: string) {
      let cookie = "";
      const go = async (route: Route, body?: unknown) => {
        const answer = await contestants.send(route, body, cookie);
        cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
        return answer;
      };
      return {
        go,
        logIn: () => go("login", { email, password: PASSWORD }),
        home: async () => (await go("home")).status,
        /**
         * Codes of the new device: of now, which confirms, and of the next step. `code` is of the
         * device before.
         */
        async enroll(code?: string): Promise<{ code: string; next: string }> {
          const { status, body } = await go("enroll", code === undefined ? {} : { code });
          expect(status).toBe(200);
          const secret = body["secret"] as string;
          const { endsAt } = timeStep();
          return { code: await generateTotp(secret), next: await generateTotp(secret, { at: endsAt }) };
        },
        async confirm(code: string): Promise<readonly string[]> {
          const { status, body } = await go("confirm", { code });
          expect(status).toBe(200);
          return body["recoveryCodes"] as string[];
        },
      };
    }

    async function owning(email: string) {
      const owner = browserOf(email);
      expect((await owner.logIn()).status).toBe(200);
      return { owner, ...(await owner.enroll()), stranger: browserOf(email) };
    }

    it(`${ROUNDS} logins with the password while the owner confirms`, { timeout: 300_000 }, async () => {
      for (const [round, email] of OTHERS.entries()) {
        const { owner, code, stranger } = await owning(email);
        const early = browserOf(email);
        await early.logIn();
        const confirmed = new Promise((resolve) => setTimeout(resolve, round * 4)).then(() => owner.confirm(code));
        await Promise.all([stranger.logIn(), confirmed]);
        expect([await stranger.home(), await early.home(), await owner.home()]).toEqual([401, 401, 200]);
      }
    });

    it("a login that looked before, and writes its session after", async () => {
      const { owner, code, stranger } = await owning(FIRST);
      const { reached, release } = await contestants.hold("login");
      const login = stranger.logIn();
      await reached;
      await owner.confirm(code);
      await release();
      await login;
      expect([await stranger.home(), await owner.home()]).toEqual([401, 200]);
      expect((await stranger.go("enroll", {})).status).toBe(401);
    });

    it("a code of the old device, and a session after the new one was confirmed", async () => {
      const { owner, code, stranger } = await owning(SECOND);
      const [one = "", other = ""] = await owner.confirm(code);
      await stranger.logIn();
      const { reached, release } = await contestants.hold("code");
      const passing = stranger.go("code", { code: one });
      await reached;
      await owner.confirm((await owner.enroll(other)).code);
      await release();
      expect((await passing).status).toBe(200);
      expect([await stranger.home(), await owner.home()]).toEqual([401, 200]);
    });

    it("a confirmation whose answer is lost", async () => {
      const { owner, code, stranger } = await owning(THIRD);
      await stranger.logIn();
      expect(await stranger.home()).toBe(200);
      const { reached, release } = await contestants.hold("record");
      const confirming = owner.go("confirm", { code });
      await reached;
      // The record is written, and only the database knows it.
      expect([await stranger.home(), (await stranger.go("confirm", { code })).status]).toEqual([401, 401]);
      await release(true);
      expect((await confirming).status).toBeOneOf([200, 503]); // 200: the flow looked again
      expect(await stranger.home()).toBe(401);
    });

    if (!canFailAtFlag) return;
    it("a flag that cannot be set, until somebody signs in with a code", async () => {
      const { owner, code, next, stranger } = await owning(FOURTH);
      await stranger.logIn();
      const { reached, release } = await contestants.hold("flag");
      const confirming = owner.go("confirm", { code });
      await reached;
      expect(await stranger.home()).toBe(401);
      await release(true);
      expect((await confirming).status).toBe(500);
      const [late, halfway] = [browserOf(FOURTH), browserOf(FOURTH)];
      await late.logIn();
      await halfway.logIn();
      expect([await stranger.home(), await late.home(), await owner.home()]).toEqual([401, 401, 401]);
      expect((await late.go("code", { code: next })).status).toBe(200);
      expect(await late.home()).toBe(200);
      // The flag is set, and with it the stamp has changed: sessions of before are over, and not
      // only their codes are refused.
      expect((await halfway.go("code", { code: "000000" })).body["error"]).not.toBe("code-rejected");
      expect((await late.go("confirm", { code })).body["error"]).toBe("not-pending");
      expect(await late.home()).toBe(200);
    });

    it("turning off, while another session confirms another device", async () => {
      const { owner, code, stranger: elsewhere } = await owning(FIFTH);
      const [one = "", two = "", three = ""] = await owner.confirm(code);
      await elsewhere.logIn();
      expect((await elsewhere.go("code", { code: one })).status).toBe(200);
      const { reached, release } = await contestants.hold("flag");
      const turningOff = owner.go("off", { code: two });
      await reached;
      await elsewhere.confirm((await elsewhere.enroll(three)).code);
      await release();
      expect((await turningOff).body["error"]).toBe("sign-in-first");
      expect([await owner.home(), await elsewhere.home()]).toEqual([401, 200]);
      expect((await browserOf(FIFTH).logIn()).body["next"]).toBe("/login/code");
    });
  });
}
