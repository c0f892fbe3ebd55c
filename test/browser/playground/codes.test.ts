// The codes of the playground are oathtool's, every vector holds on both faces, and the window is
// drawn.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeBase32, generateTotp, parseOtpauthUri } from "../../../src/index.ts";
import { algorithm, digits } from "../../properties/arbitraries.ts";
import { readByJsqr } from "../../qr/readers.ts";
import type { Tab } from "../browsers.ts";
import { hasOathtool, oathtool } from "./oathtool.ts";
import { FACES, inEachBrowser, RFC_SECRET, VECTOR_FILES } from "./page.ts";

const CASES = 8; // for each face in each browser

const totpCase = fc.record({
  secret: fc.uint8Array({ minLength: 10, maxLength: 70 }).map((bytes) => encodeBase32(bytes)),
  algorithm,
  digits,
  period: fc.integer({ min: 1, max: 300 }),
  seconds: fc.integer({ min: 1_000_000_000, max: 20_000_000_000 }),
});

inEachBrowser((playground) => {
  it("computes by the face that is chosen", async () => {
    await playground.tab.run(`{
      globalThis.signed = 0;
      const { sign } = SubtleCrypto.prototype;
      SubtleCrypto.prototype.sign = function (...words) { signed++; return sign.apply(this, words); };
    }`);
    const signedBy = async (face: string): Promise<boolean> => {
      await playground.choose(face);
      await playground.tab.run("signed = 0");
      await playground.codeAfter({ secret: RFC_SECRET });
      return playground.tab.run("signed > 0");
    };
    expect([await signedBy("synchronous"), await signedBy("webcrypto")]).toEqual([false, true]);
  });

  describe.each(FACES)("with %s", (face) => {
    it.runIf(hasOathtool)("shows oathtool's TOTP codes", async () => {
      await playground.choose(face);
      for (const { secret, algorithm, digits, period, seconds } of fc.sample(totpCase, CASES)) {
        const words = [`--totp=${algorithm.replace("-", "").toLowerCase()}`, "-d", `${digits}`, "-s", `${period}s`];
        const expected = await oathtool([...words, "-N", `@${seconds}`], secret);
        const shown = await playground.codeAfter({ time: seconds, secret, algorithm, digits, period });
        expect(shown, `${secret} ${algorithm} ${digits} ${period} ${seconds}`).toBe(expected);
      }
    });

    it.runIf(hasOathtool)("shows oathtool's HOTP codes", async () => {
      await playground.choose(face);
      await playground.tab.fill({ type: "hotp" });
      for (const counter of [0, 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1]) {
        const expected = await oathtool(["--hotp", "-d", "7", "-c", `${counter}`], RFC_SECRET);
        expect(await playground.codeAfter({ secret: RFC_SECRET, digits: 7, counter }), `${counter}`).toBe(expected);
      }
    });

    it.runIf(hasOathtool)("shows oathtool's code of the present step, and the next one when it is over", async () => {
      await playground.choose(face);
      await playground.tab.fill({ secret: RFC_SECRET });
      const shown = `/Time step (\\d+)/.exec(document.getElementById("step").textContent)?.[1]`;
      const expected = async (step: number): Promise<string> => oathtool(["--totp", "-N", `@${step * 30}`], RFC_SECRET);
      const step = Number(await playground.tab.until(shown));
      await shiftClock(playground.tab, 60);
      const later = Number(await playground.tab.until(`Number(${shown}) > ${step} && ${shown}`));
      expect(later - step).toBeGreaterThanOrEqual(2);
      expect(later - step).toBeLessThanOrEqual(3); // a step may have ended meanwhile
      const [code, now] = await playground.tab.run<[string, string]>(
        `[document.getElementById("code").textContent, ${shown}]`,
      );
      expect(code).toBe(await expected(Number(now)));
    });

    it("says which step a code matched, and draws the window", async () => {
      await playground.choose(face);
      await playground.tab.fill({ secret: RFC_SECRET, time: 1_234_567_890 });
      const at = new Date((1_234_567_890 + 30) * 1000);
      const limits = { "look-behind": 2, "look-ahead": 3, after: 41_152_262 };
      await playground.tab.fill(limits);
      await playground.tab.fill({ typed: await generateTotp(RFC_SECRET, { at }) });
      await playground.tab.page.click("#verification button");
      await playground.tab.until(`document.getElementById("verdict").textContent`);
      expect(await playground.tab.text("verdict")).toBe(
        "The code matches step 41152264 (delta +1); store 41152264 as the last accepted step.",
      );
      expect(await drawnWindow()).toEqual([
        ["41152261", "used"],
        ["41152262", "used"],
        ["41152263", "now"],
        ["41152264", "matched"],
        ["41152265", ""],
        ["41152266", ""],
      ]);
      const codes = await playground.tab.run<string[]>(
        `[...document.querySelectorAll("#window .code")].map((e) => e.textContent)`,
      );
      expect(codes[3]).toBe(await generateTotp(RFC_SECRET, { at }));

      await playground.tab.fill({ after: 41_152_264 });
      await playground.tab.page.click("#verification button");
      await playground.tab.until(`document.getElementById("verdict").textContent.startsWith("null")`);
      expect(await playground.tab.text("verdict")).toBe(
        "null: the code was used: step 41152264 is not after the last accepted step.",
      );
      expect((await drawnWindow()).map(([, marks]) => marks)).toEqual(["used", "used", "used now", "used", "", ""]);
      await playground.tab.fill({ secret: `${RFC_SECRET}GE` }); // an answer about another secret does not stay
      expect(await playground.tab.text("verdict")).toBe("");
      expect(await drawnWindow()).toEqual([]);
    });

    it("verifies HOTP codes ahead only", async () => {
      await playground.choose(face);
      await playground.tab.fill({ type: "hotp" });
      await playground.tab.fill({ secret: RFC_SECRET, counter: 1, "look-ahead": 2, typed: "969429" });
      await playground.tab.page.click("#verification button");
      await playground.tab.until(`document.getElementById("verdict").textContent`);
      expect(await playground.tab.text("verdict")).toBe("The code matches step 3 (delta +2); the next counter is 4.");
      expect(await drawnWindow()).toEqual([
        ["1", "now"],
        ["2", ""],
        ["3", "matched"],
      ]);
    });

    it("ticks every vector", async () => {
      await playground.choose(face);
      await playground.tab.page.click("#run");
      await playground.tab.until(`/ right, /.test(document.getElementById("vectors-result").textContent)`);
      const marks = await playground.tab.run<Record<string, string>>(
        `Object.fromEntries([...document.querySelectorAll("[data-file]")].map((item) =>
          [item.dataset.file, item.querySelector(".marks").textContent]))`,
      );
      expect(marks).toEqual(Object.fromEntries(VECTOR_FILES.map(({ name, rows }) => [name, "✓".repeat(rows.length)])));
      expect(await playground.tab.text("vectors-result")).toContain(", 0 wrong");
    });
  });

  function drawnWindow(): Promise<[counter: string, marks: string][]> {
    return playground.tab.run(
      `[...document.querySelectorAll("#window li")].map((item) => [item.dataset.counter, item.className])`,
    );
  }

  it("writes the account as a URI and as a QR code that another program reads", async () => {
    const fields = { secret: RFC_SECRET, algorithm: "SHA-256", digits: 8, period: 60, issuer: "Ac & Me" };
    await playground.codeAfter({ ...fields, "account-name": "alice+é@example.com" });
    const uri = await playground.tab.text("uri");
    expect(parseOtpauthUri(uri)).toEqual({
      type: "totp",
      secret: RFC_SECRET,
      issuer: "Ac & Me",
      accountName: "alice+é@example.com",
      parameters: { algorithm: "SHA-256", digits: 8, period: 60 },
    });
    await playground.tab.until(`document.getElementById("qr").complete`);
    const picture = await playground.tab.page.$("#qr");
    expect(readByJsqr((await picture?.screenshot()) as Uint8Array)).toBe(uri);
  });

  it("limits the window as halfminute does, and names a field as the page does", async () => {
    const most = (): Promise<string> => playground.tab.run(`document.getElementById("look-ahead").max`);
    expect(await most()).toBe("10");
    await playground.tab.fill({ type: "hotp" });
    expect(await most()).toBe("1000");
    await playground.tab.fill({ type: "totp", "look-ahead": 11 });
    await playground.tab.run(`document.getElementById("verification").noValidate = true`);
    await playground.tab.page.click("#verification button");
    await playground.tab.until(`document.getElementById("verdict").textContent`);
    expect(await playground.tab.text("verdict")).toMatch(/^invalid-option: look ahead must be an integer from 0 to 10/);
    await playground.codeAfter({ secret: "not base32!" });
    expect(await playground.tab.text("code-error")).toBe(
      "invalid-secret: secret must be base32: letter 10 is not base32",
    );
  });
});

/** Puts the page's clock forward. */
async function shiftClock(tab: Tab, seconds: number): Promise<void> {
  await tab.run(`{
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...words) { super(...(words.length > 0 ? words : [Real.now() + ${seconds * 1000}])); }
      static now() { return Real.now() + ${seconds * 1000}; }
    };
  }`);
}
