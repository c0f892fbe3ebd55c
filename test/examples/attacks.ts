// What somebody tries who knows the password, has had the browser, or sends anything at all. One
// script for every example that has remembered browsers, a way to turn the second factor off, and
// limits by address.
import { beforeAll, describe, expect, it } from "vitest";

import { ATTEMPTS_PER_MINUTE } from "../../examples/account/limits.ts";
import {
  Browser,
  EMAILS,
  enrol,
  newAddress,
  type Owner,
  owning,
  PASSWORD,
  POSTS,
  type Route,
  type Send,
  signedIn,
  START,
} from "./browser.ts";

export interface World {
  readonly send: Send;
  /** How often a password was checked so far. */
  passwordChecks(): number | Promise<number>;
  /** As the app's page for a new password does it; the test goes on with the old one. */
  changePassword(email: string): Promise<void>;
}

const person = (index: number) => EMAILS[8 + index] ?? ""; // those before are of login.ts
const [FIXED, PLANTED, VICTIM, HALF] = [person(0), person(1), person(2), person(3)];
const [REMEMBERED, SHARING, COPIED, CHANGED, REPLACED] = [person(4), person(5), person(6), person(7), person(8)];
const [NEIGHBOR, OFF, LIMITED] = [person(9), person(10), person(11)];

/** An address that may do nothing more in its minute, and what its next request gets. */
export async function tiredAddress(send: Send): Promise<() => Promise<number>> {
  const from = newAddress();
  const next = async () => (await send("code", { code: "" }, "", { from })).status;
  for (let attempt = 0; attempt < ATTEMPTS_PER_MINUTE; attempt++) expect(await next()).toBe(401);
  expect(await next()).toBe(429);
  return next;
}

