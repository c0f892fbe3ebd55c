// Chromium and Firefox as one kind of tab. What a page should do there is text, because these files
// know no DOM types.
import { setTimeout as delay } from "node:timers/promises";

import { CHROMIUM, FIREFOX, launchChromium, launchFirefox } from "../helpers/browsers.ts";
import { isThere } from "../helpers/programs.ts";

const PATIENCE = 150_000; // milliseconds until what should happen on a page must have

/** What both drivers have under the same names. */
interface DriverPage {
  goto(url: string): Promise<unknown>;
  evaluate(program: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  $(selector: string): Promise<{ screenshot(): Promise<Uint8Array> } | null>;
  readonly keyboard: { press(key: string): Promise<void> };
}

interface RawBrowser {
  readonly page: DriverPage;
  readonly resize: (width: number, height: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a page did that should not stay unseen. */
interface Seen {
  readonly requests: string[];
  /** Errors of scripts, and what the console showed as an error. */
  readonly errors: string[];
}

export interface Tab extends Seen, RawBrowser {
  /** Runs a program in the page; what it answers comes back as JSON would bring it. */
  readonly run: <Answer>(program: string) => Promise<Answer>;
  /** Waits until a program answers something truthy, which it returns. */
  readonly until: <Answer>(program: string) => Promise<Answer>;
  /** Sets fields, by their ids, as a person would: the page hears of each. */
  readonly fill: (fields: Readonly<Record<string, string | number>>) => Promise<void>;
  readonly text: (id: string) => Promise<string>;
}

/** By name; `undefined` if it is not installed, which under CI is a failure. */
export const BROWSERS: readonly { readonly name: string; readonly open: (() => Promise<Tab>) | undefined }[] = [
  { name: "Chromium", open: isThere(CHROMIUM, "--version") ? () => tab(openChromium) : undefined },
  { name: "Firefox", open: isThere(FIREFOX, "--version") ? () => tab(openFirefox) : undefined },
];

async function openChromium({ requests, errors }: Seen): Promise<RawBrowser> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return {
    page,
    resize: (width, height) => page.setViewportSize({ width, height }),
    close: () => browser.close(),
  };
}

async function openFirefox({ requests, errors }: Seen): Promise<RawBrowser> {
  const browser = await launchFirefox();
  const page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return {
    page: page as unknown as DriverPage, // its keys are a union of names
    resize: (width, height) => page.setViewport({ width, height }),
    close: () => browser.close(),
  };
}

async function tab(open: (seen: Seen) => Promise<RawBrowser>): Promise<Tab> {
  const seen: Seen = { requests: [], errors: [] };
  const raw = await open(seen);
  const run = <Answer>(program: string): Promise<Answer> => raw.page.evaluate(program) as Promise<Answer>;
  return {
    ...seen,
    ...raw,
    run,
    until: (program) => until(() => run(program), program),
    fill: (fields) =>
      run(`for (const [id, value] of Object.entries(${JSON.stringify(fields)})) {
        const field = document.getElementById(id);
        field.value = String(value);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }`),
    text: (id) => run(`document.getElementById(${JSON.stringify(id)}).textContent`),
  };
}

async function until<Answer>(ask: () => Promise<Answer>, program: string): Promise<Answer> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`this did not become true in the page: ${program}`);
    await delay(20);
  }
}
