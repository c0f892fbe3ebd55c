// What a newcomer does: a fresh clone, the README's command, and then whatever the README says to
// press.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { ROOT, type Running, start } from "../../express-login/running.ts";
import { close, hasAll, launch, open, press, says } from "./chromium.ts";
import { Phone } from "./phone.ts";

function readmeOf(clone: string): { command: string; buttons: string[] } {
  const readme = readFileSync(path.join(clone, "README.md"), "utf8");
  const section = /## Try it from a clone\n([^]*?)\n## /.exec(readme)?.[1] ?? "";
  const command = /```sh\n(.*)\n```/.exec(section)?.[1] ?? "";
  return { command, buttons: Array.from(section.matchAll(/\*\*(.+?)\*\*/g), ([, name = ""]) => name) };
}

/**
 * Only what is committed. The packages are copied where an installation is not worth the wait;
 * under CI they are installed.
 */
function cloneInto(folder: string): void {
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, folder]);
  if (process.env["CI"]) return;
  execFileSync("cp", ["-a", path.join(ROOT, "node_modules"), folder]);
  utimesSync(path.join(folder, "package-lock.json"), 0, 0); // older than what was installed from it
}

/** A person puts a name where a name is asked for, and so on. */
async function fillIn(page: Page): Promise<void> {
  const values: Record<string, () => Promise<string>> = {
    username: () => Promise.resolve("newcomer"),
    "new-password": () => Promise.resolve("a long password"),
    "one-time-code": async () => Phone.scan(await page.screenshot({ fullPage: true })).code(),
  };
  for (const [kind, value] of Object.entries(values)) {
    const field = page.locator(`input[autocomplete="${kind}"]`);
    if ((await field.count()) > 0) await field.fill(await value());
  }
}

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 }); // under CI it installs all packages

describe.runIf(hasAll)("a newcomer", () => {
  let folder: string;
  let browser: Browser;
  let app: Running | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "halfminute-newcomer-"));
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await app?.interrupt();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has a confirmed second factor, and recovery codes, with nothing but the README's words", async () => {
    const clone = path.join(folder, "halfminute");
    cloneInto(clone);
    const { command, buttons } = readmeOf(clone);
    expect(buttons.length).toBeGreaterThan(1);
    app = await start({}, command.split(" "), clone);
    const address = /Open {2}(\S+)/.exec(app.output())?.[1] ?? "";
    const page = await open(browser, app.url);
    await page.goto(address);
    for (const button of buttons) {
      await fillIn(page);
      await press(page, button);
      await page.waitForLoadState();
    }
    await says(page, "Your recovery codes");
    await page.goto("/security");
    await says(page, "Two-factor sign-in is on");
    await close(page);
    await app.interrupt();
    expect(app.output()).toContain(path.join(clone, "examples/express-login/data/demo.db"));
    expect(app.output()).toContain("Stopping.");
    expect(app.output()).not.toMatch(/\n\s+at /);
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: clone, encoding: "utf8" })).toBe("");
  });
});
