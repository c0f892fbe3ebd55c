// One suite for every example of a login: whatever the framework, the same things must pass and the same must not.
import { generateTotp, timeStep } from "halfminute";
import { beforeAll, describe, expect, it } from "vitest";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends to one of the routes; `body` absent means GET. */
export type Send = (route: Route, body: unknown, cookie: string) => Promise<Answer>;
export type Route = "login" | "code" | "enroll" | "confirm" | "home";

/** What every example has as its people; nobody has a second factor yet. Each test takes a person of its own. */
export const PASSWORD = "correct horse battery";
export const EMAILS = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => `${name}@example.com`);

/** Milliseconds; a busy machine may take long to start a database or a runtime. */
export const START = 60_000;

/** A browser: keeps the cookie. */
class Browser {
  cookie = "";
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  async go(route: Route, body?: unknown): Promise<Answer> {
    const answer = await this.#send(route, body, this.cookie);
    const [set] = answer.headers.getSetCookie();
    if (set !== undefined) {
      for (const attribute of ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]) {
        expect(set.split(/; */)).toContain(attribute);
      }
      expect(set).toMatch(/^__Host-/);
      this.cookie = set.split(";")[0] ?? "";
    }
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    return answer;
  }
}

interface Device {
  readonly secret: string;
  /** Codes of the step at enrolment and the next one: in the server's window for the next half minute. All near them differ. */
  readonly codes: readonly [string, string];
  readonly wrong: string;
}

/** What an authenticator app makes of the secret shown. Asks again if codes happen to be alike. */
async function enrol(browser: Browser, body: object = {}): Promise<Device> {
  for (;;) {
    const { status, body: shown } = await browser.go("enroll", body);
    expect(status).toBe(200);
    expect(shown["qr"]).toMatch(/^<svg /);
    const secret = shown["secret"] as string;
    const { startsAt } = timeStep();
    const near = [-3, -2, -1, 0, 1, 2, 3, 4].map((steps) => new Date(startsAt.getTime() + steps * 30_000));
    const codes = await Promise.all(near.map((at) => generateTotp(secret, { at })));
    if (new Set(codes).size < codes.length) continue;
    const wrong = ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777", "888888"];
    return {
      secret,
      codes: [codes[3] ?? "", codes[4] ?? ""],
      wrong: wrong.find((code) => !codes.includes(code)) ?? "",
    };
  }
}

export function describeLogin(name: string, start: () => Promise<Send> | Send): void {
  describe(name, () => {
    let send: Send;
    beforeAll(async () => {
      send = await start();
    }, START);

    async function signedIn(email: string): Promise<Browser> {
      const browser = new Browser(send);
      expect((await browser.go("login", { email, password: PASSWORD })).status).toBe(200);
      return browser;
    }

    async function withDevice(email: string): Promise<Device & { browser: Browser; recoveryCodes: readonly string[] }> {
      const browser = await signedIn(email);
      const device = await enrol(browser);
      const { status, body } = await browser.go("confirm", { code: device.codes[0] });
      expect(status).toBe(200);
      expect(body["recoveryCodes"]).toHaveLength(10);
      return { ...device, browser, recoveryCodes: body["recoveryCodes"] as string[] };
    }

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
      const person = await signedIn(email);
      expect((await person.go("home")).body).toEqual({ welcome: email });
    });

    it("asks for a code too once a device is confirmed, and takes each once", async () => {
      const email = EMAILS[1] ?? "";
      const { codes, recoveryCodes, browser } = await withDevice(email);
      expect((await browser.go("home")).status).toBe(200);

      const other = await signedIn(email);
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

      const third = await signedIn(email);
      expect((await third.go("code", { code: codes[1] })).status).toBe(401);
      const recovered = await third.go("code", { code: recoveryCodes[0] });
      expect(recovered.body["recoveryCodesLeft"]).toBe(9);
      expect((await third.go("home")).status).toBe(200);
      const fourth = await signedIn(email);
      expect((await fourth.go("code", { code: recoveryCodes[0] })).status).toBe(401);
    });

    it("lets one of 20 pass that give the same code at once", async () => {
      const email = EMAILS[2] ?? "";
      const { codes } = await withDevice(email);
      const browsers = await Promise.all(Array.from({ length: 20 }, () => signedIn(email)));
      const answers = await Promise.all(browsers.map((browser) => browser.go("code", { code: codes[1] })));
      const passed = answers.filter(({ status }) => status === 200);
      expect(passed).toHaveLength(1);
      const others = answers.filter(({ status }) => status !== 200).map(({ status }) => status);
      for (const status of others) expect(status).toBeOneOf([401, 503]); // 503: busy
      const homes = await Promise.all(browsers.map((browser) => browser.go("home")));
      expect(homes.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it("replaces a device only for somebody who shows the old one", async () => {
      const { browser, codes, wrong } = await withDevice(EMAILS[3] ?? "");
      for (const body of [{}, { code: wrong }, { code: null }]) {
        expect((await browser.go("enroll", body)).status).toBeOneOf([400, 401]);
      }
      expect((await browser.go("enroll", { code: codes[1] })).body["secret"]).toMatch(/^[A-Z2-7]{32}$/);
    });

    it("says how long to wait after too many wrong codes", async () => {
      const email = EMAILS[4] ?? "";
      const { wrong } = await withDevice(email);
      const browser = await signedIn(email);
      let answer = await browser.go("code", { code: wrong });
      for (let more = 0; more < 8 && answer.status === 401; more++) answer = await browser.go("code", { code: wrong });
      expect(answer.status).toBe(429);
      expect(answer.body["error"]).toBe("throttled");
      expect(answer.headers.get("Retry-After")).toMatch(/^\d+$/);
    });

    it("ends the sessions that began without a code", async () => {
      const email = EMAILS[5] ?? "";
      const before = await signedIn(email);
      expect((await before.go("home")).status).toBe(200);
      await withDevice(email);
      expect((await before.go("home")).status).toBe(401);
    });

    it("confirms only in the session that was shown the secret", async () => {
      const email = EMAILS[7] ?? "";
      const [owner, other, blank] = [await signedIn(email), await signedIn(email), await signedIn(email)];
      await enrol(other);
      const { codes } = await enrol(owner);
      for (const browser of [other, blank]) {
        expect((await browser.go("confirm", { code: codes[0] })).body["error"]).toBe("superseded");
      }
      expect((await owner.go("confirm", { code: codes[0] })).status).toBe(200);
    });

    it("takes nothing for a code that is none", async () => {
      const email = EMAILS[6] ?? "";
      await withDevice(email);
      const browser = await signedIn(email);
      for (const body of [{}, { code: "" }, { code: null }, { code: true }, { code: [] }, [], null, "123456"]) {
        expect((await browser.go("code", body)).status).toBeOneOf([400, 401]);
        expect((await browser.go("home")).status).toBe(401);
      }
    });
  });
}
