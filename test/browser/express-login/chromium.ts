// Chromium from the system, what a person does in it, and what must hold on every page.
import { mkdirSync } from "node:fs";
import path from "node:path";

import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

import { isThere } from "../../helpers/programs.ts";
import { ROOT } from "../../express-login/running.ts";
import { newAddress } from "../../express-login/visitor.ts";
import { Phone } from "./phone.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const ARTIFACTS = process.env["TEST_ARTIFACTS"] ?? path.join(ROOT, "test-artifacts");
const QUIET = ["background-networking", "component-update", "sync", "gpu", "quic"].map((what) => `--disable-${what}`);

/** Under CI all of these must be there. */
export const hasAll: boolean = [
  isThere(CHROMIUM, "--version"),
  isThere("zbarimg", "--version"),
  isThere("oathtool", "--version"),
].every(Boolean);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--no-first-run", ...QUIET] });
}

const complaints = new WeakMap<Page, string[]>();

/** A new window on the start page. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const extraHTTPHeaders = { "X-Forwarded-For": newAddress() }; // each window is limited by itself
  const context = await browser.newContext({ baseURL: url, extraHTTPHeaders, ...options });
  const page = await context.newPage();
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on("console", (message) => {
    const isRefusal = /status of (401|409|429)/.test(message.text());
    if (message.type() === "error" && !isRefusal) heard.push(message.text());
  });
  page.on("pageerror", (error) => heard.push(error.message));
  await page.goto("/");
  return page;
}

/**
 * Closes it. Nothing may have been said on the console but that a form was refused: no script
 * failed, no policy was violated.
 */
export async function close(page: Page): Promise<void> {
  expect(complaints.get(page)).toEqual([]);
  await page.context().close();
}

/** No issue by axe-core, nothing wider than the window, and a picture for people. */
export async function inspect(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: path.join(ARTIFACTS, `${name}.png`), fullPage: true });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  const issues = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(issues, name).toEqual([]);
  await expectNoSideScroll(page, name);
}

export async function expectNoSideScroll(page: Page, name: string): Promise<void> {
  const tooWide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
  expect(tooWide, name).toBe(false);
}

export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
}

export async function signUp(page: Page, name: string): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Name or e-mail address").fill(name);
  await page.getByLabel("Password").fill("correct horse");
  await press(page, "Sign up");
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Name or e-mail address").fill(name);
  await page.getByLabel("Password").fill("correct horse");
  await press(page, "Sign in");
}

export async function enterCode(page: Page, code: string, button: string): Promise<void> {
  await page.getByLabel("Code from your authenticator app").fill(code);
  await press(page, button);
}

/** From the security settings to a phone that has the secret, by a photograph of the page. */
export async function scan(page: Page): Promise<Phone> {
  await press(page, "Turn on");
  return Phone.scan(await page.screenshot({ fullPage: true }));
}

export async function recoveryCodes(page: Page): Promise<string[]> {
  return (await page.getByLabel("Recovery codes").innerText()).trim().split("\n");
}

export async function says(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}
