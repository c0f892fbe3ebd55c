// Chromium and Firefox of the system, as every test starts them.
import { type Browser as Chromium, chromium } from "playwright-core";
import puppeteer, { type Browser as Firefox } from "puppeteer-core";

export const CHROMIUM = "/usr/bin/chromium";
export const FIREFOX = "/usr/bin/firefox-esr";

const OPTIONS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchChromium(): Promise<Chromium> {
  return chromium.launch({ executablePath: CHROMIUM, args: OPTIONS });
}

export function launchFirefox(): Promise<Firefox> {
  return puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
}
