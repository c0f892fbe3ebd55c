// A browser without pictures: opens pages, keeps cookies as their paths say, and presses the
// buttons that are there.

export class Visitor {
  readonly #url: string;
  /** By path, then by name. */
  readonly #jar = new Map<string, string>();
  #page = "/";
  text = "";
  status = 0;

  constructor(url: string, cookies = "") {
    this.#url = url;
    for (const pair of cookies.split("; ")) if (pair !== "") this.#jar.set(`/ ${pair.split("=")[0] ?? ""}`, pair);
  }

  get title(): string {
    return /<h1>(.*?)<\/h1>/.exec(this.text)?.[1] ?? "";
  }

  /** Those that go everywhere. */
  get cookies(): string {
    return this.#cookiesFor("/");
  }

  /** Ends the session here, and leaves the cookies of remembered browsers. */
  signOut(): void {
    for (const key of this.#jar.keys()) if (key.startsWith("/ ")) this.#jar.delete(key);
  }

  open(page = "/"): Promise<{ status: number; title: string }> {
    return this.#go(page);
  }

  async #go(page: string, form?: URLSearchParams): Promise<{ status: number; title: string }> {
    const headers = { cookie: this.#cookiesFor(page) };
    const sent = form ? { method: "POST", body: form } : {};
    const response = await fetch(`${this.#url}${page}`, { ...sent, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    this.#page = page;
    const next = response.headers.get("Location");
    if (next !== null) return this.#go(next);
    this.text = await response.text();
    this.status = response.status;
    return { status: this.status, title: this.title };
  }

  /** Fills in fields and presses a button. Both must be on the page. */
  async press(button: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const buttons = Array.from(this.text.matchAll(/<button(?: formaction="(.*?)")?>(.*?)<\/button>/g));
    const [, action = this.#page] = buttons.find(([, , label]) => label === button) ?? [button, ""];
    if (action === "") throw new Error(`no button ${button} on the page ${this.text}`);
    for (const name of Object.keys(fields)) {
      if (!this.text.includes(`name="${name}"`)) throw new Error(`no field ${name} on the page ${this.text}`);
    }
    await this.#go(action, new URLSearchParams(fields));
  }

  /** Loads the answer to a form again. */
  again(fields: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#go(this.#page, new URLSearchParams(fields));
  }

  #cookiesFor(page: string): string {
    const own = Array.from(this.#jar).filter(([key]) => page.startsWith(key.split(" ")[0] ?? ""));
    return own.map(([, pair]) => pair).join("; ");
  }

  #keep(cookie: string): void {
    const [pair = ""] = cookie.split(";");
    const [, at = "/"] = /; Path=([^;]*)/i.exec(cookie) ?? [];
    this.#jar.set(`${at} ${pair.split("=")[0] ?? ""}`, pair);
  }
}
