// The playground by keyboard, with a screen reader and on a phone; and nothing leaves it.
import { expect, it } from "vitest";

import { axeFaults } from "../axe.ts";
import { inEachBrowser, RFC_SECRET } from "./page.ts";

inEachBrowser((playground) => {
  it("tells the code to screen readers, and the seconds not", async () => {
    const live = `[...document.querySelectorAll("output, [aria-live], [role=alert], [role=timer], [role=status]")]`;
    expect(await playground.tab.run(`${live}.map(({ id }) => id).sort()`)).toEqual(
      ["code", "code-error", "copied", "parsed", "picture-result", "uri-error", "vectors-result", "verdict"].sort(),
    );
    expect(await playground.tab.run(`document.getElementById("seconds").closest("[aria-hidden=true]") !== null`)).toBe(
      true,
    );
    // The same code is not set again, which would be said again.
    await playground.tab.run(`{
      globalThis.changes = 0;
      new MutationObserver((records) => (changes += records.length)).observe(
        document.getElementById("code"), { childList: true, characterData: true, subtree: true });
    }`);
    await playground.codeAfter({ time: 1_234_567_890, secret: RFC_SECRET });
    const before = await playground.tab.run<number>("changes");
    expect(before).toBeGreaterThan(0);
    await playground.codeAfter({ time: 1_234_567_891 });
    expect(await playground.tab.run("changes")).toBe(before);
  });

  it("can be used by keyboard alone, and every field has a name", async () => {
    const fields = `[...document.querySelectorAll("input, select, textarea, button")]`;
    expect(await playground.tab.run(`${fields}.length`)).toBeGreaterThan(15);
    expect(
      await playground.tab.run(`${fields}.filter((one) => !(one.labels?.length || one.textContent.trim())).length`),
    ).toBe(0);
    await playground.tab.run(`document.getElementById("secret").focus()`);
    await playground.tab.page.keyboard.press("Tab");
    expect(await playground.tab.run(`document.activeElement.id`)).toBe("generate");
    const before = await playground.tab.run(`document.getElementById("secret").value`);
    await playground.tab.page.keyboard.press("Enter");
    expect(await playground.tab.until(`document.getElementById("secret").value`)).not.toBe(before);
    await playground.tab.run(`document.getElementById("typed").focus()`);
    await playground.tab.page.keyboard.press("1");
    await playground.tab.page.keyboard.press("Enter");
    await playground.tab.until(`document.getElementById("verdict").textContent.startsWith("null")`);
  });

  it("fits a screen of 320 pixels", async () => {
    await playground.tab.resize(320, 640);
    try {
      await playground.tab.fill({ pasted: `otpauth://totp/${"a".repeat(60)}?secret=${RFC_SECRET.repeat(3)}` });
      await playground.tab.page.click("#parse button");
      await playground.tab.page.click("#verification button");
      await playground.tab.page.click("#run");
      await playground.tab.until(`/ right, /.test(document.getElementById("vectors-result").textContent)`);
      expect(await playground.tab.run(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(320);
    } finally {
      await playground.tab.resize(1000, 800);
    }
  });

  it.each(["light", "dark"] as const)("has no accessibility fault, %s", async (scheme) => {
    await playground.tab.run(`document.documentElement.style.colorScheme = "${scheme}"`);
    await playground.codeAfter({ time: 1_234_567_890, secret: RFC_SECRET, typed: "005924" });
    expect(await playground.submit("verification", "verdict")).toMatch(/^The code matches/);
    await playground.tab.fill({ pasted: `otpauth://totp/a?secret=${RFC_SECRET}\nnothing` });
    expect(await playground.submit("parse", "parsed")).toBe("1 account. 1 problem, listed below.");
    expect(await axeFaults(playground.tab)).toEqual([]);
  });

  it("copies the secret, the code and the URI", async () => {
    await playground.codeAfter({ time: 1_234_567_890, secret: RFC_SECRET });
    await playground.tab.run(`{
      globalThis.copies = [];
      const writeText = async (text) => void copies.push(text);
      Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    }`);
    for (const what of ["secret", "code", "uri"]) {
      await playground.tab.page.click(`[data-copy=${what}]`);
      const name = what === "uri" ? "URI" : what;
      await playground.tab.until(`document.getElementById("copied").textContent === "Copied the ${name}."`);
    }
    expect(await playground.tab.run("copies")).toEqual([RFC_SECRET, "005924", await playground.tab.text("uri")]);
    await playground.tab.run(`navigator.clipboard.writeText = () => Promise.reject(new Error("no"))`);
    await playground.tab.page.click("[data-copy=code]");
    await playground.tab.until(`document.getElementById("copied").textContent.includes("does not let")`);
  });

  it("leaves no trace: the address and all that is stored stay as they were", async () => {
    await playground.codeAfter({ secret: RFC_SECRET });
    await playground.tab.page.click("#verification button");
    await playground.tab.page.click("#parse button");
    expect(await playground.tab.run("location.href")).toBe(`${playground.address}/docs/playground/`);
    expect(await playground.tab.run("[document.cookie, localStorage.length, sessionStorage.length]")).toEqual([
      "",
      0,
      0,
    ]);
    expect(await playground.tab.run("indexedDB.databases().then((all) => all.length)")).toBe(0);
  });

  it("sends nothing anywhere but to where it came from, and could not", async () => {
    const pages = playground.tab.requests.filter((url) => !url.startsWith("data:"));
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.filter((url) => !url.startsWith(`${playground.address}/`))).toEqual([]);
    expect(pages.filter((url) => /[?#]/.test(url))).toEqual([]);
    const refused = await playground.tab.run<string[]>(`(async () => {
      const seen = [];
      document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
      const image = new Image();
      image.src = ${JSON.stringify(`${playground.address}/docs/playground/style.css`)};
      const answers = [
        await fetch("/dist/index.js").then(() => "fetched", () => "refused"),
        await fetch("https://example.com/").then(() => "fetched", () => "refused"),
        await new Promise((resolve) => {
          const request = new XMLHttpRequest();
          request.onload = () => resolve("fetched");
          request.onerror = () => resolve("refused");
          request.open("GET", "/dist/index.js");
          request.send();
        }),
      ];
      navigator.sendBeacon("/dist/index.js", "x");
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [...answers, ...new Set(seen)].sort();
    })()`);
    expect(refused).toEqual(["connect-src", "img-src", "refused", "refused", "refused"]);
    expect(playground.tab.requests.filter((url) => url.startsWith("https:"))).toEqual([]);
    playground.tab.errors.splice(0); // the console tells of what was refused
  });
});
