// A browser that signs in to an example, and what it sends and gets.
import { generateTotp, timeStep } from "halfminute";
import { expect } from "vitest";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the text is in JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a request may have besides. */
export interface More {
  /**
   * The addresses that it came through, as proxies write them. The last one is what our own proxy
   * saw.
   */
  readonly from?: string;
  /** The body as it is sent, in place of the JSON of `body`. */
  readonly text?: string;
  /** Of the body. Default: JSON. */
  readonly type?: string;
}

/** Sends to one of the routes; `body` absent means GET. */
export type Send = (route: Route, body: unknown, cookie: string, more?: More) => Promise<Answer>;
export type Route = "login" | "code" | "enroll" | "confirm" | "off" | "home";

/** All but the last, which takes nothing. */
export const POSTS = ["login", "code", "enroll", "confirm", "off"] as const;

/** Where most examples have them. */
export const PATHS: Readonly<Record<Route, string>> = {
  login: "/login",
  code: "/login/code",
  enroll: "/two-factor/enroll",
  confirm: "/two-factor/confirm",
  off: "/two-factor/off",
  home: "/",
};

/**
 * What every example has as its people; nobody has a second factor yet. Each test takes people of
 * its own.
 */
export const PASSWORD = "correct horse battery";
export const EMAILS = Array.from("abcdefghijklmnopqrstuvwxyz", (name) => `${name}@example.com`);

/** Milliseconds; a busy machine may take long to start a database or a runtime. */
export const START = 180_000;

/** The request of a `send`, as all of `fetch` take it: behind a proxy that speaks https. */
export function requestOf(body: unknown, cookie: string, { from, text, type = "application/json" }: More = {}) {
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    method: content === undefined ? "GET" : "POST",
    headers: {
      "X-Forwarded-Proto": "https",
      "X-Forwarded-For": from ?? newAddress(),
      ...(cookie !== "" && { cookie }),
      ...(content !== undefined && { "content-type": type }),
    },
    ...(content !== undefined && { body: content }),
  };
}

export async function answerOf(response: Pick<Response, "status" | "headers" | "text">): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

export function parsed(text: string): Answer["body"] {
  try {
    return JSON.parse(text) as Answer["body"];
  } catch {
    return {};
  }
}

let addresses = 0;
/** Of a machine that has sent nothing yet. */
export function newAddress(): string {
  addresses++;
  return `198.51.${addresses >> 8}.${addresses & 255}`;
}

/** A browser on a machine of its own: keeps cookies. */
export class Browser {
  readonly from = newAddress();
  readonly #send: Send;
  /** The cookies that go with all requests. */
  cookie = "";
  /** Those that go with the login alone, by name. */
  readonly remembered = new Map<string, string>();

  constructor(send: Send, cookie = "") {
    this.#send = send;
    this.cookie = cookie;
  }

  async go(route: Route, body?: unknown, more: More = {}): Promise<Answer> {
    const own = route === "login" ? Array.from(this.remembered, (pair) => pair.join("=")) : [];
    const cookies = [this.cookie, ...own].filter((cookie) => cookie !== "").join("; ");
    const answer = await this.#send(route, body, cookies, { from: this.from, ...more });
    for (const set of answer.headers.getSetCookie()) this.#keep(set);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    if (answer.status >= 400) expectNothingOf(answer.text, body);
    return answer;
  }

  #keep(set: string): void {
    const [pair = "", ...attributes] = set.split(/; */);
    const [name = "", value = ""] = pair.split("=");
    const known = attributes.map((attribute) => attribute.toLowerCase());
    expect(known).toEqual(expect.arrayContaining(["secure", "httponly", "samesite=strict"]));
    if (name.startsWith("__Host-")) {
      expect(known).toContain("path=/");
      this.cookie = pair;
    } else {
      expect(name).toMatch(/^__Secure-browser-[0-9a-f]{16}$/);
      expect(known).toContainEqual(expect.stringMatching(/^path=\/([a-z]+\/)?login$/));
      const ends = Date.parse(attributes.find((each) => /^expires=/i.test(each))?.slice(8) ?? "");
      expect(Math.round((ends - Date.now()) / 86_400_000)).toBe(30);
      this.remembered.set(name, value);
    }
  }
}

/** Of what was sent, an error repeats neither codes nor passwords. */
function expectNothingOf(text: string, body: unknown): void {
  for (const value of Object.values(Object(body) as object)) {
    if (typeof value === "string" && value.length >= 6) expect(text).not.toContain(value);
  }
}

export interface Device {
  readonly secret: string;
  /**
   * Codes of the step at enrollment and the next one: in the server's window for the next half
   * minute. All near them differ.
   */
  readonly codes: readonly [string, string];
  readonly wrong: string;
}

/** What an authenticator app makes of the secret shown. Asks again if codes happen to be alike. */
export async function enrol(browser: Browser, body: object = {}): Promise<Device> {
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

/** Signs in with the password. Without a browser it is a new one. */
export async function signedIn(send: Send, email: string, browser = new Browser(send)): Promise<Browser> {
  expect((await browser.go("login", { email, password: PASSWORD })).status).toBe(200);
  return browser;
}

/** Somebody with a second factor, and the browser in which it was turned on. */
export interface Owner extends Device {
  readonly browser: Browser;
  readonly recoveryCodes: string[];
}

export async function owning(send: Send, email: string): Promise<Owner> {
  const browser = await signedIn(send, email);
  const device = await enrol(browser);
  const { status, body } = await browser.go("confirm", { code: device.codes[0] });
  expect(status).toBe(200);
  expect(body["recoveryCodes"]).toHaveLength(10);
  return { ...device, browser, recoveryCodes: body["recoveryCodes"] as string[] };
}
