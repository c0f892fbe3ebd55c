// A browser without scripts, as far as the tests need one: it keeps a cookie, fills in forms and
// follows redirects.
import type { AddressInfo } from "node:net";

import type { Express } from "express";

export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where the last redirect led. */
  readonly path: string;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** An app on a port of its own. */
export async function serve(app: Express): Promise<{ url: string; close: () => Promise<void> }> {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export class Visitor {
  /** The session. */
  cookie = "";
  token = "";
  /** Everything else that the browser keeps, by name, as far as the path of a cookie allows. */
  readonly others = new Map<string, { readonly value: string; readonly path: string }>();
  readonly url: string;
  /** Where its requests come from; without one, each from another place. */
  address: string | undefined;
  readonly #readMail: ((name: string) => string) | undefined;

  /** `readMail` gives the newest code that was sent to somebody. */
  constructor(url: string, readMail?: (name: string) => string) {
    this.url = url;
    this.#readMail = readMail;
  }

  async get(path: string): Promise<Page> {
    return this.#page(path, await this.send(path));
  }

  /** Sends a form with the token of the page seen last. */
  async post(path: string, fields: Fields = {}): Promise<Page> {
    return this.#page(path, await this.send(path, { token: this.token, ...fields }));
  }

  /** One request, without following anything; `cookie` is taken over. */
  async send(path: string, fields?: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields ?? {})) for (const one of [value].flat()) body.append(name, one);
    const response = await fetch(this.url + path, {
      method: fields ? "POST" : "GET",
      redirect: "manual",
      headers: { Cookie: this.#cookiesFor(path), "X-Forwarded-For": this.address ?? newAddress(), ...headers },
      ...(fields && { body }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, pair = "", name = "", value = ""] = /^(([^=]+)=([^;]*))/.exec(set) ?? [];
      if (name === "session") this.cookie = pair;
      else this.others.set(name, { value, path: /; Path=([^;]+)/.exec(set)?.[1] ?? "" });
    }
    return response;
  }

  #cookiesFor(requested: string): string {
    const others = Array.from(
      this.others,
      ([name, { value, path }]) => requested.startsWith(path) && `${name}=${value}`,
    );
    return [this.cookie, ...others.filter(Boolean)].join("; ");
  }

  async #page(path: string, response: Response): Promise<Page> {
    const location = response.headers.get("Location");
    if (location !== null) return this.get(location);
    const text = await response.text();
    this.token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? this.token;
    return { status: response.status, headers: response.headers, text, path };
  }

  async signUp(name: string, password = "correct horse"): Promise<Page> {
    await this.get("/sign-up");
    return this.post("/sign-up", { name, password });
  }

  /** With the password, and with the code by mail where one is asked for. */
  async signIn(name: string, password = "correct horse"): Promise<Page> {
    const page = await this.enterPassword(name, password);
    if (page.path !== "/new-browser" || !this.#readMail) return page;
    return this.post("/new-browser", { code: this.#readMail(name) });
  }

  async enterPassword(name: string, password = "correct horse"): Promise<Page> {
    await this.get("/sign-in");
    return this.post("/sign-in", { name, password });
  }
}

let addresses = 0;

export function newAddress(): string {
  addresses++;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

export function secretOn({ text }: Page): string {
  const secret = /id="secret"[^>]*>([^]*?)<\/code>/.exec(text)?.[1]?.replace(/<[^>]*>|\s/g, "");
  if (!secret) throw new Error(`no secret on this page: ${text}`);
  return secret;
}

export function recoveryCodesOn({ text }: Page): string[] {
  const [, list = ""] = /<ul id="recovery-codes"[^>]*>([^]*?)<\/ul>/.exec(text) ?? [];
  return Array.from(list.matchAll(/<li>([^<]+)</g), ([, code = ""]) => code);
}
