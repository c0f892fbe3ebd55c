// The authenticator of examples/authenticator-browser in Chromium: its codes are oathtool's as the
// clock goes on, with and without React, and a kept key makes codes but cannot be read.
import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { read } from "../docs/fences.ts";
import { ROOT } from "../helpers/packed.ts";
import { hasAll, launch } from "./express-login/chromium.ts";

const FOLDER = "examples/authenticator-browser";
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const URI = `otpauth://totp/Acme:alice?secret=${SECRET}&issuer=Acme`;
const START = 1_234_567_890; // a time step begins then

const PARTS = `
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { generateTotp } from "halfminute";
import { Code } from "./code.tsx";
import { keepKey, keptKey } from "./key-store.js";
globalThis.showReact = (secret) => {
  globalThis.root ??= createRoot(document.body.appendChild(document.createElement("aside")));
  globalThis.root.render(createElement(Code, { secret }));
};
globalThis.hideReact = () => globalThis.root.unmount();
globalThis.keys = { keepKey, keptKey, generateTotp };`;

let server: Server;
let browser: Browser;
let page: Page;
const faults: string[] = [];

async function bundle(contents: string): Promise<string> {
  const stdin = { contents, resolveDir: path.join(ROOT, FOLDER) };
  const options = { bundle: true, write: false, format: "esm", jsx: "automatic" } as const;
  const define = { "process.env.NODE_ENV": '"production"' };
  const { outputFiles, warnings } = await build({ stdin, define, ...options });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.text ?? "";
}

function oathtool(seconds: number): string {
  const words = ["--totp", "-b", SECRET, "-N", `@${seconds}`];
  return execFileSync("oathtool", words, { encoding: "utf8" }).trim();
}

/** Lets the page's clock go on. */
const pass = (seconds: number): Promise<void> => page.clock.runFor(seconds * 1000);
const text = (selector: string): Promise<string | null> => page.textContent(selector);

describe.runIf(hasAll)("the authenticator in a browser", () => {
  beforeAll(async () => {
    const files: Record<string, string> = {
      "/": read(`${FOLDER}/index.html`),
      "/page.js": await bundle(read(`${FOLDER}/page.js`)),
      "/parts.js": await bundle(PARTS),
    };
    server = createServer((request, response) => {
      const body = files[request.url ?? ""];
      const type = request.url === "/" ? "text/html" : "text/javascript";
      response.writeHead(body === undefined ? 404 : 200, { "content-type": `${type}; charset=utf-8` }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launch();
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await page.clock.install({ time: START * 1000 });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.clock.pauseAt(START * 1000 + 1000);
    await page.addScriptTag({ url: "/parts.js", type: "module" });
  });

  afterAll(async () => {
    await browser.close();
    server.close();
    expect(faults).toEqual([]);
  });

  it("shows the code of a pasted URI, and the next when the step ends", async () => {
    await page.fill("#uri", ` ${URI} `);
    expect([await text("#code"), await text("#seconds")]).toEqual([oathtool(START), "29 s"]);
    await pass(28);
    expect([await text("#code"), await text("#seconds")]).toEqual([oathtool(START), "1 s"]);
    await pass(1);
    expect([await text("#code"), await text("#seconds")]).toEqual([oathtool(START + 30), "30 s"]);
  });

  it("takes digits, period and algorithm from the URI", async () => {
    const now: number = await page.evaluate("Math.floor(Date.now() / 1000)");
    await page.fill("#uri", `${URI}&digits=8&period=60&algorithm=SHA256`);
    const words = ["--totp=SHA256", "-d8", "-s60", "-b", SECRET, "-N", `@${now}`];
    expect(await text("#code")).toBe(execFileSync("oathtool", words, { encoding: "utf8" }).trim());
    expect(await text("#seconds")).toBe(`${60 - (now % 60)} s`);
  });

  it.each([
    ["https://example.com/", "must be otpauth://"],
    [URI.replace("totp", "hotp").concat("&counter=1"), "This page shows time-based codes only."],
    [URI.replace(SECRET, "JBSWY3DP1"), "secret"],
  ])("says what is wrong with %s", async (uri, words) => {
    await page.fill("#uri", uri);
    expect(await text("#problem")).toContain(words);
    expect(await text("#problem")).not.toContain("JBSWY3DP");
    await pass(60);
    expect([await text("#code"), await text("#seconds")]).toEqual(["", ""]);
  });

  it("shows the same with React, until the component is gone", async () => {
    const now = (): Promise<number> => page.evaluate("Math.floor(Date.now() / 1000)");
    await page.evaluate(`showReact("${SECRET}")`);
    await pass(1);
    expect(await text("aside output")).toBe(oathtool(await now()));
    for (let step = 0; step < 3; step++) {
      await pass(30);
      expect(await text("aside output")).toBe(oathtool(await now()));
      expect(await text("aside p")).toMatch(new RegExp(` ${30 - ((await now()) % 30)} s$`));
    }
    await page.evaluate("hideReact()");
    expect(await text("aside")).toBe("");
  });

  it("keeps a key that makes codes and cannot be read", async () => {
    await page.evaluate(`keys.keepKey("Acme:alice", "${SECRET}")`);
    await page.reload();
    await page.addScriptTag({ url: "/parts.js", type: "module" });
    const code = await page.evaluate(
      `keys.keptKey("Acme:alice").then((key) => keys.generateTotp(key, { at: new Date(${START * 1000}) }))`,
    );
    expect(code).toBe(oathtool(START));
    const read = `keys.keptKey("Acme:alice").then((key) => crypto.subtle.exportKey("raw", key))`;
    await expect(page.evaluate(read)).rejects.toThrow("not extractable");
    expect(await page.evaluate(`keys.keptKey("nobody")`)).toBeUndefined();
  });
});
