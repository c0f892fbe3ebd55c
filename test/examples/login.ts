// One suite for every example of a login: whatever the framework, the same things must pass and the
// same must not.
import { beforeAll, describe, expect, it } from "vitest";

import { Browser, EMAILS, enrol, owning, PASSWORD, type Send, signedIn, START } from "./browser.ts";

export function describeLogin(name: string, start: () => Promise<Send> | Send): void {
  describe(name, () => {
    let send: Send;
    beforeAll(async () => {
      send = await start();
    }, START);

    it("asks for the password, and before that nothing else", async () => {
      const browser = new Browser(send);
      const email = EMAILS[0] ?? "";
      for (const password of ["wrong", "", undefined, 7]) {
        expect((await browser.go("login", { email, password })).status).toBeOneOf([400, 401]);
      }
      expect((await browser.go("login", { email: "nobody@example.com", password: PASSWORD })).status).toBe(401);
      expect((await browser.go("home")).status).toBe(401);
      for (const route of ["enroll", "confirm", "code"] as const) {
        expect((await browser.go(route, { code: "123456" })).status, route).toBe(401);
      }
      expect(browser.cookie).toBe("");
      const person = await signedIn(send, email);
      expect((await person.go("home")).body).toEqual({ welcome: email });
    });

    it("asks for a code too once a device is confirmed, and takes each once", async () => {
      const email = EMAILS[1] ?? "";
      const { codes, recoveryCodes, browser } = await owning(send, email);
      expect((await browser.go("home")).status).toBe(200);

      const other = await signedIn(send, email);
      const half = other.cookie;
      for (const route of ["enroll", "confirm"] as const) {
        expect((await other.go(route, { code: codes[1] })).status, route).toBe(401);
      }
      expect((await other.go("home")).status).toBe(401);
      const spent = await other.go("code", { code: codes[0] });
      expect(spent.status).toBe(401);
      expect(spent.body).toEqual({ error: "code-rejected", message: "wrong or already used; wait for the next code" });
      expect((await other.go("code", { code: codes[1] })).status).toBe(200);
      expect((await other.go("home")).body).toEqual({ welcome: email });
      expect(other.cookie).not.toBe(half);

      const third = await signedIn(send, email);
      expect((await third.go("code", { code: codes[1] })).status).toBe(401);
      const recovered = await third.go("code", { code: recoveryCodes[0] });
      expect(recovered.body["recoveryCodesLeft"]).toBe(9);
      expect((await third.go("home")).status).toBe(200);
      const fourth = await signedIn(send, email);
      expect((await fourth.go("code", { code: recoveryCodes[0] })).status).toBe(401);
    });

    it("lets one of 20 pass that give the same code at once", async () => {
      const email = EMAILS[2] ?? "";
      const { codes } = await owning(send, email);
      const browsers = await Promise.all(Array.from({ length: 20 }, () => signedIn(send, email)));
      const answers = await Promise.all(browsers.map((browser) => browser.go("code", { code: codes[1] })));
      const passed = answers.filter(({ status }) => status === 200);
      expect(passed).toHaveLength(1);
      const others = answers.filter(({ status }) => status !== 200).map(({ status }) => status);
      for (const status of others) expect(status).toBeOneOf([401, 503]); // 503: busy
      const homes = await Promise.all(browsers.map((browser) => browser.go("home")));
      expect(homes.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it("replaces a device only for somebody who shows the old one", async () => {
      const { browser, codes, wrong } = await owning(send, EMAILS[3] ?? "");
      for (const body of [{}, { code: wrong }, { code: null }]) {
        expect((await browser.go("enroll", body)).status).toBeOneOf([400, 401]);
      }
      expect((await browser.go("enroll", { code: codes[1] })).body["secret"]).toMatch(/^[A-Z2-7]{32}$/);
    });

    it("says how long to wait after too many wrong codes", async () => {
      const email = EMAILS[4] ?? "";
      const { wrong } = await owning(send, email);
      const browser = await signedIn(send, email);
      let answer = await browser.go("code", { code: wrong });
      for (let more = 0; more < 8 && answer.status === 401; more++) answer = await browser.go("code", { code: wrong });
      expect(answer.status).toBe(429);
      expect(answer.body["error"]).toBe("throttled");
      expect(answer.headers.get("Retry-After")).toMatch(/^\d+$/);
    });

    it("ends the sessions that began without a code", async () => {
      const email = EMAILS[5] ?? "";
      const before = await signedIn(send, email);
      expect((await before.go("home")).status).toBe(200);
      await owning(send, email);
      expect((await before.go("home")).status).toBe(401);
    });

    it("confirms only in the session that was shown the secret", async () => {
      const email = EMAILS[7] ?? "";
      const [owner, other, blank] = [
        await signedIn(send, email),
        await signedIn(send, email),
        await signedIn(send, email),
      ];
      await enrol(other);
      const { codes } = await enrol(owner);
      for (const browser of [other, blank]) {
        expect((await browser.go("confirm", { code: codes[0] })).body["error"]).toBe("superseded");
      }
      expect((await owner.go("confirm", { code: codes[0] })).status).toBe(200);
    });

    it("takes nothing for a code that is none", async () => {
      const email = EMAILS[6] ?? "";
      await owning(send, email);
      const browser = await signedIn(send, email);
      for (const body of [{}, { code: "" }, { code: null }, { code: true }, { code: [] }, [], null, "123456"]) {
        expect((await browser.go("code", body)).status).toBeOneOf([400, 401]);
        expect((await browser.go("home")).status).toBe(401);
      }
    });
  });
}
