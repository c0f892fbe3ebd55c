// The site, built for a path and given out below it: search, the playground, no accessibility
// faults, and no request to elsewhere.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { generateTotp } from "../../src/index.ts";
import { placesIn } from "../../tools/site/pages.ts";
import { ROOT } from "../helpers/packed.ts";
import { axeFaults } from "./axe.ts";
import { BROWSERS, type Tab } from "./browsers.ts";
import { siteServer } from "./site-server.ts";

const BASE = "/below/";
const OUT = path.join(ROOT, "site/dist");
const WIDE = [1280, 800] as const;
const PHONE = [360, 740] as const;
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

let server: Server;
let home: string;

beforeAll(async () => {
  const env = { ...process.env, SITE_BASE: BASE };
  await promisify(execFile)("npm", ["run", "--silent", "site"], { cwd: ROOT, env, maxBuffer: 2 ** 26 });
  server = siteServer(OUT, BASE);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
}, 480_000);

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("llms.txt", () => {
  it("lists every page, with links that work", () => {
    const links = Array.from(
      readFileSync(path.join(OUT, "llms.txt"), "utf8").matchAll(/\]\((.*?)\)/g),
      ([, to = ""]) => to,
    );
    expect(links.filter((link) => !link.startsWith(BASE))).toEqual([]);
    const files = links.map((link) => link.slice(BASE.length));
    expect(files.filter((file) => !existsSync(path.join(OUT, file)))).toEqual([]);
    const pages = [...placesIn(ROOT).values()].filter(({ kind, file }) => kind === "page" && file !== "README.md");
    const wanted = pages.map(({ staged }) => staged.replace(/(?:\/index)+\.md$/, ".md")); // its own names for indexes
    expect(wanted.length).toBeGreaterThan(200);
    expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
  });

  it("has a full text beside it", () => {
    const text = readFileSync(path.join(OUT, "llms-full.txt"), "utf8");
    expect(text).toContain("generateTotp");
    expect(text.length).toBeGreaterThan(100_000);
  });
});

describe.each(BROWSERS.filter(({ open }) => open))("in $name", ({ name, open }) => {
  let tab: Tab;

  beforeAll(async () => {
    tab = await (open as () => Promise<Tab>)();
  });

  afterAll(() => tab.close());

  beforeEach(() => show(""));

  afterEach(() => {
    expect(tab.errors.splice(0)).toEqual([]);
    const elsewhere = tab.requests.splice(0).filter((url) => !url.startsWith(home) && !url.startsWith("data:"));
    expect(elsewhere).toEqual([]);
  });

  /** Opens a page, and waits until its scripts have taken it over. */
  async function show(address: string): Promise<void> {
    await tab.page.goto(home + address);
    await tab.until(`document.querySelector("#app").__vue_app__ !== undefined`);
  }

  it("says on one screen what it is, how to install it, and where to begin", async () => {
    const texts = await tab.run<string[]>(`[...document.querySelectorAll("h1, .tagline, .install, .door")]
      .filter((part) => part.getBoundingClientRect().bottom <= innerHeight).map((part) => part.textContent.trim())`);
    expect(texts).toHaveLength(5);
    expect(texts).toEqual(expect.arrayContaining(["halfminute", "npm install halfminute"]));
    const doors = await tab.run<string[]>(`[...document.querySelectorAll(".door")].map(({ href }) => href)`);
    expect(doors[0]).toMatch(/\/docs\/guide\/[\w-]+\.html$/);
    const [, section] = doors[1]?.split("#") ?? [];
    expect(await tab.run(`document.getElementById("${section ?? ""}").tagName`)).toBe("H2");
  });

  it("finds pages about replay, and opens one", async () => {
    await tab.page.click(".DocSearch-Button");
    await tab.until(`document.getElementById("localsearch-input") !== null`);
    await tab.fill({ "localsearch-input": "replay" });
    await tab.until(`document.querySelector(".VPLocalSearchBox .result") !== null`);
    expect(
      (await tab.run<string>(`document.querySelector(".VPLocalSearchBox .result").textContent`)).toLowerCase(),
    ).toContain("replay");
    const found = await tab.run<string>(`document.querySelector(".VPLocalSearchBox .result").href`);
    await tab.page.click(".VPLocalSearchBox .result");
    await tab.until(`location.href === ${JSON.stringify(found)} && !document.querySelector(".VPLocalSearchBox")`);
    await tab.until(`/replay/i.test(document.querySelector("main")?.textContent)`);
  });

  it("generates a code in the playground, which goes and comes back without a trace", async () => {
    const open = async (): Promise<void> => {
      await tab.run(
        `[...document.querySelectorAll("header a")].find((link) => link.textContent.trim() === "Playground").click()`,
      );
      await tab.until(`document.getElementById("code")?.textContent`);
    };
    await open();
    await tab.fill({ secret: SECRET, time: 1_234_567_890 });
    await tab.until(`document.getElementById("code").textContent === "005924"`); // RFC 6238, Appendix B: 89005924
    await tab.fill({ typed: await generateTotp(SECRET, { at: new Date(1_234_567_890_000) }) });
    await tab.page.click("#verification button");
    await tab.until(`document.getElementById("verdict").textContent.startsWith("The code matches")`);
    await tab.page.click("#run");
    await tab.until(`/, 0 wrong/.test(document.getElementById("vectors-result").textContent)`);
    await tab.run(`document.querySelector("header a.title").click()`);
    await tab.until(`document.querySelector(".front") !== null`);
    await open();
    expect(await tab.run(`document.getElementById("secret").value`)).not.toBe(SECRET);
    expect(await tab.run("location.href")).toBe(`${home}docs/playground/`);
    const kept = "document.cookie + JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";
    expect(await tab.run(kept)).not.toContain(SECRET);
  });

  it("connects nowhere", async () => {
    const answers = await tab.run<string[]>(`Promise.all(["https://example.com/", location.href].map((url) =>
      fetch(url).then(() => "fetched", () => "refused")))`);
    expect(answers).toEqual(["refused", "refused"]);
    await vi.waitUntil(() => tab.errors.length >= answers.length, 30_000); // Firefox says so later
    const errors = tab.errors.splice(0).filter((error) => !/content.security.policy/i.test(error));
    expect(errors.filter((error) => !error.includes("Fetch API cannot load"))).toEqual([]);
    tab.requests.splice(0);
  });

  it.each(["light", "dark"])("has no accessibility fault in the %s, also on a phone", async (appearance) => {
    await tab.run(`localStorage.setItem("vitepress-theme-appearance", "${appearance}")`);
    const guide = await tab.run<string>(`document.querySelector(".door").href`);
    const reference = "docs/reference/index/functions/verifyTotp.html";
    const faults: string[] = [];
    for (const [width, height] of name === "Chromium" ? [WIDE, PHONE] : [appearance === "light" ? WIDE : PHONE]) {
      await tab.resize(width, height);
      for (const page of ["", guide.slice(home.length), reference, "docs/playground/"]) {
        await show(page);
        if (page.includes("playground")) await tab.until(`document.getElementById("code").textContent`);
        expect(await tab.run(`document.documentElement.classList.contains("dark")`)).toBe(appearance === "dark");
        const found = await axeFaults(tab);
        const wide = await tab.run<number>("document.documentElement.scrollWidth");
        faults.push(...found.map((fault) => `${page} ${width}: ${fault}`));
        if (wide > width) faults.push(`${page}: ${wide} pixels wide instead of ${width}`);
      }
    }
    await tab.resize(...WIDE);
    expect(faults).toEqual([]);
  });
});
