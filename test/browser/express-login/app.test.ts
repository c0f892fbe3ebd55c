// The demo app in Chromium, with codes from oathtool for what zbarimg sees on the page. Real clock,
// real processes.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { hasPostgres, type Server, startPostgres } from "../../stores/servers.ts";
import { type Running, start } from "../../express-login/running.ts";
import {
  close,
  enterCode,
  expectNoSideScroll,
  hasAll,
  inspect,
  launch,
  open,
  press,
  recoveryCodes,
  says,
  scan,
  signIn,
  signUp,
} from "./chromium.ts";
import { Phone } from "./phone.ts";
import { slowWay, type SlowWay } from "./slow.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 }); // it waits for the codes of a real clock

/** Remembers all that the timer of the next page shows. */
const WATCH_TIMER = `addEventListener("DOMContentLoaded", () => {
  const timer = document.querySelector("[role=timer]");
  globalThis.timerTexts = timer ? [timer.textContent] : [];
  const remember = () => timerTexts.push(timer.textContent);
  if (timer) new MutationObserver(remember).observe(timer, { childList: true, characterData: true, subtree: true });
});`;

async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; (await page.evaluate("document.activeElement.id")) !== id; presses++) {
    expect(presses).toBeLessThan(20);
    await page.keyboard.press("Tab");
  }
}

/** How long the page asked to wait when it was loaded. */
async function waitOn(page: Page): Promise<number> {
  const line = page.locator("[data-countdown]");
  return (await line.count()) === 0 ? 0 : Number(await line.getAttribute("data-countdown"));
}