export function describeAttacks(name: string, start: () => Promise<World> | World): void {
  describe(`${name}: attacks`, () => {
    let world: World;
    beforeAll(async () => {
      world = await start();
    }, START);

    /** The owner in a browser that is remembered. The codes of the device are used up with that. */
    async function remembering(email: string): Promise<Owner> {
      const owner = await owning(world.send, email);
      await signedIn(world.send, email, owner.browser);
      expect((await owner.browser.go("code", { code: owner.codes[1], remember: true })).status).toBe(200);
      expect(owner.browser.remembered.size).toBe(1);
      return owner;
    }

    const home = async (cookie: string) => (await world.send("home", undefined, cookie)).status;
    const nextOf = async (email: string, browser: Browser) =>
      (await browser.go("login", { email, password: PASSWORD })).body["next"];

    describe("session ids", () => {
      it("from before a step are worthless after it", async () => {
        const browser = await signedIn(world.send, FIXED);
        const before = [browser.cookie];
        const { codes } = await enrol(browser);
        before.push(browser.cookie);
        const confirmed = await browser.go("confirm", { code: codes[0] });
        before.push(browser.cookie);
        await signedIn(world.send, FIXED, browser);
        before.push(browser.cookie); // half a login
        await browser.go("code", { code: codes[1] });
        before.push(browser.cookie);
        const [code] = confirmed.body["recoveryCodes"] as string[];
        expect((await browser.go("off", { code })).status).toBe(200);
        expect(new Set([...before, browser.cookie]).size).toBe(6);
        for (const cookie of before) expect(await home(cookie)).toBe(401);
        expect(await home(browser.cookie)).toBe(200);
      });

      it("that somebody planted are worthless once their owner signs in with them", async () => {
        const thief = await signedIn(world.send, PLANTED);
        const [planted] = [thief.cookie];
        const madeUp = `${planted.split("=")[0] ?? ""}=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`;
        const owner = await owning(world.send, VICTIM);
        for (const cookie of [planted, madeUp]) {
          const victim = await signedIn(world.send, VICTIM, new Browser(world.send, cookie));
          const half = victim.cookie;
          expect([cookie, ""]).not.toContain(half);
          const thiefs = new Browser(world.send, cookie);
          expect([(await thiefs.go("home")).status, (await thiefs.go("code", { code: "000000" })).status]).toEqual([
            401, 401,
          ]);
          expect((await victim.go("code", { code: owner.recoveryCodes.pop() })).status).toBe(200);
          expect([await home(half), await home(cookie), await home(victim.cookie)]).toEqual([401, 401, 200]);
        }
      });

      it("of half a login open the second step and nothing else, even with a right code", async () => {
        const { codes } = await owning(world.send, HALF);
        const half = await signedIn(world.send, HALF);
        for (const route of ["home", "enroll", "confirm", "off"] as const) {
          const body = route === "home" ? undefined : { code: codes[1] };
          expect((await half.go(route, body)).body["error"], route).toBe("sign-in-first");
        }
        expect((await half.go("code", { code: codes[1] })).status).toBe(200); // not spent
      });
    });

    describe("remembered browsers", () => {
      it("skip the code, and nothing but the code at sign-in", async () => {
        const { browser, wrong, recoveryCodes } = await remembering(REMEMBERED);
        const [first] = browser.remembered.values();
        expect((await browser.go("login", { email: REMEMBERED, password: "wrong" })).status).toBe(401);
        expect(await nextOf(REMEMBERED, browser)).toBe("/");
        expect(await home(browser.cookie)).toBe(200);
        expect([...browser.remembered.values()]).not.toContain(first); // rotated
        expect((await browser.go("off", {})).status).toBe(401);
        expect((await browser.go("enroll", { code: wrong })).status).toBe(401);

        const elsewhere = await signedIn(world.send, REMEMBERED);
        expect(await home(elsewhere.cookie)).toBe(401);
        for (const remember of [false, undefined, "true", 1]) {
          const body = { code: recoveryCodes.pop(), remember };
          expect((await elsewhere.go("code", body)).status).toBe(200);
        }
        await elsewhere.go("code", { code: recoveryCodes.pop(), remember: true });
        expect(elsewhere.remembered.size).toBe(0); // not by a recovery code
      });

      it("are of one person", async () => {
        const { browser } = await remembering(SHARING);
        const stranger = await remembering(NEIGHBOR);
        const [[name = ""] = []] = browser.remembered;
        const [token = ""] = stranger.browser.remembered.values();
        const mixed = new Browser(world.send);
        mixed.remembered.set(name, token);
        expect(await nextOf(SHARING, mixed)).toBe("/login/code");
        expect(await home(mixed.cookie)).toBe(401);
        // On a shared browser each has a cookie.
        for (const pair of stranger.browser.remembered) browser.remembered.set(...pair);
        expect([await nextOf(SHARING, browser), await nextOf(NEIGHBOR, browser)]).toEqual(["/", "/"]);
      });

      it("whose cookie was copied are forgotten", async () => {
        const { browser } = await remembering(COPIED);
        const thief = new Browser(world.send);
        for (const pair of browser.remembered) thief.remembered.set(...pair);
        for (let login = 0; login < 3; login++) expect(await nextOf(COPIED, browser)).toBe("/");
        expect(await nextOf(COPIED, thief)).toBe("/login/code");
        expect(await nextOf(COPIED, browser)).toBe("/login/code");
      });

      it("are forgotten with a new password", async () => {
        const { browser } = await remembering(CHANGED);
        expect(await nextOf(CHANGED, browser)).toBe("/");
        await world.changePassword(CHANGED);
        expect(await home(browser.cookie)).toBe(401);
        expect(await nextOf(CHANGED, browser)).toBe("/login/code");
      });

      it("are forgotten with another device, which ends other sessions too", async () => {
        const { browser, recoveryCodes } = await remembering(REPLACED);
        const elsewhere = await signedIn(world.send, REPLACED);
        await elsewhere.go("code", { code: recoveryCodes.pop() });
        expect(await home(elsewhere.cookie)).toBe(200);
        const { codes } = await enrol(browser, { code: recoveryCodes.pop() });
        expect((await browser.go("confirm", { code: codes[0] })).status).toBe(200);
        expect([await home(elsewhere.cookie), await home(browser.cookie)]).toEqual([401, 200]);
        expect(await nextOf(REPLACED, browser)).toBe("/login/code");
      });
    });

    it("turning the second factor off asks for a code, ends other sessions and forgets browsers", async () => {
      const { browser, codes, wrong, recoveryCodes } = await remembering(OFF);
      const [elsewhere, half] = [await signedIn(world.send, OFF), await signedIn(world.send, OFF)];
      await elsewhere.go("code", { code: recoveryCodes.pop() });
      for (const code of [undefined, wrong, codes[0], codes[1]]) {
        expect((await browser.go("off", { code })).status).toBe(401);
      }
      expect((await world.send("off", { code: recoveryCodes[0] }, "")).status).toBe(401);
      expect(await home(elsewhere.cookie)).toBe(200);
      const off = await browser.go("off", { code: recoveryCodes.pop() });
      expect([off.status, off.body]).toEqual([200, { hasTwoFactor: false }]);
      expect([await home(browser.cookie), await home(elsewhere.cookie)]).toEqual([200, 401]);
      expect((await half.go("code", { code: recoveryCodes.pop() })).body["error"]).toBe("sign-in-first");
      expect((await browser.go("off", { code: recoveryCodes.pop() })).body["error"]).toBe("not-enrolled");
      expect(await nextOf(OFF, await signedIn(world.send, OFF))).toBe("/");

      const again = await enrol(browser);
      expect((await browser.go("confirm", { code: again.codes[0] })).status).toBe(200);
      expect(await nextOf(OFF, browser)).toBe("/login/code");
      expect(await home(browser.cookie)).toBe(401);
    });

    describe("limits by address", () => {
      /** Sends until it is limited, which it must be some time. Answers all answers. */
      async function flood(route: Route, body: unknown, from: (round: number) => string): Promise<void> {
        for (let round = 0; round < 60; round++) {
          const { status, body: said, headers } = await world.send(route, body, "", { from: from(round) });
          expect(status).toBeOneOf([400, 401, 429]);
          if (status !== 429) continue;
          expect(said).toEqual({ error: "too-many-requests" });
          expect(headers.get("Retry-After")).toMatch(/^\d+$/);
          expect(headers.get("Cache-Control")).toBe("no-store");
          expect(round).toBeGreaterThan(9);
          return;
        }
        expect.fail(`no limit for ${route}`);
      }

      it("are there before the password is looked at, and for one address", async () => {
        const [email, from] = [LIMITED, newAddress()];
        await flood("login", { email, password: "wrong password" }, () => from);
        const checks = await world.passwordChecks();
        expect(checks).toBeGreaterThan(9);
        for (const other of [from, `203.0.113.7, ${from}`, `${newAddress()},${from}`]) {
          const limited = await world.send("login", { email, password: PASSWORD }, "", { from: other });
          expect([limited.status, limited.headers.getSetCookie()]).toEqual([429, []]);
        }
        expect(await world.passwordChecks()).toBe(checks);
        const free = await world.send("login", { email, password: PASSWORD }, "", { from: `${from}, ${newAddress()}` });
        expect(free.status).toBe(200);
      });

      it.each(POSTS)("%s", async (route) => {
        const from = newAddress();
        await flood(route, { code: "" }, () => from);
        expect((await world.send(route, { code: "" }, "", { from: newAddress() })).status).toBeOneOf([400, 401]);
      });

      it("count requests that come at the same time", async () => {
        const from = newAddress();
        const sent = Array.from({ length: 60 }, () => world.send("code", { code: "" }, "", { from }));
        const free = (await Promise.all(sent)).filter(({ status }) => status !== 429);
        expect(free).toHaveLength(ATTEMPTS_PER_MINUTE);
      });

      it("count the addresses of one network of IPv6 as one", async () => {
        const network = Math.floor(Math.random() * 65_536).toString(16);
        await flood("login", {}, (round) => `2001:db8:${network}:1::${round.toString(16)}`);
        expect((await world.send("login", {}, "", { from: "2001:db8:ffff:ffff::1" })).status).toBeOneOf([400, 401]);
      });
    });
  });
}
