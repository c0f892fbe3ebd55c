// Chromium and Firefox of the system, as every test starts them. The drivers, which are large, are
// only loaded for that.
import type { Browser as Chromium } from "playwright-core";
import type { Browser as Firefox } from "puppeteer-core";

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

export async function launchChromium(): Promise<Chromium> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath: CHROMIUM, args: OPTIONS });
}

export async function launchFirefox(): Promise<Firefox> {
  const { default: puppeteer } = await import("puppeteer-core");
  return puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
}