// Side by side, because most of the time all of them wait for the next code.
describe.runIf(hasAll)("the demo app in Chromium", { concurrent: true }, () => {
  let folder: string;
  let app: Running;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "halfminute-browser-"));
    [app, browser] = await Promise.all([start({ DATA_FOLDER: folder }), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.interrupt();
    rmSync(folder, { recursive: true });
  });

  async function enroll(page: Page, name: string): Promise<{ phone: Phone; codes: string[] }> {
    await signUp(page, name);
    const phone = await scan(page);
    await enterCode(page, await phone.code(), "Confirm");
    return { phone, codes: await recoveryCodes(page) };
  }

  describe.each(["light", "dark"] as const)("in %s mode", (colorScheme) => {
    it("the whole way: on, out and in, refused, waiting, a recovery code, off", async () => {
      const name = `alice-${colorScheme}@example.com`;
      const shot = (what: string): string => `${what}-${colorScheme}`;
      const page = await open(browser, app.url, { colorScheme, viewport: { width: 640, height: 720 } });
      await inspect(page, shot("1-sign-in"));
      await page.getByRole("link", { name: "Sign up" }).click();
      await inspect(page, shot("2-sign-up"));
      await signUp(page, name);
      await says(page, "Two-factor sign-in is off");
      await inspect(page, shot("3-security-off"));
      const phone = await scan(page);
      await inspect(page, shot("4-turn-on"));
      expect((await page.locator("#secret").innerText()).replaceAll(" ", "")).toBe(phone.secret);
      await enterCode(page, phone.wrongCode(), "Confirm");
      await says(page, "wrong or was already used");
      expect(Phone.scan(await page.screenshot({ fullPage: true })).secret).toBe(phone.secret); // the QR code stays
      await inspect(page, shot("5-turn-on-refused"));
      const first = await phone.code();
      await enterCode(page, first, "Confirm");
      await inspect(page, shot("6-recovery-codes"));
      const codes = await recoveryCodes(page);
      expect(codes).toHaveLength(10);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download" }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("recovery-codes.txt");
      if (colorScheme === "light") {
        // All windows have one clipboard, so only one of them copies.
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await press(page, "Copy");
        await says(page, "Copied.");
        const copied = await page.evaluate("navigator.clipboard.readText()");
        expect(String(copied).trim().split("\n")).toEqual(codes);
      }
      await page.getByRole("button", { name: "Print" }).waitFor();
      await page.getByRole("link", { name: "I saved them" }).click();
      await says(page, "Two-factor sign-in is on");
      await inspect(page, shot("7-security-on"));

      await press(page, "Sign out");
      await signIn(page, name);
      await inspect(page, shot("8-second-step"));
      await page.goto("/security");
      expect(new URL(page.url()).pathname).toBe("/second-step");
      await enterCode(page, first, "Continue"); // it confirmed
      await says(page, "wrong or was already used");
      await enterCode(page, await phone.code(), "Continue");
      await says(page, "Two-factor sign-in is on");

      await press(page, "Sign out");
      await signIn(page, name);
      await page.addInitScript(WATCH_TIMER);
      for (let tries = 0; (await waitOn(page)) < 4; tries++) {
        expect(tries).toBeLessThan(20);
        if ((await waitOn(page)) > 0) await says(page, "You can try again now.");
        await enterCode(page, phone.wrongCode(), "Continue");
      }
      const seconds = await waitOn(page);
      await inspect(page, shot("9-wait"));
      await says(page, "You can try again now.");
      expect(await page.getByRole("timer").isVisible()).toBe(false);
      const shown = await page.evaluate<string[]>("timerTexts");
      expect([shown[0], shown.at(-1)]).toEqual([String(seconds), "0"]);
      expect(shown).toEqual(shown.toSorted((one, other) => Number(other) - Number(one)));
      expect(new Set(shown).size).toBeGreaterThan(2);
      const [code = ""] = codes;
      await page.getByLabel("Code from your authenticator app").focus();
      await page.keyboard.insertText(code); // a recovery code in the field for codes, cut where that cuts
      await press(page, "Continue");
      await says(page, "Recovery codes left: 9");
      await page.getByRole("link", { name: "History" }).click();
      await says(page, "Recovery code used, 9 left");
      await inspect(page, shot("10-history"));

      await page.goto("/security/turn-off");
      await inspect(page, shot("11-turn-off"));
      await page.goto("/security/check?next=turn-off");
      await page.getByText("Use a recovery code").click();
      await page.getByLabel("Recovery code", { exact: true }).fill(code);
      await press(page, "Use recovery code");
      await says(page, "That recovery code is wrong or was already used");
      expect(await page.getByLabel("Recovery code", { exact: true }).isVisible()).toBe(true);
      await inspect(page, shot("12-recovery-code-refused"));
      await enterCode(page, await phone.code(), "Continue");
      await press(page, "Turn off");
      await says(page, "Two-factor sign-in is off");
      await press(page, "Sign out");
      await signIn(page, name);
      await says(page, "Two-factor sign-in is off");
      await close(page);
    });
  });

  it("a second app, and a browser that is remembered and forgotten, in dark mode", async () => {
    const name = "heidi";
    const page = await open(browser, app.url, { colorScheme: "dark" });
    const { phone } = await enroll(page, name);
    await page.goto("/security/devices");
    await page.getByLabel("Name of the new one").fill("Old phone");
    await press(page, "Add");
    const second = Phone.scan(await page.screenshot({ fullPage: true }));
    await enterCode(page, await second.code(), "Confirm");
    await says(page, "The authenticator app was added.");
    await page.getByRole("link", { name: "Authenticator apps (2)" }).click();
    await page.getByLabel("New name for Old phone").fill("Tablet");
    await page.getByRole("region", { name: "Old phone" }).getByRole("button", { name: "Rename" }).click();
    await page.getByRole("heading", { name: "Tablet" }).waitFor();
    await inspect(page, "13-devices-dark");

    await press(page, "Sign out");
    await signIn(page, name);
    await page.getByLabel("Remember this browser for 30 days").first().check();
    await enterCode(page, await second.code(), "Continue");
    await page.getByRole("link", { name: "Remembered browsers (1)" }).click();
    await page.getByRole("button", { name: /^Forget Chrome/ }).waitFor();
    await inspect(page, "14-browsers-dark");
    await press(page, "Sign out");
    await signIn(page, name);
    await says(page, "Two-factor sign-in is on");
    await page.getByRole("link", { name: "Remembered browsers (1)" }).click();
    await page.getByRole("button", { name: /^Forget Chrome/ }).click();
    await says(page, "No browser is remembered.");

    await page.goto("/security/devices");
    await press(page, "Remove Tablet");
    await expect.poll(() => page.getByRole("heading", { name: "Tablet" }).count()).toBe(0);
    await press(page, "Sign out");
    await signIn(page, name);
    await enterCode(page, await second.code(), "Continue");
    await says(page, "wrong or was already used");
    await enterCode(page, await phone.code(), "Continue");
    await says(page, "Two-factor sign-in is on");
    await close(page);
  });

  it("without JavaScript, at 320 pixels", async () => {
    const name = "carol";
    const viewport = { width: 320, height: 640 };
    const page = await open(browser, app.url, { javaScriptEnabled: false, viewport });
    const { phone, codes } = await enroll(page, name);
    expect(codes).toHaveLength(10);
    expect(await page.getByRole("button", { name: "Copy" }).isVisible()).toBe(false);
    await press(page, "Sign out");
    await signIn(page, name);
    await enterCode(page, await phone.code(), "Continue");
    await says(page, "Two-factor sign-in is on");
    await page.goto("/security/turn-off");
    await press(page, "Turn off");
    await says(page, "Two-factor sign-in is off");
    await close(page);
  });

  it("fits into 320 pixels, also where it is widest", async () => {
    const page = await open(browser, app.url, { viewport: { width: 320, height: 640 } });
    await expectNoSideScroll(page, "sign-in");
    await signUp(page, `dave.${"x".repeat(40)}@example.com`);
    await inspect(page, "narrow-1-security");
    const phone = await scan(page);
    await inspect(page, "narrow-2-turn-on");
    await enterCode(page, await phone.code(), "Confirm");
    await inspect(page, "narrow-3-recovery-codes");
    const heights = "[...document.querySelectorAll('.codes li')].map((line) => line.clientHeight)";
    const tall = (await page.evaluate<number[]>(heights)).filter((height) => height > 35);
    expect(tall).toEqual([]); // each code is one line
    await page.goto("/security/devices");
    await inspect(page, "narrow-4-devices");
    await page.goto("/security/check?next=devices");
    await page.getByText("Enter three codes in a row").click();
    await page.getByText("Use a recovery code").click();
    await inspect(page, "narrow-5-second-factor");
    await close(page);
  });

  it("with the keyboard alone", async () => {
    const page = await open(browser, app.url);
    await signUp(page, "erin");
    const phone = await scan(page);
    await says(page, "open in the authenticator app");
    await tabTo(page, "code"); // the cursor is not there yet: that would scroll the QR code away
    await page.keyboard.type(await phone.code());
    await page.keyboard.press("Enter");
    await says(page, "Your recovery codes");
    await page.goto("/security");
    await press(page, "Sign out");
    await says(page, "New here?");
    await page.keyboard.type("erin");
    await page.keyboard.press("Tab");
    await page.keyboard.type("correct horse");
    await page.keyboard.press("Enter");
    await says(page, "Second step");
    await page.keyboard.type(await phone.code());
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space"); // this browser is to be remembered
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await says(page, "Remembered browsers (1)");
    await close(page);
  });

  it("a button that is pressed twice does no harm", async () => {
    const page = await open(browser, app.url);
    await page.goto("/sign-up");
    await page.getByLabel("Name or e-mail address").fill("frank");
    await page.getByLabel("Password").fill("correct horse");
    await page.getByRole("button", { name: "Sign up" }).dblclick();
    await says(page, "Two-factor sign-in is off");
    const phone = await scan(page);
    await page.getByLabel("Code from your authenticator app").fill(await phone.code());
    await page.getByRole("button", { name: "Confirm" }).dblclick();
    await says(page, "recovery codes"); // the codes, or after the second press what to do without them
    await page.goto("/security");
    await says(page, "Two-factor sign-in is on");
    await press(page, "Sign out");
    await signIn(page, "frank");
    await page.getByLabel("Code from your authenticator app").fill(await phone.code());
    await page.getByRole("button", { name: "Continue" }).dblclick();
    await says(page, "Two-factor sign-in is on");
    await close(page);
  });

  describe.each([
    ["the answer to the first press is lost", "POST", true],
    ["the answer to the first press is lost, without JavaScript", "POST", false],
    ["the answer to the first press came, and the next page did not", "GET", true],
  ] as const)("a button that is pressed twice on a slow server: %s", (_name, method, javaScriptEnabled) => {
    let way: SlowWay;
    beforeAll(async () => {
      way = await slowWay(app.url);
    });
    afterAll(() => way.close());

    /**
     * The second press comes when the app has done what the first one asked for, and before the
     * browser knows.
     */
    async function pressTwice(page: Page, button: string): Promise<void> {
      way.hold(method);
      const {
        x = 0,
        y = 0,
        width = 0,
        height = 0,
      } = (await page.getByRole("button", { name: button }).boundingBox()) ?? {};
      const click = (): Promise<void> => page.mouse.click(x + width / 2, y + height / 2);
      await click();
      await way.waiting(1);
      await click();
      await way.waiting(2);
      way.hold();
    }

    it("ends signed in, and turns on and off once", async () => {
      const name = `twice-${method}-${javaScriptEnabled}`;
      const page = await open(browser, way.url, { javaScriptEnabled });
      await page.goto("/sign-up");
      await page.getByLabel("Name or e-mail address").fill(name);
      await page.getByLabel("Password").fill("correct horse");
      await pressTwice(page, "Sign up");
      await says(page, "Two-factor sign-in is off");

      const phone = await scan(page);
      await page.getByLabel("Code from your authenticator app").fill(await phone.code());
      if (method === "POST") {
        await pressTwice(page, "Confirm");
        await says(page, "If you saw no recovery codes, make new ones.");
        await says(page, "Two-factor sign-in is on");
      } else {
        await press(page, "Confirm"); // the answer is the next page
        await says(page, "Your recovery codes");
      }

      await press(page, "Sign out");
      await page.getByLabel("Name or e-mail address").fill(name);
      await page.getByLabel("Password").fill("correct horse");
      await pressTwice(page, "Sign in");
      await says(page, "Second step");
      await page.getByLabel("Code from your authenticator app").fill(await phone.code());
      await pressTwice(page, "Continue");
      await says(page, "Two-factor sign-in is on");

      await page.goto("/security/turn-off");
      await pressTwice(page, "Turn off");
      await says(page, "can be deleted");
      await says(page, "Two-factor sign-in is off");
      await close(page);
    });
  });

  describe.runIf(hasPostgres())("over PostgreSQL", () => {
    let server: Server;
    let instances: Running[] = [];

    beforeAll(async () => {
      server = await startPostgres();
      const environment = {
        DATABASE_URL: `postgresql://postgres@/postgres?host=${server.address}`,
        SEALING_KEY: randomBytes(32).toString("base64"),
        DATA_FOLDER: folder,
      };
      instances = await Promise.all([start(environment), start(environment)]);
    });
    afterAll(async () => {
      for (const instance of instances) expect(await instance.interrupt()).toBe(0);
      await server.stop();
    });

    it("a code that was used on one instance is refused on the other", async () => {
      const [here, there] = instances;
      const page = await open(browser, here?.url ?? "");
      const other = await open(browser, there?.url ?? "");
      const { phone } = await enroll(page, "grace");
      await press(page, "Sign out");
      await signIn(page, "grace");
      await signIn(other, "grace");
      const code = await phone.code();
      await enterCode(page, code, "Continue");
      await says(page, "Two-factor sign-in is on");
      await enterCode(other, code, "Continue");
      await says(other, "wrong or was already used");
      await enterCode(other, await phone.code(), "Continue");
      await says(other, "Two-factor sign-in is on");
      await Promise.all([close(page), close(other)]);
    });
  });
});
