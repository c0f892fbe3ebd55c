// The demo app in Chromium and in Firefox: what a person sees on small and wide windows, with the
// keyboard, and in a new browser.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Running, start } from "../../express-login/running.ts";
import { BROWSERS, type Tab } from "../browsers.ts";
import { hasAll } from "./chromium.ts";
import { Phone } from "./phone.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const PASSWORD = "correct horse";
const PHONE = [360, 640] as const;
/** What a window of 1280 by 720 shows at 200 % zoom. */
const ZOOMED = [640, 360] as const;
const WIDE = [1280, 720] as const;

describe.runIf(hasAll).each(BROWSERS.filter(({ open }) => open))("in $name", ({ name: browserName, open }) => {
  let folder: string;
  let app: Running; // of its own: the other browser has the same address, which is limited
  let tab: Tab;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "halfminute-browser-"));
    [app, tab] = await Promise.all([start({ DATA_FOLDER: folder }), (open as () => Promise<Tab>)()]);
  });
  afterAll(async () => {
    await tab.close();
    await app.interrupt();
    rmSync(folder, { recursive: true });
  });

  /** What `act` does leads to another page. */
  async function leave(act: () => Promise<unknown>): Promise<void> {
    await tab.run("document.documentElement.dataset.old = 'yes'");
    await act();
    const isThere = `document.readyState === "complete" && !document.documentElement.dataset.old`;
    const ask = (): Promise<boolean> => tab.run<boolean>(isThere).catch(() => false); // in between there is no page to ask
    await expect.poll(ask, { timeout: 60_000 }).toBe(true);
  }
  /** Presses the button of the form that leads to this address. */
  const press = (action: string): Promise<void> => leave(() => tab.page.click(`form[action^="${action}"] button`));
  const at = (address: string): Promise<unknown> => tab.page.goto(app.url + address);
  const says = (text: string): Promise<boolean> =>
    tab.until(`document.body.innerText.includes(${JSON.stringify(text)})`);

  async function enter(address: string, name: string, url = app.url): Promise<void> {
    await tab.page.goto(url + address);
    await tab.fill({ name, password: PASSWORD });
    await press(address);
  }
  async function code(value: string, action: string): Promise<void> {
    await tab.fill({ code: value });
    await press(action);
  }
  const photograph = async (): Promise<Phone> => {
    const picture = await (await tab.page.$("img.qr"))?.screenshot();
    return Phone.scan(Buffer.from(picture ?? []));
  };

  /** Nothing for axe-core to say, and nothing wider than the window. */
  async function isFine(what: string): Promise<void> {
    for (const [width, height] of [PHONE, ZOOMED, WIDE]) {
      await tab.resize(width, height);
      const tooWide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
      expect(await tab.run(tooWide), `${what}, ${width} wide`).toBe(false);
    }
    await tab.run(axe.source);
    const issues = "axe.run().then(({ violations }) => violations.map(({ id }) => id))";
    expect(await tab.run(issues), what).toEqual([]);
  }

  /** Whether all of it can be seen without scrolling. */
  const isSeen = (selector: string): Promise<boolean> =>
    tab.run(`(() => {
      const { top, bottom } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    })()`);

  it("the way of a person, from the QR code to a forgotten browser", async () => {
    const name = `ivan-${browserName}`;
    await tab.resize(...PHONE);
    await enter("/sign-up", name);
    await isFine("off");

    await tab.resize(...PHONE);
    await press("/security/turn-on");
    expect([await tab.run("scrollY"), await isSeen("img.qr")]).toEqual([0, true]);
    const phone = await photograph();
    for (const wrong of [phone.wrongCode(), "123"]) {
      await tab.resize(...ZOOMED);
      await code(wrong, "/security/confirm");
      expect([await tab.run("scrollY"), await isSeen("#problem")]).toEqual([0, true]);
      expect((await photograph()).secret).toBe(phone.secret); // the QR code stays
    }
    await isFine("set-up");
    await tab.resize(...WIDE);
    const isBeside = `document.querySelector(".qr").getBoundingClientRect().right <=
      document.querySelector(".setup ol").getBoundingClientRect().left`;
    expect(await tab.run(isBeside)).toBe(true);

    // The key: two lines of whole groups, and a button that copies it.
    for (const [width, height] of [PHONE, ZOOMED, WIDE]) {
      await tab.resize(width, height);
      const tops = await tab.run<readonly number[]>(
        `Array.from(document.querySelectorAll("#secret span"), (group) => Math.round(group.getBoundingClientRect().top))`,
      );
      expect(tops).toHaveLength(8);
      expect([new Set(tops.slice(0, 4)).size, new Set(tops.slice(4)).size, new Set(tops).size]).toEqual([1, 1, 2]);
    }
    await tab.run("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }");
    await tab.page.click("[data-copy=secret]");
    await says("Copied.");
    expect(await tab.run("copied")).toBe(phone.secret);
    const selected = await tab.run<string>(`(() => {
      getSelection().selectAllChildren(document.getElementById("secret"));
      return getSelection().toString();
    })()`);
    expect(selected.trim()).toMatch(/^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);

    // With the keyboard.
    for (let presses = 0; (await tab.run("document.activeElement.id")) !== "code"; presses++) {
      expect(presses).toBeLessThan(20);
      await tab.page.keyboard.press("Tab");
    }
    const first = await phone.code();
    await tab.run("document.activeElement.select()"); // what was mistyped
    for (const digit of first) await tab.page.keyboard.press(digit);
    await leave(() => tab.page.keyboard.press("Enter"));
    await says("Your recovery codes");
    await isFine("recovery codes");
    const [recoveryCode] = await tab.run<[string]>(
      `Array.from(document.querySelectorAll("#recovery-codes li"), (line) => line.textContent)`,
    );

    await at("/security/devices");
    await tab.fill({ name: "Old phone" });
    await press("/security/devices/add");
    const second = await photograph();
    await code(await second.code(), "/security/confirm");
    await says("The authenticator app was added.");
    await at("/security/devices");
    await isFine("devices");

    await at("/security");
    await press("/sign-out");
    await enter("/sign-in", name);
    await isFine("second step");
    await code(second.wrongCode(), "/second-step");
    await tab.resize(...PHONE);
    expect(await isSeen("#problem")).toBe(true);
    await tab.page.click("input[name=remember]");
    await code(await second.code(), "/second-step");
    await at("/security/browsers");
    await says(`${browserName.replace("Chromium", "Chrome")} on Linux`);
    await isFine("browsers");
    await at("/security");
    await press("/sign-out");
    await enter("/sign-in", name);
    await says("Two-factor sign-in is on");
    await at("/security/browsers");
    await press("/security/browsers/forget-all");
    await says("No browser is remembered.");
    await isFine("no browsers");
    await at("/security");
    await press("/sign-out");
    await enter("/sign-in", name);
    await code(recoveryCode, "/second-step");
    await says("Recovery codes left: 9");
    await at("/security/check?next=devices");
    await isFine("the question before a change");
    await at("/security/turn-off");
    await press("/security/turn-off");
    await says("Two-factor sign-in is off");
  });

  it("a new browser is asked for the code that the terminal shows", async () => {
    const name = `judy-${browserName}`;
    await tab.resize(...PHONE);
    await enter("/sign-up", name);
    await press("/sign-out");
    // Another host has other cookies.
    await enter("/sign-in", name, app.url.replace("127.0.0.1", "localhost"));
    await says("Code from the mail");
    await isFine("a new browser");
    const mail = app
      .output()
      .split("--- Mail, printed instead of sent ---")
      .find((text) => text.includes(`To: ${name}\n`));
    const [mailed = ""] = /^\d{8}/m.exec(mail ?? "") ?? [];
    await code("00000000", "/new-browser");
    await says("That code is wrong or too old");
    await code(mailed, "/new-browser");
    await says("Two-factor sign-in is off");
  });
});
